/* What files beside a recording say of it.
 *
 * For PATH without its extension, STEM: STEM.json (the keys of BIDS *_emg.json), STEM_channels.tsv,
 * STEM_electrodes.tsv and STEM_coordsystem.json. A recording that is named as in BIDS
 * (sub-01_task-rest_emg.edf) has those of its dataset by the inheritance principle: from the root
 * down to its folder, every file whose entities are among the recording's; of JSON files the nearer
 * one overrides key by key, of tables the nearest one counts. Inside of a dataset, *_events.tsv
 * are annotations.
 *
 * Files are looked for by their names: a folder is never listed. */
#ifndef SOLEUS_FORMATS_SIDECAR_H
#define SOLEUS_FORMATS_SIDECAR_H

#include "formats/recording.h"

struct sidecars;

/* Reads what there is beside path (the recording's first file); NULL when there is nothing. A
 * broken file is passed over with a warning that names it and the place, or, when strict, fails. */
enum status sidecars_read(const char *path, bool strict, struct sidecars **sidecars,
                          struct error *error);
void sidecars_destroy(struct sidecars *sidecars);

/* The files that were read, in the order in which they are noted; owned by sidecars. NULL has none.
 */
char *const *sidecars_files(const struct sidecars *sidecars, size_t *count);

/* The sampling rate of all channels (Hz), for readers that find none; 0 when it is not said, or
 * differs between channels. sidecars may be NULL. */
double sidecars_rate(const struct sidecars *sidecars);

/* Tells info what is known: labels of channels that have none, types, units (file_unit), rates
 * (unless keep_rates: the user gave one), muscles, bad channels, descriptions, places in electrode
 * arrays, annotations, mains; sets their origins; notes the files and adds the warnings. To be
 * called each time that a reader has opened the recording: before channels are typed,
 * units folded in and labels made unique. */
enum status sidecars_apply(struct sidecars *sidecars, bool keep_rates, struct recording_info *info,
                           struct error *error);

/* After sidecars_apply: µV per unit of the file for channel c; 0 when it is not said. */
double sidecars_scale(const struct sidecars *sidecars, size_t c);

/* The first thing that was wrong with them; NULL when nothing was. sidecars may be NULL. */
const char *sidecars_complaint(const struct sidecars *sidecars);

/* Maker and model of the device, "" when not said. sidecars may be NULL. */
const char *sidecars_device(const struct sidecars *sidecars);

#endif
