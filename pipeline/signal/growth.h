/* Noise that grows for a while: an amplifier, a cable or a skin that dries, not a muscle.
 *
 * What is tracked of every second: e, the level of activity energy; h, that of energy at high
 * frequencies (signal/envelope.h); r, the roughness, the squared coefficient of variation of the
 * energy's 40 ms means. Against the noise floor (e0, h0, r0), noise that has merely grown keeps its
 * spectrum, (h/h0 − 1) = (e/e0 − 1); it keeps its roughness, where surface EMG with its narrower
 * band has more; and it is steady. So grown noise are GROWTH_SECONDS seconds on end or more of
 * which all e lie within a factor of GROWTH_STEADY of their median, with the spectrum within
 * GROWTH_SPECTRUM and a median roughness below GROWTH_ROUGH r0; single seconds of that level and
 * spectrum at most GROWTH_BRIDGE away from such a stretch; and what lies between two of these. */
#ifndef SOLEUS_SIGNAL_GROWTH_H
#define SOLEUS_SIGNAL_GROWTH_H

#include "formats/error.h"

#include <stddef.h>
#include <stdint.h>

#define GROWTH_SECONDS  10
#define GROWTH_BRIDGE   90  /* s */
#define GROWTH_LEAST    1.3 /* × e0 */
#define GROWTH_STEADY   1.4
#define GROWTH_SPECTRUM 1.35 /* either way */
#define GROWTH_ROUGH    1.5

struct growth_second {
    float level, high, roughness; /* NaN: not valid */
};

struct growth;

/* Keeps the last `size` seconds. */
enum status growth_create(size_t size, struct growth **growth, struct error *error);
void growth_destroy(struct growth *growth);

void growth_push(struct growth *growth, const struct growth_second *second);

/* The level of grown noise at `second`; that of `floor` where it has not grown. Looks at what has
 * been pushed up to GROWTH_BRIDGE + GROWTH_SECONDS later. */
double growth_at(const struct growth *growth, uint64_t second, const struct growth_second *floor);

#endif
