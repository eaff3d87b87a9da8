#include "pipeline/signal/markers_time.h"

#include <math.h>

void markers_prepare_time(struct marker_input *input)
{
    double sum = 0;
    for (size_t i = 0; input->conditioned && i < input->count; i++) {
        sum += (double)input->conditioned[i] * (double)input->conditioned[i];
    }
    input->power_rms = input->conditioned && input->count ? sqrt(sum / (double)input->count) : NAN;
}

double marker_rms(const struct marker_input *input)
{
    return input->power_rms;
}

double marker_arv(const struct marker_input *input)
{
    double sum = 0;
    if (!input->conditioned || input->count == 0) {
        return NAN;
    }
    for (size_t i = 0; i < input->count; i++) {
        sum += fabs((double)input->conditioned[i]);
    }
    return sum / (double)input->count;
}

double marker_zcr(const struct marker_input *input)
{
    if (!input->conditioned || input->count == 0 || !(input->power_rms > 0)) {
        return NAN;
    }
    const float threshold = (float)(input->hysteresis * input->power_rms);
    int side = 0;
    size_t crossings = 0;
    for (size_t i = 0; i < input->count; i++) {
        float y = input->conditioned[i];
        int now = y > threshold ? 1 : y < -threshold ? -1 : side;
        crossings += side != 0 && now != side;
        side = now;
    }
    return (double)crossings * input->rate / (double)input->count;
}

double marker_wl(const struct marker_input *input)
{
    double sum = 0;
    if (!input->conditioned || input->count < 2) {
        return NAN;
    }
    for (size_t i = 1; i < input->count; i++) {
        sum += fabs((double)input->conditioned[i] - (double)input->conditioned[i - 1]);
    }
    return sum;
}

double marker_ssc(const struct marker_input *input)
{
    if (!input->conditioned || input->count < 2 || !(input->power_rms > 0)) {
        return NAN;
    }
    const float threshold = (float)(input->hysteresis * input->power_rms);
    float extreme = input->conditioned[0];
    int direction = 0;
    size_t turns = 0;
    for (size_t i = 1; i < input->count; i++) {
        float y = input->conditioned[i];
        if (direction >= 0 ? y > extreme : y < extreme) {
            extreme = y;
            direction = direction == 0 ? 1 : direction;
        } else if (fabsf(y - extreme) > threshold) {
            /* The very first move only sets the direction. */
            turns += direction != 0;
            direction = y > extreme ? 1 : -1;
            extreme = y;
        }
    }
    return (double)turns * input->rate / (double)input->count;
}
