/* C3D. make_c3d_samples.py makes the samples: sample i of channel c lies
 * n = (i (7 + 2 c)) mod 201 − 100 above the channel's OFFSET. */
#include "unit/reader_checks.h"

#define FRAMES 400

static const struct recording_options all = {.all_channels = true};

/* Scale × GEN_SCALE, in the delivered unit: µV for EMG. */
static const double factors[] = {0x1p-21 * 1e6, 0x1p-12 * 1e3, -0.125, 0x1p-13};

static void assert_values(const struct reading *reading, size_t count)
{
    assert_int_equal(reading->channels, 4);
    for (size_t c = 0; c < 4; c++) {
        assert_int_equal(reading->counts[c], count);
        for (size_t i = 0; i < count; i++) {
            /* To a millionth of a digital step. */
            assert_close(reading->samples[c][i], factors[c] * number(c, i),
                         fabs(factors[c]) * 1e-6);
        }
    }
}

/* Three processors, two kinds of numbers: one signal. */
static void six_of_one_signal(void **state)
{
    (void)state;
    static const char *const names[] = {
        "good-c3d-intel-integer.c3d", "good-c3d-intel-float.c3d",  "good-c3d-dec-integer.c3d",
        "good-c3d-dec-float.c3d",     "good-c3d-mips-integer.c3d", "good-c3d-mips-float.c3d",
    };
    struct reading first = read_sample_as("c3d", names[0], all);
    assert_values(&first, FRAMES);
    for (size_t i = 0; i < 6; i++) {
        struct recording_options strict = {.all_channels = true, .strict = true};
        struct reading reading = read_sample_as("c3d", names[i], strict);
        reading_assert_same(&first, &reading);
        const struct channel *channels = reading.info->channels;
        assert_string_equal(channels[0].label, "EMG TA left");
        assert_string_equal(channels[0].description, "Trigno 1");
        assert_string_equal(channels[0].file_unit, "V");
        assert_string_equal(channels[0].unit, "uV");
        assert_string_equal(channels[1].file_unit, "mV");
        assert_int_equal(channels[1].type, CHANNEL_EMG);
        assert_int_equal(channels[2].type, CHANNEL_OTHER);
        assert_string_equal(channels[2].unit, "N");
        assert_true(channels[3].rate == 2000);
        assert_close(reading.info->duration, 0.2, 1e-12);
        if (i % 2 == 0) {
            /* 12 bits from 0, zero at 2048. */
            assert_close(channels[0].minimum, -2048 * factors[0], 1e-9);
            assert_close(channels[0].maximum, 2047 * factors[0], 1e-9);
            assert_close(channels[2].minimum, 2047 * factors[2], 1e-9);
        } else {
            assert_true(isnan(channels[0].minimum));
        }
        /* Timed from frame 1; the file begins at frame 11, 0.1 s later. */
        assert_int_equal(reading.info->annotation_count, 2);
        assert_string_equal(reading.info->annotations[0].text, "Left Foot Strike");
        assert_close(reading.info->annotations[0].onset, 0.05, 1e-7);
        assert_string_equal(reading.info->annotations[1].text, "General Event");
        assert_close(reading.info->annotations[1].onset, 0.15, 1e-7);
        reading_clear(&reading);
        assert_any_blocks(names[i], all, &first, 5);
        assert_same_piped(names[i], all, &first);
    }
    reading_clear(&first);
}

