/* soleus simulate: a recording with known truth. */
#include "pipeline/simulate/simulate.h"
#include "formats/registry.h"
#include "pipeline/beside.h"
#include "pipeline/commands/message.h"
#include "pipeline/commands/options.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#define PATH_SIZE BESIDE_SIZE

/* What is written beside the recording; a path is empty when it is not. */
enum { FILE_EVENTS, FILE_SIDECAR, FILE_BURSTS, FILE_ARTEFACTS, FILE_COUNT };

struct job {
    const struct settings *settings;
    const char *input, *target;
    struct specification *specification;
    struct simulation *simulation;
    const struct writer *writer;
    void *state; /* of the writer */
    struct block block;
    struct output *recording;
    char paths[FILE_COUNT][PATH_SIZE];
    struct output *files[FILE_COUNT];
};

static enum status choose_paths(struct job *job, struct error *error)
{
    const struct settings *settings = job->settings;
    bool piped = strcmp(job->target, "-") == 0;
    enum status status = STATUS_OK;
    if (piped && (settings->bursts || settings->artefacts)) {
        return error_set(error, STATUS_USAGE,
                         "--bursts and --artefacts write beside the recording; give a file with "
                         "-o");
    }
    if (settings->truth) {
        size_t length = strlen(settings->truth);
        bool tsv = length > 4 && strcmp(settings->truth + length - 4, ".tsv") == 0;
        if (length + 32 > PATH_SIZE) {
            return error_set(error, STATUS_USAGE, "--truth: the path is too long");
        }
        if (piped && strcmp(settings->truth, "-") == 0) {
            return error_set(error, STATUS_USAGE,
                             "the recording and the truth cannot both go to standard output");
        }
        snprintf(job->paths[FILE_EVENTS], PATH_SIZE, "%s", settings->truth);
        if (strcmp(settings->truth, "-") != 0) {
            snprintf(job->paths[FILE_SIDECAR], PATH_SIZE, "%.*s.json",
                     (int)(tsv ? length - 4 : length), settings->truth);
        }
    } else if (!piped) {
        status = beside_path(job->target, true, "_events.tsv", job->paths[FILE_EVENTS], error);
        if (status == STATUS_OK) {
            status =
                beside_path(job->target, true, "_events.json", job->paths[FILE_SIDECAR], error);
        }
    }
    if (settings->bursts && status == STATUS_OK) {
        status = beside_path(job->target, true, "_bursts.tsv", job->paths[FILE_BURSTS], error);
    }
    if (settings->artefacts && status == STATUS_OK) {
        status =
            beside_path(job->target, true, "_artefacts.tsv", job->paths[FILE_ARTEFACTS], error);
    }
    return status;
}

/* All outputs, before anything is computed: one that exists is refused at once. */
static enum status create_outputs(struct job *job, struct error *error)
{
    bool force = job->settings->force;
    enum status status = choose_paths(job, error);
    if (status == STATUS_OK) {
        status = output_create(job->target, job->input, force, &job->recording, error);
    }
    for (size_t i = 0; i < FILE_COUNT && status == STATUS_OK; i++) {
        if (job->paths[i][0]) {
            status = output_create(job->paths[i], job->input, force, &job->files[i], error);
        }
    }
    return status;
}

/* Reads the specification; names every mistake in it. */
static enum status read_specification(struct job *job, struct error *error)
{
    struct warnings problems = {0};
    bool piped = strcmp(job->input, "-") == 0;
    const char *name = piped ? "standard input" : job->input;
    FILE *stream = piped ? stdin : fopen(job->input, "r");
    if (!stream) {
        return error_set(error, STATUS_FAILED,
                         "%s: cannot be opened: %m; 'soleus simulate "
                         "--example' prints a specification to begin with",
                         name);
    }
    enum status status = specification_read(stream, name, &job->specification, &problems, error);
    if (!piped) {
        fclose(stream);
    }
    /* The last one is what the caller shows. */
    for (size_t i = 0; i < problems.count; i++) {
        struct error problem;
        error_set(i + 1 < problems.count || problems.omitted ? &problem : error, STATUS_FAILED,
                  "%s", problems.texts[i]);
        if (i + 1 < problems.count || problems.omitted) {
            message_error("simulate", &problem);
        }
    }
    if (problems.omitted) {
        status = error_set(error, STATUS_FAILED, "%s: %zu more mistakes", name, problems.omitted);
    }
    warnings_clear(&problems);
    return status;
}

