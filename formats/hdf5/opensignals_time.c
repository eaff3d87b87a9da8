/* Where the samples of an OpenSignals device lie in time, and what was marked in it. */
#include "formats/hdf5/opensignals.h"

#include <math.h>
#include <string.h>

/* What a pass over the counter finds. */
struct counter {
    double highest;
    double modulus;
    uint64_t gaps, odd, lost; /* jumps; steps that no loss explains; frames lost */
    bool stuck;               /* it stays at its highest value once it gets there */
};

typedef enum status counter_function(void *data, uint64_t row, double value, double step,
                                     struct error *error);

/* Calls visit for every row with its value and the step from the row before (1 for the first). */
static enum status walk_counter(struct hdf5_numbers *numbers, uint64_t rows,
                                counter_function *visit, void *data, struct error *error)
{
    double previous = NAN;
    for (uint64_t row = 0; row < rows;) {
        size_t available;
        const double *values = hdf5_numbers_rows(numbers, row, &available, error);
        if (!values) {
            return STATUS_FAILED;
        }
        available = rows - row < available ? (size_t)(rows - row) : available;
        for (size_t i = 0; i < available; i++) {
            double value = values[i * numbers->columns];
            enum status status =
                visit(data, row + i, value, row + i == 0 ? 1 : value - previous, error);
            if (status != STATUS_OK) {
                return status;
            }
            previous = value;
        }
        row += available;
    }
    return STATUS_OK;
}

static enum status find_highest(void *data, uint64_t row, double value, double step,
                                struct error *error)
{
    struct counter *counter = data;
    (void)row;
    (void)step;
    (void)error;
    counter->highest = fmax(counter->highest, value);
    return STATUS_OK;
}

/* Frames lost before a row; -1 when the step is no loss. */
static int64_t frames_lost(const struct counter *counter, double value, double step)
{
    if (step == 0 && value == counter->modulus - 1) {
        return 0; /* the counter has come to its end, and stays there */
    }
    double forward = step < 0 ? step + counter->modulus : step;
    if (!(forward >= 1) || forward > counter->modulus / 2 || forward != rint(forward)) {
        return -1;
    }
    return (int64_t)forward - 1;
}

static enum status count_jumps(void *data, uint64_t row, double value, double step,
                               struct error *error)
{
    struct counter *counter = data;
    int64_t lost = frames_lost(counter, value, step);
    (void)row;
    (void)error;
    counter->odd += lost < 0;
    counter->gaps += lost > 0;
    counter->lost += lost > 0 ? (uint64_t)lost : 0;
    counter->stuck = counter->stuck || (step == 0 && lost == 0);
    return STATUS_OK;
}

struct laying {
    const struct counter *counter;
    struct hdf5_timeline *timeline;
};

static enum status lay_row(void *data, uint64_t row, double value, double step, struct error *error)
{
    struct laying *laying = data;
    int64_t lost = frames_lost(laying->counter, value, step);
    (void)row;
    if (lost > 0) {
        hdf5_timeline_gap(laying->timeline, (uint64_t)lost);
    }
    return hdf5_timeline_rows(laying->timeline, 1, error);
}

/* The counter wraps at a power of two that depends on the device's firmware: the smallest that its
 * values need. */
static double modulus_of(double highest)
{
    static const double moduli[] = {16, 128, 256, 65536};
    for (size_t i = 0; i < sizeof moduli / sizeof *moduli; i++) {
        if (highest < moduli[i]) {
            return moduli[i];
        }
    }
    return 4294967296.0;
}

