/* What the GDF reader makes of the files in samples/, which make_gdf_samples.py writes: sample i of
 * signal s is the digital value (i (7 + 2 s)) mod 201 − 100, 100 more in unsigned types. */
#include "unit/reader_checks.h"

static void expect_samples(const struct reading *reading, size_t c, size_t signal, double add,
                           double gain, double offset)
{
    double worst = 0;
    for (size_t i = 0; i < reading->counts[c]; i++) {
        double expected = gain * (number(signal, i) + add) + offset;
        double off = fabs((double)reading->samples[c][i] - expected) / (1 + fabs(expected));
        worst = off <= worst ? worst : isnan(off) ? HUGE_VAL : off;
    }
    assert_true(reading->counts[c] > 0);
    assert_close(worst, 0, 1e-6);
}

static void version_2_is_read_to_the_digital_step(void **state)
{
    (void)state;
    struct reading reading = read_sample_as("gdf", "good-gdf-2.gdf", (struct recording_options){0});
    const struct recording_info *info = reading.info;
    assert_string_equal(info->format, "gdf");
    assert_int_equal(info->warnings.count, 0);
    assert_int_equal(info->channel_count, 2);
    assert_string_equal(info->channels[0].label, "EMG Soleus L");
    assert_string_equal(info->channels[0].description,
                        "AgAgCl electrodes; high-pass 10 Hz, low-pass 500 Hz, notch 50 Hz");
    assert_string_equal(info->channels[1].file_unit, "mV");
    assert_string_equal(info->channels[1].unit, "uV");
    assert_close(info->channels[1].minimum, -3276.8, 1e-9);
    assert_close(info->channels[1].maximum, 3276.7, 1e-9);
    assert_true(info->start.known);
    assert_int_equal(info->start.seconds, 1709414130); /* 2024-03-02 21:15:30 */
    assert_close(info->start.fraction, 0.25, 1e-9);
    assert_close(info->duration, 4, 0);
    for (size_t c = 0; c < 2; c++) {
        assert_close(info->channels[c].rate, 100, 0);
        assert_int_equal(reading.counts[c], 400);
        expect_samples(&reading, c, c, 0, 0.1, 0);
    }
    assert_int_equal(info->annotation_count, 5);
    assert_annotation(&reading, 0, 0, 1, "rest");
    assert_annotation(&reading, 1, 1, 1.5, "cramp (EMG Soleus L)");
    assert_annotation(&reading, 2, 1.5, NAN, "artifact: ECG");
    assert_annotation(&reading, 3, 2, NAN, "0x4005");
    assert_annotation(&reading, 4, 3, 0.25, "artifact: muscle (EMG Soleus R)");
    reading_clear(&reading);
}

static void version_1_is_read_to_the_digital_step(void **state)
{
    (void)state;
    struct recording_options options = {.all_channels = true};
    struct reading reading = read_sample_as("gdf", "good-gdf-1.gdf", options);
    const struct recording_info *info = reading.info;
    assert_int_equal(info->warnings.count, 0);
    assert_string_equal(info->channels[0].description, "AgAgCl; HP 10 Hz");
    assert_string_equal(info->channels[1].unit, "N");
    assert_int_equal(info->channels[1].type, CHANNEL_OTHER);
    assert_close(info->channels[0].rate, 100, 0);
    assert_close(info->channels[1].rate, 10, 0);
    assert_int_equal(info->start.seconds, 1709414130);
    assert_close(info->start.fraction, 0.25, 1e-9);
    assert_int_equal(reading.counts[0], 400);
    assert_int_equal(reading.counts[1], 40);
    expect_samples(&reading, 0, 0, 0, 0.1, 0);
    expect_samples(&reading, 1, 1, 100, 2, 0);
    /* The event's end stands in the table as an event of its own. */
    assert_int_equal(info->annotation_count, 3);
    assert_annotation(&reading, 0, 0.5, 1, "EEG: seizure");
    assert_annotation(&reading, 1, 0.75, NAN, "artifact: mains");
    assert_annotation(&reading, 2, 2, NAN, "condition 7");
    reading_clear(&reading);
}

