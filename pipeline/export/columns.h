/* Which arrays of a results file make a table, and its columns: shared by export_*.c. */
#ifndef SOLEUS_PIPELINE_EXPORT_COLUMNS_H
#define SOLEUS_PIPELINE_EXPORT_COLUMNS_H

#include "formats/results.h"

#include <stdbool.h>

/* A group with what its arrays look like. */
struct exported_group {
    const char *path;
    size_t count;
    const char *const *names;         /* of the results */
    struct results_values *described; /* without values */
};

/* A table that is being exported. */
struct exported {
    struct results *results;
    struct exported_group group;
    size_t leader; /* the array whose dimensions are the table's */
    bool alone;    /* the leader only, as "group/array" */
    size_t index_count, member_count;
    size_t index_dimension[RESULTS_RANK_MAX];
    struct results_values index[RESULTS_RANK_MAX]; /* coordinates */
    size_t *members;                               /* arrays, in the order of their columns */
    struct column_definition *definitions;
};

/* Describes the arrays of a group; path must outlive it. */
enum status exported_group_open(struct results *results, const char *path,
                                struct exported_group *group, struct error *error);
void exported_group_close(struct exported_group *group);

/* The array of most dimensions, the first of several. */
size_t exported_find_leader(const struct exported_group *group);

/* Whether an array is a column of the table. */
bool exported_is_member(const struct exported *table, size_t array);

/* Fills members, index and definitions once results, group, leader and alone are set. Coordinates
 * are read when `values` is set, and only described else. */
enum status exported_choose_columns(struct exported *table, bool values, struct error *error);

/* Frees all of it, the group too. */
void exported_close(struct exported *table);

#endif
