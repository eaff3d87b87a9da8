/* Recordings from one format to another: every reader with samples to every writer, measured apart
 * from the program's own measuring; intervals; what annotations become and become again. */
#include "unit/empty_folder.h"
#include "unit/read_back.h"

#include "formats/registry.h"
#include "formats/text.h"
#include "pipeline/transfer/comparison.h"
#include "pipeline/transfer/remarks.h"
#include "pipeline/transfer/survey.h"

#include <dirent.h>

/* What a pair is tried with. */
static const struct recording_options as_given = {
    .scale = 1, .rate = 1000, .rate_fallback = true, .all_channels = true};

static enum status write_block(void *context, const struct block *block, struct error *error)
{
    void **pair = context;
    return ((const struct writer *)pair[0])->write(pair[1], block, error);
}

/* Opens path, fills the outline and the ranges as convert does. */
static void plan(const char *path, const struct recording_options *options, int bits, double from,
                 double to, struct recording **recording, struct outline *outline)
{
    struct survey survey = {0};
    struct error error;
    assert_int_equal(recording_open(path, options, recording, &error), STATUS_OK);
    assert_int_equal(outline_create(*recording, from, to, outline, &error), STATUS_OK);
    assert_int_equal(survey_create(outline, &survey, &error), STATUS_OK);
    assert_int_equal(outline_run(outline, *recording, 0.7, survey_take, &survey, &error),
                     STATUS_OK);
    assert_int_equal(outline_annotate(outline, recording_info(*recording), &error), STATUS_OK);
    survey_apply(&survey, bits, NULL, outline);
    survey_clear(&survey);
    recording_close(*recording);
    assert_int_equal(recording_open(path, options, recording, &error), STATUS_OK);
}

static enum status write_to(const char *path, const struct writer *writer,
                            struct recording *recording, struct outline *outline,
                            struct error *error)
{
    struct output *output = NULL;
    void *pair[2] = {(void *)writer, NULL};
    assert_int_equal(output_create(path, NULL, true, &output, error), STATUS_OK);
    enum status status = writer->open(output, &outline->info, &pair[1], error);
    if (status == STATUS_OK) {
        status = outline_run(outline, recording, 0.3, write_block, pair, error);
        assert_int_equal(status, STATUS_OK);
        status = writer->close(pair[1], error);
    }
    if (status == STATUS_OK) {
        return output_commit(output, error);
    }
    output_abort(output);
    return status;
}

/* What may keep a recording out of a format. */
static bool may_be_refused(const struct outline *outline, const struct writer *writer)
{
    for (size_t i = 0; i < outline->count; i++) {
        double rate = outline->info.channels[i].rate;
        if (!writer->mixed_rates && rate != outline->info.channels[0].rate) {
            return true;
        }
        if (strstr("wav w64", writer->id) && rate != rint(rate)) {
            return true;
        }
    }
    return false;
}

/* The largest error allowed of a channel: half a step of what the range leaves. */
static double allowed(const struct channel *before, const struct channel *after, int bits)
{
    double span = after->maximum - after->minimum;
    double size = fmax(fabs(before->minimum), fabs(before->maximum));
    return bits == 0 ? 0 : 0.51 * span / (ldexp(1, bits) - 1) + 1.2e-7 * size + 5e-7 * span;
}

static size_t pairs, exact;

