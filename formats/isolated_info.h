/* A recording's description as a message between processes. */
#ifndef SOLEUS_FORMATS_ISOLATED_INFO_H
#define SOLEUS_FORMATS_ISOLATED_INFO_H

#include "formats/packet.h"
#include "formats/recording.h"

/* How much of the growing lists the other side has. */
struct isolated_sent {
    size_t annotations, gaps, warnings, omitted, files;
};

void isolated_put_channels(struct packet *packet, const struct recording_info *info);
/* Makes or replaces info's channels. */
enum status isolated_take_channels(struct packet *packet, struct recording_info *info,
                                   struct error *error);

/* All but the channels; of the lists, what is new since *sent, which is brought up to date. */
void isolated_put_rest(struct packet *packet, const struct recording_info *info,
                       struct isolated_sent *sent);
enum status isolated_take_rest(struct packet *packet, struct recording_info *info,
                               struct error *error);

#endif
