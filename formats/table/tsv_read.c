/* Reading tables of tab-separated text, row by row: a table of numbers takes 8 bytes a cell, not
 * its text. */
#include "formats/checked.h"
#include "formats/table.h"

#include <errno.h>
#include <string.h>

#define LINE_MAX_BYTES ((size_t)64 << 20)
/* The spelling of a column's numbers is kept up to this size, in case that text turns up below
 * them and makes them text too. */
#define SPELLING_MAX_BYTES ((size_t)1 << 20)

struct spelling {
    char *cells; /* one after the other, each with its final zero */
    size_t length, capacity;
    bool dropped;
};

struct tsv_reader {
    FILE *stream;
    const char *name;
    char *line;
    size_t length, capacity;
    size_t number; /* of the line, from 1 */
    struct table *table;
    struct spelling *spellings; /* one a column */
};

/* Makes room for one more byte and a final zero. */
static bool reserve(char **bytes, size_t *capacity, size_t length)
{
    if (length < *capacity) {
        return true;
    }
    size_t wanted = length + length / 2 + 256;
    char *grown = checked_realloc(*bytes, wanted, 1);
    if (!grown) {
        return false;
    }
    *bytes = grown;
    *capacity = wanted;
    return true;
}

/* The next line without its end; *found is false at the end of the input. */
static enum status read_line(struct tsv_reader *reader, bool *found, struct error *error)
{
    reader->length = 0;
    reader->number++;
    int byte;
    while ((byte = getc_unlocked(reader->stream)) != EOF && byte != '\n') {
        if (byte == '\0') {
            return error_set(error, STATUS_FAILED,
                             "%s: line %zu holds a NUL byte, so this is no text in UTF-8 (UTF-16? "
                             "save it as UTF-8)",
                             reader->name, reader->number);
        }
        if (reader->length == LINE_MAX_BYTES) {
            return error_set(error, STATUS_FAILED,
                             "%s: line %zu is longer than 64 MiB: is this a table?", reader->name,
                             reader->number);
        }
        if (!reserve(&reader->line, &reader->capacity, reader->length + 1)) {
            return error_memory(error, "reading a table");
        }
        reader->line[reader->length++] = (char)byte;
    }
    if (byte == EOF && ferror(reader->stream)) {
        return error_set(error, STATUS_FAILED, "%s: cannot read: %s", reader->name,
                         strerror(errno));
    }
    *found = byte != EOF || reader->length > 0;
    if (!reserve(&reader->line, &reader->capacity, reader->length)) {
        return error_memory(error, "reading a table");
    }
    if (reader->length && reader->line[reader->length - 1] == '\r') {
        reader->length--;
    }
    reader->line[reader->length] = '\0';
    return STATUS_OK;
}

static size_t count_cells(const char *line)
{
    size_t count = 1;
    while ((line = strchr(line, '\t'))) {
        count++;
        line++;
    }
    return count;
}

/* Ends the cell at *rest with a zero, moves *rest behind it, and returns the cell. */
static char *next_cell(char **rest)
{
    char *cell = *rest, *tab = strchr(cell, '\t');
    if (tab) {
        *tab = '\0';
        *rest = tab + 1;
    }
    return cell;
}

static int compare_names(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

/* Header names are found by name, so each must be there once. */
static enum status check_names(const struct tsv_reader *reader, char **names, size_t count,
                               struct error *error)
{
    size_t numbers = 0;
    for (size_t i = 0; i < count; i++) {
        double value;
        if (names[i][0] == '\0') {
            return error_set(error, STATUS_FAILED, "%s: column %zu of the header row has no name",
                             reader->name, i + 1);
        }
        numbers += table_parse_real(names[i], &value);
    }
    if (numbers == count) {
        return error_set(error, STATUS_FAILED,
                         "%s: the first row holds numbers ('%s'): a header row with the names of "
                         "the columns is needed",
                         reader->name, names[0]);
    }
    char **sorted = checked_calloc(count, sizeof *sorted);
    if (!sorted) {
        return error_memory(error, "reading a table");
    }
    memcpy(sorted, names, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, compare_names);
    enum status status = STATUS_OK;
    for (size_t i = 1; i < count && status == STATUS_OK; i++) {
        if (strcmp(sorted[i - 1], sorted[i]) == 0) {
            status =
                error_set(error, STATUS_FAILED, "%s: two columns of the header row are called '%s'",
                          reader->name, sorted[i]);
        }
    }
    free(sorted);
    return status;
}

static enum status make_table(struct tsv_reader *reader, char *header, struct error *error)
{
    size_t count = count_cells(header);
    struct column_definition *definitions = checked_calloc(count, sizeof *definitions);
    char **names = checked_calloc(count, sizeof *names);
    reader->spellings = checked_calloc(count, sizeof *reader->spellings);
    enum status status = STATUS_OK;
    if (!definitions || !names || !reader->spellings) {
        status = error_memory(error, "reading a table");
        goto out;
    }
    for (size_t i = 0; i < count; i++) {
        names[i] = next_cell(&header);
    }
    status = check_names(reader, names, count, error);
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        definitions[i] = (struct column_definition){
            .name = names[i], .type = COLUMN_REAL, .unit = "", .long_name = ""};
    }
    if (status == STATUS_OK) {
        reader->table = table_create(reader->name, definitions, count, error);
        status = reader->table ? STATUS_OK : STATUS_FAILED;
    }
out:
    free(definitions);
    free(names);
    return status;
}

