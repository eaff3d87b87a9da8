/* The text of BrainVision headers and marker files: sections of lines KEY=VALUE. */
#ifndef SOLEUS_FORMATS_BRAINVISION_ENTRIES_H
#define SOLEUS_FORMATS_BRAINVISION_ENTRIES_H

#include "formats/source.h"

/* Longer files are no headers. */
#define BRAINVISION_TEXT_MAX ((size_t)256 << 20)

struct brainvision_text {
    char *bytes; /* owned; ends in NUL */
    size_t size;
};

/* One line of a section; key and value are trimmed, not terminated. */
struct brainvision_entry {
    const char *next; /* where the search goes on; NULL before the first */
    size_t line;      /* from 1 */
    char section[32]; /* lower case */
    const char *key, *value;
    size_t key_length, value_length;
};

/* Reads all that is left of the source. */
enum status brainvision_text_load(struct source *source, struct brainvision_text *text,
                                  struct error *error);
void brainvision_text_clear(struct brainvision_text *text);

/* The next entry; false at the end, which is where free text ([Comment]) begins. */
bool brainvision_next(const struct brainvision_text *text, struct brainvision_entry *entry);

/* Case is ignored. */
bool brainvision_key_is(const struct brainvision_entry *entry, const char *section,
                        const char *key);

/* Ch7 → 7 for prefix "Ch"; 0 when the key is none such. */
size_t brainvision_number(const struct brainvision_entry *entry, const char *section,
                          const char *prefix);

/* Field `index` (from 0) of a value of fields divided by commas; empty when it has fewer. */
void brainvision_field(const struct brainvision_entry *entry, size_t index, const char **field,
                       size_t *length);

/* Copies a field with "\1" made the comma it stands for, trimmed and made sound UTF-8. */
void brainvision_copy(char *to, size_t size, const char *field, size_t length);

#endif
