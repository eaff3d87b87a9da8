/* The table of keys, printed for people. */
#include "pipeline/simulate/specification_keys.h"

#include <math.h>
#include <string.h>

static void print_default(FILE *stream, const struct key_definition *key)
{
    if (key->type == KEY_CHOICE) {
        const char *word = key->words;
        for (int i = 0; i < (int)key->low; i++) {
            word += strcspn(word, " ") + 1;
        }
        fprintf(stream, "%.*s", (int)strcspn(word, " "), word);
    } else if (key->type == KEY_TEXT) {
        fprintf(stream, "%s", key->words);
    } else if (!isnan(key->low)) {
        fprintf(stream, key->low < key->high ? "%g..%g" : "%g", key->low, key->high);
    }
}

static void print_key(FILE *stream, const struct key_definition *key)
{
    bool number = key->type != KEY_CHOICE && key->type != KEY_TEXT && key->type != KEY_TIME;
    bool none = key->type == KEY_TIME || (key->type == KEY_TEXT ? !key->words[0]
                                          : number              ? isnan(key->low)
                                                                : false);
    fprintf(stream, "%s%s = ", none ? ";" : "", key->name);
    print_default(stream, key);
    fprintf(stream, "\n    ; ");
    if (key->type == KEY_CHOICE) {
        fprintf(stream, "one of %s; ", key->words);
    } else if (number) {
        fprintf(stream, "%g to %g", key->minimum, key->maximum);
        if (key->unit[0] && strcmp(key->unit, "1") != 0) {
            fprintf(stream, " %s", key->unit);
        }
        fprintf(stream, "%s; ",
                key->type == KEY_RANGE || key->type == KEY_COUNT ? ", or LOW..HIGH" : "");
    }
    fprintf(stream, "%s\n", key->meaning);
}

void specification_print_keys(FILE *stream)
{
    fprintf(stream,
            "; Sections and keys of a specification for soleus simulate, with their defaults.\n"
            "; Sections may repeat, but for [recording] and [pool]. Of LOW..HIGH one value is\n"
            "; drawn by the seed, anew for every repetition.\n");
    for (size_t s = 0; s < section_count; s++) {
        fprintf(stream, "\n[%s%s]\n; %s\n", section_definitions[s].name,
                section_definitions[s].titled ? " LABEL" : "", section_definitions[s].meaning);
        for (size_t k = 0; k < key_count; k++) {
            if (key_definitions[k].sections & section_definitions[s].kind) {
                print_key(stream, &key_definitions[k]);
            }
        }
    }
}
