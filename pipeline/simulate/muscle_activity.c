#include "pipeline/simulate/muscle_activity.h"

#include "formats/checked.h"
#include "pipeline/simulate/drive.h"
#include "pipeline/simulate/filters.h"

#include <math.h>
#include <string.h>

#define LEVELS 512
/* Frames that the unheard run makes at a time. */
#define REHEARSAL 4096

struct unit_state {
    double phase, interval;
};

struct muscle_activity {
    const struct plan *plan;
    const struct simulated_episode *episode;
    const struct motor_pool *pool;
    const struct ziggurat *ziggurat;
    size_t muscle;
    double start; /* s, onset with the muscle's delay */
    size_t channel_count;
    size_t *indices; /* into episode->channels */
    struct electrode **electrodes;
    double *scales;                /* µV per unit of electrode_gain */
    double excitation[LEVELS + 1]; /* by envelope, 0 … DRIVE_LARGEST */
    struct drive drive;
    struct random random;
    struct unit_state *units;
    size_t recruited;
    size_t step, steps;
    struct span span, *bursts;
};

size_t canvas_tail(double rate)
{
    return (size_t)(2 * DRIVE_STEP * rate) + 2 * POTENTIAL_LEAD;
}

void canvas_add(struct canvas *canvas, double time, double rate, struct potential potential,
                float height)
{
    double place = time * rate;
    double whole = floor(place);
    size_t phase = (size_t)((place - whole) * POTENTIAL_PHASES + 0.5);
    int64_t from = (int64_t)whole - POTENTIAL_LEAD - canvas->first;
    if (phase == POTENTIAL_PHASES) {
        phase = 0;
        from++;
    }
    int64_t begin = from < 0 ? -from : 0;
    int64_t end = (int64_t)potential.length;
    if (from + end > (int64_t)canvas->length) {
        end = (int64_t)canvas->length - from;
    }
    const float *values = potential.samples + phase * potential.length;
    for (int64_t i = begin; i < end; i++) {
        canvas->samples[from + i] += height * values[i];
    }
}

/* Expected variance at excitation e: intervals of many units add like shot noise (Campbell's
 * theorem), Σ rate_i gain_i². */
static double expected_variance(const struct muscle_activity *activity, const double *energies,
                                double e)
{
    double sum = 0;
    for (size_t i = 0; i < activity->pool->count; i++) {
        sum += motor_pool_rate(activity->pool, i, e) * energies[i];
    }
    return sum;
}

/* The excitation for every envelope: that whose expected RMS is the envelope × the RMS at the
 * episode's level. RMS grows with excitation, so its inverse is found by walking along. */
static enum status build_levels(struct muscle_activity *activity, struct error *error)
{
    const size_t steps = 4 * LEVELS;
    double *energies = checked_calloc(activity->pool->count, sizeof *energies);
    if (!energies) {
        return error_memory(error, "simulating activity");
    }
    for (size_t i = 0; i < activity->pool->count; i++) {
        double gain = electrode_gain(activity->electrodes[0], i);
        energies[i] = gain * gain;
    }
    double plain = sqrt(expected_variance(activity, energies, activity->episode->level));
    double e = 0, before = 0, here = 0;
    size_t k = 0;
    for (size_t j = 1; j <= LEVELS; j++) {
        double wanted = plain * DRIVE_LARGEST * (double)j / LEVELS;
        while (here < wanted && k < steps) {
            before = here;
            e = (double)++k / (double)steps;
            here = sqrt(expected_variance(activity, energies, e));
        }
        double part = here > before && here >= wanted ? (wanted - before) / (here - before) : 1;
        activity->excitation[j] = e - (1 - part) / (double)steps;
    }
    free(energies);
    return STATUS_OK;
}

static double excitation_of(const struct muscle_activity *activity, double envelope)
{
    double place = envelope / DRIVE_LARGEST * LEVELS;
    size_t below = place < LEVELS - 1 ? (size_t)place : LEVELS - 1;
    double part = place - (double)below;
    const double *e = activity->excitation;
    return e[below] + (part < 1 ? part : 1) * (e[below + 1] - e[below]);
}

/* To the episode's beginning. */
static void rewind_activity(struct muscle_activity *activity)
{
    drive_start(&activity->drive, activity->episode, activity->plan->seed, activity->ziggurat);
    random_seed(&activity->random, activity->plan->seed, RANDOM_DISCHARGE,
                activity->episode->stream, activity->muscle);
    activity->recruited = 0;
    activity->step = 0;
    activity->span = (struct span){NAN, NAN};
    for (size_t i = 0; i < activity->episode->burst_count; i++) {
        activity->bursts[i] = (struct span){NAN, NAN};
    }
}

