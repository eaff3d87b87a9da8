#include "pipeline/signal/activity.h"

#include "formats/checked.h"
#include "pipeline/signal/baseline.h"
#include "pipeline/signal/change_point.h"
#include "pipeline/signal/evidence.h"
#include "pipeline/signal/segmentation.h"
#include "pipeline/signal/smoothed.h"
#include "pipeline/signal/statistics.h"
#include "pipeline/signal/thresholds.h"

#include <math.h>
#include <string.h>

#define PAD_SECONDS   1.5   /* looked at on either side of the second that is worked off */
#define KEEP_SECONDS  90.0  /* kept behind it, for close-ups and artefact tests */
#define MERGE_GAP     0.12  /* s; longer silences always split */
#define LEAST_FREEDOM 6.0   /* degrees of freedom of the short window */
#define REFINE        0.08  /* s around a crossing in which the change point is sought */
#define LONGEST_WAIT  4.0   /* s that the decision on a bin may take */
#define TEAGER_SPREAD 1.5   /* variance of the operator's energy over that of squares */
#define MUSCLE_BAND   100.0 /* Hz, of surface EMG: its degrees of freedom */
#define ROUGH_PART    0.04  /* s */
#define EDGE          0.1   /* s */
#define LARGEST_PART  0.3   /* of the largest level around: activity is no less */
#define TONE_RATIO    4.0   /* over background tone, which is as uneven as muscle is */

const char *const burst_flag_names[] = {"touches_start", "touches_end", "potential", "motion",
                                        "ecg",           "line",        NULL};

/* A run of active bins, or the burst that runs have been merged to. */
struct run {
    uint64_t first, last; /* bins [first, last) */
    double peak;          /* largest energy over the short window */
    uint64_t peak_bin;
    struct baseline_level rest; /* around its first bin */
    uint64_t sound, end; /* first bin after a gap before it, last before a gap after it: when the
                            flags say that it touches one */
    unsigned flags;
};

struct activity {
    struct activity_design design;
    struct bins bins;
    struct baseline *baseline;
    uint64_t second;  /* the next to be worked off */
    double floor_now; /* noise floor of the second worked off last */
    struct evidence evidence;
    struct segmentation segmentation;
    float *brief; /* of the bins that are not decided yet; rings */
    struct baseline_level *rests;
    size_t ring_size;
    bool open;
    uint64_t sound;     /* first bin after the last gap, or of the recording */
    struct run run;     /* the open run */
    struct run pending; /* a finished run that may still merge with the next */
    bool has_pending;
    uint64_t last_end;        /* of the burst added last */
    struct smoothed smoothed; /* scratch */
    struct burst *bursts;
    size_t burst_count, burst_capacity, taken;
};

enum status activity_create(const struct activity_design *design, struct activity **result,
                            struct error *error)
{
    struct activity *activity = calloc(1, sizeof *activity);
    enum status status = STATUS_OK;
    *result = activity;
    if (!activity) {
        return error_memory(error, "preparing the burst detector");
    }
    activity->design = *design;
    activity->floor_now = NAN;
    /* At low rates a short window holds too little to tell anything. */
    activity->design.short_window =
        fmax(design->short_window, LEAST_FREEDOM / threshold_freedom(design->bandwidth, 1));
    design = &activity->design;
    double operator_spread = design->teager ? TEAGER_SPREAD : 1;
    activity->evidence = (struct evidence){
        .noise_shape =
            threshold_freedom(design->bandwidth, design->short_window) / 2 / operator_spread,
        .muscle_shape =
            threshold_freedom(fmin(MUSCLE_BAND, design->bandwidth), design->short_window) / 2,
        .bins = fmax(1, round(design->short_window * design->bin_rate)),
    };
    activity->ring_size = (size_t)ceil((LONGEST_WAIT + 1) * design->bin_rate) + 2;
    activity->brief = checked_calloc(activity->ring_size, sizeof *activity->brief);
    activity->rests = checked_calloc(activity->ring_size, sizeof *activity->rests);
    double limit = (design->horizon + KEEP_SECONDS + 2 * PAD_SECONDS + 16) * design->bin_rate;
    bins_create((size_t)limit, &activity->bins);
    struct baseline_design baseline = {.bin_rate = design->bin_rate,
                                       .short_window = design->short_window,
                                       .horizon = design->horizon,
                                       .minimum_energy = design->minimum_energy,
                                       .prominence = design->prominence,
                                       .freedom = threshold_freedom(design->bandwidth, 1) /
                                                  operator_spread,
                                       .noise_ratio = design->noise_ratio,
                                       .muscle_ratio = design->muscle_ratio};
    status = activity->brief && activity->rests
                 ? baseline_create(&baseline, &activity->baseline, error)
                 : error_memory(error, "preparing the burst detector");
    if (status == STATUS_OK) {
        status =
            segmentation_create(design->change_cost, (size_t)ceil(LONGEST_WAIT * design->bin_rate),
                                &activity->segmentation, error);
    }
    if (status == STATUS_OK) {
        status = smoothed_create(&activity->smoothed,
                                 (size_t)(design->bin_rate * (2 * PAD_SECONDS + 1)) + 8, error);
    }
    if (status != STATUS_OK) {
        activity_destroy(activity);
        *result = NULL;
    }
    return status;
}

