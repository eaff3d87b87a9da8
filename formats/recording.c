#include "formats/recording.h"

#include "formats/checked.h"
#include "formats/isolated.h"
#include "formats/recording_attempt.h"
#include "formats/registry.h"
#include "formats/sidecar/sidecar.h"

#include <limits.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

#define SAME_TIME     1e-3                 /* s within which two annotations are one */
#define MISSING_FREE  UINT64_C(1000000000) /* samples that may be missing in any case */
#define MISSING_RATIO 1000                 /* and for each one that is there */
#define LOOK_BACK     64                   /* annotations at one time that are compared */

struct recording {
    struct source *source;
    const struct reader *reader;
    void *state;
    struct recording_info info;
    uint64_t *position;        /* samples delivered, by channel */
    uint64_t *gap_start;       /* first sample of the open run of NaN, UINT64_MAX: none */
    uint64_t missing, present; /* samples of all selected channels */
    bool ended;
    bool isolated; /* the reader runs in a process of its own */
};

static enum status prepare_channels(struct recording *recording, const struct attempt *attempt,
                                    struct error *error)
{
    struct recording_info *info = &recording->info;
    enum status status = attempt_prepare(attempt, source_name(recording->source), info, error);
    if (status != STATUS_OK) {
        return status;
    }
    recording->position = checked_calloc(info->channel_count, sizeof *recording->position);
    recording->gap_start = checked_calloc(info->channel_count, sizeof *recording->gap_start);
    if (!recording->position || !recording->gap_start) {
        return error_memory(error, "opening a recording");
    }
    for (size_t c = 0; c < info->channel_count; c++) {
        recording->gap_start[c] = UINT64_MAX;
    }
    return status;
}

/* A part of a recording that holds no header, named in its place. */
static enum status detect(struct recording *recording, const char *path, struct error *error)
{
    char header[PATH_MAX];
    if (strcmp(path, "-") != 0 && registry_header_of(path, header, sizeof header)) {
        struct source *source;
        enum status status = source_open(header, &source, error);
        if (status != STATUS_OK) {
            return status;
        }
        source_close(recording->source);
        recording->source = source;
    }
    return registry_detect(recording->source, &recording->reader, error);
}

/* Lets the reader open it; its channels are not prepared yet. */
static enum status open_with(const char *path, const struct attempt *attempt,
                             struct recording **result, struct error *error)
{
    const struct recording_options *options = attempt->options;
    enum status status = STATUS_OK;
    *result = NULL;
    struct recording *recording = calloc(1, sizeof *recording);
    if (!recording) {
        return error_memory(error, "opening a recording");
    }
    recording->info.duration = NAN;
    status = source_open(path, &recording->source, error);
    if (status != STATUS_OK) {
        goto out;
    }
    if (options->format) {
        recording->reader = registry_reader(options->format);
        if (!recording->reader) {
            status = error_set(error, STATUS_USAGE,
                               "there is no format '%s'; 'soleus formats' "
                               "lists them",
                               options->format);
        }
    } else {
        status = detect(recording, path, error);
    }
    if (status != STATUS_OK) {
        goto out;
    }
    struct reader_options reader_options = {attempt->rate, options->scale, options->variable,
                                            options->strict};
    snprintf(recording->info.format, sizeof recording->info.format, "%s", recording->reader->id);
    recording->isolated = recording->reader->isolated && !options->in_process;
    status = recording->isolated
                 ? isolated_open(recording->reader, recording->source, &reader_options,
                                 &recording->info, &recording->state, error)
                 : recording->reader->open(recording->source, &reader_options, &recording->info,
                                           &recording->state, error);
    if (status == STATUS_OK) {
        attempt_settle_rates(attempt, &recording->info);
        *result = recording;
        recording = NULL;
    }
out:
    recording_close(recording);
    return status;
}

/* Whether a rate is that of every channel, said more exactly than the file can. */
static bool refines_rates(const struct recording_info *info, double rate)
{
    for (size_t c = 0; c < info->channel_count; c++) {
        if (info->channels[c].selected && fabs(rate / info->channels[c].rate - 1) > 0.01) {
            return false;
        }
    }
    return true;
}

/* Whether the reader must be told the sidecars' rate: it is another one than the file's, or decides
 * where samples lie. */
static bool contradicts(const struct recording *recording, double rate)
{
    const struct recording_info *info = &recording->info;
    for (size_t c = 1; c < info->channel_count; c++) {
        if (info->channels[c].rate != info->channels[0].rate) {
            return false;
        }
    }
    double off = fabs(rate / info->channels[0].rate - 1);
    return off > 0.01 || (recording->reader->rate_at_open && off > 1e-9);
}

