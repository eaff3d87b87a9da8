/* Written by scripts/fit-episodes; do not edit. */
#include "pipeline/signal/episode_weights.h"

// clang-format off
const double episode_weights_cadence[CADENCE_MEASURES + 1] = {
    -0.187366, -0.347338, -1.36297, -1.3593, 0.543561, -3.15826, -0.970649, -3.97863, 0.324528, 0.413121, -0.164881, 0.235657, 0.24812, 0.855891, -0.670808};

const double episode_weights_plausibility[PLAUSIBLE_KINDS][PLAUSIBILITY_MEASURES + 1] = {
    {0.603927, 0.595675, -1.1872, -1.2546, 1.42774, 0.290506, -2.18729, -4.47422, 0.447615, 0.801161, 0.299962, 0.573897},
    {2.54668, 0.287041, 0.640321, -2.48243, -1.12314, 0.830235, 22.33, -0.717738, -1.23022, -0.0708587, 0.0211929, -1.15686},
    {-2.66447, 0.713134, 0, -1.79379, 1.84502, 0.579012, -1.69231, -2.21097, -0.910277, -0.517193, 0.868609, -3.84429},
};

const double episode_weights_confidence[EPISODE_KINDS][2] = {
    {0, 1}, {0, 1}, {0, 1},
};
// clang-format on
