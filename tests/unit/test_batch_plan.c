/* Which recordings a batch finds, and what their results are called. */
#include "unit/reading.h"

#include "pipeline/batch/gather.h"
#include "pipeline/batch/plan.h"

/* A path in the test's folder; several can be in use at a time. */
static const char *at(const char *name)
{
    static char paths[64][200];
    static size_t next;
    char *path = paths[next++ % 64];
    snprintf(path, 200, "%s", reading_path(name));
    return path;
}

/* Makes a file, and the folders in front of it; a table is one of numbers. */
static void touch(const char *name)
{
    char rows[1000] = "";
    char folder[200];
    struct error error;
    snprintf(folder, sizeof folder, "%s", at(name));
    *strrchr(folder, '/') = '\0';
    assert_int_equal(output_make_folder(folder, &error), STATUS_OK);
    for (size_t i = 0; i < 200; i++) {
        strcat(rows, "1\n");
    }
    bool table = strcmp(name + strlen(name) - 4, ".csv") == 0;
    reading_write_file(at(name), rows, table ? strlen(rows) : 1);
}

static struct batch_plan *plan_of(const char *const *inputs, size_t count, const char *output)
{
    struct batch_plan *plan = NULL;
    struct error error = {0};
    if (batch_plan_create((char *const *)inputs, count, output, &plan, &error) != STATUS_OK) {
        print_error("%s\n", error.message);
        fail();
    }
    return plan;
}

static void assert_names(const struct batch_plan *plan, const char *expected)
{
    char names[2000] = "";
    for (size_t i = 0; i < plan->count; i++) {
        snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s", i ? " " : "",
                 plan->items[i].name);
    }
    assert_string_equal(names, expected);
}

static void folders_are_walked(void **state)
{
    (void)state;
    const char *const files[] = {"walk/sub-02/b.edf",
                                 "walk/sub-01/a.EDF",
                                 "walk/c.csv",
                                 "walk/.hidden.edf",
                                 "walk/.git/d.edf",
                                 "walk/notes.doc",
                                 "walk/participants.tsv",
                                 "walk/sub-01/a_events.tsv",
                                 "walk/a_results.h5",
                                 "walk/a_episodes.tsv",
                                 "walk/run.tsv",
                                 "walk/README.txt",
                                 "walk/out/c_trends.tsv",
                                 "walk/out/made-by-mistake.edf"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        touch(files[i]);
    }
    const char *const inputs[] = {at("walk/")};
    struct batch_plan *plan = plan_of(inputs, 1, at("walk/out"));
    assert_names(plan, "c sub-01/a sub-02/b");
    assert_int_equal(plan->items[0].size, 400);
    assert_contains(plan->items[1].path, "/sub-01/a.EDF");
    batch_plan_destroy(plan);
    /* The folder itself as the output: its results are no recordings. */
    plan = plan_of(inputs, 1, at("walk"));
    assert_names(plan, "c out/made-by-mistake sub-01/a sub-02/b");
    batch_plan_destroy(plan);
}

/* Puts a few bytes into a file of the test's folder. */
static void put(const char *name, const char *text)
{
    touch(name);
    reading_write_file(at(name), text, strlen(text));
}

static void what_is_no_recording_is_passed_over_and_counted(void **state)
{
    (void)state;
    static const char *const others[] = {"pass/a.edf",          "pass/notes.DOC", "pass/b.doc",
                                         "pass/Makefile",       "pass/a.json",    "pass/README.md",
                                         "pass/a_channels.tsv", "pass/long.csv"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        touch(others[i]);
    }
    put("pass/labels.csv", "file,label\na.edf,3\n");
    put("pass/ages.csv", "age,height\n30,180\n40,170\n");
    put("pass/prose.txt", "Notes of the day.\nIt rained, and so on.\n");
    put("pass/empty.csv", "");
    const char *const folder[] = {at("pass")}, *const file[] = {at("pass/ages.csv")};
    struct batch_plan *plan = plan_of(folder, 1, at("nowhere"));
    /* What is empty may have been a recording: its row will say so. */
    assert_names(plan, "a empty long");
    static const struct batch_passed passed[] = {{"", 1}, {"csv", 2}, {"doc", 2}, {"txt", 1}};
    assert_int_equal(plan->passed_count, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_string_equal(plan->passed[i].extension, passed[i].extension);
        assert_int_equal(plan->passed[i].count, passed[i].count);
    }
    batch_plan_destroy(plan);
    /* What the user names is what the user means. */
    plan = plan_of(file, 1, at("nowhere"));
    assert_names(plan, "ages");
    assert_int_equal(plan->passed_count, 0);
    batch_plan_destroy(plan);
}

