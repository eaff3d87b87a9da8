/* Writes recordings for tests, by the id of a writer. */
#ifndef SOLEUS_TESTS_UNIT_WRITE_OUT_H
#define SOLEUS_TESTS_UNIT_WRITE_OUT_H

#include "unit/test.h"

#include "formats/registry.h"

#include <stdio.h>

#define WRITE_OUT_CHANNELS 64

/* A description of `count` channels; everything else is the caller's to set. */
static inline void describe(struct recording_info *info, size_t count, double rate,
                            const char *unit)
{
    struct error error;
    *info = (struct recording_info){0};
    assert_int_equal(recording_info_allocate(info, count, &error), STATUS_OK);
    for (size_t c = 0; c < count; c++) {
        snprintf(info->channels[c].label, LABEL_SIZE, "EMG %zu", c + 1);
        snprintf(info->channels[c].unit, UNIT_SIZE, "%s", unit);
        info->channels[c].type = CHANNEL_EMG;
        info->channels[c].selected = true;
        info->channels[c].rate = rate;
    }
}

/* Writes planes of samples in blocks of at most `step` frames; the commit included. */
static inline enum status write_all(const char *path, const char *format,
                                    const struct recording_info *info, float *const *planes,
                                    const size_t *counts, size_t step, struct error *error)
{
    const struct writer *writer = registry_writer(format);
    struct output *output = NULL;
    void *state = NULL;
    float *samples[WRITE_OUT_CHANNELS];
    size_t frames[WRITE_OUT_CHANNELS], done[WRITE_OUT_CHANNELS] = {0};
    struct block block = {info->channel_count, samples, frames, frames};
    enum status status = output_create(path, NULL, true, &output, error);
    if (status != STATUS_OK) {
        return status;
    }
    status = writer->open(output, info, &state, error);
    for (bool any = true; any && status == STATUS_OK;) {
        any = false;
        for (size_t c = 0; c < info->channel_count; c++) {
            size_t left = counts[c] - done[c];
            frames[c] = left < step ? left : step;
            samples[c] = planes[c] + done[c];
            done[c] += frames[c];
            any = any || frames[c] > 0;
        }
        status = any ? writer->write(state, &block, error) : STATUS_OK;
    }
    if (status == STATUS_OK) {
        status = writer->close(state, error);
    } else if (state) {
        writer->abort(state);
    }
    if (status != STATUS_OK) {
        output_abort(output);
        return status;
    }
    return output_commit(output, error);
}

/* `count` whole multiples of step between lowest and highest; owned. */
static inline float *random_plane(size_t count, double step, double lowest, double highest,
                                  unsigned seed)
{
    float *plane = malloc((count + 1) * sizeof *plane);
    assert_non_null(plane);
    for (size_t i = 0; i < count; i++) {
        double span = highest - lowest + 1;
        plane[i] = (float)(step * (lowest + floor(span * (rand_r(&seed) / (RAND_MAX + 1.0)))));
    }
    return plane;
}

#endif
