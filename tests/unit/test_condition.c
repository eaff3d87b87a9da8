/* The conditioning filter: its response, its phase, its ends, gaps, and any cut of its input. */
#include "unit/test.h"

#include "pipeline/signal/condition.h"

#include <string.h>

#define RATE 1000.0

static struct kernel make_kernel(double mains, double rate)
{
    struct kernel_design design = {.rate = rate, .transition = 8, .notch_half_width = 1};
    struct kernel kernel;
    double band[2] = {20, 450};
    bool narrowed;
    double clamped[2];
    assert_true(kernel_clamp_band(rate, band, clamped, &narrowed));
    design.low = clamped[0];
    design.high = clamped[1];
    if (mains > 0) {
        kernel_add_mains(&design, mains, ~0ULL);
    }
    assert_int_equal(kernel_create(&design, &kernel, NULL), STATUS_OK);
    return kernel;
}

/* Filters x, fed in pieces of the given size (0: all at once). */
static float *filter(const struct kernel *kernel, const float *x, size_t count, size_t piece)
{
    struct condition_plan *plan;
    struct condition *condition;
    assert_int_equal(condition_plan_create(kernel, &plan, NULL), STATUS_OK);
    assert_int_equal(condition_create(plan, &condition, NULL), STATUS_OK);
    float *y = malloc((condition_room(plan, count) + condition_room(plan, 0)) * sizeof *y);
    size_t produced = 0;
    for (size_t i = 0; i < count;) {
        size_t step = piece && piece < count - i ? piece : count - i;
        produced += condition_push(condition, x + i, step, y + produced);
        i += step;
    }
    produced += condition_finish(condition, y + produced);
    assert_int_equal(produced, count);
    condition_destroy(condition);
    condition_plan_destroy(plan);
    return y;
}

static void response_follows_the_design(void **state)
{
    (void)state;
    struct kernel kernel = make_kernel(50, 2000);
    assert_close(kernel_response(&kernel, 2000, 0), 0, 1e-4);
    assert_close(kernel_response(&kernel, 2000, 15.5), 0, 2e-3);
    assert_close(kernel_response(&kernel, 2000, 20), 0.5, 0.01);
    struct kernel plain = make_kernel(0, 2000); /* 450 Hz is a harmonic of 50 Hz */
    assert_close(kernel_response(&plain, 2000, 450), 0.5, 0.01);
    kernel_clear(&plain);
    for (double f = 25; f < 445; f += 0.7) {
        double distance = fabs(f - 50 * round(f / 50));
        double response = kernel_response(&kernel, 2000, f);
        if (distance > 2) {
            assert_close(response, 1, 4e-3);
        } else if (distance < 0.2) {
            assert_close(response, 0, 0.02);
        }
    }
    assert_close(kernel_response(&kernel, 2000, 101), 0.5, 0.03);
    assert_close(kernel_response(&kernel, 2000, 470), 0, 2e-3);
    kernel_clear(&kernel);
}

static void sines_keep_phase_and_amplitude(void **state)
{
    (void)state;
    struct kernel kernel = make_kernel(0, RATE);
    static float x[20000];
    for (size_t i = 0; i < 20000; i++) {
        x[i] = (float)(5000 + 100 * sin(2 * M_PI * 83 * (double)i / RATE));
    }
    float *y = filter(&kernel, x, 20000, 0);
    for (size_t i = 1000; i < 19000; i++) {
        assert_close(y[i], x[i] - 5000, 0.3);
    }
    free(y);
    kernel_clear(&kernel);
}

static void pieces_do_not_matter(void **state)
{
    (void)state;
    struct kernel kernel = make_kernel(60, RATE);
    static float x[30011];
    srand(7);
    for (size_t i = 0; i < 30011; i++) {
        x[i] = (float)(rand() % 2001 - 1000);
        if (i > 5000 && i < 5300) {
            x[i] = NAN;
        }
    }
    x[3] = NAN;
    float *whole = filter(&kernel, x, 30011, 0);
    const size_t pieces[] = {1, 17, 4096, 29999};
    for (size_t p = 0; p < 4; p++) {
        float *y = filter(&kernel, x, 30011, pieces[p]);
        assert_memory_equal(y, whole, 30011 * sizeof *y);
        free(y);
    }
    for (size_t i = 0; i < 30011; i++) {
        assert_int_equal(isnan(x[i]) != 0, isnan(whole[i]) != 0);
    }
    free(whole);
    kernel_clear(&kernel);
}

static void short_recordings_give_as_many_samples(void **state)
{
    (void)state;
    struct kernel kernel = make_kernel(50, RATE);
    float x[600];
    for (size_t i = 0; i < 600; i++) {
        x[i] = (float)sin(0.5 * (double)i);
    }
    const size_t counts[] = {1, 2, 3, 100, 600};
    for (size_t i = 0; i < 5; i++) {
        free(filter(&kernel, x, counts[i], 0));
    }
    kernel_clear(&kernel);
}

static void offset_and_gap_make_no_step(void **state)
{
    (void)state;
    struct kernel kernel = make_kernel(0, RATE);
    static float x[10000];
    for (size_t i = 0; i < 10000; i++) {
        x[i] = i < 4000 ? -10360 : i < 4500 ? NAN : 7000;
    }
    float *y = filter(&kernel, x, 10000, 0);
    for (size_t i = 0; i < 10000; i++) {
        assert_true(isnan(x[i]) ? isnan(y[i]) : fabsf(y[i]) < 1e-3f);
    }
    free(y);
    kernel_clear(&kernel);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(response_follows_the_design),
        cmocka_unit_test(sines_keep_phase_and_amplitude),
        cmocka_unit_test(pieces_do_not_matter),
        cmocka_unit_test(short_recordings_give_as_many_samples),
        cmocka_unit_test(offset_and_gap_make_no_step),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
