/* Tables of results files, as they are exported. */
#include "unit/test.h"

#include "pipeline/export/table.h"
#include "unit/results_example.h"

#include <jansson.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/soleus-export-XXXXXX";
static char full_path[256], empty_path[256], large_path[256];
static struct results *full, *empty;

static int set_up(void **state)
{
    (void)state;
    struct error error = {0};
    if (!mkdtemp(folder)) {
        return -1;
    }
    snprintf(full_path, sizeof full_path, "%s/full.h5", folder);
    snprintf(empty_path, sizeof empty_path, "%s/empty.h5", folder);
    snprintf(large_path, sizeof large_path, "%s/large.h5", folder);
    return example_write(full_path, 60, false, &error) == STATUS_OK &&
                   example_write_empty(empty_path, &error) == STATUS_OK &&
                   results_open(full_path, &full, &error) == STATUS_OK &&
                   results_open(empty_path, &empty, &error) == STATUS_OK
               ? 0
               : -1;
}

static int tear_down(void **state)
{
    (void)state;
    results_close(full);
    results_close(empty);
    unlink(full_path);
    unlink(empty_path);
    unlink(large_path);
    return rmdir(folder);
}

static char *exported(struct results *results, const char *name, bool json)
{
    char *text = NULL;
    size_t size = 0;
    struct error error = {0};
    FILE *stream = open_memstream(&text, &size);
    if (export_table(results, name, json, stream, &error) != STATUS_OK) {
        print_error("%s\n", error.message);
        fail();
    }
    fclose(stream);
    return text;
}

static struct table *parsed(char *text)
{
    struct error error = {0};
    struct table *table = NULL;
    FILE *stream = fmemopen(text, strlen(text), "r");
    assert_int_equal(table_read_tsv(stream, "exported", &table, &error), STATUS_OK);
    fclose(stream);
    free(text);
    return table;
}

static void markers_are_a_long_table(void **state)
{
    (void)state;
    struct table *table = parsed(exported(full, "markers", false));
    static const char *const names[] = {"epoch", "channel", "mdf", "status"};
    assert_int_equal(table->column_count, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_string_equal(table->columns[i].definition.name, names[i]);
    }
    assert_int_equal(table->row_count, EXAMPLE_EPOCHS * EXAMPLE_CHANNELS);
    for (size_t row = 0; row < table->row_count; row++) {
        size_t e = row / EXAMPLE_CHANNELS, c = row % EXAMPLE_CHANNELS;
        double mdf = example_mdf(e, c), got = table_real(table, row, 2);
        assert_true(table_real(table, row, 0) == example_epoch(e));
        assert_string_equal(table_text(table, row, 1), example_channels[c]);
        assert_true(got == mdf || (isnan(got) && isnan(mdf)));
        assert_true(table_real(table, row, 3) == (double)example_status(e, c));
    }
    table_destroy(table);
}

static void three_dimensions_are_long_too(void **state)
{
    (void)state;
    struct table *table = parsed(exported(full, "/spectrum", false));
    assert_int_equal(table->column_count, 4);
    assert_int_equal(table->row_count, EXAMPLE_EPOCHS * EXAMPLE_CHANNELS * EXAMPLE_BINS);
    for (size_t row = 0; row < table->row_count; row++) {
        size_t k = row % EXAMPLE_BINS, c = row / EXAMPLE_BINS % EXAMPLE_CHANNELS;
        size_t e = row / EXAMPLE_BINS / EXAMPLE_CHANNELS;
        assert_true(table_real(table, row, 0) == example_epoch(e));
        assert_string_equal(table_text(table, row, 1), example_channels[c]);
        assert_true(table_real(table, row, 2) == 20 + 2 * (double)k);
        assert_true(table_real(table, row, 3) == example_density(e, c, k));
    }
    table_destroy(table);
}

static void assert_exported(struct results *results, const char *name, const char *expected)
{
    char *text = exported(results, name, false);
    assert_string_equal(text, expected);
    free(text);
}

static void small_tables_are_exact(void **state)
{
    (void)state;
    assert_exported(full, "quality",
                    "channel\tclipped\tverdict\nleft calf\t0\tgood\nn\xc3\xa4h\tn/a\tn/a\n"
                    "3\t1152921504606846976\tn/a\n");
    assert_exported(full, "channel", "channel\nleft calf\nn\xc3\xa4h\n3\n");
    assert_exported(full, "frequency", "frequency\n20\n22\n24\n26\n28\n");
    assert_exported(full, "quality/verdict",
                    "channel\tverdict\nleft calf\tgood\nn\xc3\xa4h\tn/a\n3\tn/a\n");
    char *text = exported(full, "spectrum/mean", false);
    assert_int_equal(strncmp(text, "channel\tfrequency\tmean\nleft calf\t20\t1\n", 38), 0);
    free(text);
    /* The rows of a table are counted by their dimension, which is no column. */
    text = exported(full, "episodes", false);
    assert_int_equal(strncmp(text,
                             "onset\tduration\ttrial_type\tchannel\tburst_count\tflags\n"
                             "0\tn/a\ttonic\tn/a\tn/a\t0\n",
                             72),
                     0);
    free(text);
}

