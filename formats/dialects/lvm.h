/* Headers of LabVIEW Measurement files. */
#ifndef SOLEUS_FORMATS_LVM_H
#define SOLEUS_FORMATS_LVM_H

#include "formats/delimited/preamble.h"

#define LVM_HEADER_END    "***End_of_Header***"
#define LVM_SPECIAL_START "***Start_Special***"
#define LVM_SPECIAL_END   "***End_Special***"

/* What the header of a segment says of time. */
struct lvm_segment {
    struct text_moment day, clock;
    double x0;      /* s */
    double delta_x; /* s; NaN: not said */
    size_t channels;
    bool deltas_differ; /* between channels */
    bool other_axis;    /* x is no time */
};

/* The header of the file. */
struct lvm_file {
    struct text_dialect dialect;
    size_t segment;   /* the line where the first segment's header begins */
    size_t names;     /* the line of column names behind it */
    size_t x_columns; /* 0: none, 1: one, 2: one for each channel */
};

/* Reads the file's header and finds the first segment's. */
enum status lvm_find(const struct text_preamble *preamble, const char *name, struct lvm_file *file,
                     struct error *error);

/* Clears a segment before its lines are taken. */
void lvm_segment_begin(struct lvm_segment *segment);

/* Takes the line [p, end) of a segment's header. */
void lvm_segment_take(struct lvm_segment *segment, const char *p, const char *end,
                      const struct text_dialect *dialect);

/* True when the line begins with `tag`. */
bool lvm_is(const char *p, const char *end, const char *tag);

/* True for a line of separators and blanks, which stand between segments. */
bool lvm_is_empty(const char *p, const char *end);

/* True when the line belongs to a header: it begins with a word. */
bool lvm_is_tag(const char *p, const char *end, const struct text_dialect *dialect);

#endif
