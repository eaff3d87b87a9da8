/* Reader of BrainVision recordings (Brain Vision Data Exchange Format, versions 1.0 and 2.0): a
 * header (.vhdr), samples, and markers (.vmrk).
 *
 * Time zero is the first sample. A New Segment marks where recording was interrupted: where the
 * dates of two of them tell for how long, the missing samples are delivered as NaN. */
#include "formats/brainvision/lanes.h"
#include "formats/checked.h"
#include "formats/companion.h"
#include "formats/mend.h"

#include <ctype.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* More segments than this are told of in a warning alone. */
#define BORDERS_MAX 10000

struct brainvision {
    struct brainvision_header header;
    struct brainvision_breaks breaks;
    struct brainvision_lanes lanes;
};

/* Past the byte order mark. */
static void first_line(const unsigned char *head, size_t size, char line[160])
{
    size_t skip = size >= 3 && memcmp(head, "\xef\xbb\xbf", 3) == 0 ? 3 : 0, length = 0;
    for (size_t i = skip; i < size && length < 159 && head[i] != '\n' && head[i] != '\r'; i++) {
        line[length++] = (char)head[i];
    }
    line[length] = '\0';
}

static bool begins(const char *line, const char *words)
{
    return strncasecmp(line, words, strlen(words)) == 0;
}

/* 1.0 and 2.0 are read; 0 when the line has no number. */
static int version_of(const char *line)
{
    const char *version = strcasestr(line, "Version ");
    return version && isdigit((unsigned char)version[8]) ? version[8] - '0' : 0;
}

static struct probe probe_brainvision(const unsigned char *head, size_t size, const char *path)
{
    struct probe answer = {PROBE_NOT_MINE, 0, ""};
    char line[160];
    (void)path;
    first_line(head, size, line);
    bool exchange =
        begins(line, "Brain Vision Data Exchange ") || begins(line, "BrainVision Data Exchange ");
    if ((begins(line, "Brain Vision V-Amp Data ") || begins(line, "BrainVision V-Amp Data ")) &&
        strcasestr(line, "Header File")) {
        /* One channel more lies among the samples than such a header counts. */
        answer = (struct probe){PROBE_UNSUPPORTED, 90,
                                "recordings as the V-Amp's recorder writes them (.ahdr) are not "
                                "read; export it to the exchange format (.vhdr) with BrainVision "
                                "Analyzer, or save it as .set with EEGLAB's bva-io"};
    } else if (exchange && strcasestr(line, "Header File")) {
        int version = version_of(line);
        answer = (struct probe){PROBE_MINE, 90, ""};
        if (version < 1 || version > 2) {
            answer.verdict = PROBE_UNSUPPORTED;
            snprintf(answer.reason, sizeof answer.reason,
                     "'%.60s': versions 1.0 and 2.0 of BrainVision headers are read; export it "
                     "again with BrainVision Analyzer",
                     line);
        }
    } else if (exchange && strcasestr(line, "Marker File")) {
        answer = (struct probe){PROBE_BROKEN, 90,
                                "these are a recording's markers, and the header of the same name "
                                "(.vhdr) is not beside them; name the header"};
    } else if (begins(line, "<?xml") &&
               (memmem(head, size, "BrainVision", 11) || memmem(head, size, "BrainProducts", 13))) {
        answer = (struct probe){PROBE_UNSUPPORTED, 60,
                                "BrainVision headers in XML are not read; export to the exchange "
                                "format (.vhdr) with BrainVision Analyzer"};
    }
    return answer;
}

/* A data file beside the header and of the same name, where the named one is missing. */
static const char *other_data_file(const struct source *source, char *name, size_t size)
{
    static const char *const extensions[] = {"eeg", "dat", "avg", "seg"};
    for (size_t i = 0; i < sizeof extensions / sizeof *extensions; i++) {
        if (companion_name(source, extensions[i], name, size) && companion_exists(source, name)) {
            return name;
        }
    }
    return NULL;
}

static enum status open_data(struct source *source, struct brainvision *state, struct error *error)
{
    char name[PATH_MAX], other[PATH_MAX];
    const struct brainvision_header *header = &state->header;
    if (!brainvision_file_name(source, header->data_file, name, sizeof name)) {
        return error_set(error, STATUS_FAILED, "%s: the name of its data file is too long",
                         source_name(source));
    }
    if (source_is_file(source) && !companion_exists(source, name) &&
        other_data_file(source, other, sizeof other)) {
        return error_set(error, STATUS_FAILED,
                         "%s: the header names the data file '%s', which is not there, but '%s' "
                         "is; if that holds its samples, correct the line DataFile= (and "
                         "MarkerFile=) in the header",
                         source_name(source), name, other);
    }
    return companion_open(source, state->lanes.info, name, &state->lanes.data, error);
}