void activity_destroy(struct activity *activity)
{
    if (activity) {
        bins_clear(&activity->bins);
        baseline_destroy(activity->baseline);
        smoothed_clear(&activity->smoothed);
        segmentation_clear(&activity->segmentation);
        free(activity->brief);
        free(activity->rests);
        free(activity->bursts);
        free(activity);
    }
}

enum status activity_push(struct activity *activity, const float *energy, const float *high,
                          const float *square, size_t count, struct error *error)
{
    return bins_push_energy(&activity->bins, energy, high, square, count, error);
}

enum status activity_push_extremes(struct activity *activity, const float *minimum,
                                   const float *maximum, size_t count, struct error *error)
{
    return bins_push_extremes(&activity->bins, minimum, maximum, count, error);
}

/* The bin where the level changes near `bin`, sought within REFINE and not past the limits. */
static uint64_t refine(const struct activity *activity, uint64_t bin, uint64_t low, uint64_t high,
                       bool rising, double floor)
{
    float around[256];
    uint64_t reach = (uint64_t)ceil(REFINE * activity->design.bin_rate);
    reach = reach < 2 ? 2 : reach > 120 ? 120 : reach;
    uint64_t first = bin > low + reach ? bin - reach : low;
    uint64_t last = bin + reach < high ? bin + reach : high;
    if (last <= first + 2) {
        return bin;
    }
    size_t count = (size_t)(last - first);
    for (size_t i = 0; i < count; i++) {
        around[i] = bins_energy(&activity->bins, first + i);
    }
    size_t otherwise = bin > first ? (size_t)(bin - first) : 1;
    return first + change_point(around, count, 0.1 * floor, rising, otherwise);
}

/* Least mean energy over SILENCE_WINDOW in bins [from, to); at least one window is looked at. */
static double least_energy(const struct activity *activity, uint64_t from, uint64_t to)
{
    double rate = activity->design.bin_rate, least = INFINITY, sum = 0;
    uint64_t window = (uint64_t)fmax(1, round(SILENCE_WINDOW * rate));
    uint64_t reach = (uint64_t)(RELAXATION_REACH * rate);
    from = to > from + reach ? to - reach : from;
    window = to - from < window ? (to > from ? to - from : 1) : window;
    for (uint64_t i = from; i < to; i++) {
        sum += bins_energy(&activity->bins, i);
        sum -= i >= from + window ? (double)bins_energy(&activity->bins, i - window) : 0;
        if (i + 1 >= from + window && sum / (double)window < least) {
            least = sum / (double)window;
        }
    }
    return isfinite(least) ? fmax(least, 0) : NAN;
}

/* Sums over the bins [first, last) that are there. */
struct contents {
    double energy, high, square, count;
};

