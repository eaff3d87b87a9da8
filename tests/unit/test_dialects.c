/* The text of measuring programs: every such file of samples/, by verdict, and real ones.
 * make_dialect_samples.py makes the samples: sample i of channel c is a multiple of
 * n = (i (7 + 2 c)) mod 201 − 100. */
#include "unit/reader_checks.h"

struct good {
    const char *name, *format;
    double given; /* --rate; 0: none */
    double rate;  /* of the channel `first` */
    size_t channels, frames;
    size_t first;  /* channel that holds number(0, i) */
    double factor; /* from number() to what is delivered */
    double offset;
    const char *unit;
    size_t lost, until; /* samples [lost, until) of it are missing */
    size_t annotations;
    const char *warning; /* NULL: none, and --strict changes nothing */
    bool fault;          /* --strict refuses it */
    double start;        /* s since 1970; 0: unknown */
};

#define PLUX 3000.0 / 65536 /* uV a count */

static const struct good goods[] = {
    {"good-opensignals-txt-bitalino.txt", "opensignals-txt", 0, 1000, 4, 200, 2,
     3.3e6 / 1009 / 1024, 0, "uV", 50, 53, 0, "line 54: 3 samples are missing", false,
     1548257653.866},
    {"good-opensignals-txt-two-devices.txt", "opensignals-txt", 0, 1000, 5, 150, 1, 10 * PLUX, 0,
     "uV", 0, 0, 0, "4 samples of 'DI (2)'", false, 1548257653.866},
    {"good-opensignals-txt-early.txt", "opensignals-txt", 0, 1000, 1, 300, 0, 1, 2048, "a.u.", 0, 0,
     0, NULL, false, 1548257653.866},
    {"good-biosppy-labels.txt", "biosppy", 0, 1000, 2, 200, 0, 1, 2048, "a.u.", 0, 0, 0, NULL,
     false, 0},
    {"good-delsys-block.csv", "delsys", 0, 1259.259, 4, 400, 0, 1, 0, "uV", 0, 0, 0,
     "claims 81141 samples of 'Sensor 1: EMG 1', but there are 400", true, 0},
    {"good-delsys-names.csv", "delsys", 0, 1259.259, 4, 400, 0, 1, 0, "uV", 0, 0, 0, NULL, false,
     0},
    {"good-delsys-discover.csv", "delsys", 0, 2148.1481, 3, 400, 0, 1, 0, "uV", 0, 0, 2, NULL,
     false, 1790697051},
    {"good-noraxon-single.csv", "noraxon", 0, 2000, 3, 200, 0, 0.1, 0, "uV", 0, 0, 3, NULL, false,
     1756229352.325},
    {"good-noraxon-ascii.txt", "noraxon", 0, 1500, 2, 200, 0, 0.1, 0, "uV", 0, 0, 0, NULL, false,
     1330855872},
    {"good-noraxon-units.csv", "noraxon", 0, 1000, 2, 200, 0, 0.1, 0, "uV", 0, 0, 0, NULL, false,
     0},
    {"good-noraxon-signal.csv", "noraxon", 0, 2000, 1, 200, 0, 1, 0, "uV", 0, 0, 0,
     "claims 300 samples", true, 0},
    {"good-datalog-plain.txt", "datalog", 1000, 1000, 2, 200, 0, 1, 0, "uV", 0, 0, 0, NULL, false,
     0},
    {"good-datalog-rates.txt", "datalog", 0, 1000, 2, 200, 0, 1, 0, "uV", 0, 0, 0, NULL, false, 0},
    {"good-lvm-segments.lvm", "lvm", 0, 2000, 2, 400, 0, 1, 0, "uV", 200, 300, 1,
     "100 samples are missing before segment 3", false, 1366210801},
    {"good-lvm-decimal-comma.lvm", "lvm", 0, 2000, 2, 150, 0, 1, 0, "uV", 0, 0, 0, NULL, false,
     1366210801},
    {"good-lvm-multi.lvm", "lvm", 0, 2000, 2, 120, 0, 1, 0, "uV", 0, 0, 0, NULL, false, 1366210801},
    {"good-openbci-cyton.txt", "openbci", 0, 250, 21, 300, 0, 1.5, 0, "uV", 270, 275, 1,
     "5 samples are missing", false, 1616161616},
    {"good-openbci-daisy.txt", "openbci", 0, 125, 19, 140, 0, 1.5, 0, "uV", 60, 63, 0,
     "3 samples are missing", false, 0},
    {"good-openbci-ganglion.txt", "openbci", 0, 200, 7, 450, 0, 1.5, 0, "uV", 230, 240, 0,
     "10 samples are missing", false, 0},
    {"good-openbci-pairs.txt", "openbci", 0, 200, 7, 450, 0, 1.5, 0, "uV", 231, 234, 0,
     "3 samples are missing", false, 0},
    {"good-text-remarks.csv", "text", 0, 1000, 2, 200, 0, 0.1, 0, "uV", 0, 0, 0,
     "1000 Hz is taken from a remark in line 1", false, 0},
    {"good-text-labels.csv", "text", 1000, 1000, 2, 200, 0, 0.1, 0, "a.u.", 0, 0, 3, NULL, false,
     0},
    {"good-text-events.csv", "text", 0, 1000, 2, 200, 0, 0.1, 0, "a.u.", 0, 0, 1, NULL, false, 0},
    {"good-text-dates.csv", "text", 0, 2000, 2, 200, 0, 0.1, 0, "a.u.", 0, 0, 0, NULL, false,
     1795391999.9},
    {"good-text-clock.txt", "text", 0, 1000, 2, 200, 0, 0.1, 0, "a.u.", 0, 0, 0, NULL, false,
     1795391999.9},
    {"good-text-unix.csv", "text", 0, 500, 2, 200, 0, 0.1, 0, "a.u.", 0, 0, 0, "which is UTC",
     false, 1669108500},
};

