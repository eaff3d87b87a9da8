/* The table of single episodes: what was matched, missed and said in vain. */
#include "formats/checked.h"
#include "pipeline/score/tables.h"

enum {
    PAIR,
    GROUP,
    OUTCOME,
    CHANNEL,
    REFERENCE_ONSET,
    REFERENCE_DURATION,
    REFERENCE_TYPE,
    ESTIMATE_ONSET,
    ESTIMATE_DURATION,
    ESTIMATE_TYPE,
    IOU,
    ONSET_ERROR,
    OFFSET_ERROR,
    RATE_ERROR,
    BOUNDARY_ERROR,
    CONFIDENCE,
    OVERLAPS,
    COLUMNS
};

static const struct column_definition columns[COLUMNS] = {
    [PAIR] = {"pair", COLUMN_TEXT, "", "the pair of tables", NULL},
    [GROUP] = {"group", COLUMN_TEXT, "", "its group", NULL},
    [OUTCOME] = {"outcome", COLUMN_TEXT, "",
                 "match, wrong (a match of another class), missed, "
                 "false or unjudged",
                 NULL},
    [CHANNEL] = {"channel", COLUMN_TEXT, "", "channel", NULL},
    [REFERENCE_ONSET] = {"reference_onset", COLUMN_REAL, "s", "onset in the reference", NULL},
    [REFERENCE_DURATION] = {"reference_duration", COLUMN_REAL, "s", "duration", NULL},
    [REFERENCE_TYPE] = {"reference_type", COLUMN_TEXT, "", "class", NULL},
    [ESTIMATE_ONSET] = {"estimate_onset", COLUMN_REAL, "s", "onset in the estimate", NULL},
    [ESTIMATE_DURATION] = {"estimate_duration", COLUMN_REAL, "s", "duration", NULL},
    [ESTIMATE_TYPE] = {"estimate_type", COLUMN_TEXT, "", "class", NULL},
    [IOU] = {"iou", COLUMN_REAL, "1", "intersection over union; 0: they do not overlap", NULL},
    [ONSET_ERROR] = {"onset_error", COLUMN_REAL, "s", "estimate minus reference", NULL},
    [OFFSET_ERROR] = {"offset_error", COLUMN_REAL, "s", "estimate minus reference", NULL},
    [RATE_ERROR] = {"rate_error", COLUMN_REAL, "1", "difference of burst rates, relative", NULL},
    [BOUNDARY_ERROR] = {"boundary_error", COLUMN_REAL, "s", "estimate minus reference", NULL},
    [CONFIDENCE] = {"confidence", COLUMN_REAL, "1", "the estimate's, in its class", NULL},
    [OVERLAPS] = {"overlaps", COLUMN_INTEGER, "1",
                  "episodes of the other table that it overlaps (a match: of the estimate)", NULL},
};

struct listing {
    struct table *table;
    const struct score_row *row;
    const struct score_rules *rules;
    const struct score_channels *channels;
};

static enum status set_episode(const struct listing *listing, size_t row, size_t first,
                               const struct score_episode *episode, struct error *error)
{
    table_set_real(listing->table, row, first, episode->onset);
    table_set_real(listing->table, row, first + 1, score_seconds(episode->offset - episode->onset));
    return table_set_text(listing->table, row, first + 2, listing->rules->classes[episode->class],
                          error);
}

/* A row of a pair of episodes, one of which may be NULL. */
static enum status add(const struct listing *listing, const char *outcome,
                       const struct score_episode *a, const struct score_episode *b,
                       size_t overlaps, struct error *error)
{
    struct table *table = listing->table;
    size_t channel = (a ? a : b)->channel, row;
    enum status status = table_append(table, &row, error);
    if (status == STATUS_OK) {
        status = table_set_text(table, row, PAIR, listing->row->pair, error);
    }
    if (status == STATUS_OK) {
        status = table_set_text(table, row, GROUP, listing->row->group, error);
    }
    if (status == STATUS_OK) {
        status = table_set_text(table, row, OUTCOME, outcome, error);
    }
    if (status == STATUS_OK && channel < listing->channels->count) {
        status = table_set_text(table, row, CHANNEL, listing->channels->labels[channel], error);
    }
    if (status == STATUS_OK && a) {
        status = set_episode(listing, row, REFERENCE_ONSET, a, error);
    }
    if (status == STATUS_OK && b) {
        status = set_episode(listing, row, ESTIMATE_ONSET, b, error);
        table_set_real(table, row, CONFIDENCE, b->confidence);
    }
    if (status != STATUS_OK) {
        return status;
    }
    table_set_real(table, row, IOU, a && b ? score_iou(a, b) : 0);
    table_set_integer(table, row, OVERLAPS, (int64_t)overlaps);
    if (a && b) {
        table_set_real(table, row, ONSET_ERROR, score_seconds(b->onset - a->onset));
        table_set_real(table, row, OFFSET_ERROR, score_seconds(b->offset - a->offset));
        table_set_real(table, row, RATE_ERROR, score_rate_difference(listing->rules, a, b));
        table_set_real(table, row, BOUNDARY_ERROR, score_boundary_difference(listing->rules, a, b));
    }
    return STATUS_OK;
}

struct table *score_errors_create(struct error *error)
{
    return table_create("errors", columns, COLUMNS, error);
}

static bool before(const struct score_episode *a, const struct score_episode *b)
{
    return a->channel != b->channel ? a->channel < b->channel : a->onset <= b->onset;
}

static enum status add_reference(const struct listing *listing, const struct score_rater raters[2],
                                 const struct score_side *side, size_t i, struct error *error)
{
    const struct score_episode *a = &raters[0].episodes[i];
    bool matched = side->match[i] != SCORE_UNMATCHED;
    size_t other = matched ? side->match[i] : side->best[i];
    const struct score_episode *b = other == SCORE_UNMATCHED ? NULL : &raters[1].episodes[other];
    const char *outcome = matched                ? a->class == b->class ? "match" : "wrong"
                          : side->unjudgeable[i] ? "unjudged"
                                                 : "missed";
    return add(listing, outcome, a, b, side->touching[i], error);
}

static enum status add_estimate(const struct listing *listing, const struct score_rater raters[2],
                                const struct score_side *side, size_t j, struct error *error)
{
    const struct score_episode *a =
        side->best[j] == SCORE_UNMATCHED ? NULL : &raters[0].episodes[side->best[j]];
    if (side->match[j] != SCORE_UNMATCHED) {
        return STATUS_OK;
    }
    return add(listing, side->unjudgeable[j] ? "unjudged" : "false", a, &raters[1].episodes[j],
               side->touching[j], error);
}

enum status score_errors_add(struct table *table, const struct score_row *row,
                             const struct score_rules *rules, const struct score_rater raters[2],
                             const struct score_pairing *pairing,
                             const struct score_channels *channels, struct error *error)
{
    const struct listing listing = {table, row, rules, channels};
    enum status status = STATUS_OK;
    for (size_t i = 0, j = 0;
         (i < raters[0].count || j < raters[1].count) && status == STATUS_OK;) {
        bool first =
            j == raters[1].count ||
            (i < raters[0].count && before(&raters[0].episodes[i], &raters[1].episodes[j]));
        if (first) {
            status = add_reference(&listing, raters, &pairing->sides[0], i++, error);
        } else {
            status = add_estimate(&listing, raters, &pairing->sides[1], j++, error);
        }
    }
    return status;
}
