#include "pipeline/signal/spectrum.h"

#include "formats/checked.h"
#include "pipeline/signal/fft.h"

#include <math.h>

#define BINS_LEAST 3

static void mark_mains(const struct spectrum_design *design, struct spectrum_plan *plan)
{
    for (int h = 1; h <= 64 && design->mains > 0; h++) {
        if (!(design->mains_mask >> (h - 1) & 1)) {
            continue;
        }
        for (size_t k = plan->bin_low; k <= plan->bin_high; k++) {
            double distance = fabs((double)k * plan->bin_width - h * design->mains);
            if (distance <= design->mains_half_width * (1 + 1e-9) && !plan->excised[k]) {
                plan->excised[k] = 1;
                plan->excised_count++;
            }
        }
    }
}

static void mark_band(const struct spectrum_design *design, struct spectrum_plan *plan)
{
    plan->bin_low = plan->bin_count;
    plan->bin_high = 0;
    for (size_t k = 1; k < plan->bin_count && 2 * k < plan->segment_size; k++) {
        double frequency = (double)k * plan->bin_width;
        if (frequency >= design->band[0] * (1 - 1e-9) &&
            frequency <= design->band[1] * (1 + 1e-9)) {
            plan->bin_low = k < plan->bin_low ? k : plan->bin_low;
            plan->bin_high = k;
        }
    }
}

enum status spectrum_plan_create(const struct spectrum_design *design, struct spectrum_plan *plan,
                                 struct error *error)
{
    *plan = (struct spectrum_plan){0};
    double epoch = round(design->epoch * design->rate);
    double segment = round(design->segment * design->rate);
    if (!(segment >= 4) || !(epoch >= segment) || epoch > 1e8) {
        return error_set(error, STATUS_FAILED,
                         "an epoch of %g s at %g Hz has too few samples for a spectrum; use a "
                         "longer --epoch and --segment",
                         design->epoch, design->rate);
    }
    plan->epoch_size = (size_t)epoch;
    plan->segment_size = (size_t)segment;
    double step = round(segment * (1 - design->overlap));
    plan->segment_step = step < 1 ? 1 : (size_t)step;
    plan->segment_count = (plan->epoch_size - plan->segment_size) / plan->segment_step + 1;
    plan->bin_count = plan->segment_size / 2 + 1;
    plan->bin_width = design->rate / segment;
    plan->window = checked_calloc(plan->segment_size, sizeof *plan->window);
    plan->excised = checked_calloc(plan->bin_count, 1);
    plan->fft = fft_create(plan->segment_size);
    if (!plan->window || !plan->excised || !plan->fft) {
        spectrum_plan_clear(plan);
        return error_memory(error, "planning spectra");
    }
    double squares = 0;
    for (size_t i = 0; i < plan->segment_size; i++) {
        double w = 0.5 - 0.5 * cos(2 * M_PI * (double)i / segment);
        plan->window[i] = (float)w;
        squares += w * w;
    }
    plan->scale = 2 / (design->rate * squares * (double)plan->segment_count);
    mark_band(design, plan);
    mark_mains(design, plan);
    size_t bins = plan->bin_low <= plan->bin_high ? plan->bin_high - plan->bin_low + 1 : 0;
    if (bins < BINS_LEAST || bins - plan->excised_count < BINS_LEAST) {
        error_set(error, STATUS_FAILED,
                  "at %g Hz and with segments of %g s, %zu bins of %g Hz lie in the band, %zu of "
                  "them under mains, too few for a spectrum; use a longer --segment, a wider "
                  "--band, or --mains off",
                  design->rate, design->segment, bins, plan->bin_width, plan->excised_count);
        spectrum_plan_clear(plan);
        return STATUS_FAILED;
    }
    return STATUS_OK;
}

void spectrum_plan_clear(struct spectrum_plan *plan)
{
    fft_destroy(plan->fft);
    free(plan->window);
    free(plan->excised);
    *plan = (struct spectrum_plan){0};
}

size_t spectrum_scratch(const struct spectrum_plan *plan)
{
    /* The windowed segment, padded so that the spectrum behind it is aligned too. */
    return (plan->segment_size + 15) / 16 * 16 + 2 * plan->bin_count;
}

