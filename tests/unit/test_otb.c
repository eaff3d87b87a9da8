/* OTB+ and OTB4. make_otb_samples.py makes the samples: sample i of channel c of a stream is
 * n = (i (7 + 2 c)) mod 201 − 100 steps of the converter, 1000 n where it has 24 bits. */
#include "unit/reader_checks.h"

#include "formats/otb/grid.h"

static const struct recording_options all = {.all_channels = true};

/* Channel c of the recording is channel `of` of its stream, in steps of `step`. */
static void assert_channel(const struct reading *reading, size_t c, size_t of, double step,
                           size_t count)
{
    assert_int_equal(reading->counts[c], count);
    for (size_t i = 0; i < count; i++) {
        assert_close(reading->samples[c][i], step * number(of, i), fabs(step) * 1e-5);
    }
}

static void quattrocento(void **state)
{
    (void)state;
    const char *name = "good-otb-quattrocento.otb+";
    struct recording_options strict = {.all_channels = true, .strict = true};
    struct reading reading = read_sample_as("otb", name, strict);
    const struct recording_info *info = reading.info;
    const double step = 5e6 / 65536 / 150; /* 0.50863 µV */
    assert_int_equal(reading.channels, 69);
    assert_int_equal(info->warnings.count, 0);
    for (size_t c = 0; c < 66; c++) {
        assert_channel(&reading, c, c, step, 50);
        assert_int_equal(info->channels[c].type, CHANNEL_EMG);
        assert_string_equal(info->channels[c].unit, "uV");
        assert_true(info->channels[c].rate == 2048);
    }
    assert_channel(&reading, 66, 66, 5.0 / 65536 / 0.5, 50); /* V */
    assert_channel(&reading, 67, 67, 1, 50);
    for (size_t c = 66; c < 69; c++) {
        assert_int_equal(info->channels[c].type, CHANNEL_OTHER);
    }
    assert_string_equal(info->channels[66].file_unit, "V");
    assert_string_equal(info->channels[66].muscle, "");
    assert_string_equal(info->channels[68].unit, "a.u.");
    assert_close(info->channels[0].maximum, 32767 * step, 1e-6);
    assert_string_equal(info->channels[0].muscle, "Tibialis Anterior Left");
    assert_string_equal(info->channels[65].muscle, "Soleus Right");
    assert_string_equal(info->channels[0].label, "GR08MM1305 1");
    assert_string_equal(info->channels[64].label, "CDE 1");
    assert_string_equal(info->channels[0].grid, "GR08MM1305");
    assert_true(info->channels[0].distance == 8);
    assert_int_equal(info->channels[0].row, 2); /* the corner is missing */
    assert_int_equal(info->channels[0].column, 1);
    assert_int_equal(info->channels[63].row, 13);
    assert_int_equal(info->channels[63].column, 5);
    assert_string_equal(info->channels[64].grid, "");
    assert_true(isnan(info->channels[64].distance));
    assert_true(info->start.known);
    assert_int_equal(info->start.seconds, 1715941230); /* 2024-05-17T10:20:30 */
    assert_close(info->start.fraction, 0.25, 1e-9);
    assert_int_equal(info->annotation_count, 2);
    assert_close(info->annotations[0].onset, 0.0125, 1e-12);
    assert_string_equal(info->annotations[0].text, "start of hold");
    assert_close(info->duration, 50.0 / 2048, 1e-12);
    assert_any_blocks(name, all, &reading, 5);
    reading_clear(&reading);

    reading = reading_all(sample(name), (struct recording_options){.channels = "CDE 2"}, 3);
    assert_int_equal(reading.status, STATUS_OK);
    assert_channel(&reading, 65, 65, step, 50);
    reading_clear(&reading);
}