static double draw_interval(struct muscle_activity *activity)
{
    double interval =
        1 + activity->pool->variability * random_gaussian(&activity->random, activity->ziggurat);
    return interval < 0.3 ? 0.3 : interval > 2 ? 2 : interval;
}

static void extend(struct span *span, double time)
{
    if (isnan(span->first)) {
        span->first = span->last = time;
    }
    span->first = time < span->first ? time : span->first;
    span->last = time > span->last ? time : span->last;
}

static double clamp(double value, double low, double high)
{
    return value < low ? low : value > high ? high : value;
}

static void discharge(struct muscle_activity *activity, size_t unit, double time, size_t burst,
                      struct canvas *canvases)
{
    const struct simulated_episode *episode = activity->episode;
    double tired = time - activity->start + episode->elapsed;
    double freshness =
        clamp(1 - episode->fatigue / 100 * tired, POTENTIAL_SLOWEST, POTENTIAL_FASTEST);
    double growth = clamp(1 + episode->growth / 100 * tired, 0.05, 20);
    for (size_t i = 0; i < activity->channel_count; i++) {
        size_t channel = episode->channels[activity->indices[i]].channel;
        double gain = electrode_gain(activity->electrodes[i], unit);
        canvas_add(&canvases[channel], time, activity->plan->rate,
                   electrode_potential(activity->electrodes[i], unit, freshness),
                   (float)(gain * activity->scales[i] * growth));
    }
    if (time >= 0 && time < activity->plan->duration) {
        extend(&activity->span, time);
        if (burst != DRIVE_NO_BURST) {
            extend(&activity->bursts[burst], time);
        }
    }
}

/* One DRIVE_STEP of all units. They are in order of recruitment, so those at work are the first
 * ones. */
static void step(struct muscle_activity *activity, struct canvas *canvases)
{
    size_t burst, i = 0;
    double begin = activity->start + (double)activity->step++ * DRIVE_STEP;
    double e = excitation_of(activity, drive_next(&activity->drive, &burst));
    for (; e > 0 && i < activity->pool->count; i++) {
        double rate = motor_pool_rate(activity->pool, i, e);
        if (rate <= 0) {
            break;
        }
        struct unit_state *unit = &activity->units[i];
        if (i >= activity->recruited) {
            unit->phase = 0;
            unit->interval = draw_interval(activity) * random_uniform(&activity->random);
        }
        unit->phase += rate * DRIVE_STEP;
        if (unit->phase >= unit->interval) {
            double late = (unit->phase - unit->interval) / rate;
            unit->phase -= unit->interval;
            unit->interval = draw_interval(activity);
            discharge(activity, i, begin + DRIVE_STEP - late, burst, canvases);
        }
    }
    activity->recruited = i;
}

void muscle_activity_advance(struct muscle_activity *activity, double until,
                             struct canvas *canvases)
{
    while (activity->step < activity->steps &&
           activity->start + (double)activity->step * DRIVE_STEP < until) {
        step(activity, canvases);
    }
}

bool muscle_activity_over(const struct muscle_activity *activity)
{
    return activity->step == activity->steps;
}

/* Samples of the unheard run, one canvas a channel of the recording. */
struct rehearsal {
    size_t length;
    struct canvas *canvases;
    float *samples;
    struct filter *filters; /* by channel of the activity */
    double *energies;       /* Σ x² in the measuring band */
};

static enum status rehearsal_create(const struct muscle_activity *activity, struct rehearsal *r,
                                    struct error *error)
{
    const struct plan *plan = activity->plan;
    double low, high;
    size_t total;
    size_t longest = 0;
    for (size_t i = 0; i < activity->channel_count; i++) {
        size_t length = electrode_longest(activity->electrodes[i]);
        longest = length > longest ? length : longest;
    }
    r->length = REHEARSAL + longest + canvas_tail(plan->rate);
    r->canvases = checked_calloc(plan->channel_count, sizeof *r->canvases);
    r->filters = checked_calloc(activity->channel_count, sizeof *r->filters);
    r->energies = checked_calloc(activity->channel_count, sizeof *r->energies);
    r->samples = checked_multiply(activity->channel_count, r->length, &total)
                     ? checked_calloc(total, sizeof *r->samples)
                     : NULL;
    if (!r->canvases || !r->filters || !r->energies || !r->samples) {
        return error_memory(error, "simulating activity");
    }
    filter_band(plan->rate, &low, &high);
    for (size_t i = 0; i < activity->channel_count; i++) {
        size_t channel = activity->episode->channels[activity->indices[i]].channel;
        r->canvases[channel] = (struct canvas){
            r->samples + i * r->length,
            (int64_t)floor(activity->start * plan->rate) - POTENTIAL_LEAD, r->length};
        filter_add_highpass(&r->filters[i], low, plan->rate);
        filter_add_lowpass(&r->filters[i], high, plan->rate);
    }
    return STATUS_OK;
}

