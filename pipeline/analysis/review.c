#include "pipeline/analysis/review.h"

#include "formats/checked.h"
#include "pipeline/analysis/events.h"
#include "pipeline/analysis/tables.h"
#include "pipeline/transfer/remarks.h"

#include <fnmatch.h>
#include <math.h>
#include <string.h>
#include <strings.h>

/* Episodes and the members that point at them, in room for one an annotation. */
struct taken {
    struct episode *episodes;
    struct remark *remarks;
    struct event_member *members;
    size_t count;
};

/* The class that a text names; -1 when it names none. */
static int class_of(const char *text)
{
    for (int i = 0; episode_class_names[i]; i++) {
        if (strcasecmp(text, episode_class_names[i]) == 0) {
            return i;
        }
    }
    return -1;
}

/* The analysed channel that a remark is of; SIZE_MAX when there is none. */
static size_t channel_of(const struct analysis *analysis, const struct remark *remark)
{
    size_t found = SIZE_MAX;
    if (remark->label[0] == '\0') {
        return analysis->channel_count == 1 ? 0 : SIZE_MAX;
    }
    for (size_t i = 0; i < analysis->channel_count; i++) {
        const struct channel *channel = &analysis->info->channels[analysis->indexes[i]];
        if (strcmp(remark->label, channel->label) == 0) {
            return i;
        }
        if (found == SIZE_MAX && remark_is_of(remark, channel)) {
            found = i;
        }
    }
    return found;
}

static void note_first(char to[LABEL_SIZE], const char *text)
{
    if (to[0] == '\0') {
        text_from_field(to, LABEL_SIZE, text, strlen(text));
    }
}

static enum status take(struct analysis *analysis, const struct annotation *annotation,
                        double shift, const char *label, struct taken *taken, struct review *review,
                        struct error *error)
{
    struct remark *remark = &taken->remarks[taken->count];
    *remark = remark_parse(annotation->text);
    int class = class_of(remark->type);
    bool named = class < 0 && label && fnmatch(label, remark->type, 0) == 0;
    if (class < 0 && !named) {
        review->unknown++;
        note_first(review->unknown_text, annotation->text);
        return STATUS_OK;
    }
    size_t channel = channel_of(analysis, remark);
    if (channel == SIZE_MAX) {
        review->elsewhere++;
        note_first(review->elsewhere_text, annotation->text);
        return STATUS_OK;
    }
    if (!(annotation->duration > 0)) {
        review->instantaneous++;
        return STATUS_OK;
    }
    double onset = annotation->onset + shift;
    if (onset >= analysis->info->duration || onset + annotation->duration <= 0) {
        review->outside++;
        return STATUS_OK;
    }
    struct episode *episode = &taken->episodes[taken->count];
    taken->members[taken->count] = (struct event_member){
        .episode = episode, .channel = channel, .type = named ? remark->type : NULL};
    taken->count++;
    return channel_measure(analysis->paths[channel],
                           named ? EPISODE_TONIC : (enum episode_class) class, onset,
                           onset + annotation->duration, episode, error);
}

enum status review_take(struct analysis *analysis, const struct recording_info *from, double shift,
                        const char *label, struct review *review, struct error *error)
{
    size_t room = from->annotation_count;
    struct taken taken = {.episodes = checked_calloc(room, sizeof *taken.episodes),
                          .remarks = checked_calloc(room, sizeof *taken.remarks),
                          .members = checked_calloc(room, sizeof *taken.members)};
    enum status status = taken.episodes && taken.remarks && taken.members
                             ? STATUS_OK
                             : error_memory(error, "reading annotations");
    *review = (struct review){0};
    for (size_t i = 0; i < room && status == STATUS_OK; i++) {
        status = take(analysis, &from->annotations[i], shift, label, &taken, review, error);
    }
    if (status == STATUS_OK) {
        review->taken = taken.count;
        status = analysis_tabulate(analysis, taken.members, taken.count, error);
    }
    if (status == STATUS_OK) {
        status = analysis_table_units(analysis->info, analysis->episodes, error);
    }
    free(taken.episodes);
    free(taken.remarks);
    free(taken.members);
    return status;
}
