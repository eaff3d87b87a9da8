/* What the WFDB reader makes of the records in samples/, which make_wfdb_samples.py writes: sample
 * i of signal s is the digital value (i (7 + 2 s)) mod 201 − 100. */
#include "unit/reader_checks.h"

/* `count` samples from `first` on are gain × digital + offset of the signal's from `from` on. */
static void expect_run(const struct reading *reading, size_t c, size_t first, size_t count,
                       size_t signal, size_t from, double gain, double offset)
{
    assert_true(first + count <= reading->counts[c]);
    for (size_t i = 0; i < count; i++) {
        double expected = gain * number(signal, from + i) + offset;
        assert_close(reading->samples[c][first + i], expected, 1e-6 * fabs(expected) + 1e-6);
    }
}

static void expect_gap(const struct reading *reading, size_t c, size_t first, size_t count)
{
    for (size_t i = first; i < first + count; i++) {
        assert_true(isnan(reading->samples[c][i]));
    }
}

/* Two signals with three missing samples, which every format but 8 can mark. */
static void expect_marked(const struct reading *reading, size_t count, double offset)
{
    for (size_t c = 0; c < 2; c++) {
        size_t at = c ? 30 : 20, missing = c ? 1 : 2;
        assert_int_equal(reading->counts[c], count);
        expect_run(reading, c, 0, at, c, 0, 0.1, offset);
        expect_gap(reading, c, at, missing);
        expect_run(reading, c, at + missing, count - at - missing, c, at + missing, 0.1, offset);
    }
    assert_int_equal(reading->info->gap_count, 2);
}

static void format_16_with_its_header_is_read(void **state)
{
    (void)state;
    struct reading reading =
        read_sample_as("wfdb", "good-wfdb-16.hea", (struct recording_options){0});
    const struct recording_info *info = reading.info;
    assert_string_equal(info->format, "wfdb");
    assert_int_equal(info->warnings.count, 0);
    assert_int_equal(info->channel_count, 2);
    assert_string_equal(info->channels[0].label, "EMG 1");
    assert_string_equal(info->channels[0].file_unit, "uV");
    assert_string_equal(info->channels[0].description, "surface electrodes, 20 mm apart");
    assert_close(info->channels[0].rate, 100, 0);
    assert_close(info->channels[0].minimum, -204.3, 1e-9);
    assert_close(info->channels[0].maximum, 205.2, 1e-9);
    assert_int_equal(info->start.seconds, 1709414130); /* 2024-03-02 21:15:30 */
    assert_close(info->start.fraction, 0.25, 1e-9);
    expect_marked(&reading, 400, 0.5);
    assert_int_equal(info->file_count, 2);
    assert_non_null(strstr(info->files[0], "good-wfdb-16.dat"));
    assert_non_null(strstr(info->files[1], "good-wfdb-16.atr"));
    reading_clear(&reading);
}

static const struct {
    double onset;
    const char *text;
} annotations[] = {{0.1, "+ (REST"}, {0.5, "N"},           {1.5, "cramp begins"},
                   {71, "V"},        {71.5, "cramp ends"}, {72, "[42]"}};

static void annotations_are_read(void **state)
{
    (void)state;
    struct reading reading =
        read_sample_as("wfdb", "good-wfdb-16.hea", (struct recording_options){0});
    assert_int_equal(reading.info->annotation_count, 6);
    for (size_t i = 0; i < 6; i++) {
        assert_annotation(&reading, i, annotations[i].onset, NAN, annotations[i].text);
    }
    reading_clear(&reading);
}

/* A record of one signal with an annotation file of that extension, `size` bytes of the sample's.
 */
