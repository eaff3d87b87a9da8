#include "pipeline/analysis/surroundings.h"
#include "pipeline/analysis/tables.h"

#include <math.h>
#include <string.h>

const struct column_definition quality_columns[] = {
    {"channel", COLUMN_TEXT, "", "label of the channel", NULL},
    {"verdict", COLUMN_TEXT, "", "good, usable or bad", NULL},
    {"reasons", COLUMN_TEXT, "", "what the verdict rests on", NULL},
    {"unit", COLUMN_TEXT, "", "unit of amplitudes", NULL},
    {"rate", COLUMN_REAL, "Hz", "sampling rate", NULL},
    {"clipped", COLUMN_REAL, "1", "fraction of samples at the limits", NULL},
    {"flat", COLUMN_REAL, "1", "fraction of samples in runs of one value of 0.1 s or more", NULL},
    {"missing", COLUMN_REAL, "1", "fraction of samples missing", NULL},
    {"mains", COLUMN_REAL, "1", "mains power over power in the band, mean over epochs", NULL},
    {"baseline_noise", COLUMN_REAL, "uV", "RMS of the conditioned signal at rest", NULL},
    {"snr", COLUMN_REAL, "dB", "activity over baseline, of the activity energy", NULL},
    {"drift", COLUMN_REAL, "uV", "standard deviation of the means of seconds", NULL},
    {"heartbeats", COLUMN_REAL, "1/min", "bursts rejected as ECG", NULL},
    {"potentials", COLUMN_REAL, "1/min", "single potentials (fasciculations) at rest", NULL},
    {"duplicate_of", COLUMN_TEXT, "", "an earlier channel with the same samples", NULL},
    {NULL, COLUMN_REAL, NULL, NULL, NULL},
};

static size_t find_duplicate(const struct analysis *analysis, size_t i)
{
    for (size_t j = 0; j < i; j++) {
        if (channel_hash(analysis->paths[i]) == channel_hash(analysis->paths[j]) &&
            analysis->info->channels[analysis->indexes[i]].rate ==
                analysis->info->channels[analysis->indexes[j]].rate) {
            return j + 1;
        }
    }
    return 0;
}

struct quality analysis_judge(const struct analysis *analysis, size_t i)
{
    const struct channel *channel = &analysis->info->channels[analysis->indexes[i]];
    struct quality quality = channel_quality(analysis->paths[i], analysis->seconds);
    quality.duplicate_of = find_duplicate(analysis, i);
    quality_judge(&quality, strcmp(channel->unit, "uV") == 0, analysis->seconds);
    return quality;
}

static enum status add(struct analysis *analysis, size_t i, struct error *error)
{
    struct table *table = analysis->quality;
    const struct channel *channel = &analysis->info->channels[analysis->indexes[i]];
    struct quality quality = analysis_judge(analysis, i);
    char reasons[200];
    size_t row;
    quality.potentials = analysis->surroundings->fasciculations[i];
    names_of_bits(quality.reasons, quality_reason_names, reasons, sizeof reasons);
    const char *texts[] = {channel->label, quality_verdict_names[quality.verdict], reasons,
                           channel->unit};
    const double reals[] = {channel->rate,     quality.clipped, quality.flat,
                            quality.missing,   quality.mains,   quality.baseline_noise,
                            quality.snr,       quality.drift,   quality.heartbeats,
                            quality.potentials};
    enum status status = table_append(table, &row, error);
    for (size_t c = 0; c < 4 && status == STATUS_OK; c++) {
        status = table_set_text(table, row, c, texts[c][0] ? texts[c] : NULL, error);
    }
    for (size_t c = 0; c < 10 && status == STATUS_OK; c++) {
        table_set_real(table, row, 4 + c, reals[c]);
    }
    if (status == STATUS_OK && quality.duplicate_of) {
        status = table_set_text(table, row, 14, analysis_label(analysis, quality.duplicate_of - 1),
                                error);
    }
    return status;
}

enum status analysis_make_quality(struct analysis *analysis, struct error *error)
{
    enum status status = STATUS_OK;
    analysis->quality =
        table_create("quality", quality_columns, columns_count(quality_columns), error);
    if (!analysis->quality) {
        return STATUS_FAILED;
    }
    for (size_t i = 0; i < analysis->channel_count && status == STATUS_OK; i++) {
        status = add(analysis, i, error);
    }
    return status;
}
