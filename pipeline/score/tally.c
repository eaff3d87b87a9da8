#include "pipeline/score/tally.h"

#include "formats/checked.h"

#include <string.h>
#include <strings.h>

#define SAMPLES_MAX 1e15 /* a channel; sums of many stay far from the end of 64 bits */

static enum status append(struct score_values *values, double value, struct error *error)
{
    if (isnan(value)) {
        return STATUS_OK;
    }
    double *grown = checked_grow(values->list, values->count, sizeof *grown);
    if (!grown) {
        return error_memory(error, "comparing episodes");
    }
    values->list = grown;
    values->list[values->count++] = value;
    return STATUS_OK;
}

double score_seconds(double seconds)
{
    return rint(seconds * 1e9) / 1e9;
}

static bool is_class(const struct score_rules *rules, const struct score_episode *episode,
                     const char *name)
{
    return strcasecmp(rules->classes[episode->class], name) == 0;
}

static bool is_rhythmic(const struct score_rules *rules, const struct score_episode *episode)
{
    return is_class(rules, episode, "clonic") || is_class(rules, episode, "tonic-clonic");
}

double score_rate_difference(const struct score_rules *rules, const struct score_episode *a,
                             const struct score_episode *b)
{
    double of = rules->raters ? (a->burst_rate + b->burst_rate) / 2 : a->burst_rate;
    bool counts = is_rhythmic(rules, a) && is_rhythmic(rules, b) && of > 0;
    return counts ? (b->burst_rate - a->burst_rate) / of : NAN;
}

double score_boundary_difference(const struct score_rules *rules, const struct score_episode *a,
                                 const struct score_episode *b)
{
    bool counts = is_class(rules, a, "tonic-clonic") && is_class(rules, b, "tonic-clonic");
    return counts ? score_seconds(b->boundary - a->boundary) : NAN;
}

static enum status count_match(const struct score_rules *rules, const struct score_episode *a,
                               const struct score_episode *b, struct score_tally *tally,
                               struct error *error)
{
    const struct {
        struct score_values *values;
        double value;
    } differences[] = {
        {&tally->onset, score_seconds(b->onset - a->onset)},
        {&tally->offset, score_seconds(b->offset - a->offset)},
        {&tally->iou, score_iou(a, b)},
        {&tally->rate, score_rate_difference(rules, a, b)},
        {&tally->boundary, score_boundary_difference(rules, a, b)},
    };
    enum status status = STATUS_OK;
    tally->matched++;
    tally->confusion[a->class][b->class]++;
    for (size_t i = 0; i < sizeof differences / sizeof *differences && status == STATUS_OK; i++) {
        status = append(differences[i].values, differences[i].value, error);
    }
    if (status != STATUS_OK || !(b->confidence >= 0 && b->confidence <= 1)) {
        return status;
    }
    struct score_judgement *grown =
        checked_grow(tally->judgements, tally->judgement_count, sizeof *grown);
    if (!grown) {
        return error_memory(error, "comparing episodes");
    }
    tally->judgements = grown;
    grown[tally->judgement_count++] = (struct score_judgement){b->confidence, a->class == b->class};
    return STATUS_OK;
}

static void count_side(const struct score_rater *rater, const struct score_side *side, bool first,
                       struct score_tally *tally)
{
    struct score_tally_side *counts = &tally->sides[first ? 0 : 1];
    size_t none = tally->class_count;
    *counts = (struct score_tally_side){.episodes = rater->count,
                                        .other = rater->other,
                                        .undated = rater->undated,
                                        .brief = rater->brief};
    for (size_t i = 0; i < rater->count; i++) {
        bool touched = side->touching[i] > 0, matched = side->match[i] != SCORE_UNMATCHED;
        size_t class = (size_t)rater->episodes[i].class;
        counts->touched += touched;
        counts->several += side->touching[i] > 1;
        counts->spared_touching += !touched && side->unjudgeable[i];
        counts->spared += !matched && side->unjudgeable[i];
        if (!matched && !side->unjudgeable[i]) {
            tally->confusion[first ? class : none][first ? none : class]++;
        }
    }
}