static void convert_pair(const char *path, const struct writer *writer)
{
    char to[4096];
    struct recording *recording = NULL;
    struct outline outline = {0};
    struct read_back before, after;
    struct comparison_channel *results;
    struct error error = {0};
    if (read_back(path, &as_given, 1, 0, &before, &error) != STATUS_OK) {
        read_back_clear(&before);
        return;
    }
    plan(path, &as_given, writer->bits, 0, 0, &recording, &outline);
    snprintf(to, sizeof to, "%s/converted.%s", empty_folder, writer->id);
    if (write_to(to, writer, recording, &outline, &error) != STATUS_OK) {
        if (!may_be_refused(&outline, writer)) {
            fail_msg("%s to %s: %s", path, writer->id, error.message);
        }
        goto out;
    }
    recording_close(recording);
    assert_int_equal(recording_open(path, &as_given, &recording, &error), STATUS_OK);
    struct comparison report;
    if (comparison_make(to, &outline, recording, 0.9, &report, &error) != STATUS_OK) {
        fail_msg("%s to %s: %s", path, writer->id, error.message);
    }
    results = report.channels;
    struct recording_options options = {.all_channels = true};
    assert_int_equal(read_back(to, &options, 1, 0, &after, &error), STATUS_OK);
    assert_int_equal(after.info->channel_count, before.info->channel_count);
    bool same = true;
    for (size_t c = 0; c < outline.count; c++) {
        const struct channel *a = &before.info->channels[c], *b = &after.info->channels[c];
        double one = text_microvolts_per(b->unit), other = text_microvolts_per(a->unit);
        double factor = one > 0 && other > 0 ? one / other : 1, largest = 0;
        assert_true(after.counts[c] >= before.counts[c]);
        for (size_t i = 0; i < after.counts[c]; i++) {
            double x = i < before.counts[c] ? before.samples[c][i] : NAN;
            double y = after.samples[c][i] * factor;
            if (!isnan(x) != !isnan(y)) {
                fail_msg("%s to %s: sample %zu of channel %zu was %g, is %g", path, writer->id, i,
                         c + 1, x, y);
            }
            largest = fmax(largest, fabs(x - y));
        }
        assert_true(largest == results[c].error);
        if (!(largest <= allowed(&outline.info.channels[c], b, writer->bits))) {
            fail_msg("%s to %s: channel %zu is %g off", path, writer->id, c + 1, largest);
        }
        if (results[c].lost || results[c].made) {
            fail_msg("%s to %s: channel %zu: %zu lost, %zu made", path, writer->id, c + 1,
                     (size_t)results[c].lost, (size_t)results[c].made);
        }
        same = same && largest == 0;
    }
    if (writer->annotations && after.info->annotation_count != before.info->annotation_count) {
        fail_msg("%s to %s: %zu annotations became %zu", path, writer->id,
                 before.info->annotation_count, after.info->annotation_count);
    }
    /* What is whole numbers of no more bits stays what it is. */
    if (strcmp(outline.info.format, "edf") == 0 || strcmp(writer->id, outline.info.format) == 0) {
        assert_true(same);
    }
    pairs++;
    exact += same;
    read_back_clear(&after);
    comparison_clear(&report);
    unlink(to);
out:
    recording_close(recording);
    outline_clear(&outline);
    read_back_clear(&before);
}

/* Every pair; where each step is watched for its use of memory, every fourth. */
#if defined(__SANITIZE_ADDRESS__)
#define PAIRS_STEP 4
#else
#define PAIRS_STEP 1
#endif

static void every_reader_to_every_writer(void **state)
{
    (void)state;
    char path[4096];
    DIR *samples = opendir(sample_path("", path));
    size_t number = 0;
    assert_non_null(samples);
    for (struct dirent *entry; (entry = readdir(samples));) {
        /* A channel without a scale is refused, as it should be; one sample is no table with a
         * rate. */
        if (strncmp(entry->d_name, "good-", 5) != 0 || strstr(entry->d_name, "unreadable") ||
            strstr(entry->d_name, "one-sample")) {
            continue;
        }
        number++;
        for (size_t w = 0; registry_writers[w]; w++) {
            if ((number + w) % PAIRS_STEP == 0) {
                convert_pair(sample_path(entry->d_name, path), registry_writers[w]);
            }
        }
    }
    closedir(samples);
    print_message("%zu pairs, %zu of them exact\n", pairs, exact);
    assert_true(pairs > 250);
    assert_true(exact * 10 > pairs * 9);
}

