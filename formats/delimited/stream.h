/* The rows of a text table as the channels of a recording: what all readers of text share.
 *
 * A reader of a dialect finds the layout, makes the channels, puts them into groups that keep one
 * pace, and leaves the rest to text_stream_read. */
#ifndef SOLEUS_FORMATS_TEXT_STREAM_H
#define SOLEUS_FORMATS_TEXT_STREAM_H

#include "formats/delimited/clock.h"
#include "formats/delimited/counter.h"
#include "formats/delimited/labels.h"
#include "formats/delimited/layout.h"
#include "formats/delimited/preamble.h"
#include "formats/delimited/rows.h"
#include "formats/reader.h"

enum text_pace {
    TEXT_PACE_STEADY = 0, /* a row is a sample */
    TEXT_PACE_TIMES,      /* a column of times tells of lost samples */
    TEXT_PACE_COUNTER     /* a counter does */
};

/* Channels that advance together: info->channels[first, first + count). Groups cover the channels
 * in order. */
struct text_group {
    size_t first, count;
    enum text_pace pace;
    size_t column;    /* of its times or counts */
    double unit;      /* s per unit of its times */
    double rate;      /* Hz */
    bool ends;        /* cells that are empty to the end of the file are no samples */
    uint64_t claimed; /* samples that the header promises; 0: nothing said */
    struct text_clock clock;
    struct text_counter counter;

    /* The rest is for the stream alone. */
    uint64_t position; /* samples before the row at hand */
    uint64_t lost;     /* to be delivered before it */
    uint64_t blank;    /* rows without a value since the last one */
    uint64_t owed;     /* samples not counted yet, where no channel is wanted */
    double midnights;  /* s: whole days that clock times have passed */
    double latest;     /* s: its latest time */
    bool sample;       /* the row at hand has one for it */
    bool wanted;
    size_t done, room;
};

struct text_stream {
    struct source *source;
    struct recording_info *info;
    struct text_layout layout;
    struct text_rows rows;
    size_t *columns; /* by channel; owned */
    size_t group_count;
    struct text_group *groups; /* owned */
    size_t label_count;
    struct text_label *labels; /* owned; they go with the first group */

    /* NULL, or called for every row. */
    enum status (*each_row)(struct text_stream *stream, struct error *error);
    void *context; /* of the dialect; freed by free() on close */

    bool strict;
    bool waiting;  /* the row at hand has not been delivered */
    bool finished; /* the end has been noted */
};

/* Finds layout, channels and groups of a stream in what stands before the rows, up to
 * text_stream_begin; `given`: --rate, or 0. */
typedef enum status text_stream_fill(struct text_stream *stream,
                                     const struct text_preamble *preamble, double given,
                                     struct error *error);

/* The open of a reader of text: makes a stream, lets `fill` fill it, and puts it into *state. */
enum status text_stream_open(struct source *source, const struct reader_options *options,
                             struct recording_info *info, text_stream_fill *fill, void **state,
                             struct error *error);

/* For tables of one pace: makes a channel of every column of the layout that has TEXT_ROLE_SIGNAL,
 * with its label and unit, in one group of `rate`. */
enum status text_stream_channels(struct text_stream *stream, double rate, struct error *error);

/* Allocates info's channels, stream->columns and stream->groups. */
enum status text_stream_allocate(struct text_stream *stream, size_t channels, size_t groups,
                                 struct error *error);

/* Adds a column of labels or events. */
enum status text_stream_label(struct text_stream *stream, enum text_label_kind kind, size_t column,
                              struct error *error);

/* Lets the group keep to the times in a column. `rate` is what the header says (NaN: nothing); it
 * counts where the times agree with it, else the times do, with a warning. STATUS_NO_RATE when
 * there is no rate either way. Sets group->rate. The lines are those of the preamble. */
enum status text_stream_times(struct text_stream *stream, size_t group, size_t column, double unit,
                              double rate, const struct text_lines *lines, struct error *error);

/* Lets the group keep to a counter in a column; `moduli` as text_counter_learn has them. */
enum status text_stream_counter(struct text_stream *stream, size_t group, size_t column,
                                const uint64_t *moduli, const struct text_lines *lines,
                                struct error *error);

/* Skips to the first row, when layout, channels and groups are set. */
enum status text_stream_begin(struct text_stream *stream, struct error *error);

/* For struct reader: a state is a stream. */
enum status text_stream_read(void *state, struct block *block, struct error *error);
void text_stream_close(void *state);

#endif
