/* Names of files in BIDS datasets, and their roots. */
#include "unit/reading.h"

#include "formats/bids_name.h"

static void names_are_taken_apart_and_put_together(void **state)
{
    (void)state;
    struct bids_name name;
    char text[200];
    assert_true(bids_name_parse("data/sub-01_ses-2_task-rest+go_run-3_emg.tsv.gz", &name));
    assert_int_equal(name.count, 4);
    assert_string_equal(bids_name_value(&name, "sub"), "01");
    assert_string_equal(bids_name_value(&name, "task"), "rest+go");
    assert_null(bids_name_value(&name, "acq"));
    assert_string_equal(name.suffix, "emg");
    assert_string_equal(name.extension, ".tsv.gz");
    assert_true(bids_name_format(&name, text, sizeof text));
    assert_string_equal(text, "sub-01_ses-2_task-rest+go_run-3_emg.tsv.gz");
    assert_false(bids_name_format(&name, text, strlen(text)));
    assert_true(bids_name_parse("emg.json", &name));
    assert_int_equal(name.count, 0);
    assert_true(bids_name_parse("sub-01_emg", &name));
    assert_string_equal(name.extension, "");
}

static void other_names_are_none(void **state)
{
    (void)state;
    static const char *const none[] = {
        "sub-01.edf/",
        "sub-_emg.edf",
        "sub01_emg.edf",
        "sub-01__emg.edf",
        "sub-01_.edf",
        "sub-01_ta sk-x_emg.edf",
        "su1-01_emg.edf",
        "sub-01_sub-02_emg.x",
        "sub-0\xc3\xa9_emg.edf",
        "sub-0-1_emg.edf",
        "",
        ".edf",
        "a-1_b-1_c-1_d-1_e-1_f-1_g-1_h-1_i-1_j-1_k-1_l-1_m-1_emg.edf",
    };
    struct bids_name name;
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        if (bids_name_parse(none[i], &name)) {
            print_error("'%s' was taken for a name\n", none[i]);
            fail();
        }
    }
}

static void general_names_apply_to_special_ones(void **state)
{
    (void)state;
    static const struct {
        const char *general;
        bool applies;
    } cases[] = {
        {"emg.json", true},
        {"task-rest_emg.json", true},
        {"sub-01_task-rest_channels.tsv", true},
        {"sub-01_ses-1_task-rest_emg.json", true},
        {"task-hold_emg.json", false},
        {"sub-1_emg.json", false},
        {"sub-01_run-1_emg.json", false},
    };
    struct bids_name recording, general;
    assert_true(bids_name_parse("sub-01_ses-1_task-rest_emg.edf", &recording));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_true(bids_name_parse(cases[i].general, &general));
        assert_int_equal(bids_name_applies(&general, &recording), cases[i].applies);
    }
}

static void roots_are_found_from_anywhere(void **state)
{
    (void)state;
    char root[300], top[200], path[300];
    struct error error;
    snprintf(top, sizeof top, "%s", reading_path("set"));
    snprintf(path, sizeof path, "%s/sub-01/emg", top);
    assert_int_equal(output_make_folder(path, &error), STATUS_OK);
    snprintf(path, sizeof path, "%s/sub-01/emg/sub-01_emg.edf", top);
    assert_false(bids_dataset_root(path, root, sizeof root));
    snprintf(path, sizeof path, "%s/dataset_description.json", top);
    reading_write_file(path, "{}", 2);
    snprintf(path, sizeof path, "%s/sub-01/emg/sub-01_emg.edf", top);
    assert_true(bids_dataset_root(path, root, sizeof root));
    assert_string_equal(root, top);
    /* From inside. */
    char before[300];
    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(chdir(top), 0);
    assert_true(bids_dataset_root("sub-01/emg/sub-01_emg.edf", root, sizeof root));
    assert_string_equal(root, ".");
    assert_int_equal(chdir("sub-01/emg"), 0);
    assert_true(bids_dataset_root("sub-01_emg.edf", root, sizeof root));
    assert_string_equal(root, top);
    assert_true(bids_dataset_root("../emg/sub-01_emg.edf", root, sizeof root));
    assert_string_equal(root, top);
    assert_false(bids_dataset_root(path, root, 3));
    assert_int_equal(chdir(before), 0);
    assert_false(bids_dataset_root("/sub-01_emg.edf", root, sizeof root));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_taken_apart_and_put_together),
        cmocka_unit_test(other_names_are_none),
        cmocka_unit_test(general_names_apply_to_special_ones),
        cmocka_unit_test(roots_are_found_from_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, reading_teardown);
}
