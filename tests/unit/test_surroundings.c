/* What lies around episodes, from whole recordings that are made for it. */
#include "unit/signals.h"
#include "unit/test.h"

#include "pipeline/analysis/analysis.h"
#include "pipeline/analysis/named_events.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CHANNELS 3
#define RATE     1000.0
#define SECONDS  480

static char recording_path[] = "/tmp/soleus-surroundings-XXXXXX.csv";
static char events_path[] = "/tmp/soleus-surroundings-XXXXXX.tsv";

/* A: a maximal contraction at 20, jerks every 20 s to 200 and every 5 s in the minute before a
 * tonic episode at 300, one that begins in a walk at 358, a tonic-clonic one at 420.
 * B: follows at 300.5, clonic from 350 on. C: silent, of one value. */
static void add_all(float x[CHANNELS][SECONDS * 1000])
{
    unsigned seed = 5;
    for (size_t i = 0; i < SECONDS * 1000; i++) {
        x[0][i] = (float)(5 * signal_noise(&seed));
        x[1][i] = (float)(5 * signal_noise(&seed));
    }
    signal_add_activity(x[0], RATE, 20, 28, 120, &seed);
    for (double at = 35; at < 200; at += 20) {
        signal_add_activity(x[0], RATE, at, at + 0.08, 60, &seed);
    }
    for (double at = 242.5; at < 299; at += 5) {
        signal_add_activity(x[0], RATE, at, at + 0.08, 60, &seed);
    }
    signal_add_activity(x[0], RATE, 300, 320, 60, &seed);
    signal_add_activity(x[1], RATE, 300.5, 318, 60, &seed);
    for (double at = 350; at < 360; at += 0.25) {
        signal_add_activity(x[1], RATE, at, at + 0.09, 60, &seed);
    }
    signal_add_activity(x[0], RATE, 358, 370, 60, &seed);
    signal_add_activity(x[0], RATE, 420, 426, 60, &seed);
    for (double at = 426.16; at < 436; at += 0.25) {
        signal_add_activity(x[0], RATE, at, at + 0.09, 60, &seed);
    }
}

static void make_file(char *path)
{
    int descriptor = mkstemps(path, 4);
    assert_true(descriptor >= 0);
    close(descriptor);
}

static int make_files(void **state)
{
    static float x[CHANNELS][SECONDS * 1000];
    (void)state;
    add_all(x);
    make_file(recording_path);
    make_file(events_path);
    FILE *file = fopen(recording_path, "w");
    assert_non_null(file);
    fputs("EMG A (uV),EMG B (uV),EMG C (uV)\n", file);
    for (size_t i = 0; i < SECONDS * 1000; i++) {
        fprintf(file, "%.2f,%.2f,%.2f\n", (double)x[0][i], (double)x[1][i], (double)x[2][i]);
    }
    return fclose(file);
}

static int remove_files(void **state)
{
    (void)state;
    unlink(recording_path);
    unlink(events_path);
    return 0;
}

/* The episodes and the quality of the recording, with these events. */
struct result {
    struct recording *recording;
    struct analysis *analysis;
};

static struct result analyse(const char *events, struct parameters parameters)
{
    struct recording_options options = {.rate = RATE};
    struct result result;
    struct error error = {0};
    struct analysis_sink sink = {.tables = true};
    FILE *file = fopen(events_path, "w");
    assert_non_null(file);
    fprintf(file, "onset\tduration\ttrial_type\tchannel\n%s", events);
    assert_int_equal(fclose(file), 0);
    parameters.events = events_path;
    assert_int_equal(recording_open(recording_path, &options, &result.recording, &error),
                     STATUS_OK);
    if (analysis_run(result.recording, &parameters, &sink, &result.analysis, &error)) {
        print_error("%s\n", error.message);
        fail();
    }
    return result;
}

static void clear(struct result *result)
{
    analysis_destroy(result->analysis);
    recording_close(result->recording);
}

static double cell(const struct result *result, size_t row, const char *column)
{
    const struct table *table = result->analysis->episodes;
    size_t index = table_find(table, column);
    assert_true(index != SIZE_MAX);
    return table_real(table, row, index);
}

static const char *text(const struct result *result, size_t row, const char *column)
{
    const struct table *table = result->analysis->episodes;
    size_t index = table_find(table, column);
    assert_true(index != SIZE_MAX);
    const char *found = table_text(table, row, index);
    return found ? found : "";
}

