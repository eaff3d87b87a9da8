/* Normal and Student t distributions against closed forms and values of scipy 1.10 (its quantiles
 * refined with its own distribution function, since they hold to 1e-9 only). */
#include "unit/test.h"

#include "pipeline/signal/distributions.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void relative(double got, double expected, double tolerance)
{
    assert_close(got, expected, tolerance * fabs(expected));
}

static void normal_values(void **state)
{
    (void)state;
    static const double tails[][2] = {{-8.0, 0.99999999999999933},
                                      {-3.0, 0.9986501019683699},
                                      {-1.0, 0.84134474606854293},
                                      {-0.1, 0.53982783727702899},
                                      {0.0, 0.5},
                                      {0.1, 0.46017216272297101},
                                      {0.5, 0.30853753872598688},
                                      {1.2815515655446004, 0.10000000000000009},
                                      {1.959963984540054, 0.025},
                                      {3.0, 0.0013498980316300933},
                                      {6.0, 9.8658764503769458e-10},
                                      {12.0, 1.776482112077653e-33},
                                      {30.0, 4.906713927147908e-198}};
    for (size_t i = 0; i < COUNT(tails); i++) {
        relative(normal_tail(tails[i][0]), tails[i][1], 1e-12);
        relative(normal_cdf(-tails[i][0]), tails[i][1], 1e-12);
    }
    static const double quantiles[][2] = {
        {1e-12, -7.0344838253011313},      {0.0001, -3.7190164854556804},
        {0.025, -1.9599639845400545},      {0.2, -0.84162123357291418},
        {0.4999, -0.00025066283008800752}, {0.7, 0.52440051270804067},
        {0.975, 1.959963984540054},        {0.9999, 3.7190164854557088},
        {0.999999999, 5.9978070196016366}};
    for (size_t i = 0; i < COUNT(quantiles); i++) {
        relative(normal_quantile(quantiles[i][0]), quantiles[i][1], 1e-10);
    }
    assert_true(normal_quantile(0.5) == 0);
    assert_true(normal_quantile(0) == -INFINITY && normal_quantile(1) == INFINITY);
    assert_true(isnan(normal_quantile(-0.1)) && isnan(normal_quantile(NAN)));
}

static void student_values(void **state)
{
    (void)state;
    static const double tails[][3] = {{0.5, 1.0, 0.35241638234956679},
                                      {2.0, 1.0, 0.14758361765043321},
                                      {1.96, 2.7, 0.077484974187934902},
                                      {-1.5, 5.0, 0.90304815987876341},
                                      {2.228138851964939, 10.0, 0.025000000000904285},
                                      {4.0, 30.5, 0.00018668972513020165},
                                      {0.3, 99.5, 0.38240150262988426},
                                      {1.9, 399.0, 0.029076898331896157},
                                      {1.9, 401.0, 0.029075099991230442},
                                      {3, 1000.0, 0.0013833545221190939},
                                      {2.5, 200000.0, 0.0062100624561810657},
                                      {1.959963984540054, 1e9, 0.025000000138647602}};
    for (size_t i = 0; i < COUNT(tails); i++) {
        relative(student_tail(tails[i][0], tails[i][1]), tails[i][2], 1e-10);
        relative(student_cdf(-tails[i][0], tails[i][1]), tails[i][2], 1e-10);
    }
    static const double quantiles[][3] = {
        {0.975, 1.5, 6.016663104427931},  {0.975, 3.3, 3.024874461840807},
        {0.975, 8.0, 2.306004135204166},  {0.95, 27.4, 1.702405895781113},
        {0.995, 98.0, 2.626931095756372}, {0.9, 1000.0, 1.282398721460924},
        {0.975, 3e5, 1.959971892142183},  {0.0005, 4.2, -8.148588313878452},
        {0.6, 2.5, 0.2814595127485476},   {1e-09, 6.0, -56.8014306403632}};
    for (size_t i = 0; i < COUNT(quantiles); i++) {
        relative(student_quantile(quantiles[i][0], quantiles[i][1]), quantiles[i][2], 1e-10);
    }
}

/* ν = 1 is Cauchy's distribution; ν = 2 and 4 have closed forms too (Shaw 2006, J Comput Finance
 * 9:37). */
static void student_closed_forms(void **state)
{
    (void)state;
    for (double p = 0.01; p < 1; p += 0.0613) {
        double a = 4 * p * (1 - p);
        double q = cos(acos(sqrt(a)) / 3) / sqrt(a);
        double expected[] = {tan(M_PI * (p - 0.5)), 2 * (p - 0.5) * sqrt(2 / a),
                             (p > 0.5 ? 1 : -1) * 2 * sqrt(q - 1)};
        for (int k = 0; k < 3; k++) {
            double t = student_quantile(p, 1 << k);
            assert_close(t, expected[k], 1e-11 * (1 + fabs(t)));
        }
    }
}

static void quantile_and_tail_agree(void **state)
{
    (void)state;
    static const double degrees[] = {0.7, 1, 1.3, 2.7, 10, 99.5, 399, 401, 9.9e4, 1.1e5, 1e9, 1e20};
    static const double levels[] = {1e-9, 1e-4, 0.02, 0.0999, 0.1001, 0.3, 0.4999, 0.7, 0.975};
    for (size_t i = 0; i < COUNT(degrees); i++) {
        for (size_t k = 0; k < COUNT(levels); k++) {
            double t = student_quantile(levels[k], degrees[i]);
            relative(student_cdf(t, degrees[i]), levels[k], 1e-11);
            assert_close(student_quantile(1 - levels[k], degrees[i]), -t, 1e-6 * fabs(t));
        }
        assert_true(student_quantile(0.5, degrees[i]) == 0);
    }
    /* Many degrees of freedom: the normal distribution. */
    relative(student_quantile(0.975, 1e20), normal_quantile(0.975), 1e-14);
}

static void limits(void **state)
{
    (void)state;
    assert_true(isnan(student_tail(1, 0)) && isnan(student_tail(1, -1)));
    assert_true(isnan(student_tail(NAN, 3)) && isnan(student_quantile(0.3, NAN)));
    assert_true(isnan(student_quantile(1.1, 3)));
    assert_true(student_tail(INFINITY, 3) == 0 && student_tail(-INFINITY, 3) == 1);
    assert_true(student_quantile(0, 3) == -INFINITY && student_quantile(1, 3) == INFINITY);
    relative(student_tail(1e200, 3), 0, 0);
    relative(student_quantile(1e-300, 2), -1 / sqrt(2e-300), 1e-10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(normal_values),
        cmocka_unit_test(student_values),
        cmocka_unit_test(student_closed_forms),
        cmocka_unit_test(quantile_and_tail_agree),
        cmocka_unit_test(limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
