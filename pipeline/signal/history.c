#include "pipeline/signal/history.h"

#include "formats/checked.h"
#include "pipeline/signal/regression.h"
#include "pipeline/signal/statistics.h"

#include <math.h>
#include <stdlib.h>

const char *const recovery_reason_names[] = {"no_rest_before",     "rms_censored",
                                             "no_activity_before", "no_activity_after",
                                             "mdf_censored",       NULL};

/* Times of epochs are sums of products of decimal fractions. */
#define TIME_TOLERANCE 1e-9

static enum status make_room(struct history *history, struct error *error)
{
    size_t capacity = history->capacity ? 2 * history->capacity : 256;
    float *rms = checked_realloc(history->rms, capacity, sizeof *rms);
    history->rms = rms ? rms : history->rms;
    float *mdf = checked_realloc(history->mdf, capacity, sizeof *mdf);
    history->mdf = mdf ? mdf : history->mdf;
    uint8_t *state = checked_realloc(history->state, capacity, sizeof *state);
    history->state = state ? state : history->state;
    if (!rms || !mdf || !state) {
        return error_memory(error, "keeping epochs");
    }
    history->capacity = capacity;
    return STATUS_OK;
}

enum status history_add(struct history *history, double rms, double mdf, enum history_state state,
                        struct error *error)
{
    if (history->count == history->capacity) {
        enum status status = make_room(history, error);
        if (status != STATUS_OK) {
            return status;
        }
    }
    history->rms[history->count] = (float)rms;
    history->mdf[history->count] = (float)mdf;
    history->state[history->count++] = (uint8_t)(isfinite(rms) ? state : HISTORY_MISSING);
    return STATUS_OK;
}

void history_clear(struct history *history)
{
    free(history->rms);
    free(history->mdf);
    free(history->state);
    *history = (struct history){0};
}

/* First epoch that starts at or after a moment; may be past the last. */
static size_t first_from(const struct history *history, double time)
{
    double k = ceil((time - TIME_TOLERANCE) / history->hop);
    return k <= 0 ? 0 : k >= (double)history->count ? history->count : (size_t)k;
}

static double start_of(const struct history *history, size_t k)
{
    return (double)k * history->hop;
}

static bool ends_by(const struct history *history, size_t k, double time)
{
    return start_of(history, k) + history->epoch <= time + TIME_TOLERANCE;
}

/* Whether an epoch's value can be looked at: it lies clear of `taken`. */
static bool counts(const struct history *history, enum history_value value,
                   const struct spans *taken, size_t k)
{
    unsigned state = history->state[k];
    double start = start_of(history, k);
    bool sound = value == HISTORY_MDF ? state == HISTORY_ACTIVE && isfinite(history->mdf[k])
                                      : state != HISTORY_MISSING && state != HISTORY_ARTEFACT;
    return sound && spans_covered(taken, start, start + history->epoch) <= TIME_TOLERANCE;
}

enum status history_slope(const struct history *history, enum history_value value, double from,
                          double to, const struct spans *taken, double *slope, struct error *error)
{
    const float *source = value == HISTORY_MDF ? history->mdf : history->rms;
    size_t first = first_from(history, from), last = first, count = 0;
    *slope = NAN;
    while (last < history->count && ends_by(history, last, to)) {
        last++;
    }
    double *times = checked_calloc(last - first, sizeof *times);
    double *values = checked_calloc(last - first, sizeof *values);
    enum status status =
        times && values ? STATUS_OK : error_memory(error, "describing what was before an episode");
    for (size_t k = first; k < last && status == STATUS_OK; k++) {
        if (counts(history, value, taken, k)) {
            times[count] = start_of(history, k);
            values[count++] = (double)source[k];
        }
    }
    if (status == STATUS_OK && count >= HISTORY_SLOPE_LEAST) {
        struct regression fit;
        double overlap = fmax(0, 1 - history->hop / history->epoch);
        status = regression_fit(times, values, count, history->hop, overlap, NULL, &fit, error);
        if (status == STATUS_OK && fit.intercept > 0) {
            *slope = 6000 * fit.slope / fit.intercept;
        }
    }
    free(times);
    free(values);
    return status;
}

