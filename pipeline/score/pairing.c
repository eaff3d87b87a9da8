#include "pipeline/score/pairing.h"

#include "formats/checked.h"
#include "pipeline/score/assignment.h"

#define OVERLAPS_MAX  10000000
#define IOU_TOLERANCE 1e-9

struct edges {
    size_t count, overlaps;
    struct score_edge *list; /* owned */
};

double score_iou(const struct score_episode *a, const struct score_episode *b)
{
    double common = fmin(a->offset, b->offset) - fmax(a->onset, b->onset);
    double whole = (a->offset - a->onset) + (b->offset - b->onset) - common;
    if (common < 0) {
        return 0;
    }
    if (whole == 0) {
        return a->onset == b->onset ? 1 : 0;
    }
    return common / whole;
}

bool score_overlap(const struct score_episode *a, const struct score_episode *b)
{
    double first = fmax(a->onset, b->onset), last = fmin(a->offset, b->offset);
    bool instant = a->onset == a->offset || b->onset == b->offset;
    return last > first || (instant && last == first);
}

static enum status allocate(struct score_side *side, size_t count, struct error *error)
{
    side->match = checked_calloc(count, sizeof *side->match);
    side->touching = checked_calloc(count, sizeof *side->touching);
    side->best_iou = checked_calloc(count, sizeof *side->best_iou);
    side->best = checked_calloc(count, sizeof *side->best);
    side->unjudgeable = checked_calloc(count, sizeof *side->unjudgeable);
    if (!side->match || !side->touching || !side->best_iou || !side->best || !side->unjudgeable) {
        return error_memory(error, "matching episodes");
    }
    for (size_t i = 0; i < count; i++) {
        side->match[i] = side->best[i] = SCORE_UNMATCHED;
    }
    return STATUS_OK;
}

static void note_overlap(struct score_side *side, size_t own, size_t other, double iou)
{
    side->touching[own]++;
    /* The first of equals is the earlier. */
    if (side->best[own] == SCORE_UNMATCHED || iou > side->best_iou[own]) {
        side->best_iou[own] = iou;
        side->best[own] = other;
    }
}

static enum status compare(const struct score_rules *rules, const struct score_rater raters[2],
                           size_t i, size_t j, struct score_pairing *pairing, struct edges *edges,
                           struct error *error)
{
    const struct score_episode *a = &raters[0].episodes[i], *b = &raters[1].episodes[j];
    if (!score_overlap(a, b) || fabs(a->onset - b->onset) > rules->onset_tolerance) {
        return STATUS_OK;
    }
    if (++edges->overlaps > OVERLAPS_MAX) {
        return error_set(error, STATUS_FAILED,
                         "more than %d pairs of episodes overlap: are these tables of episodes?",
                         OVERLAPS_MAX);
    }
    double iou = score_iou(a, b);
    note_overlap(&pairing->sides[0], i, j, iou);
    note_overlap(&pairing->sides[1], j, i, iou);
    if (iou < rules->iou - IOU_TOLERANCE) {
        return STATUS_OK;
    }
    struct score_edge *grown = checked_grow(edges->list, edges->count, sizeof *grown);
    if (!grown) {
        return error_memory(error, "matching episodes");
    }
    edges->list = grown;
    edges->list[edges->count++] = (struct score_edge){i, j, iou};
    return STATUS_OK;
}

