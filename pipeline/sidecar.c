#include "pipeline/sidecar.h"

#include <jansson.h>
#include <string.h>

/* What the words of a text column mean; NULL when nothing is said of it. */
static json_t *levels_of(const char *column, const struct column_level *levels)
{
    json_t *object = NULL;
    for (; levels && levels->column; levels++) {
        if (strcmp(levels->column, column) == 0) {
            object = object ? object : json_object();
            if (json_object_set_new(object, levels->level, json_string(levels->description)) != 0) {
                json_decref(object);
                return NULL;
            }
        }
    }
    return object;
}

static json_t *describe(const struct column_definition *definition,
                        const struct column_level *levels)
{
    json_t *object = json_object();
    json_t *known = levels_of(definition->name, levels);
    int failed = json_object_set_new(object, "Description", json_string(definition->long_name));
    if (definition->unit[0]) {
        failed |= json_object_set_new(object, "Units", json_string(definition->unit));
    }
    if (known) {
        failed |= json_object_set_new(object, "Levels", known);
    }
    if (failed) {
        json_decref(object);
        return NULL;
    }
    return object;
}

enum status sidecar_write(const struct table *table, const struct column_level *levels,
                          FILE *stream, struct error *error)
{
    json_t *all = json_object();
    int failed = all == NULL;
    for (size_t c = 0; c < table->column_count && !failed; c++) {
        const struct column_definition *definition = &table->columns[c].definition;
        failed = json_object_set_new(all, definition->name, describe(definition, levels));
    }
    /* A stream that fails is found when the output is committed. */
    if (!failed && json_dumpf(all, stream, JSON_INDENT(2) | JSON_ENSURE_ASCII) == 0) {
        putc('\n', stream);
    }
    json_decref(all);
    return failed ? error_memory(error, "describing a table") : STATUS_OK;
}
