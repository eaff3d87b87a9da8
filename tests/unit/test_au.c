#include "unit/reading.h"

#include "formats/audio/au.h"

#define FRAMES 5000

static float plane[3][FRAMES];
static float *const planes[3] = {plane[0], plane[1], plane[2]};
static const size_t counts[3] = {FRAMES, FRAMES, FRAMES};

/* Three channels with a gap, and everything that the annotation can say. */
static void describe(struct recording_info *info)
{
    struct error error;
    *info = (struct recording_info){0};
    assert_int_equal(recording_info_allocate(info, 3, &error), STATUS_OK);
    const char *const labels[3] = {"TA \"L\" \xc2\xb5", "TA R", "force"};
    for (size_t c = 0; c < 3; c++) {
        struct channel *channel = &info->channels[c];
        strcpy(channel->label, labels[c]);
        strcpy(channel->unit, c < 2 ? "uV" : "N");
        strcpy(channel->file_unit, c < 2 ? "mV" : "N");
        channel->type = c < 2 ? CHANNEL_EMG : CHANNEL_OTHER;
        channel->rate = 1259.259;
        channel->selected = true;
        channel->minimum = -5000;
        channel->maximum = c < 2 ? 5000.5 : NAN;
        for (size_t i = 0; i < FRAMES; i++) {
            plane[c][i] = (float)(300 * sin(0.1 * (double)(i + c)));
        }
    }
    strcpy(info->channels[0].muscle, "tibialis anterior");
    strcpy(info->channels[1].description, "Ag/AgCl");
    plane[0][10] = plane[0][11] = NAN;
    plane[1][0] = -0.0f;
    plane[2][FRAMES - 1] = 1e-42f;
    info->start = (struct start_time){true, 1795338900, 0.5};
    info->conditioned = true;
    assert_int_equal(recording_info_annotate(info, 1.5, 2, "fist \xc3\xa9", 7, &error), STATUS_OK);
    assert_int_equal(recording_info_annotate(info, 3.25, NAN, "rest", 4, &error), STATUS_OK);
}

static void check_description(const struct reading *reading)
{
    const struct recording_info *info = reading->info;
    assert_string_equal(info->format, "au");
    assert_int_equal(info->channel_count, 3);
    assert_string_equal(info->channels[0].label, "TA \"L\" \xc2\xb5");
    assert_string_equal(info->channels[0].unit, "uV");
    assert_string_equal(info->channels[0].muscle, "tibialis anterior");
    assert_string_equal(info->channels[1].description, "Ag/AgCl");
    assert_string_equal(info->channels[2].unit, "N");
    assert_int_equal(info->channels[1].type, CHANNEL_EMG);
    assert_int_equal(info->channels[2].type, CHANNEL_OTHER);
    assert_true(info->channels[2].rate == 1259.259);
    assert_true(info->channels[0].minimum == -5000);
    assert_true(info->channels[0].maximum == 5000.5);
    assert_true(isnan(info->channels[2].maximum));
    assert_true(info->start.known);
    assert_int_equal(info->start.seconds, 1795338900);
    assert_true(info->start.fraction == 0.5);
    assert_true(info->conditioned);
    assert_int_equal(info->annotation_count, 2);
    assert_string_equal(info->annotations[0].text, "fist \xc3\xa9");
    assert_true(info->annotations[0].onset == 1.5 && info->annotations[0].duration == 2);
    assert_true(isnan(info->annotations[1].duration));
    assert_int_equal(info->gap_count, 1);
    assert_close(info->gaps[0].onset, 10 / 1259.259, 1e-12);
    assert_close(info->duration, FRAMES / 1259.259, 1e-9);
    for (size_t c = 0; c < 3; c++) {
        assert_int_equal(reading->counts[c], FRAMES);
        for (size_t i = 0; i < FRAMES; i++) {
            assert_true(isnan(plane[c][i]) ? isnan(reading->samples[c][i])
                                           : reading->samples[c][i] == plane[c][i]);
        }
    }
}