static enum status write_recording(struct job *job, struct error *error)
{
    const struct recording_info *info = simulation_info(job->simulation);
    enum status status = job->writer->open(job->recording, info, &job->state, error);
    while (status == STATUS_OK) {
        status = simulation_read(job->simulation, &job->block, error);
        if (status || job->block.frames[0] == 0) {
            break;
        }
        status = job->writer->write(job->state, &job->block, error);
    }
    if (status == STATUS_OK) {
        status = job->writer->close(job->state, error);
    } else {
        job->writer->abort(job->state);
    }
    job->state = NULL;
    return status;
}

static enum status write_truth(struct job *job, struct error *error)
{
    const struct table *const tables[FILE_COUNT] = {
        [FILE_EVENTS] = simulation_events(job->simulation),
        [FILE_BURSTS] = simulation_bursts(job->simulation),
        [FILE_ARTEFACTS] = simulation_artefacts(job->simulation)};
    enum status status = STATUS_OK;
    for (size_t i = 0; i < FILE_COUNT; i++) {
        if (job->files[i] && tables[i]) {
            table_write_tsv(tables[i], output_stream(job->files[i]), true, 0, tables[i]->row_count);
        }
    }
    if (job->files[FILE_SIDECAR]) {
        status = simulation_write_sidecar(job->simulation, output_stream(job->files[FILE_SIDECAR]),
                                          error);
    }
    for (size_t i = 0; i < FILE_COUNT && status == STATUS_OK; i++) {
        if (job->files[i]) {
            status = output_commit(job->files[i], error);
            job->files[i] = NULL;
        }
    }
    return status;
}

/* --tissue and --rest, after those of the specification. */
static enum status add_tissue(struct job *job, struct error *error)
{
    const struct settings *settings = job->settings;
    double rate = settings->recording.rate;
    enum status status = STATUS_OK;
    for (size_t i = 0; i < settings->tissue.count && status == STATUS_OK; i++) {
        status = specification_add_tissue(job->specification, SECTION_TISSUE,
                                          settings->tissue.list[i], rate, error);
    }
    for (size_t i = 0; i < settings->rest.count && status == STATUS_OK; i++) {
        status = specification_add_tissue(job->specification, SECTION_REST, settings->rest.list[i],
                                          rate, error);
    }
    return status;
}

static enum status simulate(struct job *job, struct error *error)
{
    enum status status = read_specification(job, error);
    if (status == STATUS_OK) {
        status = add_tissue(job, error);
    }
    if (status == STATUS_OK && job->settings->seed >= 0) {
        job->specification->recording.seed = job->settings->seed;
    }
    if (status == STATUS_OK) {
        status = registry_writer_for(job->target, &job->writer, error);
    }
    if (status == STATUS_OK) {
        status = simulation_create(job->specification, &job->simulation, error);
    }
    if (status == STATUS_OK) {
        status = block_allocate(&job->block, simulation_info(job->simulation),
                                job->settings->parameters.block, error);
    }
    if (status == STATUS_OK) {
        status = create_outputs(job, error);
    }
    if (status == STATUS_OK) {
        status = write_recording(job, error);
    }
    if (status == STATUS_OK) {
        message_warnings("simulate", job->settings, job->target,
                         &simulation_info(job->simulation)->warnings);
        status = write_truth(job, error);
    }
    if (status == STATUS_OK) {
        status = output_commit(job->recording, error);
        job->recording = NULL;
    }
    return status;
}

/* --example and --keys: a text, and nothing else. */
static int print_text(const struct settings *settings)
{
    struct error error;
    struct output *output = NULL;
    enum status status = message_output(settings, NULL, &output, &error);
    if (status == STATUS_OK && settings->example) {
        fputs(specification_example, output_stream(output));
    } else if (status == STATUS_OK) {
        specification_print_keys(output_stream(output));
    }
    if (status == STATUS_OK) {
        status = output_commit(output, &error);
    }
    return status == STATUS_OK ? EXIT_DONE : message_error("simulate", &error);
}

static int usage(const char *text)
{
    struct error error;
    error_set(&error, STATUS_USAGE, "%s", text);
    return message_error("simulate", &error);
}

