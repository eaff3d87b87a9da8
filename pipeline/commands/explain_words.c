/* Explanations in sentences. */
#include "pipeline/commands/explain.h"
#include "pipeline/commands/prose.h"
#include "pipeline/signal/baseline.h"
#include "pipeline/signal/growth.h"

#include <math.h>
#include <string.h>

#define SURE       3.0 /* nats that make a boundary sure */
#define TOLD_TIMES 6   /* rejected bursts that are listed */

static const char *const classes[] = {"a tonic episode", "a clonic episode",
                                      "a tonic-clonic episode", "a myoclonic episode"};

const char *explain_rejection(unsigned flags)
{
    return flags & BURST_ECG ? "heartbeat" : flags & BURST_LINE ? "mains line" : "motion or pop";
}

static double decibels(double ratio)
{
    return 20 * log10(ratio);
}

/* Time in which a step from noise to the burst's level, or back, is misplaced by SURE nats, on the
 * side of it where fewer gather: with r the energy over the floor's, a bin of noise speaks against
 * the burst's level with ln r − 1 + 1/r for each r − 1 − ln r that a bin of the burst has against
 * noise (the divergences of gamma laws). */
static double sure_within(const struct burst *burst)
{
    double ratio = pow(burst->mean / burst->floor, 2);
    double inside = ratio - 1 - log(ratio), outside = log(ratio) - 1 + 1 / ratio;
    double rate = burst->evidence / (burst->offset - burst->onset);
    return SURE / (rate * fmin(1, outside / inside));
}

static void say_heading(struct prose *prose, const struct explained *explained)
{
    const struct explanation *explanation = &explained->explanation;
    const struct episode *episode = &explanation->verdict.episode;
    char length[32];
    explain_number(explanation->offset - explanation->onset, length);
    prose_say(prose, "%s at %.3f s:", explained->label, explanation->time);
    switch (explanation->kind) {
    case EXPLAINED_EPISODE:
        prose_say(prose, "%s from %.3f to %.3f s (%s s), confidence %.2f.", classes[episode->class],
                  explanation->onset, explanation->offset, length, episode->confidence);
        break;
    case EXPLAINED_GROUP:
        prose_say(prose,
                  "no episode. There is activity from %.3f to %.3f s (%s s), but it is not "
                  "plausible enough as muscle.",
                  explanation->onset, explanation->offset, length);
        break;
    case EXPLAINED_ARTEFACT:
        prose_say(prose,
                  "no episode. What there is from %.3f to %.3f s (%s s) was rejected as artefact.",
                  explanation->onset, explanation->offset, length);
        break;
    case EXPLAINED_REST:
        prose_say(prose, "no episode, but plain rest.");
        break;
    case EXPLAINED_GAP:
        prose_say(prose, "no episode: there are no samples (a gap).");
        break;
    }
    if (explained->remark) {
        prose_say(prose, "%s", explained->remark);
    }
    prose_paragraph(prose);
}

static void say_floor(struct prose *prose, const struct explained *explained,
                      const struct parameters *parameters)
{
    const struct explanation *explanation = &explained->explanation;
    const char *unit = explained->unit;
    double grown = pow(explanation->noise / explanation->noise_lowest, 2);
    prose_say(prose, "Detector:");
    if (!isfinite(explanation->noise)) {
        prose_say(prose, "there is no noise floor without samples.");
        return;
    }
    prose_say(prose,
              "the noise floor is %.3g %s; it rests on the quietest %.0f %% of the seconds within "
              "%.0f s either way.",
              explanation->noise, unit, 100 * FLOOR_QUANTILE, parameters->horizon);
    if (grown >= GROWTH_LEAST) {
        prose_say(
            prose,
            "It stands %.3g times (%.1f dB) above the lowest floor in that time, %.3g %s: the "
            "noise has grown here, or the recording is a quieter one elsewhere.",
            grown, 10 * log10(grown), explanation->noise_lowest, unit);
    } else {
        prose_say(prose, "It has not grown: the lowest in that time is %.3g %s.",
                  explanation->noise_lowest, unit);
    }
    prose_say(
        prose,
        "What is likelier at its own level, at least %.3g times the energy of the floor (%.3g "
        "%s; --onset-ratio), than at the floor counts as activity.",
        parameters->onset_ratio, sqrt(parameters->onset_ratio) * explanation->noise, unit);
    if (isfinite(explanation->tone)) {
        prose_say(prose,
                  "Beside strong activity, up to %.3g %s counts as background tone (--prominence).",
                  explanation->tone, unit);
    }
}

