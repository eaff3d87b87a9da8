#include "pipeline/trend/events.h"

#include "formats/checked.h"

#include <math.h>
#include <string.h>

/* How many labels a message names. */
#define NAMES_SHOWN 8

struct columns {
    size_t onset, duration, type, channel;
};

static bool is_type(const struct table *table, const struct columns *columns, size_t row,
                    const char *type)
{
    const char *text = table_text(table, row, columns->type);
    return type && text && strcmp(text, type) == 0;
}

/* The table's labels that there are, in order of appearance, for a message. */
static void list_types(const struct table *table, const struct columns *columns, char *to,
                       size_t size)
{
    size_t used = 0, shown = 0;
    to[0] = '\0';
    for (size_t row = 0; row < table->row_count; row++) {
        const char *text = table_text(table, row, columns->type);
        bool seen = !text;
        for (size_t i = 0; i < row && !seen; i++) {
            seen = is_type(table, columns, i, text);
        }
        if (seen) {
            continue;
        }
        if (shown++ == NAMES_SHOWN || used + strlen(text) + 8 > size) {
            snprintf(to + used, size - used, ", ...");
            return;
        }
        used += (size_t)snprintf(to + used, size - used, "%s%s", used ? ", " : "", text);
    }
}

static enum status find_columns(const struct table *table, const char *name,
                                struct columns *columns, struct error *error)
{
    const char *const needed[] = {"onset", "duration", "trial_type"};
    size_t *const found[] = {&columns->onset, &columns->duration, &columns->type};
    for (size_t i = 0; i < 3; i++) {
        *found[i] = table_find(table, needed[i]);
        if (*found[i] == SIZE_MAX) {
            return error_set(error, STATUS_FAILED,
                             "%s: has no column '%s'; events want the columns onset, duration and "
                             "trial_type (BIDS)",
                             name, needed[i]);
        }
    }
    columns->channel = table_find(table, "channel");
    return STATUS_OK;
}

/* The channel an event concerns; false when it is not among the labels. */
static bool find_channel(const struct table *table, const struct columns *columns, size_t row,
                         const char *const *labels, size_t label_count, size_t *channel)
{
    *channel = TREND_ALL_CHANNELS;
    if (columns->channel == SIZE_MAX) {
        return true;
    }
    const char *text = table_text(table, row, columns->channel);
    char number[32];
    if (!text) {
        /* Labels that are numbers are read as numbers. */
        double value = table_real(table, row, columns->channel);
        if (isnan(value)) {
            return true;
        }
        table_format_real(number, sizeof number, value);
        text = number;
    }
    for (size_t i = 0; i < label_count; i++) {
        if (strcmp(labels[i], text) == 0) {
            *channel = i;
            return true;
        }
    }
    return false;
}

enum status trend_events_find(const struct table *table, const char *name, const char *during,
                              const char *const *labels, size_t label_count,
                              struct trend_events *events, struct error *error)
{
    struct columns columns;
    *events = (struct trend_events){0};
    enum status status = find_columns(table, name, &columns, error);
    if (status != STATUS_OK) {
        return status;
    }
    events->episodes = checked_calloc(table->row_count, sizeof(*events->episodes));
    events->named = checked_calloc(table->row_count, sizeof(*events->named));
    events->excluded = checked_calloc(table->row_count, sizeof(*events->excluded));
    if (!events->episodes || !events->named || !events->excluded) {
        trend_events_clear(events);
        return error_memory(error, "reading events");
    }
    struct trend_scopes *scopes = &events->scopes;
    bool labelled = false;
    for (size_t row = 0; row < table->row_count; row++) {
        struct trend_interval interval = {.onset = table_real(table, row, columns.onset),
                                          .duration = table_real(table, row, columns.duration),
                                          .label = during};
        labelled = labelled || is_type(table, &columns, row, during);
        if (!isfinite(interval.onset) || !(interval.duration > 0) ||
            !find_channel(table, &columns, row, labels, label_count, &interval.channel)) {
            continue;
        }
        if (is_type(table, &columns, row, during)) {
            interval.number = (int64_t)scopes->named.count + 1;
            events->named[scopes->named.count++] = interval;
        }
        interval.number = (int64_t)row + 1;
        if (is_type(table, &columns, row, "tonic")) {
            events->episodes[scopes->episodes.count++] = interval;
        } else if (is_type(table, &columns, row, "clonic") ||
                   is_type(table, &columns, row, "tonic-clonic")) {
            events->excluded[scopes->excluded.count++] = interval;
        }
    }
    scopes->episodes.items = events->episodes;
    scopes->named.items = events->named;
    scopes->excluded.items = events->excluded;
    if (during && !labelled) {
        char types[256];
        list_types(table, &columns, types, sizeof types);
        trend_events_clear(events);
        return error_set(error, STATUS_FAILED,
                         "%s: no event has the trial_type '%s'; there are: %s", name, during,
                         types[0] ? types : "none");
    }
    return STATUS_OK;
}

void trend_events_clear(struct trend_events *events)
{
    free(events->episodes);
    free(events->named);
    free(events->excluded);
    *events = (struct trend_events){0};
}
