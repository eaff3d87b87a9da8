#include "unit/reading.h"

static const char *sample(const char *name)
{
    static char path[400];
    snprintf(path, sizeof path, "%s/%s", getenv("SOLEUS_SAMPLES"), name);
    return path;
}

/* The count that make_hdf5_samples.py puts there. */
static double count_at(size_t signal, size_t row)
{
    return (double)(row * (7 + 2 * signal) % 201 + 400);
}

static struct reading read_sample(const char *name, struct recording_options options)
{
    options.all_channels = true;
    struct reading reading = reading_all(sample(name), options, 0);
    if (reading.status != STATUS_OK) {
        print_error("%s\n", reading.error.message);
        fail();
    }
    assert_string_equal(reading.info->format, "opensignals");
    return reading;
}

static void counts_become_voltages(void **state)
{
    (void)state;
    struct reading reading = read_sample("good-opensignals-plux.h5", (struct recording_options){0});
    const struct channel *channels = reading.info->channels;
    assert_int_equal(reading.channels, 3);
    assert_string_equal(channels[0].label, "Soleus L");
    assert_string_equal(channels[0].unit, "uV");
    assert_int_equal(channels[0].type, CHANNEL_EMG);
    assert_true(channels[0].minimum == -1500);
    assert_close(channels[0].maximum, 3e6 / 1000 * (4095.0 / 4096 - 0.5), 1e-9);
    assert_string_equal(channels[1].label, "Heart");
    assert_string_equal(channels[1].unit, "a.u.");
    assert_int_equal(channels[1].type, CHANNEL_OTHER);
    assert_true(channels[1].maximum == 65535);
    assert_int_equal(channels[2].type, CHANNEL_OTHER);
    assert_int_equal(reading.info->start.seconds, 1614877648);
    assert_close(reading.info->start.fraction, 0.685, 1e-9);
    assert_int_equal(reading.info->warnings.count, 0);
    for (size_t c = 0; c < 3; c++) {
        assert_int_equal(reading.counts[c], 300);
        assert_true(channels[c].rate == 1000);
    }
    for (size_t i = 0; i < 300; i++) {
        /* mV = (ADC / 2^n - 1/2) * VCC / G * 1000, VCC 3 V, G 1000 */
        double volts = (count_at(0, i) / 4096 - 0.5) * 3 / 1000;
        assert_true(reading.samples[0][i] == (float)(volts * 1e6));
        assert_true(reading.samples[1][i] == (float)count_at(1, i));
        assert_true(reading.samples[2][i] == 0);
    }
    reading_clear(&reading);
}

static void lost_packets_are_gaps(void **state)
{
    (void)state;
    struct reading reading =
        read_sample("good-opensignals-lost-packets.h5", (struct recording_options){0});
    size_t row = 0;
    assert_int_equal(reading.counts[0], 308);
    for (size_t i = 0; i < 308; i++) {
        bool lost = (i >= 100 && i < 103) || (i >= 203 && i < 208);
        for (size_t c = 0; c < 2; c++) {
            double volts = (count_at(c, row) / 1024 - 0.5) * 3.3 / 1009;
            assert_true(isnan(reading.samples[c][i]) == lost);
            assert_true(lost || fabs(reading.samples[c][i] - volts * 1e6) < 1e-4);
        }
        row += !lost;
    }
    assert_int_equal(row, 300);
    /* The sixth-bit channel: the list of resolutions begins with those of the counter and lines. */
    assert_true(reading.info->channels[2].maximum == 63);
    assert_int_equal(reading.info->gap_count, 8);
    assert_close(reading.info->gaps[0].onset, 0.1, 1e-12);
    assert_close(reading.info->gaps[0].duration, 0.003, 1e-12);
    assert_int_equal(reading.info->annotation_count, 2);
    assert_close(reading.info->annotations[0].onset, 0.05, 1e-12);
    reading_clear(&reading);
}

static void devices_of_two_rates(void **state)
{
    (void)state;
    struct reading reading =
        read_sample("good-opensignals-two-devices.h5", (struct recording_options){0});
    const struct channel *channels = reading.info->channels;
    assert_int_equal(reading.channels, 4);
    assert_true(channels[0].rate == 1000 && channels[2].rate == 100);
    assert_string_equal(channels[2].label, "Soleus R");
    assert_int_equal(reading.counts[0], 400);
    assert_int_equal(reading.counts[2], 65); /* started 0.25 s later */
    for (size_t i = 0; i < 25; i++) {
        assert_true(isnan(reading.samples[2][i]));
    }
    for (size_t i = 25; i < 65; i++) {
        assert_true(reading.samples[2][i] ==
                    (float)((count_at(0, i - 25) / 65536 - 0.5) * 3 / 1000 * 1e6));
    }
    assert_close(reading.info->duration, 0.65, 1e-12);
    assert_true(reading_warned(&reading, "0.250 s after"));
    reading_clear(&reading);

    struct recording_options one = {.variable = "00:07:80:00:00:02"};
    reading = read_sample("good-opensignals-two-devices.h5", one);
    assert_int_equal(reading.channels, 2);
    assert_int_equal(reading.counts[0], 40);
    reading_clear(&reading);
}

