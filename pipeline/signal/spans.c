#include "pipeline/signal/spans.h"

#include "formats/checked.h"

#include <math.h>
#include <stdlib.h>

enum status spans_add(struct spans *spans, double from, double to, struct error *error)
{
    if (!(to > from)) {
        return STATUS_OK;
    }
    if (spans->count == spans->capacity) {
        size_t capacity = spans->capacity ? 2 * spans->capacity : 16;
        struct span *grown = checked_realloc(spans->list, capacity, sizeof *grown);
        if (!grown) {
            return error_memory(error, "keeping intervals");
        }
        spans->list = grown;
        spans->capacity = capacity;
    }
    spans->list[spans->count++] = (struct span){from, to};
    return STATUS_OK;
}

enum status spans_add_all(struct spans *spans, const struct spans *others, struct error *error)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; i < others->count && status == STATUS_OK; i++) {
        status = spans_add(spans, others->list[i].from, others->list[i].to, error);
    }
    return status;
}

void spans_clear(struct spans *spans)
{
    free(spans->list);
    *spans = (struct spans){0};
}

static int by_start(const void *a, const void *b)
{
    const struct span *x = a, *y = b;
    return (x->from > y->from) - (x->from < y->from);
}

void spans_merge(struct spans *spans)
{
    size_t kept = 0;
    if (spans->count == 0) {
        return;
    }
    qsort(spans->list, spans->count, sizeof *spans->list, by_start);
    for (size_t i = 1; i < spans->count; i++) {
        struct span *last = &spans->list[kept];
        if (spans->list[i].from <= last->to) {
            last->to = fmax(last->to, spans->list[i].to);
        } else {
            spans->list[++kept] = spans->list[i];
        }
    }
    spans->count = kept + 1;
}

/* Number of the first span that ends after a moment. */
static size_t first_after(const struct spans *spans, double time)
{
    size_t low = 0, high = spans->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (spans->list[middle].to <= time) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

double spans_covered(const struct spans *spans, double from, double to)
{
    double sum = 0;
    for (size_t i = first_after(spans, from); i < spans->count && spans->list[i].from < to; i++) {
        sum += fmax(0, fmin(spans->list[i].to, to) - fmax(spans->list[i].from, from));
    }
    return sum;
}

const struct span *spans_next(const struct spans *spans, double time)
{
    size_t i = first_after(spans, time);
    return i < spans->count ? &spans->list[i] : NULL;
}

bool spans_hold(const struct spans *spans, double time)
{
    const struct span *next = spans_next(spans, time);
    return next && next->from <= time;
}