#define GOODS (sizeof goods / sizeof *goods)

static void check_samples(const struct reading *reading, const struct good *good)
{
    const float *samples = reading->samples[good->first];
    assert_int_equal(reading->counts[good->first], good->frames);
    for (size_t i = 0; i < good->frames; i++) {
        double expected = good->factor * number(0, i) + good->offset;
        bool missing = i >= good->lost && i < good->until;
        if (missing ? !isnan(samples[i])
                    : !(fabs((double)samples[i] - expected) <= 1e-5 * (fabs(expected) + 1))) {
            print_error("%s: sample %zu is %.9g, not %.9g\n", good->name, i, (double)samples[i],
                        missing ? NAN : expected);
            fail();
        }
    }
}

static void goods_are_read(void **state)
{
    (void)state;
    for (size_t g = 0; g < GOODS; g++) {
        const struct good *good = &goods[g];
        struct recording_options options = {.all_channels = true, .rate = good->given};
        struct reading reading = reading_all(sample(good->name), options, 0);
        if (reading.status != STATUS_OK) {
            print_error("%s: %s\n", good->name, reading.error.message);
            fail();
        }
        const struct channel *channel = &reading.info->channels[good->first];
        if (reading.channels != good->channels || strcmp(channel->unit, good->unit) != 0 ||
            channel->rate != good->rate || channel->type != CHANNEL_EMG ||
            strcmp(reading.info->format, good->format) != 0 ||
            reading.info->annotation_count != good->annotations) {
            print_error("%s: %s, %zu channels, unit %s, rate %.12g, type %d, %zu annotations\n",
                        good->name, reading.info->format, reading.channels, channel->unit,
                        channel->rate, (int)channel->type, reading.info->annotation_count);
            fail();
        }
        check_samples(&reading, good);
        assert_int_equal(reading.info->start.known, good->start != 0);
        if (good->start != 0) {
            const struct start_time *start = &reading.info->start;
            assert_close((double)start->seconds + start->fraction, good->start, 1e-6);
        }
        assert_warned(&reading, good->warning);
        reading_clear(&reading);
        options.strict = true;
        reading = reading_all(sample(good->name), options, 0);
        assert_int_equal(reading.status, good->fault ? STATUS_FAILED : STATUS_OK);
        reading_clear(&reading);
    }
}

/* Blocks of any size give the same samples, all channels or some, and so does a pipe. */
static void blocks_and_pipes_agree(void **state)
{
    (void)state;
    for (size_t g = 0; g < GOODS; g++) {
        struct recording_options options = {.all_channels = true, .rate = goods[g].given};
        const char *name = goods[g].name;
        struct reading whole = reading_all(sample(name), options, 0);
        assert_any_blocks(name, options, &whole, 5);
        assert_same_piped(name, options, &whole);
        options.all_channels = false;
        for (uint64_t seed = 0; seed < 4; seed++) {
            struct reading some = reading_all(sample(name), options, seed);
            assert_int_equal(some.status, STATUS_OK);
            assert_close(some.info->duration, whole.info->duration, 1e-12);
            for (size_t c = 0; c < some.channels; c++) {
                assert_true(!some.samples[c] || some.counts[c] == whole.counts[c]);
                assert_true(!some.samples[c] || memcmp(some.samples[c], whole.samples[c],
                                                       some.counts[c] * sizeof(float)) == 0);
            }
            reading_clear(&some);
        }
        reading_clear(&whole);
    }
}