void spectrum_compute(const struct spectrum_plan *plan, const float *x, float *scratch,
                      float *density)
{
    float *segment = scratch;
    float *transform = scratch + (plan->segment_size + 15) / 16 * 16;
    double sum = 0;
    for (size_t i = 0; i < plan->epoch_size; i++) {
        sum += x[i];
    }
    const float mean = (float)(sum / (double)plan->epoch_size);
    const float scale = (float)plan->scale;
    for (size_t k = 0; k < plan->bin_count; k++) {
        density[k] = 0;
    }
    for (size_t s = 0; s < plan->segment_count; s++) {
        const float *from = x + s * plan->segment_step;
        for (size_t i = 0; i < plan->segment_size; i++) {
            segment[i] = (from[i] - mean) * plan->window[i];
        }
        fft_forward(plan->fft, segment, transform);
        for (size_t k = 0; k < plan->bin_count; k++) {
            density[k] +=
                transform[2 * k] * transform[2 * k] + transform[2 * k + 1] * transform[2 * k + 1];
        }
    }
    for (size_t k = 0; k < plan->bin_count; k++) {
        density[k] *= scale;
    }
    density[0] /= 2;
    if (plan->segment_size % 2 == 0) {
        density[plan->bin_count - 1] /= 2;
    }
}

/* Mean density of up to two kept bins of the band next to `edge`, going by `direction`. 0 when
 * there are none. */
static double beside(const struct spectrum_plan *plan, const float *density, size_t edge,
                     int direction)
{
    double sum = 0;
    int count = 0;
    for (size_t step = 1; step <= 2; step++) {
        if (direction < 0 && edge < plan->bin_low + step) {
            break;
        }
        size_t k = direction < 0 ? edge - step : edge + step;
        if (k > plan->bin_high || plan->excised[k]) {
            break;
        }
        sum += density[k];
        count++;
    }
    return count ? sum / count : 0;
}

double spectrum_bridge(const struct spectrum_plan *plan, float *density)
{
    double total = 0, before = 0, after = 0;
    for (size_t k = plan->bin_low; k <= plan->bin_high; k++) {
        total += density[k];
        before += plan->excised[k] ? density[k] : 0;
    }
    for (size_t k = plan->bin_low; k <= plan->bin_high; k++) {
        if (!plan->excised[k]) {
            continue;
        }
        size_t last = k;
        while (last < plan->bin_high && plan->excised[last + 1]) {
            last++;
        }
        double left = beside(plan, density, k, -1), right = beside(plan, density, last, 1);
        left = left > 0 ? left : right;
        right = right > 0 ? right : left;
        double span = (double)(last - k) + 3; /* between the centres of the pairs on each side */
        for (size_t i = k; i <= last; i++) {
            double part = ((double)(i - k) + 1.5) / span;
            density[i] = left > 0 ? (float)exp(log(left) + part * (log(right) - log(left))) : 0.0f;
        }
        k = last;
    }
    for (size_t k = plan->bin_low; k <= plan->bin_high; k++) {
        after += plan->excised[k] ? density[k] : 0;
    }
    return total > 0 && before > after ? (before - after) / total : 0;
}

double spectrum_lines(const struct spectrum_plan *plan, const float *density, double base)
{
    double total = 0, lines = 0;
    for (size_t k = plan->bin_low; k <= plan->bin_high; k++) {
        total += density[k];
    }
    for (double f = base; f < ((double)plan->bin_high + 0.5) * plan->bin_width; f += base) {
        size_t centre = (size_t)llround(f / plan->bin_width);
        if (centre < plan->bin_low + 3 || centre + 3 > plan->bin_high) {
            continue;
        }
        double peak = 0, around = 0;
        for (size_t k = centre - 1; k <= centre + 1; k++) {
            peak += density[k];
        }
        around =
            density[centre - 3] + density[centre - 2] + density[centre + 2] + density[centre + 3];
        /* Noise alone does not make three bins twice as high as their neighbours' mean. */
        lines += peak > 1.5 * around ? peak - 0.75 * around : 0;
    }
    return total > 0 ? lines / total : 0;
}
