/* Spike2 files: every sample by verdict. make_spike2_samples.py makes them: raw sample i of channel
 * c is n = (i (7 + 2 c)) mod 201 − 100. */
#include "unit/reader_checks.h"

/* 600 frames, 200 missing after 300; 600 frames that begin 20 late; 60 floats at a tenth. */
static void check_samples(const struct reading *reading)
{
    assert_int_equal(reading->status, STATUS_OK);
    assert_int_equal(reading->channels, 3);
    assert_int_equal(reading->counts[0], 800);
    assert_int_equal(reading->counts[1], 620);
    assert_int_equal(reading->counts[2], 60);
    for (size_t i = 0; i < 800; i++) {
        double value = number(0, i < 300 ? i : i - 200) * 2 / 6553.6 + 0.25;
        if (i >= 300 && i < 500) {
            assert_true(isnan(reading->samples[0][i]));
        } else {
            assert_close(reading->samples[0][i], 1e3 * value, 1e-4);
        }
    }
    for (size_t i = 0; i < 620; i++) {
        if (i < 20) {
            assert_true(isnan(reading->samples[1][i]));
        } else {
            assert_close(reading->samples[1][i], 1e3 * number(1, i - 20), 0.05);
        }
    }
    for (size_t i = 0; i < 60; i++) {
        assert_true(reading->samples[2][i] == (float)(number(2, i) / 8));
    }
}

static void waveforms(void **state)
{
    (void)state;
    static const char *const names[] = {"good-spike2-full.smr", "good-spike2-old.smr"};
    struct recording_options all = {.all_channels = true, .strict = true};
    for (size_t k = 0; k < 2; k++) {
        struct reading whole = reading_all(sample(names[k]), all, 0);
        check_samples(&whole);
        assert_string_equal(whole.info->format, "spike2");
        assert_true(whole.info->channels[0].rate == 1000);
        assert_true(whole.info->channels[2].rate == 100);
        assert_string_equal(whole.info->channels[0].label, "EMG TA");
        assert_string_equal(whole.info->channels[0].description, "Ag/AgCl, 20-450 Hz");
        assert_string_equal(whole.info->channels[1].file_unit, "Volt");
        assert_string_equal(whole.info->channels[1].unit, "uV");
        assert_string_equal(whole.info->channels[2].unit, "N");
        assert_close(whole.info->channels[0].minimum, -9750, 1e-9);
        assert_close(whole.info->duration, 0.8, 1e-12);
        assert_int_equal(whole.info->gap_count, 2);
        for (size_t i = 0; i < 2; i++) {
            const struct gap *gap = &whole.info->gaps[i];
            assert_true(gap->channel < 2);
            assert_close(gap->onset, gap->channel == 0 ? 0.3 : 0, 1e-12);
            assert_close(gap->duration, gap->channel == 0 ? 0.2 : 0.02, 1e-12);
        }
        assert_any_blocks(names[k], all, &whole, 19);
        /* The first sample lies 1000 ticks of 10 µs after tick 0. */
        assert_int_equal(whole.info->start.known, k == 0);
        if (k == 0) {
            assert_int_equal(whole.info->start.seconds, 1614859994);
            assert_close(whole.info->start.fraction, 0.51, 1e-9);
        }
        reading_clear(&whole);
    }
    struct reading other = reading_all(sample("good-spike2-version9.smr"), all, 0);
    assert_int_equal(other.status, STATUS_OK);
    assert_int_equal(other.counts[0], 500);
    for (size_t i = 0; i < 500; i++) {
        assert_close(other.samples[0][i], 1e3 * number(0, i) / 6553.6, 1e-5);
    }
    reading_clear(&other);
}

static void events(void **state)
{
    (void)state;
    static const struct {
        double onset, duration;
        const char *text;
    } expected[] = {
        {0, NAN, "Trigger"},   {0.01, NAN, "Keyboard: a"}, {0.03, NAN, "Keyboard: 01"},
        {0.04, 0.1, "Switch"}, {0.05, NAN, "hold"},        {0.07, NAN, "TextMark: x"},
        {0.1, NAN, "Trigger"}, {0.2, NAN, "Trigger"},      {0.24, NAN, "Switch"},
    };
    struct reading reading =
        reading_all(sample("good-spike2-full.smr"), (struct recording_options){0}, 0);
    assert_int_equal(reading.info->annotation_count, 9);
    for (size_t i = 0; i < 9; i++) {
        assert_annotation(&reading, i, expected[i].onset, expected[i].duration, expected[i].text);
    }
    reading_clear(&reading);
}

