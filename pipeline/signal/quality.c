#include "pipeline/signal/quality.h"

#include <math.h>
#include <string.h>

const char *const quality_reason_names[] = {"clipped",     "flat",  "mains", "noisy",
                                            "drift",       "ecg",   "gaps",  "duplicate",
                                            "no_activity", "short", NULL};
const char *const quality_verdict_names[] = {"good", "usable", "bad", NULL};

void quality_start(struct quality_meter *meter, double rate, double low, double high)
{
    *meter = (struct quality_meter){.low = (float)low,
                                    .high = (float)high,
                                    .minimum = INFINITY,
                                    .maximum = -INFINITY,
                                    .hash = 1469598103934665603ULL,
                                    .second_size = rate < 1 ? 1 : (uint64_t)llround(rate)};
}

/* A run of equal samples has ended. */
static void end_run(struct quality_meter *meter)
{
    if (meter->run * 10 >= meter->second_size && meter->run > 2) {
        meter->unchanged += meter->run;
    }
    /* Without known limits, runs at the extremes are what clipping leaves. */
    if (isnan(meter->low) && meter->run >= 3 && meter->run * 10 < meter->second_size &&
        (meter->last >= meter->maximum || meter->last <= meter->minimum)) {
        meter->limit_runs += meter->run;
    }
    meter->run = 1;
}

static void push_second(struct quality_meter *meter, float x)
{
    meter->second_sum += x;
    if (++meter->in_second == meter->second_size) {
        double mean = meter->second_sum / (double)meter->second_size;
        if (meter->seconds == 0) {
            meter->drift_first = mean;
        }
        /* About the first mean: offsets are often far larger than drifts. */
        double distance = mean - meter->drift_first;
        meter->drift_sum += distance;
        meter->drift_squares += distance * distance;
        meter->seconds++;
        meter->in_second = 0;
        meter->second_sum = 0;
    }
}

void quality_push(struct quality_meter *meter, const float *x, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t bits;
        memcpy(&bits, &x[i], sizeof bits);
        meter->hash = (meter->hash ^ bits) * 1099511628211ULL; /* FNV-1a by words */
        meter->samples++;
        if (isnan(x[i])) {
            meter->missing++;
            end_run(meter);
            meter->last = NAN;
            continue;
        }
        meter->at_limits += x[i] <= meter->low || x[i] >= meter->high;
        if (x[i] == meter->last) {
            meter->run++;
        } else {
            end_run(meter);
            meter->last = x[i];
        }
        if (x[i] < meter->minimum || x[i] > meter->maximum) {
            /* A new extreme: what was taken for a limit was none. */
            meter->limit_runs = 0;
            meter->minimum = fminf(meter->minimum, x[i]);
            meter->maximum = fmaxf(meter->maximum, x[i]);
        }
        push_second(meter, x[i]);
    }
}

void quality_finish(const struct quality_meter *meter, struct quality *quality)
{
    struct quality_meter end = *meter;
    double samples = (double)(end.samples ? end.samples : 1), n = (double)end.seconds;
    end_run(&end);
    quality->flat = (double)end.unchanged / samples;
    quality->missing = (double)end.missing / samples;
    quality->clipped = (double)(isnan(end.low) ? end.limit_runs : end.at_limits) / samples;
    quality->drift =
        n >= 2 ? sqrt(fmax(end.drift_squares / n - (end.drift_sum / n) * (end.drift_sum / n), 0))
               : NAN;
}

void quality_judge(struct quality *quality, int microvolts, double seconds)
{
    unsigned reasons = 0;
    int bad = quality->flat > 0.3 || quality->missing > 0.5 || quality->clipped > 0.05 ||
              quality->duplicate_of || quality->mains > 0.7;
    reasons |= quality->clipped > 0.001 ? QUALITY_CLIPPED : 0;
    reasons |= quality->flat > 0.01 ? QUALITY_FLAT : 0;
    reasons |= quality->missing > 0.01 ? QUALITY_GAPS : 0;
    reasons |= quality->mains > 0.5 ? QUALITY_MAINS : 0;
    reasons |= microvolts && quality->baseline_noise > 20 ? QUALITY_NOISY : 0;
    reasons |= quality->snr < 6 ? QUALITY_NOISY : 0;
    /* No baseline at all: nothing can be said of the channel. */
    reasons |=
        isnan(quality->baseline_noise) ? (quality->missing > 0 ? QUALITY_GAPS : QUALITY_SHORT) : 0;
    reasons |= quality->drift > 100 * quality->baseline_noise ? QUALITY_DRIFT : 0;
    reasons |= quality->heartbeats > 20 ? QUALITY_ECG : 0;
    reasons |= quality->duplicate_of ? QUALITY_DUPLICATE : 0;
    reasons |= seconds < 5 ? QUALITY_SHORT : 0;
    quality->verdict = bad ? 2 : reasons ? 1 : 0;
    reasons |= isnan(quality->snr) ? QUALITY_NO_ACTIVITY : 0;
    quality->reasons = reasons;
}
