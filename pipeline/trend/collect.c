#include "pipeline/trend/collect.h"

#include "formats/checked.h"

#include <math.h>
#include <string.h>

#define CHUNK_ROWS 256

/* Epochs may end where an interval ends, whatever rounding makes of it. */
#define TOLERANCE 1e-6 /* s */

/* Rows of one channel: chunks of CHUNK_ROWS rows, each row a time and a value a marker. Chunks keep
 * a night from being copied while it grows. */
struct rows {
    double **chunks;
    size_t chunk_count, chunk_capacity;
    size_t count;
};

struct trend_collector {
    struct trend_collect_options options;
    size_t channel_count, marker_count;
    char **channels;
    struct trend_marker *markers; /* name owned, unit not used */
    char **units;                 /* by channel and marker */
    struct rows *rows;            /* by channel */
};

/* One set of epochs on its way to the table. */
struct scope {
    const char *name;
    int64_t number;
    const struct trend_interval *inside; /* NULL: anywhere */
    bool exclude;
};

static char *copy_text(const char *text, bool *failed)
{
    char *copy = text ? strdup(text) : NULL;
    *failed = *failed || (text && !copy);
    return copy;
}

static bool allocate(struct trend_collector *c)
{
    size_t units;
    if (!checked_multiply(c->channel_count, c->marker_count, &units)) {
        return false;
    }
    c->channels = checked_calloc(c->channel_count, sizeof(*c->channels));
    c->markers = checked_calloc(c->marker_count, sizeof(*c->markers));
    c->units = checked_calloc(units, sizeof(*c->units));
    c->rows = checked_calloc(c->channel_count, sizeof(*c->rows));
    return c->channels && c->markers && c->units && c->rows;
}

enum status trend_collector_create(const struct trend_channel *channels, size_t channel_count,
                                   const struct trend_marker *markers, size_t marker_count,
                                   const struct trend_collect_options *options,
                                   struct trend_collector **collector, struct error *error)
{
    struct trend_collector *c = checked_calloc(1, sizeof(*c));
    bool failed = !c;
    if (c) {
        c->options = *options;
        c->channel_count = channel_count;
        c->marker_count = marker_count;
        failed = !allocate(c);
    }
    for (size_t i = 0; !failed && i < channel_count; i++) {
        c->channels[i] = copy_text(channels[i].label, &failed);
        for (size_t m = 0; m < marker_count; m++) {
            const char *unit = channels[i].units ? channels[i].units[m] : markers[m].unit;
            c->units[i * marker_count + m] = copy_text(unit, &failed);
        }
    }
    for (size_t m = 0; !failed && m < marker_count; m++) {
        c->markers[m].name = copy_text(markers[m].name, &failed);
        c->markers[m].logarithm = markers[m].logarithm;
    }
    if (failed) {
        trend_collector_destroy(c);
        return error_memory(error, "gathering trends");
    }
    *collector = c;
    return STATUS_OK;
}

void trend_collector_destroy(struct trend_collector *collector)
{
    struct trend_collector *c = collector;
    if (!c) {
        return;
    }
    for (size_t i = 0; c->rows && i < c->channel_count; i++) {
        for (size_t k = 0; k < c->rows[i].chunk_count; k++) {
            free(c->rows[i].chunks[k]);
        }
        free(c->rows[i].chunks);
    }
    for (size_t i = 0; c->channels && i < c->channel_count; i++) {
        free(c->channels[i]);
    }
    for (size_t i = 0; c->units && i < c->channel_count * c->marker_count; i++) {
        free(c->units[i]);
    }
    for (size_t m = 0; c->markers && m < c->marker_count; m++) {
        free((char *)c->markers[m].name);
    }
    free(c->channels);
    free(c->units);
    free(c->markers);
    free(c->rows);
    free(c);
}

static bool add_chunk(struct rows *rows, size_t width)
{
    if (rows->chunk_count == rows->chunk_capacity) {
        size_t capacity = rows->chunk_capacity ? 2 * rows->chunk_capacity : 16;
        double **chunks = checked_realloc(rows->chunks, capacity, sizeof(*chunks));
        if (!chunks) {
            return false;
        }
        rows->chunks = chunks;
        rows->chunk_capacity = capacity;
    }
    size_t size;
    double *chunk =
        checked_multiply(width, CHUNK_ROWS, &size) ? checked_calloc(size, sizeof(*chunk)) : NULL;
    if (!chunk) {
        return false;
    }
    rows->chunks[rows->chunk_count++] = chunk;
    return true;
}

static double *row_at(const struct trend_collector *collector, size_t channel, size_t row)
{
    size_t width = collector->marker_count + 1;
    return collector->rows[channel].chunks[row / CHUNK_ROWS] + row % CHUNK_ROWS * width;
}

enum status trend_collector_push(struct trend_collector *collector, double time, size_t channel,
                                 const double *values, struct error *error)
{
    struct rows *rows = &collector->rows[channel];
    if (rows->count == rows->chunk_count * CHUNK_ROWS &&
        !add_chunk(rows, collector->marker_count + 1)) {
        return error_memory(error, "gathering trends");
    }
    double *row = row_at(collector, channel, rows->count++);
    row[0] = time;
    memcpy(row + 1, values, collector->marker_count * sizeof(*values));
    return STATUS_OK;
}

static bool lies_inside(double start, double end, const struct trend_interval *interval)
{
    return start >= interval->onset - TOLERANCE &&
           end <= interval->onset + interval->duration + TOLERANCE;
}

static bool touches(double start, double end, const struct trend_interval *interval)
{
    return start < interval->onset + interval->duration - TOLERANCE &&
           end > interval->onset + TOLERANCE;
}

