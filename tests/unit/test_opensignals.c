#include "unit/reader_checks.h"

static const struct recording_options all = {.all_channels = true};

/* The count that make_hdf5_samples.py puts there. */
static double count_at(size_t signal, size_t row)
{
    return number(signal, row) + 500;
}

static void counts_become_voltages(void **state)
{
    (void)state;
    struct reading reading = read_sample_as("opensignals", "good-opensignals-plux.h5", all);
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
    struct reading reading = read_sample_as("opensignals", "good-opensignals-lost-packets.h5", all);
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
    struct reading reading = read_sample_as("opensignals", "good-opensignals-two-devices.h5", all);
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

    struct recording_options one = {.all_channels = true, .variable = "00:07:80:00:00:02"};
    reading = read_sample_as("opensignals", "good-opensignals-two-devices.h5", one);
    assert_int_equal(reading.channels, 2);
    assert_int_equal(reading.counts[0], 40);
    reading_clear(&reading);
}

static void a_counter_that_stops(void **state)
{
    (void)state;
    struct reading reading =
        read_sample_as("opensignals", "good-opensignals-counter-stuck.h5", all);
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
        struct reading whole = read_sample_as("opensignals", names[i], all);
        assert_any_blocks(names[i], all, &whole, 19);
        reading_clear(&whole);
    }
}

static void refused(void **state)
{
    (void)state;
    static const struct refusal cases[] = {
        {"bad-opensignals-huge.h5", STATUS_FAILED, "more values than a file of this size"},
        {"bad-opensignals-never-written.h5", STATUS_FAILED, "never written"},
        {"bad-opensignals-no-channels.h5", STATUS_FAILED, "no channels"},
        {"bad-hdf5-cut.h5", STATUS_FAILED, "copied whole"},
        {"unsupported-opensignals-link.h5", STATUS_UNSUPPORTED, "link to another file"},
        {"unsupported-opensignals-lzf.h5", STATUS_UNSUPPORTED, "h5repack"},
        {"unsupported-opensignals-other-file.h5", STATUS_UNSUPPORTED, "lies in another file"},
        {"unsupported-opensignals-virtual.h5", STATUS_UNSUPPORTED, "lies in another file"},
        {"unsupported-hdf5-generic.h5", STATUS_UNSUPPORTED, "OpenSignals"},
    };
    assert_refused(cases, sizeof cases / sizeof *cases, (struct recording_options){0});
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
        struct reading reading = reading_all(real(cases[i].name), all, 0);
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
    return cmocka_run_group_tests(tests, NULL, reading_teardown);
}
