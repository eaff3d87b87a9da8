#include "pipeline/parameters.h"

#include "pipeline/analysis/mvc.h"

#include <math.h>

struct parameters parameters_defaults(void)
{
    return (struct parameters){
        .band = {20, 450},
        .mains = MAINS_AUTO,
        .epoch = 1,
        .hop = 1,
        .segment = 0.5,
        .overlap = 0.5,
        .low_band = {20, 40},
        .high_band = {130, 238},
        .hysteresis = 0.02,
        .detector = DETECTOR_TEAGER,
        .onset_ratio = 2,
        .change_cost = 2,
        .burst_evidence = 6,
        .short_window = 0.02,
        .minimum_burst = 0.03,
        .minimum_gap = 0.03,
        .horizon = 1900,
        .prominence = 0.0075,
        .join_gap = 1,
        .join_intervals = 2.5,
        .tonic_minimum = 0.5,
        .myoclonic_maximum = 0.25,
        .rate_band = {0.5, 12},
        .regularity = 0.5,
        .plausibility = 0.7,
        .prolonged = 180,
        .long_episode = 600,
        .night = {22, 6},
        .merge_gap = 1,
        .confidence = 0.95,
        .contraction_minimum = 10,
        .intervention = "intervention",
        .prodrome = 60,
        .baseline = 60,
        .recovery_rms = 1.5,
        .recovery_mdf = 10,
        .recovery_epochs = 3,
        .mvc_window = 0.5,
        .block = 4,
        .threads = 0,
    };
}

const char *parameters_conflict(const struct parameters *parameters)
{
    if (parameters->segment > parameters->epoch) {
        return "--segment is longer than --epoch; shorten the segment or lengthen the epoch";
    }
    if (fmax(parameters->epoch, parameters->hop) > parameters->horizon / 4) {
        return "--epoch or --hop is longer than a quarter of --horizon; lengthen the horizon";
    }
    if (parameters->myoclonic_maximum > parameters->tonic_minimum) {
        return "--myoclonic-maximum is above --tonic-minimum; a burst would be of both classes";
    }
    if (parameters->mvc && parameters->mvc_event) {
        return "--mvc and --mvc-event both say what the maximum is; give one of them";
    }
    return parameters->mvc ? mvc_fault(parameters->mvc) : 0;
}
