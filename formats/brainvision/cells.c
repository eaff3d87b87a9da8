#include "formats/brainvision/cells.h"

#include "formats/checked.h"
#include "formats/number.h"
#include "formats/read_at.h"

#include <math.h>
#include <string.h>
#include <strings.h>

enum status cells_begin(struct cells *cells, const struct source *source, uint64_t position,
                        uint64_t line, char mark, size_t capacity, struct error *error)
{
    *cells = (struct cells){.source = source,
                            .position = position,
                            .line = line,
                            .capacity = capacity ? capacity : 1,
                            .mark = mark};
    cells->bytes = malloc(cells->capacity);
    return cells->bytes ? STATUS_OK : error_memory(error, "reading text");
}

uint64_t cells_position(const struct cells *cells)
{
    return cells->position - (cells->end - cells->start);
}

static enum status load(struct cells *cells, struct error *error)
{
    size_t got;
    enum status status =
        read_at(cells->source, cells->position, cells->bytes, cells->capacity, &got, error);
    cells->start = 0;
    cells->end = status == STATUS_OK ? got : 0;
    cells->position += cells->end;
    return status;
}

static bool divides(const struct cells *cells, unsigned char byte)
{
    return byte == ' ' || byte == '\t' || byte == ';' || byte == '\r' ||
           (byte == ',' && cells->mark != ',');
}

/* A number, or what other programs write for none. */
static bool parse(struct cells *cells, size_t length, double *value)
{
    cells->text[length] = '\n';
    const char *rest = number_parse(cells->text, cells->mark, value);
    cells->text[length] = '\0';
    if (rest == cells->text + length) {
        return true;
    }
    *value = NAN;
    return strcasecmp(cells->text, "nan") == 0 || strcasecmp(cells->text, "n/a") == 0;
}

enum status cells_next(struct cells *cells, enum cell *kind, double *value, struct error *error)
{
    size_t length = 0;
    for (;;) {
        if (cells->start == cells->end) {
            enum status status = load(cells, error);
            if (status != STATUS_OK) {
                return status;
            }
        }
        bool ended = cells->start == cells->end;
        unsigned char byte = ended ? '\n' : cells->bytes[cells->start];
        if (byte == '\n' && length == 0) {
            *kind = ended ? CELL_END : CELL_LINE;
            cells->start += !ended;
            cells->line += !ended;
            return STATUS_OK;
        }
        if (byte == '\n' || (length > 0 && divides(cells, byte))) {
            break;
        }
        cells->start++;
        if (!divides(cells, byte)) {
            cells->text[length < CELL_SIZE - 1 ? length++ : CELL_SIZE - 2] = (char)byte;
        }
    }
    cells->text[length] = '\0';
    *kind = length < CELL_SIZE - 1 && parse(cells, length, value) ? CELL_NUMBER : CELL_WORD;
    return STATUS_OK;
}

enum status cells_skip_line(struct cells *cells, bool *any, struct error *error)
{
    *any = false;
    for (;;) {
        if (cells->start == cells->end) {
            enum status status = load(cells, error);
            if (status != STATUS_OK || cells->start == cells->end) {
                return status;
            }
        }
        *any = true;
        const unsigned char *from = cells->bytes + cells->start;
        const unsigned char *stop = memchr(from, '\n', cells->end - cells->start);
        cells->start += stop ? (size_t)(stop - from) + 1 : cells->end - cells->start;
        if (stop) {
            cells->line++;
            return STATUS_OK;
        }
    }
}

void cells_end(struct cells *cells)
{
    free(cells->bytes);
    *cells = (struct cells){0};
}
