#include "formats/delimited/counter.h"

#include <math.h>

/* Without a known modulus a turn is believed when the counter came this close to a power of two,
 * as a share of it, and went on near 0. */
#define TURN_SHARE 64

#define COUNT_MAX 9007199254740992.0 /* 2^53: whole numbers up to here are exact */

static bool is_count(double count)
{
    return count >= 0 && count < COUNT_MAX && count == floor(count);
}

/* Steps that a counter of that modulus and step explains. */
static size_t explained(const double *counts, size_t count, uint64_t modulus, uint64_t step)
{
    size_t steps = 0;
    for (size_t i = 1; i < count; i++) {
        if (!is_count(counts[i]) || !is_count(counts[i - 1])) {
            continue;
        }
        uint64_t a = (uint64_t)counts[i - 1], b = (uint64_t)counts[i];
        steps += b < a && b + modulus - a == step;
    }
    return steps;
}

/* The smallest step among 1 to 4 that is more than an exception: where packets get lost, larger
 * ones may be more frequent. *zeros and *ahead are how often it was 0, and that. */
static uint64_t usual_step(const double *counts, size_t count, size_t *zeros, size_t *ahead)
{
    size_t steps[5] = {0}, sum = 0;
    for (size_t i = 1; i < count; i++) {
        double step = counts[i] - counts[i - 1];
        if (step >= 0 && step <= 4 && step == floor(step)) {
            steps[(size_t)step]++;
            sum += step > 0;
        }
    }
    size_t best = 1;
    while (best < 4 && steps[best] * 20 <= sum) {
        best++;
    }
    best = steps[best] * 20 > sum ? best : 1;
    *zeros = steps[0];
    *ahead = steps[best];
    return best;
}

void text_counter_learn(struct text_counter *counter, const double *counts, size_t count,
                        const uint64_t *moduli)
{
    size_t zeros, ahead, best = 0;
    double largest = 0;
    *counter = (struct text_counter){.per_count = 1};
    counter->step = usual_step(counts, count, &zeros, &ahead);
    counter->per_count = zeros >= 3 && 2 * zeros > ahead ? 2 : 1;
    for (size_t i = 0; i < count; i++) {
        largest = is_count(counts[i]) ? fmax(largest, counts[i]) : largest;
    }
    for (size_t m = 0; moduli[m]; m++) {
        size_t turns =
            (double)moduli[m] > largest ? explained(counts, count, moduli[m], counter->step) : 0;
        if (turns > best) {
            best = turns;
            counter->modulus = moduli[m];
        }
    }
}

/* The power of two that the counter has just passed; 0: it did not turn. */
static uint64_t turned_at(uint64_t previous, uint64_t now)
{
    for (unsigned bits = 4; bits <= 32; bits++) {
        uint64_t modulus = (uint64_t)1 << bits;
        uint64_t near = modulus / TURN_SHARE ? modulus / TURN_SHARE : 1;
        if (previous < modulus && modulus - previous <= near && now < near) {
            return modulus;
        }
    }
    return 0;
}

enum text_count text_counter_tick(struct text_counter *counter, double count, uint64_t *lost)
{
    *lost = 0;
    if (!is_count(count)) {
        counter->previous += counter->step; /* what it should have been */
        counter->previous %= counter->modulus ? counter->modulus : UINT64_MAX;
        counter->seen = 1;
        return COUNT_REGULAR;
    }
    uint64_t now = (uint64_t)count, previous = counter->previous;
    counter->previous = now;
    if (!counter->started) {
        counter->started = true;
        counter->seen = counter->per_count; /* of the first count all but one may be missing */
        return COUNT_REGULAR;
    }
    if (now == previous) {
        counter->seen++;
        return counter->seen > counter->per_count && counter->per_count == 1 ? COUNT_REPEATED
                                                                             : COUNT_REGULAR;
    }
    unsigned seen = counter->seen;
    counter->seen = 1;
    uint64_t ahead = now - previous;
    if (now < previous) {
        uint64_t modulus = counter->modulus ? counter->modulus : turned_at(previous, now);
        if (previous >= modulus) {
            return COUNT_RESTARTED;
        }
        ahead = now + modulus - previous;
    }
    uint64_t counts = (ahead + counter->step - 1) / counter->step;
    unsigned short_of = seen < counter->per_count ? counter->per_count - seen : 0;
    *lost = (counts - 1) * counter->per_count + short_of;
    return COUNT_REGULAR;
}
