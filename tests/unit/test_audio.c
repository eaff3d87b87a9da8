#include "unit/reading.h"

#include <sndfile.h>

#define FRAMES 10000

/* Whole numbers that 8 bits hold, so that every format keeps them. */
static float value_at(size_t frame, size_t channel)
{
    return (float)((int)((frame * 7 + channel * 31) % 255) - 127) / 128;
}

static const char *write_audio(const char *name, int format, int channels, int rate)
{
    const char *path = reading_path(name);
    SF_INFO about = {.samplerate = rate, .channels = channels, .format = format};
    SNDFILE *file = sf_open(path, SFM_WRITE, &about);
    assert_non_null(file);
    int subtype = format & SF_FORMAT_SUBMASK;
    bool floats = subtype == SF_FORMAT_FLOAT || subtype == SF_FORMAT_DOUBLE;
    for (size_t i = 0; i < FRAMES; i++) {
        float frame[4];
        int whole[4]; /* libsndfile does not scale whole numbers back and forth alike */
        for (size_t c = 0; c < (size_t)channels; c++) {
            frame[c] = value_at(i, c);
            whole[c] = (int)(frame[c] * 128) * (1 << 24);
        }
        assert_int_equal(floats ? sf_writef_float(file, frame, 1) : sf_writef_int(file, whole, 1),
                         1);
    }
    assert_int_equal(sf_close(file), 0);
    return path;
}

static void containers_and_codings(void **state)
{
    (void)state;
    const struct {
        int format;
        const char *name;
        double maximum;
    } cases[] = {
        {SF_FORMAT_WAV | SF_FORMAT_PCM_U8, "u8.wav", 127.0 / 128},
        {SF_FORMAT_WAV | SF_FORMAT_PCM_16, "16.wav", 32767.0 / 32768},
        {SF_FORMAT_WAVEX | SF_FORMAT_PCM_24, "24x.wav", 8388607.0 / 8388608},
        {SF_FORMAT_WAV | SF_FORMAT_PCM_32, "32.wav", 2147483647.0 / 2147483648},
        {SF_FORMAT_WAV | SF_FORMAT_FLOAT, "float.wav", NAN},
        {SF_FORMAT_WAV | SF_FORMAT_DOUBLE, "double.wav", NAN},
        {SF_FORMAT_WAV | SF_FORMAT_PCM_16 | SF_ENDIAN_BIG, "rifx.wav", 32767.0 / 32768},
        {SF_FORMAT_W64 | SF_FORMAT_PCM_16, "16.w64", 32767.0 / 32768},
        {SF_FORMAT_W64 | SF_FORMAT_FLOAT, "float.w64", NAN},
        {SF_FORMAT_RF64 | SF_FORMAT_PCM_24, "24.rf64", 8388607.0 / 8388608},
        {SF_FORMAT_CAF | SF_FORMAT_PCM_16, "16.caf", 32767.0 / 32768},
        {SF_FORMAT_CAF | SF_FORMAT_ALAC_16, "alac.caf", 32767.0 / 32768},
        {SF_FORMAT_AIFF | SF_FORMAT_PCM_S8, "s8.aiff", 127.0 / 128},
        {SF_FORMAT_AIFF | SF_FORMAT_PCM_24, "24.aiff", 8388607.0 / 8388608},
        {SF_FORMAT_AIFF | SF_FORMAT_FLOAT, "float.aiff", NAN},
        {SF_FORMAT_FLAC | SF_FORMAT_PCM_S8, "8.flac", 127.0 / 128},
        {SF_FORMAT_FLAC | SF_FORMAT_PCM_24, "24.flac", 8388607.0 / 8388608},
        {SF_FORMAT_AU | SF_FORMAT_PCM_16 | SF_ENDIAN_LITTLE, "little.au", 32767.0 / 32768},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *path = write_audio(cases[i].name, cases[i].format, 2, 1000);
        struct reading whole = reading_all(path, (struct recording_options){0}, 0);
        if (whole.status != STATUS_OK) {
            print_error("%s\n", whole.error.message);
            fail();
        }
        assert_string_equal(whole.info->format, "audio");
        assert_int_equal(whole.channels, 2);
        assert_int_equal(whole.info->warnings.count, 0);
        assert_true(whole.info->channels[1].rate == 1000);
        assert_close(whole.info->duration, FRAMES / 1000.0, 1e-12);
        assert_string_equal(whole.info->channels[0].unit, "a.u.");
        double maximum = whole.info->channels[0].maximum;
        assert_true(isnan(cases[i].maximum) ? isnan(maximum) : maximum == cases[i].maximum);
        for (size_t c = 0; c < 2; c++) {
            assert_int_equal(whole.counts[c], FRAMES);
            for (size_t k = 0; k < FRAMES; k++) {
                assert_true(whole.samples[c][k] == value_at(k, c));
            }
        }
        for (uint64_t seed = 1; seed < 6; seed++) {
            struct reading parts = reading_all(reading_path(cases[i].name),
                                               (struct recording_options){.strict = true}, seed);
            reading_assert_same(&whole, &parts);
            reading_clear(&parts);
        }
        reading_clear(&whole);
    }
}

