#include "pipeline/commands/score_print.h"

#include "pipeline/commands/message.h"

#include <jansson.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

/* The rules as JSON: what was given, and every default. NULL when memory runs out. */
static json_t *describe(const struct settings *settings, const struct score_rules *rules)
{
    json_t *classes = json_array(), *aliases = json_object(), *unjudged = json_array();
    for (size_t i = 0; i < rules->class_count; i++) {
        json_array_append_new(classes, json_string(rules->classes[i]));
    }
    for (size_t i = 0; i < rules->alias_count; i++) {
        json_object_set_new(aliases, rules->aliases[i].name,
                            json_string(rules->classes[rules->aliases[i].class]));
    }
    for (size_t i = 0; i < rules->unjudged_count; i++) {
        json_array_append_new(unjudged, json_string(rules->unjudged[i]));
    }
    bool tolerant = isinf(rules->onset_tolerance);
    return json_pack("{s:f, s:f, s:f, s:o, s:f, s:o, s:o, s:o, s:s, s:b, s:i}", "iou", rules->iou,
                     "merge_gap", rules->merge_gap, "minimum_duration", rules->minimum_duration,
                     "onset_tolerance", tolerant ? json_null() : json_real(rules->onset_tolerance),
                     "step", rules->step, "classes", classes, "as", aliases, "ignore", unjudged,
                     "compare", rules->by_event ? "by event" : "by channel", "raters",
                     (int)rules->raters, "bins", (int)settings->score.bins);
}

/* Appends to a text as far as there is room. */
static void add(char *to, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void add(char *to, size_t size, const char *format, ...)
{
    size_t used = strlen(to);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(to + used, size - used, format, arguments);
    va_end(arguments);
}

void score_tell_rules(const struct settings *settings, const struct score_rules *rules)
{
    char text[1200] = "";
    const size_t size = sizeof text;
    add(text, size, "%s; match from IoU %g", rules->by_event ? "by event" : "by channel",
        rules->iou);
    if (isfinite(rules->onset_tolerance)) {
        add(text, size, " and onsets within %g s; ", rules->onset_tolerance);
    } else {
        add(text, size, ", onsets at any distance; ");
    }
    add(text, size, "merged below %g s, left out below %g s; samples every %g s%s; classes ",
        rules->merge_gap, rules->minimum_duration, rules->step,
        rules->raters ? "; two raters, no reference" : "");
    for (size_t i = 0; i < rules->class_count; i++) {
        add(text, size, "%s%s", i ? "," : "", rules->classes[i]);
    }
    for (size_t i = 0; i < rules->alias_count; i++) {
        add(text, size, ", %s as %s", rules->aliases[i].name,
            rules->classes[rules->aliases[i].class]);
    }
    for (size_t i = 0; i < rules->unjudged_count; i++) {
        add(text, size, "%s%s", i ? "," : "; not judged in ", rules->unjudged[i]);
    }
    message_remark("score", settings, "%s", text);
}

static enum status write_json(const struct settings *settings, const struct score_report *report,
                              FILE *stream, struct error *error)
{
    const struct {
        const char *name;
        const struct table *table;
    } tables[] = {{"scores", report->scores},
                  {"confusion", report->confusion},
                  {"calibration", report->calibration},
                  {"errors", report->errors}};
    json_t *rules = describe(settings, report->rules);
    if (!rules) {
        return error_memory(error, "writing the rules");
    }
    fputs("{\n\"settings\": ", stream);
    enum status status = json_dumpf(rules, stream, JSON_INDENT(2) | JSON_PRESERVE_ORDER) == 0
                             ? STATUS_OK
                             : error_set(error, STATUS_FAILED, "the rules could not be written");
    json_decref(rules);
    for (size_t i = 0; i < 4 && status == STATUS_OK; i++) {
        fprintf(stream, ",\n\"%s\": ", tables[i].name);
        status = table_write_json(tables[i].table, stream, error);
    }
    fputs("}\n", stream);
    return status;
}

enum status score_write(const struct settings *settings, const struct score_report *report,
                        struct error *error)
{
    const struct table *table = settings->score.confusion     ? report->confusion
                                : settings->score.errors      ? report->errors
                                : settings->score.calibration ? report->calibration
                                                              : report->scores;
    struct output *output = NULL;
    enum status status = message_output(settings, NULL, &output, error);
    if (status != STATUS_OK) {
        return status;
    }
    if (settings->json) {
        status = write_json(settings, report, output_stream(output), error);
    } else {
        table_write_tsv(table, output_stream(output), true, 0, table->row_count);
    }
    if (status == STATUS_OK) {
        return output_commit(output, error);
    }
    output_abort(output);
    return status;
}

void score_tell_findings(const struct settings *settings, const struct score_report *report)
{
    if (report->guessed) {
        message_remark("score", settings,
                       "the recorded time of %zu of %zu pairs is taken from the last offset in "
                       "their tables; --duration or --recording tells it",
                       report->guessed, report->total.pairs);
    }
    if (report->past) {
        message_remark("score", settings,
                       "%zu of %zu pairs have rows past the end of the recorded time; samples are "
                       "compared up to it",
                       report->past, report->total.pairs);
    }
}

enum status score_list_measures(const struct settings *settings, struct error *error)
{
    struct output *output = NULL;
    enum status status = message_output(settings, NULL, &output, error);
    if (status != STATUS_OK) {
        return status;
    }
    fputs("measure\tunit\tmeaning\n", output_stream(output));
    for (const struct score_measure *m = score_measures; m->column.name; m++) {
        fprintf(output_stream(output), "%s\t%s\t%s\n", m->column.name, m->column.unit,
                m->column.long_name);
    }
    return output_commit(output, error);
}
