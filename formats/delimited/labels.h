/* Columns of a text table that say something of samples, and become annotations. */
#ifndef SOLEUS_FORMATS_TEXT_LABELS_H
#define SOLEUS_FORMATS_TEXT_LABELS_H

#include "formats/delimited/cells.h"
#include "formats/recording.h"

#include <stdint.h>

/* Annotations of one recording that are believed: more of them are a signal in words. */
#define TEXT_ANNOTATIONS_MAX 100000

enum text_label_kind {
    TEXT_LABEL_STATE, /* every sample is in some state: each stretch of it is annotated */
    TEXT_LABEL_EVENT  /* most samples have none: empty cells, and zeros, say nothing */
};

/* One such column. Clear it before use; set kind and column. */
struct text_label {
    enum text_label_kind kind;
    size_t column;
    char prefix[LABEL_SIZE]; /* in front of a text that is a mere number: "label 7"; may be "" */
    char text[LABEL_SIZE];   /* of the open stretch; "": none */
    uint64_t onset, length;  /* of the open stretch, in samples */
};

/* Takes the column's cell of sample `index`; `rate` in Hz. Annotates the stretch that it ends. */
enum status text_label_push(struct text_label *label, const struct text_cell *cell, uint64_t index,
                            double rate, struct recording_info *info, struct error *error);

/* At the end: annotates the stretch that is open. */
enum status text_label_finish(struct text_label *label, double rate, struct recording_info *info,
                              struct error *error);

#endif