static enum status open_again(const char *path, struct attempt *attempt, double rate,
                              enum origin origin, struct recording **result, struct error *error)
{
    recording_close(*result);
    attempt->rate = rate;
    attempt->origin = origin;
    return open_with(path, attempt, result, error);
}

/* Opens anew with the sidecars' rate instead of the file's own; where the reader refuses it, the
 * file's stands. */
static enum status believe_sidecars(const char *path, struct attempt *attempt, double said,
                                    struct recording **result, struct error *error)
{
    double own = (*result)->info.channels[0].rate;
    enum status status = open_again(path, attempt, said, ORIGIN_SIDECAR, result, error);
    bool refused = status != STATUS_OK;
    if (refused) {
        attempt->keep_rates = true;
        status = open_again(path, attempt, 0, ORIGIN_FILE, result, error);
    }
    if (status == STATUS_OK && (refused || fabs(said / own - 1) > 0.01)) {
        warnings_add(&(*result)->info.warnings,
                     "the sidecar says %.10g Hz, the file %.10g Hz; the %s is believed%s", said,
                     own, refused ? "file" : "sidecar",
                     refused ? "" : " (--no-sidecars does without it)");
    }
    return status;
}

/* Opens with the rate that counts: the user's, the sidecars', the file's own, and, for files that
 * have none, the user's fallback. */
static enum status open_at_rate(const char *path, struct attempt *attempt,
                                struct recording **result, struct error *error)
{
    double wanted = attempt->options->rate, said = sidecars_rate(attempt->sidecars);
    struct stat about;
    /* A pipe cannot be tried twice. */
    bool again = strcmp(path, "-") != 0 && stat(path, &about) == 0 && S_ISREG(about.st_mode);
    if (wanted > 0 && !(attempt->options->rate_fallback && again)) {
        attempt->keep_rates = true;
        return open_again(path, attempt, wanted, ORIGIN_OPTION, result, error);
    }
    enum status status = open_with(path, attempt, result, error);
    if (status == STATUS_OK) {
        status = attempt_check_rates(&(*result)->info, path, error);
    }
    /* Some tables are read with a rate alone: those with several columns of times. */
    bool lacks = status == STATUS_NO_RATE || status == STATUS_UNSUPPORTED;
    if (said > 0 && again && lacks) {
        return open_again(path, attempt, said, ORIGIN_SIDECAR, result, error);
    }
    if (said > 0 && again && status == STATUS_OK && contradicts(*result, said)) {
        return believe_sidecars(path, attempt, said, result, error);
    }
    if (wanted > 0 && lacks) {
        return open_again(path, attempt, wanted, ORIGIN_OPTION, result, error);
    }
    /* Rows of a sidecar may have what is lacking. */
    return status == STATUS_NO_RATE && *result ? STATUS_OK : status;
}

enum status recording_open(const char *path, const struct recording_options *options,
                           struct recording **result, struct error *error)
{
    struct attempt attempt = {.options = options, .origin = ORIGIN_FILE};
    char header[PATH_MAX];
    enum status status = STATUS_OK;
    *result = NULL;
    if (strcmp(path, "-") != 0 && !options->no_sidecars) {
        bool part = !options->format && registry_header_of(path, header, sizeof header);
        status = sidecars_read(part ? header : path, options->strict, &attempt.sidecars, error);
    }
    if (status == STATUS_OK) {
        status = open_at_rate(path, &attempt, result, error);
    }
    if (status == STATUS_OK) {
        status = prepare_channels(*result, &attempt, error);
    }
    if (status == STATUS_OK && options->rate > 0 && attempt.origin == ORIGIN_FILE &&
        sidecars_rate(attempt.sidecars) == 0 && refines_rates(&(*result)->info, options->rate)) {
        attempt.keep_rates = true;
        status = open_again(path, &attempt, options->rate, ORIGIN_OPTION, result, error);
        if (status == STATUS_OK) {
            status = prepare_channels(*result, &attempt, error);
        }
    }
    if (status != STATUS_OK) {
        recording_close(*result);
        *result = NULL;
    }
    if (status == STATUS_NO_RATE && !options->no_sidecars) {
        attempt_explain_no_rate(&attempt, path, error);
    }
    sidecars_destroy(attempt.sidecars);
    return status;
}

struct recording_info *recording_info(struct recording *recording)
{
    return &recording->info;
}

const char *recording_name(const struct recording *recording)
{
    return source_name(recording->source);
}

/* Closes the open run of NaN of a channel at sample `end`. */
static enum status close_gap(struct recording *recording, size_t c, uint64_t end,
                             struct error *error)
{
    uint64_t start = recording->gap_start[c];
    double rate = recording->info.channels[c].rate;
    recording->gap_start[c] = UINT64_MAX;
    return recording_info_gap(&recording->info, (double)start / rate, (double)(end - start) / rate,
                              c, error);
}

