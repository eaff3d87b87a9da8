/* Text that is easily misread: decimal commas in remarks, states across lost samples, files that
 * only speak of recordings, tables made to take forever. */
#include "unit/reading.h"

#include <time.h>

/* A text that grows. */
struct text {
    char *bytes;
    size_t size;
    FILE *stream;
};

static void begin(struct text *text)
{
    text->stream = open_memstream(&text->bytes, &text->size);
    assert_non_null(text->stream);
}

static struct reading finish(struct text *text, struct recording_options options)
{
    const char *path = reading_path("doubt.txt");
    assert_int_equal(fclose(text->stream), 0);
    reading_write_file(path, text->bytes, text->size);
    free(text->bytes);
    options.all_channels = true;
    return reading_all(path, options, 0);
}

static struct reading read_remark(const char *remark, char delimiter, char mark)
{
    struct text text;
    begin(&text);
    fprintf(text.stream, "%s\nBiceps%cTriceps\n", remark, delimiter);
    for (int i = 0; i < 50; i++) {
        fprintf(text.stream, "%d%c%d%c%d%c%d\n", i * 7 % 11, mark, i % 10, delimiter, i * 5 % 13,
                mark, i * 3 % 10);
    }
    return finish(&text, (struct recording_options){0});
}

/* What stands before a comma is not the whole rate. */
static void remarks_have_decimal_commas(void **state)
{
    (void)state;
    struct reading reading = read_remark("# Sampling rate: 1259,259 Hz", ';', ',');
    assert_int_equal(reading.status, STATUS_OK);
    assert_close(reading.info->channels[0].rate, 1259.259, 1e-9);
    reading_clear(&reading);
    static const char *const vague[] = {"# Sampling rate: 1,000 Hz", "# fs = 2,000"};
    for (size_t i = 0; i < 2; i++) {
        for (int commas = 0; commas < 2; commas++) {
            reading = read_remark(vague[i], ';', commas ? ',' : '.');
            assert_int_equal(reading.status, STATUS_NO_RATE);
            reading_clear(&reading);
        }
    }
    reading = read_remark("# fs: 2000, gain: 5", ',', '.');
    assert_int_equal(reading.status, STATUS_OK);
    assert_close(reading.info->channels[0].rate, 2000, 0);
    reading_clear(&reading);
}

/* A state lasts while samples are lost. */
static void states_span_lost_samples(void **state)
{
    (void)state;
    struct text text;
    begin(&text);
    fprintf(text.stream, "time (s),EMG,state\n");
    for (int i = 0; i < 300; i++) {
        if (i < 120 || i >= 160) {
            fprintf(text.stream, "%.3f,%d,%d\n", i / 1000.0, i * 7 % 31, i >= 100 && i < 200);
        }
    }
    struct reading reading = finish(&text, (struct recording_options){0});
    assert_int_equal(reading.status, STATUS_OK);
    assert_int_equal(reading.counts[0], 300);
    assert_true(isnan(reading.samples[0][120]) && isnan(reading.samples[0][159]));
    assert_int_equal(reading.info->annotation_count, 3);
    assert_string_equal(reading.info->annotations[1].text, "state 1");
    assert_close(reading.info->annotations[1].onset, 0.1, 1e-9);
    assert_close(reading.info->annotations[1].duration, 0.1, 1e-9);
    reading_clear(&reading);
}

/* A sidecar and a README that name Noraxon are no Noraxon tables, and no numbers in JSON or XML are
 * rows. */
static void mentions_are_no_recordings(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "{\n  \"Manufacturer\": \"Noraxon\",\n  \"SamplingFrequency\": 2000,\n"
        "  \"RecordingTime\": 60\n}\n",
        "README\n======\n\nRecorded with a Noraxon Desktop DTS.\nTime, as always, was short.\n"
        "12 subjects took part.\n",
        "{\"samples\": [\n1, 2,\n3, 4,\n5, 6\n]}\n",
        "[\n  1,\n  2,\n  3\n]\n",
        "<?xml version=\"1.0\"?>\n<values>\n1\n2\n3\n4\n</values>\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct probe probe;
        const struct reader *reader =
            registry_claim((const unsigned char *)texts[i], strlen(texts[i]), "some.txt", &probe);
        if (reader && probe.verdict == PROBE_MINE) {
            print_error("text %zu is taken for '%s'\n", i, reader->id);
            fail();
        }
    }
}

