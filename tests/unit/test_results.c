#include "unit/test.h"

#include "unit/results_example.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/soleus-results-XXXXXX";

static const char *in_folder(const char *name)
{
    static char path[4][256];
    static unsigned next;
    char *to = path[next++ % 4];
    snprintf(to, sizeof path[0], "%s/%s", folder, name);
    return to;
}

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    char command[300];
    snprintf(command, sizeof command, "rm -r '%s'", folder);
    return system(command);
}

static void assert_ok(enum status status, const struct error *error)
{
    if (status != STATUS_OK) {
        print_error("%s\n", error->message);
        fail();
    }
}

static char *slurp(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    *size = (size_t)ftell(file);
    rewind(file);
    char *bytes = malloc(*size + 1);
    assert_int_equal(fread(bytes, 1, *size, file), *size);
    fclose(file);
    return bytes;
}

static void assert_same_bytes(const char *a, const char *b)
{
    size_t size_a, size_b;
    char *bytes_a = slurp(a, &size_a), *bytes_b = slurp(b, &size_b);
    assert_int_equal(size_a, size_b);
    assert_memory_equal(bytes_a, bytes_b, size_a);
    free(bytes_a);
    free(bytes_b);
}

static struct results *open_example(const char *path)
{
    struct error error = {0};
    struct results *results = NULL;
    assert_ok(results_open(path, &results, &error), &error);
    return results;
}

static void everything_is_read_back(void **state)
{
    (void)state;
    struct error error = {0};
    const char *path = in_folder("all.h5");
    assert_ok(example_write(path, 60, false, &error), &error);
    struct results *results = open_example(path);
    assert_string_equal(results_text_attribute(results, "soleus_version"), SOLEUS_VERSION);
    assert_string_equal(results_text_attribute(results, "title"), "\xc3\x84n example");
    assert_string_equal(results_text_attribute(results, "rate"), "1259.259");
    assert_close(results_real_attribute(results, "rate"), 1259.259, 0);
    assert_null(results_text_attribute(results, "none"));
    assert_true(isnan(results_real_attribute(results, "none")));
    assert_true(isnan(results_real_attribute(results, "title")));

    struct results_values values;
    assert_ok(results_read(results, "/markers", "mdf", &values, &error), &error);
    assert_int_equal(values.rank, 2);
    assert_int_equal(values.size[0], EXAMPLE_EPOCHS);
    assert_int_equal(values.size[1], EXAMPLE_CHANNELS);
    assert_string_equal(values.dimensions[0], "epoch");
    assert_string_equal(values.dimensions[1], "channel");
    assert_int_equal(values.type, COLUMN_REAL);
    assert_string_equal(values.unit, "Hz");
    assert_string_equal(values.long_name, "median frequency");
    for (size_t i = 0; i < values.count; i++) {
        double expected = example_mdf(i / EXAMPLE_CHANNELS, i % EXAMPLE_CHANNELS);
        assert_true(values.reals[i] == expected || (isnan(values.reals[i]) && isnan(expected)));
    }
    results_values_clear(&values);

    assert_ok(results_read(results, "/markers", "status", &values, &error), &error);
    assert_int_equal(values.type, COLUMN_FLAGS);
    assert_string_equal(values.flag_meanings, "rest too_short gap");
    for (size_t i = 0; i < values.count; i++) {
        assert_int_equal(values.integers[i],
                         example_status(i / EXAMPLE_CHANNELS, i % EXAMPLE_CHANNELS));
    }
    results_values_clear(&values);

    assert_ok(results_read(results, "/spectrum", "density", &values, &error), &error);
    assert_int_equal(values.rank, 3);
    assert_string_equal(values.dimensions[2], "frequency");
    for (size_t i = 0; i < values.count; i++) {
        size_t e = i / (EXAMPLE_CHANNELS * EXAMPLE_BINS);
        size_t c = i / EXAMPLE_BINS % EXAMPLE_CHANNELS;
        assert_true(values.reals[i] == example_density(e, c, i % EXAMPLE_BINS));
    }
    results_values_clear(&values);
    results_close(results);
}

