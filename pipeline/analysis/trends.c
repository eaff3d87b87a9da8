#include "pipeline/analysis/trends.h"

#include "formats/checked.h"
#include "pipeline/analysis/surroundings.h"
#include "pipeline/annotation_table.h"
#include "pipeline/transfer/remarks.h"
#include "pipeline/trend/collect.h"
#include "pipeline/trend/events.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define UNIT_TEXT 32

struct trend_gatherer {
    struct trend_collector *collector;
    struct trend_collector *all; /* all epochs, as long as none is active; NULL: given up */
    bool all_epochs;
};

/* What is asked of the collector: all analysed channels, the marker table, units by channel. */
struct request {
    struct trend_channel *channels;
    const char **units;       /* channels × markers, into `texts` */
    char (*texts)[UNIT_TEXT]; /* channels × markers */
    struct trend_marker markers[MARKERS_MAX];
};

static void clear_request(struct request *request)
{
    free(request->channels);
    free((void *)request->units);
    free(request->texts);
}

static enum status fill_request(const struct recording_info *info, size_t count,
                                const size_t *indexes, struct request *request, struct error *error)
{
    size_t cells;
    *request = (struct request){0};
    if (checked_multiply(count, markers_count, &cells)) {
        request->channels = checked_calloc(count, sizeof *request->channels);
        request->units = checked_calloc(cells, sizeof *request->units);
        request->texts = checked_calloc(cells, sizeof *request->texts);
    }
    if (!request->channels || !request->units || !request->texts) {
        return error_memory(error, "preparing trends");
    }
    for (size_t m = 0; m < markers_count; m++) {
        request->markers[m] = (struct trend_marker){.name = markers_table[m].name,
                                                    .unit = markers_table[m].unit,
                                                    .logarithm = markers_table[m].logarithm};
    }
    for (size_t i = 0; i < count; i++) {
        const struct channel *channel = &info->channels[indexes[i]];
        for (size_t m = 0; m < markers_count; m++) {
            size_t cell = i * markers_count + m;
            analysis_marker_unit(&markers_table[m], channel->unit, request->texts[cell], UNIT_TEXT);
            request->units[cell] = request->texts[cell];
        }
        request->channels[i].label = channel->label;
        request->channels[i].units = request->units + i * markers_count;
    }
    return STATUS_OK;
}

enum status trend_gatherer_create(const struct analysis *analysis, struct trend_gatherer **result,
                                  struct error *error)
{
    const struct parameters *parameters = &analysis->parameters;
    struct trend_collect_options options = {
        .trend = {.confidence = parameters->confidence, .minimum_count = 5},
        .epoch = parameters->epoch,
        .hop = parameters->hop,
        .minimum_length = parameters->contraction_minimum};
    struct request request;
    *result = NULL;
    struct trend_gatherer *gatherer = calloc(1, sizeof *gatherer);
    if (!gatherer) {
        return error_memory(error, "preparing trends");
    }
    enum status status =
        fill_request(analysis->info, analysis->channel_count, analysis->indexes, &request, error);
    if (status == STATUS_OK) {
        status = trend_collector_create(request.channels, analysis->channel_count, request.markers,
                                        markers_count, &options, &gatherer->collector, error);
    }
    if (status == STATUS_OK) {
        status = trend_collector_create(request.channels, analysis->channel_count, request.markers,
                                        markers_count, &options, &gatherer->all, error);
        gatherer->all_epochs = parameters->all_epochs;
    }
    clear_request(&request);
    if (status == STATUS_OK) {
        *result = gatherer;
    } else {
        trend_gatherer_destroy(gatherer);
    }
    return status;
}

void trend_gatherer_destroy(struct trend_gatherer *gatherer)
{
    if (gatherer) {
        trend_collector_destroy(gatherer->collector);
        trend_collector_destroy(gatherer->all);
        free(gatherer);
    }
}

/* Gives up on trends over all epochs. */
static void drop_all(struct trend_gatherer *gatherer)
{
    trend_collector_destroy(gatherer->all);
    gatherer->all = NULL;
}

