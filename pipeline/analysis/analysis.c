#include "pipeline/analysis/analysis.h"

#include "formats/checked.h"
#include "pipeline/analysis/conditioning.h"
#include "pipeline/analysis/opening.h"
#include "pipeline/analysis/pool.h"
#include "pipeline/analysis/surroundings.h"
#include "pipeline/analysis/tables.h"
#include "pipeline/analysis/trends.h"

#include <math.h>
#include <string.h>

/* The run in progress. */
struct run {
    struct recording *recording;
    struct analysis *analysis;
    const struct analysis_sink *sink;
    struct pool *pool;
    struct block block;
    struct opening *opening;
    bool laid; /* the paths are there */
    bool finishing;
    enum status *statuses; /* by analysed channel, of the last parallel step */
    struct error *errors;
    struct trend_gatherer *trends;
    const struct channel_row **row;
};

const char *analysis_label(const struct analysis *analysis, size_t i)
{
    return analysis->info->channels[analysis->indexes[i]].label;
}

static const struct channel *about(const struct analysis *analysis, size_t i)
{
    return &analysis->info->channels[analysis->indexes[i]];
}

static enum status prepare_run(struct run *run, struct error *error)
{
    struct analysis *analysis = run->analysis;
    const struct recording_info *info = analysis->info;
    size_t n = info->channel_count;
    analysis->indexes = checked_calloc(n, sizeof *analysis->indexes);
    analysis->paths = checked_calloc(n, sizeof *analysis->paths);
    analysis->mains_masks = checked_calloc(n, sizeof *analysis->mains_masks);
    run->statuses = checked_calloc(n, sizeof *run->statuses);
    run->errors = checked_calloc(n, sizeof *run->errors);
    run->row = checked_calloc(n, sizeof *run->row);
    if (!analysis->indexes || !analysis->paths || !analysis->mains_masks || !run->statuses ||
        !run->errors || !run->row) {
        return error_memory(error, "preparing the analysis");
    }
    for (size_t c = 0; c < n; c++) {
        if (!info->channels[c].selected) {
            continue;
        }
        enum status possible =
            conditioning_check(&info->channels[c], analysis->parameters.band, error);
        if (possible != STATUS_OK) {
            error_prefix(error, recording_name(run->recording));
            return possible;
        }
        analysis->indexes[analysis->channel_count++] = c;
    }
    enum status status =
        opening_create(info, analysis->indexes, analysis->channel_count, &run->opening, error);
    if (status == STATUS_OK) {
        status = block_allocate(&run->block, info, analysis->parameters.block, error);
    }
    if (status == STATUS_OK) {
        size_t threads = analysis->parameters.threads;
        status = pool_create(analysis->channel_count == 1 ? 1 : threads, &run->pool, error);
    }
    return status;
}

static void clear_run(struct run *run)
{
    opening_destroy(run->opening);
    free(run->statuses);
    free(run->errors);
    free((void *)run->row);
    trend_gatherer_destroy(run->trends);
    block_clear(&run->block);
    pool_destroy(run->pool);
}

/* Makes the channel paths, once enough of the recording has been seen. */
static enum status lay_paths(struct run *run, struct error *error)
{
    struct analysis *analysis = run->analysis;
    enum status status = opening_decide_mains(run->opening, &analysis->parameters, &analysis->mains,
                                              analysis->mains_masks, error);
    for (size_t i = 0; i < analysis->channel_count && status == STATUS_OK; i++) {
        struct channel_start start = {
            .mains = analysis->mains_masks[i] ? analysis->mains : 0,
            .mains_mask = analysis->mains_masks[i],
            .quantum = opening_quantum(run->opening, i),
            .conditioned = analysis->info->conditioned,
        };
        status = channel_create(about(analysis, i), &start, &analysis->parameters,
                                &analysis->paths[i], error);
        if (status == STATUS_OK && run->sink->watch) {
            status = channel_watch(analysis->paths[i], *run->sink->watch, error);
        }
        if (status != STATUS_OK) {
            error_prefix(error, recording_name(run->recording));
        }
    }
    run->laid = true;
    return status;
}

