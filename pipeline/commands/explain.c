#include "pipeline/commands/explain.h"

#include "formats/checked.h"
#include "formats/number.h"
#include "pipeline/commands/analyse.h"
#include "pipeline/commands/message.h"
#include "pipeline/figures/figure_explanation.h"

#include <math.h>
#include <string.h>

#define CUT_LEAST 1e-3 /* s */

enum status explain_parse_time(const char *text, double *time, struct error *error)
{
    double parts[3];
    size_t count = 0;
    const char *p = text;
    while (p && count < 3) {
        p = number_parse(p, '.', &parts[count]);
        count += p != NULL;
        if (!p || *p != ':') {
            break;
        }
        p++;
    }
    bool good = p && *p == '\0' && count > 0;
    for (size_t i = 0; i < count && good; i++) {
        good = isfinite(parts[i]) && (count == 1 || parts[i] >= 0) && (i == 0 || parts[i] < 60) &&
               (i + 1 == count || parts[i] == floor(parts[i]));
    }
    if (!good) {
        return error_set(error, STATUS_USAGE,
                         "--explain %s: wants a time from the recording's start, in seconds (83.5) "
                         "or as 0:01:23.5",
                         text);
    }
    *time = 0;
    for (size_t i = 0; i < count; i++) {
        *time = 60 * *time + parts[i];
    }
    return STATUS_OK;
}

/* What becomes of the channel's episode in the table, which leaves out and cuts by events. */
static const char *remark_of(const struct analysis *analysis, const struct explained *explained)
{
    const struct explanation *explanation = &explained->explanation;
    const struct table *table = analysis->episodes;
    size_t onset = table_find(table, "onset"), duration = table_find(table, "duration");
    if (explanation->kind != EXPLAINED_EPISODE) {
        return NULL;
    }
    for (size_t row = 0; row < table->row_count; row++) {
        if (analysis->episode_places[row].channel == explained->channel &&
            fabs(table_real(table, row, onset) - explanation->onset) < CUT_LEAST) {
            double end = table_real(table, row, onset) + table_real(table, row, duration);
            return end < explanation->offset - CUT_LEAST
                       ? "In the table it ends earlier, where an interval of --exclude-events "
                         "begins."
                       : NULL;
        }
    }
    return "It is not in the table: --exclude-events leaves it out.";
}

/* Explanations of all channels; those with an episode alone, where there are any. */
static enum status explain_all(const struct analysis *analysis, double time, struct explained *list,
                               size_t *count, struct error *error)
{
    enum status status = STATUS_OK;
    size_t episodes = 0, n = 0;
    for (size_t i = 0; i < analysis->channel_count && status == STATUS_OK; i++) {
        struct explained *one = &list[i];
        one->channel = i;
        one->label = analysis_label(analysis, i);
        analysis_convert_unit("uV", analysis->info->channels[analysis->indexes[i]].unit, one->unit,
                              sizeof one->unit);
        status = explanation_make(analysis->paths[i], analysis->parameters.horizon, time,
                                  &one->explanation, error);
        one->remark = remark_of(analysis, one);
        episodes += one->explanation.kind == EXPLAINED_EPISODE;
        *count = i + 1;
    }
    for (size_t i = 0; i < *count && episodes > 0 && status == STATUS_OK; i++) {
        if (list[i].explanation.kind == EXPLAINED_EPISODE) {
            struct explained kept = list[i];
            list[i] = list[n];
            list[n++] = kept;
        }
    }
    for (size_t i = n; i < *count && episodes > 0 && status == STATUS_OK; i++) {
        explanation_clear(&list[i].explanation);
    }
    *count = episodes > 0 && status == STATUS_OK ? n : *count;
    return status;
}

static enum status write_all(const struct settings *settings, const char *path, double time,
                             const struct explained *list, size_t count, struct error *error)
{
    struct output *output = NULL;
    enum status status = message_output(settings, path, &output, error);
    if (status != STATUS_OK) {
        return status;
    }
    FILE *stream = output_stream(output);
    if (settings->json) {
        status = explain_write_json(stream, path, time, list, count, &settings->parameters, error);
    }
    for (size_t i = 0; i < count && !settings->json; i++) {
        explain_write_words(stream, &list[i], &settings->parameters);
    }
    if (status == STATUS_OK) {
        return output_commit(output, error);
    }
    output_abort(output);
    return status;
}

/* Draws the channel whose onset is nearest; the others are named. */
static enum status draw(const struct settings *settings, const char *path,
                        const struct analysis *analysis, const struct explained *list, size_t count,
                        double time, struct error *error)
{
    size_t best = 0;
    for (size_t i = 1; i < count; i++) {
        if (fabs(list[i].explanation.onset - time) < fabs(list[best].explanation.onset - time)) {
            best = i;
        }
    }
    const struct figure_explanation figure = {
        .recording = path,
        .channel = list[best].label,
        .unit = list[best].unit,
        .explanation = &list[best].explanation,
        .path = analysis->paths[list[best].channel],
        .onset_ratio = settings->parameters.onset_ratio,
        .short_window = settings->parameters.short_window,
    };
    if (count > 1) {
        message_remark("episodes", settings,
                       "%s shows %s, one of %zu channels; --channels chooses another",
                       settings->closeup, list[best].label, count);
    }
    return figure_explanation_draw(&figure, settings->closeup, settings->force, error);
}

enum status explain_run(const struct settings *settings, const char *path, struct error *error)
{
    double time;
    struct analysis_sink sink = {.tables = true, .watch = &time};
    struct recording *recording = NULL;
    struct analysis *analysis = NULL;
    struct explained *list = NULL;
    enum figure_format format;
    size_t count = 0;
    enum status status = explain_parse_time(settings->explain, &time, error);
    if (status == STATUS_OK && settings->closeup && !figure_format_of(settings->closeup, &format)) {
        status = error_set(error, STATUS_USAGE,
                           "--closeup %s: a figure's name ends in .svg, .pdf or .png",
                           settings->closeup);
    }
    if (status == STATUS_OK && settings->closeup) {
        status = output_check(settings->closeup, path, settings->force, error);
    }
    if (status == STATUS_OK) {
        status = analyse_recording("episodes", settings, path, &sink, &recording, &analysis, error);
    }
    if (status == STATUS_OK && !(time >= 0 && time < analysis->seconds)) {
        status =
            error_set(error, STATUS_FAILED,
                      "%s: --explain %s is outside of the recording, which lasts from 0 to %g s",
                      recording_name(recording), settings->explain, analysis->seconds);
    }
    if (status == STATUS_OK) {
        list = checked_calloc(analysis->channel_count, sizeof *list);
        status = list ? explain_all(analysis, time, list, &count, error)
                      : error_memory(error, "explaining an episode");
    }
    if (status == STATUS_OK) {
        status = write_all(settings, path, time, list, count, error);
    }
    if (status == STATUS_OK && settings->closeup) {
        status = draw(settings, path, analysis, list, count, time, error);
    }
    for (size_t i = 0; i < count; i++) {
        explanation_clear(&list[i].explanation);
    }
    free(list);
    analysis_destroy(analysis);
    recording_close(recording);
    return status;
}