/* Written and read, whatever the blocks, from a file and from a pipe. */
static void round_trip(void **state)
{
    (void)state;
    struct recording_info info;
    struct error error;
    struct recording_options all = {.all_channels = true};
    char path[160], again[160];
    describe(&info);
    snprintf(path, sizeof path, "%s", reading_path("round.au"));
    snprintf(again, sizeof again, "%s", reading_path("again.au"));
    assert_int_equal(reading_write("au", path, &info, planes, counts, 700, false, &error),
                     STATUS_OK);
    assert_int_equal(reading_write("au", again, &info, planes, counts, 333, true, &error),
                     STATUS_OK);
    size_t size, size_again;
    char *first = reading_load_file(path, &size), *second = reading_load_file(again, &size_again);
    assert_int_equal(size, size_again);
    assert_memory_equal(first, second, size);
    unsigned char *head = (unsigned char *)first;
    uint32_t offset = (uint32_t)head[4] << 24 | (uint32_t)head[5] << 16 | head[6] << 8 | head[7];
    assert_int_equal(offset % 8, 0);
    assert_int_equal(first[offset - 1], 0);
    assert_int_equal(size, offset + 3 * FRAMES * 4);
    assert_memory_equal(head + 16, "\0\0\x04\xeb", 4); /* 1259 */
    free(first);
    free(second);
    struct reading whole = reading_all(path, all, 0);
    assert_int_equal(whole.status, STATUS_OK);
    check_description(&whole);
    for (uint64_t seed = 1; seed < 30; seed++) {
        struct reading parts = reading_all(path, all, seed);
        reading_assert_same(&whole, &parts);
        reading_clear(&parts);
    }
    struct reading piped = reading_through_pipe(path, all);
    reading_assert_same(&whole, &piped);
    check_description(&piped);
    reading_clear(&piped);
    reading_clear(&whole);
    recording_info_clear(&info);
}

/* A header of six words, text, samples. */
static size_t build(unsigned char *to, uint32_t offset, uint32_t size, uint32_t encoding,
                    uint32_t rate, uint32_t channels, const char *text, const void *samples,
                    size_t bytes)
{
    const uint32_t words[] = {0x2e736e64, offset, size, encoding, rate, channels};
    for (size_t i = 0; i < 24; i++) {
        to[i] = (unsigned char)(words[i / 4] >> (24 - 8 * (i % 4)));
    }
    memcpy(to + 24, text, strlen(text));
    size_t start = 24 + strlen(text);
    while (start < offset && start < 4096) {
        to[start++] = 0;
    }
    memcpy(to + start, samples, bytes);
    return start + bytes;
}

static struct reading read_bytes(const unsigned char *data, size_t size,
                                 struct recording_options options)
{
    const char *path = reading_path("built.au");
    reading_write_file(path, data, size);
    options.format = "au";
    options.all_channels = true;
    return reading_all(path, options, 0);
}

/* Each encoding, to ±1 as libsndfile does it. */
static void plain_encodings(void **state)
{
    (void)state;
    const struct {
        uint32_t encoding;
        size_t bytes;
        const char *samples;
        float values[2];
        double maximum;
    } cases[] = {
        {2, 2, "\x80\x7f", {-1, 127.0f / 128}, 127.0 / 128},
        {3, 4, "\x80\x00\x00\x01", {-1, 1.0f / 32768}, 32767.0 / 32768},
        {4, 6, "\xc0\x00\x00\x00\x00\x02", {-0.5f, 2.0f / 8388608}, 8388607.0 / 8388608},
        {5, 8, "\x80\x00\x00\x00\x20\x00\x00\x00", {-1, 0.25f}, 2147483647.0 / 2147483648},
        {6, 8, "\xc3\xfa\x00\x00\x3f\x80\x00\x00", {-500, 1}, NAN},
        {7, 16, "\xc0\x7f\x40\x00\x00\x00\x00\x00\x3f\xf0\x00\x00\x00\x00\x00\x00", {-500, 1}, NAN},
    };
    unsigned char data[256];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t size = build(data, 32, UINT32_MAX, cases[i].encoding, 1000, 1, "comment",
                            cases[i].samples, cases[i].bytes);
        struct reading reading = read_bytes(data, size, (struct recording_options){0});
        assert_int_equal(reading.status, STATUS_OK);
        assert_int_equal(reading.counts[0], 2);
        assert_true(reading.samples[0][0] == cases[i].values[0]);
        assert_true(reading.samples[0][1] == cases[i].values[1]);
        assert_true(reading.info->channels[0].rate == 1000);
        assert_string_equal(reading.info->channels[0].unit, "a.u.");
        double maximum = reading.info->channels[0].maximum;
        assert_true(isnan(cases[i].maximum) ? isnan(maximum) : maximum == cases[i].maximum);
        reading_clear(&reading);
        reading = read_bytes(data, size, (struct recording_options){.rate = 512.5, .scale = 2});
        assert_true(reading.info->channels[0].rate == 512.5);
        assert_string_equal(reading.info->channels[0].unit, "uV");
        assert_true(reading.samples[0][0] == 2 * cases[i].values[0]);
        reading_clear(&reading);
    }
    /* An infinite sample is no sample. */
    size_t size = build(data, 24, 8, 6, 1000, 1, "", "\x7f\x80\x00\x00\x3f\x80\x00\x00", 8);
    struct reading reading = read_bytes(data, size, (struct recording_options){0});
    assert_true(isnan(reading.samples[0][0]) && reading.samples[0][1] == 1);
    assert_true(reading_warned(&reading, "infinite"));
    reading_clear(&reading);
}

