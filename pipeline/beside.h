/* Names of files that belong beside another one. */
#ifndef SOLEUS_PIPELINE_BESIDE_H
#define SOLEUS_PIPELINE_BESIDE_H

#include "formats/error.h"

#include <stdbool.h>
#include <stddef.h>

#define BESIDE_SIZE 4096

/* `to` (BESIDE_SIZE bytes) = target without its extension and, with `bare`, without BIDS's "_emg",
 * and with suffix ("_events.tsv"). */
enum status beside_path(const char *target, bool bare, const char *suffix, char *to,
                        struct error *error);

#endif