/* The row of a channel's episode near an onset; SIZE_MAX when there is none. */
static size_t row_at(const struct result *result, const char *channel, double onset)
{
    for (size_t row = 0; row < result->analysis->episodes->row_count; row++) {
        if (strcmp(text(result, row, "channel"), channel) == 0 &&
            fabs(cell(result, row, "onset") - onset) < 0.3) {
            return row;
        }
    }
    return SIZE_MAX;
}

static void an_event_is_told_with_its_channels(void **state)
{
    (void)state;
    struct result result = analyse("", parameters_defaults());
    size_t a = row_at(&result, "EMG A", 300), b = row_at(&result, "EMG B", 300.5);
    assert_true(a != SIZE_MAX && b != SIZE_MAX);
    const char *order = text(&result, b, "spread_order");
    double delay = cell(&result, b, "delay");
    char expected[64];
    snprintf(expected, sizeof expected, "EMG A+0.000;EMG B+%.3f", delay);
    assert_close(delay, 0.5, 0.15);
    assert_string_equal(order, expected);
    assert_string_equal(text(&result, a, "spread_order"), expected);
    /* C holds one value: it is bad, and its absence says nothing. */
    assert_string_equal(text(&result, a, "extent"), "generalised");
    assert_string_equal(text(&result, row_at(&result, "EMG A", 420), "extent"), "partial");
    /* No start time, no nights. */
    assert_string_equal(text(&result, a, "night"), "");
    assert_string_equal(text(&result, a, "clock_time"), "");
    assert_null(strstr(text(&result, a, "flags"), "nocturnal"));
    clear(&result);
}

static void twitches_before_an_episode(void **state)
{
    (void)state;
    struct result result = analyse("", parameters_defaults());
    size_t a = row_at(&result, "EMG A", 300), b = row_at(&result, "EMG B", 300.5);
    size_t first = row_at(&result, "EMG A", 20);
    assert_true(a != SIZE_MAX && b != SIZE_MAX && first != SIZE_MAX);
    assert_close(cell(&result, a, "prodrome_rate"), 12, 1.01);
    /* Nine in what is clear of episodes and of minutes before them: some 270 s. */
    double ratio = cell(&result, a, "prodrome_rate") / cell(&result, a, "prodrome_ratio");
    assert_close(ratio, 2, 0.4);
    assert_close(cell(&result, b, "prodrome_rate"), 0, 1.01);
    assert_close(cell(&result, b, "prodrome_rms_slope"), 0, 5);
    /* The recording begins 20 s before the first one; jerks have no prodrome. */
    assert_true(isnan(cell(&result, first, "prodrome_rate")));
    size_t jerk = row_at(&result, "EMG A", 55);
    assert_true(jerk != SIZE_MAX);
    assert_string_equal(text(&result, jerk, "trial_type"), "myoclonic");
    assert_true(isnan(cell(&result, jerk, "prodrome_rate")));
    assert_string_equal(text(&result, jerk, "recovery_reason"), "");
    clear(&result);
}

static void recovery_and_what_it_waits_for(void **state)
{
    (void)state;
    struct parameters parameters = parameters_defaults();
    struct result result = analyse("", parameters);
    size_t a = row_at(&result, "EMG A", 300), b = row_at(&result, "EMG B", 300.5);
    assert_close(cell(&result, a, "recovery_rms"), 0.5, 0.7);
    assert_close(cell(&result, b, "recovery_rms"), 0.5, 0.7);
    assert_null(strstr(text(&result, a, "flags"), "not_recovered"));
    /* A was active before (at 20) and after (at 358), of one spectrum: */
    assert_close(cell(&result, a, "recovery_mdf"), 38, 3);
    assert_true(isnan(cell(&result, b, "recovery_mdf")));
    assert_string_equal(text(&result, b, "recovery_reason"), "no_activity_before");
    clear(&result);
    parameters.recovery_epochs = 60; /* more than there are before the next episode */
    result = analyse("", parameters);
    a = row_at(&result, "EMG A", 300);
    assert_true(isnan(cell(&result, a, "recovery_rms")));
    assert_non_null(strstr(text(&result, a, "flags"), "not_recovered"));
    assert_non_null(strstr(text(&result, a, "recovery_reason"), "rms_censored"));
    clear(&result);
}

