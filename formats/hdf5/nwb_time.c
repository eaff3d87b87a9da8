/* When the samples of an NWB series were taken. */
#include "formats/hdf5/nwb.h"

#include "formats/checked.h"

#include <math.h>
#include <string.h>

/* Steps that are looked at for the usual one. */
#define STEPS_MAX 4096

/* A step of this many usual ones and more is a gap; all others may differ from one by JITTER_MAX.
 * Clocks drift: rows may be off their place by a sample, or by this part of the time gone. */
#define GAP_STEPS  1.5
#define JITTER_MAX 0.25
#define DRIFT_MAX  1e-4

/* A longer pause within a recording is damage, s. */
#define PAUSE_MAX (400 * 86400.0)

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The usual step between timestamps: the median of the first ones; 0 when it cannot be told. */
static double usual_step(struct hdf5_numbers *stamps, struct error *error)
{
    double *steps = checked_calloc(STEPS_MAX, sizeof *steps), previous = NAN, step = 0;
    size_t count = 0;
    for (uint64_t row = 0; steps && row < stamps->rows && count < STEPS_MAX;) {
        size_t available;
        const double *values = hdf5_numbers_rows(stamps, row, &available, error);
        if (!values) {
            break;
        }
        for (size_t i = 0; i < available && count < STEPS_MAX; i++) {
            if (row + i > 0) {
                steps[count++] = values[i] - previous;
            }
            previous = values[i];
        }
        row += available;
    }
    if (count > 0) {
        qsort(steps, count, sizeof *steps, by_value);
        step = steps[count / 2];
    }
    free(steps);
    return step > 0 && isfinite(step) ? step : 0;
}

/* A walk over timestamps: once to find the rate, once more to lay the rows. */
struct stamping {
    double step;  /* the usual one, s */
    double first; /* time stamp of the first row */
    double sum;   /* of the steps that are no gaps */
    uint64_t steps, gaps;
    double rate;      /* Hz, for the second walk */
    double run_start; /* stamp and frame of the run's first row */
    uint64_t run_rows;
    bool uneven;  /* steps that are neither usual nor gaps, or rows off their place */
    bool between; /* a gap that is no whole number of samples */
    bool endless; /* a gap that is longer than any pause */
    struct hdf5_timeline *timeline;
};

static enum status stamp_row(struct stamping *stamping, double value, double step,
                             struct error *error)
{
    bool gap = step >= GAP_STEPS * stamping->step;
    if (!gap && !(fabs(step - stamping->step) <= JITTER_MAX * stamping->step)) {
        stamping->uneven = true;
        return STATUS_OK;
    }
    stamping->endless = stamping->endless || step > PAUSE_MAX;
    stamping->gaps += gap;
    stamping->steps += !gap;
    stamping->sum += gap ? 0 : step;
    if (!stamping->timeline) {
        return STATUS_OK;
    }
    double place = (value - stamping->first) * stamping->rate;
    uint64_t frames = stamping->timeline->frames, frame;
    if (gap) {
        if (!checked_frames(value - stamping->first, stamping->rate, &frame)) {
            stamping->endless = true;
            return STATUS_OK;
        }
        stamping->between = stamping->between || fabs(place - (double)frame) > 0.25;
        if (frame > frames) {
            hdf5_timeline_gap(stamping->timeline, frame - frames);
        }
        stamping->run_start = value;
        stamping->run_rows = 0;
    }
    double within = (value - stamping->run_start) * stamping->rate;
    double off = fabs(within - (double)stamping->run_rows);
    stamping->uneven = stamping->uneven || off > fmax(1, DRIFT_MAX * (double)stamping->run_rows);
    stamping->run_rows++;
    return hdf5_timeline_rows(stamping->timeline, 1, error);
}

static enum status walk_stamps(struct hdf5_numbers *stamps, uint64_t rows,
                               struct stamping *stamping, struct error *error)
{
    enum status status = STATUS_OK;
    double previous = 0;
    for (uint64_t row = 0; row < rows && status == STATUS_OK;) {
        size_t available;
        const double *values = hdf5_numbers_rows(stamps, row, &available, error);
        if (!values) {
            return STATUS_FAILED;
        }
        available = rows - row < available ? (size_t)(rows - row) : available;
        for (size_t i = 0; i < available && status == STATUS_OK; i++) {
            if (row + i == 0) {
                stamping->first = stamping->run_start = previous = values[0];
                stamping->run_rows = 1;
                status = stamping->timeline ? hdf5_timeline_rows(stamping->timeline, 1, error)
                                            : STATUS_OK;
                continue;
            }
            status = stamp_row(stamping, values[i], values[i] - previous, error);
            previous = values[i];
        }
        row += available;
    }
    return status;
}