static const struct refusal others[] = {
    {"bad-opensignals-txt-json.txt", STATUS_FAILED, "line 2 is no JSON object"},
    {"bad-opensignals-txt-columns.txt", STATUS_FAILED, "line 2 lists 3 columns, but rows have 2"},
    {"unsupported-opensignals-txt-rates.txt", STATUS_UNSUPPORTED, "1000 and 10 Hz"},
    {"bad-biosppy-no-rows.txt", STATUS_FAILED, "no rows of numbers"},
    {"bad-delsys-no-rows.csv", STATUS_FAILED, "no row of numbers follows"},
    {"bad-noraxon-no-names.csv", STATUS_FAILED, "names the columns"},
    {"good-datalog-plain.txt", STATUS_NO_RATE, "--rate"},
    {"bad-datalog-columns.txt", STATUS_FAILED, "lists 1 channels, but rows have 3 columns"},
    {"bad-lvm-header.lvm", STATUS_FAILED, "does not end"},
    {"unsupported-lvm-frequency.lvm", STATUS_UNSUPPORTED, "X_Dimension is no time"},
    {"unsupported-lvm-channels-change.lvm", STATUS_UNSUPPORTED, "line 83: segment 2 has other"},
    {"unsupported-openbci-decimal-comma.txt", STATUS_UNSUPPORTED, "decimal point"},
};

static void others_are_refused(void **state)
{
    (void)state;
    assert_refused(others, sizeof others / sizeof *others,
                   (struct recording_options){.all_channels = true});
}

static struct reading read_sample(const char *name, double rate)
{
    struct reading reading = reading_all(
        sample(name), (struct recording_options){.all_channels = true, .rate = rate}, 0);
    assert_int_equal(reading.status, STATUS_OK);
    return reading;
}

/* Devices side by side lose samples each on its own. */
static void devices_keep_their_own_pace(void **state)
{
    (void)state;
    struct reading reading = read_sample("good-opensignals-txt-two-devices.txt", 0);
    assert_int_equal(reading.counts[0], 150);
    assert_int_equal(reading.counts[3], 154);
    for (size_t i = 0; i < 154; i++) {
        float sample = reading.samples[3][i];
        assert_true(i >= 100 && i < 104 ? isnan(sample)
                                        : fabs((double)sample - 10 * PLUX * number(1, i)) < 1e-3);
    }
    assert_string_equal(reading.info->channels[3].description, "EMG, biosignalsplux");
    assert_int_equal(reading.info->channels[4].type, CHANNEL_OTHER);
    assert_close(reading.info->channels[3].minimum, -1500, 1e-9);
    assert_close(reading.info->channels[3].maximum, 1500 - PLUX, 1e-9);
    reading_clear(&reading);
}

/* Columns of their own rates, which end when they are through. */
static void rates_differ_in_one_table(void **state)
{
    (void)state;
    static const char *const names[] = {"good-delsys-block.csv", "good-delsys-names.csv"};
    for (size_t n = 0; n < 2; n++) {
        struct reading reading = read_sample(names[n], 0);
        static const size_t counts[] = {400, 47, 47, 400};
        static const double rates[] = {1259.259, 148.1481, 148.1481, 1259.259};
        static const double factors[] = {1, 1e-6, 1e-6, 1};
        static const char *const units[] = {"uV", "g", "°/s", "uV"};
        for (size_t c = 0; c < 4; c++) {
            assert_int_equal(reading.counts[c], counts[c]);
            assert_close(reading.info->channels[c].rate, rates[c], 1e-4);
            assert_string_equal(reading.info->channels[c].unit, units[c]);
            for (size_t i = 0; i < counts[c]; i++) {
                assert_close((double)reading.samples[c][i], factors[c] * number(c, i),
                             1e-5 * factors[c] * 100);
            }
        }
        assert_int_equal(reading.info->gap_count, 0);
        reading_clear(&reading);
    }
    struct reading reading = read_sample("good-datalog-plain.txt", 500);
    assert_close(reading.info->channels[1].rate, 500, 0);
    reading_clear(&reading);
    reading = read_sample("good-datalog-rates.txt", 2000);
    assert_close(reading.info->channels[1].rate, 200, 0);
    assert_int_equal(reading.counts[1], 20);
    assert_string_equal(reading.info->channels[0].description, "low pass 450");
    reading_clear(&reading);
    reading = read_sample("good-delsys-discover.csv", 0);
    assert_int_equal(reading.counts[1], 27);
    assert_string_equal(reading.info->channels[2].label, "Soleus R: EMG 1");
    reading_clear(&reading);
}

