#include "unit/parse_table.h"
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
        cmocka_unit_test(tsv_comes_back),
        cmocka_unit_test(sorting_is_stable),
        cmocka_unit_test(joining_matches_names_and_types),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
