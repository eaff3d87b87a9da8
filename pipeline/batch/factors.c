#include "pipeline/batch/factors.h"

#include "formats/table.h"
#include "pipeline/analysis/tables.h"
#include "pipeline/batch/gather.h"
#include "pipeline/trend/trend.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ID "participant_id"

struct factors {
    struct table *participants; /* all text; NULL: there are none */
    size_t id;                  /* column of participant_id */
};

static enum status make_text(struct factors *factors, const char *path, struct error *error)
{
    struct table *table = factors->participants;
    enum status status = STATUS_OK;
    factors->id = table_find(table, ID);
    if (factors->id == SIZE_MAX) {
        return error_set(error, STATUS_FAILED, "%s: has no column " ID "; name its first column so",
                         path);
    }
    for (size_t c = 0; c < table->column_count && status == STATUS_OK; c++) {
        if (table->columns[c].definition.type != COLUMN_TEXT) {
            status = table_make_text(table, c, error);
        }
    }
    return status;
}

enum status factors_read(const char *dataset, struct factors **result, struct error *error)
{
    char *path = NULL;
    struct factors *factors = calloc(1, sizeof *factors);
    *result = NULL;
    if (!factors || asprintf(&path, "%s/participants.tsv", dataset) < 0) {
        free(factors);
        return error_memory(error, "reading participants");
    }
    enum status status = STATUS_OK;
    FILE *stream = fopen(path, "re");
    if (stream) {
        status = table_read_tsv(stream, path, &factors->participants, error);
        fclose(stream);
    } else if (errno != ENOENT) {
        status = error_set(error, STATUS_FAILED, "%s: cannot be opened: %s", path, strerror(errno));
    }
    if (status != STATUS_OK) {
        factors->participants = NULL;
    } else if (factors->participants) {
        status = make_text(factors, path, error);
    }
    free(path);
    if (status == STATUS_OK) {
        *result = factors;
    } else {
        factors_destroy(factors);
    }
    return status;
}

void factors_destroy(struct factors *factors)
{
    if (factors) {
        table_destroy(factors->participants);
        free(factors);
    }
}

static bool is_in(const struct column_definition *columns, const char *name)
{
    for (; columns->name; columns++) {
        if (strcmp(columns->name, name) == 0) {
            return true;
        }
    }
    return false;
}

/* Whether a gathered table has a column of that name without the factors. */
static bool is_ours(const char *name)
{
    return strcmp(name, "recording") == 0 || strcmp(name, "session_id") == 0 ||
           strcmp(name, "task") == 0 || is_in(episode_columns, name) || is_in(trend_columns, name);
}

void factors_put_header(const struct factors *factors, FILE *stream)
{
    if (!factors) {
        return;
    }
    fputs("task\t", stream);
    const struct table *table = factors->participants;
    for (size_t c = 0; table && c < table->column_count; c++) {
        const char *name = table->columns[c].definition.name;
        if (c != factors->id) {
            fprintf(stream, "%s%s\t", is_ours(name) ? "participant_" : "", name);
        }
    }
}

static bool same_participant(const char *cell, const char *participant)
{
    return cell && (strcmp(cell, participant) == 0 ||
                    (strncmp(participant, "sub-", 4) == 0 && strcmp(cell, participant + 4) == 0));
}

void factors_put(const struct factors *factors, const char *name, const char *participant,
                 FILE *stream)
{
    char task[128];
    if (!factors) {
        return;
    }
    gather_entity(name, "task-", task, sizeof task);
    fprintf(stream, "%s\t", strncmp(task, "task-", 5) == 0 ? task + 5 : task);
    const struct table *table = factors->participants;
    size_t row = 0;
    while (table && row < table->row_count &&
           !same_participant(table_text(table, row, factors->id), participant)) {
        row++;
    }
    for (size_t c = 0; table && c < table->column_count; c++) {
        const char *cell = row < table->row_count ? table_text(table, row, c) : NULL;
        if (c != factors->id) {
            fprintf(stream, "%s\t", cell && cell[0] ? cell : "n/a");
        }
    }
}