static void json_names_flags(void **state)
{
    (void)state;
    char *text = exported(full, "markers", true);
    json_error_t why;
    json_t *root = json_loads(text, 0, &why);
    assert_non_null(root);
    assert_int_equal(json_array_size(root), EXAMPLE_EPOCHS * EXAMPLE_CHANNELS);
    json_t *row = json_array_get(root, 3 * EXAMPLE_CHANNELS); /* status 3 */
    json_t *flags = json_object_get(row, "status");
    assert_int_equal(json_array_size(flags), 2);
    assert_string_equal(json_string_value(json_array_get(flags, 1)), "too_short");
    assert_close(json_real_value(json_object_get(row, "epoch")), example_epoch(3), 0);
    assert_true(json_is_null(json_object_get(json_array_get(root, 0), "mdf")));
    json_decref(root);
    free(text);
}

static void tables_without_rows_have_a_header(void **state)
{
    (void)state;
    assert_exported(empty, "markers", "epoch\tchannel\tmdf\tstatus\n");
    assert_exported(empty, "spectrum", "epoch\tchannel\tfrequency\tdensity\n");
    assert_exported(empty, "bursts", "onset\tduration\ttrial_type\tchannel\tburst_count\tflags\n");
    char *text = exported(empty, "markers", true);
    assert_string_equal(text, "[]\n");
    free(text);
}

static void all_tables_are_listed(void **state)
{
    (void)state;
    struct error error = {0};
    struct table *list = NULL;
    assert_int_equal(export_list(full, &list, &error), STATUS_OK);
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    table_write_tsv(list, stream, true, 0, list->row_count);
    fclose(stream);
    assert_string_equal(text, "table\tdimensions\trows\tcolumns\n"
                              "markers\tepoch channel\t7500\t4\n"
                              "spectrum\tepoch channel frequency\t37500\t4\n"
                              "spectrum/mean\tchannel frequency\t15\t3\n"
                              "spectrum/note\tepoch\t2500\t2\n"
                              "quality\tchannel\t3\t3\n"
                              "episodes\tepisode\t1000\t6\n"
                              "epoch\tepoch\t2500\t1\n"
                              "channel\tchannel\t3\t1\n"
                              "frequency\tfrequency\t5\t1\n"
                              "episode\tepisode\t1000\t1\n");
    free(text);
    /* Each of them can be exported, with as many rows and columns as it says. */
    for (size_t row = 0; row < list->row_count; row++) {
        struct table *one = parsed(exported(full, table_text(list, row, 0), false));
        assert_close((double)one->row_count, table_real(list, row, 2), 0);
        assert_close((double)one->column_count, table_real(list, row, 3), 0);
        table_destroy(one);
    }
    table_destroy(list);
}

static void unknown_tables_are_told(void **state)
{
    (void)state;
    static const char *const names[] = {"nothing", "markers/none", "", "/", "spectrum/mean/x"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct error error = {0};
        assert_int_equal(export_table(full, names[i], false, stdout, &error), STATUS_FAILED);
        assert_non_null(strstr(error.message, "full.h5: there is no table '"));
        assert_non_null(strstr(error.message, "there are: markers, spectrum, spectrum/mean"));
    }
}

/* A table of several parts: 200000 rows, `status` defined first and exported last. */
static void parts_join_without_a_seam(void **state)
{
    (void)state;
    enum { ROWS = 100000 };
    struct error error = {0};
    struct results_writer *writer = NULL;
    struct results *results = NULL;
    const struct column_definition time = {"time", COLUMN_REAL, "s", "time", NULL};
    const struct column_definition side = {"side", COLUMN_INTEGER, "1", "side", NULL};
    const struct column_definition status = {"status", COLUMN_INTEGER, "1", "status", NULL};
    const struct column_definition value = {"value", COLUMN_INTEGER, "1", "value", NULL};
    const char *const over[] = {"time", "side"};
    const int64_t sides[2] = {10, 20};
    double *times = calloc(ROWS, sizeof *times);
    int64_t *values = calloc(2 * ROWS, sizeof *values);
    for (size_t i = 0; i < ROWS; i++) {
        times[i] = (double)i / 4;
        values[2 * i] = (int64_t)(2 * i);
        values[2 * i + 1] = (int64_t)(2 * i + 1);
    }
    assert_int_equal(results_create(large_path, &writer, &error), STATUS_OK);
    results_growing_dimension(writer, &time, &error);
    results_dimension(writer, &side, 2, sides, &error);
    results_array(writer, "/g", &status, over, 2, false, &error);
    results_array(writer, "/g", &value, over, 2, false, &error);
    results_append(writer, "/", "time", times, ROWS, &error);
    results_append(writer, "/g", "status", values, ROWS, &error);
    results_append(writer, "/g", "value", values, ROWS, &error);
    assert_int_equal(results_finish(writer, &error), STATUS_OK);
    assert_int_equal(results_open(large_path, &results, &error), STATUS_OK);
    struct table *table = parsed(exported(results, "g", false));
    results_close(results);
    assert_string_equal(table->columns[3].definition.name, "status");
    assert_int_equal(table->row_count, 2 * ROWS);
    for (size_t row = 0; row < table->row_count; row++) {
        assert_true(table_real(table, row, 0) == (double)(row / 2) / 4);
        assert_true(table_real(table, row, 1) == (row % 2 ? 20 : 10));
        assert_true(table_real(table, row, 2) == (double)row);
    }
    table_destroy(table);
    free(times);
    free(values);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(markers_are_a_long_table),
        cmocka_unit_test(three_dimensions_are_long_too),
        cmocka_unit_test(small_tables_are_exact),
        cmocka_unit_test(json_names_flags),
        cmocka_unit_test(tables_without_rows_have_a_header),
        cmocka_unit_test(all_tables_are_listed),
        cmocka_unit_test(unknown_tables_are_told),
        cmocka_unit_test(parts_join_without_a_seam),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
