#include "pipeline/trend/markers.h"

#include "formats/checked.h"
#include "formats/recording.h"
#include "formats/selection.h"
#include "pipeline/signal/markers.h"
#include "pipeline/trend/events.h"

#include <math.h>
#include <string.h>

#define COLUMNS_MAX 256 /* of markers */
#define EPOCH_HOPS  4   /* longer epochs are not guessed from the first centre */

/* The table while it is turned into series. */
struct reading {
    const struct table *table;
    const char *name;
    const struct trend_request *request;
    size_t epoch, channel, status, active; /* columns; SIZE_MAX: there is none */
    struct recording_info info;            /* its channels: those of the table */
    size_t *rows_channel;                  /* by row */
    size_t columns[COLUMNS_MAX];           /* of the markers */
    struct trend_marker markers[COLUMNS_MAX];
    size_t marker_count;
    double hop, length; /* s */
};

/* A cell of the channel column; labels that are numbers have been read as such. */
static const char *label_at(const struct reading *reading, size_t row, char *buffer, size_t size)
{
    if (reading->channel == SIZE_MAX) {
        return "1";
    }
    const char *text = table_text(reading->table, row, reading->channel);
    if (text) {
        snprintf(buffer, size, "%s", text);
    } else {
        table_format_real(buffer, (int)size, table_real(reading->table, row, reading->channel));
    }
    return buffer;
}

static enum status add_label(const char *label, size_t *capacity, char (**labels)[LABEL_SIZE],
                             size_t *count, struct error *error)
{
    if (*count == *capacity) {
        size_t grown = *capacity ? 2 * *capacity : 16;
        void *memory = checked_realloc(*labels, grown, sizeof **labels);
        if (!memory) {
            return error_memory(error, "reading a marker table");
        }
        *labels = memory;
        *capacity = grown;
    }
    snprintf((*labels)[(*count)++], LABEL_SIZE, "%s", label);
    return STATUS_OK;
}

/* The channels in order of appearance, and which one each row is of. */
static enum status find_channels(struct reading *reading, struct error *error)
{
    char(*labels)[LABEL_SIZE] = NULL;
    size_t count = 0, capacity = 0, last = 0;
    enum status status = STATUS_OK;
    reading->rows_channel =
        checked_calloc(reading->table->row_count, sizeof(*reading->rows_channel));
    if (!reading->rows_channel) {
        return error_memory(error, "reading a marker table");
    }
    for (size_t row = 0; row < reading->table->row_count && status == STATUS_OK; row++) {
        char buffer[LABEL_SIZE];
        const char *label = label_at(reading, row, buffer, sizeof buffer);
        size_t c = 0;
        /* Rows take turns: the next channel is likely the one after the last. */
        if (last + 1 < count && strcmp(labels[last + 1], label) == 0) {
            c = last + 1;
        } else {
            while (c < count && strcmp(labels[c], label) != 0) {
                c++;
            }
        }
        if (c == count) {
            status = add_label(label, &capacity, &labels, &count, error);
        }
        reading->rows_channel[row] = last = c;
    }
    if (status == STATUS_OK && count > 0) {
        status = recording_info_allocate(&reading->info, count, error);
    }
    for (size_t c = 0; status == STATUS_OK && c < count; c++) {
        snprintf(reading->info.channels[c].label, LABEL_SIZE, "%s", labels[c]);
    }
    free(labels);
    if (status == STATUS_OK && count > 0) {
        status =
            selection_apply(&reading->info, reading->name, reading->request->channels, true, error);
    }
    return status;
}

/* Whether a column can be a marker: numbers, or nothing at all. */
static bool is_numeric(const struct table *table, size_t column)
{
    if (table->columns[column].definition.type != COLUMN_TEXT) {
        return true;
    }
    for (size_t row = 0; row < table->row_count; row++) {
        if (table_text(table, row, column)) {
            return false;
        }
    }
    return true;
}

/* Whether a list "a,b" names something. */
static bool is_listed(const char *list, const char *name)
{
    size_t length = strlen(name);
    for (const char *p = list; *p;) {
        size_t item = strcspn(p, ",");
        if (item == length && strncmp(p, name, item) == 0) {
            return true;
        }
        p += item + (p[item] == ',');
    }
    return false;
}