static void every_data_type_is_read(void **state)
{
    (void)state;
    static const struct {
        size_t samples; /* a record of 0.5 s */
        const char *unit;
        double factor, add;
    } expected[12] = {
        {4, "uV", 1, 0}, {2, "uV", 1e6, 100}, {8, "uV", 1e3, 0}, {1, "uV", 1, 100},
        {3, "N", 1, 0},  {5, "uV", 1, 100},   {6, "uV", 1, 0},   {2, "uV", 1, 100},
        {7, "uV", 1, 0}, {2, "uV", 1, 0},     {4, "a.u.", 1, 0}, {9, "uV", 1, 100},
    };
    struct recording_options options = {.all_channels = true};
    struct reading reading = read_sample_as("gdf", "good-gdf-kinds.gdf", options);
    assert_int_equal(reading.info->channel_count, 12);
    assert_int_equal(reading.info->warnings.count, 0);
    for (size_t c = 0; c < 12; c++) {
        assert_close(reading.info->channels[c].rate, 2 * (double)expected[c].samples, 0);
        assert_int_equal(reading.counts[c], 20 * expected[c].samples);
        assert_string_equal(reading.info->channels[c].unit, expected[c].unit);
        expect_samples(&reading, c, c, expected[c].add, expected[c].factor, 0);
    }
    reading_clear(&reading);
}

static void missing_values_are_gaps(void **state)
{
    (void)state;
    struct reading reading =
        read_sample_as("gdf", "good-gdf-missing.gdf", (struct recording_options){0});
    assert_int_equal(reading.counts[0], 200);
    for (size_t i = 0; i < 200; i++) {
        assert_int_equal(isnan(reading.samples[0][i]) != 0, i >= 70 && i < 95);
    }
    assert_int_equal(reading.info->gap_count, 1);
    assert_close(reading.info->gaps[0].onset, 0.7, 1e-9);
    assert_close(reading.info->gaps[0].duration, 0.25, 1e-9);
    reading_clear(&reading);
}

static void unevenly_sampled_values_are_annotations(void **state)
{
    (void)state;
    struct reading reading =
        read_sample_as("gdf", "good-gdf-sparse.gdf", (struct recording_options){0});
    assert_int_equal(reading.info->channel_count, 1);
    expect_samples(&reading, 0, 0, 0, 0.1, 0);
    assert_int_equal(reading.info->annotation_count, 2);
    assert_annotation(&reading, 0, 0.5, NAN, "load = -25 N");
    assert_annotation(&reading, 1, 1, NAN, "load = 1.5 N");
    reading_clear(&reading);
}

static void damage_is_mended_with_a_warning_and_refused_when_strict(void **state)
{
    (void)state;
    static const struct {
        const char *name, *warning;
        size_t counts[2];
    } cases[] = {
        {"good-gdf-cut.gdf", "cut short: ends after 29 of 40", {300, 296}},
        {"good-gdf-no-scale.gdf", "no scale", {200, 0}},
        {"good-gdf-break.gdf", "interrupted at 1 s", {200, 200}},
        {"good-gdf-events-cut.gdf", "42 bytes follow", {200, 200}},
        {"good-gdf-header-size.gdf", "claims to be 256 bytes", {200, 200}},
        {"good-gdf-late-signal.gdf", "was sampled 0.05 s after", {200, 200}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct reading reading =
            read_sample_as("gdf", cases[i].name, (struct recording_options){0});
        assert_true(reading_warned(&reading, cases[i].warning));
        bool counts = reading.info->channels[0].unit[0] == 'a';
        for (size_t c = 0; c < reading.channels; c++) {
            assert_int_equal(reading.counts[c], cases[i].counts[c]);
            expect_samples(&reading, c, c, 0, counts ? 1 : 0.1, 0);
        }
        reading_clear(&reading);
        assert_strict_refuses(cases[i].name, (struct recording_options){0}, "--strict");
    }
}

static void a_shift_that_no_recording_has_is_none(void **state)
{
    (void)state;
    struct recording_options strict = {.strict = true};
    struct reading reading = read_sample_as("gdf", "good-gdf-lag-by-chance.gdf", strict);
    assert_int_equal(reading.info->warnings.count, 0);
    expect_samples(&reading, 1, 1, 0, 0.1, 0);
    reading_clear(&reading);
}

static void an_unknown_number_of_records_ends_with_the_file(void **state)
{
    (void)state;
    struct reading reading =
        read_sample_as("gdf", "good-gdf-count-minus-one.gdf", (struct recording_options){0});
    assert_int_equal(reading.counts[0], 300);
    assert_int_equal(reading.info->warnings.count, 0);
    expect_samples(&reading, 1, 1, 0, 0.1, 0);
    reading_clear(&reading);
}

static void a_pipe_and_any_block_size_give_the_same(void **state)
{
    (void)state;
    static const char *const names[] = {"good-gdf-2.gdf",       "good-gdf-1.gdf",
                                        "good-gdf-kinds.gdf",   "good-gdf-count-minus-one.gdf",
                                        "good-gdf-missing.gdf", "good-gdf-sparse.gdf",
                                        "good-gdf-cut.gdf",     "good-gdf-events-cut.gdf"};
    struct recording_options options = {.all_channels = true};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct reading whole = read_sample_as("gdf", names[i], options);
        assert_any_blocks(names[i], options, &whole, 5);
        assert_same_piped(names[i], options, &whole);
        reading_clear(&whole);
    }
}