static int run(struct settings *settings, size_t count, char **operands)
{
    struct error error = {0};
    if (settings->example || settings->keys) {
        return count ? usage("--example and --keys take no specification") : print_text(settings);
    }
    if (count == 0) {
        return usage("wants SPECIFICATION; 'soleus simulate --example' prints one to begin with");
    }
    if (settings->seed >= 0 && settings->seed != floor(settings->seed)) {
        return usage("--seed: give a whole number");
    }
    if (!settings->output && isatty(STDOUT_FILENO)) {
        return usage("samples are not for a terminal; give a file with -o, or a pipe");
    }
    struct job job = {.settings = settings,
                      .input = operands[0],
                      .target = settings->output ? settings->output : "-"};
    enum status status = simulate(&job, &error);
    output_abort(job.recording);
    for (size_t i = 0; i < FILE_COUNT; i++) {
        output_abort(job.files[i]);
    }
    block_clear(&job.block);
    simulation_destroy(job.simulation);
    specification_destroy(job.specification);
    return status == STATUS_OK ? EXIT_DONE : message_error("simulate", &error);
}

static const struct option_row own[] = {
    {.kind = OPTION_TITLE, .help = "Simulation:"},
    {"seed", 0, OPTION_REAL, "N", SETTING(seed), 0, 9007199254740992.0, NULL, false,
     "another recording of the same kind (default: the specification's)"},
    {"tissue", 0, OPTION_TEXTS, "FILE@FROM-TO", SETTING(tissue), 0, 0, NULL, false,
     "activity of recorded contractions, instead of motor units: intervals (s) of recordings, "
     "several separated by commas; with @CHANNEL another than the first EMG channel"},
    {"rest", 0, OPTION_TEXTS, "FILE@FROM-TO", SETTING(rest), 0, 0, NULL, false,
     "a baseline of recorded rest, instead of noise"},
    {"rate", 0, OPTION_REAL, "HZ", SETTING(recording.rate), 1e-3, 1e7, NULL, false,
     "sampling rate of --tissue and --rest, where a file has none"},
    {"truth", 0, OPTION_TEXT, "FILE", SETTING(truth), 0, 0, NULL, false,
     "events that are really there (default: beside the recording, ..._events.tsv)"},
    {"bursts", 0, OPTION_FLAG, NULL, SETTING(bursts), 0, 0, NULL, false,
     "also write every burst, ..._bursts.tsv"},
    {"artefacts", 0, OPTION_FLAG, NULL, SETTING(artefacts), 0, 0, NULL, false,
     "also write all contamination, ..._artefacts.tsv"},
    {"example", 0, OPTION_FLAG, NULL, SETTING(example), 0, 0, NULL, false,
     "print a commented specification that works"},
    {"keys", 0, OPTION_FLAG, NULL, SETTING(keys), 0, 0, NULL, false,
     "print all sections and keys with defaults and accepted ranges"},
    {.kind = OPTION_END},
};
static const struct option_row *const groups[] = {options_output, own, NULL};

const struct command command_simulate = {
    .name = "simulate",
    .summary = "make a recording with known truth",
    .arguments = "SPECIFICATION",
    .description =
        "Makes a surface EMG recording from a specification (an INI file, or - for standard "
        "input) in the format of the output's extension, or as AU in a pipe. Muscle activity "
        "comes from a motor-unit pool (recruitment and rate coding after Fuglevand, Winter and "
        "Patla 1993), whose potentials widen as conduction velocity falls; noise, hum, "
        "heartbeats, drift, motion and faults of the recorder are added as specified.\n\n"
        "The truth is written beside it as BIDS events: OUT without its extension (and without "
        "_emg) and with _events.tsv, a row for every episode and channel, and a description of "
        "the columns in _events.json. Onset and offset are the first and the last discharge of "
        "a motor unit.\n\n"
        "With --tissue, activity is cut from recorded contractions: segments of 0.3 to 1.5 s in "
        "random order, joined by crossfades that keep the power, high-passed at 10 Hz, gated by "
        "the envelope of each episode and scaled to its SNR; with --rest, the baseline is spliced "
        "in the same way (segments of 2 to 8 s) from recorded rest. The rate is that of the files. "
        "Onset and offset are "
        "where the envelope reaches a tenth of its height. What is made of some seconds of tissue "
        "holds no more variety than those seconds, however long it is.\n\n"
        "The same specification and seed give the same bytes on every machine.",
    .examples = "  soleus simulate --example > night.ini\n"
                "  soleus simulate night.ini -o night.edf\n"
                "  soleus simulate night.ini --seed 7 -o night7.wav --bursts --artefacts\n"
                "  soleus simulate night.ini | soleus markers -\n",
    .operands_minimum = 0,
    .operands_maximum = 1,
    .groups = groups,
    .run = run,
};
