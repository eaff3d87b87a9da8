#include "pipeline/score/pairs.h"

#include "formats/checked.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

void score_stem(const char *path, char *to, size_t size)
{
    static const char *const endings[] = {"_events",      "_episodes",      "_truth",
                                          "_annotations", "_desc-episodes", "_emg"};
    const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
    const char *dot = strrchr(base, '.');
    size_t length = dot && dot > base ? (size_t)(dot - base) : strlen(base);
    length = length < size ? length : size - 1;
    memcpy(to, base, length);
    to[length] = '\0';
    for (bool cut = true; cut;) {
        cut = false;
        for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
            size_t ending = strlen(endings[i]);
            if (length > ending && strcmp(to + length - ending, endings[i]) == 0) {
                length -= ending;
                to[length] = '\0';
                cut = true;
            }
        }
    }
}

static void clear_item(struct score_pair_item *item)
{
    free(item->reference);
    free(item->estimate);
    free(item->name);
    free(item->group);
    free(item->recording);
}

/* Takes what the item owns, also when it fails. */
static enum status append(struct score_pairs *pairs, struct score_pair_item *item,
                          struct error *error)
{
    struct score_pair_item *grown = item->reference && item->estimate && item->name
                                        ? checked_grow(pairs->items, pairs->count, sizeof *grown)
                                        : NULL;
    if (!grown) {
        clear_item(item);
        return error_memory(error, "listing tables");
    }
    pairs->items = grown;
    pairs->items[pairs->count++] = *item;
    return STATUS_OK;
}

enum status score_pairs_add(struct score_pairs *pairs, const char *reference, const char *estimate,
                            const char *recording, struct error *error)
{
    char stem[PATH_MAX];
    score_stem(strcmp(reference, "-") == 0 ? estimate : reference, stem, sizeof stem);
    struct score_pair_item item = {.reference = strdup(reference),
                                   .estimate = strdup(estimate),
                                   .name = strdup(stem),
                                   .recording = recording ? strdup(recording) : NULL};
    if (recording && !item.recording) {
        clear_item(&item);
        return error_memory(error, "listing tables");
    }
    return append(pairs, &item, error);
}

struct columns {
    size_t reference, estimate, recording, group, duration, channels;
};

static const char *text_of(const struct table *table, size_t row, size_t column)
{
    return column == SIZE_MAX ? NULL : table_text(table, row, column);
}

static enum status find_columns(struct table *table, const char *name, const char *group_by,
                                struct columns *columns, struct error *error)
{
    columns->reference = table_find(table, "reference");
    columns->estimate = table_find(table, "estimate");
    columns->recording = table_find(table, "recording");
    columns->duration = table_find(table, "duration");
    columns->channels = table_find(table, "channels");
    columns->group = group_by ? table_find(table, group_by) : SIZE_MAX;
    if (columns->reference == SIZE_MAX || columns->estimate == SIZE_MAX) {
        return error_set(error, STATUS_FAILED,
                         "%s: has no column '%s'; a list of pairs has the columns reference and "
                         "estimate",
                         name, columns->reference == SIZE_MAX ? "reference" : "estimate");
    }
    if (group_by && columns->group == SIZE_MAX) {
        return error_set(error, STATUS_FAILED, "%s: has no column '%s' to group by", name,
                         group_by);
    }
    const size_t texts[] = {columns->reference, columns->estimate, columns->recording,
                            columns->group};
    enum status status = STATUS_OK;
    for (size_t i = 0; i < 4 && status == STATUS_OK; i++) {
        if (texts[i] != SIZE_MAX) {
            status = table_make_text(table, texts[i], error);
        }
    }
    return status;
}