static void verdicts(void **state)
{
    (void)state;
    static const struct refusal cases[] = {
        {"bad-spike2-header-cut.smr", STATUS_FAILED, "cut short"},
        {"bad-spike2-channels-cut.smr", STATUS_FAILED, "claims 4 channels"},
        {"bad-spike2-cut.smr", STATUS_FAILED, "byte 3072 claims more items"},
        {"bad-spike2-circle.smr", STATUS_FAILED, "byte 1536 goes back in time"},
        {"bad-spike2-beyond-end.smr", STATUS_FAILED, "beyond the end"},
        {"bad-spike2-other-channel.smr", STATUS_FAILED, "byte 2048 belongs to another"},
        {"bad-spike2-many-items.smr", STATUS_FAILED, "byte 1536 claims more items"},
        {"bad-spike2-tick.smr", STATUS_FAILED, "clock tick"},
        {"bad-spike2-no-waveform.smr", STATUS_FAILED, "no waveform"},
        {"bad-spike2-no-interval.smr", STATUS_NO_RATE, "--rate"},
        {"unsupported-spike2-macintosh.smr", STATUS_UNSUPPORTED, "Macintosh"},
        {"unsupported-spike2-version.smr", STATUS_UNSUPPORTED, "version 268"},
        {"unsupported-spike2-64-bits.smrx", STATUS_UNSUPPORTED, "EDF, MATLAB or text"},
    };
    assert_refused(cases, sizeof cases / sizeof *cases,
                   (struct recording_options){.all_channels = true});
    struct reading reading = reading_all(sample("bad-spike2-no-interval.smr"),
                                         (struct recording_options){.rate = 2000}, 0);
    assert_int_equal(reading.status, STATUS_OK);
    assert_int_equal(reading.counts[0], 100);
    reading_clear(&reading);
}

static void mended(void **state)
{
    (void)state;
    static const struct {
        const char *name, *warning, *unit;
        size_t frames;
    } cases[] = {
        {"good-spike2-block-count.smr", "its chain has 3", "uV", 500},
        {"good-spike2-no-scale.smr", "taken as counts", "a.u.", 100},
    };
    for (size_t i = 0; i < 2; i++) {
        struct reading reading =
            reading_all(sample(cases[i].name), (struct recording_options){0}, 0);
        assert_int_equal(reading.status, STATUS_OK);
        assert_true(reading_warned(&reading, cases[i].warning));
        assert_int_equal(reading.counts[0], cases[i].frames);
        assert_string_equal(reading.info->channels[0].unit, cases[i].unit);
        reading_clear(&reading);
        assert_strict_refuses(cases[i].name, (struct recording_options){0}, "--strict");
    }
}

/* Every byte of a file changed in turn: refused or read, and nothing else. */
static void every_byte(void **state)
{
    (void)state;
    size_t size;
    char *data = reading_load_file(sample("good-spike2-full.smr"), &size);
    for (size_t at = 0; at < size; at += at < 1400 ? 3 : 97) {
        data[at] = (char)~data[at];
        reading_write_file(reading_path("changed.smr"), data, size);
        struct reading reading =
            reading_all(reading_path("changed.smr"),
                        (struct recording_options){.format = "spike2", .channels = "2"}, 0);
        assert_true(reading.status == STATUS_OK || strstr(reading.error.message, "changed.smr"));
        reading_clear(&reading);
        data[at] = (char)~data[at];
    }
    free(data);
}

/* Blocks that lie over each other would make events without end out of a few bytes. */
static void overlapping_blocks(void **state)
{
    (void)state;
    enum { BLOCKS = 500, ITEMS = 1000 };
    size_t size;
    char *data = reading_load_file(sample("good-spike2-full.smr"), &size);
    char *longer = checked_realloc(data, size + 32768, 1);
    assert_non_null(longer);
    assert_true(longer[0] < 9); /* places count bytes */
    memset(longer + size, 0, 32768);
    size_t channel = 0;
    while (longer[512 + 140 * channel + 122] != 2 && longer[512 + 140 * channel + 122] != 3) {
        channel++;
    }
    char *entry = longer + 512 + 140 * channel;
    int32_t first = (int32_t)size;
    memcpy(entry + 6, &first, 4);
    memset(entry + 22, 0, 2);
    for (int32_t k = 0; k < BLOCKS; k++) {
        char *block = longer + size + 20 * k;
        int32_t next = k + 1 < BLOCKS ? first + 20 * (k + 1) : 0, tick = k + 1;
        uint16_t number = (uint16_t)(channel + 1), items = ITEMS;
        memcpy(block + 4, &next, 4);
        memcpy(block + 8, &tick, 4);
        memcpy(block + 12, &tick, 4);
        memcpy(block + 16, &number, 2);
        memcpy(block + 18, &items, 2);
    }
    reading_write_file(reading_path("over.smr"), longer, size + 32768);
    struct reading reading =
        reading_all(reading_path("over.smr"), (struct recording_options){0}, 0);
    assert_int_equal(reading.status, STATUS_FAILED);
    assert_contains(reading.error.message, "lies over others");
    reading_clear(&reading);
    free(longer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(waveforms),  cmocka_unit_test(events),
        cmocka_unit_test(verdicts),   cmocka_unit_test(mended),
        cmocka_unit_test(every_byte), cmocka_unit_test(overlapping_blocks),
    };
    return cmocka_run_group_tests(tests, NULL, reading_teardown);
}
