/* BrainVision recordings: every sample file by verdict, and a real one. make_brainvision_samples.py
 * makes them: raw sample i of channel c is n = (i (7 + 2 c)) mod 201 − 100. */
#include "unit/reader_checks.h"

struct good {
    const char *name;
    size_t frames[3];
    double gains[3]; /* from number() to what is delivered */
    double shift;    /* added to number() */
    double rate;
    size_t annotations;
    const char *warning; /* NULL: none, and --strict changes nothing */
};

static const struct good goods[] = {
    {"multiplexed", {200, 200, 200}, {0.5, 1, 0.1}, 0, 1e6 / 794.1178057, 3, NULL},
    {"interrupted", {200, 200, 200}, {0.5, 1, 0.1}, 0, 1000, 1, "for how long is not said"},
    {"vectorized", {200, 200, 200}, {1, 500, 1}, 0, 1000, 0, NULL},
    {"big-endian", {200, 200, 200}, {0.5, 1, 0.1}, 0, 1000, 0, NULL},
    {"unsigned", {200, 200, 200}, {0.5, 1, 0.1}, 40000, 1000, 0, NULL},
    {"latin1", {200, 200, 200}, {0.5, 1, 0.1}, 0, 1000, 0, NULL},
    {"text", {200, 200, 200}, {0.1, 100, 0.1}, 0, 1000, 0, NULL},
    {"text-vectorized", {200, 200, 200}, {0.1, 100, 0.1}, 0, 1000, 0, NULL},
    {"cut", {149, 149, 149}, {0.5, 1, 0.1}, 0, 1000, 0, "holds 149"},
    {"vectorized-cut", {200, 200, 49}, {0.5, 1, 0.1}, 0, 1000, 0, "cut short"},
    {"more-points", {150, 150, 150}, {0.5, 1, 0.1}, 0, 1000, 0, "claims 150"},
    {"no-markers", {200, 200, 200}, {0.5, 1, 0.1}, 0, 1000, 0, "left-behind.vmrk"},
    {"segments", {200, 200, 200}, {0.5, 1, 0.1}, 0, 1000, 3, "averages"},
};