static void texts_and_coordinates_are_read_back(void **state)
{
    (void)state;
    struct error error = {0};
    struct results *results = open_example(in_folder("all.h5"));
    struct results_values values;
    assert_ok(results_read(results, "/", "channel", &values, &error), &error);
    assert_int_equal(values.type, COLUMN_TEXT);
    assert_string_equal(values.dimensions[0], "channel");
    for (size_t i = 0; i < EXAMPLE_CHANNELS; i++) {
        assert_string_equal(values.texts[i], example_channels[i]);
    }
    results_values_clear(&values);
    assert_ok(results_read(results, "/", "epoch", &values, &error), &error);
    assert_int_equal(values.count, EXAMPLE_EPOCHS);
    assert_true(values.reals[EXAMPLE_EPOCHS - 1] == example_epoch(EXAMPLE_EPOCHS - 1));
    results_values_clear(&values);
    assert_ok(results_read(results, "/", "episode", &values, &error), &error);
    assert_int_equal(values.type, COLUMN_INTEGER);
    assert_int_equal(values.integers[999], 1000);
    results_values_clear(&values);
    assert_ok(results_read(results, "/quality", "verdict", &values, &error), &error);
    assert_string_equal(values.texts[0], "good");
    assert_null(values.texts[1]);
    assert_string_equal(values.texts[2], "");
    results_values_clear(&values);
    assert_ok(results_read(results, "/quality", "clipped", &values, &error), &error);
    assert_int_equal(values.type, COLUMN_INTEGER);
    assert_int_equal(values.integers[1], TABLE_MISSING);
    assert_true(values.integers[2] == (int64_t)1 << 60);
    results_values_clear(&values);
    results_close(results);
}

static void steps_are_read(void **state)
{
    (void)state;
    struct error error = {0};
    struct results *results = open_example(in_folder("all.h5"));
    struct results_values values;
    assert_ok(results_read_steps(results, "/markers", "mdf", 1020, 10, &values, &error), &error);
    assert_int_equal(values.size[0], 10);
    assert_int_equal(values.count, 10 * EXAMPLE_CHANNELS);
    assert_true(values.reals[4 * EXAMPLE_CHANNELS + 1] == example_mdf(1024, 1));
    results_values_clear(&values);
    assert_ok(results_read_steps(results, "/spectrum", "note", 2498, 2, &values, &error), &error);
    assert_null(values.texts[0]);
    assert_string_equal(values.texts[1], "odd");
    results_values_clear(&values);
    assert_ok(results_read_steps(results, "/markers", "mdf", 2500, 0, &values, &error), &error);
    assert_int_equal(values.count, 0);
    results_values_clear(&values);
    assert_int_equal(results_read_steps(results, "/markers", "mdf", 2499, 2, &values, &error),
                     STATUS_FAILED);
    assert_non_null(strstr(error.message, "all.h5"));
    assert_int_equal(results_read(results, "/markers", "mnf", &values, &error), STATUS_FAILED);
    assert_int_equal(results_read(results, "/nothing", "mnf", &values, &error), STATUS_FAILED);
    assert_ok(results_describe(results, "/spectrum", "density", &values, &error), &error);
    assert_null(values.reals);
    assert_int_equal(values.count, EXAMPLE_EPOCHS * EXAMPLE_CHANNELS * EXAMPLE_BINS);
    results_values_clear(&values);
    results_close(results);
}

static void names_come_in_order(void **state)
{
    (void)state;
    struct results *results = open_example(in_folder("all.h5"));
    const char *const *groups = results_groups(results);
    static const char *const expected[] = {"/markers", "/spectrum", "/quality", "/episodes"};
    for (size_t i = 0; i < 4; i++) {
        assert_string_equal(groups[i], expected[i]);
    }
    assert_null(groups[4]);
    const char *const *arrays = results_arrays(results, "/episodes");
    assert_string_equal(arrays[0], "onset");
    assert_string_equal(arrays[5], "flags");
    assert_null(arrays[6]);
    assert_string_equal(results_arrays(results, "/")[3], "episode");
    assert_null(results_arrays(results, "/none"));
    assert_true(results_has(results, "/", "epoch"));
    assert_false(results_has(results, "/markers", "epoch"));
    results_close(results);
}

