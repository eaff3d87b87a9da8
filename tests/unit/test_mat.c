/* MATLAB files of every version, whose samples are known, and real ones. */
#include "unit/reader_checks.h"

struct expected {
    const char *name;
    size_t channels, frames;
    double rate;
    const char *labels[3], *file_units[3];
    double gain; /* from the numbers to what is delivered */
};

static const struct expected expected[] = {
    {"good-mat-v4-little.mat", 2, 300, 1000, {"TA left", "TA right"}, {"", ""}, 1},
    {"good-mat-v4-big.mat", 2, 300, 500, {"EMG_L", "EMG_R"}, {"", ""}, 1},
    {"good-mat-v5-rows.mat", 2, 200, 2000, {"EMG 1", "EMG \xc2\xb5"}, {"mV", "uV"}, 0},
    {"good-mat-v5-big-endian.mat", 2, 200, 1024, {"signals 1", "signals 2"}, {"", ""}, 1},
    {"good-mat-v7-struct.mat",
     2,
     500,
     1259.259,
     {"channelData 1", "channelData 2"},
     {"mV", "mV"},
     1000},
    {"good-mat-v7-vectors.mat", 2, 400, 1000, {"EMG_L", "EMG_R"}, {"", ""}, 1},
    {"good-mat-v7-cells.mat", 2, 200, 1500, {"EMG VL", "EMG RF"}, {"", ""}, 1},
    {"good-mat-v73.mat", 2, 600, 1000, {"TA", "Sol\xc3\xa9us"}, {"", ""}, 1},
    {"good-mat-acqknowledge.mat", 1, 300, 2000, {"EMG100C"}, {"mV"}, 1000},
};

static void check(const struct expected *about, const struct reading *reading)
{
    if (reading->status != STATUS_OK) {
        print_error("%s\n", reading->error.message);
        fail();
    }
    assert_string_equal(reading->info->format, "mat");
    assert_true(reading->channels >= about->channels);
    for (size_t c = 0; c < about->channels; c++) {
        const struct channel *channel = &reading->info->channels[c];
        double gain = about->gain > 0 ? about->gain : c == 0 ? 1000 : 1;
        assert_true(channel->rate == about->rate);
        assert_string_equal(channel->label, about->labels[c]);
        assert_string_equal(channel->file_unit, about->file_units[c]);
        assert_string_equal(channel->unit, about->file_units[c][0] ? "uV" : "a.u.");
        assert_int_equal(reading->counts[c], about->frames);
        for (size_t i = 0; i < about->frames; i++) {
            assert_true(reading->samples[c][i] == (float)(number(c, i) * gain));
        }
    }
    assert_close(reading->info->duration, (double)about->frames / about->rate, 1e-9);
    assert_int_equal(reading->info->warnings.count, 0);
}

static void every_version(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof expected / sizeof *expected; k++) {
        struct reading whole =
            reading_all(sample(expected[k].name), (struct recording_options){.strict = true}, 0);
        check(&expected[k], &whole);
        assert_any_blocks(expected[k].name, (struct recording_options){0}, &whole, 4);
        reading_clear(&whole);
    }
}

/* Channels that are not selected are passed over, in compressed files too. */
static void selected_channels(void **state)
{
    (void)state;
    static const char *const names[] = {"good-mat-v7-struct.mat", "good-mat-v73.mat",
                                        "good-mat-v4-little.mat"};
    for (size_t k = 0; k < 3; k++) {
        struct reading reading =
            reading_all(sample(names[k]), (struct recording_options){.channels = "2"}, 7);
        assert_int_equal(reading.status, STATUS_OK);
        assert_int_equal(reading.counts[0], 0);
        assert_true(reading.counts[1] > 100);
        for (size_t i = 0; i < reading.counts[1]; i++) {
            assert_true(reading.samples[1][i] == (float)number(1, i) * (k == 0 ? 1000 : 1));
        }
        reading_clear(&reading);
    }
}

