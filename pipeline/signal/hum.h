/* Mains lines at the end of a signal, continued past it.
 *
 * A filter needs the signal to go on beyond its ends. A mirror image breaks the phase of a line,
 * and the break rings through a notch; a line that is taken out, continued and put back does not.
 */
#ifndef SOLEUS_SIGNAL_HUM_H
#define SOLEUS_SIGNAL_HUM_H

#include <stddef.h>

#define HUM_LINES_MAX 64

struct hum {
    size_t count;                                      /* lines */
    double frequency[HUM_LINES_MAX];                   /* cycles a sample */
    double cosine[HUM_LINES_MAX], sine[HUM_LINES_MAX]; /* amplitudes */
};

/* Fits lines to x[0 … count) by least squares for well separated frequencies. `frequency` (cycles a
 * sample) are the lines' nominal ones; the grid may be off by up to 0.4 %, all lines alike: the
 * deviation that explains most power is taken. */
struct hum hum_fit(const float *x, size_t count, const double *frequency, size_t lines);

/* The lines' sum at sample n (any number, also outside 0 … count). */
double hum_at(const struct hum *hum, double n);

#endif
