/* Recordings of BIDS datasets: which there are, and what their results are called. */
#include "formats/bids_name.h"
#include "formats/checked.h"
#include "pipeline/batch/plan.h"
#include "pipeline/save/results_set.h"

#include <string.h>

/* The entities of a recording of a dataset; false when it is not named as one. */
static bool parse(const struct batch_item *item, struct bids_name *name)
{
    return bids_name_parse(item->path, name) && strcmp(name->suffix, "emg") == 0 &&
           bids_name_value(name, "sub");
}

static bool is_below(const char *path, const char *folder)
{
    size_t length = strlen(folder);
    return strncmp(path, folder, length) == 0 &&
           (path[length] == '/' || (length > 0 && folder[length - 1] == '/'));
}

void batch_plan_drop_foreign(struct batch_plan *plan)
{
    size_t kept = 0;
    for (size_t i = 0; i < plan->count; i++) {
        struct bids_name name;
        /* A folder that cannot be read stays, with its problem. */
        if (plan->items[i].problem || parse(&plan->items[i], &name)) {
            plan->items[kept++] = plan->items[i];
        } else {
            batch_item_clear(&plan->items[i]);
        }
    }
    plan->count = kept;
}

/* sub-01/[ses-1/]emg/<entities>_desc-, without the recording's own desc. NULL when memory ran out.
 */
static char *derived(const struct bids_name *name)
{
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    if (!stream) {
        return NULL;
    }
    const char *session = bids_name_value(name, "ses");
    fprintf(stream, "sub-%s/%s%s%semg/", bids_name_value(name, "sub"), session ? "ses-" : "",
            session ? session : "", session ? "/" : "");
    bool first = true;
    for (size_t i = 0; i < name->count; i++) {
        if (strcmp(name->entities[i].key, "desc") != 0) {
            fprintf(stream, "%s%s-%s", first ? "" : "_", name->entities[i].key,
                    name->entities[i].value);
            first = false;
        }
    }
    fputs(RESULTS_BIDS_END, stream);
    if (fclose(stream) != 0) {
        free(text);
        return NULL;
    }
    return text;
}

static int by_results(const void *a, const void *b)
{
    const struct batch_item *x = *(struct batch_item *const *)a,
                            *y = *(struct batch_item *const *)b;
    return strcmp(x->results, y->results);
}

/* Recordings that differ in their extension or desc only keep names of the ordinary kind. */
static enum status drop_equal(struct batch_plan *plan, struct error *error)
{
    struct batch_item **order = checked_calloc(plan->count, sizeof *order);
    size_t count = 0;
    if (!order) {
        return error_memory(error, "listing recordings");
    }
    for (size_t i = 0; i < plan->count; i++) {
        if (plan->items[i].results) {
            order[count++] = &plan->items[i];
        }
    }
    qsort(order, count, sizeof *order, by_results);
    for (size_t i = 0; i < count;) {
        size_t end = i + 1;
        while (end < count && strcmp(order[end]->results, order[i]->results) == 0) {
            end++;
        }
        for (size_t k = end; end > i + 1 && k > i; k--) {
            free(order[k - 1]->results);
            order[k - 1]->results = NULL;
        }
        i = end;
    }
    free(order);
    return STATUS_OK;
}

enum status batch_plan_derive(struct batch_plan *plan, struct error *error)
{
    if (!plan->dataset[0]) {
        free(plan->dataset);
        plan->dataset = NULL;
        return STATUS_OK;
    }
    for (size_t i = 0; i < plan->count; i++) {
        struct batch_item *item = &plan->items[i];
        struct bids_name name;
        if (item->found && !item->problem && is_below(item->path, plan->dataset) &&
            parse(item, &name) && !(item->results = derived(&name))) {
            return error_memory(error, "listing recordings");
        }
    }
    return drop_equal(plan, error);
}

/* A label as it is in names: without "sub-". */
static const char *bare(const char *value, const char *key)
{
    size_t length = strlen(key);
    return strncmp(value, key, length) == 0 && value[length] == '-' ? value + length + 1 : value;
}

static const char *value_of(const struct batch_item *item, const char *key, struct bids_name *name)
{
    return parse(item, name) ? bids_name_value(name, key) : NULL;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* "01, 02": the values that there are. */
static void list_values(const struct batch_plan *plan, const char *key, char *to, size_t size)
{
    char(*values)[BIDS_WORD_SIZE] = checked_calloc(plan->count, sizeof *values);
    const char **order = checked_calloc(plan->count, sizeof *order);
    size_t count = 0, used = 0;
    snprintf(to, size, "none");
    for (size_t i = 0; values && order && i < plan->count; i++) {
        struct bids_name name;
        const char *value = value_of(&plan->items[i], key, &name);
        if (value) {
            order[count] = strcpy(values[count], value);
            count++;
        }
    }
    if (count > 0) {
        qsort(order, count, sizeof *order, by_text);
    }
    for (size_t i = 0; i < count && used + BIDS_WORD_SIZE + 8 < size; i++) {
        if (i == 0 || strcmp(order[i], order[i - 1]) != 0) {
            used += (size_t)snprintf(to + used, size - used, "%s%s", i ? ", " : "", order[i]);
        }
    }
    free(values);
    free(order);
}

static bool is_chosen(const struct batch_item *item, const struct batch_choice *choice, size_t v)
{
    struct bids_name name;
    const char *own = value_of(item, choice->key, &name);
    return own && strcmp(own, bare(choice->values[v], choice->key)) == 0;
}

/* Refuses values that no item has. */
static enum status check_choice(const struct batch_plan *plan, const struct batch_choice *choice,
                                struct error *error)
{
    for (size_t v = 0; v < choice->count; v++) {
        bool there = false;
        for (size_t i = 0; i < plan->count && !there; i++) {
            there = is_chosen(&plan->items[i], choice, v);
        }
        if (!there) {
            char list[700];
            list_values(plan, choice->key, list, sizeof list);
            return error_set(error, STATUS_FAILED,
                             "%s: no recording of EMG is of %s-%s; there are: %s", plan->dataset,
                             choice->key, bare(choice->values[v], choice->key), list);
        }
    }
    return STATUS_OK;
}

static bool is_wanted(const struct batch_item *item, const struct batch_choice *choices,
                      size_t count)
{
    for (size_t c = 0; c < count; c++) {
        bool chosen = choices[c].count == 0;
        for (size_t v = 0; v < choices[c].count && !chosen; v++) {
            chosen = is_chosen(item, &choices[c], v);
        }
        if (!chosen) {
            return false;
        }
    }
    return true;
}

enum status batch_plan_choose(struct batch_plan *plan, const struct batch_choice *choices,
                              size_t count, struct error *error)
{
    size_t kept = 0;
    for (size_t c = 0; c < count; c++) {
        enum status status = check_choice(plan, &choices[c], error);
        if (status != STATUS_OK) {
            return status;
        }
    }
    for (size_t i = 0; i < plan->count; i++) {
        if (is_wanted(&plan->items[i], choices, count)) {
            plan->items[kept++] = plan->items[i];
        } else {
            batch_item_clear(&plan->items[i]);
        }
    }
    plan->count = kept;
    return STATUS_OK;
}
