/* The table that defines the sections and keys of a specification (specification.h). */
#ifndef SOLEUS_PIPELINE_SIMULATE_SPECIFICATION_KEYS_H
#define SOLEUS_PIPELINE_SIMULATE_SPECIFICATION_KEYS_H

#include "pipeline/simulate/specification.h"

enum key_type {
    KEY_NUMBER, /* double */
    KEY_WHOLE,  /* double, whole */
    KEY_RANGE,  /* struct range */
    KEY_COUNT,  /* struct range of whole numbers */
    KEY_CHOICE, /* int, index into words */
    KEY_TEXT,   /* char[SPECIFICATION_TEXT] */
    KEY_TIME    /* struct start_time */
};

struct key_definition {
    unsigned sections; /* of enum section_kind */
    const char *name;
    const char *unit; /* "" when there is none */
    enum key_type type;
    size_t offset;           /* of the value in the section's struct */
    double low, high;        /* default; NaN: none. Of a choice: low is the index */
    double minimum, maximum; /* accepted */
    const char *words;       /* of a choice, blank separated; of a text, its default */
    const char *meaning;
};

struct section_definition {
    enum section_kind kind;
    const char *name;
    bool titled; /* "[channel LABEL]" */
    bool once;   /* may not repeat */
    const char *meaning;
};

extern const struct key_definition key_definitions[];
extern const size_t key_count;
extern const struct section_definition section_definitions[];
extern const size_t section_count;

#endif