static void relief_is_from_the_first_intervention(void **state)
{
    (void)state;
    struct parameters parameters = parameters_defaults();
    struct result result = analyse("314\t0\tINTERVENTION\tn/a\n310\tn/a\tIntervention\tEMG A\n"
                                   "299\t5\tintervention\tn/a\n312\t1\tstretch\tn/a\n",
                                   parameters);
    size_t a = row_at(&result, "EMG A", 300), b = row_at(&result, "EMG B", 300.5);
    double end_a = cell(&result, a, "onset") + cell(&result, a, "duration");
    double end_b = cell(&result, b, "onset") + cell(&result, b, "duration");
    assert_close(cell(&result, a, "relief"), end_a - 310, 1e-6);
    assert_close(cell(&result, b, "relief"), end_b - 314, 1e-6);
    assert_true(isnan(cell(&result, row_at(&result, "EMG B", 350), "relief")));
    clear(&result);
    parameters.intervention = "massage,stretch*";
    result = analyse("312\t1\tstretching\tn/a\n310\t1\tintervention\tn/a\n", parameters);
    assert_close(cell(&result, row_at(&result, "EMG A", 300), "relief"), end_a - 312, 1e-6);
    clear(&result);
}

static void named_intervals_are_left_out(void **state)
{
    (void)state;
    struct parameters parameters = parameters_defaults();
    parameters.excluded = "mvc,walk*";
    struct result result =
        analyse("19\t10\tMVC\tEMG A\n355\t25\twalking\tn/a\n425\t20\twalk\tEMG A\n", parameters);
    assert_int_equal(row_at(&result, "EMG A", 20), SIZE_MAX);
    assert_int_equal(row_at(&result, "EMG A", 358), SIZE_MAX);
    size_t clonic = row_at(&result, "EMG B", 350), both = row_at(&result, "EMG A", 420);
    assert_true(clonic != SIZE_MAX && both != SIZE_MAX);
    assert_string_equal(text(&result, clonic, "trial_type"), "clonic");
    assert_close(cell(&result, clonic, "onset") + cell(&result, clonic, "duration"), 355, 1e-6);
    assert_close(cell(&result, clonic, "burst_rate"), 4, 0.1);
    assert_close(cell(&result, clonic, "burst_count"), 20, 1);
    assert_non_null(strstr(text(&result, clonic, "flags"), "cut"));
    /* What is left of the tonic-clonic one is its tonic phase. */
    assert_string_equal(text(&result, both, "trial_type"), "tonic");
    assert_close(cell(&result, both, "onset") + cell(&result, both, "duration"), 425, 1e-6);
    assert_null(strstr(text(&result, row_at(&result, "EMG A", 300), "flags"), "cut"));
    clear(&result);
    /* Too short for its class, or nothing before it. */
    result = analyse("350.4\t25\twalk\tn/a\n420.3\t30\twalk\tEMG B\n420.3\t1\twalk\tEMG A\n",
                     parameters);
    assert_int_equal(row_at(&result, "EMG B", 350), SIZE_MAX);
    assert_int_equal(row_at(&result, "EMG A", 420), SIZE_MAX);
    clear(&result);
}

/* The part of the test activity's power that lies in 20 to 450 Hz. */
static double share_of_band(void)
{
    double radius = exp(-M_PI * 120 / RATE), in = 0, all = 0;
    double a1 = 2 * radius * cos(2 * M_PI * 100 / RATE), a2 = -radius * radius;
    for (double f = 0.5; f < RATE / 2; f++) {
        double w = 2 * M_PI * f / RATE;
        double re = 1 - a1 * cos(w) - a2 * cos(2 * w), im = a1 * sin(w) + a2 * sin(2 * w);
        double power = 1 / (re * re + im * im);
        all += power;
        in += f > 20 && f < 450 ? power : 0;
    }
    return in / all;
}

static void amplitudes_are_percent_of_the_maximum(void **state)
{
    (void)state;
    struct parameters parameters = parameters_defaults();
    parameters.mvc_event = "mvc";
    struct result result = analyse("19.5\t9\tmvc\tEMG A\n", parameters);
    size_t a = row_at(&result, "EMG A", 300), b = row_at(&result, "EMG B", 300.5);
    /* Half the amplitude of the contraction, whose largest half second lies above its mean. */
    assert_close(cell(&result, a, "mean_mvc"), 45, 5);
    assert_true(cell(&result, a, "peak_mvc") > cell(&result, a, "mean_mvc"));
    assert_close(cell(&result, a, "peak_mvc"), 51, 6);
    assert_true(isnan(cell(&result, b, "mean_mvc")));
    clear(&result);
    parameters.mvc_event = NULL;
    parameters.mvc = "emg b=120";
    result = analyse("", parameters);
    double power = 60 * 60 * share_of_band() + 25 * 430 / 500.0;
    assert_close(cell(&result, b, "mean_mvc"), 100 * sqrt(power) / 120, 0.5);
    assert_true(isnan(cell(&result, a, "mean_mvc")));
    clear(&result);
}

