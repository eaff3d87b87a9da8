#include "pipeline/batch/plan.h"

#include "formats/checked.h"
#include "formats/registry.h"
#include "pipeline/batch/unit.h"
#include "pipeline/save/results_set.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

void batch_item_clear(struct batch_item *item)
{
    free(item->path);
    free(item->name);
    free(item->results);
    free(item->real);
    free(item->problem);
    *item = (struct batch_item){0};
}

void batch_plan_destroy(struct batch_plan *plan)
{
    if (!plan) {
        return;
    }
    for (size_t i = 0; i < plan->count; i++) {
        batch_item_clear(&plan->items[i]);
    }
    free(plan->items);
    free(plan->dataset);
    free(plan->passed);
    free(plan);
}

/* NULL stays NULL; false when memory ran out. */
static bool copy(char **to, const char *from)
{
    *to = from ? strdup(from) : NULL;
    return !from || *to;
}

enum status batch_plan_append(struct batch_plan *plan, const char *path, const char *name,
                              uint64_t size, const char *problem, struct error *error)
{
    if (plan->count == plan->capacity) {
        size_t capacity = plan->capacity ? 2 * plan->capacity : 64;
        struct batch_item *grown = checked_realloc(plan->items, capacity, sizeof *grown);
        if (!grown) {
            return error_memory(error, "listing recordings");
        }
        plan->items = grown;
        plan->capacity = capacity;
    }
    char header[PATH_MAX];
    if (!problem && registry_header_of(path, header, sizeof header)) {
        path = header;
    }
    struct batch_item *item = &plan->items[plan->count];
    *item = (struct batch_item){.size = size};
    plan->count++;
    if (!copy(&item->path, path) || !copy(&item->name, name) || !copy(&item->problem, problem)) {
        return error_memory(error, "listing recordings");
    }
    item->real = realpath(path, NULL);
    return STATUS_OK;
}

enum status batch_plan_pass(struct batch_plan *plan, const char *path, struct error *error)
{
    const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
    const char *dot = strrchr(base, '.');
    char extension[sizeof plan->passed->extension] = "";
    for (size_t i = 0; dot && dot[i + 1] && i + 1 < sizeof extension; i++) {
        unsigned char byte = (unsigned char)dot[i + 1];
        /* Only what is sure to be shown well. */
        extension[i] = isalnum(byte) && byte < 0x80 ? (char)tolower(byte) : '?';
    }
    size_t at = 0;
    while (at < plan->passed_count && strcmp(plan->passed[at].extension, extension) < 0) {
        at++;
    }
    if (at == plan->passed_count || strcmp(plan->passed[at].extension, extension) != 0) {
        struct batch_passed *grown =
            checked_realloc(plan->passed, plan->passed_count + 1, sizeof *grown);
        if (!grown) {
            return error_memory(error, "listing recordings");
        }
        plan->passed = grown;
        memmove(grown + at + 1, grown + at, (plan->passed_count - at) * sizeof *grown);
        plan->passed_count++;
        grown[at] = (struct batch_passed){.count = 0};
        strcpy(grown[at].extension, extension);
    }
    plan->passed[at].count++;
    return STATUS_OK;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Refuses results that would take the place of a recording. */
static enum status check_outputs(const struct batch_plan *plan, const char *output,
                                 struct error *error)
{
    char *folder = realpath(output, NULL), *path = NULL;
    const char **inputs = checked_calloc(plan->count, sizeof *inputs);
    enum status status = inputs ? STATUS_OK : error_memory(error, "listing recordings");
    size_t count = 0;
    for (size_t i = 0; inputs && i < plan->count; i++) {
        if (plan->items[i].real) {
            inputs[count++] = plan->items[i].real;
        }
    }
    if (count > 0) {
        qsort(inputs, count, sizeof *inputs, by_text);
    }
    for (size_t i = 0; folder && status == STATUS_OK && i < plan->count * RESULTS_PARTS; i++) {
        const struct batch_item *item = &plan->items[i / RESULTS_PARTS];
        /* A derivative's sidecars are JSON, and no recordings. */
        char *prefix = unit_prefix(item, folder);
        path = prefix ? results_set_path(prefix, (enum results_part)(i % RESULTS_PARTS)) : NULL;
        free(prefix);
        if (!path) {
            status = error_memory(error, "listing recordings");
        } else if (count && bsearch(&path, inputs, count, sizeof *inputs, by_text)) {
            status = error_set(error, STATUS_USAGE,
                               "%s: is an input, and the results of %s would overwrite it; choose "
                               "another folder with -o",
                               path, item->path);
        }
        free(path);
    }
    free(inputs);
    free(folder);
    return status;
}

static enum status create(char *const *inputs, size_t count, const char *output, bool bids,
                          struct batch_plan **result, struct error *error)
{
    enum status status = STATUS_OK;
    *result = NULL;
    struct batch_plan *plan = calloc(1, sizeof *plan);
    if (!plan) {
        return error_memory(error, "listing recordings");
    }
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        status = batch_plan_add(plan, inputs[i], output, error);
    }
    if (status == STATUS_OK && bids && !plan->dataset && !copy(&plan->dataset, inputs[0])) {
        status = error_memory(error, "listing recordings");
    }
    if (status == STATUS_OK && bids) {
        batch_plan_drop_foreign(plan);
    }
    if (status == STATUS_OK) {
        status = batch_plan_drop_parts(plan, error);
    }
    if (status == STATUS_OK) {
        status = batch_plan_make_names(plan, error);
    }
    if (status == STATUS_OK && plan->dataset) {
        status = batch_plan_derive(plan, error);
    }
    if (status == STATUS_OK) {
        status = check_outputs(plan, output, error);
    }
    if (status == STATUS_OK) {
        *result = plan;
    } else {
        batch_plan_destroy(plan);
    }
    return status;
}

