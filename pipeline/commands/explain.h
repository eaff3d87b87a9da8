/* soleus episodes --explain: why there is an episode at a time, or why there is none. */
#ifndef SOLEUS_COMMANDS_EXPLAIN_H
#define SOLEUS_COMMANDS_EXPLAIN_H

#include "pipeline/analysis/analysis.h"
#include "pipeline/analysis/explanation.h"
#include "pipeline/commands/settings.h"

#include <stdio.h>

/* One channel's explanation with what is said beside it. */
struct explained {
    struct explanation explanation;
    size_t channel;     /* analysed channel */
    const char *label;  /* of the analysis */
    char unit[64];      /* of amplitudes */
    const char *remark; /* what becomes of the episode in the table; NULL: nothing else */
};

/* Reads "123.4", "2:03.4" or "1:02:03.4" as seconds; an error names the option. */
enum status explain_parse_time(const char *text, double *time, struct error *error);

/* A section of sentences. */
void explain_write_words(FILE *stream, const struct explained *explained,
                         const struct parameters *parameters);

/* All sections as one JSON object. */
enum status explain_write_json(FILE *stream, const char *recording, double time,
                               const struct explained *list, size_t count,
                               const struct parameters *parameters, struct error *error);

/* What a measure is in plain words and numbers: "ln of its duration (s)" with ln x is "its duration
 * (s)" with x. Returns the value. */
double explain_measure(const char *meaning, double value, char *to, size_t size);

/* "s", or nothing for 1. */
const char *explain_plural(size_t count);

/* Three digits, and no powers of ten where whole numbers do; returns `to`. */
const char *explain_number(double value, char to[32]);

/* Paragraphs on a group: its class and its plausibility. */
struct prose;
void explain_say_class(struct prose *prose, const struct explanation *explanation,
                       const struct parameters *parameters);
void explain_say_plausibility(struct prose *prose, const struct explanation *explanation,
                              const struct parameters *parameters);

/* "heartbeat", "mains line", "motion or pop". */
const char *explain_rejection(unsigned flags);

/* Analyses the recording, explains, writes, and draws the close-up when one is asked for. */
enum status explain_run(const struct settings *settings, const char *path, struct error *error);

#endif
