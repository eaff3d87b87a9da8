#include "pipeline/signal/markers_spectral.h"

#include <math.h>

void markers_prepare_spectral(struct marker_input *input)
{
    double sums[6] = {0};
    if (input->density && input->bin_low <= input->bin_high) {
        for (size_t k = input->bin_low; k <= input->bin_high; k++) {
            double f = (double)k * input->bin_width, p = input->density[k], f2 = f * f;
            sums[0] += p;
            sums[1] += f * p;
            sums[2] += f2 * p;
            sums[3] += f2 * f * p;
            sums[4] += p / f;
            sums[5] += f2 * f2 * f * p;
        }
    }
    for (int n = 0; n < 4; n++) {
        input->m[n] = sums[n] * input->bin_width;
    }
    input->m_1 = sums[4] * input->bin_width;
    input->m5 = sums[5] * input->bin_width;
}

static bool empty(const struct marker_input *input)
{
    return !(input->m[0] > 0) || !isfinite(input->m[0]);
}

double marker_mnf(const struct marker_input *input)
{
    return empty(input) ? NAN : input->m[1] / input->m[0];
}

double marker_mdf(const struct marker_input *input)
{
    if (empty(input)) {
        return NAN;
    }
    double half = input->m[0] / input->bin_width / 2, sum = 0;
    for (size_t k = input->bin_low; k <= input->bin_high; k++) {
        double p = input->density[k];
        if (sum + p >= half) {
            return ((double)k - 0.5 + (half - sum) / p) * input->bin_width;
        }
        sum += p;
    }
    return ((double)input->bin_high + 0.5) * input->bin_width; /* rounding took the last bin */
}

double marker_pkf(const struct marker_input *input)
{
    if (empty(input)) {
        return NAN;
    }
    size_t peak = input->bin_low;
    for (size_t k = input->bin_low; k <= input->bin_high; k++) {
        if (input->density[k] > input->density[peak]) {
            peak = k;
        }
    }
    double shift = 0;
    if (peak > input->bin_low && peak < input->bin_high && input->density[peak - 1] > 0 &&
        input->density[peak + 1] > 0) {
        double a = log(input->density[peak - 1]), b = log(input->density[peak]);
        double c = log(input->density[peak + 1]), curvature = a - 2 * b + c;
        shift = curvature < 0 ? 0.5 * (a - c) / curvature : 0;
    }
    return ((double)peak + shift) * input->bin_width;
}

static double moment(const struct marker_input *input, int n)
{
    return empty(input) ? NAN : input->m[n];
}

double marker_power(const struct marker_input *input)
{
    return moment(input, 0);
}

double marker_m1(const struct marker_input *input)
{
    return moment(input, 1);
}

double marker_m2(const struct marker_input *input)
{
    return moment(input, 2);
}

double marker_m3(const struct marker_input *input)
{
    return moment(input, 3);
}

double marker_vcf(const struct marker_input *input)
{
    if (empty(input)) {
        return NAN;
    }
    /* Summed about the mean: the difference of two large squares would lose digits. */
    double mean = input->m[1] / input->m[0], sum = 0;
    for (size_t k = input->bin_low; k <= input->bin_high; k++) {
        double distance = (double)k * input->bin_width - mean;
        sum += distance * distance * input->density[k];
    }
    return sum * input->bin_width / input->m[0];
}

double marker_finsm5(const struct marker_input *input)
{
    return empty(input) || !(input->m5 > 0) ? NAN : input->m_1 / input->m5;
}

/* Power of the bins whose centre lies in the range; *bins counts them. */
static double band_power(const struct marker_input *input, const double range[2], size_t *bins)
{
    double sum = 0;
    *bins = 0;
    for (size_t k = input->bin_low; k <= input->bin_high; k++) {
        double f = (double)k * input->bin_width;
        if (f >= range[0] * (1 - 1e-9) && f <= range[1] * (1 + 1e-9)) {
            sum += input->density[k];
            ++*bins;
        }
    }
    return sum * input->bin_width;
}

double marker_lhr(const struct marker_input *input)
{
    size_t low_bins, high_bins;
    if (empty(input)) {
        return NAN;
    }
    double low = band_power(input, input->low_band, &low_bins);
    double high = band_power(input, input->high_band, &high_bins);
    return low_bins == 0 || high_bins == 0 || !(high > 0) ? NAN : low / high;
}

double marker_sen(const struct marker_input *input)
{
    if (empty(input) || input->bin_low == input->bin_high) {
        return NAN;
    }
    double total = input->m[0] / input->bin_width, sum = 0;
    for (size_t k = input->bin_low; k <= input->bin_high; k++) {
        double p = input->density[k] / total;
        sum += p > 0 ? p * log(p) : 0;
    }
    return -sum / log((double)(input->bin_high - input->bin_low + 1)) + 0.0;
}
