#include "pipeline/figures/input.h"

#include "formats/checked.h"
#include "formats/selection.h"
#include "formats/text.h"
#include "pipeline/figures/display.h"
#include "pipeline/save/results_layout.h"
#include "pipeline/signal/markers.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define STEPS 4096 /* epochs read at a time */

enum status figure_input_array(const struct figure_input *input, const char *group,
                               const char *name, size_t rank, const size_t *sizes,
                               struct results_values *values, struct error *error)
{
    enum status status = results_read(input->results, group, name, values, error);
    if (status != STATUS_OK) {
        return status;
    }
    bool fits = values->type == COLUMN_REAL && values->rank == rank;
    for (size_t i = 0; fits && i < rank; i++) {
        fits = sizes[i] == 0 || values->size[i] == sizes[i];
    }
    if (!fits) {
        results_values_clear(values);
        return error_set(error, STATUS_FAILED,
                         "%s: %s/%s has another shape than soleus gives it; analyse the recording "
                         "again",
                         results_path(input->results), group, name);
    }
    return STATUS_OK;
}

/* The civil time of the root attribute `start`; NaN when there is none. */
static double start_of(struct results *results)
{
    const char *text = results_text_attribute(results, "start");
    int year, month, day, hour, minute, second, used = 0;
    int64_t seconds;
    if (!text ||
        sscanf(text, "%d-%d-%dT%d:%d:%d%n", &year, &month, &day, &hour, &minute, &second, &used) <
            6 ||
        !text_civil_seconds(year, month, day, hour, minute, second, &seconds)) {
        return NAN;
    }
    return (double)seconds + (text[used] == '.' ? strtod(text + used, NULL) : 0);
}

static double confidence_of(struct results *results)
{
    const char *text = results_text_attribute(results, "parameters");
    json_error_t why;
    json_t *root = text ? json_loads(text, 0, &why) : NULL;
    json_t *value = json_object_get(root, "confidence");
    double confidence = json_is_number(value) ? json_number_value(value) : NAN;
    json_decref(root);
    return confidence > 0 && confidence < 1 ? confidence : 0.95;
}

static enum status read_channels(struct figure_input *input, struct error *error)
{
    struct results_values values;
    enum status status = results_read(input->results, "/", "channel", &values, error);
    if (status != STATUS_OK) {
        return status;
    }
    if (values.type != COLUMN_TEXT || values.count == 0) {
        results_values_clear(&values);
        return error_set(error, STATUS_FAILED, "%s: has no channels", results_path(input->results));
    }
    input->channel_count = values.count;
    input->labels = checked_calloc(values.count, sizeof *input->labels);
    for (size_t c = 0; input->labels && c < values.count; c++) {
        input->labels[c] = strdup(values.texts[c] ? values.texts[c] : "");
        status = input->labels[c] ? status : error_memory(error, "reading channels");
    }
    results_values_clear(&values);
    return input->labels ? status : error_memory(error, "reading channels");
}

/* Marks the channels of a list, by the rules of every command's --channels. */
static enum status choose_channels(struct figure_input *input, const char *list,
                                   struct error *error)
{
    struct recording_info info = {0};
    enum status status = recording_info_allocate(&info, input->channel_count, error);
    input->shown = checked_calloc(input->channel_count, sizeof *input->shown);
    if (!input->shown) {
        status = error_memory(error, "choosing channels");
    }
    for (size_t c = 0; c < input->channel_count && status == STATUS_OK; c++) {
        snprintf(info.channels[c].label, sizeof info.channels[c].label, "%s", input->labels[c]);
    }
    if (status == STATUS_OK) {
        status = selection_apply(&info, results_path(input->results), list, true, error);
    }
    for (size_t c = 0; c < input->channel_count && status == STATUS_OK; c++) {
        if (info.channels[c].selected) {
            input->shown[input->shown_count++] = c;
        }
    }
    recording_info_clear(&info);
    return status;
}

/* Which epochs hold activity, in steps: statuses of a day are large as 64-bit numbers. */
static enum status read_active(struct figure_input *input, struct error *error)
{
    size_t channels = input->channel_count, size;
    enum status status = STATUS_OK;
    input->active = checked_multiply(input->epoch_count, channels, &size)
                        ? checked_calloc(size, sizeof *input->active)
                        : NULL;
    if (!input->active) {
        return error_memory(error, "reading epochs");
    }
    for (size_t first = 0; first < input->epoch_count && status == STATUS_OK; first += STEPS) {
        struct results_values values;
        size_t left = input->epoch_count - first, count = left < STEPS ? left : STEPS;
        status = results_read_steps(input->results, LAYOUT_MARKERS, "status", first, count, &values,
                                    error);
        if (status == STATUS_OK && (!values.integers || values.count != count * channels)) {
            status = error_set(error, STATUS_FAILED, "%s: /markers/status is not over channels",
                               results_path(input->results));
        }
        for (size_t i = 0; status == STATUS_OK && i < values.count; i++) {
            input->active[first * channels + i] = !(values.integers[i] & EPOCH_REST);
        }
        results_values_clear(&values);
    }
    return status;
}

