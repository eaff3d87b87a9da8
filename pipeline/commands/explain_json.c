/* Explanations as JSON. */
#include "pipeline/commands/explain.h"

#include "formats/utf8.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

static json_t *real(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

/* Text as JSON has it, whatever its bytes; NULL when memory ran out. */
static json_t *string_of(const char *text)
{
    char *sound = utf8_duplicate(text, strlen(text));
    json_t *string = sound ? json_string(sound) : NULL;
    free(sound);
    return string;
}

static json_t *flag_list(unsigned flags)
{
    json_t *list = json_array();
    for (size_t i = 0; burst_flag_names[i]; i++) {
        if (flags >> i & 1) {
            json_array_append_new(list, json_string(burst_flag_names[i]));
        }
    }
    return list;
}

static json_t *burst_object(const struct burst *burst)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "onset", real(burst->onset), "duration",
                     real(burst->offset - burst->onset), "mean", real(burst->mean), "peak",
                     real(burst->peak), "floor", real(burst->floor), "evidence",
                     real(burst->evidence), "flags", flag_list(burst->flags));
}

static json_t *burst_list(const struct burst *bursts, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(list, burst_object(&bursts[i]));
    }
    return list;
}

static json_t *shares_list(const struct explanation_shares *shares, bool plausibility)
{
    json_t *list = json_array();
    for (size_t k = 0; k < shares->count; k++) {
        json_array_append_new(
            list,
            json_pack("{s:s, s:s, s:o, s:o}", "measure",
                      plausibility ? plausibility_measures[k].name : cadence_measures[k].name,
                      "meaning",
                      plausibility ? plausibility_measures[k].meaning : cadence_measures[k].meaning,
                      "value", real(shares->values[k]), "log_odds", real(shares->shares[k])));
    }
    return list;
}

static json_t *phases_list(const struct explanation *explanation)
{
    json_t *list = json_array();
    for (size_t i = 0; i < explanation->phase_count; i++) {
        const struct explanation_phase *phase = &explanation->phases[i];
        json_array_append_new(
            list,
            json_pack("{s:s, s:o, s:o, s:I, s:I, s:o, s:o, s:o}", "phase",
                      phase->clonic ? "clonic" : "tonic", "onset", real(phase->onset), "duration",
                      real(phase->offset - phase->onset), "bursts", (json_int_t)phase->count,
                      "longer_than_jerks", (json_int_t)phase->long_bursts, "long_log_odds",
                      real(phase->shares.long_bursts), "middle_log_odds",
                      real(phase->shares.middle), "measures", shares_list(&phase->shares, false)));
    }
    return list;
}

static json_t *changes_list(const struct explanation *explanation)
{
    json_t *list = json_array();
    for (size_t i = 0; i < explanation->change_count; i++) {
        const struct explanation_change *change = &explanation->changes[i];
        json_t *class =
            change->there ? json_string(episode_class_names[change->class]) : json_null();
        json_array_append_new(
            list, json_pack("{s:s, s:o, s:o, s:o}", "options", change->option, "trial_type", class,
                            "onset", real(change->there ? change->onset : (double)NAN), "duration",
                            real(change->there ? change->offset - change->onset : (double)NAN)));
    }
    return list;
}

static json_t *group_object(const struct explanation *explanation)
{
    const struct episode *episode = &explanation->verdict.episode;
    json_t *group = json_pack(
        "{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "trial_type",
        episode_class_names[episode->class], "confidence", real(episode->confidence),
        "plausibility", real(episode->plausibility), "boundary", real(episode->boundary),
        "burst_rate", real(episode->burst_rate), "burst_rate_slope", real(episode->rate_slope),
        "regularity", real(episode->regularity), "duty_cycle", real(episode->duty_cycle), "depth",
        real(episode->depth), "mean", real(episode->mean), "peak", real(episode->peak));
    json_t *more = json_pack(
        "{s:b, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "by_duration",
        explanation->by_duration, "scattered_bursts", (json_int_t)explanation->jerks, "evidence",
        real(explanation->evidence), "median_burst", real(explanation->median_duration),
        "median_interval", real(explanation->median_interval), "median_silence",
        real(explanation->median_silence), "phases", phases_list(explanation),
        "plausibility_middle_log_odds", real(explanation->plausible.middle),
        "plausibility_measures", shares_list(&explanation->plausible, true), "bursts",
        burst_list(explanation->bursts, explanation->count));
    if (group && more) {
        json_object_update(group, more);
    }
    json_decref(more);
    return group;
}

static json_t *section(const struct explained *explained)
{
    const struct explanation *explanation = &explained->explanation;
    json_t *remark = explained->remark ? json_string(explained->remark) : json_null();
    json_t *group = explanation->count > 0 ? group_object(explanation) : json_null();
    return json_pack(
        "{s:o, s:s, s:o, s:o, s:o, s:o, s:{s:o, s:o, s:o, s:o}, s:o, s:o, s:o}", "channel",
        string_of(explained->label), "what", explanation_kind_names[explanation->kind], "onset",
        real(explanation->onset), "duration", real(explanation->offset - explanation->onset),
        "unit", string_of(explained->unit), "remark", remark, "detector", "floor",
        real(explanation->noise), "lowest_floor", real(explanation->noise_lowest), "tone",
        real(explanation->tone), "level", real(explanation->level), "group", group, "rejected",
        burst_list(explanation->rejected, explanation->rejected_count), "changes",
        changes_list(explanation));
}

enum status explain_write_json(FILE *stream, const char *recording, double time,
                               const struct explained *list, size_t count,
                               const struct parameters *parameters, struct error *error)
{
    json_t *sections = json_array();
    for (size_t i = 0; i < count; i++) {
        if (json_array_append_new(sections, section(&list[i])) != 0) {
            json_decref(sections);
            return error_memory(error, "writing an explanation");
        }
    }
    json_t *root =
        json_pack("{s:o, s:f, s:f, s:o}", "recording", string_of(recording), "time", time,
                  "least_plausibility", parameters->plausibility, "explanations", sections);
    if (!root) {
        return error_memory(error, "writing an explanation");
    }
    int failed = json_dumpf(root, stream, JSON_INDENT(2));
    fputc('\n', stream);
    json_decref(root);
    return failed ? error_set(error, STATUS_FAILED, "writing JSON failed") : STATUS_OK;
}
