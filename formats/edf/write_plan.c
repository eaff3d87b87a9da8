/* How a recording fits into EDF: record duration, physical and digital limits. */
#include "formats/edf/writer.h"
#include "formats/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DURATION_MAX 60
/* Four characters for their number, one of them for annotations. */
#define SIGNALS_MAX 9998
/* A record must be held in memory by those who read it. */
#define RECORD_MAX ((double)(64 << 20))

static double nearest_error(double value)
{
    return value < 0.5 ? INFINITY : fabs(value - round(value)) / value;
}

/* The largest relative error of a rate when records last `duration` seconds. */
static double rate_error(const struct recording_info *info, double duration)
{
    double worst = 0;
    for (size_t c = 0; c < info->channel_count; c++) {
        worst = fmax(worst, nearest_error(info->channels[c].rate * duration));
    }
    return worst;
}

static enum status plan_duration(struct edf_out *out, struct error *error)
{
    static const double tolerances[] = {1e-12, 2e-6};
    const struct recording_info *info = out->info;
    double bytes = 0;
    if (info->channel_count > SIGNALS_MAX) {
        return error_set(error, STATUS_USAGE,
                         "%s: EDF holds at most %d channels; write fewer, or choose another format",
                         output_name(out->output), SIGNALS_MAX);
    }
    out->duration = 0;
    for (size_t t = 0; t < 2 && out->duration == 0; t++) {
        for (int d = 1; d <= DURATION_MAX && out->duration == 0; d++) {
            out->duration = rate_error(info, d) <= tolerances[t] ? d : 0;
        }
    }
    if (out->duration == 0) {
        return error_set(error, STATUS_USAGE,
                         "%s: no data record of 1 to %d s holds whole numbers of samples at the "
                         "rates of the channels (%g Hz is one of them); choose another format, "
                         "CSV for example",
                         output_name(out->output), DURATION_MAX, info->channels[0].rate);
    }
    for (size_t c = 0; c < info->channel_count; c++) {
        bytes += round(info->channels[c].rate * out->duration) * (double)out->width;
    }
    if (bytes > RECORD_MAX) {
        return error_set(error, STATUS_USAGE,
                         "%s: needs data records of %.0f bytes, which few programs read; write "
                         "fewer channels, or choose another format",
                         output_name(out->output), bytes);
    }
    for (size_t c = 0; c < info->channel_count; c++) {
        out->channels[c].samples = (size_t)llround(info->channels[c].rate * out->duration);
        out->data_bytes += out->channels[c].samples * out->width;
    }
    return STATUS_OK;
}

/* The number in at most 8 characters, as exactly as they allow; *value is what they say. */
static bool format_limit(double number, char to[EDF_FIELD_SIZE + 1], double *value)
{
    for (int precision = 7; precision >= 0; precision--) {
        char text[400];
        int length = snprintf(text, sizeof text, "%.*f", precision, number);
        while (length > 1 && strchr(text, '.') &&
               (text[length - 1] == '0' || text[length - 1] == '.')) {
            bool mark = text[length - 1] == '.';
            text[--length] = '\0';
            if (mark) {
                break;
            }
        }
        if (length <= EDF_FIELD_SIZE) {
            memcpy(to, strcmp(text, "-0") == 0 ? "0" : text, (size_t)length + 1);
            return text_real(to, strlen(to), value);
        }
    }
    return false;
}

/* Limits for a channel that has none, where its unit suggests some. */
static bool default_range(const struct edf_out *out, const struct channel *channel,
                          struct edf_out_channel *to, double *minimum, double *maximum)
{
    double factor = text_microvolts_per(channel->unit);
    if (!(factor > 0)) {
        return false;
    }
    /* Volts share the numbers of millivolts, for 8 characters hold no more digits. */
    factor = fmin(factor, 1e3);
    to->default_range = true;
    to->lowest = out->bdf ? -262143 * 32 : -32768;
    to->highest = out->bdf ? 262143 * 32 : 32767;
    *minimum = (out->bdf ? -262143 : -3276.8) / factor;
    *maximum = (out->bdf ? 262143 : 3276.7) / factor;
    return true;
}

/* Digital limits on the grid of the converter's counts, or a whole fraction of it. */
static bool grid_range(const struct edf_out *out, const struct channel *channel,
                       struct edf_out_channel *to)
{
    double full = out->bdf ? 16777215 : 65535, lowest = out->bdf ? -8388608 : -32768;
    double step = fabs(channel->gain), low = (channel->minimum - channel->offset) / step;
    double span = (channel->maximum - channel->minimum) / step, finer = floor(full / round(span));
    if (out->info->conditioned || !isfinite(span) || !isfinite(low) || span < 0.5 || finer < 1 ||
        fabs(low - round(low)) > 1e-3 || fabs(span - round(span)) > 1e-3) {
        return false;
    }
    /* The same counts, where they fit. */
    to->lowest = finer * round(low);
    if (to->lowest < lowest || to->lowest + finer * round(span) > lowest + full) {
        to->lowest = lowest;
    }
    to->highest = to->lowest + finer * round(span);
    return true;
}

static enum status plan_range(struct edf_out *out, size_t c, struct error *error)
{
    const struct channel *channel = &out->info->channels[c];
    struct edf_out_channel *to = &out->channels[c];
    double minimum = channel->minimum, maximum = channel->maximum, low, high;
    if (!isfinite(minimum) || !isfinite(maximum) || !(minimum < maximum)) {
        if (!default_range(out, channel, to, &minimum, &maximum)) {
            return error_set(error, STATUS_USAGE,
                             "%s: channel '%s' (unit %s) has no known range, and %s needs one; "
                             "give its unit with --scale, leave it out, or choose another format",
                             output_name(out->output), channel->label, channel->unit,
                             out->bdf ? "BDF" : "EDF");
        }
    } else if (!grid_range(out, channel, to)) {
        to->lowest = out->bdf ? -8388608 : -32768;
        to->highest = out->bdf ? 8388607 : 32767;
    }
    if (!format_limit(minimum, to->physical_minimum, &low) ||
        !format_limit(maximum, to->physical_maximum, &high) ||
        fabs(low - minimum) + fabs(high - maximum) > 1e-4 * (maximum - minimum)) {
        return error_set(error, STATUS_USAGE,
                         "%s: the range of channel '%s', %g to %g %s, does not fit the 8 "
                         "characters of an EDF header; choose another format, or another --scale",
                         output_name(out->output), channel->label, minimum, maximum, channel->unit);
    }
    to->step = (high - low) / (to->highest - to->lowest);
    to->offset = low - to->step * to->lowest;
    return STATUS_OK;
}

enum status edf_out_plan(struct edf_out *out, struct error *error)
{
    enum status status = plan_duration(out, error);
    for (size_t c = 0; c < out->info->channel_count && status == STATUS_OK; c++) {
        status = plan_range(out, c, error);
    }
    return status;
}