/* An interval holds the samples that it should, begins when it should, and cuts annotations. */
static void intervals_are_exact(void **state)
{
    (void)state;
    static const double intervals[][2] = {{0, 0}, {1, 2}, {0.3, 0.31}, {0.005, 2.995}, {2.5, 0}};
    char path[4096], to[4096];
    sample_path("good-edf-annotations.edf", path);
    struct read_back whole, part;
    struct error error;
    struct recording_options options = {.all_channels = true};
    assert_int_equal(read_back(path, &options, 1, 0, &whole, &error), STATUS_OK);
    for (size_t n = 0; n < sizeof intervals / sizeof *intervals; n++) {
        struct recording *recording;
        struct outline outline;
        double from = intervals[n][0], until = intervals[n][1];
        double rate = whole.info->channels[0].rate;
        size_t first = 0, count = 0, kept = 0;
        for (size_t i = 0; i < whole.counts[0]; i++) {
            bool inside =
                (double)i / rate >= from - 1e-9 && (until == 0 || (double)i / rate < until - 1e-9);
            first = inside && count == 0 ? i : first;
            count += inside;
        }
        for (size_t i = 0; i < whole.info->annotation_count; i++) {
            const struct annotation *a = &whole.info->annotations[i];
            double end = a->onset + (a->duration > 0 ? a->duration : 0);
            bool begins = a->onset >= (double)first / rate || from == 0;
            kept += (begins || end > (double)first / rate) && (until == 0 || a->onset < until);
        }
        plan(path, &options, 16, from, until, &recording, &outline);
        snprintf(to, sizeof to, "%s/part.edf", empty_folder);
        assert_int_equal(write_to(to, registry_writer("edf"), recording, &outline, &error),
                         STATUS_OK);
        assert_int_equal(read_back(to, &options, 1, 0, &part, &error), STATUS_OK);
        assert_int_equal(part.counts[0], count);
        assert_memory_equal(part.samples[0], whole.samples[0] + first, count * sizeof(float));
        double shift = (double)(part.info->start.seconds - whole.info->start.seconds) +
                       part.info->start.fraction - whole.info->start.fraction;
        assert_close(shift, (double)first / rate, 1e-6);
        assert_int_equal(part.info->annotation_count, kept);
        for (size_t i = 0; i < part.info->annotation_count; i++) {
            const struct annotation *a = &part.info->annotations[i];
            assert_true(until == 0 || a->onset < until - from + 1e-6);
            assert_true(until == 0 || !(a->onset + a->duration > until - from + 1e-6));
        }
        read_back_clear(&part);
        recording_close(recording);
        outline_clear(&outline);
        unlink(to);
    }
    read_back_clear(&whole);
}

static void remarks_are_taken_apart(void **state)
{
    (void)state;
    static const struct {
        const char *text, *type, *label;
        bool cut;
    } cases[] = {
        {"tonic [Gastrocnemius L]", "tonic", "Gastrocnemius L", false},
        {"  Tonic   [ TA ] ", "Tonic", "TA", false},
        {"clonic", "clonic", "", false},
        {"tonic-clonic [Gastrocnemius later", "tonic-clonic", "Gastrocnemius later", true},
        {"tonic [EMG [2]]", "tonic", "EMG [2]", false},
        {"tonic@@TA [2]", "tonic", "TA [2]", false},
        {"[TA]", "", "TA", false},
        {"", "", "", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct remark remark = remark_parse(cases[i].text);
        assert_string_equal(remark.type, cases[i].type);
        assert_string_equal(remark.label, cases[i].label);
        assert_int_equal(remark.cut, cases[i].cut);
    }
    struct channel channel = {.label = "Gastrocnemius me"};
    struct remark remark = {.label = "gastrocnemius medialis"};
    assert_true(remark_is_of(&remark, &channel));
    strcpy(channel.label, "Pr\xc3\xbc"
                          "fung");
    strcpy(remark.label, "Prufung");
    assert_true(remark_is_of(&remark, &channel));
    strcpy(remark.label, "Pruf");
    assert_false(remark_is_of(&remark, &channel));
    remark.cut = true;
    assert_true(remark_is_of(&remark, &channel));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_reader_to_every_writer),
        cmocka_unit_test(intervals_are_exact),
        cmocka_unit_test(remarks_are_taken_apart),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