static void labchart_blocks(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 4; seed++) {
        struct reading reading =
            reading_all(sample("good-mat-labchart.mat"),
                        (struct recording_options){.strict = true, .all_channels = true}, seed);
        assert_int_equal(reading.status, STATUS_OK);
        assert_int_equal(reading.channels, 2);
        for (size_t c = 0; c < 2; c++) {
            assert_int_equal(reading.counts[c], 2200);
            double gain = c == 0 ? 1000 : 1;
            for (size_t i = 0; i < 2200; i++) {
                float sample_there = reading.samples[c][i];
                size_t recorded = i < 300 ? i : i - 1700;
                assert_true(i >= 300 && i < 2000
                                ? isnan(sample_there)
                                : sample_there == (float)(number(c, recorded) * gain));
            }
        }
        assert_string_equal(reading.info->channels[0].label, "EMG calf");
        assert_string_equal(reading.info->channels[1].file_unit, "N");
        assert_int_equal(reading.info->gap_count, 2);
        assert_close(reading.info->gaps[0].duration, 1.7, 1e-9);
        assert_true(reading.info->start.known);
        assert_int_equal(reading.info->start.seconds, 1595937600); /* 2020-07-28 12:00 */
        assert_int_equal(reading.info->annotation_count, 1);
        assert_string_equal(reading.info->annotations[0].text, "cramp");
        assert_close(reading.info->annotations[0].onset, 2.1, 1e-4);
        reading_clear(&reading);
    }
}

static void spike2_waves(void **state)
{
    (void)state;
    struct reading reading =
        reading_all(sample("good-mat-spike2.mat"),
                    (struct recording_options){.strict = true, .all_channels = true}, 3);
    assert_int_equal(reading.status, STATUS_OK);
    assert_int_equal(reading.channels, 2);
    assert_string_equal(reading.info->channels[0].label, "EMG TA");
    assert_true(reading.info->channels[0].rate == 2000);
    assert_true(reading.info->channels[1].rate == 200);
    assert_int_equal(reading.counts[0], 420); /* it begins 10 ms after the other */
    assert_int_equal(reading.counts[1], 40);
    for (size_t i = 0; i < 420; i++) {
        assert_true(i < 20 ? isnan(reading.samples[0][i])
                           : reading.samples[0][i] == (float)number(0, i - 20) * 1000);
    }
    assert_true(reading.samples[1][39] == (float)number(1, 39));
    reading_clear(&reading);
}

/* Whole numbers of converters, which the files tell how to turn into units. */
static void sixteen_bits(void **state)
{
    (void)state;
    const struct recording_options options = {.strict = true, .all_channels = true};
    struct reading reading = reading_all(sample("good-mat-labchart-16-bit.mat"), options, 3);
    assert_int_equal(reading.status, STATUS_OK);
    /* The first channel begins with the second block, 2 s after the first. */
    assert_int_equal(reading.counts[0], 2500);
    assert_int_equal(reading.counts[1], 2500);
    assert_true(reading.info->channels[0].rate == 1000);
    for (size_t i = 0; i < 2500; i++) {
        /* The data are two channels in pieces of 300, 300, 200 and 200. */
        size_t first = i - 2000, second = i < 500 ? i : i - 2000 + 500;
        float raw[2];
        for (size_t c = 0; c < 2; c++) {
            size_t at = c == 0 ? first : second;
            size_t piece = at < 300 ? 0 : at < 600 ? 1 : at < 800 ? 2 : 3;
            raw[c] = number(piece % 2, at - (const size_t[]){0, 300, 300, 500}[piece]);
        }
        bool none = i < 2000;
        assert_true(none ? isnan(reading.samples[0][i])
                         : reading.samples[0][i] == (raw[0] + 8) * 0.5f);
        assert_true(i >= 500 && i < 2000 ? isnan(reading.samples[1][i])
                                         : reading.samples[1][i] == (raw[1] - 4) * 0.25f);
    }
    reading_clear(&reading);
    reading = reading_all(sample("good-mat-spike2-16-bit.mat"), options, 3);
    assert_int_equal(reading.status, STATUS_OK);
    assert_string_equal(reading.info->channels[0].unit, "uV");
    assert_close(reading.info->channels[0].maximum, 32767 * 0.5 + 7, 1e-6);
    for (size_t i = 0; i < 400; i++) {
        assert_true(reading.samples[0][i] == (float)number(0, i) * 0.5f + 7);
    }
    reading_clear(&reading);
}

/* Two rates that differ are none, and neither is one of times that are not numbers; a name that
 * says whose rate it is goes before one that does not. */
static void rates_by_name(void **state)
{
    (void)state;
    static const char *const names[][2] = {
        {"good-mat-times-nan.mat", "equal steps"},
        {"good-mat-rates-differ.mat", "'kinematics' has 100 Hz, and 'settings' 2000 Hz"}};
    for (size_t i = 0; i < 2; i++) {
        struct reading reading = reading_all(sample(names[i][0]), (struct recording_options){0}, 0);
        assert_int_equal(reading.status, STATUS_NO_RATE);
        assert_contains(reading.error.message, names[i][1]);
        reading_clear(&reading);
    }
    struct reading reading =
        reading_all(sample("good-mat-rate-names.mat"), (struct recording_options){0}, 0);
    assert_int_equal(reading.status, STATUS_OK);
    assert_int_equal(reading.channels, 2); /* what an analysis found is none */
    assert_true(reading.info->channels[0].rate == 1000);
    assert_string_equal(reading.info->channels[0].label, "EMG_L");
    reading_clear(&reading);
}

