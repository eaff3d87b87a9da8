#include "pipeline/simulate/simulate.h"

#include "formats/checked.h"
#include "pipeline/simulate/device.h"
#include "pipeline/simulate/noise.h"
#include "pipeline/simulate/performance.h"

#include <math.h>
#include <string.h>

/* Everything is made by chunks of this many frames, counted from the recording's start, and handed
 * out in whatever blocks are asked for: so the blocks' size cannot change a sample. */
#define CHUNK 2048

struct added {
    const struct contaminant *contaminant;
    void *state;
};

struct simulation {
    const struct specification *specification;
    struct tissue tissue;
    struct plan *plan;
    struct recording_info info;
    struct ziggurat ziggurat;
    struct performance *performance;
    struct truth truth;
    struct noise *noises; /* by channel */
    size_t added_count;
    struct added *added;
    struct device device;
    struct canvas *canvases; /* by channel: CHUNK frames and a tail */
    float *canvas_samples;
    float **chunk; /* by channel: CHUNK finished frames */
    float *chunk_samples;
    int64_t position; /* frame after the last one that was handed out */
    int64_t chunk_first;
    size_t chunk_count;
    double unit; /* of the output, per µV */
};

static enum status describe_gaps(struct simulation *s, struct error *error)
{
    for (size_t i = 0; i < s->plan->disturbance_count; i++) {
        const struct disturbance *d = &s->plan->disturbances[i];
        for (size_t k = 0;
             d->kind == SECTION_DROPOUT && d->mode == DROPOUT_GAP && k < d->channel_count; k++) {
            enum status status = recording_info_gap(&s->info, (double)d->first / s->plan->rate,
                                                    (double)(d->end - d->first) / s->plan->rate,
                                                    d->channels[k], error);
            if (status) {
                return status;
            }
        }
    }
    return STATUS_OK;
}

static enum status describe_annotations(struct simulation *s, struct error *error)
{
    for (size_t i = 0; i < s->specification->annotation_count; i++) {
        const struct annotation_section *section = &s->specification->annotations[i];
        struct random random;
        random_seed(&random, s->plan->seed, RANDOM_RECORDING, 1, i);
        double onset = plan_draw(&random, section->onset);
        double duration = plan_draw(&random, section->duration);
        if (onset >= s->plan->duration) {
            continue;
        }
        enum status status = recording_info_annotate(&s->info, onset, duration, section->text,
                                                     strlen(section->text), error);
        if (status == STATUS_OK) {
            status = truth_add_annotation(&s->truth, onset, duration, section->text, error);
        }
        if (status) {
            return status;
        }
    }
    for (size_t i = 1; i < s->info.annotation_count; i++) {
        struct annotation moved = s->info.annotations[i];
        size_t j = i;
        for (; j > 0 && s->info.annotations[j - 1].onset > moved.onset; j--) {
            s->info.annotations[j] = s->info.annotations[j - 1];
        }
        s->info.annotations[j] = moved;
    }
    return STATUS_OK;
}

static enum status describe(struct simulation *s, struct error *error)
{
    const struct recording_section *recording = &s->specification->recording;
    enum status status = recording_info_allocate(&s->info, s->plan->channel_count, error);
    if (status) {
        return status;
    }
    snprintf(s->info.format, sizeof s->info.format, "simulation");
    s->info.start = recording->start;
    s->info.duration = s->plan->duration;
    for (size_t c = 0; c < s->info.channel_count; c++) {
        struct channel *channel = &s->info.channels[c];
        const struct channel_section *section = &s->specification->channels[c];
        snprintf(channel->label, sizeof channel->label, "%s", section->label);
        snprintf(channel->unit, sizeof channel->unit, "%s", specification_units[recording->unit]);
        snprintf(channel->file_unit, sizeof channel->file_unit, "%s", channel->unit);
        text_from_field(channel->muscle, sizeof channel->muscle, section->muscle,
                        strlen(section->muscle));
        snprintf(channel->description, sizeof channel->description, "simulated surface EMG");
        channel->type = CHANNEL_EMG;
        channel->selected = true;
        channel->rate = s->plan->rate;
        channel->minimum = -recording->limit * s->unit;
        channel->maximum = recording->limit * s->unit;
    }
    status = describe_gaps(s, error);
    return status ? status : describe_annotations(s, error);
}

