#include "pipeline/signal/reduction.h"

#include "formats/checked.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

enum status reduction_create(size_t width, size_t capacity, const enum reduction_kind *kinds,
                             struct reduction *reduction, struct error *error)
{
    size_t size;
    *reduction =
        (struct reduction){.width = width, .capacity = capacity, .kinds = kinds, .per_column = 1};
    if (checked_multiply(width, capacity, &size)) {
        reduction->values = checked_calloc(size, sizeof *reduction->values);
        reduction->filled = checked_calloc(capacity, sizeof *reduction->filled);
    }
    if (!reduction->values || !reduction->filled) {
        reduction_clear(reduction);
        return error_memory(error, "preparing a picture");
    }
    return STATUS_OK;
}

void reduction_clear(struct reduction *reduction)
{
    free(reduction->values);
    free(reduction->filled);
    *reduction = (struct reduction){0};
}

static void combine(const struct reduction *reduction, float *to, const float *from)
{
    for (size_t i = 0; i < reduction->width; i++) {
        switch (reduction->kinds ? reduction->kinds[i] : REDUCTION_MEAN) {
        case REDUCTION_MEAN:
            to[i] += from[i];
            break;
        case REDUCTION_MINIMUM:
            to[i] = from[i] < to[i] ? from[i] : to[i];
            break;
        case REDUCTION_MAXIMUM:
            to[i] = from[i] > to[i] ? from[i] : to[i];
            break;
        }
    }
}

/* Adds a vector, or a whole column, that stands for `filled` vectors. */
static void merge(struct reduction *reduction, size_t column, const float *from, uint32_t filled)
{
    float *to = reduction->values + column * reduction->width;
    if (filled == 0) {
        return;
    }
    if (reduction->filled[column] == 0) {
        memmove(to, from, reduction->width * sizeof *to);
    } else {
        combine(reduction, to, from);
    }
    reduction->filled[column] += filled;
}

static void halve(struct reduction *reduction)
{
    for (size_t column = 0; column < reduction->capacity / 2; column++) {
        uint32_t first = reduction->filled[2 * column], second = reduction->filled[2 * column + 1];
        float *values = reduction->values;
        reduction->filled[column] = 0;
        merge(reduction, column, values + 2 * column * reduction->width, first);
        merge(reduction, column, values + (2 * column + 1) * reduction->width, second);
    }
    reduction->count = reduction->capacity / 2;
    reduction->per_column *= 2;
    reduction->in_last = reduction->per_column;
}

void reduction_push(struct reduction *reduction, const float *vector)
{
    if (reduction->count == 0 || reduction->in_last == reduction->per_column) {
        if (reduction->count == reduction->capacity) {
            halve(reduction);
        }
        reduction->filled[reduction->count++] = 0;
        reduction->in_last = 0;
    }
    reduction->in_last++;
    bool missing = vector == NULL;
    for (size_t i = 0; !missing && i < reduction->width; i++) {
        missing = isnan(vector[i]);
    }
    if (!missing) {
        merge(reduction, reduction->count - 1, vector, 1);
    }
}

double reduction_value(const struct reduction *reduction, size_t column, size_t i)
{
    uint32_t filled = reduction->filled[column];
    double value = reduction->values[column * reduction->width + i];
    bool mean = !reduction->kinds || reduction->kinds[i] == REDUCTION_MEAN;
    return filled == 0 ? NAN : mean ? value / filled : value;
}
