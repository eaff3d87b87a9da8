#include "pipeline/signal/mains.h"

#include "formats/checked.h"
#include "pipeline/signal/fft.h"
#include "pipeline/signal/statistics.h"

#include <math.h>
#include <string.h>

#define SEGMENT_SECONDS 4.0
#define SEGMENTS_MAX    64

/* Density by bin (arbitrary scale, squared units per bin) as the median over segments. */
struct line_spectrum {
    size_t segment, bins, segments;
    float *x, *transform;
    double *densities; /* segments × bins */
    double *median;    /* bins */
    struct fft *fft;
};

static void clear(struct line_spectrum *spectrum)
{
    fft_free(spectrum->x);
    fft_free(spectrum->transform);
    free(spectrum->densities);
    free(spectrum->median);
    fft_destroy(spectrum->fft);
}

static enum status prepare(struct line_spectrum *spectrum, size_t count, double rate,
                           struct error *error)
{
    double wanted = fmin(SEGMENT_SECONDS * rate, (double)count);
    *spectrum = (struct line_spectrum){.segment = (size_t)wanted};
    spectrum->bins = spectrum->segment / 2 + 1;
    size_t step = spectrum->segment / 2 ? spectrum->segment / 2 : 1;
    spectrum->segments = (count - spectrum->segment) / step + 1;
    if (spectrum->segments > SEGMENTS_MAX) {
        spectrum->segments = SEGMENTS_MAX;
    }
    spectrum->x = fft_allocate(spectrum->segment);
    spectrum->transform = fft_allocate(2 * spectrum->bins);
    spectrum->densities =
        checked_calloc(spectrum->segments * spectrum->bins, sizeof *spectrum->densities);
    spectrum->median = checked_calloc(spectrum->bins, sizeof *spectrum->median);
    spectrum->fft = fft_create(spectrum->segment);
    if (!spectrum->x || !spectrum->transform || !spectrum->densities || !spectrum->median ||
        !spectrum->fft) {
        return error_memory(error, "looking for mains");
    }
    return STATUS_OK;
}

static void compute(struct line_spectrum *spectrum, const float *x)
{
    size_t segment = spectrum->segment, bins = spectrum->bins;
    size_t step = segment / 2 ? segment / 2 : 1;
    double column[SEGMENTS_MAX];
    for (size_t s = 0; s < spectrum->segments; s++) {
        const float *from = x + s * step;
        double mean = 0, there = 0;
        for (size_t i = 0; i < segment; i++) {
            mean += isfinite(from[i]) ? from[i] : 0;
            there += isfinite(from[i]);
        }
        mean /= there > 0 ? there : 1;
        for (size_t i = 0; i < segment; i++) {
            double w = 0.5 - 0.5 * cos(2 * M_PI * (double)i / (double)segment);
            spectrum->x[i] = isfinite(from[i]) ? (float)(w * (from[i] - mean)) : 0;
        }
        fft_forward(spectrum->fft, spectrum->x, spectrum->transform);
        for (size_t k = 0; k < bins; k++) {
            double real = spectrum->transform[2 * k], imaginary = spectrum->transform[2 * k + 1];
            /* Window power 3/8: a sine of power P shows P summed over its bins. */
            spectrum->densities[s * bins + k] = (real * real + imaginary * imaginary) * 2 /
                                                (0.375 * (double)segment * (double)segment);
        }
    }
    for (size_t k = 0; k < bins; k++) {
        for (size_t s = 0; s < spectrum->segments; s++) {
            column[s] = spectrum->densities[s * bins + k];
        }
        spectrum->median[k] = statistics_median(column, spectrum->segments);
    }
}

/* Power of the line at `frequency` above its surroundings; 0 when there is none. */
static double line_power(const struct line_spectrum *spectrum, double rate, double frequency)
{
    double around[256], width = rate / (double)spectrum->segment, peak = 0, sum = 0;
    size_t count = 0, inside = 0;
    for (size_t k = 1; k < spectrum->bins; k++) {
        double distance = fabs((double)k * width - frequency);
        if (distance <= fmax(1, 1.01 * width)) {
            peak = fmax(peak, spectrum->median[k]);
            sum += spectrum->median[k];
            inside++;
        } else if (distance >= 2 && distance <= 8 && count < 256) {
            around[count++] = spectrum->median[k];
        }
    }
    double background = statistics_median(around, count);
    /* A median of few segments of noise scatters more: ask for more of a lone periodogram. */
    double ratio = MAINS_RATIO * (spectrum->segments < 5 ? 3 : 1);
    if (count < 4 || inside == 0 || !(peak > ratio * background)) {
        return 0;
    }
    return fmax(sum - (double)inside * background, 0);
}

enum status mains_detect(const float *x, size_t count, double rate, double high,
                         struct mains_lines *lines, struct error *error)
{
    static const double bases[2] = {50, 60};
    struct line_spectrum spectrum = {0};
    *lines = (struct mains_lines){{0}, {0}};
    if ((double)count < rate || rate < 110) {
        return STATUS_OK; /* too short or too slow to tell a line */
    }
    enum status status = prepare(&spectrum, count, rate, error);
    if (status == STATUS_OK) {
        compute(&spectrum, x);
        for (int b = 0; b < 2; b++) {
            for (int h = 1; h <= 64 && h * bases[b] <= fmin(high, rate / 2 - 2); h++) {
                double power = line_power(&spectrum, rate, h * bases[b]);
                if (power > 0) {
                    lines->mask[b] |= 1ULL << (h - 1);
                    lines->power[b] += power;
                }
            }
        }
    }
    clear(&spectrum);
    return status;
}

double mains_decide(const struct mains_lines *lines, size_t count, double known)
{
    double power[2] = {0, 0};
    for (size_t c = 0; c < count; c++) {
        for (int b = 0; b < 2; b++) {
            /* 300 Hz is a harmonic of both: a base is believed when another line says so too. */
            bool other = (lines[c].mask[b] & (b ? ~(1ULL << 4) : ~(1ULL << 5))) != 0;
            power[b] += other ? lines[c].power[b] : 0;
        }
    }
    if (known == 50 || known == 60) {
        return power[known == 60] > 0 ? known : 0;
    }
    return power[0] > 0 && power[0] >= power[1] ? 50 : power[1] > 0 ? 60 : 0;
}
