/* Every text table and audio file of samples/, by verdict. make_text_audio_samples.py makes them:
 * sample i of channel c is n / 10 in text and n / 128 in audio, n = (i (7 + 2 c)) mod 201 − 100. */
#include "unit/reader_checks.h"

struct good {
    const char *name;
    double given; /* --rate; 0: none */
    double rate;
    size_t channels, frames;
    size_t first;        /* channel that holds number(0, i) */
    double factor;       /* from number() to what is delivered; 0: not compared */
    const char *unit;    /* of that channel */
    const char *warning; /* NULL: none, and --strict changes nothing */
};

static const struct good goods[] = {
    {"good-text-time.csv", 0, 1000, 3, 400, 0, 0.1, "uV", NULL},
    {"good-text-decimal-comma.csv", 0, 2000, 2, 400, 0, 100, "uV", NULL},
    {"good-text-comments.tsv", 0, 1000, 2, 300, 0, 0.1, "uV", NULL},
    {"good-text-no-header.csv", 500, 500, 3, 300, 0, 0.1, "a.u.", NULL},
    {"good-text-no-header-time.txt", 0, 500, 2, 300, 0, 0.1, "a.u.", NULL},
    {"good-text-one-column.txt", 1000, 1000, 1, 500, 0, 0.1, "a.u.", NULL},
    {"good-text-one-column-decimal-comma.txt", 1000, 1000, 1, 300, 0, 0.001, "a.u.", NULL},
    {"good-text-quoted.csv", 0, 1000, 1, 200, 0, 0.1, "uV", NULL},
    {"good-text-quoted-decimal-comma.csv", 0, 1000, 1, 300, 0, 0.1, "uV", NULL},
    {"good-text-labchart.txt", 0, 1000, 2, 200, 0, 100, "uV", NULL},
    {"good-text-acqknowledge.txt", 0, 2000, 2, 200, 0, 0.1, "a.u.", NULL},
    {"good-text-values-before.tsv", 0, 1000, 2, 200, 0, 0.1, "a.u.", NULL},
    {"good-text-ragged-last-row.csv", 0, 1000, 2, 200, 0, 0.1, "a.u.", "cut short"},
    {"good-text-gap.csv", 0, 1000, 1, 400, 0, 0.1, "a.u.", "50 samples are missing"},
    {"good-text-fractional-rate.csv", 0, 1259.259, 1, 1000, 0, 0.1, "a.u.", NULL},
    {"good-text-exponents.csv", 0, 2000, 1, 300, 0, 0, "uV", NULL},
    {"good-text-trailing-delimiter.csv", 1000, 1000, 2, 200, 1, 0.1, "a.u.", NULL},
    {"good-text-words.csv", 1000, 1000, 2, 200, 0, 0.1, "a.u.", "holds words"},
    {"good-text-carriage-returns.csv", 0, 1000, 1, 200, 0, 0.1, "a.u.", NULL},
    {"good-text-one-sample.csv", 1000, 1000, 1, 1, 0, 0, "a.u.", NULL},
    {"good-text-latin1.csv", 0, 1000, 1, 200, 0, 0.1, "uV", NULL},
    {"good-audio-16.wav", 0, 1000, 2, 500, 0, 1.0 / 128, "a.u.", NULL},
    {"good-audio-float.wav", 0, 1000, 2, 500, 0, 1.0 / 128, "a.u.", NULL},
    {"good-audio-start.wav", 0, 1000, 2, 500, 0, 1.0 / 128, "a.u.", NULL},
    {"good-audio-cut.wav", 0, 1000, 2, 349, 0, 1.0 / 128, "a.u.", "cut short"},
    {"good-audio-24.aiff", 0, 1000, 2, 500, 0, 1.0 / 128, "a.u.", NULL},
    {"good-audio-16.caf", 0, 1000, 2, 500, 0, 1.0 / 128, "a.u.", NULL},
    {"good-audio-16.flac", 0, 1000, 2, 500, 0, 1.0 / 128, "a.u.", NULL},
    {"good-audio-float.w64", 0, 1000, 2, 500, 0, 1.0 / 128, "a.u.", NULL},
    {"good-audio-16.rf64", 0, 1000, 2, 500, 0, 1.0 / 128, "a.u.", NULL},
    {"good-au-16.au", 0, 1000, 2, 500, 0, 1.0 / 128, "a.u.", NULL},
    {"good-au-double.au", 0, 1000, 2, 500, 0, 1.0 / 128, "a.u.", NULL},
    {"good-au-soleus.au", 0, 1000.25, 2, 500, 0, 1.0 / 128, "uV", NULL},
    {"good-au-cut.au", 0, 1000.25, 2, 424, 0, 1.0 / 128, "uV", "cut short"},
};