static struct contents sum_up(const struct activity *activity, uint64_t first, uint64_t last)
{
    struct contents contents = {0, 0, 0, 0};
    for (uint64_t i = first; i < last; i++) {
        double energy = bins_energy(&activity->bins, i);
        if (isfinite(energy)) {
            contents.energy += energy;
            contents.high += bins_high(&activity->bins, i);
            contents.square += bins_square(&activity->bins, i);
            contents.count++;
        }
    }
    return contents;
}

/* Squared coefficient of variation of the 40 ms means within each second of [first, last), as
 * that of the rest is measured (signal/baseline.c); NaN when it is too short. */
static double roughness(const struct activity *activity, uint64_t first, uint64_t last)
{
    double rate = activity->design.bin_rate, sum = 0, parts = 0;
    uint64_t part = (uint64_t)fmax(1, round(ROUGH_PART * rate));
    uint64_t span = (uint64_t)rate < last - first ? (uint64_t)rate : last - first;
    if ((double)(last - first) < BURST_ROUGH_LEAST * rate) {
        return NAN;
    }
    for (uint64_t from = first; from + span <= last; from += span) {
        double n = 0, total = 0, squares = 0;
        for (uint64_t i = from; i + part <= from + span; i += part) {
            struct contents contents = sum_up(activity, i, i + part);
            double mean = contents.count > 0 ? contents.energy / contents.count : NAN;
            if (isfinite(mean)) {
                n++;
                total += mean;
                squares += mean * mean;
            }
        }
        if (n > 1 && total > 0) {
            sum += squares * n / (total * total) - 1;
            parts++;
        }
    }
    return sum / parts;
}

static enum status add_burst(struct activity *activity, const struct run *run, uint64_t after,
                             struct error *error)
{
    const struct activity_design *design = &activity->design;
    uint64_t middle = run->first + (run->last - run->first) / 2, first = run->first,
             last = run->last;
    if (!(run->flags & BURST_START)) {
        first = refine(activity, run->first, activity->last_end, middle + 1, true, run->rest.noise);
    }
    if (!(run->flags & BURST_END)) {
        last = refine(activity, run->last, middle, after, false, run->rest.noise);
    }
    struct contents contents = sum_up(activity, first, last);
    /* Not past a burst that was there already. */
    uint64_t sound = run->sound > activity->last_end ? run->sound : activity->last_end;
    first = run->flags & BURST_START ? sound : first;
    last = run->flags & BURST_END ? run->end : last;
    double relaxation = least_energy(activity, activity->last_end, first);
    activity->last_end = last;
    double shape = activity->evidence.noise_shape / activity->evidence.bins;
    double mean = contents.count > 0 ? fmax(contents.energy / contents.count, 0) : NAN;
    double own = mean / run->rest.noise - 1;
    struct burst burst = {
        .onset = (double)first / design->bin_rate,
        .offset = (double)last / design->bin_rate,
        .peak = sqrt(fmax(run->peak, 0)),
        .peak_time = ((double)run->peak_bin + 0.5) / design->bin_rate,
        .mean = sqrt(mean),
        .floor = sqrt(run->rest.noise),
        .relaxation = sqrt(relaxation),
        .evidence = evidence_of_run(shape, contents.count, mean, run->rest.noise),
        .noise_likeness = (contents.high / contents.count / run->rest.high - 1) / own,
        .slowness = (contents.square / contents.count / run->rest.square - 1) / own,
        .roughness = roughness(activity, first, last) / run->rest.roughness,
        .flags = run->flags};
    if (!(burst.evidence >= design->burst_evidence)) {
        return STATUS_OK;
    }
    if (burst.offset - burst.onset < design->minimum_burst) {
        burst.flags |= BURST_POTENTIAL;
    }
    if (activity->burst_count == activity->burst_capacity) {
        size_t capacity = activity->burst_capacity ? 2 * activity->burst_capacity : 64;
        struct burst *grown = checked_realloc(activity->bursts, capacity, sizeof *grown);
        if (!grown) {
            return error_memory(error, "listing bursts");
        }
        activity->bursts = grown;
        activity->burst_capacity = capacity;
    }
    activity->bursts[activity->burst_count++] = burst;
    return STATUS_OK;
}

