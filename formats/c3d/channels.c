#include "formats/c3d/layout.h"

#include "formats/mend.h"
#include "formats/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Spellings of volts beside those that are known everywhere. */
static const char *usual_unit(const char *unit)
{
    static const char *const spellings[][2] = {
        {"mVolt", "mV"},      {"mVolts", "mV"}, {"milliV", "mV"}, {"m V", "mV"},
        {"uVolt", "uV"},      {"uVolts", "uV"}, {"microV", "uV"}, {"u V", "uV"},
        {"microVolts", "uV"}, {"VOLT", "V"},    {"VOLTS", "V"},
    };
    for (size_t i = 0; text_microvolts_per(unit) == 0 && i < sizeof spellings / sizeof *spellings;
         i++) {
        if (strcasecmp(unit, spellings[i][0]) == 0) {
            return spellings[i][1];
        }
    }
    return unit;
}

/* Limits of the raw numbers where the file tells how many bits they have. */
static void raw_limits(const struct c3d_layout *layout, size_t bits, double zero, double *minimum,
                       double *maximum)
{
    double full = ldexp(1, (int)bits);
    /* Converters of 12 and 14 bits were stored from 0 with an offset at their middle. */
    bool from_zero = layout->is_unsigned || (bits < 16 && zero > full / 4);
    *minimum = from_zero ? 0 : -full / 2;
    *maximum = from_zero ? full - 1 : full / 2 - 1;
}

struct lists {
    struct c3d_list labels, descriptions, units, scales, offsets;
};

/* gain × raw + offset = (raw − OFFSET) × SCALE × GEN_SCALE. */
static bool set_scale(const struct c3d_layout *layout, const struct lists *lists, size_t c,
                      double general, size_t bits, struct channel *channel)
{
    double scale = 1, zero = 0;
    size_t count;
    bool known = c3d_list_number(&lists->scales, c, &scale);
    if (layout->is_unsigned && c3d_list_count(&lists->offsets, c, &count)) {
        zero = (double)count;
    } else {
        c3d_list_number(&lists->offsets, c, &zero);
    }
    channel->gain = scale * general;
    channel->offset = -zero * channel->gain;
    if (!layout->floats && bits >= 8 && bits <= 16 && channel->gain != 0) {
        double minimum, maximum;
        raw_limits(layout, bits, zero, &minimum, &maximum);
        minimum = minimum * channel->gain + channel->offset;
        maximum = maximum * channel->gain + channel->offset;
        channel->minimum = fmin(minimum, maximum);
        channel->maximum = fmax(minimum, maximum);
    }
    return known && channel->gain != 0 && isfinite(channel->gain) && isfinite(channel->offset);
}

/* Channels that force plates use are none of EMG, whatever their names. */
static void mark_force_plates(const struct c3d_parameters *parameters, struct recording_info *info)
{
    struct c3d_list list;
    size_t plates = 0, number;
    if (!c3d_count(parameters, "FORCE_PLATFORM", "USED", &plates) || plates == 0) {
        return;
    }
    c3d_list_find(&list, parameters, "FORCE_PLATFORM", "CHANNEL");
    for (size_t i = 0; i < list.count; i++) {
        if (c3d_list_count(&list, i, &number) && number >= 1 && number <= info->channel_count) {
            info->channels[number - 1].type = CHANNEL_OTHER;
        }
    }
}

enum status c3d_channels_read(const struct c3d_layout *layout,
                              const struct c3d_parameters *parameters, const struct source *source,
                              const struct reader_options *options, struct recording_info *info,
                              struct error *error)
{
    const char *name = source_name(source);
    struct lists lists;
    double general = 1;
    size_t bits = 0, unscaled = 0;
    enum status status = recording_info_allocate(info, layout->channels, error);
    if (status != STATUS_OK) {
        error_prefix(error, name);
        return status;
    }
    c3d_list_find(&lists.labels, parameters, "ANALOG", "LABELS");
    c3d_list_find(&lists.descriptions, parameters, "ANALOG", "DESCRIPTIONS");
    c3d_list_find(&lists.units, parameters, "ANALOG", "UNITS");
    c3d_list_find(&lists.scales, parameters, "ANALOG", "SCALE");
    c3d_list_find(&lists.offsets, parameters, "ANALOG", "OFFSET");
    if (!c3d_number(parameters, "ANALOG", "GEN_SCALE", &general)) {
        general = 1;
    }
    if (!c3d_count(parameters, "ANALOG", "BITS", &bits)) {
        bits = 0;
    }
    for (size_t c = 0; c < info->channel_count; c++) {
        struct channel *channel = &info->channels[c];
        char unit[UNIT_SIZE];
        channel->rate = layout->rate;
        c3d_list_text(&lists.labels, c, channel->label, sizeof channel->label);
        c3d_list_text(&lists.descriptions, c, channel->description, sizeof channel->description);
        c3d_list_text(&lists.units, c, unit, sizeof unit);
        if (set_scale(layout, &lists, c, general, bits, channel)) {
            strcpy(channel->file_unit, usual_unit(unit));
        } else {
            channel->gain = 1;
            channel->offset = 0;
            channel->minimum = channel->maximum = NAN;
            unscaled++;
        }
    }
    mark_force_plates(parameters, info);
    return unscaled == 0
               ? STATUS_OK
               : mend(name, options->strict, info, error,
                      "%zu of its channels have no usable ANALOG:SCALE and are read as counts",
                      unscaled);
}
