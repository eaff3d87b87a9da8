/* The comparison in time: which samples of a channel both raters call what. Runs of samples are
 * counted at once, so that time and memory follow from the episodes, not from the recording. */
#include "formats/checked.h"
#include "pipeline/score/tally.h"

/* Where something begins or ends. */
struct mark {
    int64_t sample;
    size_t episode; /* of its list */
    int list;       /* 0, 1: the raters; 2: not judged */
    bool end;
};

/* The episodes of a rater that are going on. */
struct running {
    size_t count;
    size_t *list; /* owned */
};

static int by_sample(const void *a, const void *b)
{
    const struct mark *x = a, *y = b;
    return (x->sample > y->sample) - (x->sample < y->sample);
}

/* The first sample at or after a time. */
static int64_t sample_at(double time, double step, int64_t count)
{
    double sample = ceil(time / step - 0.5);
    return sample <= 0 ? 0 : sample >= (double)count ? count : (int64_t)sample;
}

static void add_marks(const struct score_episode *episodes, size_t episode, int list, double step,
                      int64_t count, struct mark *marks, size_t *mark_count)
{
    int64_t first = sample_at(episodes[episode].onset, step, count);
    int64_t last = sample_at(episodes[episode].offset, step, count);
    if (first < last) {
        marks[(*mark_count)++] = (struct mark){first, episode, list, false};
        marks[(*mark_count)++] = (struct mark){last, episode, list, true};
    }
}

static size_t gather(const struct score_rules *rules, const struct score_rater raters[2],
                     size_t channel, int64_t count, struct mark *marks)
{
    size_t mark_count = 0;
    for (int r = 0; r < 2; r++) {
        for (size_t i = 0; i < raters[r].count; i++) {
            if (raters[r].episodes[i].channel == channel) {
                add_marks(raters[r].episodes, i, r, rules->step, count, marks, &mark_count);
            }
        }
        for (size_t i = 0; (r == 0 || rules->raters) && i < raters[r].unjudged_count; i++) {
            size_t of = raters[r].unjudged[i].channel;
            if (of == channel || of == SCORE_ALL_CHANNELS) {
                add_marks(raters[r].unjudged, i, 2, rules->step, count, marks, &mark_count);
            }
        }
    }
    qsort(marks, mark_count, sizeof *marks, by_sample);
    return mark_count;
}

static void begin_or_end(struct running *running, const struct mark *mark)
{
    if (!mark->end) {
        running->list[running->count++] = mark->episode;
        return;
    }
    for (size_t i = 0; i < running->count; i++) {
        if (running->list[i] == mark->episode) {
            running->list[i] = running->list[--running->count];
            return;
        }
    }
}

/* The class of what began last: episodes are in order of onset. */
static size_t current(const struct score_rater *rater, const struct running *running, size_t none)
{
    size_t last = 0;
    for (size_t i = 0; i < running->count; i++) {
        last = running->list[i] > last ? running->list[i] : last;
    }
    return running->count ? (size_t)rater->episodes[last].class : none;
}

static void count_channel(const struct score_rater raters[2], const struct mark *marks,
                          size_t mark_count, int64_t count, struct running running[2],
                          struct score_tally *tally)
{
    size_t unjudged = 0, none = tally->class_count;
    int64_t from = 0;
    running[0].count = running[1].count = 0;
    for (size_t m = 0; m <= mark_count; m++) {
        int64_t to = m < mark_count ? marks[m].sample : count;
        if (to > from && unjudged == 0) {
            tally->samples[current(&raters[0], &running[0], none)]
                          [current(&raters[1], &running[1], none)] += (uint64_t)(to - from);
        }
        from = to;
        if (m < mark_count && marks[m].list == 2) {
            unjudged += marks[m].end ? (size_t)-1 : 1;
        } else if (m < mark_count) {
            begin_or_end(&running[marks[m].list], &marks[m]);
        }
    }
}

enum status score_timeline(const struct score_rules *rules, const struct score_rater raters[2],
                           size_t channels, int64_t count, struct score_tally *tally,
                           struct error *error)
{
    size_t most =
        raters[0].count + raters[1].count + raters[0].unjudged_count + raters[1].unjudged_count;
    struct mark *marks = checked_calloc(2 * most, sizeof *marks);
    struct running running[2] = {{.count = 0}, {.count = 0}};
    enum status status = marks ? STATUS_OK : STATUS_FAILED;
    for (size_t r = 0; r < 2; r++) {
        running[r].list = checked_calloc(raters[r].count, sizeof *running[r].list);
        status = running[r].list ? status : STATUS_FAILED;
    }
    if (status != STATUS_OK) {
        status = error_memory(error, "comparing episodes in time");
    }
    for (size_t c = 0; c < channels && status == STATUS_OK; c++) {
        size_t mark_count = gather(rules, raters, c, count, marks);
        count_channel(raters, marks, mark_count, count, running, tally);
    }
    free(running[0].list);
    free(running[1].list);
    free(marks);
    return status;
}
