#include "pipeline/figures/select.h"

#include "formats/checked.h"
#include "pipeline/figures/gnuplot.h"
#include "pipeline/save/results_layout.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define MARKER_DEFAULT "mdf"

void figure_selection_clear(struct figure_selection *selection)
{
    free(selection->items);
    *selection = (struct figure_selection){0};
}

static enum status add(struct figure_selection *selection, const struct figure *figure,
                       const char *marker, size_t episode, struct error *error)
{
    if (selection->count == GNUPLOT_FIGURES_MAX) {
        return error_set(error, STATUS_FAILED, "figures: more than %d at a time; ask for fewer",
                         GNUPLOT_FIGURES_MAX);
    }
    struct figure_item *items =
        checked_realloc(selection->items, selection->count + 1, sizeof *items);
    if (!items) {
        return error_memory(error, "choosing figures");
    }
    selection->items = items;
    struct figure_item *item = &items[selection->count++];
    *item = (struct figure_item){.figure = figure, .request = {marker, episode}};
    if (figure->scope == FIGURE_PER_EPISODE && episode > 0) {
        snprintf(item->name, sizeof item->name, "%s-%zu", figure->name, episode);
    } else if (figure->scope == FIGURE_PER_MARKER && marker &&
               strcmp(marker, MARKER_DEFAULT) != 0) {
        snprintf(item->name, sizeof item->name, "%s-%s", figure->name, marker);
    } else {
        snprintf(item->name, sizeof item->name, "%s", figure->name);
    }
    snprintf(item->what, sizeof item->what, "figure %s", item->name);
    return STATUS_OK;
}

/* A marker of the file whose name can stand in a file name. */
static enum status check_marker(const struct figure_input *input, const char *marker,
                                struct error *error)
{
    size_t length = strlen(marker);
    bool plain = length > 0 && length < 32 &&
                 strspn(marker, "abcdefghijklmnopqrstuvwxyz0123456789_") == length;
    if (plain && strcmp(marker, "status") != 0 && strcmp(marker, "active") != 0 &&
        results_has(input->results, LAYOUT_MARKERS, marker)) {
        return STATUS_OK;
    }
    return error_set(error, STATUS_USAGE,
                     "%s: has no marker '%s'; 'soleus markers --list' lists them",
                     results_path(input->results), marker);
}

/* An episode with what its figure is chosen by. */
struct candidate {
    size_t row; /* from 1 */
    double weight;
};

static int by_weight(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    if (x->weight != y->weight) {
        return x->weight > y->weight ? -1 : 1;
    }
    return (x->row > y->row) - (x->row < y->row);
}

/* The episodes of shown channels that have a close-up, the most telling first. Owned by the
 * caller. */
static enum status find_candidates(const struct figure_input *input, struct candidate **candidates,
                                   size_t *count, struct error *error)
{
    struct results_values values = {0};
    *count = 0;
    *candidates = NULL;
    if (!results_has(input->results, LAYOUT_CLOSEUPS, "episode")) {
        return STATUS_OK;
    }
    enum status status = results_read(input->results, LAYOUT_CLOSEUPS, "episode", &values, error);
    if (status == STATUS_OK) {
        *candidates = checked_calloc(values.count, sizeof **candidates);
        status = *candidates ? STATUS_OK : error_memory(error, "choosing episodes");
    }
    for (size_t i = 0; status == STATUS_OK && values.integers && i < values.count; i++) {
        int64_t row = values.integers[i];
        if (row < 1 || (size_t)row > input->episodes->row_count) {
            continue;
        }
        size_t index = (size_t)row - 1;
        size_t channel =
            figure_input_channel(input, figure_cell_text(input->episodes, index, "channel"));
        bool shown = false;
        for (size_t c = 0; c < input->shown_count; c++) {
            shown = shown || input->shown[c] == channel;
        }
        double weight = figure_cell(input->episodes, index, "duration") *
                        figure_cell(input->episodes, index, "confidence");
        if (shown) {
            (*candidates)[(*count)++] =
                (struct candidate){(size_t)row, isfinite(weight) ? weight : 0};
        }
    }
    if (status == STATUS_OK && *count > 1) {
        qsort(*candidates, *count, sizeof **candidates, by_weight);
    }
    results_values_clear(&values);
    return status;
}

