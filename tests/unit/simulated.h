/* What the tests of the simulator share: a whole recording in memory, and a plain spectrum. */
#ifndef SOLEUS_TESTS_UNIT_SIMULATED_H
#define SOLEUS_TESTS_UNIT_SIMULATED_H

#include "unit/test.h"

#include "pipeline/simulate/simulate.h"

#include <stdio.h>
#include <string.h>

struct simulated {
    struct specification *specification;
    struct simulation *simulation;
    size_t channel_count, frames;
    double rate;
    float *samples[SPECIFICATION_CHANNELS];
};

static inline enum status read_specification_text(const char *text,
                                                  struct specification **specification,
                                                  struct warnings *problems, struct error *error)
{
    FILE *stream = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
    assert_non_null(stream);
    enum status status = specification_read(stream, "test.ini", specification, problems, error);
    fclose(stream);
    return status;
}

/* Reads a specification that has to be right. */
static inline struct specification *right_specification(const char *text)
{
    struct specification *specification;
    struct warnings problems = {0};
    struct error error = {0};
    if (read_specification_text(text, &specification, &problems, &error)) {
        print_error("%s\n", error.message);
        fail();
    }
    assert_int_equal(problems.count, 0);
    warnings_clear(&problems);
    return specification;
}

/* Simulates all of it, by blocks of `seconds`. */
static inline void simulate_by(struct simulated *s, const char *text, double seconds)
{
    struct error error = {0};
    struct block block;
    memset(s, 0, sizeof *s);
    s->specification = right_specification(text);
    if (simulation_create(s->specification, &s->simulation, &error)) {
        print_error("%s\n", error.message);
        fail();
    }
    const struct recording_info *info = simulation_info(s->simulation);
    s->channel_count = info->channel_count;
    s->rate = info->channels[0].rate;
    size_t room = (size_t)(info->duration * s->rate + 0.5);
    for (size_t c = 0; c < s->channel_count; c++) {
        s->samples[c] = calloc(room + 1, sizeof(float));
        assert_non_null(s->samples[c]);
    }
    assert_int_equal(block_allocate(&block, info, seconds, &error), STATUS_OK);
    for (;;) {
        assert_int_equal(simulation_read(s->simulation, &block, &error), STATUS_OK);
        size_t count = block.frames[0];
        if (count == 0) {
            break;
        }
        assert_true(s->frames + count <= room);
        for (size_t c = 0; c < s->channel_count; c++) {
            assert_int_equal(block.frames[c], count);
            memcpy(s->samples[c] + s->frames, block.samples[c], count * sizeof(float));
        }
        s->frames += count;
    }
    assert_int_equal(s->frames, room);
    block_clear(&block);
}

static inline void simulate_text(struct simulated *s, const char *text)
{
    simulate_by(s, text, 2);
}

static inline void simulated_clear(struct simulated *s)
{
    for (size_t c = 0; c < s->channel_count; c++) {
        free(s->samples[c]);
    }
    simulation_destroy(s->simulation);
    specification_destroy(s->specification);
}

/* Mean power density by 1 Hz bins, power[f] for f < 1000 Hz below half the rate, over [from, to) s:
 * a plain discrete Fourier transform of every whole second. */
static inline void plain_spectrum(const struct simulated *s, size_t channel, double from, double to,
                                  double power[1000])
{
    size_t length = (size_t)s->rate, seconds = 0;
    memset(power, 0, 1000 * sizeof *power);
    double *cosines = calloc(length, sizeof *cosines), *sines = calloc(length, sizeof *sines);
    assert_non_null(cosines);
    assert_non_null(sines);
    for (size_t i = 0; i < length; i++) {
        cosines[i] = cos(2 * M_PI * (double)i / (double)length);
        sines[i] = sin(2 * M_PI * (double)i / (double)length);
    }
    for (size_t at = (size_t)(from * s->rate); at + length <= (size_t)(to * s->rate);
         at += length, seconds++) {
        const float *x = s->samples[channel] + at;
        for (size_t f = 0; f < 1000 && f < length / 2; f++) {
            double re = 0, im = 0;
            for (size_t i = 0, phase = 0; i < length; i++) {
                re += (double)x[i] * cosines[phase];
                im += (double)x[i] * sines[phase];
                phase += f;
                phase -= phase >= length ? length : 0;
            }
            power[f] += (f ? 2 : 1) * (re * re + im * im) / ((double)length * (double)length);
        }
    }
    for (size_t f = 0; f < 1000 && seconds; f++) {
        power[f] /= (double)seconds;
    }
    free(cosines);
    free(sines);
}

static inline double sum_between(const double power[1000], size_t low, size_t high)
{
    double sum = 0;
    for (size_t f = low; f < high && f < 1000; f++) {
        sum += power[f];
    }
    return sum;
}

/* The measuring band's last bin: 450 Hz, or 0.45 × rate. */
static inline size_t band_end(const struct simulated *s)
{
    return s->rate < 1000 ? (size_t)(0.45 * s->rate) : 450;
}

/* RMS within the measuring band. */
static inline double band_rms(const struct simulated *s, size_t channel, double from, double to)
{
    double power[1000];
    plain_spectrum(s, channel, from, to, power);
    return sqrt(sum_between(power, 20, band_end(s) + 1));
}

/* The frequency that halves the power within 20–450 Hz. */
static inline double median_frequency(const struct simulated *s, size_t channel, double from,
                                      double to)
{
    double power[1000], sum = 0;
    plain_spectrum(s, channel, from, to, power);
    double half = sum_between(power, 20, 451) / 2;
    for (size_t f = 20; f <= 450; f++) {
        if (sum + power[f] >= half) {
            return (double)f - 0.5 + (half - sum) / power[f];
        }
        sum += power[f];
    }
    return NAN;
}

static inline double rms(const float *samples, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        sum += (double)samples[i] * (double)samples[i];
    }
    return sqrt(sum / (double)count);
}

/* A cell of the n-th row of that trial type (and channel, if not NULL). */
static inline size_t find_event(const struct table *table, const char *type, const char *channel,
                                size_t n)
{
    size_t type_column = table_find(table, "trial_type");
    size_t channel_column = table_find(table, "channel");
    for (size_t row = 0; row < table->row_count; row++) {
        const char *label = table_text(table, row, channel_column);
        if (strcmp(table_text(table, row, type_column), type) == 0 &&
            (!channel || (label && strcmp(label, channel) == 0)) && n-- == 0) {
            return row;
        }
    }
    print_error("no row %s\n", type);
    fail();
    return 0;
}

static inline size_t count_events(const struct table *table, const char *type)
{
    size_t count = 0, column = table_find(table, "trial_type");
    for (size_t row = 0; row < table->row_count; row++) {
        count += strcmp(table_text(table, row, column), type) == 0;
    }
    return count;
}

static inline double cell(const struct table *table, size_t row, const char *column)
{
    size_t index = table_find(table, column);
    assert_true(index != SIZE_MAX);
    return table_real(table, row, index);
}

#endif