/* Where it begins and ends, and how sure that is. */
static void say_ends(struct prose *prose, const struct explanation *explanation)
{
    const struct burst *first = &explanation->bursts[0];
    const struct burst *last = &explanation->bursts[explanation->count - 1];
    char number[32];
    if (first->flags & BURST_START) {
        prose_say(prose, "It was going on when the recording, or the part after a gap, began.");
    } else {
        prose_say(prose,
                  "Were the onset a step, it would be sure to about %s ms, the time in which "
                  "%.0f nats gather; muscle that comes up slowly was there before.",
                  explain_number(1000 * sure_within(first), number), SURE);
    }
    if (last->flags & BURST_END) {
        prose_say(prose, "It was going on when the recording, or the part before a gap, ended.");
    } else {
        prose_say(prose, "The offset likewise: %s ms.",
                  explain_number(1000 * sure_within(last), number));
    }
}

static void say_detector(struct prose *prose, const struct explained *explained,
                         const struct parameters *parameters)
{
    const struct explanation *explanation = &explained->explanation;
    const struct episode *episode = &explanation->verdict.episode;
    char number[32];
    say_floor(prose, explained, parameters);
    if (explanation->count > 0) {
        prose_say(prose,
                  "The bursts have %.3g %s, %.1f dB over the floor, and %.3g %s at most. Together "
                  "they speak for activity with %s nats (each needs %g: --burst-evidence).",
                  episode->mean, explained->unit, decibels(episode->mean / episode->floor),
                  episode->peak, explained->unit, explain_number(explanation->evidence, number),
                  parameters->burst_evidence);
        say_ends(prose, explanation);
    } else if (isfinite(explanation->level) && isfinite(explanation->noise)) {
        prose_say(prose, "The level from %.3f to %.3f s is %.3g %s, %.1f dB over the floor.",
                  explanation->onset, explanation->offset, explanation->level, explained->unit,
                  decibels(explanation->level / explanation->noise));
    }
    prose_paragraph(prose);
}

static void say_bursts(struct prose *prose, const struct explanation *explanation)
{
    const struct episode *episode = &explanation->verdict.episode;
    if (explanation->count == 1) {
        prose_say(prose, "Bursts: one, of %.3g s%s.", explanation->median_duration,
                  explanation->bursts[0].flags & BURST_POTENTIAL ? " (a single potential)" : "");
    } else {
        prose_say(prose,
                  "Bursts: %zu, with a median duration of %.3g s, %.3g s from onset to onset and "
                  "%.3g s of silence between. They fill %.0f %% of the time (duty cycle %.2f).",
                  explanation->count, explanation->median_duration, explanation->median_interval,
                  explanation->median_silence, 100 * episode->duty_cycle, episode->duty_cycle);
        if (isfinite(episode->depth)) {
            prose_say(prose, "Between them the muscle relaxes to %.2g %% of their energy.",
                      100 * episode->depth);
        }
    }
    if (isfinite(episode->burst_rate)) {
        prose_say(prose, "The burst rate is %.3g Hz", episode->burst_rate);
        if (isfinite(episode->rate_slope)) {
            prose_say(prose, "and changes by %+.2g Hz a second;", episode->rate_slope);
        } else {
            prose_say(prose, "and");
        }
        prose_say(prose, "intervals vary by %.0f %%.", 100 * episode->regularity);
    }
    prose_paragraph(prose);
}

