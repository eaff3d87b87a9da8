#include "formats/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Control characters, C1 ones in UTF-8 included, would let a file's text drive a terminal. */
static void replace_controls(char *text)
{
    for (unsigned char *p = (unsigned char *)text; *p; p++) {
        if (*p < 0x20 || *p == 0x7f) {
            *p = ' ';
        } else if (*p == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0) {
            p[0] = ' ';
            p[1] = ' ';
        }
    }
}

enum status error_set(struct error *error, enum status status, const char *format, ...)
{
    if (error) {
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(error->message, sizeof error->message, format, arguments);
        va_end(arguments);
        error->status = status;
        replace_controls(error->message);
    }
    return status;
}

void error_prefix(struct error *error, const char *prefix)
{
    size_t length = strlen(prefix), room = error ? sizeof error->message : 0;
    if (length + 2 < room) {
        memmove(error->message + length + 2, error->message, room - length - 2);
        memcpy(error->message, prefix, length);
        memcpy(error->message + length, ": ", 2);
        error->message[room - 1] = '\0';
        replace_controls(error->message);
    }
}

enum status error_memory(struct error *error, const char *what)
{
    return error_set(error, STATUS_FAILED, "out of memory while %s", what);
}

void warnings_add(struct warnings *warnings, const char *format, ...)
{
    if (!warnings) {
        return;
    }
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    replace_controls(text);
    for (size_t i = 0; i < warnings->count; i++) {
        if (strcmp(warnings->texts[i], text) == 0) {
            return;
        }
    }
    char **texts = warnings->count < WARNINGS_MAX
                       ? realloc(warnings->texts, (warnings->count + 1) * sizeof *texts)
                       : NULL;
    if (!texts) {
        warnings->omitted++;
        return;
    }
    warnings->texts = texts;
    texts[warnings->count] = strdup(text);
    if (texts[warnings->count]) {
        warnings->count++;
    } else {
        warnings->omitted++;
    }
}

void warnings_clear(struct warnings *warnings)
{
    for (size_t i = 0; i < warnings->count; i++) {
        free(warnings->texts[i]);
    }
    free(warnings->texts);
    *warnings = (struct warnings){0};
}
