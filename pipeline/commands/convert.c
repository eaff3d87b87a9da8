/* soleus convert: a recording in another format. */
#include "formats/checked.h"
#include "pipeline/commands/message.h"
#include "pipeline/commands/options.h"
#include "pipeline/commands/signals.h"
#include "pipeline/transfer/comparison.h"
#include "pipeline/transfer/remarks.h"
#include "pipeline/transfer/sidecars.h"
#include "pipeline/transfer/survey.h"

#include <math.h>
#include <string.h>
#include <sys/stat.h>

/* Rates this close are the same but for how they are written down. */
#define RATE_TOLERANCE 1e-9

struct conversion {
    const struct settings *settings;
    const char *input, *target;
    struct recording_options options;
    const struct writer *writer;
    bool twice; /* the input can be read again */
    struct recording *recording;
    struct outline outline;
    struct survey survey;
    struct output *output;
    void *state;            /* of the writer */
    struct digest *digests; /* owned; by channel */
    struct sidecars sidecars;
    bool inexact;
};

static bool is_regular(const char *path)
{
    struct stat about;
    return path && strcmp(path, "-") != 0 && stat(path, &about) == 0 && S_ISREG(about.st_mode);
}

static void show_warnings(const struct conversion *conversion)
{
    message_warnings("convert", conversion->settings, recording_name(conversion->recording),
                     &recording_info(conversion->recording)->warnings);
}

/* The recording's annotations, as far as they are known now, and those of the tables. */
static enum status annotate(struct conversion *conversion, struct error *error)
{
    const struct settings *settings = conversion->settings;
    struct outline *outline = &conversion->outline;
    enum status status = outline_annotate(outline, recording_info(conversion->recording), error);
    for (size_t i = 0; i < settings->annotate.count && status == STATUS_OK; i++) {
        size_t added = 0;
        status = remarks_add(settings->annotate.list[i], outline, &added, error);
        message_note("convert", settings, "%s: %zu annotations", settings->annotate.list[i], added);
    }
    outline_sort(outline);
    return status;
}

static enum status open_input(struct conversion *conversion, struct error *error)
{
    return recording_open(conversion->input, &conversion->options, &conversion->recording, error);
}

/* The first pass over a file: ranges, length, annotations. */
static enum status survey(struct conversion *conversion, struct error *error)
{
    struct outline *outline = &conversion->outline;
    enum status status = survey_create(outline, &conversion->survey, error);
    if (status == STATUS_OK) {
        status = outline_run(outline, conversion->recording, conversion->settings->parameters.block,
                             survey_take, &conversion->survey, error);
    }
    show_warnings(conversion);
    if (status != STATUS_OK) {
        return status;
    }
    outline->info.duration =
        fmin(outline->end, recording_info(conversion->recording)->duration) - outline->start;
    status = annotate(conversion, error);
    recording_close(conversion->recording);
    conversion->recording = NULL;
    return status == STATUS_OK ? open_input(conversion, error) : status;
}

static enum status prepare(struct conversion *conversion, struct error *error)
{
    const struct settings *settings = conversion->settings;
    bool ranged = settings->range[0] < settings->range[1];
    enum status status = open_input(conversion, error);
    if (status == STATUS_OK) {
        status = outline_create(conversion->recording, settings->from, settings->to,
                                &conversion->outline, error);
    }
    if (status == STATUS_OK) {
        status = conversion->twice ? survey(conversion, error) : annotate(conversion, error);
    }
    if (status == STATUS_OK) {
        survey_apply(conversion->twice ? &conversion->survey : NULL, conversion->writer->bits,
                     ranged ? settings->range : NULL, &conversion->outline);
        conversion->digests =
            checked_calloc(conversion->outline.count, sizeof *conversion->digests);
        status = conversion->digests ? STATUS_OK : error_memory(error, "converting a recording");
    }
    return status;
}

static enum status take(void *context, const struct block *block, struct error *error)
{
    struct conversion *conversion = context;
    for (size_t i = 0; i < block->channel_count && !conversion->twice; i++) {
        digest_add(&conversion->digests[i], block->samples[i], block->frames[i]);
    }
    return conversion->writer->write(conversion->state, block, error);
}

