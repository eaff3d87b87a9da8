/* Specifications of simulated recordings: values, defaults, and every kind of mistake. */
#include "unit/simulated.h"

#include "pipeline/simulate/specification_keys.h"

/* Reads a wrong specification; the n-th problem has to contain each of the texts. */
static void expect_problems(const char *text, size_t count, const char *const *parts)
{
    struct specification *specification;
    struct warnings problems = {0};
    struct error error = {0};
    assert_int_equal(read_specification_text(text, &specification, &problems, &error),
                     STATUS_FAILED);
    assert_null(specification);
    assert_true(strstr(error.message, "test.ini") == error.message);
    for (size_t i = 0; i < problems.count; i++) {
        if (problems.count != count || !strstr(problems.texts[i], parts[i])) {
            print_error("%s\n", problems.texts[i]);
        }
    }
    assert_int_equal(problems.count, count);
    for (size_t i = 0; i < count; i++) {
        assert_non_null(strstr(problems.texts[i], parts[i]));
    }
    warnings_clear(&problems);
}

#define EXPECT(text, ...)                                                                          \
    do {                                                                                           \
        const char *const parts_[] = {__VA_ARGS__};                                                \
        expect_problems(text, sizeof parts_ / sizeof *parts_, parts_);                             \
    } while (0)

static void values_and_defaults(void **state)
{
    (void)state;
    struct specification *s =
        right_specification("\xef\xbb\xbf# a comment\n"
                            "[Recording]\n"
                            "   duration = 12.5   ; s\n"
                            "rate = 500 .. 2000\n"
                            "start = 2024-02-29T23:59:58.5\n"
                            "unit = mV\n"
                            "\n"
                            "[channel  Soleus L]\n"
                            "[channel A very long label, much longer than what inih keeps of one]\n"
                            "noise=2\n"
                            "[clonic]\n"
                            "onset = 1\n"
                            "shape = sharp\n"
                            "[clonic]\n"
                            "amplitude = 20..40\n"
                            "channels = 2, soleus l\n"
                            "[pops]\n"
                            "where = all");
    assert_close(s->recording.duration.low, 12.5, 0);
    assert_close(s->recording.duration.high, 12.5, 0);
    assert_close(s->recording.rate.low, 500, 0);
    assert_close(s->recording.rate.high, 2000, 0);
    assert_true(s->recording.start.known);
    assert_true(s->recording.start.seconds == 1709251198);
    assert_close(s->recording.start.fraction, 0.5, 1e-12);
    assert_string_equal(specification_units[s->recording.unit], "mV");
    assert_int_equal(s->channel_count, 2);
    assert_string_equal(s->channels[0].label, "Soleus L");
    assert_true(isnan(s->channels[0].noise.low));
    assert_close(s->channels[1].noise.low, 2, 0);
    assert_string_equal(s->channels[1].label,
                        "A very long label, much longer than what inih keeps of one");
    assert_int_equal(s->event_count, 2);
    assert_int_equal(s->events[0].line, 11);
    assert_int_equal(s->events[1].line, 14);
    assert_int_equal(s->events[0].shape, BURST_SHARP);
    assert_close(s->events[0].snr.low, 20, 0);
    assert_true(isnan(s->events[0].amplitude.low));
    assert_true(isnan(s->events[1].onset.low));
    assert_true(isnan(s->events[0].boundary.low));
    assert_close(s->events[1].amplitude.high, 40, 0);
    assert_int_equal(s->contaminants[0].where, PLACE_ALL);
    assert_true(isnan(s->contaminants[0].duration.low));
    specification_destroy(s);
}

static void channels_without_sections(void **state)
{
    (void)state;
    struct specification *s = right_specification("[recording]\nchannels = 3\n");
    assert_int_equal(s->channel_count, 3);
    assert_string_equal(s->channels[2].label, "EMG 3");
    assert_close(s->channels[2].distance, 20, 0);
    size_t indices[SPECIFICATION_CHANNELS], count;
    enum channel_draw draw;
    struct error error;
    assert_int_equal(specification_channels(s, " 3, emg 1 ", indices, &count, &draw, &error), 0);
    assert_int_equal(count, 2);
    assert_int_equal(indices[0], 2);
    assert_int_equal(indices[1], 0);
    assert_int_equal(draw, DRAW_NONE);
    assert_int_equal(specification_channels(s, "2-3", indices, &count, &draw, &error), 0);
    assert_int_equal(count, 2);
    assert_int_equal(indices[1], 2);
    assert_int_equal(specification_channels(s, "some", indices, &count, &draw, &error), 0);
    assert_int_equal(count, 3);
    assert_int_equal(draw, DRAW_SOME);
    assert_int_equal(specification_channels(s, "1,EMG 1", indices, &count, &draw, &error),
                     STATUS_USAGE);
    assert_int_equal(specification_channels(s, " , ", indices, &count, &draw, &error),
                     STATUS_USAGE);
    specification_destroy(s);
    s = right_specification("");
    assert_int_equal(s->channel_count, 1);
    assert_int_equal(s->event_count, 0);
    specification_destroy(s);
}