static void recordings_of_several_files_are_one(void **state)
{
    (void)state;
    static const char data[400];
    put("many/rec.hea", "rec/2 1 100 400\ns1 200\ns2 200\n");
    put("many/s1.hea", "s1 1 100 200\ns1.dat 16 200/uV 16 0 0 0 0 EMG\n");
    put("many/s2.hea", "s2 1 100 200\ns2.dat 16 200/uV 16 0 0 0 0 EMG\n");
    put("many/x.hea", "x 1 100 200\nx.dat 16 200/uV 16 0 0 0 0 EMG\n");
    static const char *const parts[] = {"many/s1.dat", "many/s2.dat", "many/x.dat"};
    for (size_t i = 0; i < 3; i++) {
        reading_write_file(at(parts[i]), data, sizeof data);
    }
    const char *const folder[] = {at("many")}, *const segment[] = {at("many/s1.hea")},
                      *const both[] = {at("many/x.dat"), at("many/x.hea")},
                      *const all[] = {at("many"), at("many/s2.dat")};
    struct batch_plan *plan = plan_of(folder, 1, at("nowhere"));
    assert_names(plan, "rec x");
    assert_int_equal(plan->passed_count, 0); /* they are read */
    batch_plan_destroy(plan);
    plan = plan_of(segment, 1, at("nowhere"));
    assert_names(plan, "s1");
    batch_plan_destroy(plan);
    plan = plan_of(both, 2, at("nowhere"));
    assert_names(plan, "x");
    assert_string_equal(plan->items[0].path, at("many/x.hea"));
    batch_plan_destroy(plan);
    /* A segment that is asked for by name is done by itself too. */
    plan = plan_of(all, 2, at("nowhere"));
    assert_names(plan, "rec s2 x");
    batch_plan_destroy(plan);
    char **files;
    size_t count;
    struct error error;
    const struct recording_options options = {0};
    static const char *const expected[] = {"rec.hea", "s1.hea", "s1.dat", "s2.hea", "s2.dat"};
    assert_int_equal(recording_files(at("many/rec.hea"), &options, &files, &count, &error),
                     STATUS_OK);
    assert_int_equal(count, 5);
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(strrchr(files[i], '/') + 1, expected[i]);
    }
    recording_files_free(files, count);
    assert_int_equal(recording_files(at("many/x.dat"), &options, &files, &count, &error),
                     STATUS_OK);
    assert_int_equal(count, 2);
    assert_string_equal(files[0], at("many/x.hea"));
    assert_string_equal(files[1], at("many/x.dat"));
    recording_files_free(files, count);
}

static void folders_beside_raw_recordings_are_passed_over(void **state)
{
    (void)state;
    static const char *const files[] = {"bids/dataset_description.json",
                                        "bids/sub-01/emg/sub-01_task-x_emg.edf",
                                        "bids/derivatives/x/sub-01/emg/sub-01_task-x_emg.edf",
                                        "bids/code/a.edf",
                                        "bids/sourcedata/b.edf",
                                        "bids/sub-01/code/c.edf",
                                        "plain/derivatives/d.edf"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        touch(files[i]);
    }
    const char *const dataset[] = {at("bids")}, *const derived[] = {at("bids/derivatives")},
                      *const plain[] = {at("plain")};
    struct batch_plan *plan = plan_of(dataset, 1, at("nowhere"));
    assert_names(plan, "sub-01/code/c sub-01/emg/sub-01_task-x_emg");
    batch_plan_destroy(plan);
    plan = plan_of(derived, 1, at("nowhere"));
    assert_names(plan, "x/sub-01/emg/sub-01_task-x_emg");
    batch_plan_destroy(plan);
    plan = plan_of(plain, 1, at("nowhere"));
    assert_names(plan, "derivatives/d");
    batch_plan_destroy(plan);
}

static void links_in_a_circle_end(void **state)
{
    (void)state;
    touch("circle/a.edf");
    assert_int_equal(symlink(".", at("circle/up")), 0);
    assert_int_equal(symlink("a.edf", at("circle/b.edf")), 0); /* the same recording */
    const char *const inputs[] = {at("circle")};
    struct batch_plan *plan = plan_of(inputs, 1, at("nowhere"));
    assert_names(plan, "a");
    batch_plan_destroy(plan);
}

