/* Reals as text, and reading tables of tab-separated text. */
#include "unit/parse_table.h"
#include "unit/test.h"

#include "formats/table.h"

#include <string.h>

static void assert_refused(const char *text, size_t size, const char *part)
{
    struct error error = {0};
    assert_null(parse(text, size, &error));
    if (!strstr(error.message, part) || strncmp(error.message, "in.tsv: ", 8) != 0) {
        print_error("message: %s\nshould hold: %s\n", error.message, part);
        fail();
    }
}

static void assert_spelled(double value, const char *expected)
{
    char text[40];
    int length = table_format_real(text, sizeof text, value);
    assert_string_equal(text, expected);
    assert_int_equal(length, strlen(expected));
}

static void reals_are_spelled_shortest(void **state)
{
    (void)state;
    assert_spelled(12, "12");
    assert_spelled(-3, "-3");
    assert_spelled(0.1, "0.1");
    assert_spelled(1.0 / 3, "0.3333333333333333");
    assert_spelled(0.1 + 0.2, "0.30000000000000004");
    assert_spelled(1259.259, "1259.259");
    assert_spelled(1e-14, "1e-14");
    assert_spelled(INFINITY, "inf");
    assert_spelled(-INFINITY, "-inf");
    assert_spelled(NAN, "n/a");
    /* Every double reads back, whatever its bits. */
    uint64_t seed = 1;
    for (int i = 0; i < 100000; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        uint64_t bits = seed ^ seed >> 29;
        double value, back;
        memcpy(&value, &bits, sizeof value);
        char text[40];
        int length = table_format_real(text, sizeof text, value);
        assert_true(length > 0 && length < 32);
        assert_true(table_parse_real(text, &back));
        assert_true(back == value || (isnan(back) && isnan(value)));
    }
}

/* The shortest of 15 to 17 digits by the C library, for values that are no whole numbers. */
static void assert_as_printf(double value)
{
    char text[40], expected[40];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(expected, sizeof expected, "%.*g", digits, value);
        if (strtod(expected, NULL) == value) {
            break;
        }
    }
    table_format_real(text, sizeof text, value);
    if (value != floor(value)) {
        assert_string_equal(text, expected);
    }
}

static void reals_are_rounded_as_by_printf(void **state)
{
    (void)state;
    for (int exponent = -1074; exponent < 60; exponent++) {
        double value = ldexp(1, exponent);
        assert_as_printf(value);
        assert_as_printf(-nextafter(value, 0));
        assert_as_printf(nextafter(value, INFINITY));
    }
    for (int power = -18; power < 18; power++) {
        double value = pow(10, power);
        assert_as_printf(value);
        assert_as_printf(nextafter(value, 0));
        assert_as_printf(nextafter(value, INFINITY));
    }
    uint64_t seed = 7;
    for (int i = 0; i < 100000; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        double uniform = (double)(seed >> 11) * 0x1p-53;
        assert_as_printf(uniform * pow(10, i % 36 - 18));
        assert_as_printf((double)(float)uniform * 100);
        assert_as_printf((double)(seed >> 40) / 1000);
    }
}

