/* Sidecars by the inheritance principle, electrodes, events. */
#include "unit/sidecar_files.h"

#define ALL                                                                                        \
    (struct recording_options)                                                                     \
    {                                                                                              \
        .all_channels = true                                                                       \
    }

static void nearer_files_override_key_by_key(void **state)
{
    (void)state;
    put_table("s/sub-01/ses-1/emg/sub-01_ses-1_task-rest_run-2_emg.csv", 200, 2);
    put_table("s/sub-02/emg/sub-02_task-rest_emg.csv", 200, 2);
    put("s/dataset_description.json", "{\"Name\": \"x\"}");
    put("s/task-rest_emg.json", "{\"SamplingFrequency\": 1000, \"PowerLineFrequency\": 60,\n"
                                " \"Manufacturer\": \"Root\"}");
    put("s/task-hold_emg.json", "{\"SamplingFrequency\": 7}");
    put("s/sub-01/sub-01_emg.json", "{\"SamplingFrequency\": 1500}");
    put("s/sub-01/ses-1/sub-01_ses-1_task-rest_emg.json", "{\"SamplingFrequency\": 2000}");
    put("s/sub-01/ses-1/emg/sub-01_ses-1_run-3_emg.json", "{\"SamplingFrequency\": 9}");
    put("s/task-rest_channels.tsv", "name\ttarget_muscle\nA\troot\nB\troot\n");
    put("s/sub-01/sub-01_task-rest_channels.tsv", "name\ttarget_muscle\nA\tnear\nB\tn/a\n");
    put("s/sub-01/sub-02_channels.tsv", "name\ttarget_muscle\nA\tother\nB\tother\n");
    struct reading reading =
        open_all("s/sub-01/ses-1/emg/sub-01_ses-1_task-rest_run-2_emg.csv", ALL);
    assert_int_equal(reading.info->warnings.count, 0);
    assert_close(reading.info->channels[0].rate, 2000, 0);
    assert_close(reading.info->mains, 60, 0);
    assert_string_equal(reading.info->channels[0].label, "A");
    assert_string_equal(reading.info->channels[0].muscle, "near");
    assert_string_equal(reading.info->channels[1].muscle, ""); /* of tables, the nearest alone */
    assert_string_equal(reading.info->channels[0].description, "Root");
    assert_int_equal(reading.info->file_count, 4);
    assert_string_equal(reading.info->files[0],
                        at("s/sub-01/ses-1/sub-01_ses-1_task-rest_emg.json"));
    assert_string_equal(reading.info->files[1], at("s/sub-01/sub-01_emg.json"));
    assert_string_equal(reading.info->files[2], at("s/task-rest_emg.json"));
    assert_string_equal(reading.info->files[3], at("s/sub-01/sub-01_task-rest_channels.tsv"));
    reading_clear(&reading);
    /* The other subject has what is at the root alone. */
    reading = open_all("s/sub-02/emg/sub-02_task-rest_emg.csv", ALL);
    assert_close(reading.info->channels[0].rate, 1000, 0);
    assert_string_equal(reading.info->channels[1].muscle, "root");
    assert_int_equal(reading.info->file_count, 2);
    reading_clear(&reading);
}

static void it_does_not_matter_from_where(void **state)
{
    (void)state;
    char before[300];
    static const char *const folders[] = {"s", "s/sub-01", "s/sub-01/ses-1", "s/sub-01/ses-1/emg"};
    static const char *const paths[] = {"sub-01/ses-1/emg/sub-01_ses-1_task-rest_run-2_emg.csv",
                                        "./ses-1/emg/sub-01_ses-1_task-rest_run-2_emg.csv",
                                        "emg/../emg/sub-01_ses-1_task-rest_run-2_emg.csv",
                                        "sub-01_ses-1_task-rest_run-2_emg.csv"};
    assert_non_null(getcwd(before, sizeof before));
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(chdir(at(folders[i])), 0);
        struct reading reading = reading_all(paths[i], ALL, 0);
        assert_int_equal(reading.status, STATUS_OK);
        assert_close(reading.info->channels[0].rate, 2000, 0);
        assert_close(reading.info->mains, 60, 0);
        assert_string_equal(reading.info->channels[0].muscle, "near");
        reading_clear(&reading);
    }
    assert_int_equal(chdir(before), 0);
}