/* Lines of a log with a clock time each are no samples. */
static void logs_are_no_recordings(void **state)
{
    (void)state;
    struct text text;
    begin(&text);
    for (int i = 0; i < 200; i++) {
        fprintf(text.stream, "2024-01-01 12:%02d:%02d INFO trial %d\n", i / 60, i % 60, i * 7 % 31);
    }
    struct reading reading = finish(&text, (struct recording_options){0});
    assert_int_equal(reading.status, STATUS_NO_RATE);
    assert_contains(reading.error.message, "as in a log");
    reading_clear(&reading);
}

/* Whole times say nothing of the decimal mark: the samples do. */
static void noraxon_times_may_be_whole(void **state)
{
    (void)state;
    struct text text;
    begin(&text);
    fprintf(text.stream, "Noraxon MR3\nTime,ms\tRT SOLEUS,uV\n");
    for (int i = 0; i < 100; i++) {
        fprintf(text.stream, "%d\t%d,%d\n", i, i * 7 % 31 - 15, i % 10);
    }
    struct reading reading = finish(&text, (struct recording_options){0});
    assert_int_equal(reading.status, STATUS_OK);
    assert_string_equal(reading.info->format, "noraxon");
    assert_close(reading.info->channels[0].rate, 1000, 1e-9);
    assert_close(reading.samples[0][12], 7.2, 1e-6);
    reading_clear(&reading);
}

/* A device that has its counter for a column and nothing else. */
static void counters_are_no_signals(void **state)
{
    (void)state;
    struct text text;
    begin(&text);
    fprintf(text.stream,
            "# OpenSignals Text File Format\n"
            "# {\"A\": {\"column\": [\"nSeq\", \"CH1\"], \"channels\": [1], \"label\": [\"CH1\"], "
            "\"sampling rate\": 1000}, \"B\": {\"column\": [\"nSeq\"], \"channels\": [1], "
            "\"label\": [\"CH1\"], \"sampling rate\": 1000}}\n# EndOfHeader\n");
    for (int i = 0; i < 100; i++) {
        fprintf(text.stream, "%d\t%d\t%d\n", i % 16, i * 7 % 31, (i < 50 ? i : i + 3) % 16);
    }
    struct reading reading = finish(&text, (struct recording_options){0});
    assert_int_equal(reading.status, STATUS_FAILED);
    assert_contains(reading.error.message, "beside its counter");
    reading_clear(&reading);
}

/* As many words as fit: a moment's work, not one for each of them. */
static void wide_lines_take_no_longer(void **state)
{
    (void)state;
    struct text text;
    begin(&text);
    for (int line = 0; line < 4; line++) {
        fputs("1", text.stream);
        for (int i = 0; i < 8000; i++) {
            fputs(",a", text.stream);
        }
        fputs("\n", text.stream);
    }
    clock_t before = clock();
    struct reading reading = finish(&text, (struct recording_options){0});
    assert_int_equal(reading.status, STATUS_NO_RATE);
    assert_true((double)(clock() - before) / CLOCKS_PER_SEC < 5);
    reading_clear(&reading);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(remarks_have_decimal_commas), cmocka_unit_test(states_span_lost_samples),
        cmocka_unit_test(mentions_are_no_recordings),  cmocka_unit_test(noraxon_times_may_be_whole),
        cmocka_unit_test(counters_are_no_signals),     cmocka_unit_test(logs_are_no_recordings),
        cmocka_unit_test(wide_lines_take_no_longer),
    };
    return cmocka_run_group_tests(tests, NULL, reading_teardown);
}
