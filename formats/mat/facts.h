/* What lies beside the signals: their rate, labels and units, by the names that people and
 * programs give them. */
#ifndef SOLEUS_FORMATS_MAT_FACTS_H
#define SOLEUS_FORMATS_MAT_FACTS_H

#include "formats/mat/file.h"

/* Where facts are looked for: first beside the signals, then among the variables. */
struct mat_scope {
    const struct mat_file *file;
    const struct mat_array *beside; /* a struct of one element; the root for plain variables */
    size_t channels;
    uint64_t frames;
    bool apart; /* each channel is an array of its own: lists need not be in their order */
};

/* Whether an array is, by its name, a rate, an interval, a label, a unit, a time, or what an
 * analysis found: no signal. */
bool mat_facts_claim(const struct mat_array *array);

/* Sets the channels' rates (those of names that contradict each other are not believed), labels and
 * units in file->info. Rates that are not known stay 0, and `why` says so when there is a reason to
 * tell ("" otherwise). Labels that nothing gives are `name`, numbered when there are several. */
enum status mat_facts_find(const struct mat_scope *scope, const char *name, char why[200],
                           struct error *error);

/* The rate of a vector of equally spaced times in seconds (or ms, where its name says so); 0, with
 * the reason in `why`, when it is none. */
double mat_facts_time_rate(const struct mat_file *file, const struct mat_array *times,
                           char why[200]);

/* Sets one channel's label, unit or description from text number `index` of an array. */
void mat_facts_label(struct channel *channel, const struct mat_array *texts, size_t index);
void mat_facts_unit(struct channel *channel, const struct mat_array *texts, size_t index);

/* Whether numbers are of a class of whole ones: more likely a converter's than of a unit. */
bool mat_facts_are_counts(const struct mat_array *array);

/* Limits of channels whose samples are whole numbers of that class. */
void mat_facts_limits(struct channel *channel, enum mat_class class);

/* Whether the first channel of a matrix rises in equal steps, as times and numbers of samples do
 * and no signal does. */
bool mat_facts_is_ramp(const struct mat_file *file, const struct mat_array *array,
                       bool channels_are_rows);

#endif
