/* Intervals of 95 % hold the true slope in about 95 % of simulated series. The tool trend_coverage
 * measures the same with more series; scripts/trend-coverage makes its table. */
#include "unit/coverage.h"
#include "unit/test.h"

#include <string.h>

struct bounds {
    double phi;
    size_t shared, count, series;
    double low, high; /* of the slope's coverage: the tool's figure, 3 standard errors either way */
};

static void measure(const struct bounds *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct coverage_case what = {.name = "", .phi = {cases[i].phi}, .shared = cases[i].shared};
        struct coverage c = coverage_measure(&what, cases[i].count, cases[i].series, 11);
        print_message("phi %g shared %zu n %zu: slope %.3f normalised %.3f Theil-Sen %.3f "
                      "rejected %.3f width %.2f\n",
                      cases[i].phi, cases[i].shared, cases[i].count, c.slope, c.normalised,
                      c.theil_sen, c.rejected, c.width);
        assert_true(c.slope >= cases[i].low && c.slope <= cases[i].high);
        assert_close(c.normalised, c.slope, 0.02);
        assert_true(c.theil_sen >= 0.93 && c.theil_sen <= 0.995);
        assert_true(c.rejected <= 0.07);
        /* Not by being endless. */
        assert_true(c.width < (cases[i].count <= 10 ? 2.4 : 1.7));
    }
}

static void white_and_coloured(void **state)
{
    (void)state;
    static const struct bounds cases[] = {
        {0, 0, 10, 2000, 0.945, 0.98},     {0.3, 0, 10, 2000, 0.935, 0.975},
        {0.6, 0, 10, 2000, 0.915, 0.96},   {0, 0, 30, 2000, 0.945, 0.98},
        {0.3, 0, 30, 2000, 0.945, 0.98},   {0.6, 0, 30, 2000, 0.94, 0.98},
        {0, 0, 100, 1000, 0.935, 0.985},   {0.3, 0, 100, 1000, 0.935, 0.985},
        {0.6, 0, 100, 1000, 0.935, 0.985}, {0.6, 0, 1000, 200, 0.90, 0.995},
    };
    measure(cases, sizeof cases / sizeof *cases);
}

static void overlapping(void **state)
{
    (void)state;
    static const struct bounds cases[] = {
        {0, 1, 10, 2000, 0.93, 0.975},     {0, 1, 30, 2000, 0.94, 0.98},
        {0.3, 1, 30, 2000, 0.935, 0.98},   {0, 3, 30, 1000, 0.925, 0.975},
        {0.3, 1, 100, 1000, 0.935, 0.985},
    };
    measure(cases, sizeof cases / sizeof *cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(white_and_coloured),
        cmocka_unit_test(overlapping),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
