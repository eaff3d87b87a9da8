/* What the files of the saver share; nobody else includes it. */
#ifndef SOLEUS_PIPELINE_SAVE_PARTS_H
#define SOLEUS_PIPELINE_SAVE_PARTS_H

#include "formats/results.h"
#include "pipeline/save/save.h"

/* Rows that wait to be appended together. */
#define SAVE_ROWS 256

struct saver {
    struct results_writer *writer;
    const char *unit; /* of amplitudes; the recording's */
    size_t channel_count;
    size_t waiting;               /* rows */
    double *times;                /* SAVE_ROWS */
    double *markers[MARKERS_MAX]; /* SAVE_ROWS × channels */
    double *active;
    int64_t *status;
};

/* save_markers.c */
enum status save_markers_create(struct saver *saver, const struct recording_info *info,
                                struct error *error);
enum status save_markers_flush(struct saver *saver, struct error *error);
void save_markers_clear(struct saver *saver);

/* save_pictures.c */
enum status save_spectrum(struct saver *saver, const struct analysis *analysis,
                          struct error *error);
enum status save_overview(struct saver *saver, const struct analysis *analysis,
                          struct error *error);

/* save_closeups.c */
enum status save_closeups(struct saver *saver, const struct analysis *analysis,
                          struct error *error);

/* A real array of amplitudes or powers: unit is written with uV. */
enum status save_array(struct saver *saver, const char *group, const char *name, const char *unit,
                       const char *long_name, const char *const *dimensions, size_t rank,
                       const double *values, struct error *error);

/* A dimension of reals. */
enum status save_dimension(struct saver *saver, const char *name, const char *unit,
                           const char *long_name, size_t size, const double *values,
                           struct error *error);

#endif
