/* What the events say: intervals that are left out, interventions, maximal contractions. */
#include "pipeline/analysis/surroundings.h"

#include "formats/checked.h"
#include "pipeline/analysis/mvc.h"
#include "pipeline/analysis/tables.h"

#include <math.h>
#include <string.h>
#include <strings.h>

enum status surroundings_create(const struct analysis *analysis, struct surroundings **result,
                                struct error *error)
{
    struct surroundings *surroundings = calloc(1, sizeof *surroundings);
    size_t n = analysis->channel_count;
    enum status status = STATUS_OK;
    *result = NULL;
    if (!surroundings) {
        return error_memory(error, "preparing the analysis");
    }
    surroundings->excluded = checked_calloc(n, sizeof *surroundings->excluded);
    surroundings->maximal = checked_calloc(n, sizeof *surroundings->maximal);
    surroundings->usable = checked_calloc(n, sizeof *surroundings->usable);
    surroundings->mvc = checked_calloc(n, sizeof *surroundings->mvc);
    surroundings->fasciculations = checked_calloc(n, sizeof *surroundings->fasciculations);
    if (!surroundings->excluded || !surroundings->maximal || !surroundings->usable ||
        !surroundings->mvc || !surroundings->fasciculations) {
        status = error_memory(error, "preparing the analysis");
    }
    surroundings->channel_count = status == STATUS_OK ? n : 0;
    for (size_t i = 0; i < surroundings->channel_count; i++) {
        surroundings->mvc[i] = surroundings->fasciculations[i] = NAN;
    }
    if (status == STATUS_OK && analysis->parameters.events) {
        status = named_events_read(analysis->parameters.events, &surroundings->events, error);
    }
    if (status == STATUS_OK) {
        *result = surroundings;
    } else {
        surroundings_destroy(surroundings);
    }
    return status;
}

void surroundings_destroy(struct surroundings *surroundings)
{
    if (surroundings) {
        for (size_t i = 0; i < surroundings->channel_count; i++) {
            spans_clear(&surroundings->excluded[i]);
            spans_clear(&surroundings->maximal[i]);
        }
        table_destroy(surroundings->events);
        free(surroundings->excluded);
        free(surroundings->maximal);
        named_events_clear(&surroundings->interventions);
        free(surroundings->usable);
        free(surroundings->mvc);
        free(surroundings->fasciculations);
        free(surroundings);
    }
}

void surroundings_judge(struct analysis *analysis)
{
    struct surroundings *surroundings = analysis->surroundings;
    surroundings->usable_count = 0;
    for (size_t i = 0; i < analysis->channel_count; i++) {
        struct quality quality = analysis_judge(analysis, i);
        surroundings->usable[i] = !analysis->info->channels[analysis->indexes[i]].bad &&
                                  strcmp(quality_verdict_names[quality.verdict], "bad") != 0;
        surroundings->usable_count += surroundings->usable[i];
    }
}

static enum status find(const struct analysis *analysis, const char *patterns,
                        struct named_events *events, struct error *error)
{
    return named_events_find(analysis->surroundings->events, analysis->info, analysis->indexes,
                             analysis->channel_count, patterns, events, error);
}

/* The intervals that are named, by channel. `option` is for warnings. */
static enum status find_intervals(const struct analysis *analysis, const char *patterns,
                                  const char *option, struct spans *spans,
                                  struct warnings *warnings, struct error *error)
{
    struct named_events events;
    size_t lasting = 0;
    enum status status = find(analysis, patterns, &events, error);
    for (size_t k = 0; k < events.count && status == STATUS_OK; k++) {
        const struct named_event *event = &events.list[k];
        lasting += event->duration > 0;
        for (size_t i = 0; i < analysis->channel_count && status == STATUS_OK; i++) {
            if (event->channel == NAMED_ALL_CHANNELS || event->channel == i) {
                status = spans_add(&spans[i], event->onset, event->onset + event->duration, error);
            }
        }
    }
    for (size_t i = 0; i < analysis->channel_count; i++) {
        spans_merge(&spans[i]);
    }
    if (status == STATUS_OK && events.count + events.elsewhere == 0) {
        warnings_add(warnings, "%s: no event is named '%s'", option, patterns);
    } else if (status == STATUS_OK && lasting == 0 && events.elsewhere == 0) {
        warnings_add(warnings,
                     "%s: the events '%s' have no duration; give the intervals with "
                     "--events",
                     option, patterns);
    }
    named_events_clear(&events);
    return status;
}

/* Labels that --mvc names and the recording has not. */
static void check_labels(const struct analysis *analysis, struct warnings *warnings)
{
    char label[LABEL_SIZE];
    for (size_t n = 0; mvc_label(analysis->parameters.mvc, n, label); n++) {
        bool found = false;
        for (size_t i = 0; i < analysis->channel_count; i++) {
            found = found || strcasecmp(label, analysis_label(analysis, i)) == 0;
        }
        if (!found) {
            warnings_add(warnings, "--mvc names '%s', which is no channel that is analysed", label);
        }
    }
}

static enum status settle_mvc(struct analysis *analysis, struct warnings *warnings,
                              struct error *error)
{
    const struct parameters *parameters = &analysis->parameters;
    struct surroundings *surroundings = analysis->surroundings;
    enum status status = STATUS_OK;
    if (parameters->mvc) {
        check_labels(analysis, warnings);
    } else if (parameters->mvc_event) {
        status = find_intervals(analysis, parameters->mvc_event, "--mvc-event",
                                surroundings->maximal, warnings, error);
    }
    for (size_t i = 0; i < analysis->channel_count && status == STATUS_OK; i++) {
        if (parameters->mvc) {
            surroundings->mvc[i] = mvc_value(parameters->mvc, analysis_label(analysis, i));
        } else if (parameters->mvc_event) {
            surroundings->mvc[i] = mvc_measure(channel_power_steps(analysis->paths[i]),
                                               &surroundings->maximal[i], parameters->mvc_window);
        }
    }
    return status;
}

enum status surroundings_settle(struct analysis *analysis, struct warnings *warnings,
                                struct error *error)
{
    const struct parameters *parameters = &analysis->parameters;
    struct surroundings *surroundings = analysis->surroundings;
    enum status status = STATUS_OK;
    if (parameters->excluded) {
        status = find_intervals(analysis, parameters->excluded, "--exclude-events",
                                surroundings->excluded, warnings, error);
    }
    if (status == STATUS_OK && parameters->intervention) {
        status = find(analysis, parameters->intervention, &surroundings->interventions, error);
    }
    return status == STATUS_OK ? settle_mvc(analysis, warnings, error) : status;
}
