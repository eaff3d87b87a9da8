/* The arrays of a MATLAB file as a tree: what its variables, fields and cells are called, which
 * class and shape they have, and where their values lie. Small arrays hold their values; large
 * ones are read through a cursor (cursor.h). */
#ifndef SOLEUS_FORMATS_MAT_ARRAY_H
#define SOLEUS_FORMATS_MAT_ARRAY_H

#include "formats/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Numbers and characters up to these counts are held in memory. */
#define MAT_NUMBERS_HELD    4096
#define MAT_CHARACTERS_HELD 262144

/* How deep arrays are looked into: EEG.event(k).type is the third level. */
#define MAT_DEPTH_MAX 4

enum mat_class {
    MAT_OTHER = 0, /* objects, tables, function handles */
    MAT_CELL,
    MAT_STRUCT,
    MAT_CHAR,
    MAT_SPARSE,
    MAT_DOUBLE,
    MAT_SINGLE,
    MAT_INT8,
    MAT_UINT8,
    MAT_INT16,
    MAT_UINT16,
    MAT_INT32,
    MAT_UINT32,
    MAT_INT64,
    MAT_UINT64
};

struct mat_array {
    char *name; /* owned; NULL for the elements of cells and for the root */
    enum mat_class class;
    bool complex, logical;
    size_t rank;          /* dimensions, trailing ones of 1 dropped, at least 2 */
    size_t rows, columns; /* rows: the first dimension; columns: the product of the others */
    size_t count;         /* rows × columns */
    /* Struct: fields (element e, field f at e × field_count + f); cell: elements. Owned. */
    size_t field_count, child_count;
    struct mat_array *children;
    double *values; /* count of them, column by column: numbers or code points. NULL: not held */
    /* Where the values lie. */
    int descriptor;        /* of the file that holds them */
    enum mat_class stored; /* the numbers' class in the file */
    bool swap;             /* their bytes are in the other order */
    uint64_t deflated;     /* file offset of the compressed element they are in; 0: none */
    uint64_t limit;        /* file offset where the file's or that element's bytes end */
    uint64_t offset;       /* of the first value: in the file, or in the inflated element */
    uint64_t address;      /* of the HDF5 object; UINT64_MAX: no HDF5 file */
};

void mat_array_clear(struct mat_array *array);

/* Bytes of a number of that class; 0 when it is no class of numbers. */
size_t mat_class_size(enum mat_class class);
/* As MATLAB calls it: "int16", "struct". */
const char *mat_class_name(enum mat_class class);

/* Real numbers that are neither logical nor sparse. */
bool mat_array_is_numeric(const struct mat_array *array);

/* The field of a struct with that name; NULL when there is none. element < array->count. */
const struct mat_array *mat_array_field(const struct mat_array *array, size_t element,
                                        const char *name);
/* The first field of a struct of one element (or variable of the root) whose name is one of a
 * NULL-terminated list. Names are compared without regard to case, '_', '-' and blanks. */
const struct mat_array *mat_array_any(const struct mat_array *array, const char *const *names);
/* Whether name is one of that list, compared in that way. */
bool mat_name_is(const char *name, const char *const *names);
/* Copies name in lower case without '_', '-', '.' and blanks. */
void mat_name_plain(const char *name, char to[64]);

/* The value of an array of one number that is held; false when it is none. */
bool mat_array_scalar(const struct mat_array *array, double *value);

/* How many texts an array holds: rows of characters, or cells of characters (one each). */
size_t mat_array_texts(const struct mat_array *array);
/* One of them as UTF-8, trimmed; "" when it is none. */
void mat_array_text(const struct mat_array *array, size_t index, char *to, size_t size);

#endif
