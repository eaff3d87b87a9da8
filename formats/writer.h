/* How signals go out: one const struct writer a format, listed in registry.c. */
#ifndef SOLEUS_FORMATS_WRITER_H
#define SOLEUS_FORMATS_WRITER_H

#include "formats/output.h"
#include "formats/recording.h"

struct writer {
    const char *id; /* "edf" */
    const char *description;
    const char *extensions; /* blank separated */
    bool streams;           /* can write to standard output */
    bool mixed_rates;       /* channels of one file may differ in rate */
    int bits;               /* of a sample stored as a whole number; 0: stored as a float */
    bool annotations;       /* the format has a place for annotations */

    /* info describes the channels that will come (all of them; `selected` is ignored), their
     * units, labels, rates and limits (minimum and maximum: the range to provide for; NaN lets
     * the writer choose ±limits that suit the unit). Formats of whole numbers store the raw
     * numbers of a channel that is on_grid, so that nothing is lost where minimum to maximum hold
     * no more of them than `bits` can count. Refuses, with a remedy, what the format cannot hold
     * (mixed or fractional rates, say). info and output outlive the state; annotations may be
     * added to info until close. */
    enum status (*open)(struct output *output, const struct recording_info *info, void **state,
                        struct error *error);
    /* Appends block->frames[c] samples of every channel. Channels may advance unevenly. */
    enum status (*write)(void *state, const struct block *block, struct error *error);
    /* Writes what is left (a last record is padded, with info's warnings telling how much),
     * annotations of info where the format has them, and frees the state, also when it fails.
     * The caller commits the output. */
    enum status (*close)(void *state, struct error *error);
    /* Frees the state without finishing. Accepts NULL. */
    void (*abort)(void *state);
};

#endif
