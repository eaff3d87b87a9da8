/* Saves an analysis as a results file, laid out as results_layout.h says.
 *
 * Rows of markers are written while the analysis runs, all else at its end. What goes into the file
 * is determined by the samples and by the provenance alone. */
#ifndef SOLEUS_PIPELINE_SAVE_H
#define SOLEUS_PIPELINE_SAVE_H

#include "pipeline/analysis/analysis.h"

/* Where results come from. All text is borrowed. */
struct provenance {
    const char *history;     /* command line as far as it determines results, without the recording:
                                "soleus run --mains 50" */
    const char *parameters;  /* JSON object of all that determines results */
    const char *source_file; /* base name of the recording */
    const char
        *source_files; /* base names of all its files, separated by ", "; NULL: it has no others */
    const char *source_sha256; /* of the recording's files, as checksum_files has it */
    /* BIDS URIs of the recording's files, in BIDS datasets. */
    size_t source_count;
    char *const *sources;
};

struct saver;

/* Starts the file at path (that of an output). info: the recording's, once it is open. */
enum status saver_create(const char *path, const struct recording_info *info, struct saver **saver,
                         struct error *error);

/* For struct analysis_sink: row, with the saver as context. */
enum status saver_row(void *saver, const struct analysis_row *row, struct error *error);

/* Writes the rest, closes the file, and destroys the saver, also on failure. */
enum status saver_finish(struct saver *saver, const struct analysis *analysis,
                         const struct provenance *provenance, struct error *error);

/* Destroys the saver; the file is unfinished. Accepts NULL. */
void saver_abort(struct saver *saver);

/* The versions of the libraries that results depend on, as in the attribute library_versions:
 * "HDF5 1.10.8, FFTW 3.3.10, libsndfile 1.2.0". */
void save_library_versions(char *to, size_t size);

#endif