static enum status write_all(struct conversion *conversion, struct error *error)
{
    const struct writer *writer = conversion->writer;
    size_t known = conversion->outline.info.annotation_count;
    enum status status =
        writer->open(conversion->output, &conversion->outline.info, &conversion->state, error);
    if (status != STATUS_OK) {
        return status;
    }
    status = outline_run(&conversion->outline, conversion->recording,
                         conversion->settings->parameters.block, take, conversion, error);
    if (!conversion->twice) {
        show_warnings(conversion);
        if (status == STATUS_OK) {
            status = annotate(conversion, error);
        }
    }
    if (status == STATUS_OK) {
        status = writer->close(conversion->state, error);
    } else {
        writer->abort(conversion->state);
    }
    size_t count = conversion->outline.info.annotation_count;
    /* What streams has its annotations in front of the samples. */
    size_t left_out = !writer->annotations ? count : writer->streams ? count - known : 0;
    if (status == STATUS_OK && left_out > 0 && !conversion->settings->sidecars) {
        message_remark(
            "convert", conversion->settings, "%s: %zu annotations are left out, since %s; %s",
            output_name(conversion->output), left_out,
            writer->annotations ? "what was piped in told of them last"
                                : "the format has no place for them",
            strcmp(conversion->target, "-") == 0 ? "write EDF or BDF to keep them"
                                                 : "--sidecars writes them to a file beside it");
    }
    return status;
}

static void report_channel(struct conversion *conversion, size_t i,
                           const struct comparison_channel *result)
{
    const struct channel *channel = &conversion->outline.info.channels[i];
    const char *name = output_name(conversion->output);
    const struct settings *settings = conversion->settings;
    double stray = fabs(result->rate / channel->rate - 1);
    if (stray > RATE_TOLERANCE) {
        message_remark("convert", settings, "%s: channel '%s': %.12g Hz is stored as %.12g Hz",
                       name, channel->label, channel->rate, result->rate);
    }
    if (!conversion->twice) {
        bool same = result->same_unit && result->digest == conversion->digests[i].value;
        conversion->inexact = conversion->inexact || !same;
        if (!same) {
            message_remark("convert", settings,
                           "%s: channel '%s': samples are not those that came in; how far off, "
                           "only a file as input can tell",
                           name, channel->label);
        }
        return;
    }
    conversion->inexact =
        conversion->inexact || result->error > 0 || result->lost > 0 || result->made > 0;
    if (result->error > 0) {
        message_remark("convert", settings, "%s: channel '%s': largest error %.4g %s, at %.10g s",
                       name, channel->label, result->error, channel->unit, result->time);
    }
    if (result->lost > 0 || result->made > 0) {
        message_remark("convert", settings,
                       "%s: channel '%s': %llu samples are lost, %llu stand where there was a gap",
                       name, channel->label, (unsigned long long)result->lost,
                       (unsigned long long)result->made);
    }
}

/* Reads the finished output, not yet in its place, and compares it with the input. */
static enum status check(struct conversion *conversion, struct error *error)
{
    const struct settings *settings = conversion->settings;
    const char *path = output_path(conversion->output);
    struct comparison result = {0};
    struct error problem;
    if ((!settings->read_back && !settings->exact) || !is_regular(path)) {
        return STATUS_OK;
    }
    enum status status = output_seal(conversion->output, error);
    recording_close(conversion->recording);
    conversion->recording = NULL;
    if (status == STATUS_OK && conversion->twice) {
        status = open_input(conversion, error);
    }
    if (status != STATUS_OK) {
        return status;
    }
    if (comparison_make(path, &conversion->outline, conversion->recording,
                        settings->parameters.block, &result, &problem) != STATUS_OK) {
        message_remark("convert", settings, "%s: cannot be read back to be compared: %s",
                       conversion->target, problem.message);
        conversion->inexact = true;
    }
    for (size_t i = 0; i < result.count; i++) {
        report_channel(conversion, i, &result.channels[i]);
    }
    comparison_clear(&result);
    if (conversion->inexact && settings->exact) {
        return error_set(error, STATUS_FAILED,
                         "%s: does not hold the samples exactly (--exact), and is not written; "
                         "floats hold them in .au, .w64 and .csv, more bits in .bdf",
                         conversion->target);
    }
    if (!conversion->inexact) {
        message_note("convert", settings, "%s: every sample reads back the same",
                     conversion->target);
    }
    return STATUS_OK;
}