/* Looks at all pairs that overlap: both lists are in order of channel and onset. */
static enum status compare_all(const struct score_rules *rules, const struct score_rater raters[2],
                               struct score_pairing *pairing, struct edges *edges,
                               struct error *error)
{
    const struct score_rater *own = &raters[0], *other = &raters[1];
    enum status status = STATUS_OK;
    /* latest[j]: the latest offset of the other's episodes of a channel up to j. */
    double *latest = checked_calloc(other->count, sizeof *latest);
    if (!latest) {
        return error_memory(error, "matching episodes");
    }
    for (size_t j = 0; j < other->count; j++) {
        const struct score_episode *episode = &other->episodes[j];
        bool follows = j > 0 && episode->channel == episode[-1].channel;
        latest[j] = follows ? fmax(latest[j - 1], episode->offset) : episode->offset;
    }
    size_t from = 0;
    for (size_t i = 0; i < own->count && status == STATUS_OK; i++) {
        const struct score_episode *a = &own->episodes[i];
        while (from < other->count &&
               (other->episodes[from].channel < a->channel ||
                (other->episodes[from].channel == a->channel && latest[from] < a->onset))) {
            from++;
        }
        for (size_t j = from; j < other->count && other->episodes[j].channel == a->channel &&
                              other->episodes[j].onset <= a->offset && status == STATUS_OK;
             j++) {
            status = compare(rules, raters, i, j, pairing, edges, error);
        }
    }
    free(latest);
    return status;
}

/* How much of an episode a rater's unjudged intervals of a channel cover, in s, counted once where
 * they overlap; *holds becomes true where one does. They are sorted by onset. */
static double covered(const struct score_rater *rater, const struct score_episode *episode,
                      size_t channel, bool *holds)
{
    double sum = 0, end = episode->onset;
    for (size_t i = 0; i < rater->unjudged_count; i++) {
        const struct score_episode *interval = &rater->unjudged[i];
        if (interval->channel != channel) {
            continue;
        }
        *holds = *holds || score_overlap(interval, episode);
        double first = fmax(interval->onset, end), last = fmin(interval->offset, episode->offset);
        if (last > first) {
            sum += last - first;
            end = last;
        }
    }
    return sum;
}

/* Of several lists that cover one episode (its channel's, that of all channels, of two raters), the
 * one that covers most of it counts. */
static void find_unjudgeable(const struct score_rules *rules, const struct score_rater raters[2],
                             size_t side, struct score_pairing *pairing)
{
    for (size_t i = 0; i < raters[side].count; i++) {
        const struct score_episode *episode = &raters[side].episodes[i];
        const size_t channels[] = {episode->channel, SCORE_ALL_CHANNELS};
        double most = 0, length = episode->offset - episode->onset;
        bool holds = false;
        for (size_t r = 0; r < (rules->raters ? 2 : 1); r++) {
            for (size_t k = 0; k < 2; k++) {
                most = fmax(most, covered(&raters[r], episode, channels[k], &holds));
            }
        }
        pairing->sides[side].unjudgeable[i] = length > 0 ? most > length / 2 : holds;
    }
}

enum status score_pair(const struct score_rules *rules, const struct score_rater raters[2],
                       struct score_pairing *pairing, struct error *error)
{
    struct edges edges = {0};
    *pairing = (struct score_pairing){0};
    enum status status = STATUS_OK;
    for (size_t r = 0; r < 2 && status == STATUS_OK; r++) {
        status = allocate(&pairing->sides[r], raters[r].count, error);
    }
    if (status == STATUS_OK) {
        status = compare_all(rules, raters, pairing, &edges, error);
    }
    if (status == STATUS_OK) {
        status = score_assign(edges.list, edges.count, raters[0].count, raters[1].count,
                              pairing->sides[0].match, pairing->sides[1].match, error);
    }
    if (status == STATUS_OK) {
        find_unjudgeable(rules, raters, 1, pairing);
        if (rules->raters) {
            find_unjudgeable(rules, raters, 0, pairing);
        }
    }
    free(edges.list);
    return status;
}

void score_pairing_clear(struct score_pairing *pairing)
{
    for (size_t r = 0; r < 2; r++) {
        struct score_side *side = &pairing->sides[r];
        free(side->match);
        free(side->touching);
        free(side->best_iou);
        free(side->best);
        free(side->unjudgeable);
    }
    *pairing = (struct score_pairing){0};
}
