#include "pipeline/signal/artefact.h"

#include "formats/checked.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#define SHAPE_SECONDS  0.24 /* of waveform around a burst's centre */
#define SHAPE_MAX      128  /* bins */
#define SHIFT_MAX      4    /* bins that two waveforms may be moved against each other */
#define NEIGHBOURS     3.0  /* s, within which beats are compared */
#define BEATS_KEPT     8    /* of the last heartbeats, for those that have no neighbours */
#define BEATS_MEMORY   30.0 /* s that they are compared with */
#define BEAT_WIDTH     0.2  /* s around a beat, where its own waves make bursts of their own */
#define ECG_LONGEST    0.25 /* s */
#define MOTION_LONGEST 1.0  /* s */
#define POP_SECONDS    0.1  /* that a step lasts above 20 Hz */
#define FLANK_RATIO    4.0  /* power of slow changes over that before or after */
#define SLOW_TOLD      0.3  /* s; in longer bursts the slowness is sure … */
#define SLOW_SOUND     1.2  /* … and below this that of muscle */
#define COMPANY_REACH  1.0  /* s */
#define FLANK_REACH    0.8  /* s */
#define TREND_SECONDS  0.16 /* of the running mean that is taken off a waveform */

struct held {
    struct burst burst;
    bool motion;            /* what motion or a pop leaves, by itself */
    bool shaped;            /* short enough to be a heartbeat */
    bool given;             /* popped; still there for its neighbours to be compared with */
    float shape[SHAPE_MAX]; /* mean removed, unit norm */
};

struct artefact {
    double bin_rate;
    size_t shape_size;
    struct held *held; /* [first, first + count) in order of onset */
    size_t first, count, capacity;
    struct held beats[BEATS_KEPT]; /* a ring of the last heartbeats found by their neighbours */
    size_t beat_count;
};

enum status artefact_create(double bin_rate, struct artefact **result, struct error *error)
{
    struct artefact *artefact = calloc(1, sizeof *artefact);
    *result = artefact;
    if (!artefact) {
        return error_memory(error, "preparing the artefact tests");
    }
    artefact->bin_rate = bin_rate;
    double size = fmin(SHAPE_MAX, fmax(4, round(SHAPE_SECONDS * bin_rate)));
    artefact->shape_size = (size_t)size;
    return STATUS_OK;
}

void artefact_destroy(struct artefact *artefact)
{
    if (artefact) {
        free(artefact->held);
        free(artefact);
    }
}

static double middle(const struct bins *bins, double bin)
{
    return bin < 0 ? NAN : bins_middle(bins, (uint64_t)bin);
}

/* Power of the recorded signal below about 20 Hz (means over 25 ms, straight line removed) in bins
 * [first, last). */
static double slow_power(const struct artefact *artefact, const struct bins *bins, double first,
                         double last)
{
    double step = fmax(1, round(0.025 * artefact->bin_rate));
    double n = 0, sum = 0, sum_t = 0, sum_tt = 0, sum_ty = 0, squares = 0;
    for (double from = fmax(first, 0); from + step <= last; from += step) {
        double mean = 0;
        for (double i = 0; i < step; i++) {
            mean += middle(bins, from + i) / step;
        }
        if (isfinite(mean)) {
            sum += mean;
            sum_t += n;
            sum_tt += n * n;
            sum_ty += n * mean;
            squares += mean * mean;
            n++;
        }
    }
    if (n < 3) {
        return 0;
    }
    double variance = squares / n - (sum / n) * (sum / n);
    double spread = sum_tt / n - (sum_t / n) * (sum_t / n);
    double together = sum_ty / n - (sum_t / n) * (sum / n);
    return fmax(variance - together * together / spread, 0);
}

/* How far the recorded signal stands after bin `last` from where it stood before bin `first`. */
static double shift(const struct artefact *artefact, const struct bins *bins, double first,
                    double last)
{
    double width = fmax(1, round(0.04 * artefact->bin_rate)), before = 0, after = 0;
    for (double i = 1; i <= width; i++) {
        before += middle(bins, first - i - 1) / width;
        after += middle(bins, last + i) / width;
    }
    return isfinite(before) && isfinite(after) ? fabs(after - before) : 0;
}

/* Largest of a measure of slow change over windows of `length` bins within FLANK_REACH before
 * `first` (side −1), or after it (side 1). */
static double in_flank(const struct artefact *artefact, const struct bins *bins,
                       double (*measure)(const struct artefact *, const struct bins *, double,
                                         double),
                       double first, double length, int side)
{
    double largest = 0, reach = fmax(round(FLANK_REACH * artefact->bin_rate), length);
    for (double at = 0; at + length <= reach; at += fmax(1, floor(length / 2))) {
        double from = side < 0 ? first - at - length : first + at;
        largest = fmax(largest, measure(artefact, bins, from, from + length));
    }
    return largest;
}