/* What must be refused, and with which words. */
static void hostile_headers(void **state)
{
    (void)state;
    static const char good[] =
        "{\"soleus\":1,\"rate\":1000.0,\"channels\":[{\"label\":\"a\"}],\"annotations\":[]}";
    const struct {
        uint32_t offset, encoding, rate, channels;
        const char *text, *message;
    } cases[] = {
        {0xfffffff0, 6, 1000, 1, "", "cut short"},
        {12, 6, 1000, 1, "", "inside the header"},
        {24, 6, 1000, 0, "", "0 channels"},
        {24, 6, 1000, 0x10000000, "", "channels"},
        {24, 6, 0, 1, "", "--rate"},
        {24, 1, 1000, 1, "", "neither whole numbers nor floats"},
        {512, 6, 1000, 2, good, "2 channels, its annotation 1"},
        {512, 3, 1000, 1, good, "whole numbers"},
        {512, 6, 500, 1, good, "500 Hz, its annotation 1000 Hz"},
        {512, 6, 1, 1, "{\"soleus\":1,\"rate\":0,\"channels\":[{}]}", "no positive rate"},
        {512, 6, 1, 1, "{\"soleus\":1,\"rate\":-5.0,\"channels\":[{}]}", "no positive rate"},
        {512, 6, 1, 1, "{\"soleus\":1,\"rate\":null,\"channels\":[{}]}", "no positive rate"},
        {512, 6, 1, 1, "{\"soleus\":1,\"rate\":NaN,\"channels\":[{}]}", "broken"},
        {512, 6, 1, 1, "{\"soleus\":1,\"rate\":1e999,\"channels\":[{}]}", "broken"},
        {512, 6, 1, 1, "{\"soleus\":1,", "broken"},
        {512, 6, 1, 1, "{\"soleus\":2,\"rate\":1,\"channels\":[{}]}", "newer"},
        {512, 6, 1, 1, "{\"soleus\":1,\"rate\":1,\"channels\":7}", "annotation 0"},
        {512, 6, 1, 1,
         "{\"soleus\":1,\"rate\":1,\"start\":\"2026-02-30T00:00:00\",\"channels\":[{}]}",
         "no date"},
    };
    unsigned char data[8192];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t size = build(data, cases[i].offset, UINT32_MAX, cases[i].encoding, cases[i].rate,
                            cases[i].channels, cases[i].text, "\0\0\0\0\0\0\0\0", 8);
        struct reading reading = read_bytes(data, size, (struct recording_options){0});
        if (reading.status == STATUS_OK || !strstr(reading.error.message, cases[i].message)) {
            print_error("case %zu: %s\n", i, reading.error.message);
            fail();
        }
        assert_contains(reading.error.message, "built.au");
        reading_clear(&reading);
        reading = reading_through_pipe(reading_path("built.au"),
                                       (struct recording_options){.format = "au"});
        assert_true(reading.status != STATUS_OK);
        reading_clear(&reading);
    }
    /* Odd members are no reason to refuse. */
    size_t size = build(data, 512, 8, 6, 1000, 1,
                        "{\"soleus\":1,\"rate\":1000,\"channels\":[[]],\"annotations\":"
                        "[1,{},{\"onset\":1,\"text\":\"a\"},{\"onset\":\"x\",\"text\":\"a\"}]}",
                        "\0\0\0\0\0\0\0\0", 8);
    struct reading reading = read_bytes(data, size, (struct recording_options){0});
    assert_int_equal(reading.status, STATUS_OK);
    assert_int_equal(reading.counts[0], 2);
    assert_int_equal(reading.info->annotation_count, 1);
    reading_clear(&reading);
    /* JSON of someone else is a comment. */
    size = build(data, 512, 8, 6, 1000, 1, "{\"note\":\"not \\\"soleus\\\"\"}", "\0\0\0\0", 4);
    reading = read_bytes(data, size, (struct recording_options){0});
    assert_int_equal(reading.status, STATUS_OK);
    reading_clear(&reading);
}

