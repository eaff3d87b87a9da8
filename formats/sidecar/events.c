/* *_events.tsv: annotations. */
#include "formats/sidecar/parts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Adds the event of one row; text: what happened, and the channel as EDF+ writes it. */
static enum status add(const struct table *table, size_t row, const size_t columns[3],
                       const size_t times[2], struct recording_info *info, struct error *error)
{
    char what[4 * LABEL_SIZE], channel[LABEL_SIZE], text[6 * LABEL_SIZE];
    double onset = table_real(table, row, times[0]);
    double duration = times[1] == SIZE_MAX ? NAN : table_real(table, row, times[1]);
    if (!isfinite(onset)) {
        return STATUS_OK;
    }
    sidecar_cell(table, row, columns[0], what, sizeof what);
    if (what[0] == '\0') {
        sidecar_cell(table, row, columns[1], what, sizeof what);
    }
    sidecar_cell(table, row, columns[2], channel, sizeof channel);
    snprintf(text, sizeof text, "%s%s%s", what[0] ? what : "event", channel[0] ? "@@" : "",
             channel);
    return recording_info_annotate(info, onset, duration >= 0 ? duration : NAN, text, strlen(text),
                                   error);
}

enum status sidecar_annotate(struct sidecars *sidecars, struct recording_info *info,
                             struct error *error)
{
    static const char *const names[3][4] = {{"trial_type"}, {"value"}, {"channel"}};
    struct table *table = sidecars->events;
    enum status status = STATUS_OK;
    size_t columns[3], times[2];
    if (!table) {
        return STATUS_OK;
    }
    times[0] = table_find(table, "onset");
    times[1] = table_find(table, "duration");
    if (times[0] == SIZE_MAX || table->columns[times[0]].definition.type != COLUMN_REAL) {
        error_set(error, STATUS_FAILED, "%s: has no column 'onset' with seconds",
                  sidecars->events_path);
        return sidecar_broken(sidecars, error);
    }
    for (int i = 0; i < 3 && status == STATUS_OK; i++) {
        status = sidecar_text_column(table, names[i], &columns[i], error);
    }
    for (size_t row = 0; row < table->row_count && status == STATUS_OK; row++) {
        status = add(table, row, columns, times, info, error);
    }
    return status;
}
