/* The files of one recording: together or not at all. */
#include "unit/reading.h"

#include "formats/results.h"
#include "pipeline/analysis/tables.h"
#include "pipeline/save/results_set.h"
#include "pipeline/trend/trend.h"

#include <sys/file.h>
#include <time.h>

static const char *prefix(void)
{
    static char path[200];
    snprintf(path, sizeof path, "%s", reading_path("below/of/name"));
    return path;
}

static bool there(enum results_part part)
{
    char *path = results_set_path(prefix(), part);
    bool found = access(path, F_OK) == 0;
    free(path);
    return found;
}

static size_t parts_there(void)
{
    size_t count = 0;
    for (int part = 0; part < RESULTS_PARTS; part++) {
        count += there((enum results_part)part);
    }
    return count;
}

static size_t files_in_folder(void)
{
    char command[200];
    size_t count = 0;
    snprintf(command, sizeof command, "ls -A %s | wc -l", reading_path("below/of"));
    FILE *pipe = popen(command, "r");
    assert_int_equal(fscanf(pipe, "%zu", &count), 1);
    pclose(pipe);
    return count;
}

static void clean(void)
{
    for (int part = 0; part < RESULTS_PARTS; part++) {
        char *path = results_set_path(prefix(), (enum results_part)part);
        unlink(path);
        free(path);
    }
}

/* Makes a set, with empty tables and a results file that says who made it. */
static struct results_set *make(bool force, const char *maker)
{
    struct error error = {0};
    struct results_set *set = NULL;
    struct results_writer *writer = NULL;
    struct analysis analysis = {
        .episodes = table_create("e", episode_columns, columns_count(episode_columns), &error),
        .trends = table_create("t", trend_columns, trend_column_count, &error)};
    if (results_set_create(prefix(), NULL, force, &set, &error) != STATUS_OK) {
        print_error("%s\n", error.message);
        fail();
    }
    assert_int_equal(results_set_tables(set, &analysis, NULL, &error), STATUS_OK);
    assert_int_equal(results_create(results_set_file(set), &writer, &error), STATUS_OK);
    assert_int_equal(results_attribute_text(writer, "maker", maker, &error), STATUS_OK);
    assert_int_equal(results_finish(writer, &error), STATUS_OK);
    table_destroy(analysis.episodes);
    table_destroy(analysis.trends);
    return set;
}

static void assert_maker(const char *maker)
{
    struct error error = {0};
    struct results *results = NULL;
    char *path = results_set_path(prefix(), RESULTS_FILE);
    assert_int_equal(results_open(path, &results, &error), STATUS_OK);
    assert_string_equal(results_text_attribute(results, "maker"), maker);
    results_close(results);
    free(path);
}

static int reset(void **state)
{
    (void)state;
    struct error error;
    assert_int_equal(output_make_folder(reading_path("below/of"), &error), STATUS_OK);
    clean();
    return 0;
}

static void a_set_appears_at_once(void **state)
{
    (void)state;
    struct error error = {0};
    struct results_set *set = make(false, "first");
    assert_int_equal(parts_there(), 0);
    assert_int_equal(results_set_commit(set, &error), STATUS_OK);
    assert_int_equal(parts_there(), RESULTS_PARTS);
    assert_int_equal(files_in_folder(), RESULTS_PARTS);
    assert_maker("first");
    /* Of an earlier run: replaced without being asked. */
    set = make(false, "second");
    assert_maker("first");
    assert_int_equal(results_set_commit(set, &error), STATUS_OK);
    assert_maker("second");
}

static void a_set_that_is_given_up_leaves_the_earlier(void **state)
{
    (void)state;
    struct error error = {0};
    results_set_abort(make(false, "first"));
    assert_int_equal(files_in_folder(), 0);
    assert_int_equal(results_set_commit(make(false, "first"), &error), STATUS_OK);
    results_set_abort(make(false, "second"));
    assert_int_equal(files_in_folder(), RESULTS_PARTS);
    assert_maker("first");
}

/* A table cannot take the place of a folder: its rename fails. */
static void a_commit_that_fails_leaves_nothing(void **state)
{
    (void)state;
    struct error error = {0};
    char *path = results_set_path(prefix(), RESULTS_TRENDS);
    struct results_set *set = make(false, "first");
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(results_set_commit(set, &error), STATUS_FAILED);
    assert_contains(error.message, "name_trends.tsv: cannot be put in place");
    assert_int_equal(files_in_folder(), 1);
    assert_int_equal(rmdir(path), 0);
    free(path);
}

static void files_of_others_are_refused(void **state)
{
    (void)state;
    const enum results_part parts[] = {RESULTS_EPISODES, RESULTS_TRENDS, RESULTS_FILE};
    for (size_t i = 0; i < 3; i++) {
        struct error error = {0};
        struct results_set *set = NULL;
        char *path = results_set_path(prefix(), parts[i]);
        reading_write_file(path, "mine\n", 5);
        assert_int_equal(results_set_create(prefix(), NULL, false, &set, &error), STATUS_FAILED);
        assert_null(set);
        assert_contains(error.message, path);
        assert_contains(error.message, "use -f");
        assert_int_equal(files_in_folder(), 1);
        assert_int_equal(results_set_commit(make(true, "forced"), &error), STATUS_OK);
        assert_maker("forced");
        clean();
        free(path);
    }
}

static void what_was_left_halfway_is_ours(void **state)
{
    (void)state;
    struct error error = {0};
    char *path = results_set_path(prefix(), RESULTS_FILE);
    assert_int_equal(results_set_commit(make(false, "first"), &error), STATUS_OK);
    unlink(path);
    results_set_abort(make(false, "second")); /* not refused */
    results_set_remove_incomplete(prefix());
    assert_int_equal(files_in_folder(), 0);
    assert_int_equal(results_set_commit(make(false, "third"), &error), STATUS_OK);
    results_set_remove_incomplete(prefix());
    assert_int_equal(files_in_folder(), RESULTS_PARTS);
    free(path);
}

/* Another process in its commit holds the folder's lock. */
static void commits_take_turns(void **state)
{
    (void)state;
    struct error error = {0};
    struct timespec before, after, pause = {.tv_nsec = 300000000};
    int ready[2];
    char byte;
    assert_int_equal(pipe(ready), 0);
    pid_t other = fork();
    assert_true(other >= 0);
    if (other == 0) {
        int folder = open(reading_path("below/of"), O_RDONLY | O_DIRECTORY);
        flock(folder, LOCK_EX);
        (void)!write(ready[1], "x", 1);
        nanosleep(&pause, NULL);
        _exit(0);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    struct results_set *set = make(false, "first");
    clock_gettime(CLOCK_MONOTONIC, &before);
    assert_int_equal(results_set_commit(set, &error), STATUS_OK);
    clock_gettime(CLOCK_MONOTONIC, &after);
    double waited =
        (double)(after.tv_sec - before.tv_sec) + (double)(after.tv_nsec - before.tv_nsec) * 1e-9;
    assert_true(waited > 0.1);
    assert_int_equal(waitpid(other, NULL, 0), other);
    close(ready[0]);
    close(ready[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_set_appears_at_once, reset),
        cmocka_unit_test_setup(a_set_that_is_given_up_leaves_the_earlier, reset),
        cmocka_unit_test_setup(a_commit_that_fails_leaves_nothing, reset),
        cmocka_unit_test_setup(files_of_others_are_refused, reset),
        cmocka_unit_test_setup(what_was_left_halfway_is_ours, reset),
        cmocka_unit_test_setup(commits_take_turns, reset),
    };
    return cmocka_run_group_tests(tests, NULL, reading_teardown);
}
