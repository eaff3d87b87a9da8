#include "formats/xdf/timing.h"

#include "formats/checked.h"

#include <math.h>

/* A stream of more breaks than this has no time worth the name. */
#define STRETCHES_MAX 100000

/* Load_xdf's: what is later than this is a break at once. */
#define BREAK_SECONDS 1.0

/* A step of this many seconds, and of STEP_SAMPLES samples, may be one. */
#define STEP_SECONDS 0.02
#define STEP_SAMPLES 5

/* Another step is looked at when so much time has passed since the last. */
#define WAIT_SECONDS 0.2

void xdf_line_add(struct xdf_line *line, double x, double y)
{
    line->count++;
    double dx = x - line->mean_x, dy = y - line->mean_y;
    line->mean_x += dx / line->count;
    line->mean_y += dy / line->count;
    line->xx += dx * (x - line->mean_x);
    line->xy += dx * (y - line->mean_y);
    line->yy += dy * (y - line->mean_y);
}

void xdf_line_join(struct xdf_line *line, const struct xdf_line *other)
{
    double total = line->count + other->count;
    double dx = other->mean_x - line->mean_x, dy = other->mean_y - line->mean_y;
    if (other->count == 0) {
        return;
    }
    double weight = line->count * other->count / total;
    line->xx += other->xx + dx * dx * weight;
    line->xy += other->xy + dx * dy * weight;
    line->yy += other->yy + dy * dy * weight;
    line->mean_x += dx * other->count / total;
    line->mean_y += dy * other->count / total;
    line->count = total;
}

static void forget(struct xdf_stamps *stamps)
{
    stamps->lately[0] = stamps->lately[1] = INFINITY;
    stamps->lately_count = 0;
}

/* Opens a stretch at the present sample. */
static enum status open_stretch(struct xdf_stamps *stamps, const struct xdf_stretch *stretch,
                                struct error *error)
{
    size_t count = stamps->stretch_count;
    if (count == STRETCHES_MAX) {
        return error_set(error, STATUS_FAILED,
                         "time stamps break off more than %d times; they make no sense",
                         STRETCHES_MAX);
    }
    struct xdf_stretch *grown = checked_grow(stamps->stretches, count, sizeof *grown);
    if (!grown) {
        return error_memory(error, "reading time stamps");
    }
    stamps->stretches = grown;
    stamps->stretches[stamps->stretch_count++] = *stretch;
    return STATUS_OK;
}

static void add(struct xdf_stretch *stretch, uint64_t sample, double stamp, size_t clocks)
{
    xdf_line_add(&stretch->line, (double)(sample - stretch->first), stamp - stretch->origin);
    stretch->count++;
    stretch->clocks = clocks;
}

/* Ends the wait after a step: a break when stamps have stayed up. */
static enum status decide(struct xdf_stamps *stamps, struct error *error)
{
    struct xdf_stretch *open = &stamps->stretches[stamps->stretch_count - 1];
    double stayed = stamps->after - stamps->before;
    stamps->waiting = false;
    if (stayed > 0.5 * stamps->step && stayed > 0.5 * STEP_SECONDS) {
        forget(stamps);
        return open_stretch(stamps, &stamps->pending, error);
    }
    /* The same points, seen from the open stretch's beginning. */
    struct xdf_line moved = stamps->pending.line;
    moved.mean_x += (double)(stamps->pending.first - open->first);
    moved.mean_y += stamps->pending.origin - open->origin;
    xdf_line_join(&open->line, &moved);
    open->count += stamps->pending.count;
    open->clocks = stamps->pending.clocks;
    return STATUS_OK;
}

/* Deviation of a stamp from where the stretch's slope puts it. */
static double deviation(const struct xdf_stamps *stamps, const struct xdf_stretch *from,
                        double stamp)
{
    return stamp - from->origin - (double)(stamps->count - from->first) * stamps->slope;
}