/* One channel's share of a block; runs in any thread. */
static void push_job(void *context, size_t i)
{
    struct run *run = context;
    struct analysis *analysis = run->analysis;
    enum status status = STATUS_OK;
    size_t kept;
    const float *start = opening_samples(run->opening, i, &kept);
    if (kept > 0) {
        status = channel_push(analysis->paths[i], start, kept, &run->errors[i]);
        opening_release(run->opening, i);
    }
    size_t c = analysis->indexes[i];
    if (status == STATUS_OK && run->block.frames[c] > 0) {
        status = channel_push(analysis->paths[i], run->block.samples[c], run->block.frames[c],
                              &run->errors[i]);
    }
    if (status == STATUS_OK && run->finishing) {
        status = channel_finish(analysis->paths[i], &run->errors[i]);
    }
    run->statuses[i] = status;
}

/* The rows that are final in all channels. A channel that ended earlier holds nobody up once all
 * is finished: its missing epochs are rows of gaps. */
static enum status give_rows(struct run *run, struct error *error)
{
    static const struct channel_row missing = {.status = EPOCH_GAP | EPOCH_REST};
    struct analysis *analysis = run->analysis;
    struct channel_row absent = missing;
    enum status status = STATUS_OK;
    for (size_t m = 0; m < MARKERS_MAX; m++) {
        absent.values[m] = NAN;
    }
    size_t ready = SIZE_MAX, most = 0;
    for (size_t i = 0; i < analysis->channel_count; i++) {
        size_t rows = channel_rows(analysis->paths[i]);
        ready = rows < ready ? rows : ready;
        most = rows > most ? rows : most;
    }
    ready = run->finishing ? most : ready;
    for (size_t k = 0; k < ready && status == STATUS_OK; k++) {
        for (size_t i = 0; i < analysis->channel_count; i++) {
            run->row[i] =
                k < channel_rows(analysis->paths[i]) ? channel_row(analysis->paths[i], k) : &absent;
        }
        struct analysis_row row = {.number = analysis->epoch_count,
                                   .time =
                                       (double)analysis->epoch_count * analysis->parameters.hop +
                                       analysis->parameters.epoch / 2,
                                   .channel_count = analysis->channel_count,
                                   .channels = run->row};
        analysis->epoch_count++;
        if (run->sink->row) {
            status = run->sink->row(run->sink->context, &row, error);
        }
        if (status == STATUS_OK && run->trends) {
            status = trend_gatherer_push(run->trends, &row, error);
        }
    }
    for (size_t i = 0; i < analysis->channel_count; i++) {
        size_t rows = channel_rows(analysis->paths[i]);
        channel_drop_rows(analysis->paths[i], rows < ready ? rows : ready);
    }
    return status;
}

/* A recording without a single sample, or with nothing but gaps, has no results. */
static enum status check_content(struct run *run, struct error *error)
{
    struct analysis *analysis = run->analysis;
    analysis->seconds = analysis->info->duration;
    bool any = false, alive = false, epochs = analysis->epoch_count > 0;
    for (size_t i = 0; i < analysis->channel_count && analysis->paths[i]; i++) {
        struct quality quality = channel_quality(analysis->paths[i], analysis->seconds);
        any = any || quality.missing < 1;
        alive = alive || quality.missing + quality.flat < 1;
    }
    if (!(analysis->seconds > 0) || !any) {
        return error_set(error, STATUS_FAILED,
                         "%s: holds no samples that could be analysed%s; is it the right file?",
                         recording_name(run->recording),
                         analysis->seconds > 0 ? " (all are missing)" : "");
    }
    if (!alive && !run->sink->flat) {
        return error_set(error, STATUS_FAILED,
                         "%s: every channel holds one value throughout; were the electrodes or the "
                         "amplifier off? Choose other --channels ('soleus info' lists them)",
                         recording_name(run->recording));
    }
    for (size_t i = 0; i < analysis->channel_count; i++) {
        epochs = epochs || channel_rows(analysis->paths[i]) > 0;
    }
    if (!epochs) {
        return error_set(error, STATUS_FAILED,
                         "%s: lasts %g s, less than half an epoch of %g s; use a shorter --epoch",
                         recording_name(run->recording), analysis->seconds,
                         analysis->parameters.epoch);
    }
    return STATUS_OK;
}