/* Whether the burst is what motion or an electrode's pop leaves above 20 Hz: slow changes that are
 * larger than it and come with it. Those that were there before it and go on after it are none of
 * its business. */
static bool is_motion(const struct artefact *artefact, const struct bins *bins,
                      const struct burst *burst)
{
    double rate = artefact->bin_rate, duration = burst->offset - burst->onset;
    double first = floor(burst->onset * rate), last = ceil(burst->offset * rate);
    double margin = round(0.05 * rate), apart = round(0.1 * rate);
    double length = fmin(last - first + 2 * margin, round(FLANK_REACH * rate));
    double slow = slow_power(artefact, bins, first - margin, last + margin);
    if (slow > MOTION_RATIO * burst->mean * burst->mean) {
        double before = in_flank(artefact, bins, slow_power, first - apart, length, -1);
        double after = in_flank(artefact, bins, slow_power, last + apart, length, 1);
        if (slow > FLANK_RATIO * fmin(before, after)) {
            return true;
        }
    }
    /* A step is over within POP_SECONDS: in a longer burst it must be larger to account for the
     * burst's energy. */
    double step = shift(artefact, bins, first, last);
    if (step <= POP_RATIO * sqrt(fmax(1, duration / POP_SECONDS)) * burst->mean) {
        return false;
    }
    length = fmin(last - first, round(FLANK_REACH * rate));
    double before = in_flank(artefact, bins, shift, first - apart, length, -1);
    double after = in_flank(artefact, bins, shift, last + apart, length, 1);
    return step > sqrt(FLANK_RATIO) * fmin(before, after);
}

/* The recorded signal at a bin without its slow changes: less its mean over TREND_SECONDS. */
static double quick(const struct artefact *artefact, const struct bins *bins, double bin)
{
    double reach = round(TREND_SECONDS / 2 * artefact->bin_rate), sum = 0, count = 0;
    for (double i = bin - reach; i <= bin + reach; i++) {
        double y = middle(bins, i);
        if (isfinite(y)) {
            sum += y;
            count++;
        }
    }
    return middle(bins, bin) - sum / count;
}

/* The waveform around the burst's centre of energy; false when a third of it is missing. */
static bool take_shape(const struct artefact *artefact, const struct bins *bins, struct held *held)
{
    size_t size = artefact->shape_size;
    double first = floor((held->burst.onset - 0.02) * artefact->bin_rate);
    double last = ceil((held->burst.offset + 0.02) * artefact->bin_rate);
    double centre = 0, weight = 0;
    size_t count = 0;
    /* The centre of energy: which of two deflections is the larger may change from beat to beat. */
    for (double i = first; i < last; i++) {
        double y = quick(artefact, bins, i);
        if (isfinite(y)) {
            centre += i * y * y;
            weight += y * y;
        }
    }
    centre = weight > 0 ? round(centre / weight) : first;
    double sum = 0, squares = 0;
    for (size_t i = 0; i < size; i++) {
        double y = quick(artefact, bins, centre + (double)i - (double)(size / 2));
        held->shape[i] = (float)y;
        if (isfinite(y)) {
            sum += y;
            count++;
        }
    }
    if (count < size - size / 3) {
        return false;
    }
    for (size_t i = 0; i < size; i++) {
        held->shape[i] =
            isfinite(held->shape[i]) ? held->shape[i] - (float)(sum / (double)count) : 0;
        squares += (double)held->shape[i] * held->shape[i];
    }
    for (size_t i = 0; i < size; i++) {
        held->shape[i] /= (float)sqrt(squares);
    }
    return squares > 0;
}

enum status artefact_push(struct artefact *artefact, const struct bins *bins,
                          const struct burst *burst, struct error *error)
{
    if (artefact->first + artefact->count == artefact->capacity) {
        if (artefact->first > 0) {
            memmove(artefact->held, artefact->held + artefact->first,
                    artefact->count * sizeof *artefact->held);
            artefact->first = 0;
        }
        if (artefact->count == artefact->capacity) {
            size_t capacity = artefact->capacity ? 2 * artefact->capacity : 32;
            struct held *grown = checked_realloc(artefact->held, capacity, sizeof *grown);
            if (!grown) {
                return error_memory(error, "keeping bursts");
            }
            artefact->held = grown;
            artefact->capacity = capacity;
        }
    }
    struct held *held = &artefact->held[artefact->first + artefact->count++];
    double duration = burst->offset - burst->onset;
    held->burst = *burst;
    held->given = false;
    held->shaped = duration <= ECG_LONGEST && take_shape(artefact, bins, held);
    bool sound = duration > SLOW_TOLD && burst->slowness < SLOW_SOUND;
    held->motion = duration <= MOTION_LONGEST && !sound && is_motion(artefact, bins, burst);
    return STATUS_OK;
}