static void other_layouts(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        double rate; /* expected */
        size_t count;
        const char *warning; /* NULL: none */
        bool piped;
    } cases[] = {
        {"good-c3d-header-lies.c3d", 2000, 400, "ANALOG:RATE / POINT:RATE 20", true},
        {"good-c3d-one-frame-a-second.c3d", 500, 1000, NULL, true},
        {"good-c3d-odd-rates.c3d", 1198.8, 400, NULL, true},
        {"good-c3d-parameters-late.c3d", 2000, 400, NULL, true},
        {"good-c3d-parameters-last.c3d", 2000, 400, NULL, false},
        {"good-c3d-cut.c3d", 2000, 280, "cut short: it ends in frame 15 of 20", true},
        {"good-c3d-header-events.c3d", 2000, 400, NULL, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct reading reading = read_sample_as("c3d", cases[i].name, all);
        assert_values(&reading, cases[i].count);
        assert_true(reading.info->channels[0].rate == cases[i].rate);
        assert_close(reading.info->duration, (double)cases[i].count / cases[i].rate, 1e-9);
        assert_warned(&reading, cases[i].warning);
        struct reading piped = reading_through_pipe(sample(cases[i].name), all);
        if (cases[i].piped) {
            reading_assert_same(&reading, &piped);
        } else {
            assert_int_equal(piped.status, STATUS_FAILED);
            assert_contains(piped.error.message, "save it to a file first");
        }
        reading_clear(&piped);
        reading_clear(&reading);
        reading = reading_all(sample(cases[i].name), (struct recording_options){.strict = true}, 0);
        assert_int_equal(reading.status, cases[i].warning ? STATUS_FAILED : STATUS_OK);
        reading_clear(&reading);
    }
}

static void special_cases(void **state)
{
    (void)state;
    struct reading reading = read_sample_as("c3d", "good-c3d-unsigned.c3d", all);
    assert_int_equal(reading.counts[0], 400);
    for (size_t i = 0; i < 400; i++) {
        assert_close(reading.samples[0][i], 0.25 * number(0, i), 1e-6);
    }
    assert_close(reading.info->channels[0].minimum, -8192, 1e-9);
    assert_close(reading.info->channels[0].maximum, 8191.75, 1e-9);
    reading_clear(&reading);

    reading = read_sample_as("c3d", "good-c3d-many-channels.c3d", all);
    assert_int_equal(reading.channels, 260);
    assert_string_equal(reading.info->channels[259].label, "EMG 259");
    for (size_t c = 0; c < 260; c++) {
        for (size_t i = 0; i < 4; i++) {
            assert_close(reading.samples[c][i], 0.25 * number(c, i), 1e-6);
        }
    }
    reading_clear(&reading);

    reading = read_sample_as("c3d", "good-c3d-header-events.c3d", all);
    assert_int_equal(reading.info->annotation_count, 2);
    assert_string_equal(reading.info->annotations[1].text, "STOP");
    assert_close(reading.info->annotations[1].onset, 0.125, 1e-7);
    reading_clear(&reading);

    reading = read_sample_as("c3d", "good-c3d-no-scale.c3d", all);
    assert_string_equal(reading.info->channels[0].unit, "a.u.");
    assert_true(reading.samples[0][5] == 2048 + number(0, 5));
    assert_true(reading_warned(&reading, "no usable ANALOG:SCALE"));
    reading_clear(&reading);

    reading = reading_all(sample("good-c3d-no-rate.c3d"), all, 0);
    assert_int_equal(reading.status, STATUS_NO_RATE);
    assert_contains(reading.error.message, "--rate");
    reading_clear(&reading);
    reading = read_sample_as("c3d", "good-c3d-no-rate.c3d",
                             (struct recording_options){.all_channels = true, .rate = 2000});
    assert_values(&reading, FRAMES);
    reading_clear(&reading);
}

/* 70000 frames are claimed in two words where 16 bits end at 65535. */
static void more_frames_than_a_word_counts(void **state)
{
    (void)state;
    struct reading reading = read_sample_as("c3d", "good-c3d-long-count.c3d", all);
    assert_int_equal(reading.counts[0], 100);
    assert_true(reading_warned(&reading, "frame 101 of 70000"));
    reading_clear(&reading);
    /* Its duration is what it holds, before anything is read. */
    struct recording *recording;
    struct error error;
    assert_int_equal(recording_open(sample("good-c3d-long-count.c3d"), &all, &recording, &error),
                     STATUS_OK);
    assert_close(recording_info(recording)->duration, 0.1, 1e-12);
    recording_close(recording);

    size_t size;
    char *data = reading_load_file(sample("good-c3d-long-count.c3d"), &size);
    size_t whole = size + 2 * (70000 - 100);
    char *grown = calloc(whole, 1);
    assert_non_null(grown);
    memcpy(grown, data, size);
    reading_write_file(reading_path("long.c3d"), grown, whole);
    reading = reading_all(reading_path("long.c3d"), (struct recording_options){.strict = true}, 0);
    assert_int_equal(reading.status, STATUS_OK);
    assert_int_equal(reading.counts[0], 70000);
    assert_close(reading.info->duration, 70, 1e-9);
    reading_clear(&reading);

    /* Without them the file's size tells. */
    char *trial = memmem(grown, size, "ACTUAL_END_FIELD", 16);
    assert_non_null(trial);
    trial[0] = 'X';
    reading_write_file(reading_path("long.c3d"), grown, whole);
    reading = reading_all(reading_path("long.c3d"), (struct recording_options){0}, 0);
    assert_int_equal(reading.status, STATUS_OK);
    assert_int_equal(reading.counts[0], 70000);
    assert_true(reading_warned(&reading, "ends at 65535"));
    reading_clear(&reading);
    free(grown);
    free(data);
}

