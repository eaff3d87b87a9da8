/* What an EDF header says of one signal: label, unit, calibration. */
#include "formats/edf/parser.h"
#include "formats/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Limits beyond this would overflow float when the unit is converted. */
#define LIMIT_MAX 1e30

struct limits {
    double physical_minimum, physical_maximum, digital_minimum, digital_maximum;
};

/* Notes why a channel's samples mean nothing, which matters only when it is asked for: it is not
 * taken for EMG, whatever its label. */
static enum status note_problem(struct edf_parser *parser, enum edf_field field, size_t signal,
                                const char *what)
{
    char **problem = &parser->header->signals[signal].problem;
    char text[32];
    edf_field_text(parser, field, signal, text, sizeof text);
    if (asprintf(problem, "the header field '%s' of signal %zu (byte %zu) is '%s', %s",
                 edf_field_name(field), signal + 1, edf_field_byte(parser, field, signal), text,
                 what) < 0) {
        *problem = NULL;
        return error_memory(parser->error, "reading an EDF header");
    }
    struct channel *channel = &parser->info->channels[parser->header->signals[signal].channel];
    channel->type = CHANNEL_OTHER;
    channel->bad = channel->unreadable = true;
    text_from_field(channel->why_bad, sizeof channel->why_bad, *problem, strlen(*problem));
    return edf_parser_mend(parser, "%s: the channel (%s) is left out", *problem, channel->label);
}

/* A channel whose limits give no scale: digital counts, without a unit. */
static void use_counts(struct edf_parser *parser, size_t signal, struct channel *channel,
                       const struct limits *limits)
{
    channel->type = text_channel_type(channel->label, channel->description, channel->file_unit);
    channel->file_unit[0] = '\0';
    channel->minimum = fmin(limits->digital_minimum, limits->digital_maximum);
    channel->maximum = fmax(limits->digital_minimum, limits->digital_maximum);
    parser->first_unscaled = parser->unscaled ? parser->first_unscaled : signal;
    parser->unscaled++;
}

enum status edf_channel_report(struct edf_parser *parser)
{
    size_t signal = parser->first_unscaled, others = parser->unscaled - 1;
    char minimum[24], maximum[24], more[48] = "";
    if (parser->unscaled == 0) {
        return STATUS_OK;
    }
    edf_field_text(parser, EDF_PHYSICAL_MINIMUM, signal, minimum, sizeof minimum);
    edf_field_text(parser, EDF_PHYSICAL_MAXIMUM, signal, maximum, sizeof maximum);
    if (others > 0) {
        snprintf(more, sizeof more, ", and %zu signal%s after it", others, others > 1 ? "s" : "");
    }
    return edf_parser_mend(
        parser,
        "signal %zu (%s)%s: no scale (physical minimum '%s', maximum '%s', byte %zu); "
        "samples are given as digital counts, without a unit",
        signal + 1, parser->info->channels[parser->header->signals[signal].channel].label, more,
        minimum, maximum, edf_field_byte(parser, EDF_PHYSICAL_MINIMUM, signal));
}

/* physical = gain × digital + offset through the two pairs of limits. */
static enum status calibrate(struct edf_parser *parser, size_t signal, struct channel *channel)
{
    struct limits limits;
    double *const limit[] = {&limits.physical_minimum, &limits.physical_maximum,
                             &limits.digital_minimum, &limits.digital_maximum};
    bool huge = false;
    for (size_t i = 0; i < 4; i++) {
        enum edf_field field = EDF_PHYSICAL_MINIMUM + (enum edf_field)i;
        if (!text_real(edf_field_at(parser, field, signal), edf_field_size(field), limit[i])) {
            return note_problem(parser, field, signal, "which is no number");
        }
        huge = huge || fabs(*limit[i]) > LIMIT_MAX;
    }
    double digital_span = limits.digital_maximum - limits.digital_minimum;
    if (digital_span == 0) {
        return note_problem(parser, EDF_DIGITAL_MAXIMUM, signal, "the same as the digital minimum");
    }
    double step = (limits.physical_maximum - limits.physical_minimum) / digital_span;
    if (huge || step == 0) {
        use_counts(parser, signal, channel, &limits);
        return STATUS_OK;
    }
    channel->gain = step;
    channel->offset = limits.physical_minimum - step * limits.digital_minimum;
    channel->minimum = fmin(limits.physical_minimum, limits.physical_maximum);
    channel->maximum = fmax(limits.physical_minimum, limits.physical_maximum);
    double lowest = parser->header->bdf ? -8388608 : -32768;
    if (digital_span < 0 || limits.digital_minimum < lowest ||
        limits.digital_maximum > -lowest - 1) {
        return edf_parser_mend(parser,
                               "signal %zu (%s) claims digital values from %g to %g (byte %zu), "
                               "which %s does not allow; the scale that they imply is used",
                               signal + 1, channel->label, limits.digital_minimum,
                               limits.digital_maximum,
                               edf_field_byte(parser, EDF_DIGITAL_MINIMUM, signal),
                               parser->header->bdf ? "BDF" : "EDF");
    }
    return STATUS_OK;
}

/* Files of this project have a label that is too long for its field in front of the description. */
static void restore_label(struct channel *channel)
{
    char whole[LABEL_SIZE], rest[LABEL_SIZE];
    const char *text = channel->description;
    bool said = strncmp(text, "EMG; ", 5) == 0;
    text += said ? 5 : 0;
    const char *end = strstr(text, "; "), *twin = strrchr(channel->label, '~');
    size_t length = end ? (size_t)(end - text) : strlen(text);
    size_t alike = twin ? (size_t)(twin - channel->label) : strlen(channel->label);
    if (length <= EDF_LABEL_SIZE || strlen(channel->label) < EDF_LABEL_SIZE - 2 ||
        strncmp(text, channel->label, alike) != 0) {
        return;
    }
    text_from_field(whole, sizeof whole, text, length);
    text_from_field(rest, sizeof rest, end ? end + 2 : "", end ? strlen(end + 2) : 0);
    memcpy(channel->label, whole, sizeof whole);
    memcpy(channel->description, rest, sizeof rest);
    channel->type = said ? CHANNEL_EMG : channel->type;
}

enum status edf_channel_parse(struct edf_parser *parser, size_t signal)
{
    struct channel *channel = &parser->info->channels[parser->header->signals[signal].channel];
    char transducer[2 * 80 + 1], prefilter[2 * 80 + 1], both[2 * sizeof transducer + 2];
    edf_field_text(parser, EDF_LABEL, signal, channel->label, sizeof channel->label);
    edf_field_text(parser, EDF_UNIT, signal, channel->file_unit, sizeof channel->file_unit);
    edf_field_text(parser, EDF_TRANSDUCER, signal, transducer, sizeof transducer);
    edf_field_text(parser, EDF_PREFILTER, signal, prefilter, sizeof prefilter);
    snprintf(both, sizeof both, "%s%s%s", transducer, transducer[0] && prefilter[0] ? "; " : "",
             prefilter);
    text_from_field(channel->description, sizeof channel->description, both, strlen(both));
    if (parser->header->own) {
        restore_label(channel);
    }
    /* BioSemi's trigger word. */
    if (strcmp(channel->label, "Status") == 0) {
        channel->type = CHANNEL_OTHER;
    }
    return calibrate(parser, signal, channel);
}
