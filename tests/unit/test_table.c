#include "unit/test.h"

#include "formats/table.h"
#include "formats/utf8.h"

#include <jansson.h>
#include <string.h>

static const char *const flag_list[] = {"rest", "gap", NULL};
static const struct flag_names flags = {flag_list};

static const struct column_definition columns[] = {
    {"onset", COLUMN_REAL, "s", "start", NULL},
    {"count", COLUMN_INTEGER, "1", "bursts", NULL},
    {"status", COLUMN_FLAGS, "", "why a value is missing", &flags},
    {"channel", COLUMN_TEXT, "", "label", NULL},
};

static struct table *make(void)
{
    struct error error = {0};
    struct table *table = table_create("example", columns, 4, &error);
    assert_non_null(table);
    return table;
}

static void add(struct table *table, double onset, int64_t count, int64_t status, const char *text)
{
    struct error error = {0};
    size_t row;
    assert_int_equal(table_append(table, &row, &error), STATUS_OK);
    table_set_real(table, row, 0, onset);
    table_set_integer(table, row, 1, count);
    table_set_integer(table, row, 2, status);
    assert_int_equal(table_set_text(table, row, 3, text, &error), STATUS_OK);
}

/* What fn writes, as text to be freed. */
static char *written(const struct table *table, bool json)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    struct error error = {0};
    if (json) {
        assert_int_equal(table_write_json(table, stream, &error), STATUS_OK);
    } else {
        table_write_tsv(table, stream, true, 0, table->row_count);
    }
    assert_int_equal(fclose(stream), 0);
    return text;
}

static struct table *parse(const char *text, size_t size, struct error *error)
{
    FILE *stream = tmpfile();
    assert_non_null(stream);
    assert_int_equal(fwrite(text, 1, size, stream), size);
    rewind(stream);
    struct table *table = NULL;
    enum status status = table_read_tsv(stream, "in.tsv", &table, error);
    fclose(stream);
    assert_true((status == STATUS_OK) == (table != NULL));
    return table;
}

static struct table *parsed(const char *text)
{
    struct error error = {0};
    struct table *table = parse(text, strlen(text), &error);
    if (!table) {
        print_error("%s\n", error.message);
    }
    assert_non_null(table);
    return table;
}

static void assert_refused(const char *text, size_t size, const char *part)
{
    struct error error = {0};
    assert_null(parse(text, size, &error));
    if (!strstr(error.message, part) || strncmp(error.message, "in.tsv: ", 8) != 0) {
        print_error("message: %s\nshould hold: %s\n", error.message, part);
        fail();
    }
}

static void appended_rows_are_missing(void **state)
{
    (void)state;
    struct table *table = make();
    struct error error = {0};
    for (size_t i = 0; i < 1000; i++) {
        size_t row;
        assert_int_equal(table_append(table, &row, &error), STATUS_OK);
        assert_int_equal(row, i);
    }
    assert_true(isnan(table_real(table, 999, 0)));
    assert_true(isnan(table_real(table, 999, 1)));
    assert_close(table_real(table, 999, 2), 0, 0);
    assert_true(isnan(table_real(table, 999, 3)));
    assert_null(table_text(table, 999, 3));
    assert_null(table_text(table, 999, 0));
    assert_int_equal(table_find(table, "channel"), 3);
    assert_true(table_find(table, "chan") == SIZE_MAX);
    table_destroy(table);
    table_destroy(NULL);
}

static void tsv_is_exact(void **state)
{
    (void)state;
    struct table *table = make();
    add(table, 1.5, 3, 2, "left\tcalf\n\x01\xc2\x85!");
    add(table, NAN, TABLE_MISSING, 0, NULL);
    add(table, 0.1, -7, 3, "");
    char *text = written(table, false);
    assert_string_equal(text, "onset\tcount\tstatus\tchannel\n"
                              "1.5\t3\t2\tleft calf   !\n"
                              "n/a\tn/a\t0\tn/a\n"
                              "0.1\t-7\t3\tn/a\n");
    free(text);
    table_destroy(table);
}

