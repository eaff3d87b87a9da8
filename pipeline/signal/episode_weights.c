/* Written by scripts/fit-episodes; do not edit. */
#include "pipeline/signal/episode_weights.h"

// clang-format off
const double episode_weights_cadence[CADENCE_MEASURES + 1] = {
    -0.197474, -0.352853, -1.35778, -1.31285, 0.482784, -2.9691, -0.754477, -3.93464, 0.346417, 0.421495, -0.119892, 0.213001, 0.23456, 0.889218, -0.185422};

const double episode_weights_plausibility[PLAUSIBLE_KINDS][PLAUSIBILITY_MEASURES + 1] = {
    {0.668424, 0.611158, -1.03303, -1.19409, 1.38886, 0.344211, -2.31143, -4.31502, 0.607154, 0.75399, 0.295477, 0.413489},
    {2.52136, 0.273264, 0.617494, -2.43477, -1.11189, 0.805673, 22.0605, -0.731943, -1.26921, -0.0813099, 0.00315697, -1.06187},
    {4.24559, 0.313045, 0, -1.78755, 0.954588, 1.04008, 2.3648, -1.42878, -0.619385, 0.3401, 0.223595, -3.96189},
};

const double episode_weights_confidence[EPISODE_KINDS][2] = {
    {0, 1}, {0, 1}, {0, 1},
};
// clang-format on