/* Median of the last `most` values before the onset: RMS at rest, MDF where active; NaN when there
 * are too few. scratch: room for `most`. */
static double baseline_of(const struct history *history, enum history_value value,
                          const struct spans *taken, double onset, size_t most, double *scratch)
{
    const float *source = value == HISTORY_MDF ? history->mdf : history->rms;
    size_t count = 0;
    for (size_t k = first_from(history, onset); k-- > 0 && count < most;) {
        bool rest = history->state[k] == HISTORY_REST;
        if ((value == HISTORY_MDF || rest) && counts(history, value, taken, k) &&
            ends_by(history, k, onset)) {
            scratch[count++] = (double)source[k];
        }
    }
    return count >= RECOVERY_BASELINE_LEAST ? statistics_median(scratch, count) : NAN;
}

static void recover_rms(const struct history *history, const struct spans *taken, double offset,
                        double until, const struct recovery_design *design, double baseline,
                        struct recovery *recovery)
{
    double limit = baseline * pow(10, design->rms_bound / 20);
    size_t run = 0;
    if (isnan(baseline)) {
        recovery->reasons |= RECOVERY_NO_REST_BEFORE;
        return;
    }
    for (size_t k = first_from(history, offset); k < history->count && ends_by(history, k, until);
         k++) {
        bool back = counts(history, HISTORY_RMS, taken, k) && (double)history->rms[k] <= limit;
        run = back ? run + 1 : 0;
        if (run == design->run) {
            recovery->rms = fmax(0, start_of(history, k + 1 - run) - offset);
            return;
        }
    }
    recovery->reasons |= RECOVERY_RMS_CENSORED;
}

/* recent: room for a run of values, and as much to sort them. */
static void recover_mdf(const struct history *history, const struct spans *taken, double offset,
                        const struct recovery_design *design, double baseline, double *recent,
                        struct recovery *recovery)
{
    double *sorted = recent + design->run, *starts = sorted + design->run;
    size_t seen = 0;
    if (isnan(baseline)) {
        recovery->reasons |= RECOVERY_NO_ACTIVITY_BEFORE;
        return;
    }
    for (size_t k = first_from(history, offset); k < history->count; k++) {
        if (!counts(history, HISTORY_MDF, taken, k)) {
            continue;
        }
        recent[seen % design->run] = (double)history->mdf[k];
        starts[seen % design->run] = start_of(history, k);
        seen++;
        for (size_t i = 0; i < design->run; i++) {
            sorted[i] = recent[i];
        }
        if (seen >= design->run && fabs(statistics_median(sorted, design->run) - baseline) <=
                                       baseline * design->mdf_bound / 100) {
            recovery->mdf = fmax(0, starts[seen % design->run] - offset);
            return;
        }
    }
    recovery->reasons |= seen < design->run ? RECOVERY_NO_ACTIVITY_AFTER : RECOVERY_MDF_CENSORED;
}

enum status history_recovery(const struct history *history, double onset, double offset,
                             double until, const struct spans *taken,
                             const struct recovery_design *design, struct recovery *recovery,
                             struct error *error)
{
    double *scratch = checked_calloc(design->baseline, sizeof *scratch);
    double *recent = checked_calloc(design->run, 3 * sizeof *recent);
    *recovery = (struct recovery){.rms = NAN, .mdf = NAN};
    if (!scratch || !recent) {
        free(scratch);
        free(recent);
        return error_memory(error, "describing what was after an episode");
    }
    double rms = baseline_of(history, HISTORY_RMS, taken, onset, design->baseline, scratch);
    recover_rms(history, taken, offset, until, design, rms, recovery);
    double mdf = baseline_of(history, HISTORY_MDF, taken, onset, design->baseline, scratch);
    recover_mdf(history, taken, offset, design, mdf, recent, recovery);
    free(scratch);
    free(recent);
    return STATUS_OK;
}