static void what_cannot_be_read_is_refused(void **state)
{
    (void)state;
    static const struct refusal cases[] = {
        {"bad-gdf-fixed-header-cut.gdf", STATUS_FAILED, "200 of at least 512"},
        {"bad-gdf-header-cut.gdf", STATUS_FAILED, "ends within its header"},
        {"bad-gdf-no-records.gdf", STATUS_FAILED, "no samples"},
        {"bad-gdf-no-duration.gdf", STATUS_NO_RATE, "--rate"},
        {"bad-gdf-more-signals-than-bytes.gdf", STATUS_FAILED, "ends within its header"},
        {"unsupported-gdf-float128.gdf", STATUS_UNSUPPORTED, "data type 18"},
        {"unsupported-gdf-events-only.gdf", STATUS_UNSUPPORTED, "only events"},
        {"unsupported-gdf-uneven.gdf", STATUS_UNSUPPORTED, "sampled evenly"},
    };
    assert_refused(cases, sizeof cases / sizeof *cases, (struct recording_options){0});
}

static void a_rate_can_be_given(void **state)
{
    (void)state;
    struct recording_options options = {.rate = 500};
    struct reading reading = read_sample_as("gdf", "bad-gdf-no-duration.gdf", options);
    assert_close(reading.info->channels[0].rate, 500, 0);
    assert_int_equal(reading.counts[0], 200);
    reading_clear(&reading);
}

/* A good file with other numbers of records and samples, and data of `bytes` after its header. */
static void write_large(const char *path, uint64_t records, uint32_t samples, double duration,
                        uint64_t bytes, const char *fill)
{
    size_t size;
    char *header = reading_load_file(sample("good-gdf-count-minus-one.gdf"), &size);
    assert_true(size > 768);
    memcpy(header + 236, &records, 8);
    memcpy(header + 244, &duration, 8);
    memcpy(header + 256 + 216 * 2, &samples, 4);
    memcpy(header + 256 + 216 * 2 + 4, &samples, 4);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(header, 1, 768, file), 768);
    if (fill) {
        assert_int_equal(fwrite(fill, 1, bytes, file), bytes);
    } else {
        assert_int_equal(fseeko(file, (off_t)bytes, SEEK_CUR), 0);
    }
    /* One event of type 0x0103 at the position 11, 100 to the second. */
    static const unsigned char table[] = {1, 1, 0, 0, 0, 0, 0xc8, 0x42, 11, 0, 0, 0, 3, 1};
    assert_int_equal(fwrite(table, 1, sizeof table, file), sizeof table);
    assert_int_equal(fclose(file), 0);
    free(header);
}

