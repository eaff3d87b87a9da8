/* Inside of specification_read: what its files share. */
#ifndef SOLEUS_PIPELINE_SIMULATE_SPECIFICATION_PARSER_H
#define SOLEUS_PIPELINE_SIMULATE_SPECIFICATION_PARSER_H

#include "pipeline/simulate/specification_keys.h"

struct parser {
    FILE *stream;
    struct specification *specification;
    struct warnings *problems;
    struct error *error;
    size_t line;
    char *text; /* the line, getline's buffer */
    size_t text_size;
    const struct section_definition *section; /* NULL before the first one, or when unknown */
    bool unknown;        /* in a section that is not known: its keys are passed over */
    void *values;        /* the struct that the section fills */
    bool *given;         /* by row of key_definitions, in this section */
    unsigned seen;       /* kinds of sections that have come */
    bool channels_given; /* [recording] had the key channels */
    enum status status;
};

/* Notes a mistake in the line that is being read. */
void parser_problem(struct parser *parser, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* As parser_problem, for another line (0: none). */
void parser_problem_at(struct parser *parser, size_t line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The defaults of a kind of section. Ranges that the struct has but this kind does not use are
 * NaN, never a plausible 0. */
void parser_defaults_of(enum section_kind kind, void *values);

/* Sets a key of the current section, or notes why it cannot be. */
void parser_set_value(struct parser *parser, const char *name, const char *text);

/* What can only be checked when the whole file is known: channels, classes, lists, bounds. */
void parser_check(struct parser *parser);

#endif
