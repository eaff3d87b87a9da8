/* Files beside a recording that say what its format cannot: rate, units, muscles, events. */
#ifndef SOLEUS_PIPELINE_SIDECARS_H
#define SOLEUS_PIPELINE_SIDECARS_H

#include "formats/output.h"
#include "formats/recording.h"

enum { SIDECAR_JSON, SIDECAR_CHANNELS, SIDECAR_EVENTS, SIDECAR_EVENTS_JSON, SIDECAR_COUNT };

struct sidecars {
    struct output *files[SIDECAR_COUNT]; /* owned */
};

/* Makes the files of the recording at path: <stem>.json with the keys of BIDS's _emg.json,
 * <stem>_channels.tsv, <stem>_events.tsv and <stem>_events.json (without _emg in the last three
 * stems). Refuses those that exist unless force is set, and the input. */
enum status sidecars_create(struct sidecars *sidecars, const char *path, const char *input,
                            bool force, struct error *error);

/* Refuses sidecars that would be the input's as well (of the same stem in the same folder) and say
 * wrong units of it: those of the output are microvolts. scale is the user's, 0 when not given. */
enum status sidecars_check_input(const char *path, const char *input,
                                 const struct recording_info *info, double scale,
                                 struct error *error);

/* Writes what info says, and commits; the events files only where there are annotations. */
enum status sidecars_write(struct sidecars *sidecars, const struct recording_info *info,
                           struct error *error);
void sidecars_abort(struct sidecars *sidecars);

#endif