static void a_file_outside_of_a_dataset_has_its_neighbours(void **state)
{
    (void)state;
    put_table("x/sub-01_task-rest_emg.csv", 200, 2);
    put("x/sub-01_task-rest_emg.json", "{\"SamplingFrequency\": 1000}");
    put("x/sub-01_task-rest_channels.tsv", "name\ttarget_muscle\nA\tone\nB\ttwo\n");
    put("x/sub-01_task-rest_events.tsv", "onset\tduration\n1\t2\n");
    struct reading reading = open_all("x/sub-01_task-rest_emg.csv", ALL);
    assert_string_equal(reading.info->channels[1].muscle, "two");
    assert_int_equal(reading.info->annotation_count, 0); /* somebody's results */
    reading_clear(&reading);
}

static void events_become_annotations(void **state)
{
    (void)state;
    put_table("v/sub-01/emg/sub-01_task-x_emg.csv", 200, 1);
    put("v/dataset_description.json", "{}");
    put("v/task-x_emg.json", "{\"SamplingFrequency\": 100}");
    put("v/sub-01/emg/sub-01_task-x_events.tsv", "onset\tduration\ttrial_type\tvalue\tchannel\n"
                                                 "1.5\t0.25\thold\t1\tTA\n"
                                                 "0.5\tn/a\tn/a\t7\tn/a\n"
                                                 "n/a\t1\tlost\t1\tn/a\n");
    struct reading reading = open_all("v/sub-01/emg/sub-01_task-x_emg.csv", ALL);
    assert_int_equal(reading.info->annotation_count, 2);
    const struct annotation *annotations = reading.info->annotations;
    assert_close(annotations[0].onset, 0.5, 0);
    assert_true(isnan(annotations[0].duration));
    assert_string_equal(annotations[0].text, "7");
    assert_close(annotations[1].duration, 0.25, 0);
    assert_string_equal(annotations[1].text, "hold@@TA");
    reading_clear(&reading);
    put("v/sub-01/emg/sub-01_task-x_events.tsv", "start\n1\n");
    reading = open_all("v/sub-01/emg/sub-01_task-x_emg.csv", ALL);
    assert_true(reading_warned(&reading, "has no column 'onset'"));
    reading_clear(&reading);
}

