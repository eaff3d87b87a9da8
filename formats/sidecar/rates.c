/* Sampling rates that sidecars tell. */
#include "formats/sidecar/parts.h"

#include <math.h>

#define CLOSE 0.01 /* rates this near are the same, one of them rounded */

static bool is_close(double a, double b)
{
    return fabs(a / b - 1) <= CLOSE;
}

double sidecars_rate(const struct sidecars *sidecars)
{
    double rate = sidecars ? sidecars->rate : 0;
    for (size_t r = 0; sidecars && r < sidecars->row_count; r++) {
        double own = sidecars->rows[r].rate;
        if (own > 0 && rate > 0 && own != rate) {
            /* SamplingFrequency is that of most channels; without it, nothing is common. */
            return sidecars->rate;
        }
        rate = own > 0 ? own : rate;
    }
    return rate;
}

/* Sets a channel's rate; tells (if asked) when it contradicts the file's. */
static void set(struct sidecars *sidecars, struct channel *channel, size_t c, double rate,
                bool tell)
{
    if (tell && channel->rate > 0 && !is_close(channel->rate, rate)) {
        warnings_add(&sidecars->warnings,
                     "channel %zu (%s): the sidecar says %.10g Hz, the file %.10g Hz; the sidecar "
                     "is believed (--no-sidecars does without it)",
                     c + 1, channel->label, rate, channel->rate);
    }
    channel->rate = rate;
    channel->rate_origin = ORIGIN_SIDECAR;
}

/* SamplingFrequency: of all channels of a file of one rate; else of those that it can mean. */
static void set_common(struct sidecars *sidecars, struct recording_info *info)
{
    double first = info->channels[0].rate;
    bool one_rate = true, any = false;
    for (size_t c = 1; c < info->channel_count; c++) {
        one_rate = one_rate && info->channels[c].rate == first;
    }
    for (size_t c = 0; c < info->channel_count; c++) {
        struct channel *channel = &info->channels[c];
        if (one_rate || !(channel->rate > 0) || is_close(channel->rate, sidecars->rate)) {
            set(sidecars, channel, c, sidecars->rate, false); /* the opener has told */
            any = true;
        }
    }
    if (one_rate && first > 0 && info->duration > 0) {
        info->duration *= first / sidecars->rate;
    }
    if (!any) {
        warnings_add(&sidecars->warnings,
                     "the sidecar's SamplingFrequency, %.10g Hz, is that of no channel; the file's "
                     "rates stand",
                     sidecars->rate);
    }
}

void sidecar_rates(struct sidecars *sidecars, bool keep, struct recording_info *info)
{
    if (keep || info->channel_count == 0) {
        return;
    }
    if (sidecars->rate > 0) {
        set_common(sidecars, info);
    }
    for (size_t c = 0; c < info->channel_count; c++) {
        size_t row = sidecars->row_of[c];
        if (row != SIZE_MAX && sidecars->rows[row].rate > 0) {
            set(sidecars, &info->channels[c], c, sidecars->rows[row].rate, true);
        }
    }
}
