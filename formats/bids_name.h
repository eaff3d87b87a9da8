/* Names of files in BIDS datasets: entities, a suffix and an extension, as in
 * "sub-01_ses-1_task-rest_emg.edf". */
#ifndef SOLEUS_FORMATS_BIDS_NAME_H
#define SOLEUS_FORMATS_BIDS_NAME_H

#include <stdbool.h>
#include <stddef.h>

#define BIDS_ENTITIES_MAX 12
#define BIDS_WORD_SIZE    64

struct bids_entity {
    char key[16];               /* letters: "sub" */
    char value[BIDS_WORD_SIZE]; /* letters, digits and '+': "01" */
};

struct bids_name {
    size_t count; /* of entities, in the order of the name */
    struct bids_entity entities[BIDS_ENTITIES_MAX];
    char suffix[BIDS_WORD_SIZE];    /* "emg", "channels" */
    char extension[BIDS_WORD_SIZE]; /* from the first '.' on: ".edf", ".tsv"; may be "" */
};

/* Takes the last part of a path apart; false (name is then undefined) when it is no BIDS name. A
 * suffix alone ("emg.json") is one, with no entities. */
bool bids_name_parse(const char *path, struct bids_name *name);

/* The value of an entity; NULL when the name has none of that key. */
const char *bids_name_value(const struct bids_name *name, const char *key);

/* Whether all entities of `general` are in `recording`: by the inheritance principle, the one then
 * says something of the other. Suffixes and extensions are not looked at. */
bool bids_name_applies(const struct bids_name *general, const struct bids_name *recording);

/* Writes the name; false when it does not fit. */
bool bids_name_format(const struct bids_name *name, char *to, size_t size);

/* The root of the dataset that path (a file) lies in: the nearest folder above it, six levels up at
 * most, that holds dataset_description.json. Written as path has it where that leads there, with
 * links resolved else; "." for the working folder. false when there is none. */
bool bids_dataset_root(const char *path, char *root, size_t size);

#endif
