/* For tests of sidecars: recordings in a folder of the test, with files beside them. */
#ifndef SOLEUS_TESTS_UNIT_SIDECAR_FILES_H
#define SOLEUS_TESTS_UNIT_SIDECAR_FILES_H

#include "unit/reading.h"

/* A path in the test's folder; several can be in use at a time. */
static inline const char *at(const char *name)
{
    static char paths[64][260];
    static size_t next;
    char *path = paths[next++ % 64];
    snprintf(path, 260, "%s", reading_path(name));
    return path;
}

/* Writes a file, and makes the folders in front of it. */
static inline void put(const char *name, const char *text)
{
    char folder[260];
    struct error error;
    snprintf(folder, sizeof folder, "%s", at(name));
    *strrchr(folder, '/') = '\0';
    assert_int_equal(output_make_folder(folder, &error), STATUS_OK);
    reading_write_file(at(name), text, strlen(text));
}

/* A table of `columns` columns of whole numbers without a header: 10 × row + column. */
static inline void put_table(const char *name, size_t rows, size_t columns)
{
    char *text = malloc(rows * columns * 12 + 1), *to = text;
    assert_non_null(text);
    *to = '\0';
    for (size_t r = 0; r < rows; r++) {
        for (size_t c = 0; c < columns; c++) {
            to += sprintf(to, "%zu%s", 10 * r + c, c + 1 < columns ? "," : "\n");
        }
    }
    put(name, text);
    free(text);
}

/* Copies a sample. */
static inline void put_sample(const char *sample, const char *name)
{
    char path[400];
    size_t size;
    snprintf(path, sizeof path, "%s/%s", getenv("SOLEUS_SAMPLES"), sample);
    char *data = reading_load_file(path, &size);
    put(name, "");
    reading_write_file(at(name), data, size);
    free(data);
}

/* Reads all; fails the test when that fails. */
static inline struct reading open_all(const char *name, struct recording_options options)
{
    struct reading reading = reading_all(at(name), options, 0);
    if (reading.status != STATUS_OK) {
        print_error("%s\n", reading.error.message);
        fail();
    }
    return reading;
}

#endif