static enum status read_epochs(struct figure_input *input, struct error *error)
{
    const size_t any[] = {0};
    struct results_values values;
    enum status status = figure_input_array(input, "/", "epoch", 1, any, &values, error);
    if (status != STATUS_OK) {
        return status;
    }
    input->epoch_count = values.count;
    input->epoch = values.reals;
    values.reals = NULL;
    results_values_clear(&values);
    return read_active(input, error);
}

/* A table of the file, or an empty one. */
static enum status read_table(struct figure_input *input, const char *group, struct table **table,
                              struct error *error)
{
    if (results_arrays(input->results, group)) {
        return results_read_table(input->results, group, table, error);
    }
    *table = table_create(group, NULL, 0, error);
    return *table ? STATUS_OK : STATUS_FAILED;
}

enum status figure_input_open(const char *path, const char *channels, struct figure_input *input,
                              struct error *error)
{
    *input = (struct figure_input){0};
    enum status status = results_open(path, &input->results, error);
    if (status == STATUS_OK) {
        input->start = start_of(input->results);
        input->duration = results_real_attribute(input->results, "duration");
        input->confidence = confidence_of(input->results);
        status = read_channels(input, error);
    }
    if (status == STATUS_OK) {
        status = choose_channels(input, channels, error);
    }
    if (status == STATUS_OK) {
        status = read_epochs(input, error);
    }
    if (status == STATUS_OK) {
        status = read_table(input, LAYOUT_EPISODES, &input->episodes, error);
    }
    if (status == STATUS_OK) {
        status = read_table(input, LAYOUT_BURSTS, &input->bursts, error);
    }
    if (status == STATUS_OK) {
        status = read_table(input, LAYOUT_TRENDS, &input->trends, error);
    }
    if (status == STATUS_OK && !(input->duration > 0 && isfinite(input->duration))) {
        status = error_set(error, STATUS_FAILED,
                           "%s: tells no duration; analyse the recording "
                           "again",
                           path);
    }
    if (status != STATUS_OK) {
        figure_input_close(input);
    }
    return status;
}

void figure_input_close(struct figure_input *input)
{
    for (size_t c = 0; input->labels && c < input->channel_count; c++) {
        free(input->labels[c]);
    }
    free(input->labels);
    free(input->shown);
    free(input->epoch);
    free(input->active);
    table_destroy(input->episodes);
    table_destroy(input->bursts);
    table_destroy(input->trends);
    results_close(input->results);
    *input = (struct figure_input){0};
}

size_t figure_input_channel(const struct figure_input *input, const char *label)
{
    for (size_t c = 0; label && c < input->channel_count; c++) {
        if (strcmp(input->labels[c], label) == 0) {
            return c;
        }
    }
    return SIZE_MAX;
}

enum status figure_input_source(const struct figure_input *input, struct figure_script *script,
                                struct error *error)
{
    const char *source = results_text_attribute(input->results, "source_file");
    char *name = figure_display_text(source ? figure_base_name(source) : "", 48);
    if (!name) {
        return error_memory(error, "preparing a figure");
    }
    figure_script_text(script, "source", name);
    free(name);
    return STATUS_OK;
}

enum status figure_input_common(const struct figure_input *input, size_t characters,
                                struct figure_script *script, struct error *error)
{
    char **labels = checked_calloc(input->shown_count, sizeof *labels);
    bool good = labels && figure_input_source(input, script, error) == STATUS_OK;
    for (size_t i = 0; good && i < input->shown_count; i++) {
        labels[i] = figure_display_text(input->labels[input->shown[i]], characters);
        good = labels[i] != NULL;
    }
    if (good) {
        figure_script_real(script, "start", input->start);
        figure_script_real(script, "time_from", 0);
        figure_script_real(script, "time_to", input->duration);
        figure_script_integer(script, "channels", (int64_t)input->shown_count);
        figure_script_texts(script, "channel_label", (const char *const *)labels,
                            input->shown_count);
    }
    for (size_t i = 0; labels && i < input->shown_count; i++) {
        free(labels[i]);
    }
    free(labels);
    return good ? STATUS_OK : error_memory(error, "preparing a figure");
}

int figure_episode_class(const char *trial_type)
{
    static const char *const names[] = {"tonic", "clonic", "tonic-clonic", "myoclonic"};
    for (int i = 0; trial_type && i < 4; i++) {
        if (strcmp(trial_type, names[i]) == 0) {
            return i + 1;
        }
    }
    return 0;
}

double figure_cell(const struct table *table, size_t row, const char *column)
{
    size_t index = table_find(table, column);
    return index == SIZE_MAX ? (double)NAN : table_real(table, row, index);
}

const char *figure_cell_text(const struct table *table, size_t row, const char *column)
{
    size_t index = table_find(table, column);
    return index == SIZE_MAX ? NULL : table_text(table, row, index);
}
