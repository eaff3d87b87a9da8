/* One stream of interleaved samples, read out of the archive by blocks. */
#ifndef SOLEUS_FORMATS_OTB_SAMPLES_H
#define SOLEUS_FORMATS_OTB_SAMPLES_H

#include "formats/otb/layout.h"

struct otb_samples {
    size_t channels, width; /* of a frame; bytes of a sample */
    size_t order;           /* of the entry among the archive's files */
    char name[OTB_NAME_SIZE];
    struct otb_archive *archive; /* NULL: not yet opened */
    uint64_t total;              /* frames; UINT64_MAX: unknown */
    uint64_t done;               /* frames taken */
    bool ended;
    size_t limit; /* frames that fit in `bytes` */
    size_t held;  /* frames in `bytes` */
    size_t taken; /* those of them that are done */
    unsigned char *bytes;
};

/* Zeroed memory is a stream that otb_samples_clear accepts. */
enum status otb_samples_prepare(struct otb_samples *samples, const struct otb_layout *layout,
                                size_t stream, struct error *error);
void otb_samples_clear(struct otb_samples *samples);

/* Frames there should be; UINT64_MAX when the archive does not tell. */
uint64_t otb_samples_total(const struct otb_samples *samples);

/* Passes over frames of a stream that nobody wants, without reading; false when it must be read. */
bool otb_samples_pass(struct otb_samples *samples, size_t room, size_t *done);

/* Makes sure that frames are at hand: *count of them, 0 at the end. */
enum status otb_samples_load(struct otb_samples *samples, const struct source *source,
                             struct recording_info *info, bool strict, size_t *count,
                             struct error *error);

/* Channel `index` of the next `count` frames at hand. */
void otb_samples_decode(const struct otb_samples *samples, size_t index, size_t count, double gain,
                        double offset, float *to);
void otb_samples_take(struct otb_samples *samples, size_t count);

#endif
