#include "pipeline/signal/envelope.h"

#include <math.h>

size_t envelope_bin_size(double rate)
{
    double size = round(rate * 0.004);
    return size < 1 ? 1 : (size_t)size;
}

size_t envelope_lag(double rate)
{
    double lag = round(rate / 400);
    return lag < 1 ? 1 : lag > ENVELOPE_LAG_MAX ? ENVELOPE_LAG_MAX : (size_t)lag;
}

/* Adds one sample's contribution; true when that completes a bin. */
static bool add(struct envelope *envelope, float value, float square, float *energy,
                float *mean_square)
{
    envelope->sum += value;
    envelope->squares += square;
    if (++envelope->in_bin < envelope->bin_size) {
        return false;
    }
    double mean = envelope->sum / (double)envelope->in_bin;
    *energy = (float)(envelope->operator_ == ENVELOPE_HODGES ? mean * mean : mean);
    *mean_square = (float)(envelope->squares / (double)envelope->in_bin);
    envelope->sum = envelope->squares = 0;
    envelope->in_bin = 0;
    return true;
}

/* Teager–Kaiser of the sample `lag` back. At the start, where there is no sample 2·lag back, the
 * oldest there is stands in. */
static bool push_teager(struct envelope *envelope, float y, float *energy, float *square)
{
    size_t span = 2 * envelope->lag;
    float *history = envelope->history;
    bool complete = false;
    if (envelope->history_count >= envelope->lag) {
        size_t middle = (envelope->place + span - envelope->lag) % span;
        size_t oldest = envelope->history_count < span ? 0 : envelope->place;
        float centre = history[middle];
        complete =
            add(envelope, centre * centre - history[oldest] * y, centre * centre, energy, square);
    }
    history[envelope->place] = y;
    envelope->place = (envelope->place + 1) % span;
    envelope->history_count += envelope->history_count < span;
    return complete;
}

size_t envelope_push(struct envelope *envelope, const float *y, size_t count, float *energy,
                     float *square)
{
    size_t bins = 0;
    for (size_t i = 0; i < count; i++) {
        bool complete;
        if (envelope->operator_ == ENVELOPE_TEAGER) {
            complete = push_teager(envelope, y[i], energy + bins, square + bins);
        } else {
            float value = envelope->operator_ == ENVELOPE_HODGES ? fabsf(y[i]) : y[i] * y[i];
            complete = add(envelope, value, y[i] * y[i], energy + bins, square + bins);
        }
        bins += complete;
    }
    return bins;
}

size_t envelope_finish(struct envelope *envelope, float *energy, float *square)
{
    size_t bins = 0;
    if (envelope->operator_ == ENVELOPE_TEAGER && envelope->history_count > 0) {
        size_t span = 2 * envelope->lag;
        size_t left =
            envelope->history_count < envelope->lag ? envelope->history_count : envelope->lag;
        float last = envelope->history[(envelope->place + span - 1) % span];
        for (size_t i = 0; i < left; i++) {
            bins += push_teager(envelope, last, energy + bins, square + bins);
        }
    }
    if (2 * envelope->in_bin >= envelope->bin_size && envelope->in_bin > 0) {
        double mean = envelope->sum / (double)envelope->in_bin;
        double mean_square = envelope->squares / (double)envelope->in_bin;
        envelope->in_bin = 0;
        energy[bins] = (float)(envelope->operator_ == ENVELOPE_HODGES ? mean * mean : mean);
        square[bins] = (float)mean_square;
        bins++;
    }
    return bins;
}

size_t extremes_push(struct extremes *extremes, const float *x, size_t count, float *minimum,
                     float *maximum)
{
    size_t bins = 0;
    for (size_t i = 0; i < count; i++) {
        if (extremes->in_bin == 0) {
            extremes->minimum = extremes->maximum = x[i];
        } else if (isnan(x[i])) {
            extremes->minimum = extremes->maximum = NAN;
        } else if (x[i] < extremes->minimum) {
            extremes->minimum = x[i];
        } else if (x[i] > extremes->maximum) {
            extremes->maximum = x[i];
        }
        if (++extremes->in_bin == extremes->bin_size) {
            minimum[bins] = extremes->minimum;
            maximum[bins] = extremes->maximum;
            bins++;
            extremes->in_bin = 0;
        }
    }
    return bins;
}

size_t extremes_finish(struct extremes *extremes, float *minimum, float *maximum)
{
    if (2 * extremes->in_bin < extremes->bin_size || extremes->in_bin == 0) {
        return 0;
    }
    minimum[0] = extremes->minimum;
    maximum[0] = extremes->maximum;
    extremes->in_bin = 0;
    return 1;
}
