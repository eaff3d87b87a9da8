/* Smaller parts of a batch: checksums, .part files, the progress line, sidecars, shell words. */
#include "unit/reading.h"

#include "formats/checksum.h"
#include "pipeline/analysis/tables.h"
#include "pipeline/batch/progress.h"
#include "pipeline/shell_word.h"
#include "pipeline/sidecar.h"

#include <jansson.h>

static struct checksum *start_sum(const char *path)
{
    char *const paths[] = {(char *)(uintptr_t)path};
    return checksum_start(paths, 1);
}

static void checksums_are_sha_256(void **state)
{
    (void)state;
    static const char *const sums[] = {
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        /* a million times 'a', as in FIPS 180-2 */
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"};
    char *million = malloc(1000000), hex[CHECKSUM_SIZE];
    memset(million, 'a', 1000000);
    const char *const data[] = {"", "abc", million};
    const size_t sizes[] = {0, 3, 1000000};
    struct error error = {0};
    for (size_t i = 0; i < 3; i++) {
        reading_write_file(reading_path("sum"), data[i], sizes[i]);
        assert_int_equal(checksum_file(reading_path("sum"), hex, &error), STATUS_OK);
        assert_string_equal(hex, sums[i]);
        struct checksum *started = start_sum(reading_path("sum"));
        assert_int_equal(checksum_wait(started, false, hex, &error), STATUS_OK);
        assert_string_equal(hex, sums[i]);
        checksum_wait(start_sum(reading_path("sum")), true, NULL, NULL);
    }
    free(million);
}

static void several_files_have_the_checksum_of_their_list(void **state)
{
    (void)state;
    static const char list[] =
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  a\n"
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  b\n";
    char first[160], second[160], expected[CHECKSUM_SIZE], hex[CHECKSUM_SIZE];
    char *const paths[] = {first, second};
    struct error error;
    snprintf(first, sizeof first, "%s", reading_path("a"));
    snprintf(second, sizeof second, "%s", reading_path("b"));
    reading_write_file(first, "abc", 3);
    reading_write_file(second, "", 0);
    reading_write_file(reading_path("list"), list, strlen(list));
    assert_int_equal(checksum_file(reading_path("list"), expected, &error), STATUS_OK);
    assert_int_equal(checksum_files(paths, 2, hex, &error), STATUS_OK);
    assert_string_equal(hex, expected);
    assert_int_equal(checksum_wait(checksum_start(paths, 2), false, hex, &error), STATUS_OK);
    assert_string_equal(hex, expected);
    unlink(second);
    assert_int_equal(checksum_files(paths, 2, hex, &error), STATUS_FAILED);
    assert_string_equal(hex, "");
}

static void what_is_no_file_has_no_checksum(void **state)
{
    (void)state;
    char hex[CHECKSUM_SIZE], pipe[160];
    struct error error = {0};
    assert_int_equal(checksum_file("/dev/zero", hex, &error), STATUS_FAILED);
    assert_contains(error.message, "/dev/zero: is no regular file");
    assert_string_equal(hex, "");
    assert_int_equal(checksum_file("/absent/file", hex, &error), STATUS_FAILED);
    assert_contains(error.message, "/absent/file: cannot be opened: No such file");
    snprintf(pipe, sizeof pipe, "%s", reading_path("fifo"));
    assert_int_equal(mkfifo(pipe, 0600), 0);
    assert_int_equal(checksum_file(pipe, hex, &error), STATUS_FAILED); /* and does not wait */
    assert_int_equal(checksum_wait(start_sum(pipe), false, hex, &error), STATUS_FAILED);
    assert_contains(error.message, "is no regular file");
}

static void part_names_are_told_from_others(void **state)
{
    (void)state;
    const struct {
        const char *name;
        size_t length;
        pid_t pid;
    } cases[] = {{"a.tsv.part.123", 5, 123},   {"a.part.9", 1, 9},  {"a.part.", 0, 0},
                 {"a.part.0", 0, 0},           {"a.part.01", 0, 0}, {"a.part.1x", 0, 0},
                 {".part.12", 0, 0},           {"a.12", 0, 0},      {"a.parts.12", 0, 0},
                 {"a.part.99999999999", 0, 0}, {"", 0, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pid_t pid = 0;
        assert_int_equal(output_part_name(cases[i].name, &pid), cases[i].length);
        if (cases[i].length) {
            assert_int_equal(pid, cases[i].pid);
        }
    }
}

static void parts_of_the_dead_are_removed(void **state)
{
    (void)state;
    char dead[220], locked[220], target[200];
    struct error error = {0};
    snprintf(target, sizeof target, "%s", reading_path("t.tsv"));
    snprintf(dead, sizeof dead, "%s.part.%d", target, 4711);
    reading_write_file(dead, "x", 1);
    output_remove_stale(dead);
    assert_int_equal(access(dead, F_OK), -1);

    /* An output that is being written is locked: it is left alone. */
    struct output *output = NULL;
    assert_int_equal(output_create(target, NULL, false, &output, &error), STATUS_OK);
    snprintf(locked, sizeof locked, "%s", output_path(output));
    output_remove_stale(locked);
    assert_int_equal(access(locked, F_OK), 0);
    struct output *second = NULL;
    assert_int_equal(output_create(target, NULL, false, &second, &error), STATUS_FAILED);
    assert_null(second);
    assert_contains(error.message, "is being written by another process");
    assert_int_equal(access(locked, F_OK), 0);
    fputs("hello\n", output_stream(output));
    assert_int_equal(output_seal(output, &error), STATUS_OK);
    assert_int_equal(access(target, F_OK), -1);
    assert_int_equal(output_commit(output, &error), STATUS_OK);
    size_t size;
    char *text = reading_load_file(target, &size);
    assert_string_equal(text, "hello\n");
    free(text);

    reading_write_file(dead, "x", 1);
    output_remove_parts(reading_folder, 4712);
    assert_int_equal(access(dead, F_OK), 0);
    output_remove_parts(reading_folder, 4711);
    assert_int_equal(access(dead, F_OK), -1);
    assert_int_equal(access(target, F_OK), 0);
}

static void a_sealed_output_can_be_given_up(void **state)
{
    (void)state;
    struct error error = {0};
    struct output *output = NULL;
    char path[220];
    assert_int_equal(output_create(reading_path("u.tsv"), NULL, false, &output, &error), STATUS_OK);
    snprintf(path, sizeof path, "%s", output_path(output));
    assert_int_equal(output_seal(output, &error), STATUS_OK);
    output_abort(output);
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(access(reading_path("u.tsv"), F_OK), -1);
}

static size_t columns_of(const char *line)
{
    size_t columns = 0;
    for (const char *p = line; *p; p++) {
        if (*p == '\033') {
            p = strchr(p, 'm');
        } else {
            columns++;
        }
    }
    return columns;
}

static void the_progress_line_fits(void **state)
{
    (void)state;
    char line[300];
    struct batch_counts counts = {
        .total = 500, .done = 240, .up_to_date = 8, .failed = 2, .fraction = 0.5, .left = 83};
    progress_line(line, sizeof line, 79, &counts, false);
    assert_string_equal(line, "[####################--------------------]  50 %  250/500  2 failed"
                              "  1:23 left");
    progress_line(line, sizeof line, 79, &counts, true);
    assert_contains(line, "\033[31m  2 failed\033[0m");
    for (size_t width = 1; width < 200; width++) {
        progress_line(line, sizeof line, width, &counts, true);
        if (width >= 30) {
            assert_true(columns_of(line) <= width);
        }
        assert_contains(line, "50 %  250/500");
        assert_contains(line, "2 failed");
    }
    progress_line(line, sizeof line, 45, &counts, false);
    assert_string_equal(line, " 50 %  250/500  2 failed  1:23 left");
    counts = (struct batch_counts){.total = 3, .left = NAN};
    progress_line(line, sizeof line, 79, &counts, false);
    assert_string_equal(line, "[----------------------------------------]   0 %  0/3");
    counts = (struct batch_counts){.total = 3, .done = 3, .fraction = 1.0000001, .left = 0};
    progress_line(line, sizeof line, 79, &counts, false);
    assert_string_equal(line, "[########################################] 100 %  3/3  0:00 left");
}

static void times_are_short(void **state)
{
    (void)state;
    const struct {
        double seconds;
        const char *expected;
    } cases[] = {{0, "0:00"},        {59.4, "0:59"},           {59.6, "1:00"},
                 {3599, "59:59"},    {3600, "1:00:00"},        {90061, "25:01:01"},
                 {1e12, "99:59:59"}, {(double)NAN, "99:59:59"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[40];
        progress_time(text, sizeof text, cases[i].seconds);
        assert_string_equal(text, cases[i].expected);
    }
}

static void sidecars_describe_every_column(void **state)
{
    (void)state;
    struct error error = {0};
    char *text;
    size_t size, count = columns_count(episode_columns);
    struct table *table = table_create("episodes", episode_columns, count, &error);
    FILE *stream = open_memstream(&text, &size);
    assert_int_equal(sidecar_write(table, episode_levels, stream, &error), STATUS_OK);
    fclose(stream);
    assert_int_equal(text[size - 1], '\n');
    json_t *all = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(all);
    assert_int_equal(json_object_size(all), count);
    size_t c = 0;
    const char *key;
    json_t *value;
    json_object_foreach(all, key, value)
    {
        assert_string_equal(key, episode_columns[c].name);
        assert_string_equal(json_string_value(json_object_get(value, "Description")),
                            episode_columns[c].long_name);
        json_t *unit = json_object_get(value, "Units");
        assert_int_equal(unit != NULL, episode_columns[c].unit[0] != '\0');
        c++;
    }
    /* Levels are of columns that there are, and of columns of text. */
    for (const struct column_level *level = episode_levels; level->column; level++) {
        size_t column = table_find(table, level->column);
        assert_true(column < count && episode_columns[column].type == COLUMN_TEXT);
        json_t *levels = json_object_get(json_object_get(all, level->column), "Levels");
        assert_string_equal(json_string_value(json_object_get(levels, level->level)),
                            level->description);
    }
    json_decref(all);
    free(text);
    table_destroy(table);
}

static void shell_words_survive_the_shell(void **state)
{
    (void)state;
    const char *const words[] = {"plain-1.edf", "two words", "it's",  "",  "$HOME `x` \"q\" \\",
                                 "a\nb",        "'",         "*?[a]", "~", "ä"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        char command[200], got[100];
        char *word = shell_word(words[i]);
        snprintf(command, sizeof command, "printf %%s %s", word);
        FILE *pipe = popen(command, "r");
        size_t length = fread(got, 1, sizeof got - 1, pipe);
        got[length] = '\0';
        assert_int_equal(pclose(pipe), 0);
        assert_string_equal(got, words[i]);
        free(word);
    }
    char *word = shell_word("plain-1.edf");
    assert_string_equal(word, "plain-1.edf");
    free(word);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(checksums_are_sha_256),
        cmocka_unit_test(several_files_have_the_checksum_of_their_list),
        cmocka_unit_test(what_is_no_file_has_no_checksum),
        cmocka_unit_test(part_names_are_told_from_others),
        cmocka_unit_test(parts_of_the_dead_are_removed),
        cmocka_unit_test(a_sealed_output_can_be_given_up),
        cmocka_unit_test(the_progress_line_fits),
        cmocka_unit_test(times_are_short),
        cmocka_unit_test(sidecars_describe_every_column),
        cmocka_unit_test(shell_words_survive_the_shell),
    };
    return cmocka_run_group_tests(tests, NULL, reading_teardown);
}
