#include "formats/delimited/cells.h"

#include "formats/number.h"

#include <math.h>
#include <string.h>
#include <strings.h>

static bool is_blank(char c, char delimiter)
{
    return c == ' ' || c == '\r' || (c == '\t' && delimiter != '\t');
}

static bool ends_cell(char c, char delimiter)
{
    return delimiter == ' ' ? is_blank(c, ' ') : c == delimiter;
}

/* The closing quote of the cell whose opening quote is at p; NULL when there is none. */
static const char *closing_quote(const char *p, const char *end)
{
    for (p++; p < end; p++) {
        if (*p == '"') {
            if (p + 1 == end || p[1] != '"') {
                return p;
            }
            p++; /* a doubled quote stands for one */
        }
    }
    return NULL;
}

bool text_cell_next(const char **p, const char *end, char delimiter, struct text_cell *cell)
{
    const char *at = *p;
    if (!at) {
        return false;
    }
    while (at < end && is_blank(*at, delimiter)) {
        at++;
    }
    if (delimiter == ' ' && at == end) {
        *p = NULL;
        return false;
    }
    const char *close = at < end && *at == '"' ? closing_quote(at, end) : NULL;
    const char *after = close ? close + 1 : at;
    while (close && after < end && is_blank(*after, delimiter) && delimiter != ' ') {
        after++;
    }
    if (close && after < end && !ends_cell(*after, delimiter)) {
        close = NULL; /* something follows the quotes: they are part of a word */
    }
    cell->quoted = close != NULL;
    cell->start = at + cell->quoted;
    at = close ? after : at;
    while (at < end && !ends_cell(*at, delimiter)) {
        at++;
    }
    cell->end = close ? close : at;
    while (cell->end > cell->start && is_blank(cell->end[-1], delimiter)) {
        cell->end--;
    }
    *p = at < end ? at + 1 : NULL;
    return true;
}

static bool is_word(const char *start, size_t length, const char *word)
{
    return strlen(word) == length && strncasecmp(start, word, length) == 0;
}

static bool is_missing(const char *start, const char *end)
{
    static const char *const words[] = {"nan",      "na",     "n/a",     "null",    "inf",
                                        "infinity", "1.#inf", "1.#qnan", "1.#snan", "1.#ind"};
    start += start < end && (*start == '-' || *start == '+');
    size_t length = (size_t)(end - start);
    if (length < 2 || length > 8 || !strchr("nNiI1", *start)) {
        return false; /* as nearly all that are no numbers */
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (is_word(start, length, words[i])) {
            return true;
        }
    }
    return false;
}

char text_cell_mark(const struct text_cell *cell, const struct text_dialect *dialect)
{
    /* Quotes protect a decimal comma from being a delimiter. */
    return cell->quoted && dialect->delimiter == ',' &&
                   memchr(cell->start, ',', (size_t)(cell->end - cell->start))
               ? ','
               : dialect->mark;
}

enum text_value text_cell_value(const struct text_cell *cell, const struct text_dialect *dialect,
                                double *value)
{
    *value = NAN;
    if (cell->start == cell->end) {
        return TEXT_MISSING;
    }
    if (number_parse(cell->start, text_cell_mark(cell, dialect), value) == cell->end) {
        return TEXT_NUMBER;
    }
    *value = NAN;
    return is_missing(cell->start, cell->end) ? TEXT_MISSING : TEXT_WORD;
}

const char *text_line_end(const char *p, const char *end, const struct text_dialect *dialect)
{
    const char *found = memchr(p, dialect->line_end, (size_t)(end - p));
    return found ? found : end;
}

bool text_line_is_blank(const char *p, const char *end, const struct text_dialect *dialect)
{
    while (p < end && is_blank(*p, dialect->delimiter)) {
        p++;
    }
    return p == end;
}

bool text_line_is_comment(const char *p, const char *end, const struct text_dialect *dialect)
{
    while (p < end && is_blank(*p, dialect->delimiter)) {
        p++;
    }
    return p < end && (*p == '#' || *p == '%' || (*p == '/' && p + 1 < end && p[1] == '/') ||
                       (*p == ';' && dialect->delimiter != ';'));
}