static void check_good(const struct good *good)
{
    struct recording_options options = {.rate = good->given, .all_channels = true};
    struct reading reading = reading_all(sample(good->name), options, 0);
    if (reading.status != STATUS_OK) {
        print_error("%s: %s\n", good->name, reading.error.message);
        fail();
    }
    assert_int_equal(reading.channels, good->channels);
    for (size_t c = good->first; c < reading.channels; c++) {
        assert_true(reading.info->channels[c].rate == good->rate);
        assert_int_equal(reading.counts[c], good->frames);
        for (size_t i = 0; i < good->frames && good->factor > 0; i++) {
            float expected = (float)(number(c - good->first, i) * good->factor);
            bool missing =
                strstr(good->name, "gap") && ((i >= 10 && i < 13) || (i >= 150 && i < 200));
            float got = reading.samples[c][i];
            bool same = missing ? isnan(got) : fabsf(got - expected) <= 1e-6f * fabsf(expected);
            if (!same) {
                print_error("%s: channel %zu, sample %zu: %g, not %g\n", good->name, c, i,
                            (double)got, (double)expected);
                fail();
            }
        }
    }
    assert_string_equal(reading.info->channels[good->first].unit, good->unit);
    assert_int_equal(reading.info->warnings.count, good->warning ? 1 : 0);
    assert_true(!good->warning || reading_warned(&reading, good->warning));
    assert_any_blocks(good->name, options, &reading, 4);
    if (registry_reader(reading.info->format)->streams) {
        assert_same_piped(good->name, options, &reading);
    }
    reading_clear(&reading);
    options.strict = true;
    reading = reading_all(sample(good->name), options, 0);
    bool cut = good->warning && strcmp(good->warning, "cut short") == 0;
    assert_int_equal(reading.status, cut ? STATUS_FAILED : STATUS_OK);
    reading_clear(&reading);
}

static void good_samples(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof goods / sizeof *goods; i++) {
        check_good(&goods[i]);
    }
}

