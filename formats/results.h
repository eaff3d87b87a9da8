/* Results files: HDF5 that is also netCDF-4.
 *
 * The file is built of dimensions (root-level coordinate variables with their dimension scales),
 * arrays over them, tables (one array a column, all over one dimension), and attributes. What the
 * tables mean is not known here. Every dataset has `units` and `long_name`; flags follow CF
 * (`flag_masks`, `flag_meanings`). Text is variable-length UTF-8. Nothing in the file depends on
 * time, order of threads or machine: same calls, same bytes.
 *
 * What is missing is NaN or INT64_MIN and said as `_FillValue`, or the text "n/a" (as in BIDS),
 * which is read back as NULL; coordinates and flags are never missing. Text that is not UTF-8 is
 * repaired. Whole numbers are stored with 64 bits.
 *
 * After a call of the writer has failed, all later ones fail with its message. One thread at a time
 * may use a writer or a reader, and HDF5 itself lets one thread in at a time. */
#ifndef SOLEUS_FORMATS_RESULTS_H
#define SOLEUS_FORMATS_RESULTS_H

#include "formats/error.h"
#include "formats/table.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RESULTS_RANK_MAX 4

struct results_writer;

/* Creates an HDF5 file at path (an output's .part path; overwritten), with the root attribute
 * soleus_version. */
enum status results_create(const char *path, struct results_writer **writer, struct error *error);

/* Root attributes; one that is there is replaced. */
enum status results_attribute_text(struct results_writer *writer, const char *name,
                                   const char *value, struct error *error);
enum status results_attribute_real(struct results_writer *writer, const char *name, double value,
                                   struct error *error);

/* Defines a dimension with its coordinate variable at the root, from a definition (type REAL,
 * INTEGER or TEXT) and `size` values (double, int64_t or char * array by type). The name has at
 * most 63 bytes. */
enum status results_dimension(struct results_writer *writer,
                              const struct column_definition *definition, size_t size,
                              const void *values, struct error *error);

/* A dimension whose coordinate (REAL) grows by results_append. At most a few per file. With one
 * such dimension the file's bytes do not depend on how its steps are shared out among calls. */
enum status results_growing_dimension(struct results_writer *writer,
                                      const struct column_definition *definition,
                                      struct error *error);

/* Defines an array: group ("/spectrum"; "/" is the root; made when missing), definition (its name
 * is the dataset's; type REAL, INTEGER, FLAGS or TEXT), dimensions by name, slowest first. REAL
 * arrays are stored as 64-bit floats, or 32-bit when single is set; missing is NaN and said as
 * _FillValue. Arrays are chunked, shuffled and deflated (level 4); text and fixed arrays of up to
 * 4 KiB are stored as they are. Only the first dimension may be a growing one. A fixed array that
 * is never written is missing throughout. */
enum status results_array(struct results_writer *writer, const char *group,
                          const struct column_definition *definition, const char *const *dimensions,
                          size_t rank, bool single, struct error *error);

/* Writes all of a fixed-size array, once: values as double, int64_t or char * in row-major order.
 */
enum status results_write(struct results_writer *writer, const char *group, const char *name,
                          const void *values, struct error *error);

/* Appends `count` steps along a growing first dimension: of the coordinate itself (group "/",
 * name of the dimension) or of an array over it. At the end every array over a growing dimension
 * must be as long as its coordinate. */
enum status results_append(struct results_writer *writer, const char *group, const char *name,
                           const void *values, size_t count, struct error *error);

/* A text attribute of an array. */
enum status results_array_attribute(struct results_writer *writer, const char *group,
                                    const char *name, const char *attribute, const char *value,
                                    struct error *error);

/* A table as one array a column in `group`, over a new dimension (1, 2, 3, …) of that name with
 * the table's row count (0 rows are fine and read back), or over a fixed dimension that is defined
 * already and has as many steps as the table has rows. */
enum status results_table(struct results_writer *writer, const char *group, const char *dimension,
                          const char *dimension_long_name, const struct table *table,
                          struct error *error);

/* Attaches scales, flushes, closes; destroys the writer also on failure. */
enum status results_finish(struct results_writer *writer, struct error *error);
/* Closes without checks, and destroys. Accepts NULL. */
void results_abort(struct results_writer *writer);

/* Reading back. Everything that a writer can write is read; foreign files are refused politely
 * (no soleus_version attribute). */
struct results;

struct results_values {
    size_t rank;
    size_t size[RESULTS_RANK_MAX];
    char dimensions[RESULTS_RANK_MAX][64]; /* names */
    enum column_type type;
    char *unit, *long_name; /* owned */
    double *reals;          /* REAL (owned), else NULL */
    int64_t *integers;      /* INTEGER, FLAGS (owned), else NULL */
    char **texts;           /* TEXT (owned, NULL is missing), else NULL */
    size_t count;           /* product of size */
    char *flag_meanings;    /* FLAGS: names of the bits, separated by blanks (owned), else NULL */
};

enum status results_open(const char *path, struct results **results, struct error *error);
void results_close(struct results *results);
/* The path it was opened by, for messages. */
const char *results_path(const struct results *results);
/* A root attribute as text (a number as table_format_real spells it); NULL when missing. Valid
 * until close. */
const char *results_text_attribute(struct results *results, const char *name);
double results_real_attribute(struct results *results, const char *name); /* NaN when missing */
/* A whole array. What values held before is not looked at. */
enum status results_read(struct results *results, const char *group, const char *name,
                         struct results_values *values, struct error *error);
/* The steps [first, first + count) of its first dimension; size[0] is then count. */
enum status results_read_steps(struct results *results, const char *group, const char *name,
                               size_t first, size_t count, struct results_values *values,
                               struct error *error);
/* All but the values. */
enum status results_describe(struct results *results, const char *group, const char *name,
                             struct results_values *values, struct error *error);
void results_values_clear(struct results_values *values);
bool results_has(struct results *results, const char *group, const char *name);
/* All one-dimensional arrays of a group over one dimension (that of the first of them), as a table
 * in the order they were defined (creation order is tracked in the file). Of the root, which holds
 * coordinates, these are the first dimension's. */
enum status results_read_table(struct results *results, const char *group, struct table **table,
                               struct error *error);
/* Names the flags of a table's column after an array's flag_meanings, where it has any. */
enum status results_name_flags(struct table *table, size_t column,
                               const struct results_values *values, struct error *error);
/* Paths of the groups ("/markers"), without the root, NULL-terminated, owned by results. */
const char *const *results_groups(struct results *results);
/* Names of the arrays of a group in the order they were defined, NULL-terminated, owned by
 * results; NULL when there is no such group. */
const char *const *results_arrays(struct results *results, const char *group);

#endif
