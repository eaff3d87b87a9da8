#include "pipeline/signal/theil_sen.h"

#include "formats/checked.h"
#include "pipeline/signal/inversions.h"

#include <math.h>
#include <string.h>

#define LIST_MINIMUM 8192 /* slopes that may be listed at once, at least */
#define SAMPLE_SIZE  4096 /* slopes that start the search */
#define PROBES_MAX   256

/* A slope m at which the others were counted. */
struct probe {
    double slope;
    uint64_t below, up_to; /* slopes < m and ≤ m */
};

struct theil_sen {
    const double *value;
    double *time; /* about their middle; owned, and all below */
    size_t count;
    uint64_t pairs;
    double *rotated, *scratch; /* y − m t */
    struct inversion_item *items, *item_scratch;
    double lowest, highest; /* all slopes lie between, by more than rounding */

    double *list; /* slopes of rank first … first + listed − 1, ascending */
    size_t list_capacity, listed;
    uint64_t first;

    double *sample; /* ascending; NULL when all slopes are listed */
    size_t sample_count;
    struct probe probes[PROBES_MAX]; /* ascending */
    size_t probe_count;
};

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double pair_slope(const struct theil_sen *ts, size_t i, size_t j)
{
    return (ts->value[j] - ts->value[i]) / (ts->time[j] - ts->time[i]);
}

static void list_all(struct theil_sen *ts)
{
    for (size_t i = 0; i < ts->count; i++) {
        for (size_t j = i + 1; j < ts->count; j++) {
            ts->list[ts->listed++] = pair_slope(ts, i, j);
        }
    }
    qsort(ts->list, ts->listed, sizeof(*ts->list), compare);
}

/* Pairs by a fixed linear congruence (Knuth's MMIX constants). */
static void draw_sample(struct theil_sen *ts)
{
    uint64_t state = 1;
    while (ts->sample_count < SAMPLE_SIZE) {
        size_t index[2];
        for (int k = 0; k < 2; k++) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            index[k] = (size_t)((state >> 32) * ts->count >> 32);
        }
        if (index[0] != index[1]) {
            ts->sample[ts->sample_count++] = pair_slope(ts, index[0], index[1]);
        }
    }
    qsort(ts->sample, ts->sample_count, sizeof(*ts->sample), compare);
}

static bool allocate(struct theil_sen *ts)
{
    size_t n = ts->count;
    ts->time = checked_calloc(n, sizeof(*ts->time));
    if (ts->pairs <= LIST_MINIMUM) {
        ts->list = checked_calloc((size_t)ts->pairs, sizeof(*ts->list));
        return ts->time && ts->list;
    }
    if (!checked_multiply(n, 4, &ts->list_capacity)) {
        return false;
    }
    if (ts->list_capacity < LIST_MINIMUM) {
        ts->list_capacity = LIST_MINIMUM;
    }
    ts->list = checked_calloc(ts->list_capacity, sizeof(*ts->list));
    ts->rotated = checked_calloc(n, sizeof(*ts->rotated));
    ts->scratch = checked_calloc(n, sizeof(*ts->scratch));
    ts->items = checked_calloc(n, sizeof(*ts->items));
    ts->item_scratch = checked_calloc(n, sizeof(*ts->item_scratch));
    ts->sample = checked_calloc(SAMPLE_SIZE, sizeof(*ts->sample));
    return ts->time && ts->list && ts->rotated && ts->scratch && ts->items && ts->item_scratch &&
           ts->sample;
}

/* Any slope is a weighted mean of those between neighbours. */
static void find_bounds(struct theil_sen *ts)
{
    double largest = 0, shortest = INFINITY;
    ts->lowest = INFINITY;
    ts->highest = -INFINITY;
    for (size_t i = 1; i < ts->count; i++) {
        double slope = pair_slope(ts, i - 1, i);
        ts->lowest = fmin(ts->lowest, slope);
        ts->highest = fmax(ts->highest, slope);
        largest = fmax(largest, fmax(fabs(ts->value[i - 1]), fabs(ts->value[i])));
        shortest = fmin(shortest, ts->time[i] - ts->time[i - 1]);
    }
    double margin = 0.01 * (ts->highest - ts->lowest) + 1e-9 * largest / shortest;
    ts->lowest -= margin;
    ts->highest += margin;
}

