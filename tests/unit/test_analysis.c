/* The whole analysis of recordings: what does not matter, and what real recordings show. */
#include "unit/signals.h"
#include "unit/test.h"

#include "pipeline/analysis/analysis.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CHANNELS 3
#define RATE     1000.0
#define SECONDS  80

/* A recording as text: three channels, a gap, a tonic and a clonic episode. */
static void write_recording(const char *path)
{
    static float x[CHANNELS][SECONDS * 1000];
    unsigned seed = 77;
    for (size_t c = 0; c < CHANNELS; c++) {
        for (size_t i = 0; i < SECONDS * 1000; i++) {
            x[c][i] = (float)(5 * signal_noise(&seed));
        }
        signal_add_activity(x[c], RATE, 12 + (double)c / 4, 27, 60, &seed);
        for (double at = 45; at < 52; at += 0.22) {
            signal_add_activity(x[c], RATE, at, at + 0.08, 60, &seed);
        }
    }
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs("EMG A (uV),EMG B (uV),EMG C (uV)\n", file);
    for (size_t i = 0; i < SECONDS * 1000; i++) {
        for (size_t c = 0; c < CHANNELS; c++) {
            if (c == 1 && i > 60000 && i < 60500) {
                fputs(",", file);
            } else {
                fprintf(file, "%.2f%s", (double)x[c][i], c + 1 < CHANNELS ? "," : "");
            }
        }
        fputc('\n', file);
    }
    assert_int_equal(fclose(file), 0);
}

/* All that an analysis gives, as text. */
struct transcript {
    char *text;
    size_t size;
    FILE *stream;
};

static enum status write_row(void *context, const struct analysis_row *row, struct error *error)
{
    struct transcript *transcript = context;
    (void)error;
    for (size_t c = 0; c < row->channel_count; c++) {
        fprintf(transcript->stream, "%g %zu %u %a", row->time, c, row->channels[c]->status,
                row->channels[c]->active);
        for (size_t m = 0; m < markers_count; m++) {
            fprintf(transcript->stream, " %a", row->channels[c]->values[m]);
        }
        fputc('\n', transcript->stream);
    }
    return STATUS_OK;
}

static struct transcript analyse(const char *path, const struct parameters *parameters)
{
    struct recording_options options = {.rate = RATE};
    struct recording *recording;
    struct analysis *analysis;
    struct error error = {0};
    struct transcript transcript = {0};
    struct analysis_sink sink = {.context = &transcript, .row = write_row, .tables = true};
    transcript.stream = open_memstream(&transcript.text, &transcript.size);
    assert_int_equal(recording_open(path, &options, &recording, &error), STATUS_OK);
    enum status status = analysis_run(recording, parameters, &sink, &analysis, &error);
    if (status != STATUS_OK) {
        print_error("%s\n", error.message);
    }
    assert_int_equal(status, STATUS_OK);
    const struct table *tables[] = {analysis->bursts, analysis->episodes, analysis->quality,
                                    analysis->trends};
    for (size_t i = 0; i < 4; i++) {
        if (tables[i]) {
            table_write_tsv(tables[i], transcript.stream, true, 0, tables[i]->row_count);
        }
    }
    fclose(transcript.stream);
    analysis_destroy(analysis);
    recording_close(recording);
    return transcript;
}

static void blocks_and_threads_do_not_matter(void **state)
{
    (void)state;
    char path[] = "/tmp/soleus-analysis-XXXXXX.csv";
    int descriptor = mkstemps(path, 4);
    assert_true(descriptor >= 0);
    close(descriptor);
    write_recording(path);
    struct parameters parameters = parameters_defaults();
    parameters.threads = 1;
    struct transcript reference = analyse(path, &parameters);
    assert_non_null(strstr(reference.text, "tonic"));
    assert_non_null(strstr(reference.text, "clonic"));
    static const double blocks[] = {0.013, 1, 7.7, 100};
    for (size_t i = 0; i < 4; i++) {
        parameters.block = blocks[i];
        parameters.threads = 1 + i;
        struct transcript other = analyse(path, &parameters);
        assert_int_equal(other.size, reference.size);
        assert_memory_equal(other.text, reference.text, reference.size);
        free(other.text);
    }
    free(reference.text);
    unlink(path);
}

