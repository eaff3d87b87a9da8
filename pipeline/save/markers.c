/* Markers by epoch and channel, appended in pieces while the analysis runs. */
#include "formats/checked.h"
#include "pipeline/save/parts.h"
#include "pipeline/save/results_layout.h"

static const struct flag_names status_flags = {epoch_status_names};

static enum status allocate(struct saver *saver, struct error *error)
{
    size_t cells;
    if (!checked_multiply(SAVE_ROWS, saver->channel_count, &cells)) {
        return error_memory(error, "saving markers");
    }
    saver->times = checked_calloc(SAVE_ROWS, sizeof *saver->times);
    saver->active = checked_calloc(cells, sizeof *saver->active);
    saver->status = checked_calloc(cells, sizeof *saver->status);
    bool all = saver->times && saver->active && saver->status;
    for (size_t m = 0; m < markers_count; m++) {
        saver->markers[m] = checked_calloc(cells, sizeof *saver->markers[m]);
        all = all && saver->markers[m];
    }
    return all ? STATUS_OK : error_memory(error, "saving markers");
}

static enum status define(struct saver *saver, const struct recording_info *info,
                          struct error *error)
{
    static const char *const dimensions[] = {"epoch", "channel"};
    const struct column_definition channel = {"channel", COLUMN_TEXT, "", "label of the channel",
                                              NULL};
    const struct column_definition epoch = {
        "epoch", COLUMN_REAL, "s", "centre of the epoch, from the recording's start", NULL};
    const struct column_definition status_word = {"status", COLUMN_FLAGS, "",
                                                  "why values are missing or to be taken with care",
                                                  &status_flags};
    const struct column_definition active = {"active", COLUMN_REAL, "1",
                                             "fraction of the epoch with muscle activity", NULL};
    const char **labels = checked_calloc(saver->channel_count, sizeof *labels);
    if (!labels) {
        return error_memory(error, "saving markers");
    }
    for (size_t c = 0, i = 0; c < info->channel_count; c++) {
        if (info->channels[c].selected) {
            labels[i++] = info->channels[c].label;
        }
    }
    enum status status =
        results_dimension(saver->writer, &channel, saver->channel_count, labels, error);
    free(labels);
    if (status == STATUS_OK) {
        status = results_growing_dimension(saver->writer, &epoch, error);
    }
    for (size_t m = 0; m < markers_count && status == STATUS_OK; m++) {
        const struct marker *marker = &markers_table[m];
        char unit[2 * UNIT_SIZE];
        analysis_marker_unit(marker, saver->unit, unit, sizeof unit);
        const struct column_definition definition = {marker->name, COLUMN_REAL, unit,
                                                     marker->long_name, NULL};
        status =
            results_array(saver->writer, LAYOUT_MARKERS, &definition, dimensions, 2, false, error);
        if (status == STATUS_OK && marker->reference && marker->reference[0]) {
            status = results_array_attribute(saver->writer, LAYOUT_MARKERS, marker->name,
                                             "references", marker->reference, error);
        }
    }
    if (status == STATUS_OK) {
        status = results_array(saver->writer, LAYOUT_MARKERS, &active, dimensions, 2, false, error);
    }
    return status == STATUS_OK ? results_array(saver->writer, LAYOUT_MARKERS, &status_word,
                                               dimensions, 2, false, error)
                               : status;
}

enum status save_markers_create(struct saver *saver, const struct recording_info *info,
                                struct error *error)
{
    enum status status = allocate(saver, error);
    return status == STATUS_OK ? define(saver, info, error) : status;
}

enum status saver_row(void *context, const struct analysis_row *row, struct error *error)
{
    struct saver *saver = context;
    size_t first = saver->waiting * saver->channel_count;
    saver->times[saver->waiting] = row->time;
    for (size_t i = 0; i < row->channel_count; i++) {
        const struct channel_row *channel = row->channels[i];
        for (size_t m = 0; m < markers_count; m++) {
            saver->markers[m][first + i] = channel->values[m];
        }
        saver->active[first + i] = channel->active;
        saver->status[first + i] = channel->status;
    }
    saver->waiting++;
    return saver->waiting == SAVE_ROWS ? save_markers_flush(saver, error) : STATUS_OK;
}

enum status save_markers_flush(struct saver *saver, struct error *error)
{
    struct results_writer *writer = saver->writer;
    size_t count = saver->waiting;
    enum status status = results_append(writer, "/", "epoch", saver->times, count, error);
    for (size_t m = 0; m < markers_count && status == STATUS_OK; m++) {
        status = results_append(writer, LAYOUT_MARKERS, markers_table[m].name, saver->markers[m],
                                count, error);
    }
    if (status == STATUS_OK) {
        status = results_append(writer, LAYOUT_MARKERS, "active", saver->active, count, error);
    }
    if (status == STATUS_OK) {
        status = results_append(writer, LAYOUT_MARKERS, "status", saver->status, count, error);
    }
    saver->waiting = 0;
    return status;
}

void save_markers_clear(struct saver *saver)
{
    for (size_t m = 0; m < MARKERS_MAX; m++) {
        free(saver->markers[m]);
    }
    free(saver->times);
    free(saver->active);
    free(saver->status);
}
