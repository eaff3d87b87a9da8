/* What results_*.c share: HDF5's errors as ours, text attributes, the writer's objects.
 *
 * HDF5 keeps its error stack, and whether it prints it, per thread; every function of results.h
 * that calls HDF5 starts with hdf5_quiet, so that it never prints. A file is written or read by
 * one thread at a time. */
#ifndef SOLEUS_FORMATS_RESULTS_HDF5_H
#define SOLEUS_FORMATS_RESULTS_HDF5_H

#include "formats/results.h"

#include <hdf5.h>
#include <hdf5_hl.h>

/* Text that is missing, in the file. */
#define RESULTS_MISSING_TEXT "n/a"
/* Numeric arrays up to this size are stored whole: a chunk's index would be larger than they. */
#define RESULTS_CONTIGUOUS_MAX 4096

/* Turns HDF5's printing of errors off for the calling thread and clears what earlier calls left. */
void hdf5_quiet(void);

/* "path: what: " and HDF5's innermost message, or the system's where it holds one. */
enum status hdf5_error(struct error *error, const char *path, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Closes an identifier of any kind, if it is one. Keeps the error stack, which HDF5's own close
 * functions clear, so that a failure can be told after cleaning up. */
herr_t hdf5_close(hid_t identifier);

/* A variable-length UTF-8 string type, to be closed by the caller; negative on failure. */
hid_t hdf5_text_type(void);

/* Writes a scalar text attribute, in place of one that is there. Text that is not UTF-8 is
 * repaired. Negative on failure. */
herr_t hdf5_put_text(hid_t object, const char *name, const char *text);
/* A list of whole numbers, and a scalar of an HDF5 type from a value in memory. */
herr_t hdf5_put_integers(hid_t object, const char *name, const int64_t *values, size_t count);
herr_t hdf5_put_scalar(hid_t object, const char *name, hid_t file_type, hid_t memory_type,
                       const void *value);
/* Text of a scalar text attribute (either kind of string), owned by the caller; NULL when there is
 * none. */
char *hdf5_get_text(hid_t object, const char *name);

/* Types in the file, which are the same on every machine, and in memory. */
hid_t results_file_type(enum column_type type, bool single, hid_t text_type);
hid_t results_memory_type(enum column_type type, bool single, hid_t text_type);

/* A global heap that is being read, block by block. */
struct results_heap {
    uint64_t next, end; /* addresses of the entry that comes next, and of the heap's end; 0: none */
};

/* Looks at a block that was read from `address`: false when it is a part of a heap (where lengths
 * have 8 bytes) whose entries do not fit in it. */
bool results_heap_sound(struct results_heap *heap, uint64_t address, const void *bytes, size_t size,
                        uint64_t file_size);

/* The file under the writer (results_file.c): what the system said first. */
struct results_file {
    hid_t driver;      /* to be closed after the file, which still looks at it */
    bool checks_heaps; /* for files from elsewhere: reading an unsound heap fails */
    struct results_heap heap;
    int open_error;   /* errno of the last open that failed */
    int error_number; /* errno of the first write, truncation or close that failed; 0: none */
};

/* Has a file that is created with this access property list written through the driver, which
 * fills state; state must outlive the file. Negative on failure. */
herr_t results_file_set(hid_t list, struct results_file *state);

/* A dimension; its coordinate variable is the array with this index. */
struct results_dimension {
    char *name;
    size_t size; /* of a fixed one */
    bool growing;
    size_t coordinate;
};

/* A dataset of the writer. */
struct results_array {
    char *path; /* "/markers/mdf" */
    enum column_type type;
    bool single, coordinate, growing;
    hid_t dataset;
    size_t rank;
    size_t dimensions[RESULTS_RANK_MAX]; /* indices */
    size_t step;                         /* values in one step of the first dimension */
    size_t count;                        /* values of a fixed array */
    bool written;                        /* fixed */
    /* Growing: steps wait in pending, from pending_first on, until a whole chunk of them can be
     * written. */
    size_t chunk_steps, appended_steps, written_steps;
    char *pending;
    size_t pending_first, pending_capacity; /* steps */
};

struct results_writer {
    char *path;
    hid_t file, text_type;
    struct results_file state; /* of the file */
    size_t dimension_count, array_count;
    struct results_dimension *dimensions;
    struct results_array *arrays;
    struct error failure; /* the first one; nothing is written after it */
};

/* The frame of every public call of the writer: what is inside fills writer->failure. enter is
 * false after a failure; leave also looks for what the file could not write, hands the failure on
 * and returns its status. */
bool results_enter(struct results_writer *writer);
enum status results_leave(struct results_writer *writer, struct error *error);

/* Bytes of one value as it is staged for HDF5. */
size_t results_value_size(const struct results_array *array);

/* Copies values (double, int64_t or char * by type) into a staging area of results_value_size
 * bytes each: every NaN becomes the same NaN, text is copied, repaired, and "n/a" where it is
 * missing; values == NULL stages missing values. Staged text is freed by results_unstage. */
enum status results_stage(const struct results_array *array, void *to, const void *values,
                          size_t count, struct error *error);
void results_unstage(const struct results_array *array, void *staged, size_t count);

/* Adds a dataset to the file with its attributes, and to writer->arrays. shape holds what is
 * known: rank, dimensions, single, coordinate. */
enum status results_add_array(struct results_writer *writer, const char *group,
                              const struct column_definition *definition,
                              const struct results_array *shape, struct error *error);

/* Writes all values of a fixed array; values == NULL writes missing values. */
enum status results_write_fixed(struct results_writer *writer, struct results_array *array,
                                const void *values, struct error *error);

/* NULL when there is none. */
struct results_array *results_find_array(struct results_writer *writer, const char *group,
                                         const char *name);
/* SIZE_MAX when there is none. */
size_t results_find_dimension(const struct results_writer *writer, const char *name);

/* Writes what waits in the arrays over a growing dimension: chunks that all of them have reached,
 * or, at the end, all. */
enum status results_write_pending(struct results_writer *writer, size_t dimension, bool all,
                                  struct error *error);

#endif
