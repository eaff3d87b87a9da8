/* Spectrum and markers against closed forms. */
#include "unit/test.h"

#include "pipeline/signal/fft.h"
#include "pipeline/signal/markers.h"
#include "pipeline/signal/spectrum.h"

#include <string.h>

/* Gaussian noise by the sum of twelve uniforms: enough for second moments. */
static double noise(unsigned *seed)
{
    double sum = -6;
    for (int i = 0; i < 12; i++) {
        *seed = *seed * 1664525u + 1013904223u;
        sum += (double)(*seed >> 8) / 16777216.0;
    }
    return sum;
}

struct values {
    double v[MARKERS_MAX];
};

static double get(const struct values *values, const char *name)
{
    size_t i = markers_find(name);
    assert_true(i < markers_count);
    return values->v[i];
}

/* Markers of one epoch; the signal serves as conditioned too. */
static struct values analyse(const float *x, size_t count, double rate, double mains)
{
    struct spectrum_design design = {.rate = rate,
                                     .epoch = (double)count / rate,
                                     .segment = 0.5,
                                     .overlap = 0.5,
                                     .band = {20, 450},
                                     .mains = mains,
                                     .mains_mask = ~0ULL,
                                     .mains_half_width = 3};
    struct spectrum_plan plan;
    struct values values;
    assert_int_equal(spectrum_plan_create(&design, &plan, NULL), STATUS_OK);
    float *scratch = fft_allocate(spectrum_scratch(&plan));
    float *density = fft_allocate(plan.bin_count);
    spectrum_compute(&plan, x, scratch, density);
    if (mains > 0) {
        spectrum_bridge(&plan, density);
    }
    struct marker_input input = {.density = density,
                                 .bin_low = plan.bin_low,
                                 .bin_high = plan.bin_high,
                                 .bin_width = plan.bin_width,
                                 .conditioned = x,
                                 .count = count,
                                 .rate = rate,
                                 .low_band = {20, 40},
                                 .high_band = {130, 238},
                                 .hysteresis = 0.05};
    markers_prepare(&input);
    markers_compute(&input, values.v);
    fft_free(scratch);
    fft_free(density);
    spectrum_plan_clear(&plan);
    return values;
}

static void sine_gives_its_frequency(void **state)
{
    (void)state;
    const double rates[] = {1000, 2000, 2048};
    for (size_t r = 0; r < 3; r++) {
        for (double f = 40; f < 430; f += 38) {
            float x[2048];
            size_t count = (size_t)rates[r];
            for (size_t i = 0; i < count; i++) {
                x[i] = (float)(100 * sin(2 * M_PI * f * (double)i / rates[r] + 0.3) + 50);
            }
            struct values v = analyse(x, count, rates[r], 0);
            assert_close(get(&v, "mnf"), f, 0.01);
            assert_close(get(&v, "mdf"), f, 0.01);
            assert_close(get(&v, "pkf"), f, 0.01);
            assert_close(get(&v, "power"), 5000, 1);
            assert_close(get(&v, "m1"), 5000 * f, 1e-3 * 5000 * f);
            /* Hann's main lobe: bins at ±Δf with a quarter of the centre's power each. */
            assert_close(get(&v, "vcf"), 4.0 / 3, 0.01);
        }
    }
}

static void sine_between_bins_is_close(void **state)
{
    (void)state;
    float x[2000];
    for (size_t i = 0; i < 2000; i++) {
        x[i] = (float)(100 * sin(2 * M_PI * 101.3 * (double)i / 2000));
    }
    struct values v = analyse(x, 2000, 2000, 0);
    assert_close(get(&v, "mnf"), 101.3, 0.05);
    assert_close(get(&v, "mdf"), 101.3, 0.3);
    assert_close(get(&v, "pkf"), 101.3, 0.1);
    assert_close(get(&v, "zcr"), 2 * 101.3, 1.5);
    assert_close(get(&v, "ssc"), 2 * 101.3, 1.5);
    assert_close(get(&v, "rms"), 100 / sqrt(2), 0.5);
    assert_close(get(&v, "arv"), 200 / M_PI, 0.5);
    /* Mean of |2A sin(πf/r) cos(…)| over all phases, 2000 steps. */
    assert_close(get(&v, "wl"), 2 * 100 * sin(M_PI * 101.3 / 2000) * 2 / M_PI * 2000, 50);
}

static void white_noise_has_its_mean_at_the_middle(void **state)
{
    (void)state;
    static float x[400000];
    unsigned seed = 1;
    for (size_t i = 0; i < 400000; i++) {
        x[i] = (float)noise(&seed);
    }
    struct values v = analyse(x, 400000, 2000, 0);
    assert_close(get(&v, "mnf"), 235, 1);
    assert_close(get(&v, "mdf"), 235, 1.5);
    assert_close(get(&v, "power"), 432.0 / 1000, 0.006); /* 216 bins of 2 Hz of 1000 Hz */
    assert_close(get(&v, "sen"), 1, 1e-3);
    assert_close(get(&v, "vcf"), (432.0 * 432 - 4) / 12, 150); /* uniform over the bins */
    assert_close(get(&v, "lhr"), 11.0 / 55, 0.01);
}