static enum status add_row(struct score_pairs *pairs, const struct table *table, const char *name,
                           const struct columns *columns, size_t row, struct error *error)
{
    const char *reference = table_text(table, row, columns->reference);
    const char *estimate = table_text(table, row, columns->estimate);
    const char *group = text_of(table, row, columns->group);
    double duration =
        columns->duration == SIZE_MAX ? NAN : table_real(table, row, columns->duration);
    double channels =
        columns->channels == SIZE_MAX ? NAN : table_real(table, row, columns->channels);
    if (!reference || !estimate) {
        return error_set(error, STATUS_FAILED, "%s: line %zu names no %s", name, row + 2,
                         reference ? "estimate" : "reference");
    }
    if (duration <= 0 || isinf(duration) || channels < 0 || channels > 1e6) {
        return error_set(error, STATUS_FAILED,
                         "%s: line %zu: the duration is to be seconds above 0, the channels a "
                         "count",
                         name, row + 2);
    }
    enum status status =
        score_pairs_add(pairs, reference, estimate, text_of(table, row, columns->recording), error);
    if (status != STATUS_OK) {
        return status;
    }
    struct score_pair_item *item = &pairs->items[pairs->count - 1];
    item->extent.seconds = isnan(duration) ? 0 : duration;
    item->extent.channels = isnan(channels) ? 0 : (size_t)channels;
    item->group = group ? strdup(group) : NULL;
    return group && !item->group ? error_memory(error, "listing tables") : STATUS_OK;
}

enum status score_pairs_read(struct score_pairs *pairs, const char *path, const char *group_by,
                             struct error *error)
{
    struct table *table = NULL;
    struct columns columns;
    bool piped = strcmp(path, "-") == 0;
    const char *name = piped ? "standard input" : path;
    FILE *stream = piped ? stdin : fopen(path, "re");
    if (!stream) {
        return error_set(error, STATUS_FAILED,
                         "%s: cannot be opened: %s; give a list of pairs, TSV", path,
                         strerror(errno));
    }
    enum status status = table_read_tsv(stream, name, &table, error);
    if (!piped) {
        fclose(stream);
    }
    if (status == STATUS_OK) {
        status = find_columns(table, name, group_by, &columns, error);
    }
    for (size_t row = 0; status == STATUS_OK && row < table->row_count; row++) {
        status = add_row(pairs, table, name, &columns, row, error);
    }
    table_destroy(table);
    return status;
}

static int by_name(const void *a, const void *b)
{
    const struct score_pair_item *const *x = a, *const *y = b;
    int order = strcmp((*x)->name, (*y)->name);
    return order ? order : strcmp((*x)->reference, (*y)->reference);
}

/* Gives the pairs [first, last) of one name, in order of their references, paths instead. */
static enum status rename_pairs(struct score_pair_item **sorted, size_t first, size_t last,
                                struct error *error)
{
    bool differ = true;
    for (size_t i = first + 1; i < last; i++) {
        differ = differ && strcmp(sorted[i - 1]->reference, sorted[i]->reference) != 0;
    }
    for (size_t i = first; i < last; i++) {
        char *name = strdup(differ ? sorted[i]->reference : sorted[i]->estimate);
        if (!name) {
            return error_memory(error, "naming tables");
        }
        free(sorted[i]->name);
        sorted[i]->name = name;
    }
    return STATUS_OK;
}

enum status score_pairs_name(struct score_pairs *pairs, struct error *error)
{
    struct score_pair_item **sorted = checked_calloc(pairs->count, sizeof *sorted);
    if (!sorted) {
        return error_memory(error, "naming tables");
    }
    for (size_t i = 0; i < pairs->count; i++) {
        sorted[i] = &pairs->items[i];
    }
    qsort(sorted, pairs->count, sizeof(struct score_pair_item *), by_name);
    enum status status = STATUS_OK;
    for (size_t first = 0, last; first < pairs->count && status == STATUS_OK; first = last) {
        last = first + 1;
        while (last < pairs->count && strcmp(sorted[last]->name, sorted[first]->name) == 0) {
            last++;
        }
        if (last - first > 1) {
            status = rename_pairs(sorted, first, last, error);
        }
    }
    free(sorted);
    return status;
}

void score_pairs_clear(struct score_pairs *pairs)
{
    for (size_t i = 0; i < pairs->count; i++) {
        clear_item(&pairs->items[i]);
    }
    for (size_t i = 0; i < pairs->unpaired_count; i++) {
        free(pairs->unpaired[i]);
    }
    free(pairs->items);
    free(pairs->unpaired);
    *pairs = (struct score_pairs){0};
}