/* Every way of ending too early. */
static void truncated(void **state)
{
    (void)state;
    unsigned char data[256];
    const unsigned char zeros[64] = {0};
    const struct {
        uint32_t claimed;
        size_t bytes, frames;
        bool cut;
    } cases[] = {
        {64, 64, 8, false},        {UINT32_MAX, 64, 8, false},
        {0, 64, 8, false},         {64, 63, 7, true},
        {UINT32_MAX, 63, 7, true}, {64, 0, 0, true},
        {UINT32_MAX, 0, 0, false}, {32, 64, 4, false},
        {33, 64, 4, true},         {UINT32_MAX - 1, 8, 1, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t size = build(data, 24, cases[i].claimed, 6, 1000, 2, "", zeros, cases[i].bytes);
        struct reading reading = read_bytes(data, size, (struct recording_options){0});
        struct reading piped =
            reading_through_pipe(reading_path("built.au"), (struct recording_options){0});
        assert_int_equal(reading.status, STATUS_OK);
        assert_int_equal(reading.counts[0], cases[i].frames);
        assert_int_equal(reading_warned(&reading, "cut short"), cases[i].cut);
        reading_assert_same(&reading, &piped);
        reading_clear(&piped);
        reading_clear(&reading);
        struct recording_options strict = {.strict = true, .format = "au", .all_channels = true};
        reading = reading_all(reading_path("built.au"), strict, 3);
        piped = reading_through_pipe(reading_path("built.au"), strict);
        assert_int_equal(reading.status, cases[i].cut ? STATUS_FAILED : STATUS_OK);
        assert_int_equal(piped.status, reading.status);
        if (cases[i].cut) {
            assert_contains(reading.error.message, "cut short");
        }
        reading_clear(&piped);
        reading_clear(&reading);
    }
    for (size_t size = 0; size < 24; size++) {
        build(data, 24, 8, 6, 1000, 2, "", zeros, 8);
        struct reading reading = read_bytes(data, size, (struct recording_options){0});
        assert_int_equal(reading.status, STATUS_FAILED);
        reading_clear(&reading);
        if (size >= 4) {
            reading = reading_all(reading_path("built.au"), (struct recording_options){0}, 0);
            assert_int_equal(reading.status, STATUS_FAILED);
            assert_contains(reading.error.message, "broken au");
            reading_clear(&reading);
        }
    }
}

static void writer_refuses(void **state)
{
    (void)state;
    struct recording_info info;
    struct error error;
    describe(&info);
    info.channels[2].rate = 100;
    assert_int_equal(
        reading_write("au", reading_path("mixed.au"), &info, planes, counts, 700, false, &error),
        STATUS_FAILED);
    assert_contains(error.message, "--channels");
    assert_int_equal(access(reading_path("mixed.au"), F_OK), -1);
    info.channels[2].rate = 1259.259;
    assert_int_equal(reading_write("au", "/dev/full", &info, planes, counts, 700, false, &error),
                     STATUS_FAILED);
    assert_contains(error.message, "No space left");
    /* Few bytes stay in the stream's buffer until the commit. */
    const size_t few[3] = {1, 1, 1};
    assert_int_equal(reading_write("au", "/dev/full", &info, planes, few, 700, false, &error),
                     STATUS_FAILED);
    /* Channels of unequal length are filled up with gaps. */
    const size_t unequal[3] = {FRAMES, FRAMES - 3, 0};
    assert_int_equal(
        reading_write("au", reading_path("unequal.au"), &info, planes, unequal, 700, false, &error),
        STATUS_OK);
    struct reading reading = reading_all(reading_path("unequal.au"),
                                         (struct recording_options){.all_channels = true}, 0);
    assert_int_equal(reading.counts[2], FRAMES);
    assert_true(isnan(reading.samples[2][0]) && isnan(reading.samples[1][FRAMES - 3]));
    assert_true(reading.samples[1][FRAMES - 4] == plane[1][FRAMES - 4]);
    reading_clear(&reading);
    recording_info_clear(&info);
}

/* A unit that is not known stays so, and is no reason to take a channel for something else. */
static void arbitrary_units(void **state)
{
    (void)state;
    struct recording_info info;
    struct error error;
    describe(&info);
    strcpy(info.channels[0].unit, "a.u.");
    info.channels[0].file_unit[0] = '\0';
    assert_int_equal(
        reading_write("au", reading_path("unit.au"), &info, planes, counts, 700, false, &error),
        STATUS_OK);
    struct reading reading =
        reading_all(reading_path("unit.au"), (struct recording_options){.channels = "1"}, 0);
    assert_string_equal(reading.info->channels[0].unit, "a.u.");
    assert_string_equal(reading.info->channels[0].file_unit, "");
    assert_int_equal(reading.counts[1], 0);
    reading_clear(&reading);
    recording_info_clear(&info);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(round_trip),      cmocka_unit_test(plain_encodings),
        cmocka_unit_test(hostile_headers), cmocka_unit_test(truncated),
        cmocka_unit_test(writer_refuses),  cmocka_unit_test(arbitrary_units),
    };
    return cmocka_run_group_tests(tests, NULL, reading_teardown);
}
