/* How a channel's values fit into EDF: physical and digital limits. */
#include "formats/edf/writer.h"
#include "formats/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Limits further out than needed that are looked at for one that 8 characters tell exactly. */
#define SEARCH_MAX 70000
/* How much wider than the samples a range may be, as a part of it. */
#define WIDER_MAX 0.5

/* A whole range as the header has it. */
struct range {
    double lowest, highest; /* digital */
    double low, high;       /* physical, in the header's unit */
    char low_text[EDF_FIELD_SIZE + 1], high_text[EDF_FIELD_SIZE + 1];
};

/* Takes zeros off the end of a decimal fraction. */
static int strip(char *text, int length)
{
    while (length > 1 && strchr(text, '.') &&
           (text[length - 1] == '0' || text[length - 1] == '.')) {
        bool mark = text[length - 1] == '.';
        text[--length] = '\0';
        if (mark) {
            break;
        }
    }
    return length;
}

/* The number in at most 8 characters, as exactly as they allow; *value is what they say. With
 * outward ±1 it is never nearer to zero than that direction allows: not below (+1), not above (-1)
 * the number. */
static bool format_limit(double number, int outward, char to[EDF_FIELD_SIZE + 1], double *value)
{
    for (int precision = 7; precision >= 0; precision--) {
        char text[400];
        double nudged = number;
        for (int pass = 0; pass < 2; pass++) {
            int length = strip(text, snprintf(text, sizeof text, "%.*f", precision, nudged));
            if (length > EDF_FIELD_SIZE) {
                break;
            }
            bool zero = strcmp(text, "-0") == 0;
            memcpy(to, zero ? "0" : text, zero ? 2 : (size_t)length + 1);
            if (!text_real(to, strlen(to), value)) {
                return false;
            }
            if (pass == 1 || (*value - number) * outward >= 0) {
                return true;
            }
            nudged = number + outward * pow(10, -precision);
        }
    }
    return false;
}

static double type_lowest(const struct edf_out *out)
{
    return out->bdf ? -8388608 : -32768;
}

static double type_span(const struct edf_out *out)
{
    return out->bdf ? 16777215 : 65535;
}

/* How far `number` is from what 8 characters can say; quick. */
static double text_error(double number)
{
    double size = fabs(number), power = 1;
    /* "-1234.56": room for the sign, the whole part and the mark. */
    int room = EDF_FIELD_SIZE - (number < 0) - 2;
    for (double top = 10; size >= top && room > 0; top *= 10) {
        room--;
    }
    for (int i = 0; i < room; i++) {
        power *= 10;
    }
    return fabs(rint(number * power) / power - number);
}

/* The digital limit from `digital` on outward (step ±1, up to `last`) whose physical value can be
 * told best. */
static double search(double digital, double last, double gain, double offset, double good)
{
    double best = digital, least = INFINITY, step = last < digital ? -1 : 1;
    for (int i = 0; i < SEARCH_MAX && (last - digital) * step >= 0; i++, digital += step) {
        double error = text_error(gain * digital + offset);
        if (error < least) {
            least = error;
            best = digital;
        }
        if (least <= good) {
            break;
        }
    }
    return best;
}

/* Fills a range's texts; the largest error that they make of a sample, in digital steps. */
static double tell(struct range *range, double gain, double offset)
{
    if (!format_limit(gain * range->lowest + offset, 0, range->low_text, &range->low) ||
        !format_limit(gain * range->highest + offset, 0, range->high_text, &range->high) ||
        range->low == range->high) {
        return INFINITY;
    }
    double low = fabs(range->low - gain * range->lowest - offset);
    double high = fabs(range->high - gain * range->highest - offset);
    return fmax(low, high) / fabs(gain);
}

/* A unit as 8 characters hold it: voltages by their symbols, "millivolts" for one. */
static const char *symbol_of(const char *unit)
{
    static const char *const symbols[] = {"nV", "uV", "mV", "V"};
    double factor = text_microvolts_per(unit);
    for (size_t i = 0; i < 4; i++) {
        if (factor > 0 && fabs(text_microvolts_per(symbols[i]) / factor - 1) < 1e-9) {
            return symbols[i];
        }
    }
    return unit;
}

