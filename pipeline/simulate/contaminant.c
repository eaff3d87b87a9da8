#include "pipeline/simulate/contaminant.h"

#include "pipeline/simulate/drive.h"
#include "pipeline/simulate/specification_keys.h"

static const struct contaminant *const contaminants[] = {
    &contaminant_mains,
    &contaminant_ecg,
    &contaminant_wander,
    &contaminant_points,
};

const struct contaminant *contaminant_of(enum section_kind kind)
{
    for (size_t i = 0; i < sizeof contaminants / sizeof *contaminants; i++) {
        if (contaminants[i]->kinds & kind) {
            return contaminants[i];
        }
    }
    return NULL;
}

bool contaminant_overlap(const struct disturbance *disturbance, const struct frames *frames,
                         size_t *begin, size_t *end)
{
    int64_t first = disturbance->first - frames->first, last = disturbance->end - frames->first;
    *begin = first > 0 ? (size_t)first : 0;
    *end = last < 0 ? 0 : (uint64_t)last < frames->count ? (size_t)last : frames->count;
    return *begin < *end;
}

double contaminant_fade(const struct plan *plan, const struct disturbance *disturbance, double ramp,
                        int64_t frame)
{
    double part = 1;
    if (disturbance->first > 0) {
        part *= drive_smooth((double)(frame - disturbance->first) / (ramp * plan->rate));
    }
    if (disturbance->end < plan->frames) {
        part *= drive_smooth((double)(disturbance->end - frame) / (ramp * plan->rate));
    }
    return part;
}

const char *contaminant_name(enum section_kind kind)
{
    for (size_t s = 0; s < section_count; s++) {
        if (section_definitions[s].kind == kind) {
            return section_definitions[s].name;
        }
    }
    return NULL;
}
