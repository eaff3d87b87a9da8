/* EEGLAB data sets: samples inside or beside, events, kinds of channels. */
#include "unit/reader_checks.h"

static void check_samples(const struct reading *reading, size_t channels, size_t frames)
{
    if (reading->status != STATUS_OK) {
        print_error("%s\n", reading->error.message);
        fail();
    }
    assert_string_equal(reading->info->format, "eeglab");
    assert_int_equal(reading->channels, channels);
    for (size_t c = 0; c < channels; c++) {
        assert_true(reading->info->channels[c].rate == 1000);
        assert_int_equal(reading->counts[c], frames);
        for (size_t i = 0; i < frames; i++) {
            assert_true(reading->samples[c][i] == (float)number(c, i));
        }
    }
    assert_string_equal(reading->info->channels[0].label, "TA");
    assert_string_equal(reading->info->channels[1].label, "Sol");
    assert_string_equal(reading->info->channels[0].unit, "uV");
}

static void samples_inside_and_beside(void **state)
{
    (void)state;
    const struct {
        const char *name;
        size_t channels, frames, files;
    } cases[] = {{"good-eeglab-inside.set", 3, 300, 0},
                 {"good-eeglab-fdt.set", 2, 300, 1},
                 {"good-eeglab-fdt.fdt", 2, 300, 1},
                 {"good-eeglab-renamed.set", 2, 250, 1},
                 {"good-eeglab-v73.set", 2, 300, 0}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct recording_options options = {.all_channels = true};
        struct reading whole = reading_all(sample(cases[k].name), options, 0);
        check_samples(&whole, cases[k].channels, cases[k].frames);
        assert_int_equal(whole.info->file_count, cases[k].files);
        assert_any_blocks(cases[k].name, options, &whole, 3);
        reading_clear(&whole);
    }
    struct reading renamed =
        reading_all(sample("good-eeglab-renamed.set"), (struct recording_options){0}, 0);
    assert_true(reading_warned(&renamed, "before.fdt"));
    reading_clear(&renamed);
}

static void events_and_kinds(void **state)
{
    (void)state;
    struct reading reading =
        reading_all(sample("good-eeglab-inside.set"), (struct recording_options){0}, 0);
    assert_int_equal(reading.status, STATUS_OK);
    const struct annotation *events = reading.info->annotations;
    assert_int_equal(reading.info->annotation_count, 3);
    assert_string_equal(events[0].text, "hold");
    assert_close(events[0].onset, 0.1, 1e-12); /* sample 101, counted from 1 */
    assert_close(events[0].duration, 0.05, 1e-12);
    assert_string_equal(events[1].text, "boundary");
    assert_close(events[1].onset, 0.1995, 1e-12);
    assert_true(isnan(events[1].duration));
    assert_string_equal(events[2].text, "7");
    assert_close(events[2].onset, 0.25, 1e-12);
    assert_true(reading_warned(&reading, "cut out"));
    assert_int_equal(reading.info->channels[0].type, CHANNEL_EMG);
    assert_int_equal(reading.info->channels[2].type, CHANNEL_OTHER);
    assert_string_equal(reading.info->channels[2].file_unit, "");
    reading_clear(&reading);
    reading = reading_all(sample("good-eeglab-v73.set"), (struct recording_options){0}, 0);
    assert_int_equal(reading.info->annotation_count, 1);
    assert_string_equal(reading.info->annotations[0].text, "hold");
    reading_clear(&reading);
}

static void refused_sets(void **state)
{
    (void)state;
    static const struct refusal cases[] = {
        {"bad-eeglab-fdt-missing.set", STATUS_FAILED, "lost.fdt"},
        {"bad-eeglab-shape.set", STATUS_FAILED, "claims 2 channels"},
        {"bad-eeglab-no-dataset.set", STATUS_FAILED, "--format mat"},
        {"unsupported-eeglab-epochs.set", STATUS_UNSUPPORTED, "continuous"},
    };
    assert_refused(cases, sizeof cases / sizeof *cases, (struct recording_options){0});
}

/* A data set with another name is known by its layout; and samples beside it may be cut. */
static void copies(void **state)
{
    (void)state;
    size_t size;
    char *data = reading_load_file(sample("good-eeglab-inside.set"), &size);
    reading_write_file(reading_path("named.mat"), data, size);
    free(data);
    struct reading reading =
        reading_all(reading_path("named.mat"), (struct recording_options){0}, 0);
    assert_int_equal(reading.status, STATUS_OK);
    assert_string_equal(reading.info->format, "mat");
    assert_int_equal(reading.info->annotation_count, 3);
    reading_clear(&reading);

    data = reading_load_file(sample("good-eeglab-fdt.set"), &size);
    reading_write_file(reading_path("cut.set"), data, size);
    free(data);
    data = reading_load_file(sample("good-eeglab-fdt.fdt"), &size);
    reading_write_file(reading_path("cut.fdt"), data, size - 405); /* 50 frames and 5 bytes */
    free(data);
    reading = reading_all(reading_path("cut.set"), (struct recording_options){0}, 0);
    check_samples(&reading, 2, 249);
    assert_true(reading_warned(&reading, "claims 2 channels x 300 samples"));
    reading_clear(&reading);
    reading = reading_all(reading_path("cut.set"), (struct recording_options){.strict = true}, 0);
    assert_int_equal(reading.status, STATUS_FAILED);
    reading_clear(&reading);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(samples_inside_and_beside),
                                       cmocka_unit_test(events_and_kinds),
                                       cmocka_unit_test(refused_sets), cmocka_unit_test(copies)};
    return cmocka_run_group_tests(tests, NULL, reading_teardown);
}