enum status theil_sen_create(const double *time, const double *value, size_t count,
                             struct theil_sen **theil_sen, struct error *error)
{
    struct theil_sen *ts = checked_calloc(1, sizeof(*ts));
    if (ts) {
        ts->value = value;
        ts->count = count;
        ts->pairs = (uint64_t)count * (count - 1) / 2;
    }
    if (!ts || !allocate(ts)) {
        theil_sen_destroy(ts);
        return error_memory(error, "fitting a Theil-Sen slope");
    }
    /* About the middle, where y − m t keeps the most digits. */
    double middle = time[0] + (time[count - 1] - time[0]) / 2;
    for (size_t i = 0; i < count; i++) {
        ts->time[i] = time[i] - middle;
    }
    find_bounds(ts);
    if (ts->pairs <= LIST_MINIMUM) {
        list_all(ts);
    } else {
        draw_sample(ts);
    }
    *theil_sen = ts;
    return STATUS_OK;
}

void theil_sen_destroy(struct theil_sen *theil_sen)
{
    if (!theil_sen) {
        return;
    }
    free(theil_sen->time);
    free(theil_sen->rotated);
    free(theil_sen->scratch);
    free(theil_sen->items);
    free(theil_sen->item_scratch);
    free(theil_sen->list);
    free(theil_sen->sample);
    free(theil_sen);
}

uint64_t theil_sen_pairs(const struct theil_sen *theil_sen)
{
    return theil_sen->pairs;
}

static struct probe count_slopes(struct theil_sen *ts, double slope)
{
    for (size_t i = 0; i < ts->count; i++) {
        ts->rotated[i] = ts->value[i] - slope * ts->time[i];
    }
    struct probe probe = {.slope = slope};
    probe.below = inversions_count(ts->rotated, ts->count, ts->scratch);
    probe.up_to = probe.below + inversions_ties(ts->rotated, ts->count);
    return probe;
}

static void keep_probe(struct theil_sen *ts, struct probe probe)
{
    if (ts->probe_count == PROBES_MAX) {
        return;
    }
    size_t at = ts->probe_count++;
    for (; at > 0 && ts->probes[at - 1].slope > probe.slope; at--) {
        ts->probes[at] = ts->probes[at - 1];
    }
    ts->probes[at] = probe;
}

static bool list_slope(uint32_t i, uint32_t j, void *context)
{
    struct theil_sen *ts = context;
    if (ts->listed == ts->list_capacity) {
        return false;
    }
    ts->list[ts->listed++] = pair_slope(ts, i, j);
    return true;
}

static int compare_items(const void *a, const void *b)
{
    const struct inversion_item *x = a, *y = b;
    if (x->value != y->value) {
        return x->value < y->value ? -1 : 1;
    }
    /* Later ones first: pairs whose slope is the lower bound itself are no inversions. */
    return (x->index < y->index) - (x->index > y->index);
}

/* Lists the slopes strictly between two probes: pairs that the upper one has out of the order that
 * the lower one brings about. */
static bool list_between(struct theil_sen *ts, struct probe low, struct probe high)
{
    ts->listed = 0;
    ts->first = low.up_to;
    for (size_t i = 0; i < ts->count; i++) {
        ts->items[i] = (struct inversion_item){.value = ts->value[i] - low.slope * ts->time[i],
                                               .index = (uint32_t)i};
    }
    qsort(ts->items, ts->count, sizeof(*ts->items), compare_items);
    for (size_t i = 0; i < ts->count; i++) {
        uint32_t index = ts->items[i].index;
        ts->items[i].value = ts->value[index] - high.slope * ts->time[index];
    }
    if (!inversions_list(ts->items, ts->count, ts->item_scratch, list_slope, ts)) {
        ts->listed = 0;
        return false;
    }
    qsort(ts->list, ts->listed, sizeof(*ts->list), compare);
    return true;
}

/* The double in the middle between two, counted in representable numbers: ends any search after
 * some 64 steps. */
