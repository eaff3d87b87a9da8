/* The lines at the start of a text. */
#include "formats/checked.h"
#include "formats/delimited/layout.h"

#include <string.h>

char text_lines_end(const char *text, size_t size)
{
    return memchr(text, '\n', size) || !memchr(text, '\r', size) ? '\n' : '\r';
}

enum status text_lines_split(const char *text, size_t start, size_t size, bool whole, char line_end,
                             struct text_lines *lines, struct error *error)
{
    const char *begin = text + start, *end = text + size;
    size_t count = 1;
    *lines = (struct text_lines){0};
    for (const char *p = begin; (p = memchr(p, line_end, (size_t)(end - p))); p++) {
        count++;
    }
    lines->starts = checked_calloc(count + 1, sizeof *lines->starts);
    lines->ends = checked_calloc(count, sizeof *lines->ends);
    if (!lines->starts || !lines->ends) {
        return error_memory(error, "reading a table");
    }
    for (const char *p; (p = memchr(begin, line_end, (size_t)(end - begin))); begin = p + 1) {
        lines->starts[lines->count] = begin;
        lines->ends[lines->count++] = p;
    }
    if (whole && begin < end) {
        lines->starts[lines->count] = begin;
        lines->ends[lines->count++] = end;
        begin = end;
    }
    lines->starts[lines->count] = begin;
    return STATUS_OK;
}

void text_lines_clear(struct text_lines *lines)
{
    free(lines->starts);
    free(lines->ends);
    *lines = (struct text_lines){0};
}
