/* What can only be checked when a whole specification is known. */
#include "pipeline/simulate/specification_parser.h"

#include <math.h>
#include <string.h>

static void check_channels(struct parser *parser, size_t line, const char *list)
{
    size_t indices[SPECIFICATION_CHANNELS], count;
    enum channel_draw draw;
    struct error error;
    if (specification_channels(parser->specification, list, indices, &count, &draw, &error)) {
        parser_problem_at(parser, line, "in the section that begins here, channels = %s: %s", list,
                          error.message);
    }
}

static void check_numbers(struct parser *parser, size_t line, const char *key, const char *list,
                          double minimum, double maximum)
{
    double values[SPECIFICATION_CHANNELS];
    size_t count;
    struct error error;
    if (specification_numbers(list, minimum, maximum, values, &count, &error)) {
        parser_problem_at(parser, line, "in the section that begins here, %s = %s: %s", key, list,
                          error.message);
    }
}

/* Noise of 0 gives nothing to relate a ratio to. */
static bool some_channel_is_silent(const struct specification *s)
{
    for (size_t c = 0; c < s->channel_count; c++) {
        const struct range *own = &s->channels[c].noise;
        if ((isnan(own->low) ? s->recording.noise.low : own->low) <= 0) {
            return true;
        }
    }
    return false;
}

/* Silently nothing is not what a user wants who wrote a section. */
static void check_onset(struct parser *parser, size_t line, struct range onset)
{
    double duration = parser->specification->recording.duration.high;
    if (onset.low >= duration) {
        parser_problem_at(parser, line,
                          "the section that begins here has onset = %g s, but the recording ends "
                          "at %g s",
                          onset.low, duration);
    }
}

static void check_event(struct parser *parser, const struct event_section *event)
{
    const unsigned pulses = SECTION_FASCICULATIONS;
    enum section_kind kinds[64];
    size_t count;
    struct error error;
    check_channels(parser, event->line, event->channels);
    check_onset(parser, event->line, event->onset);
    check_numbers(parser, event->line, "delays", event->delays, 0, 60);
    check_numbers(parser, event->line, "gains", event->gains, 1e-3, 10);
    if (event->kind == SECTION_RANDOM &&
        specification_classes(event->classes, kinds, sizeof kinds / sizeof *kinds, &count,
                              &error)) {
        parser_problem_at(parser, event->line, "in the section that begins here, classes = %s: %s",
                          event->classes, error.message);
    }
    bool relative = event->kind & pulses ? !isnan(event->ratio.low) : isnan(event->amplitude.low);
    if (relative && some_channel_is_silent(parser->specification)) {
        parser_problem_at(parser, event->line,
                          "a strength relative to the noise, but the noise of a channel is 0; "
                          "give an amplitude in uV, or noise");
    }
}

static void check_contaminant(struct parser *parser, const struct contaminant_section *contaminant)
{
    check_channels(parser, contaminant->line, contaminant->channels);
    check_onset(parser, contaminant->line, contaminant->onset);
    if (!isnan(contaminant->ratio.low) && some_channel_is_silent(parser->specification)) {
        parser_problem_at(parser, contaminant->line,
                          "a ratio to the noise, but the noise of a channel is 0; give an "
                          "amplitude in uV, or noise");
    }
    if (!isnan(contaminant->low.low) && contaminant->low.high >= contaminant->high.low) {
        parser_problem_at(parser, contaminant->line,
                          "low = %g..%g is not below high = %g..%g in the section that begins "
                          "here",
                          contaminant->low.low, contaminant->low.high, contaminant->high.low,
                          contaminant->high.high);
    }
}

static void check_tissue(struct parser *parser, const struct tissue_section *tissue)
{
    if (!tissue->file[0] || isnan(tissue->interval.low)) {
        parser_problem_at(parser, tissue->line,
                          "the section that begins here wants a file and an interval, such as "
                          "interval = 9.5..19.5");
    } else if (!(tissue->interval.low < tissue->interval.high)) {
        parser_problem_at(parser, tissue->line,
                          "interval = %g in the section that begins here has no length; write "
                          "FROM..TO",
                          tissue->interval.low);
    }
}

void parser_check(struct parser *parser)
{
    const struct specification *s = parser->specification;
    for (size_t i = 0; i < s->event_count; i++) {
        check_event(parser, &s->events[i]);
    }
    for (size_t i = 0; i < s->contaminant_count; i++) {
        check_contaminant(parser, &s->contaminants[i]);
    }
    for (size_t i = 0; i < s->tissue_count; i++) {
        check_tissue(parser, &s->tissues[i]);
    }
    if (s->pool.rate_range >= s->pool.peak_rate - s->pool.minimum_rate) {
        parser_problem_at(parser, 0,
                          "[pool] rate_range = %g leaves the last unit no rate above minimum_rate",
                          s->pool.rate_range);
    }
}