static enum status add_marker(struct reading *reading, size_t column, struct error *error)
{
    const char *name = reading->table->columns[column].definition.name;
    const char *logarithm = reading->request->logarithm;
    size_t known = markers_find(name);
    if (reading->marker_count == COLUMNS_MAX) {
        return error_set(error, STATUS_FAILED,
                         "%s: has more than %d markers; choose some with --marker", reading->name,
                         COLUMNS_MAX);
    }
    struct trend_marker marker = {.name = name};
    if (known != SIZE_MAX) {
        marker.unit = markers_table[known].unit;
        marker.logarithm = markers_table[known].logarithm;
    }
    if (logarithm) {
        marker.logarithm = is_listed(logarithm, name);
    }
    reading->columns[reading->marker_count] = column;
    reading->markers[reading->marker_count++] = marker;
    return STATUS_OK;
}

/* A list's names, each of which has to be a marker of the table. */
static enum status find_listed(struct reading *reading, const char *list, const char *option,
                               bool add, struct error *error)
{
    enum status status = STATUS_OK;
    for (const char *p = list; *p && status == STATUS_OK;) {
        size_t length = strcspn(p, ",");
        char name[64];
        snprintf(name, sizeof name, "%.*s", (int)length, p);
        size_t column = table_find(reading->table, name);
        if (column == SIZE_MAX || column == reading->epoch || column == reading->channel ||
            column == reading->status || column == reading->active) {
            status = error_set(error, STATUS_FAILED, "%s: --%s: the table has no marker '%s'",
                               reading->name, option, name);
        } else if (!is_numeric(reading->table, column)) {
            status = error_set(error, STATUS_FAILED, "%s: --%s: the column '%s' holds text",
                               reading->name, option, name);
        } else if (add) {
            status = add_marker(reading, column, error);
        }
        p += length + (p[length] == ',');
    }
    return status;
}

static enum status find_columns(struct reading *reading, struct error *error)
{
    const struct trend_request *request = reading->request;
    const struct table *table = reading->table;
    reading->epoch = table_find(table, "epoch");
    reading->channel = table_find(table, "channel");
    reading->status = table_find(table, "status");
    reading->active = table_find(table, "active"); /* of an exported table: no marker */
    if (reading->epoch == SIZE_MAX || !is_numeric(table, reading->epoch)) {
        return error_set(error, STATUS_FAILED,
                         "%s: is no marker table, it has no column 'epoch' of seconds; 'soleus "
                         "markers' makes one",
                         reading->name);
    }
    enum status status = STATUS_OK;
    if (request->logarithm) {
        status = find_listed(reading, request->logarithm, "logarithm", false, error);
    }
    if (status == STATUS_OK && request->markers) {
        return find_listed(reading, request->markers, "marker", true, error);
    }
    for (size_t c = 0; c < table->column_count && status == STATUS_OK; c++) {
        bool other = c == reading->epoch || c == reading->channel || c == reading->status ||
                     c == reading->active;
        if (!other && is_numeric(table, c)) {
            status = add_marker(reading, c, error);
        }
    }
    if (status == STATUS_OK && reading->marker_count == 0) {
        status = error_set(error, STATUS_FAILED, "%s: has no column of numbers beside 'epoch'",
                           reading->name);
    }
    return status;
}

/* Checks the epochs' order, and finds hop and length. */
static enum status find_timing(struct reading *reading, struct error *error)
{
    size_t channels = reading->info.channel_count;
    double *previous = checked_calloc(channels, sizeof(*previous));
    double hop = INFINITY, first = INFINITY;
    enum status status = previous ? STATUS_OK : error_memory(error, "reading a marker table");
    for (size_t c = 0; status == STATUS_OK && c < channels; c++) {
        previous[c] = -INFINITY;
    }
    for (size_t row = 0; row < reading->table->row_count && status == STATUS_OK; row++) {
        double time = table_real(reading->table, row, reading->epoch);
        double *before = &previous[reading->rows_channel[row]];
        if (!(time > *before) || !isfinite(time)) {
            /* The header is line 1. */
            status = error_set(error, STATUS_FAILED,
                               "%s: line %zu: the epoch does not come after the one before of the "
                               "same channel; sort the table by epoch",
                               reading->name, row + 2);
        }
        hop = isfinite(*before) ? fmin(hop, time - *before) : hop;
        first = fmin(first, time);
        *before = time;
    }
    free(previous);
    const struct trend_request *request = reading->request;
    reading->hop = request->hop > 0 ? request->hop : isfinite(hop) ? hop : 1;
    double length = 2 * first;
    bool plausible = length > 0 && length <= EPOCH_HOPS * reading->hop;
    reading->length = request->epoch > 0 ? request->epoch : plausible ? length : reading->hop;
    return status;
}

static bool is_active(const struct reading *reading, size_t row)
{
    if (reading->status == SIZE_MAX) {
        return true;
    }
    double status = table_real(reading->table, row, reading->status);
    return !(status >= 0 && fmod(status, 2 * EPOCH_REST) >= EPOCH_REST);
}