static void check_good(const struct good *good)
{
    char name[100], path[4096];
    snprintf(name, sizeof name, "good-brainvision-%s.vhdr", good->name);
    strcpy(path, sample(name));
    struct recording_options all = {.all_channels = true};
    struct reading whole = reading_all(path, all, 0);
    if (whole.status != STATUS_OK) {
        print_error("%s: %s\n", name, whole.error.message);
    }
    assert_int_equal(whole.status, STATUS_OK);
    assert_string_equal(whole.info->format, "brainvision");
    assert_int_equal(whole.channels, 3);
    assert_int_equal(whole.info->annotation_count, good->annotations);
    for (size_t c = 0; c < 3; c++) {
        assert_close(whole.info->channels[c].rate, good->rate, 1e-9);
        assert_int_equal(whole.counts[c], good->frames[c]);
        for (size_t i = 0; i < whole.counts[c]; i++) {
            double expected = good->gains[c] * (number(c, i) + good->shift);
            assert_close(whole.samples[c][i], expected, 1e-7 * fabs(expected) + 1e-12);
        }
    }
    assert_warned(&whole, good->warning);
    assert_any_blocks(name, all, &whole, 11);
    struct reading strict =
        reading_all(path, (struct recording_options){.all_channels = true, .strict = true}, 0);
    assert_int_equal(strict.status, good->warning ? STATUS_FAILED : STATUS_OK);
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

static void description(void **state)
{
    (void)state;
    /* Any part leads to the header. */
    struct reading reading = reading_all(sample("good-brainvision-multiplexed.eeg"),
                                         (struct recording_options){.all_channels = true}, 0);
    assert_int_equal(reading.status, STATUS_OK);
    const struct recording_info *info = reading.info;
    assert_string_equal(info->channels[1].label, "EMG SOL, left");
    assert_string_equal(info->channels[1].description, "reference REF");
    assert_string_equal(info->channels[1].file_unit, "mV");
    assert_string_equal(info->channels[0].unit, "uV");
    assert_string_equal(info->channels[2].unit, "C");
    assert_int_equal(info->channels[2].type, CHANNEL_OTHER);
    assert_close(info->channels[0].minimum, -16384, 0);
    assert_close(info->channels[0].maximum, 16383.5, 0);
    assert_true(info->start.known);
    assert_int_equal(info->start.seconds, 1614859994); /* 2021-03-04T12:13:14 */
    assert_close(info->start.fraction, 0.5, 0);
    double rate = info->channels[0].rate;
    assert_string_equal(info->annotations[0].text, "hold, hard");
    assert_close(info->annotations[0].onset, 50 / rate, 1e-12);
    assert_close(info->annotations[0].duration, 100 / rate, 1e-12);
    assert_string_equal(info->annotations[1].text, "Stimulus/S  1@@EMG SOL, left");
    assert_true(isnan(info->annotations[1].duration));
    assert_string_equal(info->annotations[2].text, "Response");
    assert_int_equal(info->file_count, 2);
    reading_clear(&reading);
    reading = reading_all(sample("good-brainvision-latin1.vhdr"),
                          (struct recording_options){.rate = 512}, 0);
    assert_string_equal(reading.info->channels[0].label, "EMG prox\xc3\xa9");
    assert_true(reading.info->channels[0].rate == 512);
    reading_clear(&reading);
}

static void gap(void **state)
{
    (void)state;
    struct recording_options all = {.all_channels = true};
    struct reading whole = reading_all(sample("good-brainvision-gap.vhdr"), all, 0);
    assert_int_equal(whole.status, STATUS_OK);
    assert_int_equal(whole.info->warnings.count, 0);
    for (size_t c = 0; c < 3; c++) {
        static const double gains[] = {0.5, 1, 0.1};
        assert_int_equal(whole.counts[c], 1600);
        for (size_t i = 0; i < 1600; i++) {
            if (i >= 100 && i < 1500) {
                assert_true(isnan(whole.samples[c][i]));
            } else {
                assert_close(whole.samples[c][i], gains[c] * number(c, i < 100 ? i : i - 1400),
                             1e-5);
            }
        }
    }
    assert_int_equal(whole.info->gap_count, 3);
    assert_close(whole.info->gaps[0].onset, 0.1, 1e-12);
    assert_close(whole.info->gaps[0].duration, 1.4, 1e-12);
    assert_int_equal(whole.info->annotation_count, 2);
    assert_string_equal(whole.info->annotations[0].text, "New Segment");
    assert_close(whole.info->annotations[0].onset, 1.5, 1e-12);
    assert_string_equal(whole.info->annotations[1].text, "late");
    assert_close(whole.info->annotations[1].onset, 1.549, 1e-12);
    assert_any_blocks("good-brainvision-gap.vhdr", all, &whole, 11);
    reading_clear(&whole);
}

static void refused(void **state)
{
    (void)state;
    static const struct refusal cases[] = {
        {"bad-brainvision-renamed.vhdr", STATUS_FAILED, "correct the line DataFile="},
        {"bad-brainvision-no-data.vhdr", STATUS_FAILED, "nowhere.eeg"},
        {"bad-brainvision-outside.vhdr", STATUS_FAILED, "leads out of the header's folder"},
        {"bad-brainvision-no-channels.vhdr", STATUS_FAILED, "NumberOfChannels"},
        {"bad-brainvision-many-channels.vhdr", STATUS_FAILED, "more than the header"},
        {"bad-brainvision-empty.vhdr", STATUS_FAILED,
         "bad-brainvision-empty.eeg: holds no samples"},
        {"bad-brainvision-no-rate.vhdr", STATUS_NO_RATE, "--rate"},
        {"bad-brainvision-text-word.vhdr", STATUS_FAILED,
         "bad-brainvision-text-word.dat: line 2: 'five' is no number"},
        {"bad-brainvision-text-ragged.vhdr", STATUS_FAILED,
         "bad-brainvision-text-ragged.dat: line 2 has fewer"},
        {"bad-brainvision-text-few-lines.vhdr", STATUS_FAILED,
         "bad-brainvision-text-few-lines.dat: holds 2 lines"},
        {"unsupported-brainvision-version.vhdr", STATUS_UNSUPPORTED, "versions 1.0 and 2.0"},
        {"unsupported-brainvision-frequency.vhdr", STATUS_UNSUPPORTED, "over time"},
        {"unsupported-brainvision-v-amp.ahdr", STATUS_UNSUPPORTED, "V-Amp"},
        {"unsupported-brainvision-double.vhdr", STATUS_UNSUPPORTED, "IEEE_FLOAT_32"},
    };
    assert_refused(cases, sizeof cases / sizeof *cases,
                   (struct recording_options){.all_channels = true});
    struct reading reading = reading_all(sample("bad-brainvision-no-rate.vhdr"),
                                         (struct recording_options){.rate = 100}, 0);
    assert_int_equal(reading.status, STATUS_OK);
    reading_clear(&reading);
    size_t size;
    char *header = reading_load_file(sample("good-brainvision-cut.vhdr"), &size);
    reading_write_file(reading_path("piped.vhdr"), header, size);
    free(header);
    reading = reading_through_pipe(reading_path("piped.vhdr"), (struct recording_options){0});
    assert_int_equal(reading.status, STATUS_FAILED);
    assert_contains(reading.error.message, "pipe");
    reading_clear(&reading);
}

/* Headers that differ from a sound one in a line or two, with 4 frames of 2 channels. */
static void odd_headers(void **state)
{
    (void)state;
    static const struct {
        const char *lines, *channels, *message; /* message NULL: read */
        size_t frames;
    } cases[] = {
        {"", "Ch1=a,,1,uV\nCh2=b,,1,uV\n", NULL, 4},
        {"DataPoints=0\n", "Ch1=a\nCh2=b,,,\n", NULL, 4},
        {"DataPoints=-1\n", "", "a whole number", 0},
        {"DataPoints=18446744073709551615\n", "", "a whole number", 0},
        {"DataPoints=9223372036854775807\n", "", NULL, 4},
        {"DataPoints=9223372036854775807\nDataOrientation=VECTORIZED\n", "", NULL, 8},
        {"NumberOfChannels=3\n", "", NULL, 2},
        {"SamplingInterval=x\n", "", "microseconds belong", 0},
        {"SamplingInterval=1e-320\n", "", "--rate", 0},
        {"DataOrientation=SIDEWAYS\n", "", "MULTIPLEXED and VECTORIZED", 0},
        {"[Binary Infos]\nDataOffset=9223372036854775807\n", "", "no samples", 0},
        {"[Binary Infos]\nTrailerSize=17\n", "", "no samples", 0},
        {"[Binary Infos]\nSegmentHeaderSize=4\n", "", "SegmentHeaderSize", 0},
        {"", "Ch1=a,,zero,uV\nCh2=b,,0,uV\n", NULL, 4},
        {"", "Ch1=a,,0,25,uV\nCh2=b,,1,uV\n", NULL, 4},
        {"DataFile=$b$b$b.eeg\n", "", "oddoddodd.eeg", 0},
    };
    const int16_t samples[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    char text[1000];
    reading_write_file(reading_path("odd.eeg"), samples, sizeof samples);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int length = snprintf(text, sizeof text,
                              "Brain Vision Data Exchange Header File Version 1.0\n[Common Infos]\n"
                              "DataFile=odd.eeg\nDataFormat=BINARY\nNumberOfChannels=2\n"
                              "SamplingInterval=1000\n%s[Channel Infos]\n%s",
                              cases[i].lines, cases[i].channels);
        reading_write_file(reading_path("odd.vhdr"), text, (size_t)length);
        struct reading reading = reading_all(reading_path("odd.vhdr"),
                                             (struct recording_options){.all_channels = true}, 0);
        bool read = reading.status == STATUS_OK;
        if (read != !cases[i].message ||
            (read ? reading.counts[0] != cases[i].frames
                  : !strstr(reading.error.message, cases[i].message))) {
            print_error("case %zu: %s, %zu frames\n", i, reading.error.message,
                        read ? reading.counts[0] : 0);
            fail();
        }
        if (i == 13) {
            assert_string_equal(reading.info->channels[0].unit, "a.u.");
            assert_true(reading_warned(&reading, "without a unit"));
        }
        if (i == 14) {
            assert_true(reading.samples[0][1] == 0.75f);
        }
        reading_clear(&reading);
    }
}

/* Header, markers and samples of two channels of 2 bytes, 1000 Hz. */
static struct reading read_written(const char *lines, const char *channels, const char *markers,
                                   const void *data, size_t size)
{
    char text[1000];
    int length = snprintf(text, sizeof text,
                          "Brain Vision Data Exchange Header File Version 1.0\n[Common Infos]\n"
                          "DataFile=made.eeg\nMarkerFile=made.vmrk\nNumberOfChannels=2\n"
                          "SamplingInterval=1000\n%s[Channel Infos]\n%s",
                          lines, channels);
    reading_write_file(reading_path("made.eeg"), data, size);
    reading_write_file(reading_path("made.vmrk"), markers, strlen(markers));
    reading_write_file(reading_path("made.vhdr"), text, (size_t)length);
    return reading_all(reading_path("made.vhdr"), (struct recording_options){.all_channels = true},
                       0);
}

#define MARKERS "Brain Vision Data Exchange Marker File, Version 1.0\n[Marker Infos]\n"

/* What the reference is called does not say what a channel is. */
static void reference_names(void **state)
{
    (void)state;
    static const int16_t samples[4] = {1, 2, 3, 4};
    struct reading reading = read_written("", "Ch1=sol,REF,1,uV\nCh2=force,REF,1,uV\n", MARKERS,
                                          samples, sizeof samples);
    assert_int_equal(reading.status, STATUS_OK);
    assert_int_equal(reading.info->channels[0].type, CHANNEL_EMG);
    assert_int_equal(reading.info->channels[1].type, CHANNEL_OTHER);
    assert_string_equal(reading.info->channels[1].description, "reference REF");
    reading_clear(&reading);
}

/* Markers need not be sorted; each lies after the gaps before it. */
static void unsorted_markers(void **state)
{
    (void)state;
    static const char markers[] = MARKERS "Mk1=New Segment,,1,1,0,20200101000000000000\n"
                                          "Mk2=Comment,late,4,1,0\nMk3=Comment,early,2,1,0\n"
                                          "Mk4=New Segment,,3,1,0,20200101000000010000\n"
                                          "Mk5=Comment,middle,3,1,0\n";
    static const int16_t samples[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    struct reading reading = read_written("", "", markers, samples, sizeof samples);
    assert_int_equal(reading.status, STATUS_OK);
    assert_int_equal(reading.counts[0], 12); /* 8 are missing after the second frame */
    assert_true(reading.samples[0][1] == 3 && isnan(reading.samples[0][2]) != 0);
    assert_true(reading.samples[0][10] == 5);
    size_t found = 0;
    for (size_t i = 0; i < reading.info->annotation_count; i++) {
        const struct annotation *at = &reading.info->annotations[i];
        double onset = strcmp(at->text, "early") == 0    ? 0.001
                       : strcmp(at->text, "middle") == 0 ? 0.010
                       : strcmp(at->text, "late") == 0   ? 0.011
                                                         : NAN;
        if (!isnan(onset)) {
            assert_close(at->onset, onset, 1e-12);
            found++;
        }
    }
    assert_int_equal(found, 3);
    reading_clear(&reading);
}

/* A gap at the very beginning leaves the columns of names in vectorised text what they are. */
static void columns_after_a_gap(void **state)
{
    (void)state;
    static const char markers[] = MARKERS "Mk1=New Segment,,1,1,0,20200101000000000000\n"
                                          "Mk2=New Segment,,1,1,0,20200101000000005000\n";
    static const char text[] = "sol 1 2 3\nta 4 5 6\n";
    struct reading reading =
        read_written("DataFormat=ASCII\nDataOrientation=VECTORIZED\n[ASCII Infos]\n"
                     "SkipColumns=1\n",
                     "", markers, text, sizeof text - 1);
    if (reading.status != STATUS_OK) {
        print_error("%s\n", reading.error.message);
    }
    assert_int_equal(reading.status, STATUS_OK);
    assert_int_equal(reading.counts[0], 8);
    assert_true(reading.samples[0][5] == 1 && reading.samples[1][7] == 6);
    reading_clear(&reading);
}

/* The duration of a file that is cut short is what it holds, before it is read. */
static void duration_of_a_cut_file(void **state)
{
    (void)state;
    static const int16_t samples[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    struct reading reading = read_written("DataPoints=1000\nDataOrientation=VECTORIZED\n", "",
                                          MARKERS, samples, sizeof samples);
    assert_int_equal(reading.status, STATUS_OK);
    reading_clear(&reading);
    struct recording_options options = {.all_channels = true};
    struct recording *recording;
    struct error error;
    assert_int_equal(recording_open(reading_path("made.vhdr"), &options, &recording, &error),
                     STATUS_OK);
    assert_close(recording_info(recording)->duration, 0.008, 1e-12);
    recording_close(recording);
}

/* The file's own numbers, read without any of the reader. */
static void real_recording(void **state)
{
    (void)state;
    const char *path = real("myo_extension.eeg");
    size_t size;
    char *bytes = reading_load_file(path, &size);
    struct reading reading = reading_all(path, (struct recording_options){0}, 5);
    assert_int_equal(reading.status, STATUS_OK);
    assert_int_equal(size, 192000);
    for (size_t c = 0; c < 8; c++) {
        assert_int_equal(reading.counts[c], 12000);
        for (size_t i = 0; i < 12000; i++) {
            const unsigned char *at = (const unsigned char *)bytes + 2 * (8 * i + c);
            assert_true(reading.samples[c][i] == (float)(int16_t)(at[0] | at[1] << 8));
        }
    }
    assert_int_equal(reading.info->annotation_count, 12);
    assert_string_equal(reading.info->annotations[1].text, "extension");
    assert_close(reading.info->annotations[1].onset, 999 / 200.0, 1e-12);
    assert_close(reading.info->annotations[1].duration, 5, 1e-12);
    free(bytes);
    reading_clear(&reading);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_samples),
        cmocka_unit_test(description),
        cmocka_unit_test(gap),
        cmocka_unit_test(refused),
        cmocka_unit_test(odd_headers),
        cmocka_unit_test(real_recording),
        cmocka_unit_test(reference_names),
        cmocka_unit_test(unsorted_markers),
        cmocka_unit_test(columns_after_a_gap),
        cmocka_unit_test(duration_of_a_cut_file),
    };
    return cmocka_run_group_tests(tests, NULL, reading_teardown);
}