/* How many were rejected for each reason, and how it shows. */
static void say_reasons(struct prose *prose, const struct explanation *explanation)
{
    static const struct {
        unsigned flag;
        const char *how;
    } reasons[] = {
        {BURST_ECG, "one waveform that comes back at heart rate"},
        {BURST_LINE, "a line of mains that starts, stops or rules the spectrum"},
        {BURST_MOTION, "changes below 20 Hz, or a step, larger than the burst"},
    };
    size_t counts[3] = {0};
    const char *mark = "";
    for (size_t i = 0; i < explanation->rejected_count; i++) {
        unsigned flags = explanation->rejected[i].flags;
        counts[flags & BURST_ECG ? 0 : flags & BURST_LINE ? 1 : 2]++;
    }
    prose_say(prose, "Rejected as artefact, within %.0f s: %zu burst%s:", EXPLANATION_AROUND,
              explanation->rejected_count, explain_plural(explanation->rejected_count));
    for (size_t k = 0; k < 3; k++) {
        if (counts[k] > 0) {
            prose_say(prose, "%s%zu as %s (%s)", mark, counts[k],
                      explain_rejection(reasons[k].flag), reasons[k].how);
            mark = "and ";
        }
    }
}

static void say_rejected(struct prose *prose, const struct explained *explained)
{
    const struct explanation *explanation = &explained->explanation;
    size_t listed = 0;
    if (explanation->rejected_count == 0) {
        prose_say(prose, "Rejected as artefact: nothing within %.0f s.", EXPLANATION_AROUND);
        prose_paragraph(prose);
        return;
    }
    say_reasons(prose, explanation);
    /* Those at the interval first, then those around it. */
    for (int around = 0; around < 2; around++) {
        for (size_t i = 0; i < explanation->rejected_count && listed < TOLD_TIMES; i++) {
            const struct burst *burst = &explanation->rejected[i];
            bool at = burst->offset >= explanation->onset && burst->onset <= explanation->offset;
            if (at == (around == 0)) {
                prose_line(prose, 4);
                prose_say(prose, "%.3f to %.3f s, %.3g %s: %s", burst->onset, burst->offset,
                          burst->mean, explained->unit, explain_rejection(burst->flags));
                listed++;
            }
        }
    }
    if (listed < explanation->rejected_count) {
        prose_line(prose, 4);
        prose_say(prose, "and %zu more ('soleus episodes --bursts' lists them)",
                  explanation->rejected_count - listed);
    }
    prose_paragraph(prose);
}

static void say_changes(struct prose *prose, const struct explanation *explanation)
{
    bool group = explanation->count > 0;
    if (explanation->change_count == 0) {
        if (group || explanation->rejected_count > 0) {
            prose_say(prose, "Options: none of those that were tried changes the decision.");
            prose_paragraph(prose);
        }
        return;
    }
    prose_say(prose, "Options that change the decision, each tried alone:");
    for (size_t i = 0; i < explanation->change_count; i++) {
        const struct explanation_change *change = &explanation->changes[i];
        prose_line(prose, 4);
        prose_say(prose, "%s:", change->option);
        if (change->there) {
            prose_say(prose, "%s from %.3f to %.3f s", classes[change->class], change->onset,
                      change->offset);
        } else {
            prose_say(prose, "no episode here");
        }
    }
    prose_paragraph(prose);
}

void explain_write_words(FILE *stream, const struct explained *explained,
                         const struct parameters *parameters)
{
    const struct explanation *explanation = &explained->explanation;
    struct prose prose = {.stream = stream};
    say_heading(&prose, explained);
    say_detector(&prose, explained, parameters);
    if (explanation->count > 0) {
        say_bursts(&prose, explanation);
        explain_say_class(&prose, explanation, parameters);
        explain_say_plausibility(&prose, explanation, parameters);
    }
    say_rejected(&prose, explained);
    say_changes(&prose, explanation);
}
