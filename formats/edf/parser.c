#include "formats/edf/parser.h"

#include "formats/mend.h"

#include <stdio.h>

static const struct {
    const char *name;
    size_t start; /* for one signal; the field of signal s begins at start × signals + size × s */
    size_t size;
} fields[] = {
    [EDF_LABEL] = {"label", 0, 16},
    [EDF_TRANSDUCER] = {"transducer", 16, 80},
    [EDF_UNIT] = {"physical dimension", 96, 8},
    [EDF_PHYSICAL_MINIMUM] = {"physical minimum", 104, 8},
    [EDF_PHYSICAL_MAXIMUM] = {"physical maximum", 112, 8},
    [EDF_DIGITAL_MINIMUM] = {"digital minimum", 120, 8},
    [EDF_DIGITAL_MAXIMUM] = {"digital maximum", 128, 8},
    [EDF_PREFILTER] = {"prefilter", 136, 80},
    [EDF_SAMPLES] = {"samples per data record", 216, 8},
};

enum status edf_parser_mend(const struct edf_parser *parser, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    enum status status = mend_arguments(parser->name, parser->options->strict, parser->info,
                                        parser->error, format, arguments);
    va_end(arguments);
    return status;
}

const char *edf_field_at(const struct edf_parser *parser, enum edf_field field, size_t signal)
{
    return (const char *)parser->table + fields[field].start * parser->header->signal_count +
           fields[field].size * signal;
}

size_t edf_field_size(enum edf_field field)
{
    return fields[field].size;
}

size_t edf_field_byte(const struct edf_parser *parser, enum edf_field field, size_t signal)
{
    return EDF_FIXED_SIZE +
           (size_t)((const unsigned char *)edf_field_at(parser, field, signal) - parser->table);
}

const char *edf_field_name(enum edf_field field)
{
    return fields[field].name;
}

void edf_field_text(const struct edf_parser *parser, enum edf_field field, size_t signal, char *to,
                    size_t size)
{
    text_from_field(to, size, edf_field_at(parser, field, signal), fields[field].size);
}

enum status edf_fixed_error(const struct edf_parser *parser, const char *field, size_t at,
                            size_t size, const char *advice)
{
    char text[32];
    text_from_field(text, sizeof text, (const char *)parser->fixed + at, size);
    return error_set(parser->error, STATUS_FAILED,
                     "%s: the header field '%s' (byte %zu) is '%s'; %s", parser->name, field, at,
                     text, advice);
}

enum status edf_signal_error(const struct edf_parser *parser, enum edf_field field, size_t signal,
                             const char *advice)
{
    char text[32];
    edf_field_text(parser, field, signal, text, sizeof text);
    return error_set(parser->error, STATUS_FAILED,
                     "%s: the header field '%s' of signal %zu (byte %zu) is '%s'; %s", parser->name,
                     edf_field_name(field), signal + 1, edf_field_byte(parser, field, signal), text,
                     advice);
}
