/* Results files with made-up contents, for tests of the figures. */
#ifndef SOLEUS_TESTS_FIGURES_INPUT_H
#define SOLEUS_TESTS_FIGURES_INPUT_H

#include "formats/error.h"

#include <stdbool.h>
#include <stddef.h>

struct figures_example {
    const char *name; /* of the file, without _results.h5 */
    size_t channels;
    double duration; /* s */
    const char *start;
    const char *unit; /* of amplitudes */
    size_t episodes;  /* of all channels together */
    bool active;      /* false: every epoch is at rest and every marker missing */
    bool hostile;     /* labels and source as an attacker would choose them */
    bool gaps;        /* a part of the recording is missing */
    bool bare;        /* no tables and no close-ups */
    double scale;     /* µV of the muscle at rest */
    double offset;    /* µV */
};

/* The examples; the last one's name is NULL. */
extern const struct figures_example figures_examples[];

/* NULL when there is none of that name. */
const struct figures_example *figures_example_find(const char *name);

/* Writes FOLDER/NAME_results.h5. */
enum status figures_example_write(const struct figures_example *example, const char *folder,
                                  struct error *error);

#endif
