#include "formats/delimited/stream.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

/* The longest run of lost samples that is believed: a day. */
#define LOST_SECONDS_MAX 86400.0

#define DAY_SECONDS 86400.0

/* " of 'label'", where a table has several columns of times. */
static const char *of_group(const struct text_stream *stream, const struct text_group *group,
                            char text[LABEL_SIZE + 8])
{
    text[0] = '\0';
    if (stream->group_count > 1) {
        snprintf(text, LABEL_SIZE + 8, " of '%s'", stream->info->channels[group->first].label);
    }
    return text;
}

/* Clock times start again at midnight. */
static double past_midnight(struct text_group *group, double time)
{
    if (time + group->midnights < group->latest - DAY_SECONDS / 2) {
        group->midnights += DAY_SECONDS;
    }
    return time + group->midnights;
}

/* Compares the row's time with the clock. */
static enum status check_time(struct text_stream *stream, struct text_group *group,
                              struct error *error)
{
    const struct text_layout *layout = &stream->layout;
    double written = stream->rows.row[group->column];
    double time = written * group->unit;
    const char *name = source_name(stream->source);
    if (group->column == layout->moment &&
        layout->columns[group->column].moment == TEXT_MOMENT_CLOCK) {
        time = past_midnight(group, time);
    }
    switch (text_clock_tick(&group->clock, time, &group->lost)) {
    case TICK_REGULAR:
        break;
    case TICK_BACKWARDS:
        return error_set(error, STATUS_FAILED,
                         "%s: line %" PRIu64
                         ": the time goes back to %.15g; were recordings joined? "
                         "Split them, or give --rate to do without the times",
                         name, stream->rows.line, written);
    case TICK_TOO_FAR:
        return error_set(error, STATUS_FAILED,
                         "%s: line %" PRIu64
                         ": the time jumps to %.15g, more than a day ahead; split "
                         "the file there, or give --rate to do without the times",
                         name, stream->rows.line, written);
    }
    group->latest = isfinite(time) ? time : group->latest;
    return STATUS_OK;
}

/* Compares the row's count with the counter. */
static enum status check_count(struct text_stream *stream, struct text_group *group,
                               struct error *error)
{
    double count = stream->rows.row[group->column];
    const char *name = source_name(stream->source);
    enum text_count verdict = text_counter_tick(&group->counter, count, &group->lost);
    if ((double)group->lost > LOST_SECONDS_MAX * group->rate) {
        return error_set(error, STATUS_FAILED,
                         "%s: line %" PRIu64
                         ": the counter jumps to %.15g, more than a day ahead; split the file "
                         "there, or mend the line",
                         name, stream->rows.line, count);
    }
    if (verdict == COUNT_REGULAR) {
        return STATUS_OK;
    }
    const char *what = verdict == COUNT_REPEATED ? "repeats" : "goes back to";
    if (stream->strict) {
        return error_set(error, STATUS_FAILED, "%s: line %" PRIu64 ": the counter %s %.15g", name,
                         stream->rows.line, what, count);
    }
    warnings_add(&stream->info->warnings,
                 "%s: line %" PRIu64 ": the counter %s %.15g; whether samples are missing there "
                 "cannot be told, and none are put in",
                 name, stream->rows.line, what, count);
    return STATUS_OK;
}

static bool has_value(const struct text_stream *stream, const struct text_group *group)
{
    for (size_t c = group->first; c < group->first + group->count; c++) {
        if (!isnan(stream->rows.row[stream->columns[c]])) {
            return true;
        }
    }
    return false;
}

static void note_lost(struct text_stream *stream, const struct text_group *group)
{
    char of[LABEL_SIZE + 8];
    warnings_add(&stream->info->warnings,
                 "%s: line %" PRIu64 ": %" PRIu64 " samples%s are missing before it",
                 source_name(stream->source), stream->rows.line, group->lost,
                 of_group(stream, group, of));
}