/* Puts a finished run behind the pending one: merged when the silence between is no real one. */
static enum status finish_run(struct activity *activity, struct error *error)
{
    struct run *pending = &activity->pending, *run = &activity->run;
    const struct activity_design *design = &activity->design;
    enum status status = STATUS_OK;
    activity->open = false;
    if (activity->has_pending) {
        double gap = (double)(run->first - pending->last) / design->bin_rate;
        uint64_t a = pending->last - pending->first, b = run->last - run->first;
        double shorter = (double)(a < b ? a : b) / design->bin_rate;
        bool apart = (pending->flags & BURST_END) || (run->flags & BURST_START);
        if (!apart && (gap < design->minimum_gap || gap < fmin(MERGE_GAP, 0.25 * shorter))) {
            pending->last = run->last;
            pending->end = run->end;
            if (run->peak > pending->peak) {
                pending->peak = run->peak;
                pending->peak_bin = run->peak_bin;
            }
            pending->flags |= run->flags;
            return STATUS_OK;
        }
        uint64_t middle = pending->last + (run->first - pending->last + 1) / 2;
        status = add_burst(activity, pending, middle, error);
    }
    activity->pending = *run;
    activity->has_pending = true;
    return status;
}

/* A run that nothing can merge with any more becomes a burst. */
static enum status settle_pending(struct activity *activity, uint64_t now, struct error *error)
{
    double merge = fmax(MERGE_GAP, activity->design.minimum_gap) + 2 * REFINE;
    uint64_t reach = (uint64_t)ceil(merge * activity->design.bin_rate);
    if (!activity->has_pending || activity->open || now < activity->pending.last + reach) {
        return STATUS_OK;
    }
    activity->has_pending = false;
    return add_burst(activity, &activity->pending, activity->pending.last + reach, error);
}

/* A burst this close to an end of the signal touches it: the windows cannot tell. */
static uint64_t edge_bins(const struct activity *activity)
{
    return 1 + (uint64_t)(EDGE * activity->design.bin_rate);
}

/* A decided bin. */
static enum status step(struct activity *activity, uint64_t bin, bool active, struct error *error)
{
    enum status status = STATUS_OK;
    double energy = activity->brief[bin % activity->ring_size];
    const struct baseline_level *rest = &activity->rests[bin % activity->ring_size];
    bool gap = !isfinite(energy) || !isfinite(rest->noise);
    if (active && !activity->open) {
        activity->run =
            (struct run){.sound = activity->sound,
                         .first = bin,
                         .rest = *rest,
                         .flags = bin < activity->sound + edge_bins(activity) ? BURST_START : 0};
        activity->open = true;
    } else if (!active && activity->open) {
        activity->run.last = bin;
        activity->run.flags |= gap ? BURST_END : 0;
        activity->run.end = bin;
        status = finish_run(activity, error);
    }
    if (active) {
        if (energy > activity->run.peak) {
            activity->run.peak = energy;
            activity->run.peak_bin = bin;
        }
        activity->run.last = bin + 1;
    }
    activity->sound = gap ? bin + 1 : activity->sound;
    return status == STATUS_OK ? settle_pending(activity, bin, error) : status;
}

static enum status take_decided(struct activity *activity, struct error *error)
{
    enum status status = STATUS_OK;
    uint64_t bin;
    bool active;
    while (status == STATUS_OK && segmentation_take(&activity->segmentation, &bin, &active)) {
        status = step(activity, bin, active, error);
    }
    return status;
}

/* Nats in favour of activity of the bin at place i of the smoothed views. */
static double ratio_at(struct activity *activity, size_t i, double floor, double least)
{
    struct evidence *evidence = &activity->evidence;
    double level = fmax(activity->smoothed.level[i],
                        fmax(LARGEST_PART * activity->smoothed.largest[i], least));
    if (!isfinite(activity->smoothed.brief[i]) || !isfinite(floor)) {
        return NAN;
    }
    if (evidence->level != level || evidence->floor != floor) {
        evidence_set(evidence, floor, level);
    }
    return evidence_ratio(evidence, activity->smoothed.brief[i]);
}