/* A real recording; the test is skipped where it is not at hand. */
static struct analysis *analyse_real(const char *name, double rate, const char *channels,
                                     struct recording **recording)
{
    const char *folder = getenv("SOLEUS_RECORDINGS");
    char path[4096];
    struct recording_options options = {.rate = rate, .channels = channels};
    struct parameters parameters = parameters_defaults();
    struct analysis_sink sink = {.tables = true};
    struct analysis *analysis;
    snprintf(path, sizeof path, "%s/%s", folder ? folder : "", name);
    if (!folder || access(path, R_OK) != 0) {
        skip();
    }
    assert_int_equal(recording_open(path, &options, recording, NULL), STATUS_OK);
    assert_int_equal(analysis_run(*recording, &parameters, &sink, &analysis, NULL), STATUS_OK);
    return analysis;
}

static double cell(const struct table *table, size_t row, const char *column)
{
    return table_real(table, row, table_find(table, column));
}

static const char *text(const struct table *table, size_t row, const char *column)
{
    return table_text(table, row, table_find(table, column));
}

static void two_holds_are_two_tonic_episodes(void **state)
{
    (void)state;
    struct recording *recording;
    struct analysis *analysis = analyse_real("biceps_holds.csv", 1000, NULL, &recording);
    const struct table *episodes = analysis->episodes;
    static const double expected[][2] = {{9.5, 19.5}, {28.5, 39}};
    assert_int_equal(episodes->row_count, 2);
    for (size_t i = 0; i < 2; i++) {
        double onset = cell(episodes, i, "onset");
        assert_string_equal(text(episodes, i, "trial_type"), "tonic");
        assert_close(onset, expected[i][0], 0.5);
        assert_close(onset + cell(episodes, i, "duration"), expected[i][1], 0.5);
    }
    analysis_destroy(analysis);
    recording_close(recording);
}

static void hum_has_no_episode(void **state)
{
    (void)state;
    struct recording *recording;
    struct analysis *analysis = analyse_real("delsys_trigno.edf", 0, NULL, &recording);
    assert_int_equal(analysis->episodes->row_count, 0);
    assert_close(analysis->mains, 60, 0);
    analysis_destroy(analysis);
    recording_close(recording);
}

/* Seconds of [from, to] with episodes of a channel. */
static double active(const struct table *episodes, const char *channel, double from, double to)
{
    double sum = 0;
    for (size_t i = 0; i < episodes->row_count; i++) {
        if (strcmp(text(episodes, i, "channel"), channel) == 0) {
            double onset = cell(episodes, i, "onset");
            double end = onset + cell(episodes, i, "duration");
            sum += fmax(0, fmin(end, to) - fmax(onset, from));
        }
    }
    return sum;
}

static void fists_are_active_and_rests_are_not(void **state)
{
    (void)state;
    struct recording *recording;
    struct analysis *analysis = analyse_real("myo_fist_rest_annotated.edf", 0, NULL, &recording);
    const struct recording_info *info = recording_info(recording);
    assert_int_equal(info->annotation_count, 12);
    for (size_t c = 0; c < analysis->channel_count; c++) {
        double fist = 0, rest = 0;
        for (size_t i = 0; i < info->annotation_count; i++) {
            const struct annotation *annotation = &info->annotations[i];
            double from = annotation->onset, to = from + annotation->duration;
            double seconds = active(analysis->episodes, analysis_label(analysis, c), from, to);
            *(strcmp(annotation->text, "fist") == 0 ? &fist : &rest) += seconds;
            if (strcmp(annotation->text, "fist") == 0) {
                assert_true(seconds > 0.4); /* the last fist begins a second before the end */
            }
        }
        /* The hand follows the cue later and later, by 3 s in the end: activity falls into rests.
         */
        assert_true(fist > 1.3 * rest);
    }
    analysis_destroy(analysis);
    recording_close(recording);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_and_threads_do_not_matter),
        cmocka_unit_test(two_holds_are_two_tonic_episodes),
        cmocka_unit_test(hum_has_no_episode),
        cmocka_unit_test(fists_are_active_and_rests_are_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