static enum status allocate(struct simulation *s, struct error *error)
{
    size_t channels = s->plan->channel_count;
    size_t length = CHUNK + performance_tail(s->performance);
    s->noises = checked_calloc(channels, sizeof *s->noises);
    s->added = checked_calloc(s->plan->disturbance_count, sizeof *s->added);
    s->canvases = checked_calloc(channels, sizeof *s->canvases);
    s->canvas_samples = checked_calloc(channels * length, sizeof *s->canvas_samples);
    s->chunk = checked_calloc(channels, sizeof *s->chunk);
    s->chunk_samples = checked_calloc(channels * CHUNK, sizeof *s->chunk_samples);
    if (!s->noises || !s->added || !s->canvases || !s->canvas_samples || !s->chunk ||
        !s->chunk_samples) {
        return error_memory(error, "simulating a recording");
    }
    for (size_t c = 0; c < channels; c++) {
        s->canvases[c] = (struct canvas){s->canvas_samples + c * length, 0, length};
        s->chunk[c] = s->chunk_samples + c * CHUNK;
        noise_start(&s->noises[c], s->plan, &s->tissue.rest, c);
    }
    return STATUS_OK;
}

/* Waveforms that are added, and the truth's rows of all that lasts for an interval. */
static enum status add_disturbances(struct simulation *s, struct error *error)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; i < s->plan->disturbance_count && status == STATUS_OK; i++) {
        const struct disturbance *d = &s->plan->disturbances[i];
        const struct contaminant *contaminant = contaminant_of(d->kind);
        if (contaminant) {
            struct added *added = &s->added[s->added_count];
            status = contaminant->create(s->plan, d, &s->ziggurat, &added->state, error);
            added->contaminant = contaminant;
            s->added_count += status == STATUS_OK;
        }
        for (size_t k = 0; k < d->channel_count && status == STATUS_OK &&
                           !(contaminant && contaminant->point_truth);
             k++) {
            status = truth_add_artefact(&s->truth, s->plan, contaminant_name(d->kind),
                                        d->channels[k], (double)d->first / s->plan->rate,
                                        (double)(d->end - d->first) / s->plan->rate,
                                        d->amplitude[k].low, error);
        }
    }
    return status;
}

enum status simulation_create(const struct specification *specification,
                              struct simulation **simulation, struct error *error)
{
    static const double per_microvolt[] = {1, 1e-3, 1e-6};
    *simulation = NULL;
    struct simulation *s = checked_calloc(1, sizeof *s);
    if (!s) {
        return error_memory(error, "simulating a recording");
    }
    s->specification = specification;
    s->unit = per_microvolt[specification->recording.unit];
    ziggurat_build(&s->ziggurat);
    enum status status = tissue_read(specification, &s->tissue, error);
    if (status == STATUS_OK) {
        status = plan_create(specification, s->tissue.rate, (uint64_t)specification->recording.seed,
                             &s->plan, error);
    }
    if (status == STATUS_OK) {
        status = performance_create(s->plan, &s->tissue, &s->ziggurat, &s->performance, error);
    }
    if (status == STATUS_OK) {
        status = truth_create(&s->truth, error);
    }
    if (status == STATUS_OK) {
        status = allocate(s, error);
    }
    if (status == STATUS_OK) {
        status = add_disturbances(s, error);
    }
    if (status == STATUS_OK) {
        status = describe(s, error);
    }
    if (status) {
        simulation_destroy(s);
        return status;
    }
    *simulation = s;
    return STATUS_OK;
}

void simulation_destroy(struct simulation *simulation)
{
    if (!simulation) {
        return;
    }
    for (size_t i = 0; i < simulation->added_count; i++) {
        simulation->added[i].contaminant->destroy(simulation->added[i].state);
    }
    performance_destroy(simulation->performance);
    truth_clear(&simulation->truth);
    recording_info_clear(&simulation->info);
    free(simulation->noises);
    free(simulation->added);
    free(simulation->canvases);
    free(simulation->canvas_samples);
    free(simulation->chunk);
    free(simulation->chunk_samples);
    plan_destroy(simulation->plan);
    tissue_clear(&simulation->tissue);
    free(simulation);
}