enum status trend_gatherer_push(struct trend_gatherer *gatherer, const struct analysis_row *row,
                                struct error *error)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; i < row->channel_count && status == STATUS_OK; i++) {
        const struct channel_row *channel = row->channels[i];
        if (!(channel->status & EPOCH_REST) && !gatherer->all_epochs) {
            drop_all(gatherer);
            status =
                trend_collector_push(gatherer->collector, row->time, i, channel->values, error);
        } else if (gatherer->all) {
            status = trend_collector_push(gatherer->all, row->time, i, channel->values, error);
        }
    }
    if (row->number > TREND_ALL_MOST && !gatherer->all_epochs) {
        drop_all(gatherer);
    }
    return status;
}

/* The recording's annotations as a table of events. */
static enum status annotation_events(const struct recording_info *info, const char *during,
                                     struct table **result, struct error *error)
{
    static const struct column_definition columns[] = {
        {"onset", COLUMN_REAL, "s", "", NULL},
        {"duration", COLUMN_REAL, "s", "", NULL},
        {"trial_type", COLUMN_TEXT, "", "", NULL},
        {"channel", COLUMN_TEXT, "", "", NULL},
    };
    struct table *table = annotation_table(info, "events", columns, 4, error);
    enum status status = table ? STATUS_OK : STATUS_FAILED;
    for (size_t row = 0; status == STATUS_OK && row < table->row_count; row++) {
        const char *text = info->annotations[row].text;
        struct remark remark = remark_parse(text);
        /* "hold [TA]" is of one channel, unless the label itself looks like that. */
        if (strcmp(text, during) == 0) {
            continue;
        }
        status = table_set_text(table, row, 2, remark.type, error);
        if (status == STATUS_OK && remark.label[0]) {
            status = table_set_text(table, row, 3, remark.label, error);
        }
    }
    *result = table;
    return status;
}

/* The intervals of --during: of the user's table, or of the recording's annotations and sidecars.
 * A recording of many without the label is no failure of all. */
static enum status find_named(const struct analysis *analysis, const char *const *labels,
                              struct trend_events *named, struct warnings *warnings,
                              struct error *error)
{
    const struct parameters *parameters = &analysis->parameters;
    struct table *own = NULL;
    if (!parameters->during) {
        return STATUS_OK;
    }
    if (analysis->surroundings->events) {
        return trend_events_find(analysis->surroundings->events, parameters->events,
                                 parameters->during, labels, analysis->channel_count, named, error);
    }
    enum status status = annotation_events(analysis->info, parameters->during, &own, error);
    if (status == STATUS_OK) {
        struct error problem = {0};
        if (trend_events_find(own, "annotations", parameters->during, labels,
                              analysis->channel_count, named, &problem) != STATUS_OK) {
            warnings_add(warnings, "no trend over the intervals of --during: %s", problem.message);
        } else if (named->scopes.named.count == 0) {
            warnings_add(warnings,
                         "no trend over the intervals of --during: the annotations '%s' have no "
                         "duration; give the intervals with --events",
                         parameters->during);
        }
    }
    table_destroy(own);
    return status;
}

enum status trend_gatherer_finish(struct trend_gatherer *gatherer, struct analysis *analysis,
                                  struct warnings *warnings, struct error *error)
{
    struct trend_events found = {0}, named = {0};
    const char **labels = checked_calloc(analysis->channel_count, sizeof *labels);
    if (!labels) {
        return error_memory(error, "fitting trends");
    }
    for (size_t i = 0; i < analysis->channel_count; i++) {
        labels[i] = analysis_label(analysis, i);
    }
    enum status status = trend_events_find(analysis->episodes, "episodes", NULL, labels,
                                           analysis->channel_count, &found, error);
    if (status == STATUS_OK) {
        status = find_named(analysis, labels, &named, warnings, error);
    }
    if (status == STATUS_OK) {
        struct trend_collector *collector = gatherer->all ? gatherer->all : gatherer->collector;
        found.scopes.named = named.scopes.named;
        found.scopes.whole = gatherer->all ? TREND_SCOPE_ALL : NULL;
        status = trend_collector_finish(collector, &found.scopes, &analysis->trends, error);
    }
    trend_events_clear(&found);
    trend_events_clear(&named);
    free((void *)labels);
    return status;
}
