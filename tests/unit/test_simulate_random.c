/* The simulator's random numbers, elementary functions and filters. */
#include "unit/test.h"

#include "pipeline/simulate/elementary.h"
#include "pipeline/simulate/filters.h"
#include "pipeline/simulate/random.h"

#include <stdbool.h>

static void elementary_functions_are_accurate(void **state)
{
    (void)state;
    for (double x = -700; x < 700; x += 0.3717) {
        assert_close(elementary_exp(x) / exp(x), 1, 1e-14);
    }
    for (double x = 1e-300; x < 1e300; x *= 3.7) {
        assert_close(elementary_log(x), log(x), 1e-14 * fabs(log(x)) + 1e-15);
    }
    assert_close(elementary_log(1), 0, 0);
    for (double t = -3; t < 3; t += 0.0137) {
        assert_close(elementary_sine(t), sin(2 * M_PI * t), 5e-15);
        assert_close(elementary_cosine(t), cos(2 * M_PI * t), 5e-15);
    }
    assert_close(elementary_power(2.5, 3.2), pow(2.5, 3.2), 1e-13);
    assert_close(elementary_exp(-800), 0, 0);
}

/* The first numbers of xoshiro256++ from the state 1, 2, 3, 4, as they follow by hand from its
 * definition: rotl(s0 + s3, 23) + s0. */
static void generator_is_the_published_one(void **state)
{
    (void)state;
    struct random random = {{1, 2, 3, 4}};
    assert_true(random_bits(&random) == 41943041);
    assert_true(random_bits(&random) == 58720359);
    assert_true(random_bits(&random) == 3588806011781223);
    assert_true(random_bits(&random) == 3591011842654386);
}

static void streams_differ(void **state)
{
    (void)state;
    uint64_t seen[64];
    size_t count = 0;
    for (uint64_t seed = 0; seed < 2; seed++) {
        for (int purpose = 1; purpose < 3; purpose++) {
            for (uint64_t index = 0; index < 4; index++) {
                for (uint64_t channel = 0; channel < 4; channel++) {
                    struct random random;
                    random_seed(&random, seed, (enum random_purpose)purpose, index, channel);
                    seen[count] = random_bits(&random);
                    for (size_t i = 0; i < count; i++) {
                        assert_true(seen[i] != seen[count]);
                    }
                    count++;
                }
            }
        }
    }
}

static void uniform_numbers_are_uniform(void **state)
{
    (void)state;
    enum { COUNT = 1000000, BINS = 20 };
    struct random random;
    size_t bins[BINS] = {0}, wholes[7] = {0};
    random_seed(&random, 5, RANDOM_NOISE, 0, 0);
    for (int i = 0; i < COUNT; i++) {
        double u = random_uniform(&random);
        assert_true(u >= 0 && u < 1);
        bins[(int)(u * BINS)]++;
        wholes[random_below(&random, 7)]++;
    }
    double square = 0;
    for (int i = 0; i < BINS; i++) {
        double off = (double)bins[i] - COUNT / BINS;
        square += off * off / (COUNT / BINS);
    }
    assert_true(square < 45); /* χ² with 19 degrees of freedom: p = 0.0007 */
    for (int i = 0; i < 7; i++) {
        assert_close((double)wholes[i], COUNT / 7.0, 4 * sqrt(COUNT / 7.0));
    }
}