static void tsv_parts_make_the_whole(void **state)
{
    (void)state;
    struct table *table = make();
    for (int i = 0; i < 10; i++) {
        add(table, i / 3.0, i, i % 4, "x");
    }
    char *whole = written(table, false), *parts = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&parts, &size);
    table_write_tsv(table, stream, true, 0, 4);
    table_write_tsv(table, stream, false, 4, 5);
    table_write_tsv(table, stream, false, 5, 99);
    fclose(stream);
    assert_string_equal(whole, parts);
    free(whole);
    free(parts);
    table_destroy(table);
}

static void text_is_made_utf8(void **state)
{
    (void)state;
    struct table *table = make();
    add(table, 0, 0, 0, "\xb5V \xc3\xa4 \xed\xa0\x80 \xc0\xaf \xf4\x90\x80\x80 \xe2\x82");
    assert_string_equal(table_text(table, 0, 3),
                        "\xef\xbf\xbdV \xc3\xa4 \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd "
                        "\xef\xbf\xbd\xef\xbf\xbd \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd "
                        "\xef\xbf\xbd\xef\xbf\xbd");
    table_destroy(table);
    assert_int_equal(utf8_character("\xf0\x9f\xa6\xb5", 4), 4);
    assert_int_equal(utf8_character("\xf0\x9f\xa6\xb5", 3), 0);
}

static void json_is_exact(void **state)
{
    (void)state;
    struct table *table = make();
    char *text = written(table, true);
    assert_string_equal(text, "[]\n");
    free(text);
    add(table, 1e-14, 9007199254740993, 3, "a \"b\"\n\xc3\xa4");
    add(table, INFINITY, TABLE_MISSING, 4, NULL);
    text = written(table, true);
    assert_string_equal(text, "[\n  {\n    \"onset\": 1e-14,\n    \"count\": 9007199254740993,\n"
                              "    \"status\": [\"rest\", \"gap\"],\n"
                              "    \"channel\": \"a \\\"b\\\"\\n\xc3\xa4\"\n  },\n"
                              "  {\n    \"onset\": null,\n    \"count\": null,\n"
                              "    \"status\": [4],\n    \"channel\": null\n  }\n]\n");
    json_error_t why;
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, &why);
    assert_non_null(root);
    assert_int_equal(json_array_size(root), 2);
    json_decref(root);
    free(text);
    struct error error = {0};
    assert_int_equal(table_set_flag_names(table, 2, NULL, &error), STATUS_OK);
    text = written(table, true);
    assert_non_null(strstr(text, "\"status\": 3,"));
    free(text);
    const char *own[] = {"a", "b", "c", NULL};
    assert_int_equal(table_set_flag_names(table, 2, own, &error), STATUS_OK);
    text = written(table, true);
    assert_non_null(strstr(text, "\"status\": [\"c\"]"));
    free(text);
    table_destroy(table);
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