static void rates_and_options(void **state)
{
    (void)state;
    struct reading reading =
        reading_all(sample("good-mat-no-rate.mat"), (struct recording_options){0}, 0);
    assert_int_equal(reading.status, STATUS_NO_RATE);
    assert_contains(reading.error.message, "--rate");
    reading_clear(&reading);
    reading = reading_all(sample("good-mat-no-rate.mat"),
                          (struct recording_options){.rate = 640, .scale = 0.5}, 0);
    assert_int_equal(reading.status, STATUS_OK);
    assert_true(reading.info->channels[1].rate == 640);
    assert_true(reading.info->channels[1].maximum == 2147483647.0 / 2);
    assert_true(reading.samples[1][5] == (float)number(1, 5) / 2);
    reading_clear(&reading);
}

static void times_among_the_signals_are_no_emg(void **state)
{
    (void)state;
    static const char *const names[] = {"good-mat-times-inside.mat", "good-mat-index-inside.mat"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct reading reading = reading_all(sample(names[i]), (struct recording_options){0}, 0);
        assert_int_equal(reading.status, STATUS_OK);
        assert_int_equal(reading.info->channel_count, 3);
        assert_int_equal(reading.info->channels[0].type, CHANNEL_OTHER);
        assert_false(reading.info->channels[0].selected);
        assert_int_equal(reading.info->channels[1].type, CHANNEL_EMG);
        assert_true(reading.samples[1][5] == (float)number(0, 5));
        assert_true(reading.samples[2][299] == (float)number(1, 299));
        reading_clear(&reading);
    }
}

