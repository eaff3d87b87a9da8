/* What stands before the table in a text file, line by line. */
#ifndef SOLEUS_FORMATS_TEXT_PREAMBLE_H
#define SOLEUS_FORMATS_TEXT_PREAMBLE_H

#include "formats/delimited/layout.h"
#include "formats/source.h"

struct text_preamble {
    char *text; /* owned: the first bytes of the file, a line feed, a NUL */
    size_t size;
    bool whole; /* there is nothing behind them */
    struct text_lines lines;
};

/* Peeks at the first bytes of the source (SOURCE_PEEK_MAX). To be closed, also when it fails. */
enum status text_preamble_open(struct text_preamble *preamble, struct source *source,
                               struct error *error);
/* The same of bytes that are at hand, as a probe has them. */
enum status text_preamble_take(struct text_preamble *preamble, const unsigned char *head,
                               size_t size, struct error *error);
void text_preamble_close(struct text_preamble *preamble);

/* Copies a line, trimmed, as UTF-8; "" for a line that is not there. */
void text_preamble_line(const struct text_preamble *preamble, size_t line, char *to, size_t size);

/* The first line from `from` on that begins with `start` (case and blanks before it ignored);
 * SIZE_MAX when there is none. */
size_t text_preamble_find(const struct text_preamble *preamble, size_t from, const char *start);

/* Finds the table from line `from` on. STATUS_FAILED where there is none. */
enum status text_preamble_table(const struct text_preamble *preamble, size_t from, const char *name,
                                struct text_layout *layout, struct error *error);

/* Describes a table whose first row is line `first`, of that many columns, where rows may be
 * shorter or longer; `dialect` is given. Roles and labels are left alone. `layout` is cleared
 * first. */
enum status text_preamble_columns(const struct text_preamble *preamble, size_t first,
                                  size_t column_count, const struct text_dialect *dialect,
                                  struct text_layout *layout, struct error *error);

/* For probes, which see the first bytes: true when they begin with `start`, a byte order mark
 * passed over, and when `needle` stands among the first `limit` bytes. Case counts. */
bool text_head_starts(const unsigned char *head, size_t size, const char *start);
bool text_head_has(const unsigned char *head, size_t size, size_t limit, const char *needle);

/* The number behind the first occurrence of `key` in a string (case ignored), with blanks, '=' and
 * ':' between: "%Sample Rate = 250 Hz", "frequency:1500". NaN when there is none. */
double text_number_after(const char *text, const char *key);

/* The same in the first line before line `end` that has such a number, of those that begin with
 * `mark` ('\0': of all). */
double text_preamble_number(const struct text_preamble *preamble, size_t end, char mark,
                            const char *key);

#endif