static void cells_are_numbers_or_not(void **state)
{
    (void)state;
    static const struct {
        const char *cell;
        bool number;
        double value;
    } cases[] = {
        {"1", true, 1},          {"-2.5e3", true, -2500},
        {"+.5", true, .5},       {"5.", true, 5},
        {"0", true, 0},          {"0.07", true, 0.07},
        {"007", false, 0},       {"-08", false, 0},
        {"0x10", false, 0},      {"1 ", false, 0},
        {" 1", false, 0},        {"1e", false, 0},
        {"1,5", false, 0},       {"1e999", false, 0},
        {"-", false, 0},         {"-inf", true, -INFINITY},
        {"inf", true, INFINITY}, {"infinity", false, 0},
        {"1-2", false, 0},       {"--1", false, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double value = 0;
        if (table_parse_real(cases[i].cell, &value) != cases[i].number ||
            (cases[i].number && value != cases[i].value)) {
            print_error("cell '%s'\n", cases[i].cell);
            fail();
        }
    }
    static const char *const missing[] = {"", "n/a", "NA", "NaN", "nan"};
    for (size_t i = 0; i < 5; i++) {
        double value = 0;
        assert_true(table_parse_real(missing[i], &value) && isnan(value));
    }
}

static void tsv_of_other_tools_is_read(void **state)
{
    (void)state;
    struct table *table = parsed("\xef\xbb\xbfid\tage\tsex\r\n1.50\t23\tNA\r\nx7\tNA\tf\r\n\r\n\n");
    assert_int_equal(table->row_count, 2);
    assert_string_equal(table->columns[0].definition.name, "id");
    assert_string_equal(table_text(table, 0, 0), "1.50"); /* spelled as it was */
    assert_string_equal(table_text(table, 1, 0), "x7");
    assert_true(table_real(table, 0, 1) == 23 && isnan(table_real(table, 1, 1)));
    assert_string_equal(table_text(table, 0, 2), "NA");
    table_destroy(table);

    table = parsed("a\tb"); /* a header alone, without an end of line */
    assert_int_equal(table->row_count, 0);
    assert_int_equal(table->column_count, 2);
    table_destroy(table);

    table = parsed("code\tv\n007\t1\n\t\n012\tn/a");
    assert_int_equal(table->row_count, 3);
    assert_string_equal(table_text(table, 2, 0), "012");
    assert_null(table_text(table, 1, 0));
    table_destroy(table);
}

static void long_lines_are_read(void **state)
{
    (void)state;
    size_t length = (size_t)3 << 20;
    char *text = malloc(length + 16);
    memcpy(text, "a\tb\n1\t", 6);
    memset(text + 6, 'x', length);
    memcpy(text + 6 + length, "\n", 2);
    struct table *table = parsed(text);
    assert_int_equal(strlen(table_text(table, 0, 1)), length);
    table_destroy(table);
    free(text);
}

static void bad_tsv_is_refused(void **state)
{
    (void)state;
#define REFUSED(text, part) assert_refused(text, sizeof text - 1, part)
    REFUSED("", "no header row: was the command that makes the table successful?");
    REFUSED("\n1\t2\n", "no header row");
    REFUSED("a\tb\n1\t2\n3\n", "line 3 has 1 cell, but the header row has 2");
    REFUSED("a\tb\n1\t2\t3\n", "line 2 has 3 cells, but the header row has 2");
    REFUSED("a\tb\n\n1\t2\n", "line 2 is empty");
    REFUSED("a\tb\n1\t\0\n", "line 2 holds a NUL byte");
    REFUSED("\xff\xfe"
            "a\0\t\0b\0\n\0",
            "UTF-16");
    REFUSED("a\tb\ta\n", "two columns of the header row are called 'a'");
    REFUSED("a\t\tb\n", "column 2 of the header row has no name");
    REFUSED("1.5\t2\n3\t4\n", "a header row with the names of the columns is needed");
    REFUSED("a\tb\r1\t2\r", "carriage return");
#undef REFUSED
    struct error error = {0};
    struct table *table = NULL;
    FILE *folder = fopen("/", "r");
    assert_non_null(folder);
    assert_int_equal(table_read_tsv(folder, "/", &table, &error), STATUS_FAILED);
    assert_non_null(strstr(error.message, "cannot read"));
    fclose(folder);
}

/* Past a megabyte of numbers their spelling is forgotten, and text below them is an error. */
static void late_text_is_refused(void **state)
{
    (void)state;
    size_t rows = 200000, size = 0;
    char *text = NULL;
    FILE *stream = open_memstream(&text, &size);
    fputs("value\n", stream);
    for (size_t i = 0; i < rows; i++) {
        fprintf(stream, "%zu\n", i + 100000);
    }
    fclose(stream);
    struct table *table = parsed(text);
    assert_int_equal(table->row_count, rows);
    assert_close(table_real(table, rows - 1, 0), (double)(rows + 99999), 0);
    table_destroy(table);
    text = realloc(text, size + 8);
    memcpy(text + size, "oops\n", 6);
    assert_refused(text, size + 5, "line 200002, column value: 'oops' is no number");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reals_are_spelled_shortest),
        cmocka_unit_test(reals_are_rounded_as_by_printf),
        cmocka_unit_test(cells_are_numbers_or_not),
        cmocka_unit_test(tsv_of_other_tools_is_read),
        cmocka_unit_test(long_lines_are_read),
        cmocka_unit_test(bad_tsv_is_refused),
        cmocka_unit_test(late_text_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
