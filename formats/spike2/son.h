/* The structures of a SON file (CED Spike2, 32 bits, versions 1 to 9), as they lie on disk.
 *
 * Channels are chains of data blocks. Times are ticks. In version 9 places in the file count in
 * blocks of 512 bytes, before in bytes. */
#ifndef SOLEUS_FORMATS_SPIKE2_SON_H
#define SOLEUS_FORMATS_SPIKE2_SON_H

#include "formats/reader.h"

#define SON_HEADER_SIZE  512
#define SON_CHANNEL_SIZE 140
#define SON_BLOCK_SIZE   20 /* a block's own header */

enum son_kind {
    SON_OFF = 0,
    SON_ADC = 1,        /* int16 */
    SON_EVENT_FALL = 2, /* times */
    SON_EVENT_RISE = 3,
    SON_EVENT_BOTH = 4, /* a level: its changes */
    SON_MARKER = 5,     /* times with four code bytes */
    SON_ADC_MARK = 6,   /* and a short waveform */
    SON_REAL_MARK = 7,
    SON_TEXT_MARK = 8, /* and text */
    SON_REAL_WAVE = 9  /* float32 */
};

struct son_channel {
    size_t number; /* from 0 */
    enum son_kind kind;
    uint64_t first;     /* byte of the first block; 0: none */
    uint64_t blocks;    /* claimed */
    size_t block_size;  /* bytes of a block at most; 0: not said */
    size_t extra;       /* bytes after each marker */
    double interval;    /* ticks a sample; 0: not said */
    bool initially_low; /* of a level */
    char title[LABEL_SIZE], comment[LABEL_SIZE], unit[UNIT_SIZE];
    double scale, offset;
};

struct son_file {
    const struct source *source;
    int version;
    double tick;      /* s */
    double tick_rate; /* Hz, the whole number where it is one */
    size_t channel_count;
    struct son_channel *channels; /* owned; those that hold something */
    struct start_time start;      /* of tick 0 */
    uint64_t claimed;             /* bytes of the blocks that son_block_claim has seen */
};

struct son_block {
    uint64_t position;  /* byte of its header */
    uint64_t next;      /* byte of the next one; 0: the last */
    int64_t start, end; /* ticks of its first and last item */
    size_t items;
};

/* Reads the headers of file and channels. */
enum status son_open(const struct source *source, struct son_file *file, struct error *error);
void son_close(struct son_file *file);

/* Reads the block at `position`; `before` (NULL for the first) is the one that links to it. Refuses
 * links that lie: out of the file, to another channel, back in time. */
enum status son_block_read(const struct son_file *file, const struct son_channel *channel,
                           uint64_t position, const struct son_block *before,
                           struct son_block *block, struct error *error);

/* Counts a block, once: refuses blocks that together are larger than the file, since these overlap
 * and could multiply what it holds. */
enum status son_block_claim(struct son_file *file, const struct son_channel *channel,
                            const struct son_block *block, struct error *error);

/* Bytes of one item. */
size_t son_item_size(const struct son_channel *channel);

#endif