static struct reading read_annotated(const char *extension, size_t size,
                                     struct recording_options options)
{
    static const char header[] = "noted 1 100 4\nnoted.dat 16 1/uV\n";
    char path[160], name[32];
    size_t whole;
    char *bytes = reading_load_file(sample("good-wfdb-16.atr"), &whole);
    assert_true(size <= whole);
    snprintf(name, sizeof name, "noted.%s", extension);
    reading_write_file(reading_path(name), bytes, size ? size : whole);
    reading_write_file(reading_path("noted.dat"), "\1\0\2\0\3\0\4", 8);
    reading_write_file(reading_path("noted.hea"), header, sizeof header - 1);
    free(bytes);
    struct reading reading = reading_all(reading_path("noted.hea"), options, 0);
    snprintf(path, sizeof path, "%s", reading_path(name));
    unlink(path);
    return reading;
}

static void annotation_files_that_are_cut_are_read_up_to_there(void **state)
{
    (void)state;
    /* Within the text "cramp begins". */
    struct reading reading = read_annotated("atr", 60, (struct recording_options){0});
    assert_int_equal(reading.status, STATUS_OK);
    assert_true(reading_warned(&reading, "without an end mark"));
    assert_int_equal(reading.info->annotation_count, 2);
    assert_string_equal(reading.info->annotations[1].text, "N");
    reading_clear(&reading);
    reading = read_annotated("atr", 60, (struct recording_options){.strict = true});
    assert_int_equal(reading.status, STATUS_FAILED);
    reading_clear(&reading);
    /* Of another name, such a file may be something else. */
    reading = read_annotated("man", 60, (struct recording_options){0});
    assert_int_equal(reading.info->annotation_count, 0);
    assert_true(reading_warned(&reading, "no annotation file"));
    reading_clear(&reading);
    reading = read_annotated("man", 0, (struct recording_options){0});
    assert_int_equal(reading.info->annotation_count, 6);
    assert_int_equal(reading.info->warnings.count, 0);
    reading_clear(&reading);
}

static void every_format_is_read(void **state)
{
    (void)state;
    static const char *const names[] = {"good-wfdb-61.hea", "good-wfdb-80.hea", "good-wfdb-160.hea",
                                        "good-wfdb-24.hea", "good-wfdb-32.hea", "good-wfdb-310.hea",
                                        "good-wfdb-311.hea"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct reading reading = read_sample_as("wfdb", names[i], (struct recording_options){0});
        assert_int_equal(reading.info->warnings.count, 0);
        expect_marked(&reading, 101, 0);
        reading_clear(&reading);
    }
    struct reading packed =
        read_sample_as("wfdb", "good-wfdb-212.hea", (struct recording_options){0});
    assert_int_equal(packed.info->warnings.count, 0);
    expect_marked(&packed, 101, 0);
    expect_run(&packed, 2, 0, 101, 2, 0, 0.1, 0);
    reading_clear(&packed);
    struct reading steps = read_sample_as("wfdb", "good-wfdb-8.hea", (struct recording_options){0});
    assert_int_equal(steps.info->warnings.count, 0);
    for (size_t c = 0; c < 2; c++) {
        assert_int_equal(steps.counts[c], 101);
        for (size_t i = 0; i < 101; i++) {
            double expected = 0.1 * floor((number(c, i) + 100) / 25);
            assert_close(steps.samples[c][i], expected, 1e-6);
        }
    }
    reading_clear(&steps);
}

static void rates_files_offsets_and_skew_may_differ(void **state)
{
    (void)state;
    struct recording_options options = {.all_channels = true};
    struct reading reading = read_sample_as("wfdb", "good-wfdb-frames.hea", options);
    const double rates[] = {100, 25, 50};
    assert_int_equal(reading.info->warnings.count, 0);
    for (size_t c = 0; c < 3; c++) {
        assert_close(reading.info->channels[c].rate, rates[c], 0);
        assert_int_equal(reading.counts[c], (size_t)(2.4 * rates[c] + 0.5));
    }
    expect_run(&reading, 0, 0, 240, 0, 0, 0.1, 0);
    expect_run(&reading, 1, 0, 60, 1, 0, 0.2, 0);
    /* Three frames precede the record's first. */
    expect_run(&reading, 2, 0, 120, 2, 6, 0.01, -0.02);
    assert_string_equal(reading.info->channels[1].unit, "N");
    assert_int_equal(reading.info->channels[1].type, CHANNEL_OTHER);
    reading_clear(&reading);
}

