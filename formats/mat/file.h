/* A MATLAB file: the tree of its arrays, read from Level 4, Level 5 (v5 to v7) or HDF5 (v7.3). */
#ifndef SOLEUS_FORMATS_MAT_FILE_H
#define SOLEUS_FORMATS_MAT_FILE_H

#include "formats/hdf5/access.h"
#include "formats/mat/array.h"
#include "formats/reader.h"

enum mat_level { MAT_LEVEL_NONE = 0, MAT_LEVEL_4, MAT_LEVEL_5, MAT_LEVEL_73 };

struct mat_file {
    struct source *source;
    const char *name;
    int descriptor;
    uint64_t size;
    struct recording_info *info; /* for warnings */
    bool strict;
    enum mat_level level;
    struct hdf5_input hdf5; /* of v7.3 files */
    struct mat_array root;  /* a struct of one element; its fields are the variables */
    /* What the tree may still hold, so that a hostile file cannot fill the memory. */
    size_t arrays_left, bytes_left;
};

/* Which kind of MATLAB file the first bytes are. */
enum mat_level mat_level_of(const unsigned char *head, size_t size);

/* Reads the tree. Damage ends it early, with a warning, or STATUS_FAILED under strict. source and
 * info outlive the file, which stays where it is. The caller calls mat_file_close even when it
 * fails. */
enum status mat_file_open(struct mat_file *file, struct source *source, struct recording_info *info,
                          bool strict, struct error *error);
void mat_file_close(struct mat_file *file);

/* An array of which less than one part in so many is there is no recording that was cut short. */
#define MAT_CUT_FACTOR 64

/* For the parsers. */
bool mat_level4_begins(const unsigned char *head, size_t size);
enum status mat_level4_read(struct mat_file *file, struct error *error);
enum status mat_level5_read(struct mat_file *file, struct error *error);
enum status mat_hdf5_read(struct mat_file *file, struct error *error);

/* A warning, or the failure that it is under strict. */
enum status mat_damage(struct mat_file *file, struct error *error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Appends an empty child. The pointer holds until the next child of the same parent. */
enum status mat_add_child(struct mat_file *file, struct mat_array *parent, const char *name,
                          size_t length, struct mat_array **child, struct error *error);
/* Room for count values of array, when that is few enough; NULL otherwise, or without memory. */
double *mat_hold_values(struct mat_file *file, struct mat_array *array);
/* Sets rank, rows, columns and count; false when their product does not fit. */
bool mat_set_shape(struct mat_array *array, const uint64_t *dimensions, size_t rank);
/* Of struct arrays of several elements only the fields that a reader asks for are kept. */
bool mat_keeps_field(const char *name);

#endif
