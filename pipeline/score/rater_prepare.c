/* What becomes of a rater's episodes before they are compared: merging, joining over channels. */
#include "pipeline/score/rater.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int compare_reals(double a, double b)
{
    /* What is not known comes last. */
    if (isnan(a) || isnan(b)) {
        return isnan(a) - isnan(b);
    }
    return (a > b) - (a < b);
}

static int by_measurements(const struct score_episode *x, const struct score_episode *y)
{
    int order = compare_reals(x->burst_rate, y->burst_rate);
    order = order ? order : compare_reals(x->boundary, y->boundary);
    return order ? order : compare_reals(x->confidence, y->confidence);
}

static int by_time(const void *a, const void *b)
{
    const struct score_episode *x = a, *y = b;
    int order = (x->channel > y->channel) - (x->channel < y->channel);
    order = order ? order : compare_reals(x->onset, y->onset);
    order = order ? order : compare_reals(x->offset, y->offset);
    order = order ? order : (x->class > y->class) - (x->class < y->class);
    return order ? order : by_measurements(x, y);
}

static int by_class(const void *a, const void *b)
{
    const struct score_episode *x = a, *y = b;
    int order = (x->channel > y->channel) - (x->channel < y->channel);
    order = order ? order : (x->class > y->class) - (x->class < y->class);
    return order ? order : by_time(a, b);
}

static double length_of(const struct score_episode *episode)
{
    return episode->offset - episode->onset;
}

/* Merges runs of a channel and class; the episodes are in order of by_class. */
static void merge(struct score_rater *rater, double gap)
{
    size_t kept = 0;
    double longest = 0;
    for (size_t i = 0; i < rater->count; i++) {
        struct score_episode *last = kept ? &rater->episodes[kept - 1] : NULL;
        const struct score_episode episode = rater->episodes[i];
        if (!last || last->channel != episode.channel || last->class != episode.class ||
            !(episode.onset - last->offset < gap)) {
            rater->episodes[kept++] = episode;
            longest = length_of(&episode);
            continue;
        }
        if (length_of(&episode) > longest) {
            longest = length_of(&episode);
            last->confidence = episode.confidence;
            last->burst_rate = episode.burst_rate;
            last->boundary = episode.boundary;
        }
        last->offset = fmax(last->offset, episode.offset);
    }
    rater->count = kept;
}

/* One event of the episodes [first, last), which overlap. */
static struct score_episode join(const struct score_episode *episodes, size_t first, size_t last,
                                 size_t class_count)
{
    double lasting[SCORE_CLASSES_MAX] = {0};
    size_t class = (size_t)episodes[first].class, longest = SIZE_MAX;
    struct score_episode event = episodes[first];
    for (size_t i = first; i < last; i++) {
        lasting[episodes[i].class] += length_of(&episodes[i]);
        event.offset = fmax(event.offset, episodes[i].offset);
    }
    for (size_t k = class_count; k-- > 0;) {
        class = lasting[k] > 0 && lasting[k] >= lasting[class] ? k : class;
    }
    for (size_t i = first; i < last; i++) {
        if (episodes[i].class == (int)class &&
            (longest == SIZE_MAX || length_of(&episodes[i]) > length_of(&episodes[longest]))) {
            longest = i;
        }
    }
    event.class = (int)class;
    event.label = NULL;
    event.confidence = episodes[longest].confidence;
    event.burst_rate = episodes[longest].burst_rate;
    event.boundary = episodes[longest].boundary;
    return event;
}

/* All are in one channel, in order of by_time. */
static void join_all(struct score_rater *rater, size_t class_count)
{
    size_t kept = 0;
    for (size_t first = 0, next; first < rater->count; first = next) {
        double end = rater->episodes[first].offset;
        for (next = first + 1; next < rater->count && rater->episodes[next].onset < end; next++) {
            end = fmax(end, rater->episodes[next].offset);
        }
        rater->episodes[kept++] = join(rater->episodes, first, next, class_count);
    }
    rater->count = kept;
}

static void leave_out_brief(struct score_rater *rater, double minimum)
{
    size_t kept = 0;
    for (size_t i = 0; i < rater->count; i++) {
        if (length_of(&rater->episodes[i]) < minimum) {
            rater->brief++;
        } else {
            rater->episodes[kept++] = rater->episodes[i];
        }
    }
    rater->count = kept;
}

static int by_label_time(const void *a, const void *b)
{
    const struct score_episode *x = a, *y = b;
    int order = !x->label || !y->label ? (x->label != NULL) - (y->label != NULL)
                                       : strcmp(x->label, y->label);
    order = order ? order : (x->class > y->class) - (x->class < y->class);
    return order ? order : by_time(a, b);
}

/* By event all channels have one number: those that are to be merged are told by their labels. */
static void number_by_label(struct score_rater *rater)
{
    qsort(rater->episodes, rater->count, sizeof *rater->episodes, by_label_time);
    size_t number = 0;
    const char *label = rater->count ? rater->episodes[0].label : NULL;
    for (size_t i = 0; i < rater->count; i++) {
        const char *own = rater->episodes[i].label;
        if ((own == NULL) != (label == NULL) || (own && strcmp(own, label) != 0)) {
            number++;
            label = own;
        }
        rater->episodes[i].channel = number;
    }
}

void score_rater_prepare(const struct score_rules *rules, struct score_rater *rater)
{
    if (rules->merge_gap > 0) {
        if (rules->by_event) {
            number_by_label(rater);
        }
        qsort(rater->episodes, rater->count, sizeof *rater->episodes, by_class);
        merge(rater, rules->merge_gap);
    }
    for (size_t i = 0; rules->by_event && i < rater->count; i++) {
        rater->episodes[i].channel = 0;
    }
    qsort(rater->episodes, rater->count, sizeof *rater->episodes, by_time);
    if (rules->by_event) {
        join_all(rater, rules->class_count);
    }
    leave_out_brief(rater, rules->minimum_duration);
    qsort(rater->unjudged, rater->unjudged_count, sizeof *rater->unjudged, by_time);
}