static void uncalibrated_signals_are_counts(void **state)
{
    (void)state;
    static const char *const names[] = {"good-wfdb-no-gain.hea", "good-wfdb-gain-zero.hea"};
    for (size_t i = 0; i < 2; i++) {
        struct reading reading = read_sample_as("wfdb", names[i], (struct recording_options){0});
        assert_true(reading_warned(&reading, "uncalibrated"));
        assert_string_equal(reading.info->channels[0].unit, "a.u.");
        expect_run(&reading, 0, 0, 100, 0, 0, 1, i ? -10 : 0);
        reading_clear(&reading);
        struct recording_options options = {.scale = 2};
        reading = read_sample_as("wfdb", names[i], options);
        assert_string_equal(reading.info->channels[0].unit, "uV");
        expect_run(&reading, 0, 0, 100, 0, 0, 2, i ? -20 : 0);
        reading_clear(&reading);
    }
}

static void a_missing_unit_is_millivolt(void **state)
{
    (void)state;
    struct reading reading =
        read_sample_as("wfdb", "good-wfdb-no-length.hea", (struct recording_options){0});
    assert_string_equal(reading.info->channels[0].file_unit, "mV");
    expect_run(&reading, 0, 0, 100, 0, 0, 100, 0);
    reading_clear(&reading);
}

static void matlab_files_are_read_where_a_header_names_them(void **state)
{
    (void)state;
    struct reading reading =
        read_sample_as("wfdb", "good-wfdb-matlab.hea", (struct recording_options){0});
    assert_int_equal(reading.info->warnings.count, 0);
    assert_int_equal(reading.counts[0], 100);
    expect_run(&reading, 0, 0, 100, 0, 0, 0.1, 0);
    reading_clear(&reading);
}

static void segments_follow_each_other(void **state)
{
    (void)state;
    struct reading reading =
        read_sample_as("wfdb", "good-wfdb-fixed.hea", (struct recording_options){0});
    assert_int_equal(reading.info->warnings.count, 0);
    assert_close(reading.info->duration, 2.5, 1e-12);
    for (size_t c = 0; c < 2; c++) {
        assert_int_equal(reading.counts[c], 250);
        expect_run(&reading, c, 0, 100, c, 0, 0.1, 0);
        expect_gap(&reading, c, 100, 50);
        expect_run(&reading, c, 150, 100, c, 150, 0.1, 0);
    }
    assert_int_equal(reading.info->gap_count, 2);
    reading_clear(&reading);
}

static void segments_may_lack_signals_and_have_gains_of_their_own(void **state)
{
    (void)state;
    struct reading reading =
        read_sample_as("wfdb", "good-wfdb-variable.hea", (struct recording_options){0});
    assert_true(reading_warned(&reading, "good-wfdb-variable_lost"));
    assert_int_equal(reading.info->warnings.count, 1);
    assert_true(reading.info->start.known);
    for (size_t c = 0; c < 2; c++) {
        assert_int_equal(reading.counts[c], 300);
        assert_string_equal(reading.info->channels[c].unit, "uV");
        expect_gap(&reading, c, 100, 20);
        expect_gap(&reading, c, 220, 80);
    }
    expect_run(&reading, 0, 0, 100, 0, 0, 0.1, 0);
    expect_gap(&reading, 1, 0, 100);
    expect_run(&reading, 0, 120, 100, 0, 120, 0.1, 0);
    expect_run(&reading, 1, 120, 100, 1, 120, 0.2, -2);
    reading_clear(&reading);
}