static enum status convert(struct conversion *conversion, struct error *error)
{
    const struct settings *settings = conversion->settings;
    enum status status = signals_target(settings, &conversion->target, &conversion->writer, error);
    if (status == STATUS_OK && settings->sidecars && strcmp(conversion->target, "-") == 0) {
        status = error_set(error, STATUS_USAGE,
                           "--sidecars writes beside the recording; give a file with -o");
    }
    if (status == STATUS_OK) {
        status = output_check(conversion->target, conversion->input, settings->force, error);
    }
    if (status == STATUS_OK) {
        status = prepare(conversion, error);
    }
    if (status == STATUS_OK && settings->sidecars) {
        status = sidecars_check_input(conversion->target, conversion->input,
                                      recording_info(conversion->recording),
                                      settings->recording.scale, error);
    }
    if (status == STATUS_OK) {
        status = output_create(conversion->target, conversion->input, settings->force,
                               &conversion->output, error);
    }
    if (status == STATUS_OK && settings->sidecars) {
        status = sidecars_create(&conversion->sidecars, conversion->target, conversion->input,
                                 settings->force, error);
    }
    if (status == STATUS_OK) {
        status = write_all(conversion, error);
    }
    if (status == STATUS_OK) {
        status = check(conversion, error);
    }
    if (status == STATUS_OK && settings->sidecars) {
        status = sidecars_write(&conversion->sidecars, &conversion->outline.info, error);
    }
    return signals_finish(status, conversion->output, error);
}

static int run(struct settings *settings, size_t count, char **operands)
{
    struct error error;
    struct conversion conversion = {
        .settings = settings, .input = count ? operands[0] : "-", .options = settings->recording};
    conversion.options.all_channels = true;
    conversion.twice = is_regular(conversion.input);
    enum status status = convert(&conversion, &error);
    sidecars_abort(&conversion.sidecars);
    survey_clear(&conversion.survey);
    outline_clear(&conversion.outline);
    free(conversion.digests);
    recording_close(conversion.recording);
    return status == STATUS_OK ? EXIT_DONE : message_error("convert", &error);
}

static const struct option_row own[] = {
    {.kind = OPTION_TITLE, .help = "Conversion:"},
    {"to-format", 0, OPTION_TEXT, "ID", SETTING(to_format), 0, 0, NULL, false,
     "format to write (see 'soleus formats'; default: by OUT's ending)"},
    {"from", 0, OPTION_REAL, "S", SETTING(from), 0, 1e9, NULL, false,
     "begin there, seconds into the recording (0)"},
    {"to", 0, OPTION_REAL, "S", SETTING(to), 1e-9, 1e9, NULL, false,
     "end before there (the recording's end)"},
    {"range", 0, OPTION_RANGE, "LOW-HIGH", SETTING(range), -1e9, 1e9, NULL, false,
     "limits of the samples for EDF and BDF (that of the samples; of pipes: as declared)"},
    {"exact", 0, OPTION_FLAG, NULL, SETTING(exact), 0, 0, NULL, false,
     "fail if any sample would be changed"},
    {"annotate", 0, OPTION_TEXTS, "FILE", SETTING(annotate), 0, 0, NULL, false,
     "add events (BIDS, TSV) as annotations; may be repeated"},
    {"sidecars", 0, OPTION_FLAG, NULL, SETTING(sidecars), 0, 0, NULL, false,
     "write rate, units, muscles and annotations to files beside OUT"},
    {"no-read-back", 0, OPTION_NEGATED, NULL, SETTING(read_back), 0, 0, NULL, true,
     "do not read OUT back to compare it with IN"},
    {.kind = OPTION_END},
};
static const struct option_row *const groups[] = {options_recording, own, options_output, NULL};

const struct command command_convert = {
    .name = "convert",
    .summary = "write a recording in another format",
    .arguments = "[IN] -o OUT",
    .description =
        "Writes all channels of a recording (or those of --channels) to OUT, whose ending picks "
        "the "
        "format: EDF+, BDF+, WAV, W64, AU, CSV, TSV and what else 'soleus formats' lists. - is a "
        "pipe (AU). Nothing is resampled or filtered.\n\n"
        "OUT is read back and compared with IN: where samples are not the same, the largest "
        "difference is told for each channel. EDF and BDF hold whole numbers: those of the "
        "recording where it has some (counts of a converter, decimals of a table), else the "
        "range of the samples is divided evenly. Gaps become discontinuities (EDF+D, BDF+D), or, "
        "within a data record, are filled with zero and annotated 'No data'.\n\n"
        "--annotate puts episodes in as annotations such as 'tonic [TA L]', for review in "
        "EDFbrowser "
        "or SigViewer; 'soleus episodes --from-annotations' takes the corrected ones back.",
    .examples = "  soleus convert night.bdf -o night.edf\n"
                "  soleus convert hold.mat --rate 1000 --scale 1 -o hold.edf --sidecars\n"
                "  soleus convert night.edf --annotate night_events.tsv -o review.edf\n"
                "  soleus convert night.edf --from 3600 --to 3660 -o minute.csv\n",
    .operands_maximum = 1,
    .groups = groups,
    .run = run,
};