static void records_too_large_for_memory_are_read_in_slices(void **state)
{
    (void)state;
    const uint32_t samples = 1100000; /* 4.4 MB a record of two signals, in 10 s */
    const size_t bytes = 4 * (size_t)samples;
    int16_t *values = malloc(2 * bytes);
    char path[160];
    assert_non_null(values);
    for (size_t r = 0; r < 2; r++) {
        for (size_t s = 0; s < 2; s++) {
            for (size_t i = 0; i < samples; i++) {
                values[(2 * r + s) * samples + i] = (int16_t)number(s, r * samples + i);
            }
        }
    }
    snprintf(path, sizeof path, "%s", reading_path("slices.gdf"));
    write_large(path, 2, samples, 10, 2 * bytes, (const char *)values);
    struct reading reading = reading_all(path, (struct recording_options){0}, 0);
    assert_int_equal(reading.status, STATUS_OK);
    for (size_t c = 0; c < 2; c++) {
        assert_int_equal(reading.counts[c], 2 * samples);
        expect_samples(&reading, c, c, 0, 0.1, 0);
    }
    assert_annotation(&reading, 0, 0.1, NAN, "artifact: muscle");
    reading_clear(&reading);
    /* Cut within the second record's second signal. */
    write_large(path, 2, samples, 10, bytes + 3 * (size_t)samples, (const char *)values);
    assert_int_equal(truncate(path, (off_t)(768 + bytes + 3 * (size_t)samples)), 0);
    reading = reading_all(path, (struct recording_options){0}, 0);
    assert_int_equal(reading.status, STATUS_OK);
    assert_true(reading_warned(&reading, "cut short: ends after 1 of 2"));
    assert_int_equal(reading.counts[0], 2 * samples);
    assert_int_equal(reading.counts[1], samples + samples / 2);
    expect_samples(&reading, 1, 1, 0, 0.1, 0);
    reading_clear(&reading);
    struct reading piped = reading_through_pipe(path, (struct recording_options){0});
    assert_int_equal(piped.status, STATUS_FAILED);
    assert_contains(piped.error.message, "too large for a pipe");
    reading_clear(&piped);
    free(values);
}

/* Signals of 16 bits and 100 Hz, one record of `samples` claimed, header 3, and whatever follows.
 */
static void write_signals(const char *path, uint16_t signals, uint32_t samples, const void *tagged,
                          size_t tagged_size, const void *rest, size_t rest_size)
{
    size_t size, blocks = 1 + signals + (tagged_size + 255) / 256;
    char *model = reading_load_file(sample("good-gdf-2.gdf"), &size);
    unsigned char *header = calloc(blocks, 256);
    uint16_t header_blocks = (uint16_t)blocks;
    uint64_t records = 1;
    double duration = (double)samples / 100;
    assert_non_null(header);
    memcpy(header, model, 256);
    memcpy(header + 184, &header_blocks, 2);
    memcpy(header + 236, &records, 8);
    memcpy(header + 244, &duration, 8);
    memcpy(header + 252, &signals, 2);
    for (size_t s = 0; s < signals; s++) {
        memcpy(header + 256 + 216 * signals + 4 * s, &samples, 4);
        header[256 + 220 * signals + 4 * s] = 3;
        for (size_t k = 0; k < 4; k++) {
            double limit = k % 2 ? 32767 : -32768; /* physical, then digital */
            memcpy(header + 256 + (104 + 8 * k) * signals + 8 * s, &limit, 8);
        }
    }
    memcpy(header + 256 * (1 + signals), tagged, tagged_size);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(header, 256, blocks, file), blocks);
    assert_int_equal(fwrite(rest, 1, rest_size, file), rest_size);
    assert_int_equal(fclose(file), 0);
    free(header);
    free(model);
}

/* Work follows what the file holds, not records of terabytes that its header claims. */
static void claimed_records_cost_no_time(void **state)
{
    (void)state;
    int16_t values[300];
    char path[160];
    for (size_t i = 0; i < 300; i++) {
        values[i] = (int16_t)number(0, i);
    }
    snprintf(path, sizeof path, "%s", reading_path("claims.gdf"));
    write_signals(path, 2000, UINT32_MAX, "", 0, values, sizeof values);
    struct reading reading = reading_all(path, (struct recording_options){.all_channels = true}, 0);
    assert_int_equal(reading.status, STATUS_OK);
    assert_true(reading_warned(&reading, "cut short: ends after 0 of 1"));
    assert_int_equal(reading.counts[0], 300);
    assert_int_equal(reading.counts[1], 0);
    expect_samples(&reading, 0, 0, 0, 1, 0);
    reading_clear(&reading);
}

