#include "formats/recording_attempt.h"

#include "formats/selection.h"
#include "formats/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Folds the factor from the file's unit to the delivered unit into the calibration. */
static void set_unit(struct channel *channel, double scale)
{
    double factor = 1;
    if (channel->unit_origin == ORIGIN_NONE && channel->file_unit[0]) {
        channel->unit_origin = ORIGIN_FILE;
    }
    if (channel->type == CHANNEL_EMG) {
        double known = text_microvolts_per(channel->file_unit);
        factor = scale > 0 ? scale : known > 0 ? known : 1;
        strcpy(channel->unit, scale > 0 || known > 0 ? "uV" : "a.u.");
    } else {
        memcpy(channel->unit, channel->file_unit, sizeof channel->unit);
        if (channel->unit[0] == '\0') {
            strcpy(channel->unit, "a.u.");
        }
    }
    channel->gain *= factor;
    channel->offset *= factor;
    channel->minimum *= factor;
    channel->maximum *= factor;
}

/* Whether a channel's being EMG says that those of no type are none. Not where a sidecar lists a
 * bad channel alone: that one is named to be left out. */
static bool is_emg_among_others(const struct channel *channel)
{
    return channel->type == CHANNEL_EMG &&
           (!channel->bad || channel->type_origin != ORIGIN_SIDECAR ||
            text_channel_type(channel->label, channel->description, channel->file_unit) ==
                CHANNEL_EMG);
}

/* Channels that nothing types: EMG when no channel of the file is said to be EMG. */
static void set_types(struct recording_info *info)
{
    bool any = false;
    for (size_t c = 0; c < info->channel_count; c++) {
        struct channel *channel = &info->channels[c];
        if (channel->type == CHANNEL_UNKNOWN) {
            channel->type =
                text_channel_type(channel->label, channel->description, channel->file_unit);
        }
        if (channel->type != CHANNEL_UNKNOWN && channel->type_origin == ORIGIN_NONE) {
            channel->type_origin = ORIGIN_FILE;
        }
        any = any || is_emg_among_others(channel);
    }
    for (size_t c = 0; c < info->channel_count; c++) {
        if (info->channels[c].type == CHANNEL_UNKNOWN) {
            info->channels[c].type = any ? CHANNEL_OTHER : CHANNEL_EMG;
        }
    }
}

void attempt_settle_rates(const struct attempt *attempt, struct recording_info *info)
{
    bool one_rate = true;
    for (size_t c = 1; c < info->channel_count; c++) {
        one_rate = one_rate && info->channels[c].rate == info->channels[0].rate;
    }
    for (size_t c = 0; c < info->channel_count; c++) {
        struct channel *channel = &info->channels[c];
        if (attempt->origin == ORIGIN_OPTION && one_rate && channel->rate > 0) {
            double factor = c == 0 && info->duration > 0 ? channel->rate / attempt->rate : 1;
            info->duration *= factor;
            channel->rate = attempt->rate;
        }
        bool given = attempt->rate > 0 && channel->rate == attempt->rate;
        channel->rate_origin = given ? attempt->origin : ORIGIN_FILE;
    }
    if (attempt->origin == ORIGIN_OPTION && !one_rate) {
        warnings_add(&info->warnings, "its channels differ in their rates, so that one --rate does "
                                      "not hold for all; the file's rates stand");
    }
}

enum status attempt_check_rates(const struct recording_info *info, const char *name,
                                struct error *error)
{
    for (size_t c = 0; c < info->channel_count; c++) {
        const struct channel *channel = &info->channels[c];
        if (!(channel->rate > 0) || !isfinite(channel->rate)) {
            return error_set(error, STATUS_NO_RATE,
                             "%s: channel %zu (%s) has no sampling rate; give it with --rate", name,
                             c + 1, channel->label);
        }
    }
    return STATUS_OK;
}

void attempt_explain_no_rate(const struct attempt *attempt, const char *path, struct error *error)
{
    const char *complaint = sidecars_complaint(attempt->sidecars);
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    int stem = dot && dot > name ? (int)(dot - name) : (int)strlen(name);
    size_t used = error ? strlen(error->message) : 0;
    if (error && complaint) {
        snprintf(error->message + used, sizeof error->message - used, "; %s", complaint);
    } else if (error && strcmp(path, "-") != 0) {
        snprintf(error->message + used, sizeof error->message - used,
                 ", or as SamplingFrequency in %.*s.json", stem, name);
    }
}

/* Units and scales, the user's before the sidecars' before the file's. */
static void settle_channels(struct recording_info *info, const struct attempt *attempt)
{
    const struct recording_options *options = attempt->options;
    for (size_t c = 0; c < info->channel_count; c++) {
        struct channel *channel = &info->channels[c];
        /* A channel that the user names is taken for EMG, whatever its label. */
        if (options->channels && channel->selected && channel->type != CHANNEL_EMG) {
            channel->type = CHANNEL_EMG;
            channel->type_origin = ORIGIN_OPTION;
        }
        double scale = options->scale > 0 ? options->scale : sidecars_scale(attempt->sidecars, c);
        if (options->scale > 0 && channel->type == CHANNEL_EMG) {
            channel->unit_origin = ORIGIN_OPTION;
        }
        if (channel->muscle[0] && channel->muscle_origin == ORIGIN_NONE) {
            channel->muscle_origin = ORIGIN_FILE;
        }
        if (channel->description[0] == '\0') {
            snprintf(channel->description, sizeof channel->description, "%s",
                     sidecars_device(attempt->sidecars));
        }
        set_unit(channel, scale);
    }
    info->start_origin = info->start.known ? ORIGIN_FILE : ORIGIN_NONE;
    if (info->mains > 0 && info->mains_origin == ORIGIN_NONE) {
        info->mains_origin = ORIGIN_FILE;
    }
}

enum status attempt_prepare(const struct attempt *attempt, const char *name,
                            struct recording_info *info, struct error *error)
{
    const struct recording_options *options = attempt->options;
    enum status status = STATUS_OK;
    if (attempt->sidecars) {
        status = sidecars_apply(attempt->sidecars, attempt->keep_rates, info, error);
    }
    if (status == STATUS_OK) {
        status = attempt_check_rates(info, name, error);
    }
    if (status != STATUS_OK) {
        return status;
    }
    set_types(info);
    status = selection_make_labels_unique(info, error);
    if (status == STATUS_OK) {
        status = selection_apply(info, name, options->channels, options->all_channels, error);
    }
    settle_channels(info, attempt);
    return status;
}
