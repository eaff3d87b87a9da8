/* Unique names of results; see plan.h for the rule. */
#include "formats/checked.h"
#include "pipeline/batch/plan.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

/* Length of a path without the extension of its last part. */
static size_t stem_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *base = slash ? slash + 1 : path;
    const char *dot = strrchr(base, '.');
    return dot && dot > base ? (size_t)(dot - path) : strlen(path);
}

/* The absolute path of an item, with the links of its folder resolved but not its own. NULL when
 * memory ran out. */
static char *absolute(const struct batch_item *item)
{
    const char *slash = strrchr(item->path, '/');
    char *folder = slash ? strndup(item->path, (size_t)(slash + 1 - item->path)) : strdup(".");
    char *resolved = folder ? realpath(folder, NULL) : NULL, *path = NULL;
    const char *in = resolved ? resolved : folder;
    if (in && asprintf(&path, "%s%s%s", in, in[strlen(in) - 1] == '/' ? "" : "/",
                       slash ? slash + 1 : item->path) < 0) {
        path = NULL;
    }
    free(folder);
    free(resolved);
    return path;
}

static const char *identity(const struct batch_item *item)
{
    return item->real ? item->real : item->path;
}

static int by_name(const void *a, const void *b)
{
    const struct batch_item *x = a, *y = b;
    int order = strcmp(x->name, y->name);
    return order ? order : strcmp(x->path, y->path);
}

static int by_real(const void *a, const void *b)
{
    const struct batch_item *x = *(struct batch_item *const *)a,
                            *y = *(struct batch_item *const *)b;
    int order = strcmp(identity(x), identity(y));
    return order ? order : (x > y) - (x < y);
}

/* Drops all but the first of items that are the same file. */
static enum status drop_doubles(struct batch_plan *plan, struct error *error)
{
    struct batch_item **order = checked_calloc(plan->count, sizeof *order);
    if (!order) {
        return error_memory(error, "listing recordings");
    }
    for (size_t i = 0; i < plan->count; i++) {
        order[i] = &plan->items[i];
    }
    qsort(order, plan->count, sizeof *order, by_real);
    for (size_t i = plan->count; i > 1; i--) {
        if (strcmp(identity(order[i - 1]), identity(order[i - 2])) == 0) {
            batch_item_clear(order[i - 1]);
        }
    }
    free(order);
    size_t kept = 0;
    for (size_t i = 0; i < plan->count; i++) {
        if (plan->items[i].path) {
            plan->items[kept++] = plan->items[i];
        }
    }
    plan->count = kept;
    return STATUS_OK;
}

/* How much of the paths, in whole folders, is the same in all of a group. */
static size_t common_folder(char *const *paths, size_t count)
{
    size_t length = strlen(paths[0]);
    for (size_t i = 1; i < count; i++) {
        size_t same = 0;
        while (same < length && paths[i][same] == paths[0][same]) {
            same++;
        }
        length = same;
    }
    while (length > 0 && paths[0][length - 1] != '/') {
        length--;
    }
    return length;
}

/* Length of the folders in front of a path's last part. */
static size_t folder_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? (size_t)(slash + 1 - path) : 0;
}

/* The new name of an item: what lies below the folder that the group shares, or the old one with
 * the file's extension. NULL when memory ran out. */
static char *make_name(const struct batch_item *item, const char *path, size_t common,
                       bool extensions)
{
    char *name;
    if (!extensions) {
        return strndup(path + common, stem_length(path + common));
    }
    return asprintf(&name, "%.*s%s", (int)folder_length(item->name), item->name,
                    path + folder_length(path)) < 0
               ? NULL
               : name;
}

/* Renames a group of one name: by folders, unless they lie in one, or by extensions. */
static enum status rename_group(struct batch_item *items, size_t count, bool extensions,
                                struct error *error)
{
    char **paths = checked_calloc(count, sizeof *paths);
    enum status status = paths ? STATUS_OK : error_memory(error, "listing recordings");
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        paths[i] = absolute(&items[i]);
        status = paths[i] ? STATUS_OK : error_memory(error, "listing recordings");
    }
    size_t common = status == STATUS_OK ? common_folder(paths, count) : 0;
    bool one_folder = true;
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        one_folder = one_folder && folder_length(paths[i]) == common;
    }
    for (size_t i = 0; i < count && status == STATUS_OK && (extensions || !one_folder); i++) {
        char *name = make_name(&items[i], paths[i], common, extensions);
        status = name ? STATUS_OK : error_memory(error, "listing recordings");
        if (name) {
            free(items[i].name);
            items[i].name = name;
        }
    }
    for (size_t i = 0; paths && i < count; i++) {
        free(paths[i]);
    }
    free(paths);
    return status;
}

/* Renames every group of items that have one name. */
static enum status rename_groups(struct batch_plan *plan, bool extensions, struct error *error)
{
    enum status status = STATUS_OK;
    qsort(plan->items, plan->count, sizeof *plan->items, by_name);
    for (size_t i = 0; i < plan->count && status == STATUS_OK;) {
        size_t end = i + 1;
        while (end < plan->count && strcmp(plan->items[end].name, plan->items[i].name) == 0) {
            end++;
        }
        if (end > i + 1) {
            status = rename_group(plan->items + i, end - i, extensions, error);
        }
        i = end;
    }
    return status;
}

enum status batch_plan_make_names(struct batch_plan *plan, struct error *error)
{
    if (plan->count == 0) {
        return STATUS_OK;
    }
    enum status status = drop_doubles(plan, error);
    for (size_t i = 0; i < plan->count; i++) {
        plan->items[i].name[stem_length(plan->items[i].name)] = '\0';
    }
    if (status == STATUS_OK) {
        status = rename_groups(plan, false, error);
    }
    if (status == STATUS_OK) {
        status = rename_groups(plan, true, error);
    }
    if (status != STATUS_OK) {
        return status;
    }
    qsort(plan->items, plan->count, sizeof *plan->items, by_name);
    for (size_t i = 1; i < plan->count; i++) {
        if (strcmp(plan->items[i].name, plan->items[i - 1].name) == 0) {
            return error_set(error, STATUS_USAGE,
                             "%s and %s: their results would have one name; give them to runs of "
                             "their own, with folders of their own",
                             plan->items[i - 1].path, plan->items[i].path);
        }
    }
    return STATUS_OK;
}
