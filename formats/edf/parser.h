/* What the files that parse an EDF header share: the raw header, and refusals that name a field.
 * Internal to edf_header.c and its neighbours. */
#ifndef SOLEUS_FORMATS_EDF_PARSER_H
#define SOLEUS_FORMATS_EDF_PARSER_H

#include "formats/edf/header.h"

/* The fields of the signals, in file order. */
enum edf_field {
    EDF_LABEL,
    EDF_TRANSDUCER,
    EDF_UNIT,
    EDF_PHYSICAL_MINIMUM,
    EDF_PHYSICAL_MAXIMUM,
    EDF_DIGITAL_MINIMUM,
    EDF_DIGITAL_MAXIMUM,
    EDF_PREFILTER,
    EDF_SAMPLES
};

struct edf_parser {
    const char *name; /* of the source, for messages */
    const struct reader_options *options;
    struct recording_info *info;
    struct edf_header *header;
    struct error *error;
    const unsigned char *fixed; /* EDF_FIXED_SIZE bytes */
    const unsigned char *table; /* EDF_SIGNAL_SIZE bytes a signal */
    size_t unscaled;            /* signals whose physical limits give no scale */
    size_t first_unscaled;
};

/* mend with the parser's name, strictness, info and error. */
enum status edf_parser_mend(const struct edf_parser *parser, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The field's bytes, their number, their place in the file, and their text (UTF-8, trimmed). */
const char *edf_field_at(const struct edf_parser *parser, enum edf_field field, size_t signal);
size_t edf_field_size(enum edf_field field);
size_t edf_field_byte(const struct edf_parser *parser, enum edf_field field, size_t signal);
const char *edf_field_name(enum edf_field field);
void edf_field_text(const struct edf_parser *parser, enum edf_field field, size_t signal, char *to,
                    size_t size);

/* Refusals that name a field of the fixed part, or of a signal, what it holds and what to do. */
enum status edf_fixed_error(const struct edf_parser *parser, const char *field, size_t at,
                            size_t size, const char *advice);
enum status edf_signal_error(const struct edf_parser *parser, enum edf_field field, size_t signal,
                             const char *advice);

/* Fills the channel of a signal that holds samples; its layout and rate are already known. */
enum status edf_channel_parse(struct edf_parser *parser, size_t signal);
/* One warning for all signals without a scale; call once they are all parsed. */
enum status edf_channel_report(struct edf_parser *parser);

#endif
