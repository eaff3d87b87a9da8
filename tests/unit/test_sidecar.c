/* Files beside recordings: which win, what they say, and what becomes of broken ones. */
#include "unit/sidecar_files.h"

#include "formats/sidecar/lattice.h"
#include "pipeline/signal/mains.h"

#define ALL                                                                                        \
    (struct recording_options)                                                                     \
    {                                                                                              \
        .all_channels = true                                                                       \
    }

static void a_table_without_header_gets_all_from_sidecars(void **state)
{
    (void)state;
    put_table("t.csv", 300, 3);
    put("t.json", "{\"SamplingFrequency\": 1259.259, \"PowerLineFrequency\": 60, \"Own\": 1,\n"
                  " \"Manufacturer\": \"Maker\", \"ManufacturersModelName\": \"Model\"}");
    put("t_channels.tsv", "name\ttype\tunits\ttarget_muscle\tstatus\tstatus_description\tscale\n"
                          "TA\tEMG\tn/a\ttibialis anterior\tgood\tn/a\t0.5\n"
                          "7\tEMG\tmV\tn/a\tbad\tfell off\tn/a\n"
                          "Force\tMISC\tN\tn/a\tn/a\tn/a\tn/a\n");
    struct reading reading = open_all("t.csv", (struct recording_options){0});
    const struct channel *channels = reading.info->channels;
    assert_int_equal(reading.info->warnings.count, 0);
    assert_string_equal(channels[0].label, "TA");
    assert_string_equal(channels[1].label, "7");
    assert_string_equal(channels[0].unit, "uV");
    assert_string_equal(channels[0].muscle, "tibialis anterior");
    assert_string_equal(channels[0].description, "Maker Model");
    assert_string_equal(channels[1].why_bad, "fell off");
    assert_string_equal(channels[2].unit, "N");
    assert_int_equal(channels[2].type, CHANNEL_OTHER);
    assert_true(channels[0].selected && !channels[1].selected && !channels[2].selected);
    assert_true(channels[1].bad && !channels[0].bad);
    assert_close(channels[0].rate, 1259.259, 0);
    assert_close(reading.info->mains, 60, 0);
    assert_close(reading.info->duration, 300 / 1259.259, 1e-12);
    assert_int_equal(reading.counts[0], 300);
    assert_close((double)reading.samples[0][29], 145, 0);
    for (size_t c = 0; c < 3; c++) {
        assert_int_equal(channels[c].rate_origin, ORIGIN_SIDECAR);
        assert_int_equal(channels[c].type_origin, ORIGIN_SIDECAR);
        assert_int_equal(channels[c].unit_origin, ORIGIN_SIDECAR);
    }
    assert_int_equal(channels[0].muscle_origin, ORIGIN_SIDECAR);
    assert_int_equal(reading.info->mains_origin, ORIGIN_SIDECAR);
    assert_int_equal(reading.info->file_count, 2);
    assert_string_equal(reading.info->files[0], at("t.json"));
    assert_string_equal(reading.info->files[1], at("t_channels.tsv"));
    reading_clear(&reading);
    /* A bad channel comes when it is named. */
    reading = open_all("t.csv", (struct recording_options){.channels = "7"});
    assert_close((double)reading.samples[1][2], 21000, 0);
    reading_clear(&reading);
}

static void options_win_over_sidecars(void **state)
{
    (void)state;
    struct reading reading = open_all(
        "t.csv", (struct recording_options){.rate = 500, .scale = 2, .channels = "TA,Force"});
    const struct channel *channels = reading.info->channels;
    assert_close(channels[0].rate, 500, 0);
    assert_int_equal(channels[0].rate_origin, ORIGIN_OPTION);
    assert_int_equal(channels[0].unit_origin, ORIGIN_OPTION);
    assert_int_equal(channels[0].type_origin, ORIGIN_SIDECAR);
    assert_int_equal(channels[2].type_origin, ORIGIN_OPTION);
    assert_close((double)reading.samples[0][29], 580, 0);
    reading_clear(&reading);
    /* A fallback does not. */
    reading = open_all("t.csv", (struct recording_options){.rate = 500, .rate_fallback = true});
    assert_close(reading.info->channels[0].rate, 1259.259, 0);
    assert_int_equal(reading.info->channels[0].rate_origin, ORIGIN_SIDECAR);
    reading_clear(&reading);
    /* And none counts when they are not wanted. */
    reading = reading_all(at("t.csv"), (struct recording_options){.no_sidecars = true}, 0);
    assert_int_equal(reading.status, STATUS_NO_RATE);
    reading = open_all("t.csv", (struct recording_options){.rate = 500, .no_sidecars = true});
    assert_string_equal(reading.info->channels[1].unit, "a.u.");
    assert_int_equal(reading.info->channels[1].unit_origin, ORIGIN_NONE);
    assert_int_equal(reading.info->channels[1].type_origin, ORIGIN_NONE);
    assert_int_equal(reading.info->file_count, 0);
    reading_clear(&reading);
}