static bool concerns(const struct trend_interval *interval, size_t channel)
{
    return interval->channel == channel || interval->channel == TREND_ALL_CHANNELS;
}

static bool wanted(const struct trend_collector *collector, const struct scope *scope,
                   const struct trend_intervals *excluded, size_t channel, double time)
{
    double start = time - collector->options.epoch / 2, end = time + collector->options.epoch / 2;
    if (scope->inside && !lies_inside(start, end, scope->inside)) {
        return false;
    }
    for (size_t i = 0; scope->exclude && i < excluded->count; i++) {
        const struct trend_interval *interval = &excluded->items[i];
        if (concerns(interval, channel) && touches(start, end, interval)) {
            return false;
        }
    }
    return true;
}

/* First row of a channel whose epoch does not start before the scope. */
static size_t first_row(const struct trend_collector *collector, const struct scope *scope,
                        size_t channel)
{
    size_t low = 0, high = collector->rows[channel].count;
    if (!scope->inside) {
        return 0;
    }
    double earliest = scope->inside->onset - TOLERANCE + collector->options.epoch / 2;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (row_at(collector, channel, middle)[0] < earliest) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Indexes of the rows of a channel that are in a scope; *rows is the caller's to free. */
static enum status choose_rows(const struct trend_collector *collector, const struct scope *scope,
                               const struct trend_intervals *excluded, size_t channel,
                               size_t **rows, size_t *count, struct error *error)
{
    size_t first = first_row(collector, scope, channel), all = collector->rows[channel].count;
    double latest = scope->inside ? scope->inside->onset + scope->inside->duration : INFINITY;
    size_t last = first;
    while (last < all && row_at(collector, channel, last)[0] <= latest) {
        last++;
    }
    *count = 0;
    *rows = checked_calloc(last - first, sizeof(**rows));
    if (!*rows) {
        return error_memory(error, "gathering trends");
    }
    for (size_t i = first; i < last; i++) {
        if (wanted(collector, scope, excluded, channel, row_at(collector, channel, i)[0])) {
            (*rows)[(*count)++] = i;
        }
    }
    return STATUS_OK;
}

/* The rows of the table for one channel in one scope. */
static enum status append_channel(const struct trend_collector *collector,
                                  const struct scope *scope, const struct trend_intervals *excluded,
                                  size_t channel, struct table *table, struct error *error)
{
    const struct trend_collect_options *options = &collector->options;
    size_t *rows = NULL, count = 0, size = 0;
    double *buffers = NULL;
    enum status status = choose_rows(collector, scope, excluded, channel, &rows, &count, error);
    if (status == STATUS_OK) {
        bool fits = checked_multiply(count, 2 * sizeof(double), &size);
        buffers = fits ? checked_calloc(1, size) : NULL;
        status = buffers ? STATUS_OK : error_memory(error, "gathering trends");
    }
    for (size_t m = 0; m < collector->marker_count && status == STATUS_OK; m++) {
        struct trend_series series = {.channel = collector->channels[channel],
                                      .marker = collector->markers[m].name,
                                      .unit =
                                          collector->units[channel * collector->marker_count + m],
                                      .scope = scope->name,
                                      .episode = scope->number,
                                      .time = buffers,
                                      .value = buffers + count,
                                      .hop = options->hop,
                                      .overlap = fmax(0, 1 - options->hop / options->epoch),
                                      .logarithm = collector->markers[m].logarithm};
        for (size_t i = 0; i < count; i++) {
            const double *row = row_at(collector, channel, rows[i]);
            if (isfinite(row[m + 1])) {
                buffers[series.count] = row[0];
                buffers[count + series.count++] = row[m + 1];
            }
        }
        status = trend_append(table, &series, &options->trend, error);
    }
    free(buffers);
    free(rows);
    return status;
}

static enum status append_scope(const struct trend_collector *collector, const struct scope *scope,
                                const struct trend_intervals *excluded, struct table *table,
                                struct error *error)
{
    enum status status = STATUS_OK;
    for (size_t c = 0; c < collector->channel_count && status == STATUS_OK; c++) {
        if (!scope->inside || concerns(scope->inside, c)) {
            status = append_channel(collector, scope, excluded, c, table, error);
        }
    }
    return status;
}

enum status trend_collector_finish(struct trend_collector *collector,
                                   const struct trend_scopes *scopes, struct table **table,
                                   struct error *error)
{
    struct table *made = table_create("trends", trend_columns, trend_column_count, error);
    if (!made) {
        return STATUS_FAILED;
    }
    struct scope whole = {
        .name = scopes->whole ? scopes->whole : "active", .number = TABLE_MISSING, .exclude = true};
    enum status status = append_scope(collector, &whole, &scopes->excluded, made, error);
    for (size_t i = 0; i < scopes->episodes.count && status == STATUS_OK; i++) {
        const struct trend_interval *item = &scopes->episodes.items[i];
        struct scope scope = {.name = "episode", .number = item->number, .inside = item};
        if (item->duration >= collector->options.minimum_length) {
            status = append_scope(collector, &scope, &scopes->excluded, made, error);
        }
    }
    for (size_t i = 0; i < scopes->named.count && status == STATUS_OK; i++) {
        const struct trend_interval *item = &scopes->named.items[i];
        struct scope scope = {
            .name = item->label, .number = item->number, .inside = item, .exclude = true};
        status = append_scope(collector, &scope, &scopes->excluded, made, error);
    }
    if (status == STATUS_OK) {
        status = trend_fill_jasa(made, error);
    }
    if (status != STATUS_OK) {
        table_destroy(made);
        made = NULL;
    }
    *table = made;
    return status;
}
