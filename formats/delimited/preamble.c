#include "formats/delimited/preamble.h"

#include "formats/checked.h"
#include "formats/number.h"
#include "formats/text.h"

#include <ctype.h>
#include <math.h>
#include <string.h>
#include <strings.h>

enum status text_preamble_take(struct text_preamble *preamble, const unsigned char *head,
                               size_t size, struct error *error)
{
    *preamble = (struct text_preamble){.size = size, .whole = size < SOURCE_PEEK_MAX};
    preamble->text = malloc(size + 2);
    if (!preamble->text) {
        return error_memory(error, "opening a recording");
    }
    memcpy(preamble->text, head, size);
    memcpy(preamble->text + size, "\n", 2);
    size_t mark = text_head_starts(head, size, "\xef\xbb\xbf") ? 3 : 0;
    return text_lines_split(preamble->text, mark, size, preamble->whole,
                            text_lines_end(preamble->text, size), &preamble->lines, error);
}

enum status text_preamble_open(struct text_preamble *preamble, struct source *source,
                               struct error *error)
{
    const unsigned char *head;
    size_t size;
    *preamble = (struct text_preamble){0};
    enum status status = source_peek(source, SOURCE_PEEK_MAX, &head, &size, error);
    return status == STATUS_OK ? text_preamble_take(preamble, head, size, error) : status;
}

void text_preamble_close(struct text_preamble *preamble)
{
    free(preamble->text);
    text_lines_clear(&preamble->lines);
    *preamble = (struct text_preamble){0};
}

void text_preamble_line(const struct text_preamble *preamble, size_t line, char *to, size_t size)
{
    to[0] = '\0';
    if (line < preamble->lines.count) {
        const char *start = preamble->lines.starts[line];
        text_from_field(to, size, start, (size_t)(preamble->lines.ends[line] - start));
    }
}

size_t text_preamble_find(const struct text_preamble *preamble, size_t from, const char *start)
{
    size_t length = strlen(start);
    for (size_t i = from; i < preamble->lines.count; i++) {
        const char *p = preamble->lines.starts[i], *end = preamble->lines.ends[i];
        while (p < end && (*p == ' ' || *p == '\t')) {
            p++;
        }
        if ((size_t)(end - p) >= length && strncasecmp(p, start, length) == 0) {
            return i;
        }
    }
    return SIZE_MAX;
}

enum status text_preamble_table(const struct text_preamble *preamble, size_t from, const char *name,
                                struct text_layout *layout, struct error *error)
{
    bool found = false;
    from = from < preamble->lines.count ? from : preamble->lines.count;
    struct text_lines lines = {preamble->lines.count - from, preamble->lines.starts + from,
                               preamble->lines.ends + from};
    enum status status = text_layout_find(preamble->text, &lines, from, layout, &found, error);
    if (status == STATUS_OK && !found) {
        status = error_set(error, STATUS_FAILED,
                           "%s: holds no rows of numbers behind its header (line %zu); was it cut "
                           "short?",
                           name, from + 1);
    }
    return status;
}

enum status text_preamble_columns(const struct text_preamble *preamble, size_t first,
                                  size_t column_count, const struct text_dialect *dialect,
                                  struct text_layout *layout, struct error *error)
{
    text_layout_clear(layout);
    layout->dialect = *dialect;
    layout->ragged = true;
    layout->column_count = column_count;
    layout->columns = checked_calloc(column_count, sizeof *layout->columns);
    if (!layout->columns) {
        return error_memory(error, "opening a recording");
    }
    layout->lines = first;
    layout->start = (size_t)(preamble->lines.starts[first] - preamble->text);
    layout->rows = preamble->lines.count - first;
    return STATUS_OK;
}

bool text_head_starts(const unsigned char *head, size_t size, const char *start)
{
    static const char mark[] = "\xef\xbb\xbf";
    size_t length = strlen(start);
    if (size >= 3 && memcmp(head, mark, 3) == 0 && strcmp(start, mark) != 0) {
        head += 3;
        size -= 3;
    }
    return size >= length && memcmp(head, start, length) == 0;
}

bool text_head_has(const unsigned char *head, size_t size, size_t limit, const char *needle)
{
    return memmem(head, size < limit ? size : limit, needle, strlen(needle)) != NULL;
}

double text_number_after(const char *text, const char *key)
{
    double value;
    char copy[64];
    const char *p = strcasestr(text, key);
    if (!p) {
        return NAN;
    }
    p += strlen(key);
    p += strspn(p, " \t=:,;\"");
    size_t length = strcspn(p, " \t,;\"HhSs)]");
    char mark = p[length] == ',' && isdigit((unsigned char)p[length + 1]) ? ',' : '.';
    length += mark == ',' ? 1 + strcspn(p + length + 1, " \t,;\"HhSs)]") : 0;
    if (length == 0 || length >= sizeof copy - 1) {
        return NAN;
    }
    memcpy(copy, p, length);
    copy[length] = '\n';
    copy[length + 1] = '\0';
    return number_parse(copy, mark, &value) == copy + length && isfinite(value) ? value : NAN;
}

double text_preamble_number(const struct text_preamble *preamble, size_t end, char mark,
                            const char *key)
{
    char line[200];
    for (size_t i = 0; i < end; i++) {
        text_preamble_line(preamble, i, line, sizeof line);
        double value = mark == '\0' || line[0] == mark ? text_number_after(line, key) : NAN;
        if (!isnan(value)) {
            return value;
        }
    }
    return NAN;
}