static enum status read_header(struct tsv_reader *reader, struct error *error)
{
    bool found = false;
    enum status status = read_line(reader, &found, error);
    if (status != STATUS_OK) {
        return status;
    }
    char *header = reader->line;
    if (strncmp(header, "\xef\xbb\xbf", 3) == 0) {
        header += 3;
    }
    if (!found || !*header) {
        return error_set(error, STATUS_FAILED,
                         "%s: no header row: was the command that makes the table successful?",
                         reader->name);
    }
    if (strchr(header, '\r')) {
        return error_set(error, STATUS_FAILED,
                         "%s: the lines end with a bare carriage return; save with LF or CR LF",
                         reader->name);
    }
    return make_table(reader, header, error);
}

static enum status remember_spelling(struct spelling *spelling, const char *cell,
                                     struct error *error)
{
    size_t bytes = strlen(cell) + 1;
    if (spelling->dropped) {
        return STATUS_OK;
    }
    if (spelling->length + bytes > SPELLING_MAX_BYTES) {
        free(spelling->cells);
        *spelling = (struct spelling){.dropped = true};
        return STATUS_OK;
    }
    if (!reserve(&spelling->cells, &spelling->capacity, spelling->length + bytes)) {
        return error_memory(error, "reading a table");
    }
    memcpy(spelling->cells + spelling->length, cell, bytes);
    spelling->length += bytes;
    return STATUS_OK;
}

static bool is_missing_text(const char *cell)
{
    return cell[0] == '\0' || strcmp(cell, "n/a") == 0;
}

/* A column that was taken for numbers turns into text, spelled as it was in the file. */
static enum status turn_into_text(struct tsv_reader *reader, size_t column, const char *cell,
                                  struct error *error)
{
    struct table *table = reader->table;
    struct spelling *spelling = &reader->spellings[column];
    if (spelling->dropped) {
        return error_set(error, STATUS_FAILED,
                         "%s: line %zu, column %s: '%s' is no number, but all cells above are",
                         reader->name, reader->number, table->columns[column].definition.name,
                         cell);
    }
    enum status status = table_make_text(table, column, error);
    const char *own = spelling->cells;
    for (size_t row = 0; row + 1 < table->row_count && status == STATUS_OK; row++) {
        status = table_set_text(table, row, column, is_missing_text(own) ? NULL : own, error);
        own += strlen(own) + 1;
    }
    free(spelling->cells);
    *spelling = (struct spelling){.dropped = true};
    return status;
}

static enum status store_cell(struct tsv_reader *reader, size_t row, size_t column,
                              const char *cell, struct error *error)
{
    struct table *table = reader->table;
    if (table->columns[column].definition.type == COLUMN_REAL) {
        double value;
        if (table_parse_real(cell, &value)) {
            table_set_real(table, row, column, value);
            return remember_spelling(&reader->spellings[column], cell, error);
        }
        enum status status = turn_into_text(reader, column, cell, error);
        if (status != STATUS_OK) {
            return status;
        }
    }
    return table_set_text(table, row, column, is_missing_text(cell) ? NULL : cell, error);
}

static enum status read_row(struct tsv_reader *reader, struct error *error)
{
    size_t count = count_cells(reader->line), row, expected = reader->table->column_count;
    if (count != expected) {
        return error_set(error, STATUS_FAILED,
                         "%s: line %zu has %zu cell%s, but the header row has %zu (cells are "
                         "separated by tabs)",
                         reader->name, reader->number, count, count == 1 ? "" : "s", expected);
    }
    enum status status = table_append(reader->table, &row, error);
    char *rest = reader->line;
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        status = store_cell(reader, row, i, next_cell(&rest), error);
    }
    return status;
}

/* Lines that are empty are skipped at the end of the input, and are short rows anywhere else. */
static enum status read_rows(struct tsv_reader *reader, struct error *error)
{
    size_t empty_line = 0;
    for (;;) {
        bool found = false;
        enum status status = read_line(reader, &found, error);
        if (status != STATUS_OK || !found) {
            return status;
        }
        if (reader->length == 0) {
            empty_line = empty_line ? empty_line : reader->number;
            continue;
        }
        if (empty_line) {
            return error_set(error, STATUS_FAILED,
                             "%s: line %zu is empty, but the header row has %zu column%s",
                             reader->name, empty_line, reader->table->column_count,
                             reader->table->column_count == 1 ? "" : "s");
        }
        status = read_row(reader, error);
        if (status != STATUS_OK) {
            return status;
        }
    }
}

enum status table_read_tsv(FILE *stream, const char *name, struct table **table,
                           struct error *error)
{
    struct tsv_reader reader = {.stream = stream, .name = name};
    *table = NULL;
    flockfile(stream);
    enum status status = read_header(&reader, error);
    if (status == STATUS_OK) {
        status = read_rows(&reader, error);
    }
    funlockfile(stream);
    for (size_t i = 0; reader.table && i < reader.table->column_count; i++) {
        free(reader.spellings[i].cells);
    }
    free(reader.spellings);
    free(reader.line);
    if (status == STATUS_OK) {
        *table = reader.table;
    } else {
        table_destroy(reader.table);
    }
    return status;
}