/* What some of them say besides samples. */
static void good_descriptions(void **state)
{
    (void)state;
    struct reading reading =
        reading_all(sample("good-au-soleus.au"), (struct recording_options){0}, 0);
    assert_string_equal(reading.info->channels[1].label, "TA right");
    assert_string_equal(reading.info->channels[1].muscle, "tibialis anterior");
    assert_true(reading.info->channels[0].maximum == 5000);
    assert_true(reading.info->conditioned);
    assert_int_equal(reading.info->start.seconds, 1795389300);
    assert_true(reading.info->start.fraction == 0.5);
    assert_int_equal(reading.info->annotation_count, 1);
    assert_string_equal(reading.info->annotations[0].text, "fist");
    reading_clear(&reading);
    reading = reading_all(sample("good-audio-start.wav"), (struct recording_options){0}, 0);
    assert_int_equal(reading.info->start.seconds, 1795389300);
    reading_clear(&reading);
    reading = reading_all(sample("good-text-quoted.csv"), (struct recording_options){0}, 0);
    assert_string_equal(reading.info->channels[0].label, "EMG, \"left\" \xc3\xa9");
    reading_clear(&reading);
    reading = reading_all(sample("good-text-labchart.txt"), (struct recording_options){0}, 0);
    assert_string_equal(reading.info->channels[0].label, "TA left");
    assert_string_equal(reading.info->channels[1].label, "Soleus");
    reading_clear(&reading);
    reading = reading_all(sample("good-text-values-before.tsv"), (struct recording_options){0}, 0);
    assert_string_equal(reading.info->channels[0].label, "1");
    reading_clear(&reading);
    reading = reading_all(sample("good-text-exponents.csv"), (struct recording_options){0}, 0);
    assert_true(reading.samples[0][0] == (float)(-100.5 * 1e6));
    assert_true(reading.samples[0][1] == (float)(-93.5e-1 * 1e6));
    reading_clear(&reading);
    reading = reading_all(sample("good-text-trailing-delimiter.csv"),
                          (struct recording_options){.rate = 1000}, 0);
    assert_int_equal(reading.info->channels[0].type, CHANNEL_OTHER);
    assert_false(reading.info->channels[0].selected);
    reading_clear(&reading);
}

static void refused_samples(void **state)
{
    (void)state;
    static const struct refusal cases[] = {
        {"bad-text-ragged-middle.csv", STATUS_FAILED, "line 122 has 2 columns where 3"},
        {"bad-text-time-backwards.csv", STATUS_FAILED, "line 152: the time goes back to 0.05"},
        {"bad-text-time-stands-still.csv", STATUS_NO_RATE, "do not advance"},
        {"bad-text-time-jumps-days.csv", STATUS_FAILED, "line 102: the time jumps to 200000.1"},
        {"bad-text-time-without-unit.csv", STATUS_NO_RATE, "have no unit"},
        {"bad-text-word-among-numbers.csv", STATUS_FAILED, "line 79 has '12.O' in column 2"},
        {"bad-text-not-numbers.csv", STATUS_FAILED, "no table of numbers"},
        {"unsupported-text-utf16.csv", STATUS_UNSUPPORTED, "iconv"},
        {"unsupported-text-octave.txt", STATUS_UNSUPPORTED, "save -v7"},
        {"unsupported-text-time-per-channel.csv", STATUS_UNSUPPORTED, "2 columns of times"},
        {"bad-audio-truncated-header.wav", STATUS_FAILED, "cannot be read as audio"},
        {"bad-audio-no-size.wav", STATUS_FAILED, "stopped before it could finish"},
        {"bad-audio-no-channels.wav", STATUS_FAILED, "cannot be read as audio"},
        {"bad-au-no-channels.au", STATUS_FAILED, "0 channels"},
        {"bad-au-channels-differ.au", STATUS_FAILED, "2 channels, its annotation 3"},
        {"bad-au-negative-rate.au", STATUS_FAILED, "no positive rate"},
        {"bad-au-offset.au", STATUS_FAILED, "2147483647"},
        {"bad-au-truncated-header.au", STATUS_FAILED, "cut short"},
        {"unsupported-audio.ogg", STATUS_UNSUPPORTED, "lossy"},
        {"unsupported-audio.mp3", STATUS_UNSUPPORTED, "lossy"},
        {"unsupported-audio-adpcm.wav", STATUS_UNSUPPORTED, "loss"},
    };
    assert_refused(cases, sizeof cases / sizeof *cases, (struct recording_options){0});
    /* What --rate can do without the times. */
    struct reading reading = reading_all(sample("bad-text-time-backwards.csv"),
                                         (struct recording_options){.rate = 1000}, 0);
    assert_int_equal(reading.status, STATUS_OK);
    assert_int_equal(reading.counts[0], 200);
    reading_clear(&reading);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_samples),
        cmocka_unit_test(good_descriptions),
        cmocka_unit_test(refused_samples),
    };
    return cmocka_run_group_tests(tests, NULL, reading_teardown);
}