static void tsv_comes_back(void **state)
{
    (void)state;
    struct table *table = make();
    add(table, 1.0 / 3, 3, 2, "left");
    add(table, NAN, TABLE_MISSING, 0, NULL);
    char *text = written(table, false);
    struct table *back = parsed(text);
    assert_int_equal(back->row_count, 2);
    assert_int_equal(back->columns[1].definition.type, COLUMN_REAL);
    assert_int_equal(back->columns[3].definition.type, COLUMN_TEXT);
    assert_true(table_real(back, 0, 0) == 1.0 / 3);
    assert_true(isnan(table_real(back, 1, 0)) && isnan(table_real(back, 1, 1)));
    assert_string_equal(table_text(back, 0, 3), "left");
    assert_null(table_text(back, 1, 3));
    char *again = written(back, false);
    assert_string_equal(again, text);
    free(again);
    free(text);
    table_destroy(back);
    table_destroy(table);
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

static void sorting_is_stable(void **state)
{
    (void)state;
    struct table *table = make();
    struct error error = {0};
    add(table, 2, INT64_MAX, 0, "a");
    add(table, NAN, INT64_MAX - 1, 1, "b");
    add(table, 1, TABLE_MISSING, 2, "c");
    add(table, 2, 0, 3, "d");
    add(table, -INFINITY, 5, 0, "e");
    assert_int_equal(table_sort(table, 0, &error), STATUS_OK);
    const char *by_onset[] = {"e", "c", "a", "d", "b"};
    for (size_t i = 0; i < 5; i++) {
        assert_string_equal(table_text(table, i, 3), by_onset[i]);
    }
    assert_close(table_real(table, 3, 2), 3, 0);
    assert_int_equal(table_sort(table, 1, &error), STATUS_OK);
    const char *by_count[] = {"d", "e", "b", "a", "c"}; /* 2^63 − 2 before 2^63 − 1 */
    for (size_t i = 0; i < 5; i++) {
        assert_string_equal(table_text(table, i, 3), by_count[i]);
    }
    assert_int_equal(table_sort(table, 3, &error), STATUS_USAGE);
    table_destroy(table);
}

static void joining_matches_names_and_types(void **state)
{
    (void)state;
    struct table *table = make();
    struct error error = {0};
    add(table, 1, 2, 3, "left");
    struct table *more = parsed("channel\tonset\textra\tcount\n1\t0.5\tx\t4\n2\tn/a\ty\tn/a\n");
    assert_int_equal(table_concatenate(table, more, &error), STATUS_OK);
    char *text = written(table, false);
    assert_string_equal(text, "onset\tcount\tstatus\tchannel\n1\t2\t3\tleft\n0.5\t4\t0\t1\n"
                              "n/a\tn/a\t0\t2\n");
    free(text);
    struct table *wrong = parsed("count\tchannel\n7\tx\n1.5\ty\n");
    assert_int_equal(table_concatenate(table, wrong, &error), STATUS_FAILED);
    assert_non_null(strstr(error.message, "column count holds whole numbers; row 2"));
    assert_int_equal(table->row_count, 3);
    table_destroy(wrong);
    wrong = parsed("onset\nsoon\n");
    assert_int_equal(table_concatenate(table, wrong, &error), STATUS_FAILED);
    assert_non_null(strstr(error.message, "'soon'"));
    assert_int_equal(table->row_count, 3);
    /* A column that holds nothing yet takes text. */
    struct table *blank = parsed("onset\nn/a\n");
    assert_int_equal(table_concatenate(blank, wrong, &error), STATUS_OK);
    assert_string_equal(table_text(blank, 1, 0), "soon");
    assert_null(table_text(blank, 0, 0));
    table_destroy(blank);
    table_destroy(wrong);
    /* Numbers that are names. */
    assert_int_equal(table_make_text(more, 0, &error), STATUS_OK);
    assert_string_equal(table_text(more, 1, 0), "2");
    assert_int_equal(table_make_text(more, 0, &error), STATUS_OK);
    table_destroy(more);
    table_destroy(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(appended_rows_are_missing),
        cmocka_unit_test(tsv_is_exact),
        cmocka_unit_test(tsv_parts_make_the_whole),
        cmocka_unit_test(text_is_made_utf8),
        cmocka_unit_test(json_is_exact),
        cmocka_unit_test(reals_are_spelled_shortest),
        cmocka_unit_test(cells_are_numbers_or_not),
        cmocka_unit_test(tsv_comes_back),
        cmocka_unit_test(tsv_of_other_tools_is_read),
        cmocka_unit_test(long_lines_are_read),
        cmocka_unit_test(bad_tsv_is_refused),
        cmocka_unit_test(late_text_is_refused),
        cmocka_unit_test(sorting_is_stable),
        cmocka_unit_test(joining_matches_names_and_types),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