static void damage_is_mended_with_a_warning_and_refused_when_strict(void **state)
{
    (void)state;
    static const struct {
        const char *name, *warning;
        size_t count;
        double rate;
    } cases[] = {
        {"good-wfdb-checksum.hea", "the checksum of signal 1", 100, 100},
        {"good-wfdb-cut.hea", "hold 100 of 130 frames", 100, 100},
        {"good-wfdb-longer.hea", "30 more than the header", 70, 100},
        {"good-wfdb-no-rate.hea", "250 Hz", 100, 250},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct reading reading =
            read_sample_as("wfdb", cases[i].name, (struct recording_options){0});
        assert_true(reading_warned(&reading, cases[i].warning));
        assert_int_equal(reading.counts[0], cases[i].count);
        assert_close(reading.info->channels[0].rate, cases[i].rate, 0);
        expect_run(&reading, 0, 0, cases[i].count, 0, 0, 0.1, 0);
        reading_clear(&reading);
        assert_strict_refuses(cases[i].name, (struct recording_options){0}, "--strict");
    }
    struct recording_options options = {.rate = 1000, .strict = true};
    struct reading reading = read_sample_as("wfdb", "good-wfdb-no-rate.hea", options);
    assert_close(reading.info->channels[0].rate, 1000, 0);
    reading_clear(&reading);
}

static void any_block_size_gives_the_same(void **state)
{
    (void)state;
    static const char *const names[] = {
        "good-wfdb-16.hea",  "good-wfdb-212.hea",    "good-wfdb-310.hea",
        "good-wfdb-8.hea",   "good-wfdb-fixed.hea",  "good-wfdb-frames.hea",
        "good-wfdb-cut.hea", "good-wfdb-folder.hea", "good-wfdb-variable.hea"};
    struct recording_options options = {.all_channels = true};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct reading whole = read_sample_as("wfdb", names[i], options);
        assert_any_blocks(names[i], options, &whole, 7);
        reading_clear(&whole);
    }
}

static void long_records_are_read_batch_by_batch(void **state)
{
    (void)state;
    const size_t frames = 60003; /* of two signals in 212, and one of two samples in 310 */
    char path[160];
    unsigned char *first = malloc(3 * frames), *second = calloc(frames + 4, 4);
    assert_true(first && second);
    for (size_t i = 0; i < frames; i++) {
        unsigned a = (unsigned)(int)number(0, i) & 0xfff, b = (unsigned)(int)number(1, i) & 0xfff;
        first[3 * i] = (unsigned char)a;
        first[3 * i + 1] = (unsigned char)(a >> 8 | b >> 8 << 4);
        first[3 * i + 2] = (unsigned char)b;
    }
    size_t packs = (2 * frames + 2) / 3;
    for (size_t k = 0; k < packs; k++) {
        unsigned v[3];
        for (size_t j = 0; j < 3; j++) {
            v[j] = (unsigned)(int)number(2, 3 * k + j) & 0x3ff;
        }
        unsigned low = v[0] << 1 | (v[2] & 31) << 11, high = v[1] << 1 | v[2] >> 5 << 11;
        second[4 * k] = (unsigned char)low;
        second[4 * k + 1] = (unsigned char)(low >> 8);
        second[4 * k + 2] = (unsigned char)high;
        second[4 * k + 3] = (unsigned char)(high >> 8);
    }
    reading_write_file(reading_path("long.dat"), first, 3 * frames);
    reading_write_file(reading_path("long_2.dat"), second, 4 * packs);
    char text[300];
    int length = snprintf(text, sizeof text,
                          "long 3 1000 %zu\nlong.dat 212 1/uV\nlong.dat 212 1/uV\n"
                          "long_2.dat 310x2 1/uV\n",
                          frames);
    snprintf(path, sizeof path, "%s", reading_path("long.hea"));
    reading_write_file(path, text, (size_t)length);
    for (uint64_t seed = 0; seed < 3; seed++) {
        struct reading reading = reading_all(path, (struct recording_options){0}, seed);
        assert_int_equal(reading.status, STATUS_OK);
        assert_int_equal(reading.info->warnings.count, 0);
        assert_int_equal(reading.counts[1], frames);
        assert_int_equal(reading.counts[2], 2 * frames);
        expect_run(&reading, 0, 0, frames, 0, 0, 1, 0);
        expect_run(&reading, 1, 0, frames, 1, 0, 1, 0);
        expect_run(&reading, 2, 0, 2 * frames, 2, 0, 1, 0);
        reading_clear(&reading);
    }
    free(first);
    free(second);
}

