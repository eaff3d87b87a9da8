/* What other options make of a group of bursts: each is tried. */
#include "formats/checked.h"
#include "pipeline/analysis/explanation.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define JOIN_MAXIMUM 10.0 /* s; nobody joins across more */
#define SAME         1e-6 /* s */

/* What is tried on, and what there is without a change. */
struct trial {
    const struct burst *bursts;
    size_t count;
    struct explanation *explanation;
    struct explanation_change now;
};

enum status explanation_groups(const struct episode_design *design, const struct burst *bursts,
                               size_t count, bool keep_artefacts, struct episode **groups,
                               size_t *group_count, struct error *error)
{
    struct episode_design any = *design;
    struct episode_builder *builder = NULL;
    const struct episode *closed;
    any.plausibility = 0;
    *groups = NULL;
    *group_count = 0;
    enum status status = episode_builder_create(&any, &builder, error);
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        if (keep_artefacts || !(bursts[i].flags & BURST_ARTEFACT)) {
            status = episode_builder_push(builder, &bursts[i], error);
        }
    }
    if (status == STATUS_OK) {
        status = episode_builder_advance(builder, INFINITY, error);
    }
    if (status == STATUS_OK) {
        size_t closed_count = episode_builder_take(builder, &closed);
        *groups = checked_calloc(closed_count, sizeof **groups);
        if (!*groups) {
            status = error_memory(error, "explaining an episode");
        } else if (closed_count > 0) {
            memcpy(*groups, closed, closed_count * sizeof **groups);
            *group_count = closed_count;
        }
    }
    episode_builder_destroy(builder);
    return status;
}

size_t explanation_find(const struct episode_design *design, const struct episode *groups,
                        size_t count, double time)
{
    size_t found = SIZE_MAX;
    double nearest = INFINITY;
    bool accepted = false;
    for (size_t i = 0; i < count; i++) {
        double distance = channel_distance(&groups[i], time);
        bool good = groups[i].plausibility >= design->plausibility;
        if (isfinite(distance) &&
            ((good && !accepted) || (good == accepted && distance < nearest))) {
            found = i;
            nearest = distance;
            accepted = good;
        }
    }
    return found;
}

/* What there is at the middle of what is explained. */
static enum status look(const struct trial *trial, const struct episode_design *design, bool keep,
                        struct explanation_change *change, struct error *error)
{
    struct episode *groups;
    size_t count;
    enum status status =
        explanation_groups(design, trial->bursts, trial->count, keep, &groups, &count, error);
    change->there = false;
    size_t found = explanation_find(design, groups, count, trial->explanation->onset);
    if (found != SIZE_MAX && groups[found].plausibility >= design->plausibility) {
        change->there = true;
        change->class = groups[found].class;
        change->onset = groups[found].onset;
        change->offset = groups[found].offset;
    }
    free(groups);
    return status;
}

static bool is_same(const struct explanation_change *a, const struct explanation_change *b)
{
    return a->there == b->there &&
           (!a->there || (a->class == b->class && fabs(a->onset - b->onset) < SAME &&
                          fabs(a->offset - b->offset) < SAME));
}

/* Tries a design, and keeps it when it changes anything. */
__attribute__((format(printf, 5, 6))) static enum status try(const struct trial *trial,
                                                             const struct episode_design *design,
                                                             bool keep, struct error *error,
                                                             const char *format, ...)
{
    struct explanation *explanation = trial->explanation;
    struct explanation_change change = {.there = false};
    va_list arguments;
    if (explanation->change_count == EXPLANATION_CHANGES) {
        return STATUS_OK;
    }
    enum status status = look(trial, design, keep, &change, error);
    if (status == STATUS_OK && !is_same(&change, &trial->now)) {
        va_start(arguments, format);
        vsnprintf(change.option, sizeof change.option, format, arguments);
        va_end(arguments);
        explanation->changes[explanation->change_count++] = change;
    }
    return status;
}

static enum status try_plausibility(const struct trial *trial, const struct episode_design *design,
                                    struct error *error)
{
    struct episode_design other = *design;
    double own = trial->explanation->verdict.episode.plausibility;
    if (trial->explanation->kind == EXPLAINED_GROUP) {
        other.plausibility = floor(own * 1000) / 1000;
    } else {
        other.plausibility = ceil(own * 1000 + 1e-9) / 1000;
    }
    if (!(other.plausibility >= 0 && other.plausibility < 1)) {
        return STATUS_OK;
    }
    return try(trial, &other, false, error, "--plausibility %g", other.plausibility);
}