static void other_devices(void **state)
{
    (void)state;
    const double due = 3.3e6 / 65536 / 202;
    static const char *const alike[] = {"good-otb-index-from-1.otb+", "good-otb-zip.otb+",
                                        "good-otb-gzip.otb+", "good-otb-folder.otb+"};
    for (size_t i = 0; i < 4; i++) {
        struct recording_options strict = {.strict = true};
        struct reading reading = read_sample_as("otb", alike[i], strict);
        assert_int_equal(reading.channels, 2);
        assert_channel(&reading, 0, 0, due, 60);
        assert_channel(&reading, 1, 1, due, 60);
        assert_any_blocks(alike[i], all, &reading, 5);
        reading_clear(&reading);
    }
    struct reading reading = read_sample_as("otb", "good-otb-24bit.otb+", all);
    assert_int_equal(reading.channels, 32);
    for (size_t c = 0; c < 32; c++) {
        assert_channel(&reading, c, c, 4.8e6 / 16777216 * 1000, 40);
        assert_int_equal(reading.info->channels[c].row, c % 8 + 1);
        assert_int_equal(reading.info->channels[c].column, c / 8 + 1);
    }
    assert_true(reading.info->channels[0].distance == 10);
    reading_clear(&reading);

    reading = read_sample_as("otb", "good-otb-partial-array.otb+", all);
    assert_channel(&reading, 3, 3, 4.8e6 / 65536 / 256, 60);
    assert_string_equal(reading.info->channels[0].grid, "HD04MM1305");
    assert_true(reading.info->channels[0].distance == 4);
    assert_int_equal(reading.info->channels[0].row, 0);
    reading_clear(&reading);

    /* A rate that is given corrects the device's. */
    reading = read_sample_as("otb", alike[0], (struct recording_options){.rate = 2050});
    assert_true(reading.info->channels[1].rate == 2050);
    reading_clear(&reading);
}

static void mended(void **state)
{
    (void)state;
    static const struct {
        const char *name, *warning;
        double step;
        size_t count;
    } cases[] = {
        {"good-otb-no-gain.otb+", "gain of 1", 3.3e6 / 65536 / 202, 60},
        {"good-otb-unknown-device.otb+", "--scale", 1, 60},
        {"good-otb-odd-size.otb+", "ends within a sample", 3.3e6 / 65536 / 202, 60},
        {"good-otb-cut.otb+", "ends within 'a.sig'", 3.3e6 / 65536 / 202, 259},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct reading reading = read_sample_as("otb", cases[i].name, all);
        assert_true(reading_warned(&reading, cases[i].warning));
        assert_channel(&reading, 1, 1, cases[i].step, cases[i].count);
        assert_string_equal(reading.info->channels[0].unit, cases[i].step == 1 ? "a.u." : "uV");
        assert_any_blocks(cases[i].name, all, &reading, 5);
        reading_clear(&reading);
        assert_strict_refuses(cases[i].name, (struct recording_options){0},
                              i < 3 ? "--strict" : "archive is damaged");
    }
    const char *two = "good-otb-two-acquisitions.otb+";
    struct reading reading = reading_all(sample(two), all, 0);
    assert_int_equal(reading.status, STATUS_FAILED);
    assert_contains(reading.error.message, "(a, b); choose one with --var");
    reading_clear(&reading);
    reading = read_sample_as("otb", two, (struct recording_options){.variable = "b"});
    assert_channel(&reading, 1, 1, 5e6 / 65536 / 200, 60);
    reading_clear(&reading);
}