/* A signal that a long segment lacks is delivered along with the others, not at its end. */
static void absent_signals_keep_pace(void **state)
{
    (void)state;
    enum { FRAMES = 200000, BATCH = 49152 };
    static const char record[] = "pace/2 2 1000 200000\npace_layout 0\npace_one 200000\n";
    static const char layout[] =
        "pace_layout 2 1000 0\n~ 0 1/uV 16 0 0 0 0 A\n~ 0 1/uV 16 0 0 0 0 B\n";
    static const char one[] = "pace_one 1 1000 200000\npace_one.dat 16 1/uV 16 0 0 0 0 A\n";
    int16_t *values = malloc(FRAMES * sizeof *values);
    struct recording_options options = {.all_channels = true};
    struct recording *recording;
    struct block block;
    struct error error;
    size_t counts[2] = {0, 0};
    char path[160];
    assert_non_null(values);
    for (size_t i = 0; i < FRAMES; i++) {
        values[i] = (int16_t)number(0, i);
    }
    reading_write_file(reading_path("pace_one.dat"), values, FRAMES * sizeof *values);
    reading_write_file(reading_path("pace_one.hea"), one, sizeof one - 1);
    reading_write_file(reading_path("pace_layout.hea"), layout, sizeof layout - 1);
    snprintf(path, sizeof path, "%s", reading_path("pace.hea"));
    reading_write_file(path, record, sizeof record - 1);
    assert_int_equal(recording_open(path, &options, &recording, &error), STATUS_OK);
    assert_int_equal(block_allocate(&block, recording_info(recording), 1, &error), STATUS_OK);
    do {
        assert_int_equal(recording_read(recording, &block, &error), STATUS_OK);
        for (size_t i = 0; i < block.frames[0]; i++) {
            assert_true(block.samples[0][i] == (float)values[counts[0] + i]);
        }
        for (size_t i = 0; i < block.frames[1]; i++) {
            assert_true(isnan(block.samples[1][i]));
        }
        counts[0] += block.frames[0];
        counts[1] += block.frames[1];
        assert_true(counts[0] <= counts[1] + BATCH && counts[1] <= counts[0] + BATCH);
    } while (block.frames[0] + block.frames[1] > 0);
    assert_int_equal(counts[0], FRAMES);
    assert_int_equal(counts[1], FRAMES);
    block_clear(&block);
    recording_close(recording);
    free(values);
}

/* Signals of one file that stand apart would be read from its beginning again. */
static void a_file_named_in_two_places_is_refused(void **state)
{
    (void)state;
    static const char header[] = "split 3 100 2\nsplit_a.dat 16 1/uV\nsplit_b.dat 16 1/uV\n"
                                 "split_a.dat 16 1/uV\n";
    static const int16_t values[4] = {1, 2, 3, 4};
    char path[160];
    reading_write_file(reading_path("split_a.dat"), values, sizeof values);
    reading_write_file(reading_path("split_b.dat"), values, sizeof values);
    snprintf(path, sizeof path, "%s", reading_path("split.hea"));
    reading_write_file(path, header, sizeof header - 1);
    struct reading reading = reading_all(path, (struct recording_options){0}, 0);
    assert_int_equal(reading.status, STATUS_FAILED);
    assert_contains(reading.error.message, "signal 3 is in the file 'split_a.dat'");
    reading_clear(&reading);
}