static void parseval_holds(void **state)
{
    (void)state;
    /* Rectangular truth: the windowed segments' mean square is the sum of the density. */
    float x[2000];
    unsigned seed = 5;
    for (size_t i = 0; i < 2000; i++) {
        x[i] = (float)(3 * noise(&seed) + 10);
    }
    struct spectrum_design design = {
        .rate = 2000, .epoch = 1, .segment = 0.5, .overlap = 0.5, .band = {0.1, 1000}};
    struct spectrum_plan plan;
    assert_int_equal(spectrum_plan_create(&design, &plan, NULL), STATUS_OK);
    float *scratch = fft_allocate(spectrum_scratch(&plan));
    float *density = fft_allocate(plan.bin_count);
    spectrum_compute(&plan, x, scratch, density);
    double total = 0, mean = 0, expected = 0, squares = 0;
    for (size_t k = 0; k < plan.bin_count; k++) {
        total += density[k] * plan.bin_width;
    }
    for (size_t i = 0; i < 2000; i++) {
        mean += x[i] / 2000;
    }
    for (size_t i = 0; i < 1000; i++) {
        squares += pow(0.5 - 0.5 * cos(2 * M_PI * (double)i / 1000), 2);
    }
    for (size_t s = 0; s < 3; s++) {
        for (size_t i = 0; i < 1000; i++) {
            double w = 0.5 - 0.5 * cos(2 * M_PI * (double)i / 1000);
            expected += pow(w * (x[s * 500 + i] - mean), 2) / squares / 3;
        }
    }
    assert_close(total / expected, 1, 1e-5);
    fft_free(scratch);
    fft_free(density);
    spectrum_plan_clear(&plan);
}

static void scale_squares_power_and_leaves_frequencies(void **state)
{
    (void)state;
    float x[1000], y[1000];
    unsigned seed = 9;
    for (size_t i = 0; i < 1000; i++) {
        x[i] = (float)noise(&seed);
        y[i] = 8 * x[i];
    }
    struct values a = analyse(x, 1000, 1000, 0), b = analyse(y, 1000, 1000, 0);
    static const char *const same[] = {"mnf", "mdf", "pkf", "vcf", "finsm5",
                                       "lhr", "sen", "zcr", "ssc"};
    static const char *const squared[] = {"power", "m1", "m2", "m3"};
    static const char *const linear[] = {"rms", "arv", "wl"};
    for (size_t i = 0; i < 9; i++) {
        assert_close(get(&b, same[i]) / get(&a, same[i]), 1, 1e-6);
    }
    for (size_t i = 0; i < 4; i++) {
        assert_close(get(&b, squared[i]) / get(&a, squared[i]), 64, 64e-6);
    }
    for (size_t i = 0; i < 3; i++) {
        assert_close(get(&b, linear[i]) / get(&a, linear[i]), 8, 8e-6);
    }
}

static void mains_is_bridged(void **state)
{
    (void)state;
    static float x[40000];
    unsigned seed = 3;
    for (size_t i = 0; i < 40000; i++) {
        x[i] = (float)noise(&seed);
    }
    struct values clean = analyse(x, 40000, 2000, 0);
    for (size_t i = 0; i < 40000; i++) {
        x[i] += (float)(3 * sin(2 * M_PI * 50 * (double)i / 2000) +
                        sin(2 * M_PI * 150 * (double)i / 2000));
    }
    struct values hum = analyse(x, 40000, 2000, 0), bridged = analyse(x, 40000, 2000, 50);
    assert_true(get(&hum, "mdf") < 60);
    assert_close(get(&bridged, "mdf"), get(&clean, "mdf"), 3);
    assert_close(get(&bridged, "power") / get(&clean, "power"), 1, 0.03);
}

static void nothing_gives_nothing(void **state)
{
    (void)state;
    float x[1000] = {0};
    struct values v = analyse(x, 1000, 1000, 0);
    static const char *const missing[] = {"mnf", "mdf",    "pkf", "power", "vcf",
                                          "lhr", "finsm5", "sen", "zcr",   "ssc"};
    for (size_t i = 0; i < sizeof missing / sizeof *missing; i++) {
        assert_true(isnan(get(&v, missing[i])));
    }
    assert_close(get(&v, "rms"), 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sine_gives_its_frequency),
        cmocka_unit_test(sine_between_bins_is_close),
        cmocka_unit_test(white_noise_has_its_mean_at_the_middle),
        cmocka_unit_test(parseval_holds),
        cmocka_unit_test(scale_squares_power_and_leaves_frequencies),
        cmocka_unit_test(mains_is_bridged),
        cmocka_unit_test(nothing_gives_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