static enum status no_closeup(const struct figure_input *input, size_t episode, struct error *error)
{
    size_t rows = input->episodes->row_count;
    const char *path = results_path(input->results);
    if (rows == 0) {
        return error_set(error, STATUS_FAILED, "%s: holds no episodes", path);
    }
    if (episode > rows) {
        return error_set(error, STATUS_FAILED, "%s: has no episode %zu; they are 1 to %zu", path,
                         episode, rows);
    }
    return error_set(error, STATUS_FAILED,
                     "%s: keeps no close-up of episode %zu, or its channel is not chosen; choose "
                     "another episode or channel",
                     path, episode);
}

/* The rows of episodes to draw, from 1, in *rows (limit of them at most), owned by the caller. */
static enum status choose_episodes(const struct figure_input *input, size_t episode, size_t limit,
                                   size_t **rows, size_t *count, struct error *error)
{
    struct candidate *candidates = NULL;
    size_t found;
    enum status status = find_candidates(input, &candidates, &found, error);
    *rows = checked_calloc(limit, sizeof **rows);
    *count = 0;
    if (status == STATUS_OK && !*rows) {
        status = error_memory(error, "choosing episodes");
    }
    for (size_t i = 0; status == STATUS_OK && i < found && *count < limit; i++) {
        if (episode == 0 || candidates[i].row == episode) {
            (*rows)[(*count)++] = candidates[i].row;
        }
    }
    if (status == STATUS_OK && episode > 0 && *count == 0) {
        status = no_closeup(input, episode, error);
    }
    free(candidates);
    return status;
}

static enum status add_episodes(const struct figure_input *input, const struct figure *figure,
                                const struct figure_options *options, size_t limit,
                                struct figure_selection *selection, struct error *error)
{
    size_t *rows = NULL, count;
    enum status status = choose_episodes(input, options->episode, limit, &rows, &count, error);
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        status = add(selection, figure, NULL, rows[i], error);
    }
    free(rows);
    return status;
}

static bool named(const struct figure *figure, const char *const *names)
{
    for (size_t i = 0; names && names[i]; i++) {
        if (strcmp(names[i], figure->name) == 0) {
            return true;
        }
    }
    return !names;
}

static enum status no_such_figure(const char *name, struct error *error)
{
    return error_set(error, STATUS_USAGE,
                     "there is no figure '%s'; 'soleus plot --list' lists them", name);
}

enum status figure_select_all(const struct figure_input *input,
                              const struct figure_options *options,
                              struct figure_selection *selection, struct error *error)
{
    size_t limit = options->episode_limit ? options->episode_limit : FIGURE_EPISODE_LIMIT;
    enum status status = STATUS_OK;
    for (size_t i = 0; options->names && options->names[i]; i++) {
        if (!figures_find(options->names[i])) {
            return no_such_figure(options->names[i], error);
        }
    }
    for (size_t i = 0; figures[i] && status == STATUS_OK; i++) {
        const char *const both[] = {MARKER_DEFAULT, "rms"}, *const one[] = {options->marker};
        const char *const *markers = options->marker ? one : both;
        if (!named(figures[i], options->names)) {
            continue;
        }
        switch (figures[i]->scope) {
        case FIGURE_PER_RECORDING:
            status = add(selection, figures[i], NULL, 0, error);
            break;
        case FIGURE_PER_MARKER:
            for (size_t m = 0; m < (options->marker ? 1 : 2) && status == STATUS_OK; m++) {
                status = check_marker(input, markers[m], error);
                if (status == STATUS_OK) {
                    status = add(selection, figures[i], markers[m], 0, error);
                }
            }
            break;
        case FIGURE_PER_EPISODE:
            status = add_episodes(input, figures[i], options, limit, selection, error);
            break;
        }
    }
    return status;
}

enum status figure_select_one(const struct figure_input *input, const char *name,
                              const struct figure_options *options,
                              struct figure_selection *selection, struct error *error)
{
    const struct figure *figure = figures_find(name);
    const char *marker = options->marker ? options->marker : MARKER_DEFAULT;
    if (!figure) {
        return no_such_figure(name, error);
    }
    enum status status = STATUS_OK;
    if (figure->scope == FIGURE_PER_MARKER) {
        status = check_marker(input, marker, error);
    } else if (figure->scope == FIGURE_PER_EPISODE) {
        status = add_episodes(input, figure, options, 1, selection, error);
    }
    if (status == STATUS_OK && selection->count == 0) {
        status = add(selection, figure, marker, 0, error);
    }
    return status;
}
