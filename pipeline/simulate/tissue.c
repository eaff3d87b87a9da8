#include "pipeline/simulate/tissue.h"

#include "formats/checked.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#define BLOCK 10.0 /* s that are read at a time */
/* Rates of pieces may differ by what a header's digits leave open. */
#define SAME_RATE 1e-4

/* What is being read: one interval of one channel. */
struct excerpt {
    const struct tissue_section *section;
    char name[SPECIFICATION_TEXT + 64]; /* for messages: the file and the interval */
    struct recording *recording;
    struct block block;
    size_t channel;
    double rate;
    size_t first, end; /* frames */
    float *samples;
};

/* The first channel that is selected; the rate it has. */
static enum status find_channel(struct excerpt *x, struct error *error)
{
    const struct recording_info *info = recording_info(x->recording);
    while (x->channel < info->channel_count && !info->channels[x->channel].selected) {
        x->channel++;
    }
    if (x->channel == info->channel_count) {
        return error_set(error, STATUS_FAILED,
                         "%s: no channel is known to be EMG; name one (FILE@FROM-TO@CHANNEL, or "
                         "channel = in the specification)",
                         x->section->file);
    }
    x->rate = info->channels[x->channel].rate;
    if (!(x->rate > 0)) {
        return error_set(error, STATUS_FAILED, "%s: no sampling rate is known; give --rate HZ",
                         x->section->file);
    }
    return STATUS_OK;
}

/* Reads up to the interval's end, and keeps what lies within it. */
static enum status read_samples(struct excerpt *x, struct error *error)
{
    size_t position = 0;
    enum status status = STATUS_OK;
    while (position < x->end) {
        status = recording_read(x->recording, &x->block, error);
        size_t frames = status == STATUS_OK ? x->block.frames[x->channel] : 0;
        bool over = true;
        for (size_t c = 0; c < x->block.channel_count && status == STATUS_OK; c++) {
            over = over && x->block.frames[c] == 0;
        }
        if (status || over) {
            break;
        }
        size_t from = position > x->first ? position : x->first;
        size_t until = position + frames < x->end ? position + frames : x->end;
        if (from < until) {
            memcpy(x->samples + (from - x->first), x->block.samples[x->channel] + (from - position),
                   (until - from) * sizeof *x->samples);
        }
        position += frames;
    }
    if (status == STATUS_OK && position < x->end) {
        status = error_set(error, STATUS_FAILED,
                           "%s: the recording ends at %.6g s; choose an interval within it",
                           x->name, (double)position / x->rate);
    }
    return status;
}

static enum status read_excerpt(struct excerpt *x, struct error *error)
{
    const struct tissue_section *section = x->section;
    struct recording_options options = {.rate = section->rate > 0 ? section->rate : 0,
                                        .rate_fallback = true,
                                        .channels = section->channel[0] ? section->channel : NULL};
    snprintf(x->name, sizeof x->name, "%s: %g to %g s", section->file, section->interval.low,
             section->interval.high);
    enum status status = recording_open(section->file, &options, &x->recording, error);
    if (status == STATUS_OK) {
        status = find_channel(x, error);
    }
    if (status) {
        return status;
    }
    uint64_t first, end;
    if (!checked_frames(section->interval.low, x->rate, &first) ||
        !checked_frames(section->interval.high, x->rate, &end) || end <= first ||
        end > SIZE_MAX / sizeof *x->samples) {
        return error_set(error, STATUS_FAILED, "%s: no such interval", x->name);
    }
    x->first = (size_t)first;
    x->end = (size_t)end;
    double duration = recording_info(x->recording)->duration;
    if ((double)x->end > duration * x->rate + 0.5) {
        return error_set(error, STATUS_FAILED,
                         "%s: the recording ends at %.6g s; choose an interval within it", x->name,
                         duration);
    }
    x->samples = checked_calloc(x->end - x->first, sizeof *x->samples);
    if (!x->samples) {
        return error_memory(error, x->name);
    }
    status = block_allocate(&x->block, recording_info(x->recording), BLOCK, error);
    return status ? status : read_samples(x, error);
}

/* All pieces have one rate: that of the recording to be made. */
static enum status check_rate(const struct specification *specification, struct tissue *tissue,
                              const struct excerpt *x, struct error *error)
{
    const struct recording_section *recording = &specification->recording;
    if (isnan(tissue->rate)) {
        tissue->rate = tissue->activity.rate = tissue->rest.rate = x->rate;
    }
    if (fabs(x->rate - tissue->rate) > SAME_RATE * tissue->rate) {
        return error_set(error, STATUS_FAILED,
                         "%s: %.10g Hz, but the tissue before it has %.10g Hz; take recordings of "
                         "one rate",
                         x->section->file, x->rate, tissue->rate);
    }
    if (specification->rate_given && (recording->rate.low > x->rate * (1 + SAME_RATE) ||
                                      recording->rate.high < x->rate * (1 - SAME_RATE))) {
        return error_set(error, STATUS_FAILED,
                         "%s: %.10g Hz, which the simulated recording will have too; leave rate "
                         "out of [recording] of %s",
                         x->section->file, x->rate, specification->name);
    }
    return STATUS_OK;
}

static enum status add(const struct specification *specification,
                       const struct tissue_section *section, struct tissue *tissue,
                       struct error *error)
{
    struct excerpt x = {.section = section};
    enum status status = read_excerpt(&x, error);
    if (status == STATUS_OK) {
        status = check_rate(specification, tissue, &x, error);
    }
    if (status == STATUS_OK) {
        status =
            splice_source_add(section->kind == SECTION_REST ? &tissue->rest : &tissue->activity,
                              x.samples, x.end - x.first, x.name, error);
    }
    free(x.samples);
    block_clear(&x.block);
    recording_close(x.recording);
    return status;
}

enum status tissue_read(const struct specification *specification, struct tissue *tissue,
                        struct error *error)
{
    enum status status = STATUS_OK;
    *tissue = (struct tissue){.rate = NAN};
    for (size_t i = 0; i < specification->tissue_count && status == STATUS_OK; i++) {
        status = add(specification, &specification->tissues[i], tissue, error);
    }
    if (status) {
        tissue_clear(tissue);
    }
    return status;
}

void tissue_clear(struct tissue *tissue)
{
    splice_source_clear(&tissue->activity);
    splice_source_clear(&tissue->rest);
}