/* Measures and drops the first REHEARSAL frames of every canvas. */
static void rehearse_chunk(struct muscle_activity *activity, struct rehearsal *r)
{
    for (size_t i = 0; i < activity->channel_count; i++) {
        struct canvas *canvas =
            &r->canvases[activity->episode->channels[activity->indices[i]].channel];
        for (size_t n = 0; n < REHEARSAL; n++) {
            double x = filter_step(&r->filters[i], (double)canvas->samples[n]);
            r->energies[i] += x * x;
        }
        size_t kept = r->length - REHEARSAL;
        memmove(canvas->samples, canvas->samples + REHEARSAL, kept * sizeof *canvas->samples);
        memset(canvas->samples + kept, 0, REHEARSAL * sizeof *canvas->samples);
        canvas->first += REHEARSAL;
    }
}

/* Runs the activity at scale 1 and sets the scales that give the targets. */
static enum status rehearse(struct muscle_activity *activity, struct error *error)
{
    struct rehearsal r = {0};
    double rate = activity->plan->rate;
    enum status status = rehearsal_create(activity, &r, error);
    if (status == STATUS_OK) {
        double first = floor(activity->start * rate) - POTENTIAL_LEAD;
        /* Potentials and the filter's ringing end some time after the last discharge. */
        double last = (activity->start + (double)activity->steps * DRIVE_STEP + 0.5) * rate +
                      (double)r.length;
        for (; first < last; first += REHEARSAL) {
            muscle_activity_advance(activity, (first + REHEARSAL + POTENTIAL_LEAD) / rate,
                                    r.canvases);
            rehearse_chunk(activity, &r);
        }
        double frames = drive_active(activity->episode) * rate;
        for (size_t i = 0; i < activity->channel_count; i++) {
            double target = activity->episode->channels[activity->indices[i]].target;
            double rms = sqrt(r.energies[i] / frames);
            activity->scales[i] = rms > 0 ? target / rms : 0;
        }
    }
    free(r.canvases);
    free(r.filters);
    free(r.energies);
    free(r.samples);
    return status;
}

enum status muscle_activity_create(const struct plan *plan, const struct simulated_episode *episode,
                                   size_t muscle, const struct motor_pool *pool,
                                   struct electrode *const *electrodes,
                                   const struct ziggurat *ziggurat,
                                   struct muscle_activity **activity, struct error *error)
{
    *activity = NULL;
    struct muscle_activity *a = checked_calloc(1, sizeof *a);
    if (!a) {
        return error_memory(error, "simulating activity");
    }
    *a = (struct muscle_activity){.plan = plan,
                                  .episode = episode,
                                  .pool = pool,
                                  .ziggurat = ziggurat,
                                  .muscle = muscle,
                                  .steps = drive_steps(episode)};
    a->indices = checked_calloc(episode->channel_count, sizeof *a->indices);
    a->electrodes = checked_calloc(episode->channel_count, sizeof *a->electrodes);
    a->scales = checked_calloc(episode->channel_count, sizeof *a->scales);
    a->units = checked_calloc(pool->count, sizeof *a->units);
    a->bursts = checked_calloc(episode->burst_count, sizeof *a->bursts);
    enum status status = STATUS_FAILED;
    if (!a->indices || !a->electrodes || !a->scales || !a->units || !a->bursts) {
        status = error_memory(error, "simulating activity");
        goto out;
    }
    for (size_t i = episode->channel_count; i-- > 0;) {
        if (plan->muscle[episode->channels[i].channel] == muscle) {
            /* The delay of a muscle is that of its first channel. */
            a->start = episode->onset + episode->channels[i].delay;
        }
    }
    for (size_t i = 0; i < episode->channel_count; i++) {
        size_t channel = episode->channels[i].channel;
        if (plan->muscle[channel] == muscle) {
            a->indices[a->channel_count] = i;
            a->electrodes[a->channel_count] = electrodes[channel];
            a->scales[a->channel_count++] = 1;
        }
    }
    status = build_levels(a, error);
    if (status == STATUS_OK) {
        rewind_activity(a);
        status = rehearse(a, error);
        rewind_activity(a);
    }
out:
    if (status) {
        muscle_activity_destroy(a);
        a = NULL;
    }
    *activity = a;
    return status;
}

void muscle_activity_destroy(struct muscle_activity *activity)
{
    if (activity) {
        free(activity->indices);
        free(activity->electrodes);
        free(activity->scales);
        free(activity->units);
        free(activity->bursts);
        free(activity);
    }
}

struct performed muscle_activity_performed(const struct muscle_activity *activity)
{
    return (struct performed){.episode = activity->episode,
                              .channel_count = activity->channel_count,
                              .indices = activity->indices,
                              .span = activity->span,
                              .bursts = activity->bursts};
}