static void options_apply(void **state)
{
    (void)state;
    const char *path = write_audio("options.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 2, 1000);
    struct reading reading = reading_all(
        path, (struct recording_options){.rate = 1259.259, .scale = 5000, .channels = "2"}, 0);
    assert_int_equal(reading.status, STATUS_OK);
    assert_true(reading.info->channels[0].rate == 1259.259);
    assert_string_equal(reading.info->channels[1].unit, "uV");
    assert_int_equal(reading.counts[0], 0);
    assert_int_equal(reading.counts[1], FRAMES);
    for (size_t k = 0; k < FRAMES; k++) {
        assert_true(reading.samples[1][k] == 5000 * value_at(k, 1));
    }
    assert_true(reading.info->channels[1].minimum == -5000);
    reading_clear(&reading);
}

/* Broadcast WAV says when it was recorded. */
static void broadcast_start(void **state)
{
    (void)state;
    const char *path = reading_path("start.wav");
    SF_INFO about = {.samplerate = 1000, .channels = 1, .format = SF_FORMAT_WAV | SF_FORMAT_PCM_16};
    SNDFILE *file = sf_open(path, SFM_WRITE, &about);
    SF_BROADCAST_INFO broadcast;
    memset(&broadcast, 0, sizeof broadcast);
    memcpy(broadcast.origination_date, "2026-11-22", 10);
    memcpy(broadcast.origination_time, "09:15:00", 8);
    assert_int_equal(sf_command(file, SFC_SET_BROADCAST_INFO, &broadcast, sizeof broadcast), 1);
    assert_int_equal(sf_write_short(file, (const short[]){1, 2}, 2), 2);
    sf_close(file);
    struct reading reading = reading_all(path, (struct recording_options){0}, 0);
    assert_int_equal(reading.status, STATUS_OK);
    assert_true(reading.info->start.known);
    assert_int_equal(reading.info->start.seconds, 1795338900);
    reading_clear(&reading);
}

/* Cuts a file to `size` bytes (0: as it is) and puts `value` of `width` bytes at `at`. */
static const char *damage(const char *from, const char *to, size_t size, size_t at,
                          unsigned long long value, size_t width)
{
    size_t length;
    char *data = reading_load_file(reading_path(from), &length);
    for (size_t i = 0; i < width; i++) {
        data[at + i] = (char)(value >> (8 * i));
    }
    const char *path = reading_path(to);
    reading_write_file(path, data, size && size < length ? size : length);
    free(data);
    return path;
}

/* libsndfile reads a cut file without a word. */
static void cut_files_are_noticed(void **state)
{
    (void)state;
    const struct {
        int format;
        const char *name;
        bool mended; /* by libsndfile; it refuses the others */
    } cases[] = {
        {SF_FORMAT_WAV | SF_FORMAT_PCM_16, "cut.wav", true},
        {SF_FORMAT_WAV | SF_FORMAT_PCM_16 | SF_ENDIAN_BIG, "cutx.wav", true},
        {SF_FORMAT_W64 | SF_FORMAT_PCM_16, "cut.w64", true},
        {SF_FORMAT_RF64 | SF_FORMAT_PCM_16, "cut.rf64", true},
        {SF_FORMAT_AIFF | SF_FORMAT_PCM_16, "cut.aiff", true},
        {SF_FORMAT_CAF | SF_FORMAT_PCM_16, "cut.caf", false},
        {SF_FORMAT_FLAC | SF_FORMAT_PCM_16, "cut.flac", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t length;
        free(reading_load_file(write_audio(cases[i].name, cases[i].format, 2, 1000), &length));
        struct reading reading =
            reading_all(damage(cases[i].name, "short", length - length / 3, 0, 0, 0),
                        (struct recording_options){0}, 0);
        assert_int_equal(reading.status, cases[i].mended ? STATUS_OK : STATUS_FAILED);
        assert_true(!cases[i].mended || reading.info->warnings.count > 0);
        size_t count = cases[i].mended ? reading.counts[0] : 0;
        assert_true(count < FRAMES && (count > FRAMES / 3 || !cases[i].mended));
        for (size_t k = 0; k < count; k++) {
            assert_true(reading.samples[1][k] == value_at(k, 1));
        }
        reading_clear(&reading);
        reading = reading_all(reading_path("short"), (struct recording_options){.strict = true}, 0);
        assert_int_equal(reading.status, STATUS_FAILED);
        assert_contains(reading.error.message, "short");
        reading_clear(&reading);
        /* Whatever is left of a header, the answer is a message. */
        for (size_t size = 0; size < 80; size++) {
            reading = reading_all(damage(cases[i].name, "short", size ? size : 1, 0, 0, 0),
                                  (struct recording_options){.format = "audio", .strict = true}, 0);
            if (reading.status == STATUS_OK) {
                print_error("%s is read when cut to %zu bytes\n", cases[i].name, size);
                fail();
            }
            reading_clear(&reading);
        }
    }
}

static void lying_headers(void **state)
{
    (void)state;
    write_audio("lie.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 1, 1000);
    /* A recorder that was stopped before it filled in the size. */
    struct reading reading =
        reading_all(damage("lie.wav", "zero.wav", 0, 40, 0, 4), (struct recording_options){0}, 0);
    assert_int_equal(reading.status, STATUS_FAILED);
    assert_contains(reading.error.message, "repair the header");
    reading_clear(&reading);
    /* A size that a program writing to a pipe leaves open. */
    const unsigned long long open_sizes[] = {0xffffffff, 0x7ffff000, 0x7fffffff};
    for (size_t i = 0; i < 3; i++) {
        reading = reading_all(damage("lie.wav", "open.wav", 0, 40, open_sizes[i], 4),
                              (struct recording_options){.strict = true}, 0);
        assert_int_equal(reading.status, STATUS_OK);
        assert_int_equal(reading.counts[0], FRAMES);
        assert_int_equal(reading.info->warnings.count, 0);
        reading_clear(&reading);
    }
    /* 0 channels, 0 Hz, unknown coding, companded, lossy. */
    const struct {
        size_t at, width;
        unsigned long long value;
        enum status status;
    } cases[] = {{22, 2, 0, STATUS_FAILED},
                 {22, 2, 65535, STATUS_FAILED},
                 {24, 4, 0, STATUS_FAILED},
                 {20, 2, 0x1234, STATUS_FAILED}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        reading = reading_all(
            damage("lie.wav", "odd.wav", 0, cases[i].at, cases[i].value, cases[i].width),
            (struct recording_options){0}, 0);
        assert_int_equal(reading.status, cases[i].status);
        reading_clear(&reading);
    }
    reading = reading_all(write_audio("mu.wav", SF_FORMAT_WAV | SF_FORMAT_ULAW, 1, 1000),
                          (struct recording_options){0}, 0);
    assert_int_equal(reading.status, STATUS_OK);
    assert_int_equal(reading.counts[0], FRAMES);
    assert_true(reading_warned(&reading, "companded"));
    reading_clear(&reading);
    reading = reading_all(write_audio("mu.au", SF_FORMAT_AU | SF_FORMAT_ULAW, 1, 1000),
                          (struct recording_options){0}, 0);
    assert_int_equal(reading.status, STATUS_OK);
    assert_string_equal(reading.info->format, "audio");
    reading_clear(&reading);
    reading = reading_all(write_audio("ima.wav", SF_FORMAT_WAV | SF_FORMAT_IMA_ADPCM, 1, 1000),
                          (struct recording_options){0}, 0);
    assert_int_equal(reading.status, STATUS_UNSUPPORTED);
    assert_contains(reading.error.message, "loss");
    reading_clear(&reading);
    /* A container that libsndfile knows and this reader does not stand for. */
    reading = reading_all(write_audio("voc.voc", SF_FORMAT_VOC | SF_FORMAT_PCM_16, 1, 8000),
                          (struct recording_options){.format = "audio"}, 0);
    assert_int_equal(reading.status, STATUS_UNSUPPORTED);
    reading_clear(&reading);
}

static void lossy_and_pipes_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *name, *bytes;
        size_t size;
    } cases[] = {{"a.ogg", "OggS\0\2\0\0\0\0\0\0", 12},
                 {"a.mp3", "ID3\4\0\0\0\0\0\0\0\0", 12},
                 {"b.mp3", "\xff\xfb\x90\x64\0\0\0\0\0\0\0\0", 12},
                 {"a.m4a",
                  "\0\0\0\x20"
                  "ftypM4A ",
                  12},
                 {"a.wma", "\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\0\xaa", 12}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *path = reading_path(cases[i].name);
        reading_write_file(path, cases[i].bytes, cases[i].size);
        struct reading reading = reading_all(path, (struct recording_options){0}, 0);
        assert_int_equal(reading.status, STATUS_UNSUPPORTED);
        assert_contains(reading.error.message, "lossy");
        reading_clear(&reading);
    }
    const char *path = write_audio("pipe.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 1, 1000);
    for (int forced = 0; forced < 2; forced++) {
        struct recording_options options = {.format = forced ? "audio" : NULL};
        struct reading reading = reading_through_pipe(path, options);
        assert_int_equal(reading.status, STATUS_FAILED);
        assert_contains(reading.error.message, "pipe");
        reading_clear(&reading);
        path = reading_path("pipe.wav");
    }
}

/* Two channels in microvolts, with a gap. */
static void describe(struct recording_info *info, float *planes[2])
{
    static float samples[2][FRAMES];
    struct error error;
    *info = (struct recording_info){.duration = NAN};
    assert_int_equal(recording_info_allocate(info, 2, &error), STATUS_OK);
    for (size_t c = 0; c < 2; c++) {
        info->channels[c].rate = 2000;
        strcpy(info->channels[c].unit, "uV");
        planes[c] = samples[c];
        for (size_t i = 0; i < FRAMES; i++) {
            samples[c][i] = (float)(800 * sin(0.01 * (double)(i * (c + 1)))) + 0.123f;
        }
    }
    samples[1][5] = NAN;
}

static void writers_round_trip(void **state)
{
    (void)state;
    struct recording_info info;
    struct error error;
    float *planes[2];
    const size_t counts[2] = {FRAMES, FRAMES};
    describe(&info, planes);
    for (int w64 = 0; w64 < 2; w64++) {
        const char *id = w64 ? "w64" : "wav";
        char path[160], again[160];
        snprintf(path, sizeof path, "%s", reading_path("out"));
        snprintf(again, sizeof again, "%s", reading_path("again"));
        assert_int_equal(reading_write(id, path, &info, planes, counts, 999, false, &error), 0);
        assert_int_equal(reading_write(id, again, &info, planes, counts, 77, true, &error), 0);
        size_t size, size_again;
        char *first = reading_load_file(path, &size),
             *second = reading_load_file(again, &size_again);
        assert_int_equal(size, size_again);
        assert_memory_equal(first, second, size);
        assert_null(memmem(first, size, "PEAK", 4)); /* it holds the time of day */
        free(first);
        free(second);
        struct reading reading =
            reading_all(path, (struct recording_options){.scale = 1, .strict = true}, 5);
        assert_int_equal(reading.status, STATUS_OK);
        assert_string_equal(reading.info->channels[0].unit, "uV");
        assert_int_equal(reading.info->gap_count, 1);
        for (size_t c = 0; c < 2; c++) {
            assert_int_equal(reading.counts[c], FRAMES);
            for (size_t i = 0; i < FRAMES; i++) {
                assert_true(isnan(planes[c][i]) ? isnan(reading.samples[c][i])
                                                : reading.samples[c][i] == planes[c][i]);
            }
        }
        reading_clear(&reading);
    }
    recording_info_clear(&info);
}

static void writers_refuse(void **state)
{
    (void)state;
    struct recording_info info;
    struct error error;
    float *planes[2];
    const size_t counts[2] = {FRAMES, FRAMES};
    char path[160];
    describe(&info, planes);
    snprintf(path, sizeof path, "%s", reading_path("refused.wav"));
    info.channels[1].rate = 1000;
    assert_int_equal(reading_write("wav", path, &info, planes, counts, 9, false, &error),
                     STATUS_FAILED);
    assert_contains(error.message, "--channels");
    info.channels[0].rate = info.channels[1].rate = 1259.259;
    assert_int_equal(reading_write("w64", path, &info, planes, counts, 9, false, &error),
                     STATUS_FAILED);
    assert_contains(error.message, "1259.259");
    info.channels[0].rate = info.channels[1].rate = 2000;
    info.duration = 300000; /* s: 4.8 GB */
    assert_int_equal(reading_write("wav", path, &info, planes, counts, 9, false, &error),
                     STATUS_FAILED);
    assert_contains(error.message, ".w64");
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(reading_write("w64", path, &info, planes, counts, 9, false, &error),
                     STATUS_OK);
    info.duration = NAN;
    assert_int_equal(reading_write("wav", "/dev/full", &info, planes, counts, 9, false, &error),
                     STATUS_FAILED);
    assert_contains(error.message, "regular file");
    recording_info_clear(&info);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(containers_and_codings), cmocka_unit_test(options_apply),
        cmocka_unit_test(broadcast_start),        cmocka_unit_test(cut_files_are_noticed),
        cmocka_unit_test(lying_headers),          cmocka_unit_test(lossy_and_pipes_are_refused),
        cmocka_unit_test(writers_round_trip),     cmocka_unit_test(writers_refuse),
    };
    return cmocka_run_group_tests(tests, NULL, reading_teardown);
}
