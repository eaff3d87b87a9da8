/* What the files of this folder share. */
#ifndef SOLEUS_FORMATS_SIDECAR_PARTS_H
#define SOLEUS_FORMATS_SIDECAR_PARTS_H

#include "formats/bids_name.h"
#include "formats/sidecar/sidecar.h"
#include "formats/table.h"

#include <limits.h>

#define SIDECAR_ROWS_MAX 16384 /* channels or electrodes: more than any device has */

/* A row of *_channels.tsv. Text is "" and numbers are 0 where nothing is said. */
struct sidecar_row {
    char name[LABEL_SIZE], muscle[LABEL_SIZE], description[LABEL_SIZE], why_bad[LABEL_SIZE];
    char group[LABEL_SIZE], electrode[LABEL_SIZE], reference[LABEL_SIZE];
    char unit[UNIT_SIZE];
    enum channel_type type;
    double rate;     /* Hz */
    double scale;    /* µV per unit of the file */
    double distance; /* mm between its electrodes */
    bool bad;
};

/* A coordinate system of electrodes. */
struct sidecar_frame {
    char name[LABEL_SIZE]; /* "": the only one */
    double millimetres;    /* in its unit; 0 when that is no length */
};

struct sidecars {
    bool strict;
    struct warnings warnings;
    size_t file_count;
    char **files; /* owned */

    /* Of *_emg.json. */
    double rate, mains, distance; /* Hz, Hz, mm; 0 when not said */
    double duration;              /* s; 0 when not said */
    size_t emg_count;             /* 0 when not said */
    char device[LABEL_SIZE];

    char *channels_path; /* owned */
    size_t row_count;
    struct sidecar_row *rows; /* owned */

    struct table *electrodes, *events;
    char *electrodes_path, *events_path; /* owned */
    size_t frame_count;
    struct sidecar_frame *frames; /* owned */

    /* After sidecars_apply: by channel, the row that describes it; SIZE_MAX: none. Owned. */
    size_t channel_count;
    size_t *row_of;
};

/* Where a recording's sidecars may lie. */
struct sidecar_search {
    char stem[PATH_MAX]; /* the path without its extension */
    const char *path;
    bool named;   /* as in BIDS */
    bool dataset; /* inside of a dataset */
    struct bids_name name;
    char folder[PATH_MAX]; /* of the recording, below or at root */
    char root[PATH_MAX];
};

/* find.c: prepares a search for the recording at path. */
void sidecar_search_start(struct sidecar_search *search, const char *path);
/* find.c: the existing files of a suffix ("emg") and an extension (".json"), the nearest first,
 * `most` at most; `space` (may be NULL) is the label of an entity that recordings lack. *paths and
 * its strings are owned by the caller. */
enum status sidecar_search_files(const struct sidecar_search *search, const char *suffix,
                                 const char *extension, const char *space, size_t most,
                                 char ***paths, size_t *count, struct error *error);

/* sidecar.c: a file turned out to be broken, as error says: a warning, or a failure when strict. */
enum status sidecar_broken(struct sidecars *sidecars, const struct error *error);
/* sidecar.c: notes a file that was read. */
enum status sidecar_note(struct sidecars *sidecars, const char *path, struct error *error);
/* sidecar.c: reads a table; *table stays NULL when it is broken (and that is a warning). */
enum status sidecar_read_table(struct sidecars *sidecars, const char *path, struct table **table,
                               struct error *error);
/* sidecar.c: a cell as trimmed text, "" when it is missing or column is SIZE_MAX. */
void sidecar_cell(const struct table *table, size_t row, size_t column, char *to, size_t size);
/* sidecar.c: the first of names (NULL ends them) that is a column, made text; SIZE_MAX: none. */
enum status sidecar_text_column(struct table *table, const char *const *names, size_t *column,
                                struct error *error);

/* json.c: reads a *_emg.json; keys that are known already (from a nearer file) stay. *known: it has
 * some key of a sidecar. */
enum status sidecar_read_json(struct sidecars *sidecars, const char *path, bool *known,
                              struct error *error);
/* json.c: reads the coordinate systems of a *_coordsystem.json; `space` is the one that its name
 * tells, or "". */
enum status sidecar_read_frames(struct sidecars *sidecars, const char *path, const char *space,
                                struct error *error);

/* channels.c: makes rows of the table. */
enum status sidecar_read_channels(struct sidecars *sidecars, const char *path, struct error *error);
/* match.c: fills row_of, and names channels that have no label. */
enum status sidecar_match(struct sidecars *sidecars, struct recording_info *info,
                          struct error *error);
/* electrodes.c: places of channels in electrode arrays, from positions. */
enum status sidecar_place(struct sidecars *sidecars, struct recording_info *info,
                          struct error *error);
/* events.c */
enum status sidecar_annotate(struct sidecars *sidecars, struct recording_info *info,
                             struct error *error);
/* rates.c: rates of channels; keep: the user's stand. */
void sidecar_rates(struct sidecars *sidecars, bool keep, struct recording_info *info);

#endif
