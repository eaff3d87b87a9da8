/* What made a group's class and its plausibility, in sentences. */
#include "pipeline/commands/explain.h"
#include "pipeline/commands/prose.h"

#include <math.h>
#include <string.h>

#define TOLD  3   /* measures for either side */
#define LEAST 0.1 /* log odds that are worth a line */

static const char *const plausible_kinds[] = {"sustained activity", "a rhythm", "single jerks"};

double explain_measure(const char *meaning, double value, char *to, size_t size)
{
    double added = 0;
    bool logarithm = strncmp(meaning, "ln of ", 6) == 0;
    snprintf(to, size, "%s", meaning + (logarithm ? 6 : 0));
    char *open = strstr(to, " (+ ");
    if (open && sscanf(open, " (+ %lf)", &added) == 1) {
        *open = '\0';
    }
    return logarithm ? fmax(exp(value) - added, 0) : value;
}

const char *explain_plural(size_t count)
{
    return count == 1 ? "" : "s";
}

const char *explain_number(double value, char to[32])
{
    snprintf(to, 32, fabs(value) >= 1000 && fabs(value) < 1e9 ? "%.0f" : "%.3g", value);
    return to;
}

/* The largest shares of one sign, one a line: at most TOLD. */
static void list_shares(struct prose *prose, const struct explanation_shares *shares, double sign,
                        const char *side, const char *(*meaning)(size_t))
{
    bool told[CADENCE_MEASURES] = {false};
    char text[120], number[32];
    for (size_t n = 0; n < TOLD; n++) {
        size_t best = SIZE_MAX;
        for (size_t k = 0; k < shares->count; k++) {
            if (!told[k] && sign * shares->shares[k] >= LEAST &&
                (best == SIZE_MAX || sign * shares->shares[k] > sign * shares->shares[best])) {
                best = k;
            }
        }
        if (best == SIZE_MAX) {
            return;
        }
        told[best] = true;
        double value = explain_measure(meaning(best), shares->values[best], text, sizeof text);
        prose_line(prose, 4);
        prose_say(prose, "%s %+.1f: %s, %s", side, shares->shares[best], text,
                  explain_number(value, number));
    }
}

static double sum_of(const struct explanation_shares *shares)
{
    double sum = shares->middle + shares->long_bursts;
    for (size_t k = 0; k < shares->count; k++) {
        sum += shares->shares[k];
    }
    return sum;
}

static const char *cadence_meaning(size_t k)
{
    return cadence_measures[k].meaning;
}

static const char *plausibility_meaning(size_t k)
{
    return plausibility_measures[k].meaning;
}

/* The option that a clonic phase does not fit: with a wider one it is clonic. NULL: none. */
static const char *forbidden(const struct explanation *explanation)
{
    static const char *const names[] = {"--burst-rate", "--regularity"};
    for (size_t i = 0; i < explanation->change_count; i++) {
        const struct explanation_change *change = &explanation->changes[i];
        for (size_t k = 0; k < 2; k++) {
            if (strncmp(change->option, names[k], strlen(names[k])) == 0 && change->there &&
                change->class != EPISODE_TONIC) {
                return names[k];
            }
        }
    }
    return NULL;
}

static void say_phases(struct prose *prose, const struct explanation *explanation)
{
    const struct episode *episode = &explanation->verdict.episode;
    for (size_t i = 0; i < explanation->phase_count; i++) {
        const struct explanation_phase *phase = &explanation->phases[i];
        double odds = sum_of(&phase->shares);
        prose_line(prose, 0);
        prose_say(prose, "%s, %.3f to %.3f s, %zu burst%s: log odds of clonic %+.1f a burst.",
                  phase->clonic ? "Clonic" : "Tonic", phase->onset, phase->offset, phase->count,
                  explain_plural(phase->count), odds);
        if (phase->long_bursts > 0) {
            prose_say(prose, "%zu outlast%s %g s, which no jerk does: %+.1f.", phase->long_bursts,
                      phase->long_bursts == 1 ? "s" : "", CADENCE_LONGEST_JERK,
                      phase->shares.long_bursts);
        }
        if (!phase->clonic && explanation->phase_count == 1 && forbidden(explanation)) {
            prose_say(prose, "Together they would be clonic, but %s does not allow such a rhythm.",
                      forbidden(explanation));
        }
        list_shares(prose, &phase->shares, 1, "for clonic", cadence_meaning);
        list_shares(prose, &phase->shares, -1, "for tonic", cadence_meaning);
    }
    if (isfinite(episode->boundary)) {
        prose_line(prose, 0);
        prose_say(prose, "The phase changes at %.3f s, where one change parts the bursts best.",
                  episode->boundary);
    }
}

void explain_say_class(struct prose *prose, const struct explanation *explanation,
                       const struct parameters *parameters)
{
    const struct episode *episode = &explanation->verdict.episode;
    double length = episode->offset - episode->onset;
    prose_say(prose, "Class:");
    if (explanation->by_duration) {
        double limit = sqrt(parameters->myoclonic_maximum * parameters->tonic_minimum);
        prose_say(prose,
                  "so few bursts, or so short, are judged by duration alone. %.3g s are %s the "
                  "limit of %.3g s between jerks and sustained activity (half-way between "
                  "--myoclonic-maximum and --tonic-minimum)%s.",
                  length, length < limit ? "below" : "above", limit,
                  episode->class == EPISODE_MYOCLONIC && length >= limit
                      ? ", but mostly silence: jerks"
                      : "");
    } else {
        prose_say(prose,
                  "every burst speaks for clonic (+) or tonic (-) by how it stands among its "
                  "neighbours, in log odds against a middle of %+.1f, half-way between a textbook "
                  "rhythm (jerks of 0.1 s, four a second, that relax to the noise) and textbook "
                  "sustained activity (pieces of about 1 s with dips of 60 ms to half the "
                  "amplitude).",
                  explanation->phases[0].shares.middle);
        say_phases(prose, explanation);
    }
    if (explanation->jerks > 0) {
        prose_line(prose, 0);
        prose_say(prose,
                  "It is one of %zu bursts without a rhythm that fill %.0f %% of their %.3g s: so "
                  "little that each is a jerk of its own.",
                  explanation->jerks, 100 * explanation->jerks_filled / explanation->jerks_span,
                  explanation->jerks_span);
    }
    prose_paragraph(prose);
}

void explain_say_plausibility(struct prose *prose, const struct explanation *explanation,
                              const struct parameters *parameters)
{
    const struct episode_verdict *verdict = &explanation->verdict;
    double plausibility = verdict->episode.plausibility;
    prose_say(
        prose,
        "Plausibility as muscle, judged as %s: %s%.3f, %s the least of %g (--plausibility). In "
        "log odds against a middle of %+.1f, half-way between textbook muscle (20 dB over "
        "the noise) and what noise leaves (3 dB):",
        plausible_kinds[verdict->kind], plausibility > 0.999 ? "more than " : "",
        fmin(plausibility, 0.999), plausibility >= parameters->plausibility ? "above" : "below",
        parameters->plausibility, explanation->plausible.middle);
    list_shares(prose, &explanation->plausible, 1, "for", plausibility_meaning);
    list_shares(prose, &explanation->plausible, -1, "against", plausibility_meaning);
    if (verdict->accepted) {
        prose_line(prose, 0);
        prose_say(prose,
                  "The confidence of %.2f is this, times the probability of %.2f that the class is "
                  "right.",
                  verdict->episode.confidence, verdict->episode.confidence / plausibility);
    }
    prose_paragraph(prose);
}