static void one_name_for_two_is_told_apart(void **state)
{
    (void)state;
    const char *const files[] = {"p/P01/rest.edf", "p/P01/rest.bdf", "p/P02/rest.edf",
                                 "p/P02/hold.edf", "p/P03/x/hold.edf"};
    for (size_t i = 0; i < 5; i++) {
        touch(files[i]);
    }
    struct {
        const char *inputs[5];
        size_t count;
        const char *names;
    } cases[] = {
        {{at("p/P01/rest.edf"), at("p/P01/rest.bdf")}, 2, "rest.bdf rest.edf"},
        {{at("p/P02/rest.edf"), at("p/P01/rest.edf")}, 2, "P01/rest P02/rest"},
        {{at("p/P01/rest.edf"), at("p/P01/rest.bdf"), at("p/P02/rest.edf")},
         3,
         "P01/rest.bdf P01/rest.edf P02/rest"},
        {{at("p/P02/hold.edf"), at("p/P03/x/hold.edf")}, 2, "P02/hold P03/x/hold"},
        {{at("p/P01"), at("p/P02")}, 2, "P01/rest.bdf P01/rest.edf P02/rest hold"},
        {{at("p")}, 1, "P01/rest.bdf P01/rest.edf P02/hold P02/rest P03/x/hold"},
        /* Given twice, done once; what is not there has a name too. */
        {{at("p/P02"), at("p/P02/hold.edf"), at("p/absent.edf")}, 3, "absent hold rest"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct batch_plan *plan = plan_of(cases[i].inputs, cases[i].count, at("nowhere"));
        assert_names(plan, cases[i].names);
        batch_plan_destroy(plan);
        /* The order in which they are given does not matter. */
        const char *reversed[5];
        for (size_t k = 0; k < cases[i].count; k++) {
            reversed[k] = cases[i].inputs[cases[i].count - 1 - k];
        }
        plan = plan_of(reversed, cases[i].count, at("nowhere"));
        assert_names(plan, cases[i].names);
        batch_plan_destroy(plan);
    }
}

static void results_never_overwrite_an_input(void **state)
{
    (void)state;
    touch("in/a.edf");
    touch("in/a_episodes.tsv");
    const char *const inputs[] = {at("in/a.edf"), at("in/a_episodes.tsv")};
    struct batch_plan *plan = NULL;
    struct error error = {0};
    assert_int_equal(batch_plan_create((char *const *)inputs, 2, at("in"), &plan, &error),
                     STATUS_USAGE);
    assert_null(plan);
    assert_contains(error.message, "in/a_episodes.tsv: is an input");
}

static void an_unreadable_folder_is_an_item(void **state)
{
    (void)state;
    touch("locked/in/a.edf");
    touch("locked/b.edf");
    assert_int_equal(chmod(at("locked/in"), 0), 0);
    const char *const inputs[] = {at("locked")};
    struct batch_plan *plan = plan_of(inputs, 1, at("nowhere"));
    if (geteuid() == 0) {
        assert_names(plan, "b in/a"); /* root reads everything */
    } else {
        assert_names(plan, "b in");
        assert_contains(plan->items[1].problem, "cannot be read");
    }
    batch_plan_destroy(plan);
    assert_int_equal(chmod(at("locked/in"), 0700), 0);
}

static void lists_are_read(void **state)
{
    (void)state;
    static const char lines[] = "a.edf\nb c.edf\r\n\nlast";
    static const char nul[] = "a\nb.edf\0c.edf\0";
    struct error error = {0};
    char **names;
    size_t count;
    FILE *stream = fmemopen((void *)(uintptr_t)lines, sizeof lines - 1, "r");
    assert_int_equal(batch_plan_read_names(stream, "list", false, &names, &count, &error),
                     STATUS_OK);
    fclose(stream);
    assert_int_equal(count, 3);
    assert_string_equal(names[1], "b c.edf");
    assert_string_equal(names[2], "last");
    batch_plan_free_names(names, count);
    stream = fmemopen((void *)(uintptr_t)nul, sizeof nul - 1, "r");
    assert_int_equal(batch_plan_read_names(stream, "list", true, &names, &count, &error),
                     STATUS_OK);
    assert_int_equal(count, 2);
    assert_string_equal(names[0], "a\nb.edf");
    batch_plan_free_names(names, count);
    rewind(stream);
    assert_int_equal(batch_plan_read_names(stream, "list", false, &names, &count, &error),
                     STATUS_FAILED);
    fclose(stream);
    assert_contains(error.message, "list: name 2 has a NUL byte; use -0");
}

static void entities_are_found_in_names(void **state)
{
    (void)state;
    const struct {
        const char *name, *entity, *expected;
    } cases[] = {
        {"sub-01_ses-2_task-rest_emg", "sub-", "sub-01"},
        {"sub-01_ses-2_task-rest_emg", "ses-", "ses-2"},
        {"sub-01/ses-2/rest", "ses-", "ses-2"},
        {"sub-01/sub-02_rest", "sub-", "sub-02"},
        {"sub-01", "sub-", "sub-01"},
        {"rest", "sub-", "n/a"},
        {"sub-", "sub-", "n/a"},
        {"mysub-01", "sub-", "n/a"},
        {"sub-a.b", "sub-", "n/a"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char found[20];
        gather_entity(cases[i].name, cases[i].entity, found, sizeof found);
        assert_string_equal(found, cases[i].expected);
    }
}

static const char *results_of(const struct batch_plan *plan, const char *name)
{
    for (size_t i = 0; i < plan->count; i++) {
        if (strcmp(plan->items[i].name, name) == 0) {
            return plan->items[i].results ? plan->items[i].results : "none";
        }
    }
    return "no item";
}

static void recordings_of_a_dataset_become_derivatives(void **state)
{
    (void)state;
    const char *const files[] = {"derive/dataset_description.json",
                                 "derive/sub-01/ses-2/emg/sub-01_ses-2_task-a_run-1_emg.edf",
                                 "derive/sub-02/emg/sub-02_task-a_desc-clean_emg.edf",
                                 "derive/sub-03/emg/sub-03_task-a_emg.edf",
                                 "derive/sub-03/emg/sub-03_task-a_emg.bdf",
                                 "derive/sub-03/eeg/sub-03_task-a_eeg.edf",
                                 "derive/derivatives/x/sub-09/emg/sub-09_task-a_emg.edf",
                                 "derive/sub-01/emg/sub-01_task-a_desc-soleus_emg.h5"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        touch(files[i]);
    }
    const char *const inputs[] = {at("derive")};
    struct batch_plan *plan = plan_of(inputs, 1, at("out"));
    assert_int_equal(plan->count, 5);
    assert_string_equal(results_of(plan, "sub-01/ses-2/emg/sub-01_ses-2_task-a_run-1_emg"),
                        "sub-01/ses-2/emg/sub-01_ses-2_task-a_run-1_desc-");
    assert_string_equal(results_of(plan, "sub-02/emg/sub-02_task-a_desc-clean_emg"),
                        "sub-02/emg/sub-02_task-a_desc-");
    assert_string_equal(results_of(plan, "sub-03/emg/sub-03_task-a_emg.edf"), "none");
    assert_string_equal(results_of(plan, "sub-03/emg/sub-03_task-a_emg.bdf"), "none");
    assert_string_equal(results_of(plan, "sub-03/eeg/sub-03_task-a_eeg"), "none");
    batch_plan_destroy(plan);
}

static void items_are_chosen_by_label(void **state)
{
    (void)state;
    struct error error = {0};
    struct batch_plan *plan = NULL;
    char *const two[] = {"sub-03", "01"}, *const one[] = {"2"}, *const absent[] = {"04"};
    touch("label/sub-01/ses-2/emg/sub-01_ses-2_task-a_emg.edf");
    touch("label/sub-01/ses-1/emg/sub-01_ses-1_task-a_emg.edf");
    touch("label/sub-02/ses-2/emg/sub-02_ses-2_task-a_emg.edf");
    touch("label/sub-03/emg/sub-03_task-a_emg.edf");
    touch("label/sub-03/emg/sub-03_task-a_eeg.edf");
    assert_int_equal(batch_plan_create_bids(at("label"), at("out"), &plan, &error), STATUS_OK);
    assert_int_equal(plan->count, 4);
    struct batch_choice choices[] = {{"sub", absent, 1}, {"ses", one, 1}};
    assert_int_equal(batch_plan_choose(plan, choices, 2, &error), STATUS_FAILED);
    assert_non_null(strstr(error.message, "is of sub-04; there are: 01, 02, 03"));
    choices[0] = (struct batch_choice){"sub", two, 2};
    choices[1].count = 0;
    assert_int_equal(batch_plan_choose(plan, choices, 2, &error), STATUS_OK);
    assert_names(plan, "sub-01/ses-1/emg/sub-01_ses-1_task-a_emg "
                       "sub-01/ses-2/emg/sub-01_ses-2_task-a_emg sub-03/emg/sub-03_task-a_emg");
    choices[1].count = 1;
    assert_int_equal(batch_plan_choose(plan, choices, 2, &error), STATUS_OK);
    assert_names(plan, "sub-01/ses-2/emg/sub-01_ses-2_task-a_emg");
    batch_plan_destroy(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folders_are_walked),
        cmocka_unit_test(what_is_no_recording_is_passed_over_and_counted),
        cmocka_unit_test(recordings_of_several_files_are_one),
        cmocka_unit_test(folders_beside_raw_recordings_are_passed_over),
        cmocka_unit_test(links_in_a_circle_end),
        cmocka_unit_test(one_name_for_two_is_told_apart),
        cmocka_unit_test(results_never_overwrite_an_input),
        cmocka_unit_test(an_unreadable_folder_is_an_item),
        cmocka_unit_test(lists_are_read),
        cmocka_unit_test(entities_are_found_in_names),
        cmocka_unit_test(recordings_of_a_dataset_become_derivatives),
        cmocka_unit_test(items_are_chosen_by_label),
    };
    return cmocka_run_group_tests(tests, NULL, reading_teardown);
}