static double middle_double(double low, double high)
{
    int64_t bits[2];
    const double bounds[2] = {low, high};
    memcpy(bits, bounds, sizeof(bits));
    for (int k = 0; k < 2; k++) {
        bits[k] = bits[k] < 0 ? INT64_MIN - bits[k] : bits[k];
    }
    int64_t middle = (bits[0] & bits[1]) + ((bits[0] ^ bits[1]) >> 1);
    middle = middle < 0 ? INT64_MIN - middle : middle;
    double value;
    memcpy(&value, &middle, sizeof(value));
    return value;
}

/* Where to count next, between two probes of which the first lies at or below rank k. */
static double next_slope(const struct theil_sen *ts, struct probe low, struct probe high,
                         uint64_t k, int step)
{
    if (low.slope < 0 && high.slope > 0 && step == 0) {
        return 0; /* values that are equal give slopes that are exactly 0 */
    }
    if (step < 4) {
        /* Two order statistics of the sample that are likely to enclose rank k. */
        double at = (double)k / (double)ts->pairs * (double)ts->sample_count;
        at += (step % 2 ? 1 : -1) * sqrt((double)ts->sample_count) / (step < 2 ? 3 : 30);
        at = fmin(fmax(at, 0), (double)ts->sample_count - 1);
        double slope = ts->sample[(size_t)at];
        if (slope > low.slope && slope < high.slope) {
            return slope;
        }
    }
    double slope = NAN;
    if (step < 40 && step % 4 != 3) {
        /* Along the chord, aimed a little past k on either side in turn, so that both close in. */
        double span = (double)(high.below - low.up_to);
        double margin = 0.3 * fmin((double)ts->list_capacity, span);
        double aim = (double)(k - low.up_to) + (step % 2 ? margin : -margin);
        slope = low.slope + (high.slope - low.slope) * fmin(fmax(aim / span, 0.001), 0.999);
    } else if (step < 40) {
        slope = low.slope + (high.slope - low.slope) / 2;
    }
    return slope > low.slope && slope < high.slope ? slope : middle_double(low.slope, high.slope);
}

double theil_sen_select(struct theil_sen *theil_sen, uint64_t k)
{
    struct theil_sen *ts = theil_sen;
    struct probe low = {.slope = ts->lowest};
    struct probe high = {.slope = ts->highest, .below = ts->pairs, .up_to = ts->pairs};
    if (k >= ts->first && k - ts->first < ts->listed) {
        return ts->list[k - ts->first];
    }
    for (size_t i = 0; i < ts->probe_count; i++) {
        if (ts->probes[i].up_to <= k) {
            low = ts->probes[i];
        } else if (ts->probes[i].below > k && ts->probes[i].below < high.below) {
            high = ts->probes[i];
        } else if (ts->probes[i].below <= k) {
            return ts->probes[i].slope;
        }
    }
    for (int step = 0;; step++) {
        if (high.below - low.up_to <= ts->list_capacity && list_between(ts, low, high) &&
            ts->listed > 0) {
            /* Rounding at the bounds may have moved a pair across. */
            uint64_t at = k - ts->first;
            return ts->list[at < ts->listed ? at : ts->listed - 1];
        }
        double slope = next_slope(ts, low, high, k, step);
        if (!(slope > low.slope && slope < high.slope)) {
            return high.slope;
        }
        struct probe probe = count_slopes(ts, slope);
        keep_probe(ts, probe);
        if (probe.up_to <= k) {
            low = probe;
        } else if (probe.below > k) {
            high = probe;
        } else {
            return slope;
        }
    }
}

double theil_sen_slope(struct theil_sen *theil_sen)
{
    uint64_t pairs = theil_sen->pairs;
    double low = theil_sen_select(theil_sen, (pairs - 1) / 2);
    double high = theil_sen_select(theil_sen, pairs / 2);
    return low + (high - low) / 2;
}

void theil_sen_interval(struct theil_sen *theil_sen, double critical, double *low, double *high)
{
    double rank = fmax(1, round(((double)theil_sen->pairs - critical) / 2));
    uint64_t k = (uint64_t)rank - 1;
    *low = theil_sen_select(theil_sen, k);
    *high = theil_sen_select(theil_sen, theil_sen->pairs - 1 - k);
}
