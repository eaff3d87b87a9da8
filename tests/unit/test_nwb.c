#include "unit/reader_checks.h"

#include "formats/text.h"

static void series_that_say_emg(void **state)
{
    (void)state;
    struct reading reading =
        read_sample_as("nwb", "good-nwb-emg.nwb", (struct recording_options){0});
    const struct recording_info *info = reading.info;
    assert_int_equal(reading.channels, 3);
    assert_string_equal(info->channels[0].label, "SOL");
    assert_string_equal(info->channels[0].muscle, "soleus");
    assert_string_equal(info->channels[0].grid, "calf");
    assert_string_equal(info->channels[1].label, "GM");
    assert_string_equal(info->channels[1].muscle, "gastrocnemius medialis");
    assert_string_equal(info->channels[2].label, "EMG_slow");
    assert_true(info->channels[0].rate == 1000 && info->channels[2].rate == 100);
    assert_int_equal(reading.counts[0], 700);
    for (size_t i = 0; i < 700; i++) {
        for (size_t c = 0; c < 2; c++) {
            double volts = number(c, i) * 2e-6 * (c ? 0.5 : 1) + 1e-4;
            assert_close(reading.samples[c][i], volts * 1e6, 2e-5);
        }
    }
    /* Begins half a second after the first series. */
    assert_int_equal(reading.counts[2], 50 + 140);
    for (size_t i = 0; i < 190; i++) {
        assert_true(isnan(reading.samples[2][i]) == (i < 50));
        assert_true(i < 50 || fabs(reading.samples[2][i] - number(0, i - 50)) < 1e-4);
    }
    assert_close(info->channels[0].maximum, 32767 * 2.0 + 100, 1e-6);
    assert_int_equal(info->start.seconds, 1651820889);
    assert_close(info->start.fraction, 0.75, 1e-9);
    reading_clear(&reading);
}

static void marks(void **state)
{
    (void)state;
    struct reading reading =
        read_sample_as("nwb", "good-nwb-emg.nwb", (struct recording_options){0});
    const struct annotation *all = reading.info->annotations;
    assert_int_equal(reading.info->annotation_count, 3);
    assert_string_equal(all[0].text, "rest");
    assert_close(all[0].onset, 0.1, 1e-9);
    assert_close(all[0].duration, 0.1, 1e-9);
    assert_string_equal(all[1].text, "hold");
    assert_string_equal(all[2].text, "cramp");
    assert_close(all[2].onset, 0.5, 1e-9);
    assert_true(isnan(all[2].duration));
    reading_clear(&reading);
}

static void a_series_by_name(void **state)
{
    (void)state;
    static const char *const names[] = {"probe", "acquisition/probe", "/acquisition/probe"};
    for (size_t i = 0; i < 3; i++) {
        struct recording_options options = {.variable = names[i], .all_channels = true};
        struct reading reading = read_sample_as("nwb", "good-nwb-emg.nwb", options);
        assert_int_equal(reading.channels, 2);
        assert_string_equal(reading.info->channels[0].label, "n1");
        assert_string_equal(reading.info->channels[0].muscle, "");
        assert_true(reading.info->channels[0].rate == 2000);
        assert_close(reading.samples[0][7], number(0, 7) * 1e6, 1);
        reading_clear(&reading);
    }
    struct recording_options wrong = {.variable = "other"};
    struct reading reading = reading_all(sample("good-nwb-emg.nwb"), wrong, 0);
    assert_int_equal(reading.status, STATUS_FAILED);
    assert_contains(reading.error.message, "/processing/ecephys/Filtered/EMG_slow");
}

static void missing_timestamps_are_gaps(void **state)
{
    (void)state;
    struct reading reading =
        read_sample_as("nwb", "good-nwb-gap.nwb", (struct recording_options){0});
    assert_true(reading.info->channels[0].rate == 1250);
    assert_int_equal(reading.counts[0], 425);
    for (size_t i = 0; i < 425; i++) {
        bool lost = i >= 150 && i < 175;
        assert_true(isnan(reading.samples[0][i]) == lost);
        assert_true(lost || fabs(reading.samples[0][i] - number(0, i < 150 ? i : i - 25)) < 1e-4);
    }
    assert_close(reading.info->start.fraction, 0.25, 1e-6);
    reading_clear(&reading);
    struct recording_options given = {.rate = 1000};
    reading = read_sample_as("nwb", "good-nwb-gap.nwb", given);
    assert_int_equal(reading.counts[0], 400);
    assert_true(reading.info->channels[0].rate == 1000);
    reading_clear(&reading);
}

static void any_block_size(void **state)
{
    (void)state;
    struct reading whole = read_sample_as("nwb", "good-nwb-emg.nwb", (struct recording_options){0});
    assert_any_blocks("good-nwb-emg.nwb", (struct recording_options){0}, &whole, 19);
    reading_clear(&whole);
}

static void refused(void **state)
{
    (void)state;
    static const struct refusal cases[] = {
        {"bad-nwb-endless.nwb", STATUS_FAILED, "more than a year"},
        {"bad-nwb-transposed.nwb", STATUS_FAILED, "transposed"},
        {"unsupported-nwb-no-series.nwb", STATUS_UNSUPPORTED, "/acquisition/licks"},
        {"unsupported-nwb-uneven.nwb", STATUS_UNSUPPORTED, "--rate"},
        {"unsupported-nwb-version-1.nwb", STATUS_UNSUPPORTED, "NWB 2"},
    };
    assert_refused(cases, sizeof cases / sizeof *cases, (struct recording_options){0});
    struct recording_options given = {.rate = 500};
    struct reading reading = read_sample_as("nwb", "unsupported-nwb-uneven.nwb", given);
    assert_int_equal(reading.counts[0], 400);
    reading_clear(&reading);
    reading = read_sample_as("nwb", "good-nwb-beside.nwb", (struct recording_options){0});
    assert_int_equal(reading.channels, 1);
    assert_string_equal(reading.info->channels[0].label, "EMG");
    reading_clear(&reading);
}

static void times_of_iso_8601(void **state)
{
    (void)state;
    struct start_time start = {0};
    assert_true(text_start_time("2018-04-25T02:30:03.5-07:00", &start));
    assert_true(start.known && start.seconds == 1524623403 && start.fraction == 0.5);
    assert_true(text_start_time("2018-4-25 2:30:4", &start));
    assert_true(start.seconds == 1524623404 && start.fraction == 0);
    assert_false(text_start_time("2018-04-25", &start));
    assert_false(text_start_time("2018-04-31T02:30:03", &start));
    assert_false(text_start_time("2018-04-25T02:30:61", &start));
    assert_false(text_start_time("2018-04-25T02:30:", &start));
    assert_true(start.seconds == 1524623404);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(series_that_say_emg), cmocka_unit_test(marks),
        cmocka_unit_test(a_series_by_name),    cmocka_unit_test(missing_timestamps_are_gaps),
        cmocka_unit_test(any_block_size),      cmocka_unit_test(refused),
        cmocka_unit_test(times_of_iso_8601),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