/* Gaps to the neighbours, and the longest one inside. */
static enum status try_gaps(const struct trial *trial, const struct episode_design *design,
                            struct error *error)
{
    const struct explanation *explanation = trial->explanation;
    const double outside[] = {explanation->before, explanation->after};
    double inside = 0;
    enum status status = STATUS_OK;
    struct episode_design other = *design;
    for (size_t i = 0; i < 2 && status == STATUS_OK; i++) {
        other.join_gap = floor(outside[i] * 100 + 1) / 100;
        bool twice = i == 1 && floor(outside[0] * 100) == floor(outside[1] * 100);
        if (other.join_gap > design->join_gap && other.join_gap <= JOIN_MAXIMUM && !twice) {
            status = try(trial, &other, false, error, "--join-gap %g", other.join_gap);
        }
    }
    for (size_t i = 1; i < explanation->count; i++) {
        inside = fmax(inside, explanation->bursts[i].onset - explanation->bursts[i - 1].offset);
    }
    other.join_gap = ceil(inside * 100 - 1) / 100;
    if (status == STATUS_OK && other.join_gap >= 0 && other.join_gap < inside) {
        status = try(trial, &other, false, error, "--join-gap %g", other.join_gap);
        other.join_intervals = 1;
        if (status == STATUS_OK) {
            status = try(trial, &other, false, error, "--join-gap %g --join-intervals 1",
                         other.join_gap);
        }
    }
    return status;
}

/* What a clonic phase may be, and how long a tonic one lasts at least. */
static enum status try_classes(const struct trial *trial, const struct episode_design *design,
                               struct error *error)
{
    const struct explanation *explanation = trial->explanation;
    const struct episode *episode = &explanation->verdict.episode;
    struct episode_design other = *design;
    enum status status = STATUS_OK;
    other.rate_band[0] = 0.05;
    other.rate_band[1] = 30;
    if (!explanation->by_duration) {
        status = try(trial, &other, false, error, "--burst-rate 0.05-30");
        other = *design;
        other.regularity = 2;
        if (status == STATUS_OK) {
            status = try(trial, &other, false, error, "--regularity 2");
        }
    } else {
        /* The limit between jerks and sustained activity: the geometric mean of the two options. */
        double length = episode->offset - episode->onset;
        double limit = length * length / design->myoclonic_maximum;
        bool jerk = episode->class == EPISODE_MYOCLONIC;
        other = *design;
        other.tonic_minimum = jerk ? floor(limit * 1000) / 1000 : ceil(limit * 1000 + 1) / 1000;
        if (other.tonic_minimum >= 0.05 && other.tonic_minimum <= 60) {
            status = try(trial, &other, false, error, "--tonic-minimum %g", other.tonic_minimum);
        }
    }
    for (size_t i = 0; i < explanation->phase_count && status == STATUS_OK; i++) {
        const struct explanation_phase *phase = &explanation->phases[i];
        if (explanation->phase_count == 2 && !phase->clonic) {
            other = *design;
            other.tonic_minimum = ceil((phase->offset - phase->onset) * 100 + 1) / 100;
            if (other.tonic_minimum <= 60) {
                status =
                    try(trial, &other, false, error, "--tonic-minimum %g", other.tonic_minimum);
            }
        }
    }
    return status;
}

enum status explanation_try(const struct episode_design *design, const struct burst *bursts,
                            size_t count, struct explanation *explanation, struct error *error)
{
    struct trial trial = {.bursts = bursts, .count = count, .explanation = explanation};
    enum status status = look(&trial, design, false, &trial.now, error);
    if (status == STATUS_OK && explanation->count > 0) {
        status = try_plausibility(&trial, design, error);
        if (status == STATUS_OK) {
            status = try_gaps(&trial, design, error);
        }
        if (status == STATUS_OK) {
            status = try_classes(&trial, design, error);
        }
    }
    if (status == STATUS_OK && explanation->rejected_count > 0) {
        status = try(&trial, design, true, error, "--keep-artefacts");
    }
    return status;
}