/* Segments and averages are pieces of a recording, put together. */
static enum status note_pieces(const char *name, const struct reader_options *options,
                               const struct brainvision_header *header, struct recording_info *info,
                               struct error *error)
{
    enum status status = STATUS_OK;
    if (header->averaged) {
        status = mend(name, options->strict, info, error,
                      "holds averages (Averaged=YES), not the signals as they were recorded");
    }
    if (status == STATUS_OK && header->segmented) {
        status = mend(name, options->strict, info, error,
                      "holds segments cut out of a recording, of %llu data points each, joined "
                      "end to end; time does not go on across their borders",
                      (unsigned long long)header->segment_points);
    }
    return status;
}

/* The borders of segments, where no markers tell of them. */
static enum status note_borders(const struct brainvision *state, uint64_t frames,
                                struct recording_info *info, struct error *error)
{
    static const char text[] = "New Segment";
    const struct brainvision_header *header = &state->header;
    uint64_t points = header->ascii ? header->points : frames, step = header->segment_points;
    enum status status = STATUS_OK;
    if (!header->segmented || step == 0 || state->breaks.count > 1 || points / step > BORDERS_MAX) {
        return STATUS_OK;
    }
    for (uint64_t at = step; at < points && status == STATUS_OK; at += step) {
        status = recording_info_annotate(info, (double)at / header->rate, NAN, text, strlen(text),
                                         error);
    }
    return status;
}

/* Of a file that is cut short the first channel holds as much as any. */
static void set_duration(struct brainvision *state)
{
    uint64_t points = state->header.ascii ? state->header.points : state->lanes.at[0].frames;
    double total = (double)points;
    for (size_t i = 0; i < state->breaks.count && state->breaks.at[i].frame < points; i++) {
        total += (double)state->breaks.at[i].gap;
    }
    state->lanes.info->duration = points ? total / state->header.rate : NAN;
}

static void close_brainvision(void *closed)
{
    struct brainvision *state = closed;
    if (state) {
        brainvision_lanes_end(&state->lanes);
        free(state->breaks.at);
        free(state);
    }
}

static enum status open_brainvision(struct source *source, const struct reader_options *options,
                                    struct recording_info *info, void **result, struct error *error)
{
    uint64_t frames = 0;
    *result = NULL;
    struct brainvision *state = calloc(1, sizeof *state);
    if (!state) {
        return error_memory(error, "opening a BrainVision recording");
    }
    state->lanes.info = info;
    state->lanes.header = &state->header;
    state->lanes.breaks = &state->breaks;
    state->lanes.strict = options->strict;
    enum status status = brainvision_header_read(source, options, info, &state->header, error);
    if (status == STATUS_OK) {
        status = open_data(source, state, error);
    }
    if (status == STATUS_OK) {
        status =
            brainvision_count(state->lanes.data, options, &state->header, info, &frames, error);
    }
    if (status == STATUS_OK) {
        status = note_pieces(source_name(source), options, &state->header, info, error);
    }
    if (status == STATUS_OK) {
        status = brainvision_markers_read(source, options, &state->header, frames, info,
                                          &state->breaks, error);
    }
    if (status == STATUS_OK) {
        status = note_borders(state, frames, info, error);
    }
    if (status == STATUS_OK) {
        status = brainvision_lanes_begin(&state->lanes, frames, error);
    }
    if (status == STATUS_OK) {
        set_duration(state);
        *result = state;
        state = NULL;
    }
    close_brainvision(state);
    return status;
}

static enum status read_brainvision(void *read, struct block *block, struct error *error)
{
    struct brainvision *state = read;
    memset(block->frames, 0, block->channel_count * sizeof *block->frames);
    return brainvision_lanes_fill(&state->lanes, block, error);
}

const struct reader reader_brainvision = {
    .id = "brainvision",
    .description = "BrainVision (header, samples, markers)",
    .extensions = "vhdr ahdr",
    .streams = false,
    .parts = "eeg vmrk dat avg seg",
    .probe = probe_brainvision,
    .open = open_brainvision,
    .read = read_brainvision,
    .close = close_brainvision,
};