static enum status work_off(struct activity *activity, uint64_t first, uint64_t last,
                            struct error *error)
{
    const struct activity_design *design = &activity->design;
    struct baseline_level level =
        baseline_at(activity->baseline, &activity->bins, activity->second);
    double floor = level.floor, least = design->onset_ratio * level.noise;
    enum status status = STATUS_OK;
    activity->floor_now = level.noise;
    if (level.floor > level.noise) {
        least = fmax(least, TONE_RATIO * level.floor);
    }
    uint64_t pad = (uint64_t)(PAD_SECONDS * design->bin_rate);
    uint64_t from = first > pad ? first - pad : 0;
    uint64_t to =
        last + pad < activity->bins.energy_count ? last + pad : activity->bins.energy_count;
    struct smoothing smoothing = {.bin_rate = design->bin_rate,
                                  .short_window = design->short_window,
                                  .first_threshold = design->bonato ? 1.5 * floor : 0};
    smoothed_compute(&activity->smoothed, &activity->bins, from, (size_t)(to - from), &smoothing);
    for (uint64_t bin = first; bin < last && status == STATUS_OK; bin++) {
        size_t i = (size_t)(bin - from);
        activity->brief[bin % activity->ring_size] = (float)activity->smoothed.brief[i];
        activity->rests[bin % activity->ring_size] = level;
        segmentation_push(&activity->segmentation, ratio_at(activity, i, floor, least));
        status = take_decided(activity, error);
    }
    return status;
}

enum status activity_process(struct activity *activity, bool ended, struct error *error)
{
    const struct activity_design *design = &activity->design;
    enum status status = STATUS_OK;
    uint64_t pad = (uint64_t)(PAD_SECONDS * design->bin_rate) + 1;
    if (activity->taken > 0) {
        activity->burst_count -= activity->taken;
        memmove(activity->bursts, activity->bursts + activity->taken,
                activity->burst_count * sizeof *activity->bursts);
        activity->taken = 0;
    }
    baseline_push(activity->baseline, &activity->bins, ended);
    while (status == STATUS_OK) {
        uint64_t first = baseline_second(activity->baseline, activity->second);
        uint64_t last = baseline_second(activity->baseline, activity->second + 1);
        uint64_t end = activity->bins.energy_count;
        if (ended ? first >= end
                  : last + pad > end || !baseline_settled(activity->baseline, activity->second)) {
            break;
        }
        status = work_off(activity, first, last < end ? last : end, error);
        activity->second++;
    }
    if (ended && status == STATUS_OK) {
        segmentation_end(&activity->segmentation);
        status = take_decided(activity, error);
    }
    if (ended && status == STATUS_OK) {
        if (activity->open) {
            status = finish_run(activity, error);
        }
        if (status == STATUS_OK && activity->has_pending) {
            bool last = activity->pending.last + edge_bins(activity) > activity->bins.energy_count;
            activity->pending.flags |= last ? BURST_END : 0;
            activity->pending.end = activity->bins.energy_count;
            activity->has_pending = false;
            status = add_burst(activity, &activity->pending, activity->bins.energy_count, error);
        }
    }
    return status;
}

double activity_settled(const struct activity *activity)
{
    uint64_t now = activity->segmentation.given;
    if (activity->open && activity->run.first < now) {
        now = activity->run.first;
    }
    if (activity->has_pending && activity->pending.first < now) {
        now = activity->pending.first;
    }
    double time = (double)now / activity->design.bin_rate - REFINE;
    return time > 0 ? time : 0;
}

size_t activity_take(struct activity *activity, const struct burst **bursts)
{
    size_t count = activity->burst_count - activity->taken;
    *bursts = activity->bursts + activity->taken;
    activity->taken = activity->burst_count;
    return count;
}

double activity_floor(const struct activity *activity)
{
    return activity->floor_now;
}

const struct bins *activity_bins(const struct activity *activity)
{
    return &activity->bins;
}