/* Notes the least deviation of this half second and of the one before. */
static void note(struct xdf_stamps *stamps, const struct xdf_stretch *open, double stamp)
{
    double half = 0.5 / stamps->interval;
    stamps->lately[0] = fmin(stamps->lately[0], deviation(stamps, open, stamp));
    if ((double)++stamps->lately_count < (half > 10 ? half : 10)) {
        return;
    }
    stamps->lately[1] = stamps->lately[0];
    stamps->lately[0] = INFINITY;
    stamps->lately_count = 0;
    /* After ten seconds the stamps themselves tell the slope better than the nominal rate. */
    double span = (double)open->count * stamps->interval;
    if (span > 10 && stamps->slope == stamps->interval && open->line.xx > 0) {
        double slope = open->line.xy / open->line.xx;
        if (slope > 0.5 * stamps->interval && slope < 2 * stamps->interval) {
            stamps->slope = slope;
            forget(stamps);
        }
    }
}

static enum status start(struct xdf_stamps *stamps, double stamp, size_t clocks,
                         struct error *error)
{
    struct xdf_stretch stretch = {.first = stamps->count, .origin = stamp};
    add(&stretch, stamps->count, stamp, clocks);
    forget(stamps);
    return open_stretch(stamps, &stretch, error);
}

/* A stamp that goes on from the one before it, perhaps a little late. */
static enum status go_on(struct xdf_stamps *stamps, double stamp, size_t clocks,
                         struct error *error)
{
    struct xdf_stretch *open = &stamps->stretches[stamps->stretch_count - 1];
    double step = stamp - stamps->last - stamps->interval;
    enum status status = STATUS_OK;
    /* Late samples come in bursts of steps; the first of them stands for all. */
    double waited = (double)stamps->pending.count * stamps->interval;
    bool soon = stamps->waiting && (waited < WAIT_SECONDS || stamps->pending.count < 10);
    if (!soon && step > STEP_SECONDS && step > STEP_SAMPLES * stamps->interval) {
        if (stamps->waiting) {
            status = decide(stamps, error);
            open = &stamps->stretches[stamps->stretch_count - 1];
        }
        stamps->waiting = true;
        stamps->step = step;
        stamps->before = fmin(stamps->lately[0], stamps->lately[1]);
        if (!isfinite(stamps->before)) {
            stamps->before = deviation(stamps, open, stamp) - step;
        }
        stamps->after = INFINITY;
        stamps->pending = (struct xdf_stretch){.first = stamps->count, .origin = stamp};
    }
    if (status == STATUS_OK && stamps->waiting) {
        add(&stamps->pending, stamps->count, stamp, clocks);
        stamps->after = fmin(stamps->after, deviation(stamps, open, stamp));
        if ((double)stamps->pending.count * stamps->interval >= 1 && stamps->pending.count >= 10) {
            status = decide(stamps, error);
        }
    } else if (status == STATUS_OK) {
        add(open, stamps->count, stamp, clocks);
        note(stamps, open, stamp);
    }
    return status;
}

enum status xdf_stamps_add(struct xdf_stamps *stamps, double stamp, size_t clocks,
                           struct error *error)
{
    enum status status = STATUS_OK;
    double passed = stamp - stamps->last;
    if (stamps->count == 0) {
        stamps->slope = stamps->interval;
        status = start(stamps, stamp, clocks, error);
    } else if ((passed > BREAK_SECONDS + stamps->interval || passed < -BREAK_SECONDS)) {
        if (stamps->waiting) {
            status = decide(stamps, error);
        }
        if (status == STATUS_OK) {
            status = start(stamps, stamp, clocks, error);
        }
    } else {
        status = go_on(stamps, stamp, clocks, error);
    }
    stamps->last = stamp;
    stamps->count++;
    return status;
}

enum status xdf_stamps_end(struct xdf_stamps *stamps, struct error *error)
{
    return stamps->waiting ? decide(stamps, error) : STATUS_OK;
}

void xdf_stamps_clear(struct xdf_stamps *stamps)
{
    free(stamps->stretches);
    *stamps = (struct xdf_stamps){0};
}
