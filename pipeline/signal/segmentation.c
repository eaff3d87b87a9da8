#include "pipeline/signal/segmentation.h"

#include "formats/checked.h"

#include <math.h>

enum status segmentation_create(double change, size_t longest, struct segmentation *segmentation,
                                struct error *error)
{
    *segmentation = (struct segmentation){.change = change, .longest = longest};
    segmentation->advantage = -change;
    segmentation->from = checked_calloc(longest, 1);
    segmentation->decided = checked_calloc(longest, 1);
    if (!segmentation->from || !segmentation->decided) {
        segmentation_clear(segmentation);
        return error_memory(error, "preparing the burst detector");
    }
    return STATUS_OK;
}

void segmentation_clear(struct segmentation *segmentation)
{
    free(segmentation->from);
    free(segmentation->decided);
    *segmentation = (struct segmentation){0};
}

/* Walks back from a state at the end of bin `last` and decides all bins up to it. */
static void decide(struct segmentation *segmentation, uint64_t last, unsigned state)
{
    for (uint64_t bin = last + 1; bin-- > segmentation->settled;) {
        size_t at = (size_t)(bin % segmentation->longest);
        segmentation->decided[at] = (unsigned char)state;
        state = (segmentation->from[at] >> state) & 1u;
    }
    segmentation->settled = last + 1;
}

void segmentation_push(struct segmentation *segmentation, double ratio)
{
    uint64_t bin = segmentation->count;
    bool gap = !isfinite(ratio);
    unsigned to_silent, to_active; /* the states before */
    if (bin - segmentation->settled >= segmentation->longest) {
        decide(segmentation, bin - 1, segmentation->advantage > 0);
    }
    if (gap) {
        segmentation_end(segmentation);
        segmentation->advantage = -segmentation->change;
        to_silent = to_active = 0;
    } else {
        to_silent = segmentation->advantage > segmentation->change;
        to_active = segmentation->advantage >= -segmentation->change;
        segmentation->advantage =
            fmin(fmax(segmentation->advantage, -segmentation->change), segmentation->change) +
            ratio;
    }
    segmentation->from[bin % segmentation->longest] = (unsigned char)(to_silent | (to_active << 1));
    segmentation->count++;
    /* Both survivors pass through one state before this bin: all up to there is decided. */
    if (gap) {
        decide(segmentation, bin, 0);
    } else if (to_silent == to_active && bin > segmentation->settled) {
        decide(segmentation, bin - 1, to_silent);
    }
}

void segmentation_end(struct segmentation *segmentation)
{
    if (segmentation->count > segmentation->settled) {
        decide(segmentation, segmentation->count - 1, segmentation->advantage > 0);
    }
}

bool segmentation_take(struct segmentation *segmentation, uint64_t *bin, bool *active)
{
    if (segmentation->given == segmentation->settled) {
        return false;
    }
    *bin = segmentation->given++;
    *active = segmentation->decided[*bin % segmentation->longest];
    return true;
}