/* Lists the runs of NaN in what was just read. */
static enum status note_gaps(struct recording *recording, const struct block *block, size_t c,
                             struct error *error)
{
    const float *samples = block->samples[c];
    enum status status = STATUS_OK;
    size_t missing = 0;
    for (size_t i = 0; samples && i < block->frames[c] && status == STATUS_OK; i++) {
        bool open = recording->gap_start[c] != UINT64_MAX, none = isnan(samples[i]);
        missing += none;
        if (none && !open) {
            recording->gap_start[c] = recording->position[c] + i;
        } else if (open && !none) {
            status = close_gap(recording, c, recording->position[c] + i, error);
        }
    }
    recording->position[c] += block->frames[c];
    recording->missing += missing;
    recording->present += samples ? block->frames[c] - missing : 0;
    return status;
}

/* A wrong time stamp must not cost hours of missing samples. */
static enum status check_missing(const struct recording *recording, struct error *error)
{
    if (recording->missing <= MISSING_FREE + MISSING_RATIO * recording->present) {
        return STATUS_OK;
    }
    return error_set(
        error, STATUS_FAILED,
        "%s: more than %.3g samples are missing, and %.3g are there; is a time stamp or "
        "a clock wrong? Split the recording at its gap",
        source_name(recording->source), (double)recording->missing, (double)recording->present);
}

static int by_onset(const void *a, const void *b)
{
    double x = ((const struct annotation *)a)->onset, y = ((const struct annotation *)b)->onset;
    return (x > y) - (x < y);
}

static bool same_annotation(const struct annotation *a, const struct annotation *b)
{
    bool durations = !(fabs(a->duration - b->duration) > SAME_TIME); /* one may be unknown */
    return fabs(a->onset - b->onset) <= SAME_TIME && durations && strcmp(a->text, b->text) == 0;
}

/* Sorts by onset; what both the recording and a sidecar tell is told once. */
static void merge_annotations(struct recording_info *info)
{
    size_t kept = 0;
    if (info->annotation_count > 1) {
        qsort(info->annotations, info->annotation_count, sizeof *info->annotations, by_onset);
    }
    for (size_t i = 0; i < info->annotation_count; i++) {
        struct annotation *annotation = &info->annotations[i];
        bool again = false;
        for (size_t k = kept; !again && k > 0 && kept - k < LOOK_BACK; k--) {
            struct annotation *earlier = &info->annotations[k - 1];
            if (annotation->onset - earlier->onset > SAME_TIME) {
                break;
            }
            again = same_annotation(earlier, annotation);
            if (again && isnan(earlier->duration)) {
                earlier->duration = annotation->duration;
            }
        }
        if (again) {
            free(annotation->text);
        } else {
            info->annotations[kept++] = *annotation;
        }
    }
    info->annotation_count = kept;
}

/* At the end of the recording: what only the end can tell. */
static enum status note_end(struct recording *recording, struct error *error)
{
    struct recording_info *info = &recording->info;
    enum status status = STATUS_OK;
    double duration = 0;
    if (recording->ended) {
        return STATUS_OK;
    }
    recording->ended = true;
    for (size_t c = 0; c < info->channel_count && status == STATUS_OK; c++) {
        duration = fmax(duration, (double)recording->position[c] / info->channels[c].rate);
        if (recording->gap_start[c] != UINT64_MAX) {
            status = close_gap(recording, c, recording->position[c], error);
        }
    }
    info->duration = duration;
    merge_annotations(info);
    return status;
}

enum status recording_read(struct recording *recording, struct block *block, struct error *error)
{
    enum status status = recording->isolated
                             ? isolated_read(recording->state, block, error)
                             : recording->reader->read(recording->state, block, error);
    bool any = false;
    for (size_t c = 0; c < block->channel_count && status == STATUS_OK; c++) {
        any = any || block->frames[c] > 0;
        status = note_gaps(recording, block, c, error);
    }
    if (status == STATUS_OK) {
        status = check_missing(recording, error);
    }
    if (status == STATUS_OK && !any) {
        status = note_end(recording, error);
    }
    return status;
}

void recording_close(struct recording *recording)
{
    if (!recording) {
        return;
    }
    if (recording->isolated) {
        isolated_close(recording->state);
    } else if (recording->reader && recording->state) {
        recording->reader->close(recording->state);
    }
    recording_info_clear(&recording->info);
    source_close(recording->source);
    free(recording->position);
    free(recording->gap_start);
    free(recording);
}