static void chosen_variables(void **state)
{
    (void)state;
    const struct {
        const char *file, *variable;
        enum status status;
        const char *message; /* or the first label */
    } cases[] = {
        {"unsupported-mat-ambiguous.mat", NULL, STATUS_UNSUPPORTED, "left (double, 2 x 300)"},
        {"unsupported-mat-data-and-emg.mat", NULL, STATUS_UNSUPPORTED, "EMG_L (double, 1 x 400)"},
        {"unsupported-mat-data-and-emg.mat", "data", STATUS_OK, "data 1"},
        {"unsupported-mat-long-names.mat", NULL, STATUS_UNSUPPORTED, "more fields and cells"},
        {"bad-mat-results.mat", NULL, STATUS_FAILED, "mdf (double, 1 x 60)"},
        {"bad-mat-results.mat", "mdf", STATUS_OK, "mdf"},
        {"good-eeglab-events-claimed.set", NULL, STATUS_OK, "TA"},
        {"unsupported-mat-ambiguous.mat", "right", STATUS_OK, "right 1"},
        {"unsupported-mat-ambiguous.mat", "middle", STATUS_FAILED, "fs (double, 1 x 1)"},
        {"good-mat-v7-struct.mat", "EMG.channelData", STATUS_OK, "channelData 1"},
        {"good-mat-v7-struct.mat", "EMG", STATUS_OK, "channelData 1"},
        {"good-mat-v7-struct.mat", "EMG.unit", STATUS_UNSUPPORTED, "holds no numbers"},
        {"good-mat-v7-vectors.mat", "force", STATUS_OK, "force"},
        {"bad-mat-complex.mat", "emg", STATUS_UNSUPPORTED, "complex"},
        {"bad-mat-complex.mat", "square", STATUS_UNSUPPORTED, "square"},
        {"good-mat-v73.mat", "recording.emg", STATUS_OK, "TA"},
        {"good-mat-v73.mat", "recording..emg", STATUS_FAILED, "has no variable"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct recording_options options = {.variable = cases[i].variable, .all_channels = true};
        struct reading reading = reading_all(sample(cases[i].file), options, 0);
        if (reading.status != cases[i].status) {
            print_error("%s %s: %s\n", cases[i].file, cases[i].variable, reading.error.message);
        }
        assert_int_equal(reading.status, cases[i].status);
        assert_contains(reading.status == STATUS_OK ? reading.info->channels[0].label
                                                    : reading.error.message,
                        cases[i].message);
        reading_clear(&reading);
    }
}

static void damaged_files(void **state)
{
    (void)state;
    static const struct refusal bad[] = {
        {"bad-mat-header-cut.mat", STATUS_FAILED, "within its header"},
        {"bad-mat-no-variables.mat", STATUS_FAILED, "no variable"},
        {"bad-mat-no-array.mat", STATUS_FAILED, "byte 128"},
        {"bad-mat-huge-dimensions.mat", STATUS_FAILED, "not readable"},
        {"bad-mat-deflate.mat", STATUS_FAILED, "damaged"},
        {"bad-mat-only-text.mat", STATUS_FAILED, "emg (char, 1 x 7)"},
        {"bad-mat-v73-cut.mat", STATUS_FAILED, "HDF5"},
        {"bad-mat-complex.mat", STATUS_FAILED, "complex double"},
    };
    assert_refused(bad, sizeof bad / sizeof *bad, (struct recording_options){0});
    struct reading cut = reading_all(sample("good-mat-cut.mat"), (struct recording_options){0}, 0);
    assert_int_equal(cut.status, STATUS_OK);
    assert_int_equal(cut.counts[0], 249); /* frames of 16 bytes */
    for (size_t i = 0; i < 249; i++) {
        assert_true(cut.samples[1][i] == (float)number(1, i));
    }
    assert_true(reading_warned(&cut, "cut short"));
    reading_clear(&cut);
    assert_strict_refuses("good-mat-cut.mat", (struct recording_options){0}, "cut short");
}

/* A compressed file cut or changed anywhere is refused, or what is delivered is right up to where
 * it ends, or its checksum is said to be wrong. */
static void damaged_compression(void **state)
{
    (void)state;
    size_t size;
    char *data = reading_load_file(sample("good-mat-v7-struct.mat"), &size);
    struct reading whole =
        reading_all(sample("good-mat-v7-struct.mat"), (struct recording_options){0}, 0);
    size_t silent = 0;
    for (size_t at = 128; at < size; at += 3) {
        for (int kind = 0; kind < 2; kind++) {
            const char *path = reading_path("damaged.mat");
            data[at] ^= kind;
            reading_write_file(path, data, kind ? size : at);
            data[at] ^= kind;
            struct reading part = reading_all(path, (struct recording_options){.rate = 1}, 0);
            bool warned = part.status == STATUS_OK && part.info->warnings.count > 0;
            for (size_t c = 0; part.status == STATUS_OK && c < part.channels && !warned; c++) {
                silent += part.counts[c] != whole.counts[c] ||
                          memcmp(part.samples[c], whole.samples[c], whole.counts[c] * 4) != 0;
            }
            reading_clear(&part);
        }
    }
    assert_int_equal(silent, 0);
    reading_clear(&whole);
    free(data);
}

static void real_recordings(void **state)
{
    (void)state;
    struct reading a =
        reading_all(real("emggo_tibialis_v5.mat"), (struct recording_options){.strict = true}, 0);
    struct reading b =
        reading_all(real("emgGO_TA_v73.mat"), (struct recording_options){.strict = true}, 5);
    assert_int_equal(a.status, STATUS_OK);
    assert_int_equal(a.counts[0], 137420);
    assert_true(a.info->channels[0].rate == 250);
    assert_close(a.info->duration, 549.68, 1e-9);
    assert_true(a.samples[0][0] == 121.47588192f && a.samples[0][137419] == 578.88307247f);
    reading_assert_same(&a, &b);
    reading_clear(&a);
    reading_clear(&b);
    a = reading_all(real("emggo_ecg_contaminated_v5.mat"),
                    (struct recording_options){.strict = true}, 9);
    assert_int_equal(a.status, STATUS_OK);
    assert_int_equal(a.channels, 8);
    for (size_t c = 0; c < 8; c++) {
        assert_int_equal(a.counts[c], 40801);
        assert_true(a.info->channels[c].rate == 2048);
        assert_string_equal(a.info->channels[c].unit, "a.u.");
    }
    reading_clear(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_version),     cmocka_unit_test(selected_channels),
        cmocka_unit_test(labchart_blocks),   cmocka_unit_test(spike2_waves),
        cmocka_unit_test(rates_and_options), cmocka_unit_test(chosen_variables),
        cmocka_unit_test(damaged_files),     cmocka_unit_test(damaged_compression),
        cmocka_unit_test(real_recordings),   cmocka_unit_test(sixteen_bits),
        cmocka_unit_test(rates_by_name),     cmocka_unit_test(times_among_the_signals_are_no_emg),
    };
    return cmocka_run_group_tests(tests, NULL, reading_teardown);
}