static void sidecars_win_over_headers(void **state)
{
    (void)state;
    put_sample("good-edf-plain.edf", "e.edf");
    struct reading plain = open_all("e.edf", ALL);
    assert_int_equal(plain.info->channels[0].rate_origin, ORIGIN_FILE);
    assert_int_equal(plain.info->channels[0].unit_origin, ORIGIN_FILE);
    assert_int_equal(plain.info->channels[0].type_origin, ORIGIN_FILE);
    put("e.json", "{\"SamplingFrequency\": 100.5, \"RecordingDuration\": 60}");
    put("e_channels.tsv", "name\ttype\tunits\ttarget_muscle\temg SOLEUS L\n"
                          "emg SOLEUS L\tMISC\tmV\tsoleus\tx\nAbsent\tEMG\tuV\tn/a\tx\n");
    struct reading reading = open_all("e.edf", ALL);
    const struct channel *channels = reading.info->channels;
    assert_string_equal(channels[0].label, "EMG Soleus L"); /* matched whatever its case */
    assert_string_equal(channels[0].muscle, "soleus");
    assert_int_equal(channels[0].type, CHANNEL_OTHER);
    assert_string_equal(channels[0].unit, "mV");
    assert_close(channels[0].rate, 100.5, 0);
    assert_close(channels[1].rate, 100.5, 0);
    assert_int_equal(channels[1].rate_origin, ORIGIN_SIDECAR);
    assert_int_equal(channels[1].type_origin, ORIGIN_FILE);
    assert_true(
        reading_warned(&reading, "names 1 channel that the recording does not have: 'Absent'"));
    assert_true(reading_warned(&reading, "is in mV, but the file says uV"));
    assert_true(reading_warned(&reading, "RecordingDuration is 60 s"));
    assert_memory_equal(reading.samples[1], plain.samples[1], plain.counts[1] * sizeof(float));
    reading_clear(&reading);
    put("e.json", "{\"SamplingFrequency\": 2000}");
    put("e_channels.tsv", "name\ttarget_muscle\nEMG Soleus R\tsoleus\n");
    reading = open_all("e.edf", ALL);
    assert_close(reading.info->channels[0].rate, 2000, 0);
    assert_true(reading_warned(&reading, "the sidecar says 2000 Hz, the file 100 Hz"));
    assert_close(reading.info->duration, (double)plain.counts[0] / 2000, 1e-12);
    assert_string_equal(reading.info->channels[1].muscle, "soleus");
    reading_clear(&reading);
    unlink(at("e.json"));
    put("e_channels.tsv", "name\tunits\ttarget_muscle\nX\t\xb5V\tone\nY\tmV\ttwo\n");
    reading = open_all("e.edf", ALL);
    assert_true(
        reading_warned(&reading, "none of its names is a channel's ('EMG Soleus L' is 'X'"));
    assert_true(
        reading_warned(&reading, "which is no voltage that is known; the file's uV stands"));
    assert_string_equal(reading.info->channels[0].unit, "uV");
    assert_int_equal(reading.info->channels[0].unit_origin, ORIGIN_FILE);
    assert_string_equal(reading.info->channels[1].muscle, "two");
    assert_int_equal(reading.info->channels[1].unit_origin, ORIGIN_SIDECAR);
    assert_close((double)reading.samples[1][3], 1000 * (double)plain.samples[1][3], 1e-3);
    reading_clear(&reading);
    put("e_channels.tsv", "name\tstatus\nEMG Soleus L\tbad\nEMG Soleus R\tBad\n");
    reading = reading_all(at("e.edf"), (struct recording_options){0}, 0);
    assert_int_equal(reading.status, STATUS_FAILED);
    assert_contains(reading.error.message, "all its EMG channels are said to be bad");
    reading_clear(&plain);
}

static void a_rate_that_the_file_refutes_does_not_count(void **state)
{
    (void)state;
    put_sample("good-edf-plus-d-gap.edf", "d.edf");
    struct reading plain = open_all("d.edf", ALL);
    put("d.json", "{\"SamplingFrequency\": 2000, \"PowerLineFrequency\": 50}");
    struct reading reading = open_all("d.edf", ALL);
    assert_true(reading_warned(&reading, "the file is believed"));
    assert_close(reading.info->channels[0].rate, plain.info->channels[0].rate, 0);
    assert_int_equal(reading.info->channels[0].rate_origin, ORIGIN_FILE);
    assert_close(reading.info->mains, 50, 0);
    assert_int_equal(reading.counts[0], plain.counts[0]);
    reading_clear(&reading);
    reading_clear(&plain);
}

