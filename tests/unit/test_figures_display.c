/* Text and numbers as figures show them, and as scripts get them. */
#include "unit/test.h"

#include "pipeline/figures/display.h"
#include "pipeline/figures/script.h"
#include "pipeline/figures/series.h"

#include <string.h>

static void units_are_as_in_print(void **state)
{
    (void)state;
    static const char *const cases[][2] = {{"uV", "µV"},
                                           {"uV^2/Hz", "µV²/Hz"},
                                           {"a.u.^2/Hz", "a.u.²/Hz"},
                                           {"Hz^-6", "Hz⁻⁶"},
                                           {"1", ""},
                                           {"", ""},
                                           {"1/s", "1/s"},
                                           {"uV^2 Hz^3", "µV² Hz³"},
                                           {"10^-12", "10⁻¹²"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[64];
        figure_display_unit(cases[i][0], text, sizeof text);
        assert_string_equal(text, cases[i][1]);
    }
}

static void numbers_have_true_minus_signs(void **state)
{
    (void)state;
    char text[128];
    figure_display_number(-0.01234, 3, text, sizeof text);
    assert_string_equal(text, "−0.0123");
    figure_display_number(NAN, 3, text, sizeof text);
    assert_string_equal(text, "n/a");
    figure_display_interval(-0.1523, -0.1714, -0.1332, text, sizeof text);
    assert_string_equal(text, "−0.152 [−0.171, −0.133]");
    figure_display_interval(12.3, 4.1, 20.5, text, sizeof text);
    assert_string_equal(text, "12.3 [4.1, 20.5]");
    figure_display_interval(-3.703e-4, -3.729e-4, -3.677e-4, text, sizeof text);
    assert_string_equal(text, "−3.703 [−3.729, −3.677]·10⁻⁴");
    figure_display_interval(0.0004, -0.04, 0.04, text, sizeof text);
    assert_string_equal(text, "0.000 [−0.040, 0.040]");
    figure_display_interval(-0.0001, -0.04, 0.04, text, sizeof text);
    assert_string_equal(text, "0.000 [−0.040, 0.040]"); /* no minus nought */
    figure_display_interval(2.5, NAN, NAN, text, sizeof text);
    assert_string_equal(text, "2.5");
    figure_display_p(0.00001, text, sizeof text);
    assert_string_equal(text, "p < 0.001");
    figure_display_p(0.0321, text, sizeof text);
    assert_string_equal(text, "p = 0.032");
    figure_display_p(0.5, text, sizeof text);
    assert_string_equal(text, "p = 0.50");
}

static void assert_shown(const char *text, size_t characters, const char *expected)
{
    char *shown = figure_display_text(text, characters);
    assert_string_equal(shown, expected);
    free(shown);
}

static void text_is_clean_and_short(void **state)
{
    (void)state;
    assert_shown("Biceps left", 16, "Biceps left");
    assert_shown("Gastrocnemius, left", 16, "Gastrocne…, left");
    assert_shown("näh\tlinks", 16, "näh links");
    assert_shown("a\x1b[31m\x7f", 16, "a [31m ");
    assert_shown("\xff\xc2\x85ü", 16, "\xef\xbf\xbd ü");
    assert_shown("äöüäöüäöü", 5, "äöü…ü");
    assert_shown("\xe2\x80\xa8|\xef\xbf\xbf|", 16, " | |");
    assert_shown("", 3, "");
    assert_string_equal(figure_base_name("/a/b/c.edf"), "c.edf");
    assert_string_equal(figure_base_name("c.edf"), "c.edf");
    assert_string_equal(figure_base_name("a/b/"), "b/");
}

static void scripts_quote_text(void **state)
{
    (void)state;
    struct error error = {0};
    struct figure_script *script = figure_script_create(&error);
    const char *text;
    size_t length;
    const char *const labels[] = {"plain", "a'b\"; system(\"x\") \\n %s", "`x`\nEOD\n@x $y", NULL};
    const double reals[] = {1, -0.0, NAN, INFINITY, 0.1, 1e300};
    figure_script_texts(script, "label", labels, 4);
    figure_script_reals(script, "v", reals, 6);
    figure_script_reals(script, "none", NULL, 0);
    figure_script_integer(script, "n", -7);
    figure_script_data(script, "d");
    figure_script_row(script, (const double[]){123456.789, -INFINITY, 1.0 / 3, -0.0}, 4);
    figure_script_break(script);
    figure_script_next(script);
    figure_script_data_end(script);
    assert_int_equal(figure_script_finish(script, &text, &length, &error), STATUS_OK);
    assert_string_equal(text, "array label[4]\n"
                              "label[1] = 'plain'\n"
                              "label[2] = 'a''b\"; system(\"x\") \\n %s'\n"
                              "label[3] = '`x` EOD @x $y'\n"
                              "label[4] = ''\n"
                              "array v[6]\n"
                              "v[1] = 1.0\nv[2] = 0.0\nv[3] = NaN\nv[4] = NaN\nv[5] = 0.1\n"
                              "v[6] = 1e+300\n"
                              "array none[1]\n"
                              "n = -7\n"
                              "$d << EOD\n123456.789 NaN 0.3333333 0\n\n\n\nEOD\n");
    assert_int_equal(length, strlen(text));
    figure_script_destroy(script);
    figure_script_destroy(NULL);
}

static void ranges_are_padded(void **state)
{
    (void)state;
    struct figure_range range = FIGURE_RANGE_EMPTY;
    range = figure_range_padded(range, 0.1, -1, 1);
    assert_close(range.low, -1, 0);
    assert_close(range.high, 1, 0);
    range = (struct figure_range)FIGURE_RANGE_EMPTY;
    figure_range_add(&range, 5);
    figure_range_add(&range, NAN);
    range = figure_range_padded(range, 0.1, -1, 1);
    assert_close(range.low, 4.5, 1e-12);
    assert_close(range.high, 5.5, 1e-12);
    figure_range_add(&range, 14.5);
    range = figure_range_padded(range, 0.1, -1, 1);
    assert_close(range.low, 3.5, 1e-12);
    assert_close(range.high, 15.5, 1e-12);
    const double values[] = {3, NAN, 1, 2, INFINITY};
    assert_close(figure_quantile(values, 5, 0.5), 2, 0);
    assert_close(figure_quantile(values, 5, 1), 3, 0);
    assert_true(isnan(figure_quantile(values + 1, 1, 0.5)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(units_are_as_in_print),   cmocka_unit_test(numbers_have_true_minus_signs),
        cmocka_unit_test(text_is_clean_and_short), cmocka_unit_test(scripts_quote_text),
        cmocka_unit_test(ranges_are_padded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