static void assert_same_tables(const struct table *a, const struct table *b)
{
    char *text[2] = {NULL, NULL};
    size_t size[2];
    const struct table *tables[2] = {a, b};
    for (int i = 0; i < 2; i++) {
        struct error error = {0};
        FILE *stream = open_memstream(&text[i], &size[i]);
        assert_ok(table_write_json(tables[i], stream, &error), &error);
        fclose(stream);
    }
    assert_string_equal(text[0], text[1]);
    free(text[0]);
    free(text[1]);
    assert_int_equal(a->column_count, b->column_count);
    for (size_t i = 0; i < a->column_count; i++) {
        const struct column_definition *left = &a->columns[i].definition;
        const struct column_definition *right = &b->columns[i].definition;
        assert_string_equal(left->name, right->name);
        assert_string_equal(left->unit, right->unit);
        assert_string_equal(left->long_name, right->long_name);
        assert_int_equal(left->type, right->type);
    }
}

static void tables_are_read_back(void **state)
{
    (void)state;
    struct error error = {0};
    struct results *results = open_example(in_folder("all.h5"));
    struct table *table = NULL, *expected = example_episodes(1000, &error);
    assert_ok(results_read_table(results, "/episodes", &table, &error), &error);
    assert_int_equal(table->row_count, 1000);
    /* In the file, names of flags have no blanks. */
    static const char *const names[] = {"rest", "too_short", "gap", NULL};
    assert_ok(table_set_flag_names(expected, 5, names, &error), &error);
    assert_same_tables(table, expected);
    table_destroy(table);
    table_destroy(expected);
    assert_ok(results_read_table(results, "/quality", &table, &error), &error);
    assert_int_equal(table->column_count, 2);
    assert_int_equal(table->row_count, EXAMPLE_CHANNELS);
    table_destroy(table);
    assert_int_equal(results_read_table(results, "/markers", &table, &error), STATUS_FAILED);
    assert_null(table);
    results_close(results);
}

static void files_without_rows_are_read_back(void **state)
{
    (void)state;
    struct error error = {0};
    const char *path = in_folder("empty.h5");
    assert_ok(example_write_empty(path, &error), &error);
    struct results *results = open_example(path);
    struct table *table = NULL, *expected = example_episodes(0, &error);
    assert_ok(results_read_table(results, "/bursts", &table, &error), &error);
    assert_int_equal(table->row_count, 0);
    assert_same_tables(table, expected);
    table_destroy(table);
    table_destroy(expected);
    struct results_values values;
    assert_ok(results_read(results, "/spectrum", "density", &values, &error), &error);
    assert_int_equal(values.size[0], 0);
    assert_int_equal(values.size[2], EXAMPLE_BINS);
    assert_int_equal(values.count, 0);
    results_values_clear(&values);
    /* Never written: missing throughout. */
    assert_ok(results_read(results, "/quality", "verdict", &values, &error), &error);
    assert_null(values.texts[0]);
    results_values_clear(&values);
    assert_ok(results_read(results, "/quality", "clipped", &values, &error), &error);
    assert_int_equal(values.type, COLUMN_INTEGER);
    assert_int_equal(values.integers[2], TABLE_MISSING);
    results_values_clear(&values);
    assert_ok(results_read(results, "/spectrum", "mean", &values, &error), &error);
    assert_true(isnan(values.reals[EXAMPLE_CHANNELS * EXAMPLE_BINS - 1]));
    results_values_clear(&values);
    results_close(results);
}

/* Nor time, nor what the heap held, nor how the epochs came, shows in the file. */
static void same_calls_same_bytes(void **state)
{
    (void)state;
    struct error error = {0};
    const char *first = in_folder("all.h5"), *again = in_folder("again.h5");
    sleep(1);
    for (size_t i = 1; i < 200; i++) {
        char *dirt = malloc(i * 97);
        memset(dirt, (int)i, i * 97);
        free(dirt);
    }
    static const size_t steps[] = {60, 1, 7, 1024, EXAMPLE_EPOCHS};
    for (size_t i = 0; i < 2 * sizeof steps / sizeof *steps; i++) {
        assert_ok(example_write(again, steps[i / 2], i % 2, &error), &error);
        assert_same_bytes(first, again);
    }
}

