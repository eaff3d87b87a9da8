#include "pipeline/batch/gather.h"

#include "formats/output.h"
#include "pipeline/analysis/tables.h"
#include "pipeline/batch/earlier.h"
#include "pipeline/batch/factors.h"
#include "pipeline/batch/unit.h"
#include "pipeline/save/results_set.h"
#include "pipeline/trend/trend.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The last part of a name that is such an entity: [begin, end). */
static bool find_entity(const char *name, size_t length, const char *entity, size_t *begin,
                        size_t *end)
{
    size_t prefix = strlen(entity);
    bool found = false;
    for (size_t i = 0; i + prefix < length; i++) {
        bool starts = i == 0 || name[i - 1] == '/' || name[i - 1] == '_';
        if (!starts || strncmp(name + i, entity, prefix) != 0) {
            continue;
        }
        size_t j = i + prefix;
        while (j < length && (isalnum((unsigned char)name[j]) || name[j] == '+')) {
            j++;
        }
        if (j > i + prefix && (j == length || name[j] == '/' || name[j] == '_')) {
            *begin = i;
            *end = j;
            found = true;
        }
    }
    return found;
}

void gather_entity(const char *name, const char *entity, char *to, size_t size)
{
    size_t begin, end;
    if (find_entity(name, strlen(name), entity, &begin, &end)) {
        snprintf(to, size, "%.*s", (int)(end - begin), name + begin);
    } else {
        snprintf(to, size, "n/a");
    }
}

/* A cell of a TSV file, as table_write_tsv would have it. */
static void put_name(FILE *stream, const char *name)
{
    for (const unsigned char *p = (const unsigned char *)name; *p; p++) {
        putc(*p < 0x20 || *p == 0x7f ? ' ' : *p, stream);
    }
}

/* What is gathered into one table. */
struct gathering {
    const char *folder;
    const struct factors *factors;
    FILE *stream;
    char *header; /* of the first table; NULL before */
    char *line;   /* scratch */
    size_t size;
};

/* Copies the rows of a recording's table, with its name in front. */
static enum status copy_rows(struct gathering *gathering, FILE *from, const char *path,
                             const char *name, struct error *error)
{
    char participant[128], session[128];
    ssize_t length;
    bool first = true;
    gather_entity(name, "sub-", participant, sizeof participant);
    gather_entity(name, "ses-", session, sizeof session);
    while ((length = getline(&gathering->line, &gathering->size, from)) > 0) {
        const char *line = gathering->line;
        if (first && !gathering->header) {
            fputs(GATHER_START, gathering->stream);
            factors_put_header(gathering->factors, gathering->stream);
            fputs(line, gathering->stream);
            gathering->header = strdup(line);
            if (!gathering->header) {
                return error_memory(error, "gathering tables");
            }
        } else if (first && strcmp(line, gathering->header) != 0) {
            return error_set(error, STATUS_FAILED,
                             "%s: has other columns than the tables before it; run again with -f",
                             path);
        } else if (!first) {
            put_name(gathering->stream, name);
            fprintf(gathering->stream, "\t%s\t%s\t", participant, session);
            factors_put(gathering->factors, name, participant, gathering->stream);
            fputs(line, gathering->stream);
        }
        first = false;
    }
    return ferror(from)
               ? error_set(error, STATUS_FAILED, "%s: cannot be read: %s", path, strerror(errno))
               : STATUS_OK;
}

/* Adds the table of a recording; frees prefix, which may be NULL for lack of memory. */
static enum status add(struct gathering *gathering, const char *name, char *prefix,
                       enum results_part part, struct error *error)
{
    char *path = prefix ? results_set_path(prefix, part) : NULL;
    FILE *from = path ? fopen(path, "rbe") : NULL;
    enum status status = STATUS_OK;
    if (!path) {
        status = error_memory(error, "gathering tables");
    } else if (!from) {
        status = error_set(error, STATUS_FAILED, "%s: cannot be opened: %s; run again", path,
                           strerror(errno));
    } else {
        status = copy_rows(gathering, from, path, name, error);
    }
    if (from) {
        fclose(from);
    }
    free(path);
    free(prefix);
    return status;
}

/* A row of an earlier run. */
static enum status add_earlier(struct gathering *gathering, const struct table *earlier, size_t row,
                               enum results_part part, struct error *error)
{
    return add(gathering, earlier_name(earlier, row),
               earlier_prefix(earlier, row, gathering->folder), part, error);
}

/* The header of a table without recordings. */
static void put_header(FILE *stream, const struct factors *factors,
                       const struct column_definition *columns)
{
    fputs(GATHER_START, stream);
    factors_put_header(factors, stream);
    for (size_t i = 0; columns[i].name; i++) {
        fprintf(stream, "%s%s", columns[i].name, columns[i + 1].name ? "\t" : "\n");
    }
}

static enum status gather(const char *folder, const char *name, enum results_part part,
                          const struct column_definition *columns, const struct batch_plan *plan,
                          const struct batch_row *rows, const struct table *earlier,
                          const struct factors *factors, struct error *error)
{
    struct gathering gathering = {.folder = folder, .factors = factors};
    struct output *output = NULL;
    char *path = NULL;
    if (asprintf(&path, "%s/%s", folder, name) < 0) {
        return error_memory(error, "gathering tables");
    }
    enum status status = output_create(path, NULL, true, &output, error);
    free(path);
    if (status != STATUS_OK) {
        return status;
    }
    gathering.stream = output_stream(output);
    size_t old = 0, old_count = earlier ? earlier->row_count : 0;
    for (size_t i = 0; i < plan->count && status == STATUS_OK; i++) {
        for (; old < old_count && status == STATUS_OK &&
               strcmp(earlier_name(earlier, old), plan->items[i].name) < 0;
             old++) {
            status = add_earlier(&gathering, earlier, old, part, error);
        }
        if (status == STATUS_OK && rows[i].complete) {
            status = add(&gathering, plan->items[i].name, unit_prefix(&plan->items[i], folder),
                         part, error);
        }
    }
    for (; old < old_count && status == STATUS_OK; old++) {
        status = add_earlier(&gathering, earlier, old, part, error);
    }
    if (status == STATUS_OK && !gathering.header) {
        put_header(gathering.stream, factors, columns);
    }
    free(gathering.header);
    free(gathering.line);
    if (status == STATUS_OK) {
        return output_commit(output, error);
    }
    output_abort(output);
    return status;
}

enum status gather_tables(const char *folder, const struct batch_plan *plan,
                          const struct batch_row *rows, const struct table *earlier,
                          struct error *error)
{
    struct factors *factors = NULL;
    enum status status = STATUS_OK;
    if (plan->dataset) {
        status = factors_read(plan->dataset, &factors, error);
    }
    if (status == STATUS_OK) {
        status = gather(folder, "episodes.tsv", RESULTS_EPISODES, episode_columns, plan, rows,
                        earlier, factors, error);
    }
    if (status == STATUS_OK) {
        status = gather(folder, "trends.tsv", RESULTS_TRENDS, trend_columns, plan, rows, earlier,
                        factors, error);
    }
    factors_destroy(factors);
    return status;
}