enum status batch_plan_create(char *const *inputs, size_t count, const char *output,
                              struct batch_plan **plan, struct error *error)
{
    return create(inputs, count, output, false, plan, error);
}

enum status batch_plan_create_bids(const char *dataset, const char *output,
                                   struct batch_plan **plan, struct error *error)
{
    char *const inputs[] = {(char *)dataset};
    return create(inputs, 1, output, true, plan, error);
}

enum status batch_plan_read_names(FILE *stream, const char *source, bool null_separated,
                                  char ***names, size_t *count, struct error *error)
{
    char *line = NULL;
    size_t size = 0, capacity = 0;
    ssize_t length;
    enum status status = STATUS_OK;
    *names = NULL;
    *count = 0;
    while (status == STATUS_OK &&
           (length = getdelim(&line, &size, null_separated ? '\0' : '\n', stream)) > 0) {
        bool ended = line[length - 1] == (null_separated ? '\0' : '\n');
        line[length -= ended] = '\0';
        if (!null_separated && length > 0 && line[length - 1] == '\r') {
            line[--length] = '\0';
        }
        if (length == 0) {
            continue;
        }
        if (strlen(line) < (size_t)length) {
            status = error_set(error, STATUS_FAILED,
                               "%s: name %zu has a NUL byte; use -0 for names that are separated "
                               "by them",
                               source, *count + 1);
            break;
        }
        if (*count == capacity) {
            capacity = capacity ? 2 * capacity : 64;
            char **grown = checked_realloc(*names, capacity, sizeof *grown);
            *names = grown ? grown : *names;
            status = grown ? STATUS_OK : error_memory(error, "reading a list");
        }
        if (status == STATUS_OK && !((*names)[(*count)++] = strdup(line))) {
            (*count)--;
            status = error_memory(error, "reading a list");
        }
    }
    if (status == STATUS_OK && ferror(stream)) {
        status = error_set(error, STATUS_FAILED, "%s: the list cannot be read: %s", source,
                           strerror(errno));
    }
    free(line);
    if (status != STATUS_OK) {
        batch_plan_free_names(*names, *count);
        *names = NULL;
        *count = 0;
    }
    return status;
}

void batch_plan_free_names(char **names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(names[i]);
    }
    free(names);
}