static void otb4(void **state)
{
    (void)state;
    struct recording_options strict = {.all_channels = true, .strict = true};
    struct reading reading = read_sample_as("otb", "good-otb-muovi.otb4", strict);
    const struct recording_info *info = reading.info;
    assert_int_equal(reading.channels, 70);
    for (size_t c = 0; c < 64; c++) {
        assert_channel(&reading, c, c, 0.15e6 / 65536 / 8, 40);
        assert_int_equal(info->channels[c].type, CHANNEL_EMG);
        assert_string_equal(info->channels[c].grid, "HD08MM1305");
        assert_string_equal(info->channels[c].file_unit, "mV");
    }
    assert_int_equal(info->channels[0].row, 2);
    assert_int_equal(info->channels[0].column, 5);
    assert_int_equal(info->channels[12].row, 1);
    assert_int_equal(info->channels[12].column, 4);
    assert_string_equal(info->channels[5].muscle, "Vastus Lateralis Muscle Right");
    assert_string_equal(info->channels[5].description,
                        "HD08MM1305, Monopolar, high-pass 10 Hz, low-pass 500 Hz");
    for (size_t c = 64; c < 70; c++) {
        assert_channel(&reading, c, c, 1, 40);
        assert_int_equal(info->channels[c].type, CHANNEL_OTHER);
    }
    assert_true(info->start.known && info->start.seconds == 1767323045);
    assert_any_blocks("good-otb-muovi.otb4", all, &reading, 5);
    reading_clear(&reading);

    /* Two streams of EMG, a control stream of 10 Hz; channels by their offset in the packet. */
    reading = read_sample_as("otb", "good-otb-novecento.otb4", strict);
    info = reading.info;
    const double step = 4.8e6 / 16777216 / 2 * 1000;
    assert_int_equal(reading.channels, 8);
    for (size_t c = 0; c < 3; c++) {
        assert_channel(&reading, c, c + 1, step, 100);
    }
    assert_channel(&reading, 3, 4, step * 1e-6, 100); /* AUX, in V */
    assert_int_equal(info->channels[3].type, CHANNEL_OTHER);
    assert_channel(&reading, 4, 0, step, 100);
    assert_channel(&reading, 5, 1, step, 100);
    assert_string_equal(info->channels[4].label, "IN2 Grid two 1");
    assert_true(info->channels[4].rate == 2000 && info->channels[6].rate == 10);
    assert_channel(&reading, 7, 1, 0.25, 5);
    assert_string_equal(info->channels[7].label, "Trapezoidal track Original Path");
    assert_string_equal(info->channels[7].unit, "%MVC");
    assert_any_blocks("good-otb-novecento.otb4", all, &reading, 5);
    reading_clear(&reading);

    reading = read_sample_as("otb", "good-otb-first-version.otb4", strict);
    assert_int_equal(reading.channels, 4);
    for (size_t c = 0; c < 4; c++) {
        assert_channel(&reading, c, c, 0.15e6 / 65536 / 8, 60);
    }
    reading_clear(&reading);
}

/* A channel may be passed over at first and wanted later. */
static void wanted_late(void **state)
{
    (void)state;
    struct recording *recording = NULL;
    struct error error = {0};
    struct block block = {0};
    float *kept[2];
    const struct recording_options options = {0};
    assert_int_equal(recording_open(sample("good-otb-zip.otb+"), &options, &recording, &error),
                     STATUS_OK);
    assert_int_equal(block_allocate(&block, recording_info(recording), 7.0 / 2048, &error),
                     STATUS_OK);
    memcpy(kept, block.samples, sizeof kept);
    for (size_t turn = 0; turn < 3; turn++) {
        block.samples[0] = turn < 2 ? NULL : kept[0];
        block.samples[1] = turn < 2 ? NULL : kept[1];
        assert_int_equal(recording_read(recording, &block, &error), STATUS_OK);
        assert_int_equal(block.frames[1], 7);
    }
    for (size_t i = 0; i < 7; i++) {
        assert_close(block.samples[1][i], 3.3e6 / 65536 / 202 * number(1, 14 + i), 1e-5);
    }
    block_clear(&block);
    recording_close(recording);
}

