#include "pipeline/transfer/survey.h"

#include "formats/checked.h"

#include <math.h>
#include <string.h>

static void add_grid(struct survey_channel *channel, double step, double offset)
{
    if (step != 0 && isfinite(step) && isfinite(offset) && channel->grid_count < SURVEY_GRIDS) {
        channel->grids[channel->grid_count].step = step;
        channel->grids[channel->grid_count].offset = offset;
        channel->grids[channel->grid_count++].alive = true;
    }
}

/* Whether declared limits are whole steps apart, and on the grid: counts of a converter. */
static bool declares_grid(const struct channel *channel)
{
    double step = fabs(channel->gain);
    double low = (channel->minimum - channel->offset) / step;
    double high = (channel->maximum - channel->offset) / step;
    return channel->gain != 1 && isfinite(low) && isfinite(high) && fabs(low - rint(low)) < 1e-3 &&
           fabs(high - rint(high)) < 1e-3 && high - low > 1.5;
}

enum status survey_create(const struct outline *outline, struct survey *survey, struct error *error)
{
    survey->count = outline->count;
    survey->channels = checked_calloc(outline->count, sizeof *survey->channels);
    if (!survey->channels) {
        return error_memory(error, "looking through a recording");
    }
    bool audio =
        strcmp(outline->info.format, "audio") == 0 || strcmp(outline->info.format, "au") == 0;
    for (size_t i = 0; i < outline->count; i++) {
        const struct channel *about = &outline->info.channels[i];
        struct survey_channel *channel = &survey->channels[i];
        double step = about->gain;
        channel->minimum = channel->maximum = NAN;
        bool declared = declares_grid(about);
        add_grid(channel, step, about->offset);
        for (int digits = 1; digits <= 6 && !declared; digits++) {
            add_grid(channel, step / pow(10, digits), about->offset);
        }
        for (int bits = 15; bits <= 23 && audio; bits += 8) {
            add_grid(channel, ldexp(step, -bits), about->offset);
        }
    }
    return STATUS_OK;
}

void survey_clear(struct survey *survey)
{
    free(survey->channels);
    *survey = (struct survey){0};
}

static bool all_on(const float *samples, size_t count, double step, double offset)
{
    for (size_t k = 0; k < count; k++) {
        double number = rint((samples[k] - offset) / step);
        if (!isnan(samples[k]) && (float)(step * number + offset) != samples[k]) {
            return false;
        }
    }
    return true;
}

enum status survey_take(void *context, const struct block *block, struct error *error)
{
    struct survey *survey = context;
    (void)error;
    for (size_t i = 0; i < survey->count; i++) {
        struct survey_channel *channel = &survey->channels[i];
        const float *samples = block->samples[i];
        for (size_t k = 0; k < block->frames[i]; k++) {
            if (samples[k] < channel->minimum || isnan(channel->minimum)) {
                channel->minimum = samples[k];
            }
            if (samples[k] > channel->maximum || isnan(channel->maximum)) {
                channel->maximum = samples[k];
            }
        }
        for (size_t g = 0; g < channel->grid_count; g++) {
            channel->grids[g].alive =
                channel->grids[g].alive &&
                all_on(samples, block->frames[i], channel->grids[g].step, channel->grids[g].offset);
        }
    }
    return STATUS_OK;
}

/* The coarsest grid that all samples are on and that `most` steps can span; SIZE_MAX: none. */
static size_t choose_grid(const struct survey_channel *channel, double most)
{
    for (size_t g = 0; g < channel->grid_count; g++) {
        double span = (channel->maximum - channel->minimum) / channel->grids[g].step;
        if (channel->grids[g].alive && rint(fabs(span)) <= most) {
            return g;
        }
    }
    return SIZE_MAX;
}

static void apply(const struct survey_channel *found, int bits, struct channel *channel)
{
    double most = ldexp(1, bits) - 1;
    if (isnan(found->minimum)) {
        channel->minimum = channel->minimum < channel->maximum ? channel->minimum : -1;
        channel->maximum = channel->minimum < channel->maximum ? channel->maximum : 1;
        return;
    }
    size_t g = choose_grid(found, most);
    channel->on_grid = g != SIZE_MAX;
    if (g == SIZE_MAX) {
        channel->gain = 0; /* no grid at all */
        channel->minimum = found->minimum;
        channel->maximum = found->maximum;
        if (!(channel->minimum < channel->maximum)) {
            channel->maximum += fmax(1, fabs(channel->maximum) * 1e-3);
        }
        return;
    }
    double step = found->grids[g].step;
    double low = fmin(channel->minimum, found->minimum);
    double high = fmax(channel->maximum, found->maximum);
    bool declared = isfinite(channel->minimum) && isfinite(channel->maximum) &&
                    rint((high - low) / fabs(step)) <= most &&
                    fabs((low - found->grids[g].offset) / step -
                         rint((low - found->grids[g].offset) / step)) < 1e-3;
    channel->minimum = declared ? low : found->minimum;
    channel->maximum = declared ? high : found->maximum;
    channel->gain = step;
    channel->offset = found->grids[g].offset;
}

void survey_apply(const struct survey *survey, int bits, const double range[2],
                  struct outline *outline)
{
    for (size_t i = 0; i < outline->count; i++) {
        struct channel *channel = &outline->info.channels[i];
        if (range) {
            channel->minimum = range[0];
            channel->maximum = range[1];
            channel->gain = 0;
        } else if (survey && bits > 0) {
            apply(&survey->channels[i], bits, channel);
        } else if (bits > 0 && (strcmp(outline->info.format, "edf") == 0 ||
                                strcmp(outline->info.format, "bdf") == 0)) {
            /* Whole numbers by their nature, even when nobody has looked. */
            channel->on_grid = declares_grid(channel);
        }
    }
}
