#include "pipeline/shell_word.h"

#include <stdlib.h>
#include <string.h>

char *shell_word(const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789-_.,:/+=@%";
    size_t length = strlen(word);
    if (length > 0 && strspn(word, plain) == length) {
        return strdup(word);
    }
    /* A quote inside ends the quoted text, stands escaped, and begins another: '\'' */
    char *quoted = malloc(4 * length + 3), *to = quoted;
    if (!quoted) {
        return NULL;
    }
    *to++ = '\'';
    for (; *word; word++) {
        if (*word == '\'') {
            memcpy(to, "'\\''", 4);
            to += 4;
        } else {
            *to++ = *word;
        }
    }
    *to++ = '\'';
    *to = '\0';
    return quoted;
}
