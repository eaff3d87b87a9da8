/* XDF files: every sample by verdict. make_xdf_samples.py makes them: value i of channel c is
 * n = (i (7 + 2 c)) mod 201 − 100. */
#include "formats/xdf/timing.h"
#include "unit/reader_checks.h"

struct good {
    const char *name;
    size_t count;        /* samples in the file */
    size_t gap, missing; /* frames missing before sample `gap`; `lost` samples are gone there */
    size_t lost;
    double rate;
    const char *warning;
    size_t annotations;
};

static const struct good goods[] = {
    {"deduced", 400, 0, 0, 0, 500, NULL, 0},
    {"int8", 400, 0, 0, 0, 500, NULL, 0},
    {"int32", 400, 0, 0, 0, 500, NULL, 0},
    {"int64", 200, 0, 0, 0, 500, NULL, 0},
    {"lost", 400, 200, 200, 0, 500, NULL, 0},
    {"lost-long", 400, 200, 5000, 0, 500, NULL, 0},
    {"late", 400, 0, 0, 0, 500, NULL, 0},
    {"slow", 1500, 0, 0, 0, 490, "by its time stamps", 0},
    {"reset", 400, 0, 0, 0, 500, NULL, 0},
    {"cut", 379, 0, 0, 0, 500, "cut short", 0},
    {"damaged-chunk", 300, 100, 100, 100, 500, "are no chunk", 0},
    {"footer", 400, 0, 0, 0, 500, "401 samples", 0},
    {"number-markers", 400, 0, 0, 0, 500, NULL, 1},
};

static void check_good(const struct good *good)
{
    char name[100], path[4096];
    snprintf(name, sizeof name, "good-xdf-%s.xdf", good->name);
    strcpy(path, sample(name));
    struct reading whole = reading_all(path, (struct recording_options){0}, 0);
    if (whole.status != STATUS_OK || whole.counts[0] != good->count + good->missing) {
        print_error("%s: %s\n", name, whole.error.message);
    }
    assert_int_equal(whole.status, STATUS_OK);
    assert_string_equal(whole.info->format, "xdf");
    assert_int_equal(whole.channels, 1);
    assert_int_equal(whole.counts[0], good->count + good->missing);
    for (size_t i = 0, k = 0; i < whole.counts[0]; i++) {
        if (good->missing > 0 && i >= good->gap && i < good->gap + good->missing) {
            assert_true(isnan(whole.samples[0][i]));
            k = i + 1 == good->gap + good->missing ? k + good->lost : k;
        } else {
            assert_true(whole.samples[0][i] == (float)(1e3 * number(0, k++)));
        }
    }
    assert_close(whole.info->channels[0].rate, good->rate, 0.01);
    assert_true(good->rate != 500 || whole.info->channels[0].rate == 500);
    assert_int_equal(whole.info->gap_count, good->missing > 0);
    assert_int_equal(whole.info->annotation_count, good->annotations);
    assert_warned(&whole, good->warning);
    assert_any_blocks(name, (struct recording_options){0}, &whole, 7);
    struct reading strict = reading_all(path, (struct recording_options){.strict = true}, 0);
    bool harmless = !good->warning || strcmp(good->name, "slow") == 0;
    assert_int_equal(strict.status, harmless ? STATUS_OK : STATUS_FAILED);
    reading_clear(&strict);
    reading_clear(&whole);
}

static void good_samples(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof goods / sizeof *goods; i++) {
        check_good(&goods[i]);
    }
}

/* Streams of two clocks and rates on one time line. */
static void synchronized(void **state)
{
    (void)state;
    struct recording_options all = {.all_channels = true, .strict = true};
    struct reading whole = reading_all(sample("good-xdf-full.xdf"), all, 0);
    assert_int_equal(whole.status, STATUS_OK);
    const struct recording_info *info = whole.info;
    assert_int_equal(whole.channels, 3);
    assert_int_equal(whole.counts[0], 1000);
    assert_int_equal(whole.counts[1], 1000);
    assert_int_equal(whole.counts[2], 85); /* 25 missing at its beginning */
    for (size_t i = 0; i < 1000; i++) {
        assert_true(whole.samples[0][i] == (float)number(0, i));
        assert_true(whole.samples[1][i] == (float)(1e3 * number(1, i)));
    }
    for (size_t i = 0; i < 85; i++) {
        assert_true(i < 25 ? isnan(whole.samples[2][i]) != 0
                           : whole.samples[2][i] == (float)number(0, i - 25));
    }
    assert_true(info->channels[0].rate == 1000 && info->channels[2].rate == 100);
    assert_string_equal(info->channels[0].label, "TA");
    assert_string_equal(info->channels[0].unit, "uV");
    assert_int_equal(info->channels[1].type, CHANNEL_EMG);
    assert_int_equal(info->channels[2].type, CHANNEL_OTHER);
    assert_string_equal(info->channels[2].file_unit, "g");
    assert_contains(info->channels[0].description, "Delsys Trigno");
    assert_int_equal(info->start.seconds, 1614859994);
    assert_int_equal(info->annotation_count, 2);
    /* Time zero is the EMG's first sample, 1000 s and on average 1.5 ms of jitter. */
    assert_string_equal(info->annotations[0].text, "hold");
    assert_close(info->annotations[0].onset, 0.4985, 1e-4);
    assert_string_equal(info->annotations[1].text, "rel\xc3\xa2"
                                                   "che");
    assert_close(info->annotations[1].onset, 0.7485, 1e-4);
    assert_any_blocks("good-xdf-full.xdf", all, &whole, 11);
    reading_clear(&whole);
}