/* What the row means for a group: a sample, lost ones before it, or nothing. */
static enum status take_row(struct text_stream *stream, struct text_group *group,
                            struct error *error)
{
    enum status status = STATUS_OK;
    group->sample = true;
    if (group->ends && !has_value(stream, group) &&
        (group->pace != TEXT_PACE_TIMES || isnan(stream->rows.row[group->column]))) {
        group->sample = false;
        group->blank += group->pace == TEXT_PACE_STEADY;
        return STATUS_OK;
    }
    switch (group->pace) {
    case TEXT_PACE_STEADY:
        group->lost = 0;
        break;
    case TEXT_PACE_TIMES:
        status = check_time(stream, group, error);
        break;
    case TEXT_PACE_COUNTER:
        status = check_count(stream, group, error);
        break;
    }
    if (group->lost > 0) {
        note_lost(stream, group);
    }
    group->lost += group->blank;
    group->blank = 0;
    group->position += group->lost;
    return status;
}

/* Takes the row for all groups, and for what goes with them. */
static enum status take_rows(struct text_stream *stream, struct error *error)
{
    enum status status = STATUS_OK;
    for (size_t g = 0; g < stream->group_count && status == STATUS_OK; g++) {
        status = take_row(stream, &stream->groups[g], error);
    }
    const struct text_group *first = &stream->groups[0];
    for (size_t i = 0; i < stream->label_count && status == STATUS_OK && first->sample; i++) {
        struct text_label *label = &stream->labels[i];
        status = text_label_push(label, &stream->rows.cells[label->column], first->position,
                                 first->rate, stream->info, error);
    }
    if (status == STATUS_OK && stream->each_row) {
        status = stream->each_row(stream, error);
    }
    for (size_t g = 0; g < stream->group_count; g++) {
        stream->groups[g].position += stream->groups[g].sample;
    }
    return status;
}

/* Puts as much of the row, and of what is missing before it, into the group's planes as fits;
 * true when all did. */
static bool deliver(struct text_stream *stream, struct text_group *group, const struct block *block)
{
    const double *row = stream->rows.row;
    if (!group->wanted) {
        group->owed += group->lost + group->sample;
        group->lost = 0;
        group->sample = false;
        return true;
    }
    for (; group->lost > 0 && group->done < group->room; group->lost--, group->done++) {
        for (size_t c = group->first; c < group->first + group->count; c++) {
            if (block->samples[c]) {
                block->samples[c][group->done] = NAN;
            }
        }
    }
    if (group->lost > 0 || (group->sample && group->done == group->room)) {
        return false;
    }
    for (size_t c = group->first; group->sample && c < group->first + group->count; c++) {
        if (block->samples[c]) {
            const struct channel *channel = &stream->info->channels[c];
            float sample = (float)(channel->gain * row[stream->columns[c]] + channel->offset);
            block->samples[c][group->done] = fabsf(sample) < HUGE_VALF ? sample : NAN;
        }
    }
    group->done += group->sample;
    group->sample = false;
    return true;
}

/* At the end: what the times say of the whole. */
static void note_clock(const struct text_stream *stream, const struct text_group *group)
{
    const struct text_clock *clock = &group->clock;
    const char *name = source_name(stream->source);
    char of[LABEL_SIZE + 8];
    if (group->pace != TEXT_PACE_TIMES || !clock->started) {
        return;
    }
    double half = 0.5 / clock->rate;
    double drift = text_clock_drift(clock);
    of_group(stream, group, of);
    if (clock->worst > fmax(half, clock->resolution)) {
        warnings_add(&stream->info->warnings,
                     "%s: the times%s jitter by up to %.3g ms; samples are taken to be evenly "
                     "spaced, at %.10g Hz",
                     name, of, 1e3 * clock->worst, clock->rate);
    }
    if (fabs(drift) > fmax(half, clock->tolerance) && fabs(drift) > clock->resolution) {
        double seconds = clock->previous - clock->first;
        warnings_add(&stream->info->warnings,
                     "%s: the first rows%s tell %.10g Hz, all of them %.10g Hz, which adds up to "
                     "%.3g s; give --rate %.10g",
                     name, of, clock->rate, (double)clock->known / seconds, fabs(drift),
                     (double)clock->known / seconds);
    }
}

