#include "pipeline/commands/prose.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* Columns of UTF-8 text: characters, none of them wide. */
static size_t columns_of(const char *text, size_t length)
{
    size_t columns = 0;
    for (size_t i = 0; i < length; i++) {
        columns += ((unsigned char)text[i] & 0xc0) != 0x80;
    }
    return columns;
}

static void put_word(struct prose *prose, const char *word, size_t length)
{
    size_t columns = columns_of(word, length);
    if (prose->column > prose->indent && prose->column + 1 + columns > PROSE_WIDTH) {
        fputc('\n', prose->stream);
        prose->column = 0;
    } else if (prose->column > 0) {
        fputc(' ', prose->stream);
        prose->column++;
    }
    if (prose->column == 0 && prose->indent > 0) {
        fprintf(prose->stream, "%*s", (int)prose->indent, "");
        prose->column = prose->indent;
    }
    fwrite(word, 1, length, prose->stream);
    prose->column += columns;
}

void prose_say(struct prose *prose, const char *format, ...)
{
    char *text = NULL;
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(&text, format, arguments);
    va_end(arguments);
    for (const char *word = text; length > 0 && *word;) {
        size_t size = strcspn(word, " ");
        if (size > 0) {
            put_word(prose, word, size);
        }
        word += size + strspn(word + size, " ");
    }
    if (length >= 0) {
        free(text);
    }
}

void prose_line(struct prose *prose, size_t indent)
{
    if (prose->column > 0) {
        fputc('\n', prose->stream);
    }
    prose->column = 0;
    prose->indent = indent;
}

void prose_paragraph(struct prose *prose)
{
    prose_line(prose, 0);
    fputc('\n', prose->stream);
}
