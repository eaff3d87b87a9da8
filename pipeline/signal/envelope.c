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

size_t envelope_high_lag(double rate)
{
    double lag = round(rate / 1000);
    return lag < 1 ? 1 : lag > ENVELOPE_LAG_MAX ? ENVELOPE_LAG_MAX : (size_t)lag;
}

double envelope_gain(const struct envelope *envelope, double rate, double frequency)
{
    double sine = sin(2 * M_PI * frequency * (double)envelope->lag / rate);
    return envelope->operator_ == ENVELOPE_TEAGER ? 2 * sine * sine : 1;
}

double envelope_high_gain(const struct envelope *envelope, double rate, double frequency)
{
    double gain = 1 - cos(2 * M_PI * frequency * (double)envelope->high_lag / rate);
    return gain * gain;
}

/* Where the bins of one push go. */
struct outputs {
    float *energy, *square, *high;
};

static void end_bin(struct envelope *envelope, const struct outputs *to, size_t bin)
{
    double mean = envelope->sum / (double)envelope->in_bin;
    to->energy[bin] = (float)(envelope->operator_ == ENVELOPE_HODGES ? mean * mean : mean);
    to->square[bin] = (float)(envelope->squares / (double)envelope->in_bin);
    to->high[bin] = (float)(envelope->highs / (double)envelope->in_bin);
    envelope->sum = envelope->squares = envelope->highs = 0;
    envelope->in_bin = 0;
}

static size_t wrapped(size_t place, size_t span)
{
    return place >= span ? place - span : place;
}

/* Adds the sample `lag` back; true when that completes a bin. At the start, where there is no
 * sample 2·lag back, the oldest there is stands in. */
static bool push_sample(struct envelope *envelope, float y)
{
    size_t lag = envelope->lag, span = 2 * lag, place = envelope->place;
    float *history = envelope->history;
    bool complete = false;
    if (envelope->history_count >= lag) {
        size_t middle = wrapped(place + lag, span), q = envelope->high_lag;
        size_t oldest = envelope->history_count < span ? 0 : place;
        size_t before = envelope->history_count < span ? oldest : wrapped(middle + span - q, span);
        float centre = history[middle], square = centre * centre;
        float after = q < lag ? history[wrapped(middle + q, span)] : y;
        float bend = centre - 0.5f * (history[before] + after);
        envelope->sum += envelope->operator_ == ENVELOPE_TEAGER   ? square - history[oldest] * y
                         : envelope->operator_ == ENVELOPE_HODGES ? fabsf(centre)
                                                                  : square;
        envelope->squares += square;
        envelope->highs += bend * bend;
        complete = ++envelope->in_bin == envelope->bin_size;
    }
    history[place] = y;
    envelope->place = wrapped(place + 1, span);
    envelope->history_count += envelope->history_count < span;
    return complete;
}

size_t envelope_push(struct envelope *envelope, const float *y, size_t count, float *energy,
                     float *square, float *high)
{
    const struct outputs to = {energy, square, high};
    size_t bins = 0;
    for (size_t i = 0; i < count; i++) {
        if (push_sample(envelope, y[i])) {
            end_bin(envelope, &to, bins++);
        }
    }
    return bins;
}

size_t envelope_finish(struct envelope *envelope, float *energy, float *square, float *high)
{
    const struct outputs to = {energy, square, high};
    size_t bins = 0;
    if (envelope->history_count > 0) {
        size_t span = 2 * envelope->lag;
        size_t left =
            envelope->history_count < envelope->lag ? envelope->history_count : envelope->lag;
        float last = envelope->history[wrapped(envelope->place + span - 1, span)];
        for (size_t i = 0; i < left; i++) {
            if (push_sample(envelope, last)) {
                end_bin(envelope, &to, bins++);
            }
        }
    }
    if (2 * envelope->in_bin >= envelope->bin_size && envelope->in_bin > 0) {
        end_bin(envelope, &to, bins++);
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