static void mistakes_are_named_all_at_once(void **state)
{
    (void)state;
    EXPECT("rate = 5\n"
           "[recording]\n"
           "rate = fast\n"
           "duration = 0\n"
           "lenght = 5\n"
           "nonsense\n"
           "start = yesterday\n"
           "channels = 1.5\n"
           "[tonik]\n"
           "whatever = 1\n"
           "[tonic\n"
           "[clonic]\n"
           "rate = 40\n"
           "duty = 0.6..0.3\n"
           "shape = oval\n"
           "rate = 5\n",
           "line 1: 'rate' before the first section", "line 3: [recording] rate = fast: give a",
           "line 4: [recording] duration = 0: give a number, or a range LOW..HIGH, from 0.01",
           "line 5: [recording] has no key 'lenght'; it has duration, rate, channels",
           "line 6: 'nonsense", "line 7: [recording] start = yesterday",
           "line 8: [recording] channels = 1.5: give a whole number from 1 to 64",
           "line 9: no section [tonik]; there are [recording]", "line 11: a section's name",
           "line 13: [clonic] rate = 40: give a number, or a range LOW..HIGH, from 0.5 to 12 (Hz)",
           "line 14: [clonic] duty = 0.6..0.3",
           "line 15: [clonic] shape = oval: give one of: round",
           "line 16: [clonic] has a second rate");
}

static void mistakes_between_keys(void **state)
{
    (void)state;
    EXPECT("[tonic]\nsnr = 5\namplitude = 20\n", "both snr and amplitude");
    EXPECT("[tonic]\ndelay = 1\ndelays = 1 2\n[ecg]\namplitude = 1\nratio = 1\n", "both delay and",
           "both amplitude and ratio");
    EXPECT("[recording]\nchannels = 3\n[channel A]\n", "channels = 3, but there are 1");
    EXPECT("[channel A]\n[channel a]\n[channel]\n", "a second [channel a]", "without a label");
    EXPECT("[pool]\n[pool]\n", "a second [pool]");
    EXPECT("[pool]\nrate_range = 27\n", "leaves the last unit no rate");
    EXPECT("[recording]\nnoise = 0\n[tonic]\n[ecg]\nratio = 2\n", "relative to the noise",
           "a ratio to the noise");
    EXPECT("[tonic]\nchannels = 4\n", "no channel '4'; name labels, numbers from 1 to 1");
    EXPECT("[tonic]\ndelays = 1 x\n", "'x' is no number");
    EXPECT("[random]\nclasses = tonic spastic\n", "no class 'spastic'");
    EXPECT("[common]\nlow = 100..300\nhigh = 200\n", "low = 100..300 is not below high");
    EXPECT("[recording]\nduration = 10\n[tonic]\nonset = 10\n[mains]\nonset = 11\n",
           "line 3: the section that begins here has onset = 10 s", "line 5");
    EXPECT("[tonic x]\n", "[tonic] takes no name");
}

static void numbers_are_plain(void **state)
{
    (void)state;
    static const char *const wrong[] = {"nan", "inf", "0x10", "1e999", "1,5",
                                        "5 5", "1..", "..2",  "",      "1..2..3"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char text[100];
        snprintf(text, sizeof text, "[tonic]\nduration = %s\n", wrong[i]);
        EXPECT(text, "line 2: [tonic] duration");
    }
    struct specification *s = right_specification("[tonic]\nduration = 1.5..2.5\nsnr=-5..5\n");
    assert_close(s->events[0].duration.low, 1.5, 0);
    assert_close(s->events[0].duration.high, 2.5, 0);
    assert_close(s->events[0].snr.low, -5, 0);
    specification_destroy(s);
}