static void refused(void **state)
{
    (void)state;
    static const struct refusal cases[] = {
        {"bad-otb-no-archive.otb+", STATUS_FAILED, "no archive"},
        {"bad-otb-no-description.otb+", STATUS_FAILED, "description (.xml)"},
        {"bad-otb-no-samples.otb+", STATUS_FAILED, "no samples (.sig)"},
        {"bad-otb-xml.otb+", STATUS_FAILED, "no sound XML (line"},
        {"bad-otb-document-type.otb+", STATUS_FAILED, "document type"},
        {"bad-otb-60000-channels.otb+", STATUS_FAILED, "60000"},
        {"bad-otb-7-bits.otb+", STATUS_FAILED, "7 bits"},
        {"bad-otb-channel-range.otb4", STATUS_FAILED, "3 channels, its tracks have 4"},
        {"bad-otb-samples-missing.otb4", STATUS_FAILED, "(s.sig) are not in it"},
        {"unsupported-otb-other.tar", STATUS_UNSUPPORTED, "tar archive"},
        {"unsupported-otb-other.zip", STATUS_UNSUPPORTED, "zip archive"},
        {"unsupported-otb-sample-size.otb4", STATUS_UNSUPPORTED, "5 bytes"},
    };
    assert_refused(cases, sizeof cases / sizeof *cases, all);
    struct reading piped = reading_through_pipe(sample("good-otb-zip.otb+"), all);
    assert_int_equal(piped.status, STATUS_FAILED);
    assert_contains(piped.error.message, "save it to a file first");
    reading_clear(&piped);

    /* Cut anywhere: a message, or the samples that are there. */
    size_t size;
    char *data = reading_load_file(sample("good-otb-folder.otb+"), &size);
    for (size_t cut = 1; cut < size; cut += 61) {
        reading_write_file(reading_path("cut.otb+"), data, cut);
        struct reading reading = reading_all(reading_path("cut.otb+"), all, 0);
        assert_true(reading.status == STATUS_OK || reading.status == STATUS_FAILED);
        for (size_t i = 0; reading.status == STATUS_OK && i < reading.counts[0]; i++) {
            assert_close(reading.samples[0][i], 3.3e6 / 65536 / 202 * number(0, i), 1e-5);
        }
        reading_clear(&reading);
    }
    free(data);
}

/* Every electrode has a place of its own; rows and columns of known ones. */
static void grids(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t electrodes;
        double distance;
        size_t channel; /* from 1, as the maker numbers them */
        int row, column;
        int corner_row, corner_column; /* where there is no electrode; 0: everywhere there is */
    } cases[] = {
        {"GR04MM1305", 64, 4, 13, 13, 2, 1, 1},       {"gr08mm1305", 64, 8, 25, 1, 2, 1, 1},
        {"HD04MM1305 array", 64, 4, 64, 13, 1, 1, 5}, {"HD08MM1305", 64, 8, 26, 1, 3, 1, 5},
        {"GR10MM0808", 64, 10, 1, 8, 1, 0, 0},        {"a HD10MM0808", 64, 10, 64, 1, 8, 0, 0},
        {"GR10MM0804", 32, 10, 9, 1, 2, 0, 0},        {"HD05MM0804", 32, 5, 32, 8, 4, 0, 0},
        {"ELSCH064NM2", 64, 8, 41, 10, 4, 1, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct otb_grid grid;
        bool taken[14][9] = {{false}};
        int row, column;
        assert_true(otb_grid_find(cases[i].text, &grid));
        assert_int_equal(grid.electrodes, cases[i].electrodes);
        assert_true(grid.distance == cases[i].distance);
        assert_true(otb_grid_place(&grid, cases[i].channel - 1, &row, &column));
        assert_int_equal(row, cases[i].row);
        assert_int_equal(column, cases[i].column);
        for (size_t k = 0; k < grid.electrodes; k++) {
            assert_true(otb_grid_place(&grid, k, &row, &column));
            assert_true(row >= 1 && (size_t)row <= grid.rows);
            assert_true(column >= 1 && (size_t)column <= grid.columns);
            assert_false(taken[row][column]);
            taken[row][column] = true;
        }
        assert_false(otb_grid_place(&grid, grid.electrodes, &row, &column));
        assert_false(taken[cases[i].corner_row][cases[i].corner_column]);
    }
    struct otb_grid grid;
    int row, column;
    assert_true(otb_grid_find("HD05MM0802", &grid)); /* not listed: a distance, no places */
    assert_true(grid.distance == 5 && grid.electrodes == 16);
    assert_false(otb_grid_place(&grid, 0, &row, &column));
    assert_false(otb_grid_find("CDE 12", &grid));
    assert_false(otb_grid_find("HD05MM08", &grid));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quattrocento), cmocka_unit_test(other_devices), cmocka_unit_test(mended),
        cmocka_unit_test(otb4),         cmocka_unit_test(wanted_late),   cmocka_unit_test(refused),
        cmocka_unit_test(grids),
    };
    return cmocka_run_group_tests(tests, NULL, reading_teardown);
}
