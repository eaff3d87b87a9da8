/* What a GDF header says of one signal. */
#include "formats/gdf/gdf.h"
#include "formats/little_endian.h"
#include "formats/mend.h"
#include "formats/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Limits beyond this would overflow float when the unit is converted. */
#define LIMIT_MAX 1e30

/* A signal is not sampled later than this after the others, s. */
#define SHIFT_MAX 86400.0

/* A field of all signals begins at start × signals. */
enum {
    AT_LABEL = 0,
    AT_TRANSDUCER = 16,
    AT_UNIT = 96,
    AT_UNIT_CODE = 102,
    AT_PHYSICAL_MINIMUM = 104,
    /* followed by the physical maximum, the digital minimum and maximum */
    AT_PREFILTER = 136,
    AT_TIME_OFFSET = 200,
    AT_LOWPASS = 204,
    AT_HIGHPASS = 208,
    AT_NOTCH = 212,
    AT_SAMPLES = 216,
    AT_TYPE = 220
};

static const unsigned char *field(const unsigned char *table, const struct gdf_header *header,
                                  size_t start, size_t size, size_t signal)
{
    return table + start * header->signal_count + size * signal;
}

struct limits {
    double physical_minimum, physical_maximum, digital_minimum, digital_maximum;
};

static bool is_real(const struct gdf_signal *signal)
{
    return signal->type == GDF_FLOAT32 || signal->type == GDF_FLOAT64;
}

/* physical = gain × digital + offset through the two pairs of limits. */
static void calibrate(struct gdf_signal *signal, const struct limits *limits)
{
    double span = limits->digital_maximum - limits->digital_minimum;
    double step = (limits->physical_maximum - limits->physical_minimum) / span;
    double offset = limits->physical_minimum - step * limits->digital_minimum;
    double largest = is_real(signal) ? 1 : ldexp(1, 8 * (int)signal->width);
    signal->gain = 1;
    signal->minimum = signal->maximum = NAN;
    if (is_real(signal) && limits->physical_minimum == limits->digital_minimum &&
        limits->physical_maximum == limits->digital_maximum) {
        /* The numbers are physical as they stand. */
        signal->scaled = true;
    } else if (fabs(step) > 0 && fabs(step) * largest < LIMIT_MAX && fabs(offset) < LIMIT_MAX) {
        signal->scaled = true;
        signal->gain = step;
        signal->offset = offset;
    }
    /* What floats can hold is not known: writers put the extremes of the recording there. */
    double first = signal->scaled ? limits->physical_minimum : limits->digital_minimum;
    double second = signal->scaled ? limits->physical_maximum : limits->digital_maximum;
    if (!is_real(signal) && fabs(first) < LIMIT_MAX && fabs(second) < LIMIT_MAX &&
        first != second) {
        signal->minimum = fmin(first, second);
        signal->maximum = fmax(first, second);
    }
}

static struct limits parse_limits(const unsigned char *table, const struct gdf_header *header,
                                  size_t s)
{
    struct limits limits;
    double *const to[] = {&limits.physical_minimum, &limits.physical_maximum,
                          &limits.digital_minimum, &limits.digital_maximum};
    for (size_t i = 0; i < 4; i++) {
        const unsigned char *at = field(table, header, AT_PHYSICAL_MINIMUM + 8 * i, 8, s);
        /* Digital limits are whole numbers in 1.x. */
        bool real = i < 2 || header->version > 1.9;
        *to[i] = real ? little_double(at) : (double)(int64_t)gdf_bits(at, 8);
    }
    return limits;
}

static void parse_unit(const unsigned char *table, const struct gdf_header *header, size_t s,
                       char unit[UNIT_SIZE])
{
    bool second = header->version > 1.9;
    unit[0] = '\0';
    if (second) {
        gdf_unit((unsigned)gdf_bits(field(table, header, AT_UNIT_CODE, 2, s), 2), unit);
    }
    /* Before 2.0, and where the code says nothing, as text. */
    if (unit[0] == '\0' &&
        (!second || gdf_bits(field(table, header, AT_UNIT_CODE, 2, s), 2) != 512)) {
        size_t size = second ? 6 : 8;
        text_from_field(unit, UNIT_SIZE, (const char *)field(table, header, AT_UNIT, size, s),
                        size);
    }
}