static void what_cannot_be_read_is_refused(void **state)
{
    (void)state;
    static const struct refusal cases[] = {
        {"bad-wfdb-no-dat.hea", STATUS_FAILED, "is not beside it"},
        {"bad-wfdb-lines.hea", STATUS_FAILED, "claims 5 signals"},
        {"bad-wfdb-escape.hea", STATUS_FAILED, "out of the header's folder"},
        {"bad-wfdb-mixed-formats.hea", STATUS_FAILED, "storage format"},
        {"bad-wfdb-empty.hea", STATUS_FAILED, "holds no frame"},
        {"bad-wfdb-per-frame.hea", STATUS_FAILED, "holds no frame of the 9999999 samples"},
        {"bad-wfdb-nested.hea", STATUS_UNSUPPORTED, "segment of segments"},
        {"bad-wfdb-centuries.hea", STATUS_FAILED, "400 days"},
        {"unsupported-wfdb-flac.hea", STATUS_UNSUPPORTED, "FLAC"},
        {"unsupported-wfdb-annotations-only.hea", STATUS_UNSUPPORTED, "annotations alone"},
    };
    assert_refused(cases, sizeof cases / sizeof *cases, (struct recording_options){0});
}

static void real_records_are_read(void **state)
{
    (void)state;
    size_t size;
    struct reading needle = reading_all(real("emg_healthy.hea"), (struct recording_options){0}, 0);
    assert_int_equal(needle.status, STATUS_OK);
    /* The header's checksum and first value hold. */
    assert_int_equal(needle.info->warnings.count, 0);
    assert_int_equal(needle.counts[0], 50860);
    assert_close(needle.info->channels[0].rate, 4000, 0);
    char *bytes = reading_load_file(real("emg_healthy.dat"), &size);
    for (size_t i = 0; i < 50860; i++) {
        int16_t value;
        memcpy(&value, bytes + 2 * i, 2);
        assert_close(needle.samples[0][i], value / 10.0, 1e-6 * fabs(value / 10.0));
    }
    free(bytes);
    reading_clear(&needle);
    /* By the name of its signal file, and as the same recording in GDF. */
    struct reading plux = reading_all(real("plux_fatigue.dat"), (struct recording_options){0}, 0);
    struct reading gdf = reading_all(real("plux_fatigue.gdf"), (struct recording_options){0}, 0);
    assert_int_equal(plux.status, STATUS_OK);
    assert_string_equal(plux.info->format, "wfdb");
    assert_int_equal(plux.info->warnings.count, 0);
    assert_int_equal(plux.counts[0], 126900);
    for (size_t i = 0; i < plux.counts[0]; i++) {
        assert_close(plux.samples[0][i], gdf.samples[0][i], 1e-3);
    }
    reading_clear(&plux);
    reading_clear(&gdf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(format_16_with_its_header_is_read),
        cmocka_unit_test(annotations_are_read),
        cmocka_unit_test(annotation_files_that_are_cut_are_read_up_to_there),
        cmocka_unit_test(every_format_is_read),
        cmocka_unit_test(rates_files_offsets_and_skew_may_differ),
        cmocka_unit_test(uncalibrated_signals_are_counts),
        cmocka_unit_test(a_missing_unit_is_millivolt),
        cmocka_unit_test(matlab_files_are_read_where_a_header_names_them),
        cmocka_unit_test(segments_follow_each_other),
        cmocka_unit_test(segments_may_lack_signals_and_have_gains_of_their_own),
        cmocka_unit_test(damage_is_mended_with_a_warning_and_refused_when_strict),
        cmocka_unit_test(any_block_size_gives_the_same),
        cmocka_unit_test(long_records_are_read_batch_by_batch),
        cmocka_unit_test(absent_signals_keep_pace),
        cmocka_unit_test(a_file_named_in_two_places_is_refused),
        cmocka_unit_test(what_cannot_be_read_is_refused),
        cmocka_unit_test(real_records_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, reading_teardown);
}
