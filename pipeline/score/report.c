#include "pipeline/score/report.h"

#include "formats/checked.h"
#include "pipeline/transfer/outline.h"

#include <string.h>

#define BLOCK_SECONDS 4

enum status score_report_create(const struct score_rules *rules, size_t bins,
                                struct score_report *report, struct error *error)
{
    *report = (struct score_report){.rules = rules, .bins = bins};
    report->total.class_count = rules->class_count;
    report->scores = score_table_create(error);
    report->confusion = report->scores ? score_confusion_create(rules, error) : NULL;
    report->calibration = report->confusion ? score_calibration_create(error) : NULL;
    report->errors = report->calibration ? score_errors_create(error) : NULL;
    return report->errors ? STATUS_OK : STATUS_FAILED;
}

void score_report_clear(struct score_report *report)
{
    table_destroy(report->scores);
    table_destroy(report->confusion);
    table_destroy(report->calibration);
    table_destroy(report->errors);
    score_tally_clear(&report->total);
    for (size_t i = 0; i < report->group_count; i++) {
        free(report->groups[i].name);
        score_tally_clear(&report->groups[i].tally);
    }
    free(report->groups);
    *report = (struct score_report){0};
}

static enum status ignore(void *context, const struct block *block, struct error *error)
{
    (void)context;
    (void)block;
    (void)error;
    return STATUS_OK;
}

enum status score_extent_read(const char *path, const struct recording_options *options,
                              struct score_extent *extent, struct error *error)
{
    struct recording *recording = NULL;
    struct outline outline = {0};
    enum status status = recording_open(path, options, &recording, error);
    if (status != STATUS_OK) {
        return status;
    }
    const struct recording_info *info = recording_info(recording);
    if (isnan(info->duration)) {
        status = outline_create(recording, 0, 0, &outline, error);
        if (status == STATUS_OK) {
            status = outline_run(&outline, recording, BLOCK_SECONDS, ignore, NULL, error);
        }
    }
    extent->seconds = info->duration;
    extent->channels = 0;
    for (size_t i = 0; i < info->channel_count; i++) {
        extent->channels += info->channels[i].selected;
    }
    if (status == STATUS_OK && !(extent->seconds > 0)) {
        status = error_set(error, STATUS_FAILED, "%s: holds no samples; give its --duration", path);
    }
    outline_clear(&outline);
    recording_close(recording);
    return status;
}

/* The tally of a group, which is new when it has not been seen. */
static struct score_tally *tally_of(struct score_report *report, const char *name)
{
    for (size_t i = 0; i < report->group_count; i++) {
        if (strcmp(report->groups[i].name, name) == 0) {
            return &report->groups[i].tally;
        }
    }
    struct score_group *grown = checked_grow(report->groups, report->group_count, sizeof *grown);
    char *copy = grown ? strdup(name) : NULL;
    report->groups = grown ? grown : report->groups;
    if (!copy) {
        return NULL;
    }
    struct score_group *group = &report->groups[report->group_count++];
    *group = (struct score_group){.name = copy};
    group->tally.class_count = report->rules->class_count;
    return &group->tally;
}

static enum status add_up(struct score_report *report, const struct score_pair_item *pair,
                          const struct score_tally *tally, bool totals_only, struct error *error)
{
    const struct score_row row = {pair->name, pair->group};
    enum status status = score_tally_add(&report->total, tally, error);
    if (status == STATUS_OK && pair->group) {
        struct score_tally *group = tally_of(report, pair->group);
        status =
            group ? score_tally_add(group, tally, error) : error_memory(error, "adding scores up");
    }
    if (status == STATUS_OK && !totals_only) {
        status = score_table_add(report->scores, &row, report->rules, tally, error);
    }
    return status;
}

/* Compares two raters that have been read. */
static enum status compare(struct score_report *report, const struct score_pair_item *pair,
                           struct score_rater raters[2], bool totals_only, struct error *error)
{
    const struct score_rules *rules = report->rules;
    const char *const names[] = {pair->reference, pair->estimate};
    const struct score_row row = {pair->name, pair->group};
    struct score_channels channels = {0};
    struct score_pairing pairing = {0};
    struct score_tally tally = {0};
    enum status status = score_channels_number(rules, raters, names, &channels, error);
    if (status == STATUS_OK) {
        score_rater_prepare(rules, &raters[0]);
        score_rater_prepare(rules, &raters[1]);
        status = score_pair(rules, raters, &pairing, error);
    }
    if (status == STATUS_OK) {
        status =
            score_tally_count(rules, raters, &pairing, &channels, &pair->extent, &tally, error);
    }
    if (status == STATUS_OK) {
        status = add_up(report, pair, &tally, totals_only, error);
    }
    if (status == STATUS_OK) {
        status = score_errors_add(report->errors, &row, rules, raters, &pairing, &channels, error);
    }
    if (status == STATUS_OK) {
        report->guessed += pair->extent.seconds == 0;
        report->past += pair->extent.seconds > 0 &&
                        fmax(raters[0].end, raters[1].end) > pair->extent.seconds + rules->step;
    } else if (status == STATUS_FAILED && !strstr(error->message, pair->reference)) {
        error_prefix(error, pair->reference);
    }
    score_tally_clear(&tally);
    score_pairing_clear(&pairing);
    score_channels_clear(&channels);
    return status;
}

enum status score_report_add(struct score_report *report, const struct score_pair_item *pair,
                             bool totals_only, struct error *error)
{
    struct score_rater raters[2] = {{.table = NULL}, {.table = NULL}};
    enum status status = score_rater_read(pair->reference, report->rules, &raters[0], error);
    if (status == STATUS_OK) {
        status = score_rater_read(pair->estimate, report->rules, &raters[1], error);
    }
    if (status == STATUS_OK) {
        status = compare(report, pair, raters, totals_only, error);
    }
    score_rater_clear(&raters[0]);
    score_rater_clear(&raters[1]);
    return status;
}

static enum status add_total(struct score_report *report, const char *group,
                             const struct score_tally *tally, struct error *error)
{
    const struct score_row row = {"total", group};
    enum status status = score_table_add(report->scores, &row, report->rules, tally, error);
    if (status == STATUS_OK) {
        status = score_confusion_add(report->confusion, &row, report->rules, tally, error);
    }
    if (status == STATUS_OK) {
        status = score_calibration_add(report->calibration, &row, tally, report->bins, error);
    }
    return status;
}

enum status score_report_finish(struct score_report *report, struct error *error)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; i < report->group_count && status == STATUS_OK; i++) {
        status = add_total(report, report->groups[i].name, &report->groups[i].tally, error);
    }
    return status == STATUS_OK ? add_total(report, NULL, &report->total, error) : status;
}