static void chosen_stream(void **state)
{
    (void)state;
    struct reading reading = reading_all(sample("good-xdf-full.xdf"),
                                         (struct recording_options){.variable = "Wrist"}, 0);
    assert_int_equal(reading.status, STATUS_OK);
    assert_int_equal(reading.channels, 1);
    assert_int_equal(reading.counts[0], 60);
    reading_clear(&reading);
    reading =
        reading_all(sample("good-xdf-full.xdf"), (struct recording_options){.variable = "1"}, 0);
    assert_int_equal(reading.channels, 2);
    reading_clear(&reading);
    reading =
        reading_all(sample("good-xdf-full.xdf"), (struct recording_options){.variable = "Keys"}, 0);
    assert_int_equal(reading.status, STATUS_USAGE);
    assert_contains(reading.error.message, "'Trigno', 'Wrist'");
    reading_clear(&reading);
    reading =
        reading_all(sample("bad-xdf-no-rate.xdf"), (struct recording_options){.rate = 500}, 0);
    assert_int_equal(reading.status, STATUS_OK);
    assert_int_equal(reading.counts[0], 50);
    assert_true(reading.info->channels[0].rate == 500);
    reading_clear(&reading);
}

static void refused(void **state)
{
    (void)state;
    static const struct refusal cases[] = {
        {"bad-xdf-empty.xdf", STATUS_FAILED, "nothing follows"},
        {"bad-xdf-no-rate.xdf", STATUS_NO_RATE, "--rate"},
        {"bad-xdf-markers-only.xdf", STATUS_FAILED, "no stream of numbers"},
        {"bad-xdf-entities.xdf", STATUS_FAILED, "no stream of numbers"},
        {"bad-xdf-no-chunks.xdf", STATUS_FAILED, "no stream of numbers"},
        {"bad-xdf-many-channels.xdf", STATUS_FAILED, "no stream of numbers"},
        {"unsupported-xdf-compressed.xdfz", STATUS_UNSUPPORTED, "gunzip"},
    };
    assert_refused(cases, sizeof cases / sizeof *cases,
                   (struct recording_options){.all_channels = true});
}

/* Opens the file and reads its first minute. */
static void read_some(const char *path)
{
    struct recording *recording;
    struct block block = {0};
    struct error error;
    struct recording_options options = {.format = "xdf"};
    if (recording_open(path, &options, &recording, &error) != STATUS_OK) {
        assert_contains(error.message, "changed.xdf");
        return;
    }
    if (recording_info(recording)->channels[0].rate < 1e6) {
        assert_int_equal(block_allocate(&block, recording_info(recording), 1, &error), STATUS_OK);
        for (size_t i = 0; i < 60; i++) {
            assert_int_equal(recording_read(recording, &block, &error), STATUS_OK);
            assert_true(block.frames[0] <= block.capacity[0]);
        }
        block_clear(&block);
    }
    recording_close(recording);
}

/* Every byte of a file changed in turn: refused or read, and nothing else. */
static void every_byte(void **state)
{
    (void)state;
    size_t size;
    char *data = reading_load_file(sample("good-xdf-int8.xdf"), &size);
    for (size_t at = 0; at < size; at += at < 600 ? 3 : 41) {
        data[at] = (char)~data[at];
        reading_write_file(reading_path("changed.xdf"), data, size);
        read_some(reading_path("changed.xdf"));
        data[at] = (char)~data[at];
    }
    free(data);
}