static void a_counter_that_stops(void **state)
{
    (void)state;
    struct reading reading =
        read_sample("good-opensignals-counter-stuck.h5", (struct recording_options){0});
    assert_int_equal(reading.counts[0], 300);
    assert_int_equal(reading.info->gap_count, 0);
    assert_true(reading_warned(&reading, "stops at 65535"));
    reading_clear(&reading);
}

static void any_block_size(void **state)
{
    (void)state;
    static const char *const names[] = {"good-opensignals-plux.h5",
                                        "good-opensignals-lost-packets.h5",
                                        "good-opensignals-two-devices.h5"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct reading whole = read_sample(names[i], (struct recording_options){0});
        for (uint64_t seed = 1; seed < 20; seed++) {
            struct reading other = reading_all(
                sample(names[i]), (struct recording_options){.all_channels = true}, seed);
            reading_assert_same(&whole, &other);
            reading_clear(&other);
        }
        reading_clear(&whole);
    }
}

static void refused(void **state)
{
    (void)state;
    const struct {
        const char *name, *says;
        enum status status;
    } cases[] = {
        {"bad-opensignals-huge.h5", "more values than a file of this size", STATUS_FAILED},
        {"bad-opensignals-never-written.h5", "never written", STATUS_FAILED},
        {"bad-opensignals-no-channels.h5", "no channels", STATUS_FAILED},
        {"bad-hdf5-cut.h5", "copied whole", STATUS_FAILED},
        {"unsupported-opensignals-link.h5", "link to another file", STATUS_UNSUPPORTED},
        {"unsupported-opensignals-lzf.h5", "h5repack", STATUS_UNSUPPORTED},
        {"unsupported-opensignals-other-file.h5", "lies in another file", STATUS_UNSUPPORTED},
        {"unsupported-opensignals-virtual.h5", "lies in another file", STATUS_UNSUPPORTED},
        {"unsupported-hdf5-generic.h5", "OpenSignals", STATUS_UNSUPPORTED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct reading reading =
            reading_all(sample(cases[i].name), (struct recording_options){0}, 0);
        assert_int_equal(reading.status, cases[i].status);
        assert_contains(reading.error.message, cases[i].says);
        assert_contains(reading.error.message, cases[i].name);
    }
}

/* Cut anywhere: refused. */
static void damaged(void **state)
{
    (void)state;
    size_t size;
    char *data = reading_load_file(sample("good-opensignals-plux.h5"), &size);
    const char *path = reading_path("damaged.h5");
    char kept[200];
    snprintf(kept, sizeof kept, "%s", path);
    for (size_t length = 8; length < size; length += 997) {
        reading_write_file(kept, data, length);
        struct reading reading = reading_all(kept, (struct recording_options){0}, 0);
        assert_true(reading.status != STATUS_OK);
        reading_clear(&reading);
    }
    free(data);
}

static void real_recordings(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        size_t channels, frames;
        double rate;
    } cases[] = {{"opensignals_bursts.h5", 2, 28519, 1000},
                 {"opensignals_fatigue.h5", 2, 126900, 1000},
                 {"opensignals_mixed_rates.h5", 4, 40500, 1000}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char path[400];
        snprintf(path, sizeof path, "%s/%s", getenv("SOLEUS_RECORDINGS"), cases[i].name);
        if (access(path, R_OK) != 0) {
            skip();
        }
        struct reading reading =
            reading_all(path, (struct recording_options){.all_channels = true}, 0);
        assert_int_equal(reading.status, STATUS_OK);
        assert_int_equal(reading.channels, cases[i].channels);
        assert_int_equal(reading.counts[0], cases[i].frames);
        assert_true(reading.info->channels[0].rate == cases[i].rate);
        assert_int_equal(reading.info->gap_count, 0);
        assert_int_equal(reading.info->channels[0].type, CHANNEL_EMG);
        if (cases[i].channels == 4) {
            assert_int_equal(reading.counts[2], 540);
            assert_true(reading.info->channels[2].rate == 10);
            assert_true(reading_warned(&reading, "too few for EMG"));
        }
        if (i == 1) {
            const double counts[] = {2068, 2073, 2081, 2081, 2080, 2078};
            for (size_t k = 0; k < 6; k++) {
                assert_true(reading.samples[0][k] == (float)((counts[k] / 4096 - 0.5) * 3000));
            }
        }
        reading_clear(&reading);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_become_voltages),
        cmocka_unit_test(lost_packets_are_gaps),
        cmocka_unit_test(devices_of_two_rates),
        cmocka_unit_test(a_counter_that_stops),
        cmocka_unit_test(any_block_size),
        cmocka_unit_test(refused),
        cmocka_unit_test(damaged),
        cmocka_unit_test(real_recordings),
    };
    int result = cmocka_run_group_tests(tests, NULL, NULL);
    reading_remove_folder();
    return result;
}
