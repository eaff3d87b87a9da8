#include "pipeline/simulate/tissue_activity.h"

#include "formats/checked.h"
#include "pipeline/simulate/drive.h"

#include <math.h>

/* The measuring filter rings on after the activity. */
#define RINGING 0.5 /* s */

/* s of the segments: short enough for variety from pieces of a second. */
#define SHORTEST 0.3
#define LONGEST  1.5

struct tissue_activity {
    const struct plan *plan;
    const struct simulated_episode *episode;
    const struct splice_source *source;
    const struct ziggurat *ziggurat;
    double start; /* s, onset with the muscle's delay */
    size_t channel_count;
    size_t *indices; /* into episode->channels */
    double *scales;  /* µV per unit of the splice */
    struct splice *splices;
    struct drive drive;
    size_t step, steps;
    double before; /* envelope at the end of the last step */
    int64_t frame; /* next one to be made */
    struct span span, *bursts;
};

/* Where samples go: to the canvases, or, in the unheard run, through filters that measure them. */
struct listener {
    struct canvas *canvases;
    struct filter *filters; /* by channel of the activity; NULL: heard */
    double *energies;
};

/* To the episode's beginning. */
static void rewind_activity(struct tissue_activity *activity)
{
    const struct simulated_episode *episode = activity->episode;
    drive_start(&activity->drive, episode, activity->plan->seed, activity->ziggurat);
    for (size_t i = 0; i < activity->channel_count; i++) {
        struct random random;
        random_seed(&random, activity->plan->seed, RANDOM_SPLICE, episode->stream,
                    episode->channels[activity->indices[i]].channel);
        splice_start(&activity->splices[i], activity->source, SHORTEST, LONGEST, random);
    }
    activity->step = 0;
    activity->before = 0;
    activity->frame = (int64_t)ceil(activity->start * activity->plan->rate);
    activity->span = (struct span){NAN, NAN};
    for (size_t b = 0; b < episode->burst_count; b++) {
        activity->bursts[b] = (struct span){NAN, NAN};
    }
}

static void extend(struct span *span, double time)
{
    span->first = isnan(span->first) ? time : span->first;
    span->last = time;
}

/* One frame of all channels. */
static void make_frame(struct tissue_activity *activity, double envelope,
                       const struct listener *listener)
{
    for (size_t i = 0; i < activity->channel_count; i++) {
        /* Tissue is not used up where nothing is heard of it. */
        double x =
            envelope > 0 ? envelope * activity->scales[i] * splice_next(&activity->splices[i]) : 0;
        if (listener->filters) {
            x = filter_step(&listener->filters[i], x);
            listener->energies[i] += x * x;
            continue;
        }
        struct canvas *canvas =
            &listener->canvases[activity->episode->channels[activity->indices[i]].channel];
        int64_t at = activity->frame - canvas->first;
        if (at >= 0 && at < (int64_t)canvas->length) {
            canvas->samples[at] += (float)x;
        }
    }
}

/* One DRIVE_STEP; the envelope is linear within it. */
static void step(struct tissue_activity *activity, const struct listener *listener)
{
    size_t burst;
    double rate = activity->plan->rate;
    double begin = activity->start + (double)activity->step++ * DRIVE_STEP;
    double after = drive_next(&activity->drive, &burst);
    for (; (double)activity->frame < (begin + DRIVE_STEP) * rate; activity->frame++) {
        double time = (double)activity->frame / rate;
        double part = (time - begin) / DRIVE_STEP;
        double envelope = activity->before + part * (after - activity->before);
        make_frame(activity, envelope, listener);
        if (envelope >= TISSUE_ONSET && activity->frame >= 0 &&
            activity->frame < activity->plan->frames) {
            extend(&activity->span, time);
            if (burst != DRIVE_NO_BURST) {
                extend(&activity->bursts[burst], time);
            }
        }
    }
    activity->before = after;
}