static enum status refuse_stamps(const struct nwb_file *file, const struct nwb_series *series,
                                 bool endless, struct error *error)
{
    if (endless) {
        return error_set(error, STATUS_FAILED,
                         "%s: the timestamps of %s leave out more than a year at once; give the "
                         "rate with --rate to take its samples for evenly spaced",
                         file->signals->input.name, series->path);
    }
    return error_set(error, STATUS_UNSUPPORTED,
                     "%s: the timestamps of %s are not even; resample the series, or give the "
                     "rate with --rate to take its samples for evenly spaced",
                     file->signals->input.name, series->path);
}

static enum status lay_by_stamps(struct nwb_file *file, struct nwb_series *series,
                                 struct hdf5_numbers *stamps, uint64_t rows, struct error *error)
{
    struct hdf5_signals *signals = file->signals;
    struct stamping stamping = {.step = usual_step(stamps, error)};
    if (stamping.step == 0) {
        return refuse_stamps(file, series, false, error);
    }
    enum status status = walk_stamps(stamps, rows, &stamping, error);
    if (status != STATUS_OK) {
        return status;
    }
    double step = stamping.steps ? stamping.sum / (double)stamping.steps : stamping.step;
    double rate = 1 / step, whole = rint(rate);
    /* Stamps are decimals: 1/0.0005 is 2000. */
    rate = fabs(rate - whole) < 1e-6 * rate ? whole : rate;
    bool gaps = stamping.gaps > 0;
    if (stamping.uneven || stamping.endless || !isfinite(stamping.first) ||
        stamping.gaps > rows / 20 + 1) {
        return refuse_stamps(file, series, stamping.endless, error);
    }
    stamping = (struct stamping){
        .step = stamping.step, .rate = rate, .timeline = &signals->timelines[series->timeline]};
    status = walk_stamps(stamps, rows, &stamping, error);
    if (status == STATUS_OK &&
        (stamping.uneven || stamping.endless || (stamping.between && file->options->strict))) {
        status = refuse_stamps(file, series, stamping.endless, error);
    }
    if (status == STATUS_OK && gaps && stamping.between) {
        warnings_add(&signals->info->warnings,
                     "%s: a gap is no whole number of samples; what follows is put at the nearest",
                     series->name);
    }
    series->start = stamping.first;
    series->rate = rate;
    series->timed = true;
    return status;
}

enum status nwb_lay_series(struct nwb_file *file, struct nwb_series *series, hid_t group,
                           struct error *error)
{
    struct hdf5_signals *signals = file->signals;
    struct hdf5_timeline *timeline = &signals->timelines[series->timeline];
    uint64_t rows = signals->numbers[series->numbers].rows;
    struct hdf5_numbers numbers;
    struct error ignored;
    enum status status = STATUS_OK;
    double given = file->options->rate;
    size_t available;
    const double *value;
    if (hdf5_numbers_open(&signals->input, group, "starting_time", &numbers, &ignored) ==
        STATUS_OK) {
        double rate = hdf5_real_attribute(numbers.dataset, "rate");
        value = numbers.rows ? hdf5_numbers_rows(&numbers, 0, &available, &ignored) : NULL;
        series->start = value && isfinite(*value) ? *value : 0;
        series->rate = given > 0 ? given : rate > 0 && isfinite(rate) ? rate : 0;
        hdf5_numbers_close(&numbers);
        return hdf5_timeline_rows(timeline, rows, error);
    }
    if (hdf5_numbers_open(&signals->input, group, "timestamps", &numbers, error) != STATUS_OK) {
        series->rate = given;
        return given > 0 ? hdf5_timeline_rows(timeline, rows, error)
                         : error_set(error, STATUS_NO_RATE,
                                     "%s: %s has neither a rate nor timestamps that can be read; "
                                     "give its rate with --rate",
                                     signals->input.name, series->path);
    }
    if (given > 0) {
        value = numbers.rows ? hdf5_numbers_rows(&numbers, 0, &available, &ignored) : NULL;
        series->start = value && isfinite(*value) ? *value : 0;
        series->rate = given;
        status = hdf5_timeline_rows(timeline, rows, error);
    } else if (numbers.rows < rows || numbers.columns != 1 ||
               (numbers.rows > rows && !signals->numbers[series->numbers].cut)) {
        status = error_set(error, STATUS_FAILED,
                           "%s: %s has %llu rows of samples and %llu timestamps; is it transposed? "
                           "--rate takes its rows for evenly spaced",
                           signals->input.name, series->path, (unsigned long long)rows,
                           (unsigned long long)numbers.rows);
    } else {
        status = lay_by_stamps(file, series, &numbers, rows, error);
    }
    hdf5_numbers_close(&numbers);
    return status;
}