static void rates_of_channels_differ(void **state)
{
    (void)state;
    put_sample("good-edf-mixed-rates.edf", "m.edf");
    put("m.json", "{\"SamplingFrequency\": 100.4}");
    struct reading reading = open_all("m.edf", ALL);
    const struct channel *channels = reading.info->channels;
    assert_close(channels[0].rate, 100.4, 0);
    assert_close(channels[1].rate, 15, 0);
    assert_close(channels[2].rate, 50, 0);
    assert_int_equal(channels[1].rate_origin, ORIGIN_FILE);
    char label[LABEL_SIZE], text[300];
    snprintf(label, sizeof label, "%s", channels[2].label);
    reading_clear(&reading);
    snprintf(text, sizeof text, "name\tsampling_frequency\n%s\t50.2\n", label);
    put("m_channels.tsv", text);
    reading = open_all("m.edf", ALL);
    assert_close(reading.info->channels[0].rate, 100.4, 0);
    assert_close(reading.info->channels[1].rate, 15, 0);
    assert_close(reading.info->channels[2].rate, 50.2, 0);
    reading_clear(&reading);
    put("m.json", "{\"SamplingFrequency\": 7}");
    reading = open_all("m.edf", ALL);
    assert_true(reading_warned(&reading, "7 Hz, is that of no channel"));
    assert_close(reading.info->channels[0].rate, 100, 0);
    reading_clear(&reading);
}

static void times_in_a_table_stay_when_a_sidecar_refines_its_rate(void **state)
{
    (void)state;
    put_sample("good-text-gap.csv", "g.csv");
    struct reading plain = open_all("g.csv", ALL);
    put("g.json", "{\"SamplingFrequency\": 1000.5}");
    struct reading reading = open_all("g.csv", ALL);
    assert_true(plain.info->gap_count > 1);
    assert_int_equal(reading.info->gap_count, plain.info->gap_count);
    assert_int_equal(reading.counts[0], plain.counts[0]);
    assert_close(reading.info->channels[0].rate, 1000.5, 0);
    reading_clear(&reading);
    reading_clear(&plain);
}

static void broken_sidecars_are_passed_over_with_their_place(void **state)
{
    (void)state;
    static const struct {
        const char *file, *text, *told;
    } cases[] = {
        {"b.json", "{\"SamplingFrequency\": 100,\n}", "b.json: line 2, column 1"},
        {"b.json", "[1]", "b.json: is no JSON object"},
        {"b.json", "{\"SamplingFrequency\": -3}", "b.json: SamplingFrequency is no number above 0"},
        {"b.json", "{\"TaskName\": 1, \"PowerLineFrequency\": 60,\n \"TaskName\": 2}",
         "b.json: line 2, column"},
        {"b_channels.tsv", "name\ttype\nx\n", "b_channels.tsv: line 2"},
        {"b_channels.tsv", "label\nx\n", "b_channels.tsv: has no column 'name'"},
        {"b_channels.tsv", "name\tsampling_frequency\nEMG Soleus L\tfast\n",
         "b_channels.tsv: line 2: sampling_frequency 'fast' is no number above 0"},
        {"b_channels.tsv", "name\tstatus\nEMG Soleus L\tgood\nEMG Soleus R\tfine\n",
         "b_channels.tsv: line 3: status 'fine' is neither good nor bad"},
        {"b_electrodes.tsv", "name\ty\nE1\t2\n", "b_electrodes.tsv: needs columns 'name' and 'x'"},
        {"b_electrodes.tsv", "", "b_electrodes.tsv: "},
    };
    put_sample("good-edf-plain.edf", "b.edf");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        put(cases[i].file, cases[i].text);
        struct reading reading = open_all("b.edf", ALL);
        if (!reading_warned(&reading, cases[i].told)) {
            print_error("case %zu: %s\n", i,
                        reading.info->warnings.count ? reading.info->warnings.texts[0] : "none");
            fail();
        }
        assert_close(reading.info->channels[0].rate, 100, 0);
        reading_clear(&reading);
        reading = reading_all(at("b.edf"), (struct recording_options){.strict = true}, 0);
        assert_int_equal(reading.status, STATUS_FAILED);
        assert_contains(reading.error.message, cases[i].told);
        reading_clear(&reading);
        unlink(at(cases[i].file));
    }
}

static void other_json_is_no_sidecar(void **state)
{
    (void)state;
    put_sample("good-edf-plain.edf", "o.edf");
    put("o.json", "{\"onset\": {\"Units\": \"s\"}}");
    struct reading reading = open_all("o.edf", (struct recording_options){.strict = true});
    assert_int_equal(reading.info->file_count, 0);
    assert_int_equal(reading.info->warnings.count, 0);
    reading_clear(&reading);
    /* What would block or is huge is not read. */
    unlink(at("o.json"));
    assert_int_equal(mkfifo(at("o.json"), 0600), 0);
    assert_int_equal(mkdir(at("o_channels.tsv"), 0700), 0);
    reading = open_all("o.edf", (struct recording_options){.strict = true});
    assert_int_equal(reading.info->file_count, 0);
    reading_clear(&reading);
    reading = reading_through_pipe(at("e.edf"), ALL);
    assert_close(reading.info->channels[0].rate, 100, 0);
    reading_clear(&reading);
}

