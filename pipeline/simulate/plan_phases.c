/* Phases and bursts of an episode. */
#include "pipeline/simulate/plan.h"

#include "formats/checked.h"

#include <math.h>
#include <string.h>

/* The rhythm never slows below this share of its first rate, nor quickens past its inverse. */
#define SLOWEST 0.3

static double clamp(double value, double low, double high)
{
    return value < low ? low : value > high ? high : value;
}

static enum status add_burst(struct simulated_episode *episode, struct simulated_burst burst,
                             struct error *error)
{
    size_t count = episode->burst_count;
    if ((count & (count - 1)) == 0) {
        struct simulated_burst *grown =
            checked_realloc(episode->bursts, count ? 2 * count : 1, sizeof *grown);
        if (!grown) {
            return error_memory(error, "planning bursts");
        }
        episode->bursts = grown;
    }
    episode->bursts[episode->burst_count++] = burst;
    return STATUS_OK;
}

/* Height of a burst that begins at t, s into the clonic phase of length `length`: clonic episodes
 * grow in and fade out. */
static double ramp(const struct simulated_episode *episode, double t, double length)
{
    double height = 1;
    if (episode->class == SIMULATED_CLONIC) {
        if (episode->rise > 0) {
            height = fmin(height, 0.2 + 0.8 * t / episode->rise);
        }
        if (episode->fall > 0) {
            height = fmin(height, 0.2 + 0.8 * (length - t) / episode->fall);
        }
    }
    return height;
}

static enum status make_bursts(const struct plan *plan, struct simulated_episode *episode,
                               struct error *error)
{
    struct random random;
    struct ziggurat ziggurat;
    ziggurat_build(&ziggurat);
    random_seed(&random, plan->seed, RANDOM_BURSTS, episode->stream, 0);
    double start = episode->clonic_start, end = episode->clonic_end, last = start;
    double t = start;
    /* After a tonic phase the muscle relaxes first. */
    if (start > episode->tonic_start && episode->tonic_end == start) {
        t += (1 - episode->duty) / episode->rate;
    }
    for (size_t beat = 0;; beat++) {
        double change = clamp(1 + episode->slope / 100 * (t - start), SLOWEST, 1 / SLOWEST);
        double period = 1 / (episode->rate * change), width = episode->duty * period;
        if (t + width > end + 1e-9) {
            break;
        }
        double deviation = clamp(random_gaussian(&random, &ziggurat), -2.5, 2.5);
        double height = clamp(1 + episode->variation * random_gaussian(&random, &ziggurat), 0.3, 2);
        /* The first beats come, so that there is a rhythm. */
        bool missed = random_uniform(&random) < episode->missed && beat > 2;
        if (!missed) {
            struct simulated_burst burst = {t, width,
                                            height * ramp(episode, t - start, end - start), beat};
            enum status status = add_burst(episode, burst, error);
            if (status) {
                return status;
            }
            last = t + width;
        }
        t += fmax(period * (1 + episode->jitter * deviation), width + 0.05 * period);
    }
    if (episode->burst_count < 3) {
        return error_set(error, STATUS_FAILED,
                         "%s: line %zu: fewer than three bursts fit into %.3g s at %.3g Hz; give "
                         "the clonic phase a longer duration or a higher rate",
                         plan->specification->name, episode->section->line, end - start,
                         episode->rate);
    }
    if (episode->tonic_start <= start) {
        episode->clonic_end = last;
    }
    return STATUS_OK;
}

enum status plan_phases(struct plan *plan, struct simulated_episode *episode, struct error *error)
{
    double length = episode->duration, boundary = episode->boundary * length;
    switch (episode->class) {
    case SIMULATED_TONIC:
    case SIMULATED_VOLUNTARY:
    case SIMULATED_CLASSES:
        episode->tonic_end = length;
        return STATUS_OK;
    case SIMULATED_MYOCLONIC:
        return add_burst(episode, (struct simulated_burst){0, length, 1, 0}, error);
    case SIMULATED_CLONIC:
        episode->clonic_end = length;
        break;
    case SIMULATED_TONIC_CLONIC:
        if (episode->clonic_first) {
            episode->clonic_end = episode->tonic_start = length - boundary;
            episode->tonic_end = length;
        } else {
            episode->tonic_end = episode->clonic_start = boundary;
            episode->clonic_end = length;
        }
        break;
    }
    return make_bursts(plan, episode, error);
}