/* Largest correlation of two shapes over small shifts. */
static double correlation(const struct artefact *artefact, const struct held *a,
                          const struct held *b)
{
    double largest = -1;
    size_t size = artefact->shape_size;
    for (int shift = -SHIFT_MAX; shift <= SHIFT_MAX; shift++) {
        double sum = 0;
        for (size_t i = SHIFT_MAX; i + SHIFT_MAX < size; i++) {
            sum += (double)a->shape[i] * b->shape[(size_t)((long)i + shift)];
        }
        largest = fmax(largest, sum);
    }
    return largest;
}

/* Of one waveform with two others or more that lie one heart period away or a few. */
static bool has_neighbours(const struct artefact *artefact, const struct held *held)
{
    int alike = 0;
    for (size_t i = 0; i < artefact->count && alike < 2; i++) {
        const struct held *other = &artefact->held[artefact->first + i];
        double distance = fabs(other->burst.onset - held->burst.onset);
        if (other != held && other->shaped && distance >= 0.33 && distance <= NEIGHBOURS &&
            correlation(artefact, held, other) >= ECG_CORRELATION) {
            alike++;
        }
    }
    return alike >= 2;
}

/* The same for a beat whose neighbours are hidden by activity: with the beats before it. */
static bool is_remembered(const struct artefact *artefact, const struct held *held)
{
    int alike = 0;
    size_t kept = artefact->beat_count < BEATS_KEPT ? artefact->beat_count : BEATS_KEPT;
    for (size_t i = 0; i < kept && alike < 2; i++) {
        const struct held *beat = &artefact->beats[i];
        if (fabs(held->burst.onset - beat->burst.onset) <= BEATS_MEMORY &&
            correlation(artefact, held, beat) >= ECG_CORRELATION) {
            alike++;
        }
    }
    return alike >= 2;
}

/* Another wave of a heartbeat beside it, and weaker. */
static bool is_beside_beat(const struct artefact *artefact, const struct held *held)
{
    for (size_t i = 0; i < artefact->count; i++) {
        const struct held *other = &artefact->held[artefact->first + i];
        if (other != held && other->shaped && other->burst.mean > held->burst.mean &&
            fabs(other->burst.onset - held->burst.onset) <= BEAT_WIDTH &&
            has_neighbours(artefact, other)) {
            return true;
        }
    }
    return false;
}

/* Whether sound bursts around have as much evidence for muscle as a burst: then it is a piece of
 * theirs, whatever else moves. */
static bool is_in_company(const struct artefact *artefact, const struct held *held)
{
    double evidence = 0;
    for (size_t i = 0; i < artefact->count; i++) {
        const struct held *other = &artefact->held[artefact->first + i];
        if (other != held && !other->motion && !(other->burst.slowness > SLOW_RATIO) &&
            other->burst.onset < held->burst.offset + COMPANY_REACH &&
            other->burst.offset > held->burst.onset - COMPANY_REACH) {
            evidence += other->burst.evidence;
        }
    }
    return evidence >= held->burst.evidence;
}

static bool is_heartbeat(struct artefact *artefact, const struct held *held)
{
    if (held->shaped && has_neighbours(artefact, held)) {
        artefact->beats[artefact->beat_count++ % BEATS_KEPT] = *held;
        return true;
    }
    return (held->shaped && is_remembered(artefact, held)) ||
           (held->burst.offset - held->burst.onset <= ECG_LONGEST &&
            is_beside_beat(artefact, held));
}

/* Lets go of bursts that no burst still held back will be compared with. */
static void forget(struct artefact *artefact, double onset)
{
    while (artefact->count > 0 && artefact->held[artefact->first].given &&
           onset - artefact->held[artefact->first].burst.onset > NEIGHBOURS) {
        artefact->first++;
        artefact->count--;
    }
}

int artefact_pop(struct artefact *artefact, double now, struct burst *burst)
{
    for (size_t i = 0; i < artefact->count; i++) {
        struct held *held = &artefact->held[artefact->first + i];
        if (held->given) {
            continue;
        }
        if (now - held->burst.offset < ARTEFACT_DELAY) {
            return 0;
        }
        if (held->burst.slowness > SLOW_RATIO || (held->motion && !is_in_company(artefact, held))) {
            held->burst.flags |= BURST_MOTION;
        }
        if (is_heartbeat(artefact, held)) {
            held->burst.flags |= BURST_ECG;
        }
        *burst = held->burst;
        held->given = true;
        forget(artefact, held->burst.onset);
        return 1;
    }
    return 0;
}

double artefact_oldest(const struct artefact *artefact)
{
    for (size_t i = 0; i < artefact->count; i++) {
        const struct held *held = &artefact->held[artefact->first + i];
        if (!held->given) {
            return held->burst.onset;
        }
    }
    return INFINITY;
}
