#include "pipeline/analysis/named_events.h"

#include "formats/checked.h"
#include "pipeline/transfer/remarks.h"

#include <errno.h>
#include <fnmatch.h>
#include <math.h>
#include <string.h>

#define PATTERN_SIZE 256

enum status named_events_read(const char *path, struct table **table, struct error *error)
{
    static const char *const needed[] = {"onset", "duration", "trial_type"};
    FILE *stream = fopen(path, "re");
    *table = NULL;
    if (!stream) {
        return error_set(error, STATUS_FAILED,
                         "%s: cannot be opened: %s; --events wants a BIDS "
                         "events file",
                         path, strerror(errno));
    }
    enum status status = table_read_tsv(stream, path, table, error);
    fclose(stream);
    for (size_t i = 0; i < 3 && status == STATUS_OK; i++) {
        if (table_find(*table, needed[i]) == SIZE_MAX) {
            status = error_set(error, STATUS_FAILED,
                               "%s: has no column '%s'; events want the columns onset, duration "
                               "and trial_type (BIDS)",
                               path, needed[i]);
        }
    }
    if (status != STATUS_OK) {
        table_destroy(*table);
        *table = NULL;
    }
    return status;
}

bool named_events_fit(const char *patterns, const char *text)
{
    char pattern[PATTERN_SIZE];
    for (const char *p = patterns; p; p = strchr(p, ','), p += p ? 1 : 0) {
        text_from_field(pattern, sizeof pattern, p, strcspn(p, ","));
        if (pattern[0] && fnmatch(pattern, text, FNM_CASEFOLD) == 0) {
            return true;
        }
    }
    return false;
}

/* What a search looks at. */
struct search {
    const struct recording_info *info;
    const size_t *indexes;
    size_t channel_count;
    const char *patterns;
    struct named_events *events; /* with room for all */
};

/* A cell as text, also where the table took its column for numbers; "" when missing. */
static const char *cell(const struct table *table, size_t row, size_t column, char number[32])
{
    const char *text = column == SIZE_MAX ? NULL : table_text(table, row, column);
    double value = column == SIZE_MAX ? NAN : table_real(table, row, column);
    number[0] = '\0';
    if (!text && !isnan(value)) {
        table_format_real(number, 32, value);
    }
    return text ? text : number;
}

/* Whether a remark is of a channel of the recording; *channel: which analysed one, SIZE_MAX when it
 * is none of them. */
static bool find_channel(const struct search *search, const struct remark *remark, size_t *channel)
{
    bool found = false;
    *channel = SIZE_MAX;
    for (size_t c = 0; c < search->info->channel_count; c++) {
        found = found || remark_is_of(remark, &search->info->channels[c]);
    }
    for (size_t i = 0; i < search->channel_count; i++) {
        const struct channel *own = &search->info->channels[search->indexes[i]];
        if (strcmp(remark->label, own->label) == 0) {
            *channel = i;
            return true;
        }
        if (*channel == SIZE_MAX && remark_is_of(remark, own)) {
            *channel = i;
        }
    }
    return found;
}

static void keep(const struct search *search, double onset, double duration, size_t channel)
{
    struct named_events *events = search->events;
    if (isfinite(onset) && !isinf(duration)) {
        events->list[events->count++] =
            (struct named_event){onset, duration > 0 ? duration : 0, channel};
    }
}

static void find_in_table(const struct search *search, const struct table *table)
{
    char number[32];
    size_t onset = table_find(table, "onset"), duration = table_find(table, "duration");
    size_t type = table_find(table, "trial_type"), label = table_find(table, "channel");
    for (size_t row = 0; row < table->row_count; row++) {
        struct remark remark = {.cut = false};
        size_t channel = NAMED_ALL_CHANNELS;
        if (!named_events_fit(search->patterns, cell(table, row, type, number))) {
            continue;
        }
        const char *text = cell(table, row, label, number);
        text_from_field(remark.label, sizeof remark.label, text, strlen(text));
        if (remark.label[0]) {
            find_channel(search, &remark, &channel);
        }
        if (remark.label[0] && channel == SIZE_MAX) {
            search->events->elsewhere++;
            continue;
        }
        keep(search, table_real(table, row, onset), table_real(table, row, duration), channel);
    }
}

static void find_in_annotations(const struct search *search)
{
    for (size_t i = 0; i < search->info->annotation_count; i++) {
        const struct annotation *annotation = &search->info->annotations[i];
        struct remark remark = remark_parse(annotation->text);
        size_t channel = NAMED_ALL_CHANNELS;
        bool own = named_events_fit(search->patterns, remark.type);
        if (!own && !named_events_fit(search->patterns, annotation->text)) {
            continue;
        }
        /* What stands in brackets and is no channel is a remark: "walk [fast]". */
        if (own && remark.label[0] && find_channel(search, &remark, &channel) &&
            channel == SIZE_MAX) {
            search->events->elsewhere++;
            continue;
        }
        keep(search, annotation->onset, annotation->duration, channel);
    }
}

static int by_onset(const void *a, const void *b)
{
    const struct named_event *x = a, *y = b;
    if (x->onset != y->onset) {
        return x->onset < y->onset ? -1 : 1;
    }
    return (x->channel > y->channel) - (x->channel < y->channel);
}

enum status named_events_find(const struct table *table, const struct recording_info *info,
                              const size_t *indexes, size_t count, const char *patterns,
                              struct named_events *events, struct error *error)
{
    size_t room = table ? table->row_count : info->annotation_count;
    const struct search search = {info, indexes, count, patterns, events};
    *events = (struct named_events){.list = checked_calloc(room, sizeof *events->list)};
    if (!events->list) {
        return error_memory(error, "reading events");
    }
    if (table) {
        find_in_table(&search, table);
    } else {
        find_in_annotations(&search);
    }
    qsort(events->list, events->count, sizeof *events->list, by_onset);
    return STATUS_OK;
}

void named_events_clear(struct named_events *events)
{
    free(events->list);
    *events = (struct named_events){0};
}
