#include "pipeline/signal/closeup.h"

#include "formats/checked.h"

#include <math.h>

/* One column: extremes and mean energy of bins [first, last). */
static void column(const struct bins *bins, uint64_t first, uint64_t last, struct closeup *closeup,
                   size_t i)
{
    float minimum = NAN, maximum = NAN;
    double sum = 0;
    size_t count = 0;
    for (uint64_t bin = first; bin < last; bin++) {
        float low = bins_minimum(bins, bin), high = bins_maximum(bins, bin);
        float energy = bins_energy(bins, bin);
        minimum = isnan(minimum) || low < minimum ? low : minimum;
        maximum = isnan(maximum) || high > maximum ? high : maximum;
        if (isfinite(energy)) {
            sum += energy;
            count++;
        }
    }
    closeup->minimum[i] = minimum;
    closeup->maximum[i] = maximum;
    closeup->envelope[i] = count ? (float)sqrt(fmax(sum / (double)count, 0)) : NAN;
}

enum status closeup_cut(const struct bins *bins, double bin_rate, double from, double to,
                        double onset, double offset, struct closeup *closeup, struct error *error)
{
    double first = floor(fmax(from, 0) * bin_rate), last = ceil(to * bin_rate);
    double end = (double)(bins->energy_count > bins->extreme_count ? bins->energy_count
                                                                   : bins->extreme_count);
    last = fmin(last, end);
    double per = fmax(1, ceil((last - first) / CLOSEUP_COLUMNS));
    *closeup = (struct closeup){.first = (first + per / 2) / bin_rate, .step = per / bin_rate};
    closeup->count = last > first ? (size_t)ceil((last - first) / per) : 0;
    closeup->minimum = checked_calloc(3 * closeup->count, sizeof *closeup->minimum);
    if (!closeup->minimum) {
        return error_memory(error, "keeping a close-up");
    }
    closeup->maximum = closeup->minimum + closeup->count;
    closeup->envelope = closeup->maximum + closeup->count;
    for (size_t i = 0; i < closeup->count; i++) {
        uint64_t start = (uint64_t)(first + (double)i * per);
        column(bins, start, start + (uint64_t)per, closeup, i);
    }
    closeup_modulation(bins, bin_rate, onset, offset, closeup->modulation);
    return STATUS_OK;
}

void closeup_clear(struct closeup *closeup)
{
    free(closeup->minimum);
    *closeup = (struct closeup){0};
}

void closeup_modulation(const struct bins *bins, double bin_rate, double onset, double offset,
                        float modulation[MODULATION_BINS])
{
    uint64_t first = (uint64_t)(onset * bin_rate);
    double length = fmin(offset - onset, 120) * bin_rate;
    size_t count = length < 4 ? 4 : (size_t)length;
    double mean = 0, squares = 0;
    size_t there = 0;
    for (size_t i = 0; i < count; i++) {
        double energy = bins_energy(bins, first + i);
        if (isfinite(energy)) {
            mean += sqrt(fmax(energy, 0));
            there++;
        }
    }
    mean /= there ? (double)there : 1;
    for (size_t k = 0; k < MODULATION_BINS; k++) {
        double angle = 2 * M_PI * (double)(k + 1) * MODULATION_WIDTH / bin_rate;
        double step_cos = cos(angle), step_sin = sin(angle), c = 1, s = 0, real = 0, imaginary = 0;
        squares = 0;
        for (size_t i = 0; i < count; i++) {
            double energy = bins_energy(bins, first + i);
            double w = 0.5 - 0.5 * cos(2 * M_PI * ((double)i + 0.5) / (double)count);
            double x = isfinite(energy) ? w * (sqrt(fmax(energy, 0)) - mean) : 0;
            real += x * c;
            imaginary += x * s;
            squares += w * w;
            double turned = c * step_cos - s * step_sin;
            s = s * step_cos + c * step_sin;
            c = turned;
        }
        modulation[k] = (float)((real * real + imaginary * imaginary) * 2 / (bin_rate * squares));
    }
}