/* Muscle activity of the chunk, with what is heard of the neighbours, from the canvases. */
static void take_activity(struct simulation *s)
{
    for (size_t c = 0; c < s->plan->channel_count; c++) {
        float share = (float)s->specification->channels[c].crosstalk;
        memcpy(s->chunk[c], s->canvases[c].samples, s->chunk_count * sizeof *s->chunk[c]);
        for (size_t i = 0; share > 0 && i < s->chunk_count; i++) {
            float heard = c > 0 ? s->canvases[c - 1].samples[i] : 0;
            heard += c + 1 < s->plan->channel_count ? s->canvases[c + 1].samples[i] : 0;
            s->chunk[c][i] += share * heard;
        }
    }
    for (size_t c = 0; c < s->plan->channel_count; c++) {
        struct canvas *canvas = &s->canvases[c];
        size_t kept = canvas->length - CHUNK;
        memmove(canvas->samples, canvas->samples + CHUNK, kept * sizeof *canvas->samples);
        memset(canvas->samples + kept, 0, CHUNK * sizeof *canvas->samples);
        canvas->first += CHUNK;
    }
}

/* Makes the chunk at s->position. */
static enum status make_chunk(struct simulation *s, struct error *error)
{
    int64_t left = s->plan->frames - s->position;
    s->chunk_first = s->position;
    s->chunk_count = left < CHUNK ? (size_t)left : CHUNK;
    struct frames frames = {s->chunk_first, s->chunk_count, s->chunk};
    double until = (double)(s->chunk_first + CHUNK + POTENTIAL_LEAD) / s->plan->rate;
    enum status status = performance_advance(s->performance, until, s->canvases, &s->truth, error);
    if (status) {
        return status;
    }
    take_activity(s);
    for (size_t c = 0; c < s->plan->channel_count; c++) {
        noise_add(&s->noises[c], s->plan, c, &s->ziggurat, frames.first, frames.count, s->chunk[c]);
    }
    for (size_t i = 0; i < s->added_count && status == STATUS_OK; i++) {
        status = s->added[i].contaminant->add(s->added[i].state, &frames, &s->truth, error);
    }
    device_apply(&s->device, s->plan, &frames);
    for (size_t c = 0; s->unit != 1 && c < s->plan->channel_count; c++) {
        for (size_t i = 0; i < s->chunk_count; i++) {
            s->chunk[c][i] = (float)((double)s->chunk[c][i] * s->unit);
        }
    }
    if (status == STATUS_OK && left <= CHUNK) {
        status = performance_finish(s->performance, &s->truth, error);
        status = status ? status : truth_sort(&s->truth, error);
    }
    return status;
}

enum status simulation_read(struct simulation *simulation, struct block *block, struct error *error)
{
    struct simulation *s = simulation;
    size_t room = SIZE_MAX, done = 0;
    for (size_t c = 0; c < block->channel_count; c++) {
        block->frames[c] = 0;
        room = block->samples[c] && block->capacity[c] < room ? block->capacity[c] : room;
    }
    while (done < room && s->position < s->plan->frames) {
        if (s->position == s->chunk_first + (int64_t)s->chunk_count) {
            enum status status = make_chunk(s, error);
            if (status) {
                return status;
            }
        }
        size_t from = (size_t)(s->position - s->chunk_first);
        size_t count = s->chunk_count - from < room - done ? s->chunk_count - from : room - done;
        for (size_t c = 0; c < block->channel_count; c++) {
            if (block->samples[c]) {
                memcpy(block->samples[c] + done, s->chunk[c] + from,
                       count * sizeof *block->samples[c]);
                block->frames[c] += count;
            }
        }
        done += count;
        s->position += (int64_t)count;
    }
    return STATUS_OK;
}

const struct recording_info *simulation_info(const struct simulation *simulation)
{
    return &simulation->info;
}

const struct table *simulation_events(const struct simulation *simulation)
{
    return simulation->truth.events;
}

const struct table *simulation_bursts(const struct simulation *simulation)
{
    return simulation->truth.bursts;
}

const struct table *simulation_artefacts(const struct simulation *simulation)
{
    return simulation->truth.artefacts;
}

enum status simulation_write_sidecar(const struct simulation *simulation, FILE *stream,
                                     struct error *error)
{
    return truth_write_sidecar(simulation->truth.events, stream, error);
}
