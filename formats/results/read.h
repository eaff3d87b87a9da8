/* The reader's object, shared by results_read*.c. */
#ifndef SOLEUS_FORMATS_RESULTS_READ_H
#define SOLEUS_FORMATS_RESULTS_READ_H

#include "formats/results/hdf5.h"

struct results_group {
    char *path;
    size_t array_count;
    char **arrays; /* names, NULL-terminated */
};

struct results_text {
    char *name, *text;
};

struct results {
    char *path;
    hid_t file;
    size_t group_count;
    struct results_group *groups; /* the root first */
    const char **group_paths;     /* without the root, NULL-terminated */
    size_t attribute_count;
    struct results_text *attributes; /* those that were asked for */
};

#endif
