/* How a recording fits into EDF: the duration of a record. */
#include "formats/edf/writer.h"

#include <math.h>

#define DURATION_MAX 60
/* Records of a fraction of seconds have six decimals in 8 characters. */
#define FRACTION_MAX 9
/* Relative errors of a rate: none, and the largest that is taken. */
#define RATE_EXACT     1e-12
#define RATE_ERROR_MAX 2e-6
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
    const struct recording_info *info = out->info;
    double bytes = 0, least = RATE_ERROR_MAX;
    if (info->channel_count > SIGNALS_MAX) {
        return error_set(error, STATUS_USAGE,
                         "%s: EDF holds at most %d channels; write fewer, or choose another format",
                         output_name(out->output), SIGNALS_MAX);
    }
    out->duration = 0;
    for (int d = 1; d <= DURATION_MAX && least > RATE_EXACT; d++) {
        double stray = rate_error(info, d);
        if (stray < least) {
            least = stray;
            out->duration = d;
        }
    }
    /* Rates that were measured: whole samples of the first channel, in a fraction of seconds. */
    for (int d = 1; d <= FRACTION_MAX && out->duration == 0; d++) {
        double rate = info->channels[0].rate;
        double duration = rint(fmax(rint(rate * d), 1) / rate * 1e6) / 1e6;
        if (duration < FRACTION_MAX + 0.5 && rate_error(info, duration) <= RATE_ERROR_MAX) {
            out->duration = duration;
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

bool edf_out_discontinuous(const struct edf_out *out)
{
    return out->place != out->records;
}

enum status edf_out_plan(struct edf_out *out, struct error *error)
{
    enum status status = plan_duration(out, error);
    for (size_t c = 0; c < out->info->channel_count && status == STATUS_OK; c++) {
        status = edf_out_range(out, c, error);
    }
    edf_out_labels(out);
    return status;
}