/* Texts of event types are listed once and shown up to 800 bytes, however many events have one. */
static void long_texts_of_many_events_cost_no_time(void **state)
{
    (void)state;
    const uint32_t text_size = 1u << 20, events = 50000;
    char path[160];
    unsigned char *tagged = calloc(text_size + 4, 1);
    size_t size = 2 * 10 + 8 + 6 * (size_t)events;
    unsigned char *rest = calloc(size, 1);
    assert_true(tagged && rest);
    /* Type 0 has a text of a megabyte, type 1 "knock", type 2 what is left of the field. */
    tagged[0] = 1;
    memcpy(tagged + 1, &text_size, 3);
    memset(tagged + 4, 'x', text_size);
    memcpy(tagged + 4 + text_size - 2000, "\0knock", 7);
    rest[20] = 1;
    memcpy(rest + 21, &events, 3);
    memcpy(rest + 24, (float[]){100}, 4);
    for (uint32_t i = 0; i < events; i++) {
        uint32_t position = i + 1;
        memcpy(rest + 28 + 4 * i, &position, 4);
        rest[28 + 4 * (size_t)events + 2 * i] = i % 2 ? 2 : 1;
    }
    snprintf(path, sizeof path, "%s", reading_path("texts.gdf"));
    write_signals(path, 1, 10, tagged, text_size + 4, rest, size);
    struct reading reading = reading_all(path, (struct recording_options){.all_channels = true}, 0);
    assert_int_equal(reading.status, STATUS_OK);
    assert_int_equal(reading.info->annotation_count, events);
    assert_annotation(&reading, 0, 0, NAN, "knock");
    assert_int_equal(strspn(reading.info->annotations[1].text, "x"), 800);
    assert_int_equal(strlen(reading.info->annotations[1].text), 800);
    reading_clear(&reading);
    free(tagged);
    free(rest);
}

static void files_past_4_gib_are_opened_to_their_end(void **state)
{
    (void)state;
    char path[160];
    const uint64_t records = 125000000; /* of two signals of 10 samples: 5 GB, of holes */
    snprintf(path, sizeof path, "%s", reading_path("large.gdf"));
    write_large(path, records, 10, 0.1, records * 40, NULL);
    struct recording *recording;
    struct error error = {0};
    assert_int_equal(recording_open(path, &(struct recording_options){0}, &recording, &error),
                     STATUS_OK);
    assert_close(recording_info(recording)->duration, 12.5e6, 0);
    assert_int_equal(recording_info(recording)->warnings.count, 0);
    assert_int_equal(recording_info(recording)->annotation_count, 1);
    assert_string_equal(recording_info(recording)->annotations[0].text, "artifact: muscle");
    recording_close(recording);
    unlink(path);
}

static void the_real_recording_is_that_of_its_edf_and_bdf(void **state)
{
    (void)state;
    struct reading gdf = reading_all(real("plux_fatigue.gdf"), (struct recording_options){0}, 0);
    struct reading bdf = reading_all(real("plux_fatigue.bdf"), (struct recording_options){0}, 0);
    struct reading edf = reading_all(real("plux_fatigue.edf"), (struct recording_options){0}, 0);
    assert_int_equal(gdf.status, STATUS_OK);
    assert_int_equal(gdf.counts[0], 126900);
    assert_int_equal(bdf.counts[0], 126900);
    assert_close(gdf.info->channels[0].rate, 1000, 0);
    for (size_t i = 0; i < gdf.counts[0]; i++) {
        assert_close(gdf.samples[0][i], bdf.samples[0][i], 1e-3);
        /* The EDF file was scaled anew, cut off to sixteenths of a count. */
        assert_close(gdf.samples[0][i], edf.samples[0][i], 0.0626);
    }
    reading_clear(&gdf);
    reading_clear(&bdf);
    reading_clear(&edf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(version_2_is_read_to_the_digital_step),
        cmocka_unit_test(version_1_is_read_to_the_digital_step),
        cmocka_unit_test(every_data_type_is_read),
        cmocka_unit_test(missing_values_are_gaps),
        cmocka_unit_test(unevenly_sampled_values_are_annotations),
        cmocka_unit_test(damage_is_mended_with_a_warning_and_refused_when_strict),
        cmocka_unit_test(a_shift_that_no_recording_has_is_none),
        cmocka_unit_test(an_unknown_number_of_records_ends_with_the_file),
        cmocka_unit_test(a_pipe_and_any_block_size_give_the_same),
        cmocka_unit_test(what_cannot_be_read_is_refused),
        cmocka_unit_test(a_rate_can_be_given),
        cmocka_unit_test(records_too_large_for_memory_are_read_in_slices),
        cmocka_unit_test(claimed_records_cost_no_time),
        cmocka_unit_test(long_texts_of_many_events_cost_no_time),
        cmocka_unit_test(files_past_4_gib_are_opened_to_their_end),
        cmocka_unit_test(the_real_recording_is_that_of_its_edf_and_bdf),
    };
    return cmocka_run_group_tests(tests, NULL, reading_teardown);
}