/* Runs the channels over what has been read, in threads, and hands on their rows. */
static enum status run_channels(struct run *run, struct error *error)
{
    pool_run(run->pool, run->analysis->channel_count, push_job, run);
    for (size_t i = 0; i < run->analysis->channel_count; i++) {
        if (run->statuses[i] != STATUS_OK) {
            *error = run->errors[i];
            error_prefix(error, recording_name(run->recording));
            return run->statuses[i];
        }
    }
    /* Before the last rows, which are all of a short recording: a sink then shows nothing. */
    enum status status = run->finishing ? check_content(run, error) : STATUS_OK;
    if (status != STATUS_OK) {
        return status;
    }
    return give_rows(run, error);
}

static enum status read_all(struct run *run, struct error *error)
{
    struct analysis *analysis = run->analysis;
    enum status status = STATUS_OK;
    double seconds = 0;
    bool any = true;
    while (any && status == STATUS_OK) {
        status = recording_read(run->recording, &run->block, error);
        any = false;
        size_t first = analysis->indexes[0];
        for (size_t i = 0; i < analysis->channel_count; i++) {
            any = any || run->block.frames[analysis->indexes[i]] > 0;
        }
        seconds += (double)run->block.frames[first] / analysis->info->channels[first].rate;
        if (status == STATUS_OK && !run->laid) {
            status = opening_keep(run->opening, &run->block, error);
            if (status != STATUS_OK || (any && seconds < OPENING_SECONDS)) {
                continue;
            }
            memset(run->block.frames, 0, run->block.channel_count * sizeof *run->block.frames);
            status = lay_paths(run, error);
        }
        run->finishing = !any;
        if (status == STATUS_OK) {
            status = run_channels(run, error);
        }
        if (status == STATUS_OK && run->sink->progress) {
            status = run->sink->progress(run->sink->context, seconds, error);
        }
    }
    return status;
}

static enum status make_tables(struct run *run, struct error *error)
{
    struct analysis *analysis = run->analysis;
    enum status status =
        surroundings_settle(analysis, &recording_info(run->recording)->warnings, error);
    if (status == STATUS_OK) {
        status = analysis_make_bursts(analysis, error);
    }
    if (status == STATUS_OK) {
        status = analysis_make_episodes(analysis, error);
    }
    if (status == STATUS_OK) {
        status = analysis_make_quality(analysis, error);
    }
    if (status == STATUS_OK) {
        status = trend_gatherer_finish(run->trends, analysis,
                                       &recording_info(run->recording)->warnings, error);
    }
    struct table *const tables[] = {analysis->bursts, analysis->episodes, analysis->quality};
    for (size_t i = 0; i < sizeof tables / sizeof *tables && status == STATUS_OK; i++) {
        status = analysis_table_units(analysis->info, tables[i], error);
    }
    return status;
}

enum status analysis_run(struct recording *recording, const struct parameters *parameters,
                         const struct analysis_sink *sink, struct analysis **result,
                         struct error *error)
{
    struct run run = {.recording = recording, .sink = sink};
    enum status status = STATUS_OK;
    *result = NULL;
    struct analysis *analysis = calloc(1, sizeof *analysis);
    if (!analysis) {
        return error_memory(error, "preparing the analysis");
    }
    analysis->info = recording_info(recording);
    analysis->parameters = *parameters;
    run.analysis = analysis;
    status = prepare_run(&run, error);
    if (status == STATUS_OK && sink->tables) {
        status = surroundings_create(analysis, &analysis->surroundings, error);
    }
    if (status == STATUS_OK && sink->tables) {
        status = trend_gatherer_create(analysis, &run.trends, error);
    }
    if (status == STATUS_OK) {
        status = read_all(&run, error);
    }
    if (status == STATUS_OK && sink->tables) {
        status = make_tables(&run, error);
    }
    clear_run(&run);
    if (status == STATUS_OK) {
        *result = analysis;
    } else {
        analysis_destroy(analysis);
    }
    return status;
}

void analysis_destroy(struct analysis *analysis)
{
    if (!analysis) {
        return;
    }
    for (size_t i = 0; analysis->paths && i < analysis->channel_count; i++) {
        channel_destroy(analysis->paths[i]);
    }
    free(analysis->paths);
    free(analysis->indexes);
    free(analysis->mains_masks);
    table_destroy(analysis->bursts);
    table_destroy(analysis->episodes);
    table_destroy(analysis->trends);
    table_destroy(analysis->quality);
    free(analysis->episode_places);
    surroundings_destroy(analysis->surroundings);
    free(analysis);
}