enum status gdf_signal_parse(const unsigned char *table, const struct gdf_header *header, size_t s,
                             const char *name, struct gdf_signal *to, struct error *error)
{
    struct limits limits = parse_limits(table, header, s);
    *to = (struct gdf_signal){0};
    to->type = (uint32_t)gdf_bits(field(table, header, AT_TYPE, 4, s), 4);
    to->samples = (size_t)gdf_bits(field(table, header, AT_SAMPLES, 4, s), 4);
    to->width = gdf_width(to->type);
    calibrate(to, &limits);
    text_from_field(to->label, sizeof to->label,
                    (const char *)field(table, header, AT_LABEL, 16, s), 16);
    if (to->scaled) {
        parse_unit(table, header, s, to->unit);
    }
    if (to->width == 0) {
        return error_set(error, STATUS_UNSUPPORTED,
                         "%s: signal %zu (%s) is of data type %u (byte %zu), which is not read; "
                         "convert the recording to 16, 24 or 32 bits or to float",
                         name, s + 1, to->label, (unsigned)to->type,
                         (size_t)(GDF_BLOCK + AT_TYPE * header->signal_count + 4 * s));
    }
    return STATUS_OK;
}

/* "transducer; high-pass 10 Hz, low-pass 500 Hz, notch 50 Hz" */
static void describe(const unsigned char *table, const struct gdf_header *header, size_t s,
                     char to[LABEL_SIZE])
{
    static const struct {
        size_t start;
        const char *name;
    } filters[] = {{AT_HIGHPASS, "high-pass"}, {AT_LOWPASS, "low-pass"}, {AT_NOTCH, "notch"}};
    char text[2 * 80 + 1], filter[2 * 80 + 1] = "", both[4 * 80 + 8];
    text_from_field(text, sizeof text, (const char *)field(table, header, AT_TRANSDUCER, 80, s),
                    80);
    if (header->version > 1.9) {
        size_t used = 0;
        for (size_t i = 0; i < 3; i++) {
            double hertz = (double)little_float(field(table, header, filters[i].start, 4, s));
            /* Negative: off; NaN: unknown. */
            if (hertz > 0 && hertz < 1e9) {
                used += (size_t)snprintf(filter + used, sizeof filter - used, "%s%s %.6g Hz",
                                         used ? ", " : "", filters[i].name, hertz);
            }
        }
    } else {
        text_from_field(filter, sizeof filter,
                        (const char *)field(table, header, AT_PREFILTER, 80, s), 80);
    }
    snprintf(both, sizeof both, "%s%s%s", text, text[0] && filter[0] ? "; " : "", filter);
    text_from_field(to, LABEL_SIZE, both, strlen(both));
}

enum status gdf_signal_describe(const unsigned char *table, const struct gdf_header *header,
                                size_t s, const char *name, bool strict,
                                struct recording_info *info, struct error *error)
{
    const struct gdf_signal *signal = &header->signals[s];
    if (signal->samples == 0) {
        return STATUS_OK;
    }
    struct channel *channel = &info->channels[signal->channel];
    memcpy(channel->label, signal->label, sizeof channel->label);
    memcpy(channel->file_unit, signal->unit, sizeof channel->file_unit);
    describe(table, header, s, channel->description);
    channel->gain = signal->gain;
    channel->offset = signal->offset;
    channel->minimum = signal->minimum;
    channel->maximum = signal->maximum;
    double shift = header->version > 2.215
                       ? (double)little_float(field(table, header, AT_TIME_OFFSET, 4, s))
                       : 0;
    /* Some writers leave the field to chance: what no recording could have is none. */
    double longest = header->record_count == UINT64_MAX
                         ? SHIFT_MAX
                         : fmin((double)header->record_count * header->duration, SHIFT_MAX);
    if (fabs(shift) * (double)signal->samples >= header->duration / 2 && fabs(shift) < longest) {
        enum status status =
            mend(name, strict, info, error,
                 "signal %zu (%s) was sampled %g s after the others; the shift is not undone",
                 s + 1, signal->label, shift);
        if (status != STATUS_OK) {
            return status;
        }
    }
    if (!signal->scaled) {
        struct limits limits = parse_limits(table, header, s);
        return mend(name, strict, info, error,
                    "signal %zu (%s): no scale (physical limits %g and %g, digital %g and %g); "
                    "samples are given as digital counts, without a unit",
                    s + 1, signal->label, limits.physical_minimum, limits.physical_maximum,
                    limits.digital_minimum, limits.digital_maximum);
    }
    return STATUS_OK;
}
