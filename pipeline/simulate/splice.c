#include "pipeline/simulate/splice.h"

#include "formats/checked.h"
#include "pipeline/simulate/elementary.h"
#include "pipeline/simulate/filters.h"

#include <math.h>
#include <stdbool.h>

#define FADE      0.03 /* s of a crossfade */
#define APART     0.1  /* s: a segment does not go on where the last one ended */
#define TRIES     8    /* to find such a place */
#define REFLECTED 0.5  /* s beyond either end, for the filter to settle */
/* (∛2 − 1)^(1/8): three filters of order 4 at this share of a frequency have −3 dB there together.
 */
#define THRICE 0.845

/* Runs the filter over the samples, from the first to the last or back. */
static void run_filter(struct filter filter, double *samples, size_t length, int backward)
{
    for (size_t i = 0; i < length; i++) {
        size_t at = backward ? length - 1 - i : i;
        samples[at] = filter_step(&filter, samples[at]);
    }
}

/* The piece without its mean and drift, in double precision, reflected about its ends for
 * `margin` samples before and after it. */
static void highpass(double *padded, const float *samples, size_t length, size_t margin,
                     double rate)
{
    double mean = 0;
    for (size_t i = 0; i < length; i++) {
        mean += (double)samples[i] / (double)length;
    }
    for (size_t i = 0; i < length; i++) {
        padded[margin + i] = (double)samples[i] - mean;
    }
    for (size_t i = 1; i <= margin; i++) {
        padded[margin - i] = 2 * padded[margin] - padded[margin + i];
        padded[margin + length - 1 + i] =
            2 * padded[margin + length - 1] - padded[margin + length - 1 - i];
    }
    struct filter filter = {0};
    filter_add_highpass(&filter, fmin(SPLICE_HIGHPASS, rate / 10), rate);
    run_filter(filter, padded, length + 2 * margin, 0);
    run_filter(filter, padded, length + 2 * margin, 1);
}

struct filter splice_measure(double rate)
{
    double low, high;
    struct filter filter = {0};
    filter_band(rate, &low, &high);
    for (int i = 0; i < 3; i++) {
        filter_add_highpass(&filter, THRICE * low, rate);
    }
    filter_add_lowpass(&filter, high, rate);
    return filter;
}

/* RMS in the measuring band. */
static double measure(const double *padded, size_t length, size_t margin, double rate)
{
    double sum = 0;
    struct filter filter = splice_measure(rate);
    for (size_t i = 0; i < margin + length; i++) {
        double x = filter_step(&filter, padded[i]);
        sum += i >= margin ? x * x : 0;
    }
    return sqrt(sum / (double)length);
}

enum status splice_source_add(struct splice_source *source, const float *samples, size_t length,
                              const char *name, struct error *error)
{
    double rate = source->rate, largest = 0;
    size_t margin = (size_t)(REFLECTED * rate);
    size_t room;
    if (!((double)length >= SPLICE_SHORTEST * rate)) {
        return error_set(error, STATUS_FAILED, "%s: only %.3g s; give an interval of at least %g s",
                         name, (double)length / rate, SPLICE_SHORTEST);
    }
    for (size_t i = 0; i < length; i++) {
        if (!isfinite(samples[i])) {
            return error_set(error, STATUS_FAILED,
                             "%s: no sample %.6g s after its beginning (a gap); choose an interval "
                             "without gaps",
                             name, (double)i / rate);
        }
        largest = fmax(largest, fabs((double)samples[i]));
    }
    margin = margin < length - 1 ? margin : length - 1;
    struct splice_piece *grown =
        checked_realloc(source->pieces, source->count + 1, sizeof *source->pieces);
    if (!grown) {
        return error_memory(error, "splicing recordings");
    }
    source->pieces = grown;
    double *padded =
        checked_add(length, 2 * margin, &room) ? checked_calloc(room, sizeof *padded) : NULL;
    float *piece = checked_calloc(length, sizeof *piece);
    if (!padded || !piece) {
        free(padded);
        free(piece);
        return error_memory(error, "splicing recordings");
    }
    highpass(padded, samples, length, margin, rate);
    double rms = measure(padded, length, margin, rate);
    /* Rounding leaves something of a constant. */
    bool flat = !(rms > 1e-9 * largest);
    if (!flat) {
        for (size_t i = 0; i < length; i++) {
            piece[i] = (float)(padded[margin + i] / rms);
        }
        grown[source->count++] = (struct splice_piece){length, piece};
        source->total += length;
    } else {
        free(piece);
    }
    free(padded);
    return !flat
               ? STATUS_OK
               : error_set(error, STATUS_FAILED, "%s: a flat line; choose another interval", name);
}

void splice_source_clear(struct splice_source *source)
{
    for (size_t i = 0; i < source->count; i++) {
        free(source->pieces[i].samples);
    }
    free(source->pieces);
    *source = (struct splice_source){.rate = source->rate};
}

/* A piece, the longer the likelier. */
static const struct splice_piece *draw_piece(struct splice *splice)
{
    const struct splice_source *source = splice->source;
    size_t at = (size_t)random_below(&splice->random, source->total), i = 0;
    while (at >= source->pieces[i].length) {
        at -= source->pieces[i++].length;
    }
    return &source->pieces[i];
}

static struct splice_segment draw_segment(struct splice *splice, const struct splice_segment *last)
{
    double rate = splice->source->rate;
    struct splice_segment segment = {0};
    for (int i = 0; i < TRIES; i++) {
        const struct splice_piece *piece = draw_piece(splice);
        double longest = fmin(splice->longest * rate, 0.9 * (double)piece->length);
        double shortest = fmin(splice->shortest * rate, 0.6 * (double)piece->length);
        size_t length = (size_t)random_between(&splice->random, shortest, longest);
        size_t least = 2 * splice->fade + 1;
        length = length < least ? least : length;
        length = length > piece->length ? piece->length : length;
        segment.piece = piece;
        segment.at = (size_t)random_below(&splice->random, piece->length - length + 1);
        segment.end = segment.at + length;
        double lag = fabs((double)segment.at - (double)last->at);
        if (piece != last->piece || lag > APART * rate) {
            break;
        }
    }
    return segment;
}

void splice_start(struct splice *splice, const struct splice_source *source, double shortest,
                  double longest, struct random random)
{
    *splice = (struct splice){
        .source = source, .random = random, .shortest = shortest, .longest = longest};
    size_t fade = (size_t)(FADE * source->rate);
    splice->fade = fade > 2 ? fade : 2;
    splice->now = draw_segment(splice, &splice->now);
}

double splice_next(struct splice *splice)
{
    struct splice_segment *now = &splice->now, *coming = &splice->coming;
    if (splice->faded == 0 && now->end - now->at <= splice->fade) {
        *coming = draw_segment(splice, now);
        splice->faded = 1;
    }
    double x = (double)now->piece->samples[now->at++];
    if (splice->faded == 0) {
        return x;
    }
    /* A quarter of a turn over the crossfade. */
    double turns = 0.25 * ((double)splice->faded - 0.5) / (double)splice->fade;
    x = elementary_cosine(turns) * x +
        elementary_sine(turns) * (double)coming->piece->samples[coming->at++];
    if (splice->faded++ == splice->fade) {
        *now = *coming;
        splice->faded = 0;
    }
    return x;
}