static void files_of_a_recording_are_listed(void **state)
{
    (void)state;
    char **files;
    size_t count;
    struct error error;
    struct recording_options options = {0};
    assert_int_equal(recording_files(at("t.csv"), &options, &files, &count, &error), STATUS_OK);
    assert_int_equal(count, 3);
    assert_string_equal(files[0], at("t.csv"));
    assert_string_equal(files[1], at("t.json"));
    assert_string_equal(files[2], at("t_channels.tsv"));
    recording_files_free(files, count);
    options.no_sidecars = true;
    assert_int_equal(recording_files(at("t.csv"), &options, &files, &count, &error), STATUS_OK);
    assert_int_equal(count, 1);
    recording_files_free(files, count);
    /* Of what is not there, too: the error is that of opening it. */
    assert_int_equal(recording_files(at("absent"), &options, &files, &count, &error), STATUS_OK);
    assert_int_equal(count, 1);
    recording_files_free(files, count);
}

static void lattices_are_found(void **state)
{
    (void)state;
    int rows[64], columns[64];
    double distance, points[64][3] = {{0}};
    /* A line askew, with one electrode left out. */
    static const int along[] = {0, 1, 2, 4, 5};
    for (size_t i = 0; i < 5; i++) {
        points[i][0] = 3 + 3.0 * along[i];
        points[i][1] = 7 - 4.0 * along[i];
    }
    assert_true(lattice_fit((const double(*)[3])points, 5, rows, columns, &distance));
    assert_close(distance, 5, 1e-9);
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(columns[i], 1);
        assert_int_equal(rows[i], 6 - along[i]); /* y goes up */
    }
    /* 13 × 4, 8 mm along y and 10 mm along x, jittered, in any order. */
    uint64_t seed = 5;
    for (size_t i = 0; i < 52; i++) {
        size_t place = i * 7 % 52;
        points[i][0] = 10.0 * (double)(place / 13) + 0.002 * (double)(reading_random(&seed) % 100);
        points[i][1] = 8.0 * (double)(place % 13);
        points[i][2] = 0;
    }
    assert_true(lattice_fit((const double(*)[3])points, 52, rows, columns, &distance));
    assert_close(distance, 8, 1e-3);
    for (size_t i = 0; i < 52; i++) {
        assert_int_equal(rows[i], i * 7 % 52 % 13 + 1);
        assert_int_equal(columns[i], i * 7 % 52 / 13 + 1);
    }
    /* None. */
    points[20][1] += 3;
    assert_false(lattice_fit((const double(*)[3])points, 52, rows, columns, &distance));
    assert_false(lattice_fit((const double(*)[3])points, 1, rows, columns, &distance));
    memcpy(points[1], points[0], sizeof points[0]);
    assert_false(lattice_fit((const double(*)[3])points, 2, rows, columns, &distance));
    points[1][0] = 1e300;
    assert_false(lattice_fit((const double(*)[3])points, 3, rows, columns, &distance));
}

static void a_known_power_line_decides_which_lines_count(void **state)
{
    (void)state;
    const struct mains_lines both = {{3, 3}, {5, 4}}, fifty = {{3, 0}, {5, 0}};
    assert_close(mains_decide(&both, 1, 0), 50, 0);
    assert_close(mains_decide(&both, 1, 60), 60, 0);
    assert_close(mains_decide(&both, 1, 16.7), 50, 0);
    assert_close(mains_decide(&fifty, 1, 60), 0, 0);
    assert_close(mains_decide(&fifty, 1, 50), 50, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_without_header_gets_all_from_sidecars),
        cmocka_unit_test(options_win_over_sidecars),
        cmocka_unit_test(sidecars_win_over_headers),
        cmocka_unit_test(a_rate_that_the_file_refutes_does_not_count),
        cmocka_unit_test(rates_of_channels_differ),
        cmocka_unit_test(times_in_a_table_stay_when_a_sidecar_refines_its_rate),
        cmocka_unit_test(broken_sidecars_are_passed_over_with_their_place),
        cmocka_unit_test(other_json_is_no_sidecar),
        cmocka_unit_test(files_of_a_recording_are_listed),
        cmocka_unit_test(lattices_are_found),
        cmocka_unit_test(a_known_power_line_decides_which_lines_count),
    };
    return cmocka_run_group_tests(tests, NULL, reading_teardown);
}