/* The raw whole numbers of a channel that is on its grid, if there are no more of them than fit. */
static bool exact_range(const struct edf_out *out, const struct channel *channel,
                        struct edf_out_channel *to)
{
    double lowest = type_lowest(out), highest = lowest + type_span(out);
    double gain = channel->gain, offset = channel->offset, best = INFINITY;
    double one = rint((channel->minimum - offset) / gain);
    double other = rint((channel->maximum - offset) / gain);
    /* A range that is upside down stays so. */
    double first = fmin(one, other), last = fmax(one, other);
    last = last > first ? last : first + 1;
    if (!channel->on_grid || !(last - first <= type_span(out))) {
        return false;
    }
    /* The same counts where they fit, else shifted ones. */
    double shift = first < lowest || last > highest ? first - lowest : 0;
    offset += shift * gain;
    to->step = gain;
    to->offset = offset;
    double own = text_microvolts_per(channel->unit);
    const char *const units[] = {channel->file_unit, channel->unit, "uV", "mV", "V"};
    for (size_t u = 0; u < sizeof units / sizeof *units && best > 1e-9; u++) {
        double factor = own > 0 && u != 1 ? text_microvolts_per(units[u]) / own : u == 1;
        if (!(factor > 0)) {
            continue;
        }
        double g = gain / factor, o = offset / factor;
        for (int wider = 0; wider < 2 && best > 1e-9; wider++) {
            struct range range = {.lowest = first - shift, .highest = last - shift};
            if (wider) {
                range.lowest = search(range.lowest, lowest, g, o, 1e-10 * fabs(g));
                range.highest = search(range.highest, highest, g, o, 1e-10 * fabs(g));
            }
            double error = tell(&range, g, o);
            if (error < best) {
                best = error;
                to->lowest = range.lowest;
                to->highest = range.highest;
                strcpy(to->physical_minimum, range.low_text);
                strcpy(to->physical_maximum, range.high_text);
                snprintf(to->unit, sizeof to->unit, "%s", symbol_of(units[u]));
            }
        }
    }
    return best < 0.25;
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
    double full = type_span(out), lowest = type_lowest(out);
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

/* Tells limits in a unit of `factor` channel units; how far they are then off or too wide, as a
 * part of the range. */
static double tell_limits(struct edf_out_channel *to, const char *unit, double factor,
                          double minimum, double maximum, bool outward)
{
    double low, high;
    if (!format_limit(minimum / factor, outward ? -1 : 0, to->physical_minimum, &low) ||
        !format_limit(maximum / factor, outward ? 1 : 0, to->physical_maximum, &high) ||
        !(low < high)) {
        return INFINITY;
    }
    snprintf(to->unit, sizeof to->unit, "%s", symbol_of(unit));
    to->step = (high - low) * factor / (to->highest - to->lowest);
    to->offset = low * factor - to->step * to->lowest;
    return (fabs(low * factor - minimum) + fabs(high * factor - maximum)) / (maximum - minimum);
}

/* The same in the channel's unit or, where that is one of voltage and leaves no room for digits, in
 * another one. A range that may be wider than it need is better than none. */
static bool choose_limits(const struct channel *channel, struct edf_out_channel *to, double minimum,
                          double maximum, bool outward)
{
    double own = text_microvolts_per(channel->unit);
    const char *const units[] = {channel->unit, "uV", "mV", "nV", "V"};
    for (size_t u = 0; u < (own > 0 ? 5 : 1); u++) {
        double factor = u == 0 ? 1 : text_microvolts_per(units[u]) / own;
        if (tell_limits(to, units[u], factor, minimum, maximum, outward) <= 1e-4) {
            return true;
        }
    }
    return outward && tell_limits(to, channel->unit, 1, minimum, maximum, true) <= WIDER_MAX;
}

enum status edf_out_range(struct edf_out *out, size_t c, struct error *error)
{
    const struct channel *channel = &out->info->channels[c];
    struct edf_out_channel *to = &out->channels[c];
    double minimum = channel->minimum, maximum = channel->maximum;
    bool outward = false;
    if (exact_range(out, channel, to)) {
        return STATUS_OK;
    }
    if (!isfinite(minimum) || !isfinite(maximum) || !(minimum < maximum)) {
        if (!default_range(out, channel, to, &minimum, &maximum)) {
            return error_set(error, STATUS_USAGE,
                             "%s: channel '%s' (unit %s) has no known range, and %s needs one; "
                             "give it with --range or its unit with --scale, leave it out, or "
                             "choose another format",
                             output_name(out->output), channel->label, channel->unit,
                             out->bdf ? "BDF" : "EDF");
        }
    } else if (!grid_range(out, channel, to)) {
        to->lowest = type_lowest(out);
        to->highest = to->lowest + type_span(out);
        outward = true;
    }
    if (!choose_limits(channel, to, minimum, maximum, outward)) {
        return error_set(error, STATUS_USAGE,
                         "%s: the range of channel '%s', %g to %g %s, does not fit the 8 "
                         "characters of an EDF header; choose another format, or another --scale",
                         output_name(out->output), channel->label, minimum, maximum, channel->unit);
    }
    return STATUS_OK;
}