void tissue_activity_advance(struct tissue_activity *activity, double until,
                             struct canvas *canvases)
{
    struct listener listener = {.canvases = canvases};
    while (activity->step < activity->steps &&
           activity->start + (double)activity->step * DRIVE_STEP < until) {
        step(activity, &listener);
    }
}

bool tissue_activity_over(const struct tissue_activity *activity)
{
    return activity->step == activity->steps;
}

struct performed tissue_activity_performed(const struct tissue_activity *activity)
{
    return (struct performed){.episode = activity->episode,
                              .spliced = true,
                              .channel_count = activity->channel_count,
                              .indices = activity->indices,
                              .span = activity->span,
                              .bursts = activity->bursts};
}

/* Runs the activity at scale 1 and sets the scales that give the targets. */
static enum status rehearse(struct tissue_activity *activity, struct error *error)
{
    double rate = activity->plan->rate;
    struct listener listener = {
        .filters = checked_calloc(activity->channel_count, sizeof *listener.filters),
        .energies = checked_calloc(activity->channel_count, sizeof *listener.energies)};
    enum status status = STATUS_OK;
    if (!listener.filters || !listener.energies) {
        status = error_memory(error, "simulating activity");
        goto out;
    }
    for (size_t i = 0; i < activity->channel_count; i++) {
        listener.filters[i] = splice_measure(rate);
    }
    while (activity->step < activity->steps) {
        step(activity, &listener);
    }
    for (size_t n = (size_t)(RINGING * rate); n > 0; n--) {
        make_frame(activity, 0, &listener);
    }
    double frames = drive_active(activity->episode) * rate;
    for (size_t i = 0; i < activity->channel_count; i++) {
        double rms = sqrt(listener.energies[i] / frames);
        double target = activity->episode->channels[activity->indices[i]].target;
        activity->scales[i] = rms > 0 ? target / rms : 0;
    }
out:
    free(listener.filters);
    free(listener.energies);
    return status;
}

enum status tissue_activity_create(const struct plan *plan, const struct simulated_episode *episode,
                                   size_t muscle, const struct splice_source *source,
                                   const struct ziggurat *ziggurat,
                                   struct tissue_activity **activity, struct error *error)
{
    *activity = NULL;
    struct tissue_activity *a = checked_calloc(1, sizeof *a);
    if (!a) {
        return error_memory(error, "simulating activity");
    }
    *a = (struct tissue_activity){.plan = plan,
                                  .episode = episode,
                                  .source = source,
                                  .ziggurat = ziggurat,
                                  .steps = drive_steps(episode)};
    a->indices = checked_calloc(episode->channel_count, sizeof *a->indices);
    a->scales = checked_calloc(episode->channel_count, sizeof *a->scales);
    a->splices = checked_calloc(episode->channel_count, sizeof *a->splices);
    a->bursts = checked_calloc(episode->burst_count, sizeof *a->bursts);
    enum status status = STATUS_OK;
    if (!a->indices || !a->scales || !a->splices || !a->bursts) {
        status = error_memory(error, "simulating activity");
    }
    for (size_t i = 0; i < episode->channel_count && status == STATUS_OK; i++) {
        if (plan->muscle[episode->channels[i].channel] == muscle) {
            /* The delay of a muscle is that of its first channel. */
            a->start = a->channel_count ? a->start : episode->onset + episode->channels[i].delay;
            a->scales[a->channel_count] = 1;
            a->indices[a->channel_count++] = i;
        }
    }
    if (status == STATUS_OK) {
        rewind_activity(a);
        status = rehearse(a, error);
        rewind_activity(a);
    }
    if (status) {
        tissue_activity_destroy(a);
        a = NULL;
    }
    *activity = a;
    return status;
}

void tissue_activity_destroy(struct tissue_activity *activity)
{
    if (activity) {
        free(activity->indices);
        free(activity->scales);
        free(activity->splices);
        free(activity->bursts);
        free(activity);
    }
}