/* Whether the counter tells of losses; says so when it does not. */
static enum status judge(struct hdf5_signals *signals, const struct opensignals_device *device,
                         const struct counter *counter, uint64_t rows, bool strict, bool *use,
                         struct error *error)
{
    struct warnings *warnings = &signals->info->warnings;
    *use = counter->odd + counter->gaps <= rows / 20 + 1 && counter->lost / 64 <= rows;
    if (!*use && strict) {
        return error_set(error, STATUS_FAILED,
                         "%s: %s: raw/nSeq does not count the samples, so that lost ones cannot be "
                         "told",
                         signals->input.name, device->name);
    }
    if (!*use) {
        warnings_add(warnings, "%s: raw/nSeq does not count the samples; lost ones cannot be told",
                     device->name);
        return STATUS_OK;
    }
    if (counter->stuck) {
        warnings_add(warnings,
                     "%s: the counter of samples stops at %.0f; samples lost after that cannot be "
                     "told",
                     device->name, counter->highest);
    }
    if (counter->odd > 0) {
        warnings_add(warnings,
                     "%s: the counter of samples stands still or goes back %llu times; taken for "
                     "no loss",
                     device->name, (unsigned long long)counter->odd);
    }
    return STATUS_OK;
}

enum status opensignals_timeline(struct hdf5_signals *signals, hid_t group,
                                 const struct opensignals_device *device, uint64_t lead,
                                 uint64_t rows, bool strict, struct error *error)
{
    struct hdf5_timeline *timeline = &signals->timelines[device->timeline];
    struct hdf5_numbers numbers;
    struct error ignored;
    hdf5_timeline_gap(timeline, lead);
    if (hdf5_numbers_open(&signals->input, group, "raw/nSeq", &numbers, &ignored) != STATUS_OK) {
        return hdf5_timeline_rows(timeline, rows, error);
    }
    struct counter counter = {.highest = 0};
    bool use = false;
    enum status status = STATUS_OK;
    if (numbers.rows >= rows) {
        status = walk_counter(&numbers, rows, find_highest, &counter, error);
        counter.modulus = modulus_of(counter.highest);
        if (status == STATUS_OK) {
            status = walk_counter(&numbers, rows, count_jumps, &counter, error);
        }
        if (status == STATUS_OK) {
            status = judge(signals, device, &counter, rows, strict, &use, error);
        }
    }
    if (status == STATUS_OK && use && counter.gaps > 0) {
        struct laying laying = {&counter, timeline};
        status = walk_counter(&numbers, rows, lay_row, &laying, error);
    } else if (status == STATUS_OK) {
        status = hdf5_timeline_rows(timeline, rows, error);
    }
    hdf5_numbers_close(&numbers);
    return status;
}

enum status opensignals_events(struct hdf5_signals *signals, hid_t group,
                               const struct opensignals_device *device, uint64_t lead,
                               struct error *error)
{
    struct hdf5_numbers numbers;
    struct error ignored;
    enum status status = STATUS_OK;
    if (!(device->rate > 0) || hdf5_numbers_open(&signals->input, group, "events/digital", &numbers,
                                                 &ignored) != STATUS_OK) {
        return STATUS_OK;
    }
    uint64_t rows = signals->timelines[device->timeline].rows;
    double previous = 0;
    for (uint64_t row = 0; row < numbers.rows && status == STATUS_OK;) {
        size_t available;
        const double *values = hdf5_numbers_rows(&numbers, row, &available, error);
        if (!values) {
            status = STATUS_FAILED;
            break;
        }
        for (size_t i = 0; i < available && status == STATUS_OK; i++, values += numbers.columns) {
            char text[64] = "digital event";
            size_t used = strlen(text);
            if (!(values[0] >= previous) || !(values[0] < (double)rows)) {
                warnings_add(&signals->info->warnings,
                             "%s: events/digital does not begin with numbers of samples; events "
                             "that do not are left out",
                             device->name);
                continue;
            }
            previous = values[0];
            for (size_t k = 1; k < numbers.columns && used + 24 < sizeof text; k++) {
                used += (size_t)snprintf(text + used, sizeof text - used, " %.12g", values[k]);
            }
            status = recording_info_annotate(
                signals->info, ((double)lead + values[0]) / device->rate, NAN, text, used, error);
        }
        row += available;
    }
    hdf5_numbers_close(&numbers);
    return status;
}