static const struct column_definition real_column = {"x", COLUMN_REAL, "1", "number", NULL};

static void lengths_must_agree(void **state)
{
    (void)state;
    struct error error = {0};
    struct results_writer *writer = NULL;
    const struct column_definition time = {"time", COLUMN_REAL, "s", "time", NULL};
    const char *const over[] = {"time"};
    const double values[3] = {1, 2, 3};
    assert_ok(results_create(in_folder("short.h5"), &writer, &error), &error);
    assert_ok(results_growing_dimension(writer, &time, &error), &error);
    assert_ok(results_array(writer, "/g", &real_column, over, 1, false, &error), &error);
    assert_ok(results_append(writer, "/", "time", values, 3, &error), &error);
    assert_ok(results_append(writer, "/g", "x", values, 2, &error), &error);
    assert_int_equal(results_finish(writer, &error), STATUS_FAILED);
    assert_non_null(strstr(error.message, "short.h5: /g/x has 2 steps, dimension time has 3"));
}

static void mistakes_are_told(void **state)
{
    (void)state;
    static const char *const parts[] = {
        "'a/b' cannot name an array",
        "defined twice",
        "is not defined",
        "written already",
        "grows",
        "is not defined",
        "must come first",
        "has 2 rows",
        "has rank 0",
    };
    const struct column_definition time = {"time", COLUMN_REAL, "s", "time", NULL};
    const struct column_definition slash = {"a/b", COLUMN_REAL, "s", "time", NULL};
    const char *const over[] = {"x", "time"}, *const nowhere[] = {"y"};
    const double values[3] = {1, 2, 3};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        struct error error = {0};
        struct results_writer *w = NULL;
        struct table *episodes = example_episodes(2, &error);
        assert_ok(results_create(in_folder("wrong.h5"), &w, &error), &error);
        assert_ok(results_dimension(w, &real_column, 3, values, &error), &error);
        assert_ok(results_growing_dimension(w, &time, &error), &error);
        enum status status =
            i == 0   ? results_array(w, "/g", &slash, over, 1, false, &error)
            : i == 1 ? results_dimension(w, &real_column, 3, values, &error)
            : i == 2 ? results_array(w, "/g", &real_column, nowhere, 1, false, &error)
            : i == 3 ? results_write(w, "/", "x", values, &error)
            : i == 4 ? results_write(w, "/", "time", values, &error)
            : i == 5 ? results_append(w, "/", "y", values, 1, &error)
            : i == 6 ? results_array(w, "/g", &real_column, over, 2, false, &error)
            : i == 7 ? results_table(w, "/g", "x", "", episodes, &error)
                     : results_array(w, "/g", &real_column, over, 0, false, &error);
        assert_int_equal(status, STATUS_FAILED);
        if (!strstr(error.message, parts[i]) || !strstr(error.message, "wrong.h5: ")) {
            print_error("%s\nshould hold: %s\n", error.message, parts[i]);
            fail();
        }
        /* The first failure stays. */
        struct error later = {0};
        assert_int_equal(results_attribute_real(w, "a", 1, &later), STATUS_FAILED);
        assert_string_equal(later.message, error.message);
        assert_int_equal(results_finish(w, &later), STATUS_FAILED);
        assert_string_equal(later.message, error.message);
        table_destroy(episodes);
    }
    results_abort(NULL);
    results_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_is_read_back),
        cmocka_unit_test(texts_and_coordinates_are_read_back),
        cmocka_unit_test(steps_are_read),
        cmocka_unit_test(names_come_in_order),
        cmocka_unit_test(tables_are_read_back),
        cmocka_unit_test(files_without_rows_are_read_back),
        cmocka_unit_test(same_calls_same_bytes),
        cmocka_unit_test(lengths_must_agree),
        cmocka_unit_test(mistakes_are_told),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