static void many_mistakes_are_counted(void **state)
{
    (void)state;
    char text[2000] = "[tonic]\n";
    for (int i = 0; i < 50; i++) {
        snprintf(text + strlen(text), sizeof text - strlen(text), "key%d = 1\n", i);
    }
    struct specification *specification;
    struct warnings problems = {0};
    struct error error = {0};
    assert_int_equal(read_specification_text(text, &specification, &problems, &error),
                     STATUS_FAILED);
    assert_int_equal(problems.count, SPECIFICATION_PROBLEMS);
    assert_int_equal(problems.omitted, 50 - SPECIFICATION_PROBLEMS);
    warnings_clear(&problems);
}

static void no_text_at_all(void **state)
{
    (void)state;
    static const char bytes[] = "[recording]\nrate = 5\0 00\n\x80\xff\x01\n";
    struct specification *specification;
    struct warnings problems = {0};
    struct error error = {0};
    FILE *stream = fmemopen((void *)(uintptr_t)bytes, sizeof bytes - 1, "r");
    assert_int_equal(specification_read(stream, "x", &specification, &problems, &error),
                     STATUS_FAILED);
    fclose(stream);
    assert_non_null(strstr(problems.texts[0], "line 2: a NUL byte"));
    warnings_clear(&problems);
    char line[5000];
    memset(line, 'x', sizeof line - 1);
    line[sizeof line - 1] = '\0';
    EXPECT(line, "line 1: longer than 190 bytes");
}

/* The table is what help, parsing and defaults follow from: it has to agree with itself. */
static void the_table_is_sound(void **state)
{
    (void)state;
    for (size_t k = 0; k < key_count; k++) {
        const struct key_definition *key = &key_definitions[k];
        bool number = key->type != KEY_TEXT && key->type != KEY_TIME && key->type != KEY_CHOICE;
        assert_true(key->meaning[0] && key->name[0] && key->sections);
        if (number) {
            assert_true(key->minimum < key->maximum);
            assert_true(isnan(key->low) || (key->minimum <= key->low && key->low <= key->high &&
                                            key->high <= key->maximum));
        }
        for (size_t other = 0; other < k; other++) {
            assert_false((key_definitions[other].sections & key->sections) &&
                         strcmp(key_definitions[other].name, key->name) == 0);
        }
    }
}

static void printed_keys_can_be_read(void **state)
{
    (void)state;
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    specification_print_keys(stream);
    fclose(stream);
    for (size_t k = 0; k < key_count; k++) {
        assert_non_null(strstr(text, key_definitions[k].meaning));
    }
    /* Tissue has no defaults: its sections want a file. They come last. */
    *strstr(text, "[tissue]") = '\0';
    struct specification *printed = right_specification(text);
    struct specification *plain = right_specification("[channel LABEL]\n[tonic-clonic]\n[pops]\n");
    assert_close(printed->recording.noise.low, plain->recording.noise.low, 0);
    assert_close(printed->channels[0].depth, plain->channels[0].depth, 0);
    assert_close(printed->pool.velocity, plain->pool.velocity, 0);
    for (size_t i = 0; i < printed->event_count; i++) {
        if (printed->events[i].kind == SECTION_TONIC_CLONIC) {
            plain->events[0].line = printed->events[i].line;
            assert_close(printed->events[i].boundary.low, plain->events[0].boundary.low, 0);
            assert_close(printed->events[i].rate.high, plain->events[0].rate.high, 0);
            assert_int_equal(printed->events[i].order, plain->events[0].order);
            assert_string_equal(printed->events[i].channels, plain->events[0].channels);
        }
    }
    specification_destroy(printed);
    specification_destroy(plain);
    free(text);
}

static void the_example_works(void **state)
{
    (void)state;
    struct simulated s;
    simulate_text(&s, specification_example);
    assert_int_equal(s.channel_count, 2);
    assert_int_equal(s.frames, 180000);
    assert_true(count_events(simulation_events(s.simulation), "tonic") == 2);
    assert_true(count_events(simulation_events(s.simulation), "intervention") == 1);
    simulated_clear(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_and_defaults),
        cmocka_unit_test(channels_without_sections),
        cmocka_unit_test(mistakes_are_named_all_at_once),
        cmocka_unit_test(mistakes_between_keys),
        cmocka_unit_test(numbers_are_plain),
        cmocka_unit_test(many_mistakes_are_counted),
        cmocka_unit_test(no_text_at_all),
        cmocka_unit_test(the_table_is_sound),
        cmocka_unit_test(printed_keys_can_be_read),
        cmocka_unit_test(the_example_works),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