static void damaged_files(void **state)
{
    (void)state;
    static const struct refusal cases[] = {
        {"bad-c3d-header-cut.c3d", STATUS_FAILED, "copied to the end"},
        {"bad-c3d-parameters-cut.c3d", STATUS_FAILED, "copied to the end"},
        {"bad-c3d-no-data.c3d", STATUS_FAILED, "block 3"},
        {"bad-c3d-processor.c3d", STATUS_FAILED, "parameters"},
        {"bad-c3d-no-frames.c3d", STATUS_FAILED, "no frames"},
        {"bad-c3d-60000-channels.c3d", STATUS_FAILED, "60000"},
        {"unsupported-c3d-points-only.c3d", STATUS_UNSUPPORTED, "no analog channel"},
    };
    assert_refused(cases, sizeof cases / sizeof *cases, all);
    /* Whatever is left of a file, the answer is a message, or the samples that are there. */
    size_t size;
    char *data = reading_load_file(sample("good-c3d-mips-float.c3d"), &size);
    for (size_t cut = 1; cut < size; cut += cut < 1600 ? 1 : 97) {
        reading_write_file(reading_path("cut.c3d"), data, cut);
        struct recording_options options = {.all_channels = true, .format = "c3d"};
        struct reading reading = reading_all(reading_path("cut.c3d"), options, 0);
        assert_true(reading.status == STATUS_OK || reading.status == STATUS_FAILED);
        assert_true(cut > 1024 || reading.status == STATUS_FAILED);
        for (size_t k = 0; reading.status == STATUS_OK && k < reading.counts[0]; k++) {
            assert_close(reading.samples[0][k], factors[0] * number(0, k), factors[0] * 1e-6);
        }
        reading_clear(&reading);
    }
    free(data);
}

/* A float as it stands in the file, on a little-endian machine. */
static float float_at(const char *data, size_t at)
{
    float value;
    memcpy(&value, data + at, sizeof value);
    return value;
}

static void real_recording(void **state)
{
    (void)state;
    const char *path = real("megawin_isokinetic.c3d");
    size_t size;
    char *data = reading_load_file(path, &size);
    struct reading reading = reading_all(path, all, 0);
    assert_int_equal(reading.status, STATUS_OK);
    assert_int_equal(reading.channels, 4);
    assert_string_equal(reading.info->channels[0].label, "Vastus medialis");
    assert_string_equal(reading.info->channels[2].unit, "\xc2\xb0");
    assert_int_equal(reading.info->channels[1].type, CHANNEL_EMG);
    assert_int_equal(reading.info->channels[3].type, CHANNEL_OTHER);
    for (size_t c = 0; c < 4; c++) {
        assert_true(reading.info->channels[c].rate == 1250);
        assert_int_equal(reading.counts[c], 29 * 1250);
        for (size_t i = 0; i < reading.counts[c]; i++) {
            assert_true(reading.samples[c][i] == float_at(data, 0x600 + 16 * i + 4 * c));
        }
    }
    reading_clear(&reading);
    free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(six_of_one_signal), cmocka_unit_test(other_layouts),
        cmocka_unit_test(special_cases),     cmocka_unit_test(more_frames_than_a_word_counts),
        cmocka_unit_test(damaged_files),     cmocka_unit_test(real_recording),
    };
    return cmocka_run_group_tests(tests, NULL, reading_teardown);
}