/* A night of stamps with jitter, drift and losses, against what was put in. */
static void many_stamps(void **state)
{
    (void)state;
    struct xdf_stamps stamps = {.interval = 1.0 / 2000};
    struct error error;
    uint64_t seed = 7;
    double lost = 0;
    const uint64_t breaks[] = {40000, 90000, 91500, 250000};
    const double losses[] = {0.06, 0.5, 0.03, 3};
    for (uint64_t i = 0, next = 0; i < 400000; i++) {
        if (next < 4 && i == breaks[next]) {
            lost += losses[next++];
        }
        /* Late by up to 4 ms, and now and then by 30 to 60 ms. */
        double late = 0.004 * (double)(reading_random(&seed) % 1000) / 1000;
        late += i % 7919 < 20 ? 0.03 + 0.03 * (double)(reading_random(&seed) % 1000) / 1000 : 0;
        double stamp = 500 + (double)i / 2000 * (1 + 80e-6) + lost + late;
        assert_int_equal(xdf_stamps_add(&stamps, stamp, 0, &error), STATUS_OK);
    }
    assert_int_equal(xdf_stamps_end(&stamps, &error), STATUS_OK);
    assert_int_equal(stamps.stretch_count, 5);
    for (size_t k = 1; k < 5; k++) {
        assert_int_equal(stamps.stretches[k].first, breaks[k - 1]);
        assert_int_equal(stamps.stretches[k].first,
                         stamps.stretches[k - 1].first + stamps.stretches[k - 1].count);
    }
    const struct xdf_line *line = &stamps.stretches[4].line;
    assert_close(line->xy / line->xx * 2000, 1 + 80e-6, 1e-6);
    xdf_stamps_clear(&stamps);
}

/* Wrong measurements of a clock do not move the line. */
static void robust_clock(void **state)
{
    (void)state;
    struct xdf_clock clock = {0};
    struct error error;
    uint64_t seed = 3;
    for (int i = 0; i < 2000; i++) {
        double time = 1000 + 5 * i;
        double noise = 2e-5 * ((double)(reading_random(&seed) % 2001) / 1000 - 1);
        double wrong = i % 10 == 0 ? 0.05 : 0;
        assert_int_equal(xdf_clock_add(&clock, time, -3 + 40e-6 * time + noise + wrong, &error),
                         STATUS_OK);
    }
    assert_int_equal(xdf_clock_fit(&clock, &error), STATUS_OK);
    assert_int_equal(clock.line_count, 1);
    struct xdf_correction correction = xdf_clock_correction(&clock, 5);
    assert_close(correction.slope, 40e-6, 1e-9);
    /* A tenth of outliers on one side shifts Huber's line by about 0.1 ms × 0.1 / 0.9. */
    assert_close(correction.constant + correction.slope * 6000, -3 + 0.24, 2e-5);
    xdf_clock_clear(&clock);
}

/* A chunk of a stream; returns the bytes written. */
static size_t put_chunk(char *to, uint16_t tag, const void *content, uint32_t size)
{
    uint32_t stream = 77, length = size + 6;
    to[0] = 4;
    memcpy(to + 1, &length, 4);
    memcpy(to + 5, &tag, 2);
    memcpy(to + 7, &stream, 4);
    memcpy(to + 11, content, size);
    return 11 + size;
}

/* Texts that fill the room for a marker to the last byte, and one more. */
static void long_markers(void **state)
{
    (void)state;
    static const char header[] = "<info><name>m</name><type>Markers</type><channel_count>3"
                                 "</channel_count><channel_format>string</channel_format>"
                                 "<nominal_srate>0</nominal_srate></info>";
    static const uint32_t lengths[] = {100, 5000, 60};
    char sample_of_texts[6000] = {1, 1, 8};
    size_t size, used = 3;
    char *data = reading_load_file(sample("good-xdf-int8.xdf"), &size);
    double stamp = 1000;
    memcpy(sample_of_texts + used, &stamp, 8);
    used += 8;
    for (size_t k = 0; k < 3; k++) {
        sample_of_texts[used] = 4;
        memcpy(sample_of_texts + used + 1, &lengths[k], 4);
        memset(sample_of_texts + used + 5, 'a' + (int)k, lengths[k]);
        used += 5 + lengths[k];
    }
    char *longer = checked_realloc(data, size + 8000, 1);
    assert_non_null(longer);
    size += put_chunk(longer + size, 2, header, sizeof header - 1);
    size += put_chunk(longer + size, 3, sample_of_texts, (uint32_t)used);
    reading_write_file(reading_path("markers.xdf"), longer, size);
    struct reading reading =
        reading_all(reading_path("markers.xdf"), (struct recording_options){.in_process = true}, 0);
    assert_int_equal(reading.status, STATUS_OK);
    assert_int_equal(reading.info->annotation_count, 1);
    const char *text = reading.info->annotations[0].text;
    assert_int_equal(strlen(text), 4095);
    assert_int_equal(strspn(text, "a"), 100);
    assert_int_equal(strspn(text + 101, "b"), 3994);
    reading_clear(&reading);
    free(longer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_samples),  cmocka_unit_test(synchronized),
        cmocka_unit_test(chosen_stream), cmocka_unit_test(refused),
        cmocka_unit_test(every_byte),    cmocka_unit_test(many_stamps),
        cmocka_unit_test(robust_clock),  cmocka_unit_test(long_markers),
    };
    return cmocka_run_group_tests(tests, NULL, reading_teardown);
}