static enum status count_samples(const struct score_rules *rules,
                                 const struct score_rater raters[2], size_t named,
                                 struct score_tally *tally, struct error *error)
{
    double fitting = floor(tally->seconds / rules->step + 1e-6);
    if (!(fitting <= SAMPLES_MAX)) {
        return error_set(error, STATUS_FAILED,
                         "a recorded time of %g s is too long for samples every %g s; is an onset "
                         "or a --duration wrong?",
                         tally->seconds, rules->step);
    }
    enum status status = score_timeline(rules, raters, named, (int64_t)fitting, tally, error);
    tally->samples[tally->class_count][tally->class_count] +=
        (uint64_t)fitting * (uint64_t)(tally->channels - named);
    return status;
}

enum status score_tally_count(const struct score_rules *rules, const struct score_rater raters[2],
                              const struct score_pairing *pairing,
                              const struct score_channels *channels,
                              const struct score_extent *extent, struct score_tally *tally,
                              struct error *error)
{
    *tally = (struct score_tally){.class_count = rules->class_count, .pairs = 1};
    tally->seconds = extent->seconds > 0 ? extent->seconds : fmax(raters[0].end, raters[1].end);
    tally->channels = extent->channels > channels->count ? extent->channels : channels->count;
    tally->channels = rules->by_event || tally->channels == 0 ? 1 : tally->channels;
    tally->channel_seconds = tally->seconds * (double)tally->channels;
    enum status status = STATUS_OK;
    for (size_t i = 0; i < raters[0].count && status == STATUS_OK; i++) {
        size_t j = pairing->sides[0].match[i];
        if (j != SCORE_UNMATCHED) {
            status =
                count_match(rules, &raters[0].episodes[i], &raters[1].episodes[j], tally, error);
        }
    }
    if (status != STATUS_OK) {
        return status;
    }
    count_side(&raters[0], &pairing->sides[0], true, tally);
    count_side(&raters[1], &pairing->sides[1], false, tally);
    return count_samples(rules, raters, channels->count, tally, error);
}

static enum status add_values(struct score_values *to, const struct score_values *from,
                              struct error *error)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; i < from->count && status == STATUS_OK; i++) {
        status = append(to, from->list[i], error);
    }
    return status;
}

static void add_side(struct score_tally_side *to, const struct score_tally_side *from)
{
    to->episodes += from->episodes;
    to->other += from->other;
    to->undated += from->undated;
    to->brief += from->brief;
    to->touched += from->touched;
    to->spared_touching += from->spared_touching;
    to->spared += from->spared;
    to->several += from->several;
}

enum status score_tally_add(struct score_tally *total, const struct score_tally *tally,
                            struct error *error)
{
    total->class_count = tally->class_count;
    total->pairs += tally->pairs;
    total->seconds += tally->seconds;
    total->channel_seconds += tally->channel_seconds;
    total->channels += tally->channels;
    total->matched += tally->matched;
    add_side(&total->sides[0], &tally->sides[0]);
    add_side(&total->sides[1], &tally->sides[1]);
    for (size_t i = 0; i <= tally->class_count; i++) {
        for (size_t j = 0; j <= tally->class_count; j++) {
            total->confusion[i][j] += tally->confusion[i][j];
            total->samples[i][j] += tally->samples[i][j];
        }
    }
    struct score_values *const to[] = {&total->onset, &total->offset, &total->iou, &total->rate,
                                       &total->boundary};
    const struct score_values *const from[] = {&tally->onset, &tally->offset, &tally->iou,
                                               &tally->rate, &tally->boundary};
    enum status status = STATUS_OK;
    for (size_t i = 0; i < sizeof to / sizeof *to && status == STATUS_OK; i++) {
        status = add_values(to[i], from[i], error);
    }
    for (size_t i = 0; i < tally->judgement_count && status == STATUS_OK; i++) {
        struct score_judgement *grown =
            checked_grow(total->judgements, total->judgement_count, sizeof *grown);
        if (!grown) {
            return error_memory(error, "adding scores up");
        }
        total->judgements = grown;
        grown[total->judgement_count++] = tally->judgements[i];
    }
    return status;
}

void score_tally_clear(struct score_tally *tally)
{
    free(tally->onset.list);
    free(tally->offset.list);
    free(tally->iou.list);
    free(tally->rate.list);
    free(tally->boundary.list);
    free(tally->judgements);
    *tally = (struct score_tally){0};
}