/* At the end: the header's promises. The file rules. */
static enum status check_claims(struct text_stream *stream, struct error *error)
{
    const struct text_group *wrong = NULL;
    const char *name = source_name(stream->source);
    size_t channels = 0;
    for (size_t g = stream->group_count; g-- > 0;) {
        const struct text_group *group = &stream->groups[g];
        if (group->claimed > 0 && group->claimed != group->position) {
            wrong = group;
            channels += group->count;
        }
    }
    if (!wrong) {
        return STATUS_OK;
    }
    const char *label = stream->info->channels[wrong->first].label;
    if (stream->strict) {
        return error_set(error, STATUS_FAILED,
                         "%s: the header claims %" PRIu64
                         " samples of '%s', but there are %" PRIu64,
                         name, wrong->claimed, label, wrong->position);
    }
    warnings_add(&stream->info->warnings,
                 "%s: the header claims %" PRIu64 " samples of '%s', but there are %" PRIu64
                 " (%zu channels in all are not as long as claimed)",
                 name, wrong->claimed, label, wrong->position, channels);
    return STATUS_OK;
}

static enum status note_end(struct text_stream *stream, struct error *error)
{
    if (stream->finished) {
        return STATUS_OK;
    }
    stream->finished = true;
    enum status status = check_claims(stream, error);
    for (size_t g = 0; g < stream->group_count; g++) {
        note_clock(stream, &stream->groups[g]);
    }
    for (size_t i = 0; i < stream->label_count && status == STATUS_OK; i++) {
        status = text_label_finish(&stream->labels[i], stream->groups[0].rate, stream->info, error);
    }
    return status;
}

/* How far each group may go in this block. */
static void find_room(struct text_stream *stream, const struct block *block)
{
    bool any = false;
    for (size_t c = 0; c < block->channel_count; c++) {
        stream->rows.required[stream->columns[c]] = block->samples[c] != NULL;
        any = any || block->samples[c];
    }
    for (size_t g = 0; g < stream->group_count; g++) {
        struct text_group *group = &stream->groups[g];
        group->done = 0;
        group->room = SIZE_MAX;
        group->wanted = !any;
        for (size_t c = group->first; c < group->first + group->count; c++) {
            group->wanted = group->wanted || block->samples[c];
            group->room = block->capacity[c] < group->room ? block->capacity[c] : group->room;
        }
    }
}

/* Says how far each channel went; what is owed comes in as many blocks as it takes. */
static void set_frames(struct text_stream *stream, struct block *block)
{
    for (size_t g = 0; g < stream->group_count; g++) {
        struct text_group *group = &stream->groups[g];
        if (!group->wanted) {
            group->done = group->owed < group->room ? (size_t)group->owed : group->room;
            group->owed -= group->done;
        }
        for (size_t c = group->first; c < group->first + group->count; c++) {
            block->frames[c] = group->done;
        }
    }
}

enum status text_stream_read(void *state, struct block *block, struct error *error)
{
    struct text_stream *stream = state;
    enum status status = STATUS_OK;
    bool fits = true;
    find_room(stream, block);
    while (fits && status == STATUS_OK) {
        if (!stream->waiting) {
            status = text_rows_next(&stream->rows, &stream->waiting, error);
            if (status != STATUS_OK || !stream->waiting) {
                break;
            }
            status = take_rows(stream, error);
        }
        for (size_t g = 0; g < stream->group_count && status == STATUS_OK; g++) {
            fits = deliver(stream, &stream->groups[g], block) && fits;
        }
        stream->waiting = !fits;
    }
    if (status == STATUS_OK && !stream->waiting) {
        status = note_end(stream, error);
    }
    set_frames(stream, block);
    return status;
}