static void electrodes_place_channels(void **state)
{
    (void)state;
    put_table("l/sub-01/emg/sub-01_task-x_emg.csv", 200, 6);
    put("l/dataset_description.json", "{}");
    put("l/task-x_emg.json", "{\"SamplingFrequency\": 1000}");
    /* Four of a grid against one reference; two of a pair of electrodes each. */
    put("l/sub-01/emg/sub-01_task-x_channels.tsv",
        "name\ttype\tsignal_electrode\treference_electrode\tgroup\n"
        "c1\tEMG\t1\tR\tgrid\nc2\tEMG\t2\tR\tgrid\nc3\tEMG\t3\tR\tgrid\nc4\tEMG\t4\tR\tgrid\n"
        "d1\tEMG\t1\t2\tpairs\nd2\tEMG\t3\t4\tpairs\n");
    put("l/sub-01/emg/sub-01_electrodes.tsv",
        "name\tx\ty\tz\tcoordinate_system\tgroup\n"
        "1\t0\t0\tn/a\tg\tgrid\n2\t1\t0\tn/a\tg\tgrid\n3\t0\t0.8\tn/a\tg\tgrid\n"
        "4\t1\t0.8\tn/a\tg\tgrid\nR\t50\t0\tn/a\tg\tn/a\n"
        "1\t0\t0\tn/a\tp\tpairs\n2\t0\t10\tn/a\tp\tpairs\n3\t0\t20\tn/a\tp\tpairs\n"
        "4\t0\t36\tn/a\tp\tpairs\n");
    put("l/sub-01/emg/sub-01_space-g_coordsystem.json", "{\"EMGCoordinateUnits\": \"cm\"}");
    put("l/sub-01/emg/sub-01_space-p_coordsystem.json", "{\"EMGCoordinateSystemUnits\": \"mm\"}");
    struct reading reading = open_all("l/sub-01/emg/sub-01_task-x_emg.csv", ALL);
    const struct channel *channels = reading.info->channels;
    assert_int_equal(reading.info->warnings.count, 0);
    static const int places[4][2] = {{1, 1}, {1, 2}, {2, 1}, {2, 2}};
    for (size_t c = 0; c < 4; c++) {
        assert_string_equal(channels[c].grid, "grid");
        assert_int_equal(channels[c].row, places[c][0]);
        assert_int_equal(channels[c].column, places[c][1]);
        assert_close(channels[c].distance, 8, 1e-9);
    }
    assert_string_equal(channels[5].grid, "pairs");
    assert_int_equal(channels[4].row, 1);
    assert_int_equal(channels[5].row, 2);
    assert_close(channels[5].distance, 23, 1e-9); /* from 5 to 28 mm */
    reading_clear(&reading);
    /* Parts of a way between landmarks are no distance; the table may tell it. */
    put("l/sub-01/emg/sub-01_space-g_coordsystem.json", "{\"EMGCoordinateUnits\": \"percent\"}");
    reading = open_all("l/sub-01/emg/sub-01_task-x_emg.csv", ALL);
    assert_int_equal(reading.info->channels[3].row, 2);
    assert_true(isnan(reading.info->channels[3].distance));
    reading_clear(&reading);
    put("l/task-x_emg.json", "{\"SamplingFrequency\": 1000, \"InterelectrodeDistance\": 8}");
    reading = open_all("l/sub-01/emg/sub-01_task-x_emg.csv", ALL);
    assert_close(reading.info->channels[3].distance, 8, 0);
    reading_clear(&reading);
    /* Several systems in one file. */
    unlink(at("l/sub-01/emg/sub-01_space-g_coordsystem.json"));
    put("l/sub-01/emg/sub-01_coordsystem.json",
        "{\"g\": {\"EMGCoordinateUnits\": \"m\"}, \"body\": {\"EMGCoordinateUnits\": \"mm\"}}");
    reading = open_all("l/sub-01/emg/sub-01_task-x_emg.csv", ALL);
    assert_close(reading.info->channels[0].distance, 800, 1e-9);
    reading_clear(&reading);
}

static void long_names_cost_no_more_than_short_ones(void **state)
{
    (void)state;
    const char *name = "n/sub-01/emg/sub-01_ses-1_task-a_acq-b_run-1_recording-c_a-1_b-1_c-1_d-1_"
                       "e-1_f-1_emg.csv";
    put_table(name, 200, 1);
    put("n/dataset_description.json", "{}");
    put("n/c-1_d-1_e-1_f-1_emg.json", "{\"SamplingFrequency\": 100}");
    struct reading reading = open_all(name, ALL);
    assert_close(reading.info->channels[0].rate, 100, 0);
    reading_clear(&reading);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nearer_files_override_key_by_key),
        cmocka_unit_test(it_does_not_matter_from_where),
        cmocka_unit_test(a_file_outside_of_a_dataset_has_its_neighbours),
        cmocka_unit_test(events_become_annotations),
        cmocka_unit_test(electrodes_place_channels),
        cmocka_unit_test(long_names_cost_no_more_than_short_ones),
    };
    return cmocka_run_group_tests(tests, NULL, reading_teardown);
}