static void words_become_annotations(void **state)
{
    (void)state;
    struct reading reading = read_sample("good-delsys-discover.csv", 0);
    assert_annotation(&reading, 0, 0.01, NAN, "E1");
    assert_annotation(&reading, 1, 0.15, NAN, "E2");
    reading_clear(&reading);
    reading = read_sample("good-noraxon-single.csv", 0);
    assert_annotation(&reading, 0, 0.01, 0.02, "walk");
    assert_annotation(&reading, 1, 0.02, NAN, "start");
    assert_annotation(&reading, 2, 0.06, NAN, "stop");
    reading_clear(&reading);
    reading = read_sample("good-lvm-segments.lvm", 0);
    assert_annotation(&reading, 0, 0.015, NAN, "cramp");
    reading_clear(&reading);
    reading = read_sample("good-openbci-cyton.txt", 0);
    assert_annotation(&reading, 0, 0.4, NAN, "Marker Channel 2.0");
    reading_clear(&reading);
    reading = read_sample("good-text-labels.csv", 1000);
    assert_annotation(&reading, 0, 0, 0.05, "label 0");
    assert_annotation(&reading, 1, 0.05, 0.07, "label 7");
    assert_annotation(&reading, 2, 0.12, 0.08, "label 0");
    reading_clear(&reading);
    reading = read_sample("good-text-events.csv", 0);
    assert_annotation(&reading, 0, 0.08, NAN, "cramp begins");
    reading_clear(&reading);
    reading = read_sample("good-text-remarks.csv", 0);
    assert_string_equal(reading.info->channels[0].label, "EMG left");
    assert_string_equal(reading.info->channels[1].label, "EMG right");
    reading_clear(&reading);
}

/* A file cut anywhere is read up to there, or refused; never more is read than there was. */
static void cut_files_do_no_harm(void **state)
{
    (void)state;
    for (size_t g = 0; g < GOODS; g++) {
        struct recording_options options = {.all_channels = true, .rate = goods[g].given};
        size_t size;
        char *data = reading_load_file(sample(goods[g].name), &size);
        struct reading whole = reading_all(sample(goods[g].name), options, 0);
        uint64_t seed = g + 1;
        for (int turn = 0; turn < 12; turn++) {
            char path[160];
            snprintf(path, sizeof path, "%s", reading_path("cut"));
            reading_write_file(path, data, reading_random(&seed) % size);
            options.format = goods[g].format;
            struct reading reading = reading_all(path, options, seed);
            for (size_t c = 0; reading.status == STATUS_OK && reading.channels == whole.channels &&
                               c < reading.channels;
                 c++) {
                assert_true(reading.counts[c] <= whole.counts[c]);
            }
            reading_clear(&reading);
        }
        reading_clear(&whole);
        free(data);
    }
}

/* Real recordings, against sums of their columns that awk and Python made. */
static void real_recordings(void **state)
{
    (void)state;
    static const struct {
        const char *name, *format;
        double given, rate;
        size_t channels, channel, frames;
        double sum, tolerance; /* of what the file has, in its own unit */
        double gain, offset;   /* from there to what is delivered */
    } files[] = {
        {"opensignals_gesture.txt", "opensignals-txt", 0, 1000, 4, 1, 5550, 181966301, 2, PLUX,
         -1500},
        {"biosppy_opensignals.txt", "biosppy", 0, 1000, 1, 0, 100000, 205365815, 0.5, 1, 0},
        {"uci_walking.txt", "datalog", 1000, 1000, 5, 4, 43665, 727055.5, 0.5, 1, 0},
        {"openbci.txt", "openbci", 0, 200, 7, 1, 28124, 511790.26, 0.5, 1, 0},
        {"delsys_trigno.csv", "delsys", 0, 1259.259, 14, 0, 2519, -0.029073503891699867, 1e-6, 1e6,
         0},
        {"delsys_trigno.csv", "delsys", 0, 1259.259, 14, 13, 297, -9.32926561997, 1e-4, 1, 0},
    };
    for (size_t f = 0; f < sizeof files / sizeof *files; f++) {
        struct reading reading = reading_all(
            real(files[f].name),
            (struct recording_options){.all_channels = true, .rate = files[f].given}, 0);
        assert_int_equal(reading.status, STATUS_OK);
        assert_string_equal(reading.info->format, files[f].format);
        assert_int_equal(reading.channels, files[f].channels);
        assert_int_equal(reading.counts[files[f].channel], files[f].frames);
        double sum = 0;
        for (size_t i = 0; i < files[f].frames; i++) {
            sum += ((double)reading.samples[files[f].channel][i] - files[f].offset) / files[f].gain;
        }
        assert_close(sum, files[f].sum, files[f].tolerance);
        reading_clear(&reading);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(goods_are_read),
        cmocka_unit_test(blocks_and_pipes_agree),
        cmocka_unit_test(others_are_refused),
        cmocka_unit_test(devices_keep_their_own_pace),
        cmocka_unit_test(rates_differ_in_one_table),
        cmocka_unit_test(words_become_annotations),
        cmocka_unit_test(cut_files_do_no_harm),
        cmocka_unit_test(real_recordings),
    };
    return cmocka_run_group_tests(tests, NULL, reading_teardown);
}