static void gaussian_moments_and_tails(void **state)
{
    (void)state;
    enum { COUNT = 20000000 };
    struct random random;
    struct ziggurat ziggurat;
    double sums[5] = {0}, lagged = 0, before = 0;
    size_t beyond[6] = {0}, below[6] = {0};
    ziggurat_build(&ziggurat);
    random_seed(&random, 1, RANDOM_NOISE, 0, 0);
    for (int i = 0; i < COUNT; i++) {
        double x = random_gaussian(&random, &ziggurat);
        sums[1] += x;
        sums[2] += x * x;
        sums[3] += x * x * x;
        sums[4] += x * x * x * x;
        lagged += x * before;
        before = x;
        for (int k = 1; k < 6; k++) {
            beyond[k] += x > k;
            below[k] += x < -k;
        }
    }
    /* Five standard errors of each mean. */
    double n = COUNT, error = 5 / sqrt(n);
    assert_close(sums[1] / n, 0, error);
    assert_close(sums[2] / n, 1, error * sqrt(2));
    assert_close(sums[3] / n, 0, error * sqrt(15));
    assert_close(sums[4] / n, 3, error * sqrt(96));
    assert_close(lagged / n, 0, error);
    for (int k = 1; k < 6; k++) {
        /* k = 4 and 5 lie in the tail beyond the ziggurat. */
        double expected = n * 0.5 * erfc(k / sqrt(2));
        assert_close((double)beyond[k], expected, 5 * sqrt(expected) + 1);
        assert_close((double)below[k], expected, 5 * sqrt(expected) + 1);
    }
}

/* Every strip and its edges: counts by bins of 0.1 over ± 4. */
static void gaussian_density(void **state)
{
    (void)state;
    enum { COUNT = 8000000, BINS = 80 };
    struct random random;
    struct ziggurat ziggurat;
    size_t bins[BINS] = {0};
    double square = 0;
    ziggurat_build(&ziggurat);
    random_seed(&random, 2, RANDOM_NOISE, 0, 0);
    for (int i = 0; i < COUNT; i++) {
        double place = (random_gaussian(&random, &ziggurat) + 4) * 10;
        if (place >= 0 && place < BINS) {
            bins[(int)place]++;
        }
    }
    for (int i = 0; i < BINS; i++) {
        double low = i / 10.0 - 4, high = low + 0.1;
        double expected = COUNT * 0.5 * (erfc(low / sqrt(2)) - erfc(high / sqrt(2)));
        square += ((double)bins[i] - expected) * ((double)bins[i] - expected) / expected;
    }
    assert_true(square < 125); /* χ² with 80 degrees of freedom: p = 0.001 */
}

static void filters_have_their_edges(void **state)
{
    (void)state;
    for (double rate = 500; rate <= 4000; rate *= 2) {
        struct filter low = {0}, high = {0}, shelf = {0};
        filter_add_lowpass(&low, 50, rate);
        filter_add_highpass(&high, 50, rate);
        assert_close(filter_power(&low, 50, rate), 0.5, 1e-9);
        assert_close(filter_power(&high, 50, rate), 0.5, 1e-9);
        assert_close(filter_power(&low, 0, rate), 1, 1e-9);
        assert_close(filter_power(&high, rate / 2, rate), 1, 1e-9);
        /* Fourth order: 24 dB an octave, a little more where the transform bends the axis. */
        assert_close(10 * log10(filter_power(&high, 12.5, rate)), -48.2, 1.2);
        filter_add_shelf(&shelf, 0.5, 1.5, rate);
        assert_close(filter_power(&shelf, rate / 2, rate), 1, 1e-9);
        assert_close(filter_power(&shelf, 0, rate), 9, 0.1);
    }
}

/* What the response promises is what a filter does to noise. */
static void noise_gain_is_obtained(void **state)
{
    (void)state;
    struct random random;
    struct ziggurat ziggurat;
    struct filter filter = {0};
    double sum = 0;
    ziggurat_build(&ziggurat);
    random_seed(&random, 3, RANDOM_NOISE, 0, 0);
    filter_add_highpass(&filter, 20, 1000);
    filter_add_lowpass(&filter, 200, 1000);
    double expected = filter_noise_gain(&filter, 0, 500, 1000);
    for (int i = 0; i < 2000000; i++) {
        double y = filter_step(&filter, random_gaussian(&random, &ziggurat));
        sum += y * y;
    }
    assert_close(sqrt(sum / 2000000), expected, 0.003);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(elementary_functions_are_accurate),
        cmocka_unit_test(generator_is_the_published_one),
        cmocka_unit_test(streams_differ),
        cmocka_unit_test(uniform_numbers_are_uniform),
        cmocka_unit_test(gaussian_moments_and_tails),
        cmocka_unit_test(gaussian_density),
        cmocka_unit_test(filters_have_their_edges),
        cmocka_unit_test(noise_gain_is_obtained),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