/* Whether epochs at rest are taken too: asked for, or nothing is active in a short table. */
static bool takes_all(const struct reading *reading)
{
    size_t rows = reading->table->row_count, channels = reading->info.channel_count;
    for (size_t row = 0; row < rows && !reading->request->all_epochs; row++) {
        size_t channel = reading->rows_channel[row];
        if (reading->info.channels[channel].selected && is_active(reading, row)) {
            return false;
        }
    }
    return reading->request->all_epochs || rows <= TREND_ALL_MOST * channels;
}

/* numbers: of the chosen channels in the collector, by channel of the table. */
static enum status push_rows(const struct reading *reading, bool all, const size_t *numbers,
                             struct trend_collector *collector, struct error *error)
{
    enum status status = STATUS_OK;
    double values[COLUMNS_MAX];
    for (size_t row = 0; row < reading->table->row_count && status == STATUS_OK; row++) {
        size_t channel = reading->rows_channel[row];
        if (!reading->info.channels[channel].selected || (!all && !is_active(reading, row))) {
            continue;
        }
        for (size_t m = 0; m < reading->marker_count; m++) {
            values[m] = table_real(reading->table, row, reading->columns[m]);
        }
        status = trend_collector_push(collector, table_real(reading->table, row, reading->epoch),
                                      numbers[channel], values, error);
    }
    return status;
}

/* The scopes of episodes and of the user's intervals, and the table over them. */
static enum status finish(const struct reading *reading, bool all,
                          struct trend_collector *collector, const char *const *labels,
                          size_t label_count, struct table **trends, struct error *error)
{
    const struct trend_request *request = reading->request;
    struct trend_events episodes = {0}, named = {0};
    enum status status = STATUS_OK;
    if (request->episodes) {
        status = trend_events_find(request->episodes, request->episodes_name, NULL, labels,
                                   label_count, &episodes, error);
    }
    if (status == STATUS_OK && request->events) {
        status = trend_events_find(request->events, request->events_name, request->during, labels,
                                   label_count, &named, error);
    }
    if (status == STATUS_OK) {
        struct trend_scopes scopes = episodes.scopes;
        scopes.named = named.scopes.named;
        scopes.whole = all ? TREND_SCOPE_ALL : NULL;
        status = trend_collector_finish(collector, &scopes, trends, error);
    }
    trend_events_clear(&episodes);
    trend_events_clear(&named);
    return status;
}

static enum status make_trends(struct reading *reading, struct table **trends, struct error *error)
{
    const struct trend_request *request = reading->request;
    struct trend_collect_options options = {.trend = request->trend,
                                            .epoch = reading->length,
                                            .hop = reading->hop,
                                            .minimum_length = request->minimum_length};
    size_t count = 0, channels = reading->info.channel_count;
    size_t *numbers = checked_calloc(channels, sizeof(*numbers));
    struct trend_collector *collector = NULL;
    struct trend_channel *chosen = checked_calloc(channels, sizeof(*chosen));
    const char **labels = checked_calloc(channels, sizeof(*labels));
    enum status status =
        numbers && chosen && labels ? STATUS_OK : error_memory(error, "preparing trends");
    for (size_t c = 0; status == STATUS_OK && c < channels; c++) {
        if (reading->info.channels[c].selected) {
            numbers[c] = count;
            labels[count] = reading->info.channels[c].label;
            chosen[count++].label = reading->info.channels[c].label;
        }
    }
    if (status == STATUS_OK) {
        status = trend_collector_create(chosen, count, reading->markers, reading->marker_count,
                                        &options, &collector, error);
    }
    bool all = takes_all(reading);
    if (status == STATUS_OK) {
        status = push_rows(reading, all, numbers, collector, error);
    }
    if (status == STATUS_OK) {
        status = finish(reading, all, collector, labels, count, trends, error);
    }
    trend_collector_destroy(collector);
    free(numbers);
    free((void *)labels);
    free(chosen);
    return status;
}

enum status trend_from_markers(const struct table *markers, const char *name,
                               const struct trend_request *request, struct table **trends,
                               struct error *error)
{
    struct reading reading = {.table = markers, .name = name, .request = request};
    *trends = NULL;
    enum status status = find_columns(&reading, error);
    if (status == STATUS_OK) {
        status = find_channels(&reading, error);
    }
    if (status == STATUS_OK) {
        status = find_timing(&reading, error);
    }
    if (status == STATUS_OK) {
        status = make_trends(&reading, trends, error);
    }
    recording_info_clear(&reading.info);
    free(reading.rows_channel);
    return status;
}