static void blocks_and_threads_do_not_matter(void **state)
{
    (void)state;
    char *texts[3];
    size_t sizes[3];
    for (size_t i = 0; i < 3; i++) {
        struct parameters parameters = parameters_defaults();
        parameters.excluded = "walk";
        parameters.mvc_event = "mvc";
        parameters.block = i == 0 ? 4 : i == 1 ? 0.37 : 600;
        parameters.threads = 1 + i;
        struct result result = analyse("355\t25\twalk\tn/a\n19\t6\tmvc\tn/a\n", parameters);
        FILE *stream = open_memstream(&texts[i], &sizes[i]);
        table_write_tsv(result.analysis->episodes, stream, true, 0,
                        result.analysis->episodes->row_count);
        table_write_tsv(result.analysis->quality, stream, true, 0, 3);
        fclose(stream);
        clear(&result);
        assert_int_equal(sizes[i], sizes[0]);
        assert_memory_equal(texts[i], texts[0], sizes[0]);
    }
    for (size_t i = 0; i < 3; i++) {
        free(texts[i]);
    }
}

static void what_is_asked_for_and_not_there_is_told(void **state)
{
    (void)state;
    struct parameters parameters = parameters_defaults();
    parameters.excluded = "stairs";
    parameters.mvc = "Soleus=3,EMG A=4";
    struct result result = analyse("5\t5\twalk\tn/a\n", parameters);
    const struct warnings *warnings = &recording_info(result.recording)->warnings;
    bool stairs = false, soleus = false;
    for (size_t i = 0; i < warnings->count; i++) {
        stairs = stairs || strstr(warnings->texts[i], "'stairs'");
        soleus = soleus || strstr(warnings->texts[i], "'Soleus'");
    }
    assert_true(stairs && soleus);
    clear(&result);
}

/* Annotations name a channel in brackets; what is none is a remark. */
static void annotations_are_events(void **state)
{
    (void)state;
    struct recording_info info = {0};
    struct named_events events;
    static const size_t indexes[] = {0, 2};
    static const char *const texts[] = {"walk",           "Walk [TA L]", "walk [fast]",
                                        "walking [GM R]", "run",         "walk [SOL]"};
    assert_int_equal(recording_info_allocate(&info, 3, NULL), STATUS_OK);
    strcpy(info.channels[0].label, "TA L");
    strcpy(info.channels[1].label, "GM R");
    strcpy(info.channels[2].label, "SOL");
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(recording_info_annotate(&info, 10 - (double)i, i == 0 ? NAN : 1, texts[i],
                                                 strlen(texts[i]), NULL),
                         STATUS_OK);
    }
    assert_int_equal(named_events_find(NULL, &info, indexes, 2, "stairs, walk*", &events, NULL),
                     STATUS_OK);
    assert_int_equal(events.count, 4);
    assert_int_equal(events.elsewhere, 1);
    static const size_t channels[] = {1, NAMED_ALL_CHANNELS, 0, NAMED_ALL_CHANNELS};
    static const double onsets[] = {5, 8, 9, 10};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(events.list[i].channel, channels[i]);
        assert_close(events.list[i].onset, onsets[i], 0);
        assert_close(events.list[i].duration, i < 3 ? 1 : 0, 0);
    }
    named_events_clear(&events);
    recording_info_clear(&info);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_event_is_told_with_its_channels),
        cmocka_unit_test(twitches_before_an_episode),
        cmocka_unit_test(recovery_and_what_it_waits_for),
        cmocka_unit_test(relief_is_from_the_first_intervention),
        cmocka_unit_test(named_intervals_are_left_out),
        cmocka_unit_test(amplitudes_are_percent_of_the_maximum),
        cmocka_unit_test(blocks_and_threads_do_not_matter),
        cmocka_unit_test(what_is_asked_for_and_not_there_is_told),
        cmocka_unit_test(annotations_are_events),
    };
    return cmocka_run_group_tests(tests, make_files, remove_files);
}
