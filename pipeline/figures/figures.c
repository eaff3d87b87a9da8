#include "pipeline/figures/figures.h"

#include "formats/output.h"
#include "pipeline/figures/gnuplot.h"
#include "pipeline/figures/input.h"
#include "pipeline/figures/script.h"
#include "pipeline/figures/scripts.h"
#include "pipeline/figures/select.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

extern const struct figure figure_overview;
extern const struct figure figure_trend;
extern const struct figure figure_spectrum;
extern const struct figure figure_spectrogram;
extern const struct figure figure_episode;

const struct figure *const figures[] = {
    &figure_overview, &figure_trend, &figure_spectrum, &figure_spectrogram, &figure_episode, NULL,
};

const char *const figure_format_names[] = {"svg", "pdf", "png", NULL};

bool figure_format_of(const char *path, enum figure_format *format)
{
    const char *dot = strrchr(path, '.');
    for (int i = 0; dot && figure_format_names[i]; i++) {
        if (strcasecmp(dot + 1, figure_format_names[i]) == 0) {
            *format = (enum figure_format)i;
            return true;
        }
    }
    return false;
}

const struct figure *figures_find(const char *name)
{
    for (size_t i = 0; figures[i]; i++) {
        if (strcmp(figures[i]->name, name) == 0) {
            return figures[i];
        }
    }
    return NULL;
}

struct table *figures_list(struct error *error)
{
    static const char *const scopes[] = {"recording", "marker", "episode"};
    static const struct column_definition columns[] = {
        {"figure", COLUMN_TEXT, "", "name of the figure", NULL},
        {"one_per", COLUMN_TEXT, "", "what one is drawn for", NULL},
        {"description", COLUMN_TEXT, "", "what it shows", NULL},
    };
    struct table *table = table_create("figures", columns, 3, error);
    for (size_t i = 0; table && figures[i]; i++) {
        const char *texts[] = {figures[i]->name, scopes[figures[i]->scope],
                               figures[i]->description};
        size_t row;
        enum status status = table_append(table, &row, error);
        for (size_t c = 0; c < 3 && status == STATUS_OK; c++) {
            status = table_set_text(table, row, c, texts[c], error);
        }
        if (status != STATUS_OK) {
            table_destroy(table);
            return NULL;
        }
    }
    return table;
}

/* All that is drawn in one process. */
struct drawing {
    const struct figure_options *options;
    struct figure_input input;
    struct figure_selection selection;
    struct output **outputs; /* by figure of the selection */
    struct script_file style, own_style;
    struct gnuplot *gnuplot;
};

static enum status open_outputs(struct drawing *drawing, const char *results_path,
                                const char *folder, const char *stem, struct error *error)
{
    const struct figure_selection *selection = &drawing->selection;
    enum status status = output_make_folder(folder, error);
    for (size_t i = 0; i < selection->count && status == STATUS_OK; i++) {
        char *path = NULL;
        if (asprintf(&path, "%s/%s_%s.%s", folder, stem, selection->items[i].name,
                     figure_format_names[drawing->options->format]) < 0) {
            return error_memory(error, "drawing figures");
        }
        status =
            output_create(path, results_path, drawing->options->force, &drawing->outputs[i], error);
        free(path);
    }
    return status;
}

static void send_text(struct drawing *drawing, const char *what, const struct script_file *file)
{
    gnuplot_send(drawing->gnuplot, what, file->text, file->length);
}

/* Sends a figure: its data, the styles and its script. */
static enum status send_figure(struct drawing *drawing, size_t i, const struct script_file *body,
                               struct error *error)
{
    const struct figure_item *item = &drawing->selection.items[i];
    const struct figure_options *options = drawing->options;
    const char *data = NULL, *format = figure_format_names[options->format];
    size_t length = 0;
    char head[160];
    struct figure_script *script = figure_script_create(error);
    if (!script) {
        return STATUS_FAILED;
    }
    enum status status = item->figure->prepare(&drawing->input, &item->request, script, error);
    if (status == STATUS_OK) {
        status = figure_script_finish(script, &data, &length, error);
    }
    if (status == STATUS_OK) {
        int size =
            snprintf(head, sizeof head, "reset session\nfigure_format = '%s'\nfigure_file = '%s'\n",
                     format, gnuplot_figure_file(drawing->gnuplot, i));
        gnuplot_send(drawing->gnuplot, item->what, head, (size_t)size);
        gnuplot_send(drawing->gnuplot, "the data of a figure", data, length);
        send_text(drawing, "style.gp", &drawing->style);
        if (drawing->own_style.text) {
            send_text(drawing, options->style, &drawing->own_style);
        }
        send_text(drawing, item->what, body);
    }
    if (status == STATUS_OK && options->keep_gp) {
        const struct kept_figure kept = {item->name,      options->format,     data, length,
                                         &drawing->style, &drawing->own_style, body};
        status = scripts_keep(options->keep_gp, &kept, options->force, error);
    }
    figure_script_destroy(script);
    return status;
}

static enum status send_all(struct drawing *drawing, struct error *error)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; i < drawing->selection.count && status == STATUS_OK; i++) {
        struct script_file body;
        status = scripts_read(drawing->selection.items[i].figure->name, &body, error);
        if (status == STATUS_OK) {
            status = send_figure(drawing, i, &body, error);
        }
        scripts_clear(&body);
    }
    return status;
}

/* Draws all figures of the selection and puts them in place. */
static enum status draw(struct drawing *drawing, struct error *error)
{
    const struct figure_options *options = drawing->options;
    size_t count = drawing->selection.count;
    enum status status = scripts_read("style", &drawing->style, error);
    if (status == STATUS_OK && options->style) {
        status = scripts_read_path(options->style, &drawing->own_style, error);
    }
    if (status == STATUS_OK) {
        status = gnuplot_start(count, &drawing->gnuplot, error);
    }
    if (status == STATUS_OK) {
        status = send_all(drawing, error);
    }
    if (status == STATUS_OK) {
        status = gnuplot_finish(drawing->gnuplot, error);
    }
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        status = gnuplot_copy(drawing->gnuplot, i, options->format,
                              output_stream(drawing->outputs[i]), error);
        if (status != STATUS_OK) {
            error_prefix(error, drawing->selection.items[i].what);
        }
    }
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        status = output_seal(drawing->outputs[i], error);
    }
    /* The first comes last: where it is, all are. */
    for (size_t i = count; i > 0 && status == STATUS_OK; i--) {
        status = output_commit(drawing->outputs[i - 1], error);
        drawing->outputs[i - 1] = NULL;
    }
    return status;
}

static enum status open_drawing(struct drawing *drawing, const char *path,
                                const struct figure_options *options, struct error *error)
{
    *drawing = (struct drawing){.options = options};
    return figure_input_open(path, options->channels, &drawing->input, error);
}

static enum status make_room(struct drawing *drawing, struct error *error)
{
    drawing->outputs = calloc(drawing->selection.count + 1, sizeof(struct output *));
    return drawing->outputs ? STATUS_OK : error_memory(error, "drawing figures");
}

static void close_drawing(struct drawing *drawing)
{
    gnuplot_destroy(drawing->gnuplot);
    for (size_t i = 0; drawing->outputs && i < drawing->selection.count; i++) {
        output_abort(drawing->outputs[i]);
    }
    free(drawing->outputs);
    scripts_clear(&drawing->style);
    scripts_clear(&drawing->own_style);
    figure_selection_clear(&drawing->selection);
    figure_input_close(&drawing->input);
}

static bool in_selection(const struct figure_selection *selection, const char *name, size_t length)
{
    for (size_t i = 0; i < selection->count; i++) {
        if (strlen(selection->items[i].name) == length &&
            strncmp(selection->items[i].name, name, length) == 0) {
            return true;
        }
    }
    return false;
}

/* Whether `name`, of `length` characters, is FIGURE-N of a figure per episode. */
static bool is_of_episode(const char *name, size_t length)
{
    for (size_t i = 0; figures[i]; i++) {
        size_t own = strlen(figures[i]->name);
        if (figures[i]->scope == FIGURE_PER_EPISODE && length > own + 1 &&
            strncmp(name, figures[i]->name, own) == 0 && name[own] == '-' &&
            strspn(name + own + 1, "0123456789") == length - own - 1) {
            return true;
        }
    }
    return false;
}

/* Removes the figures of episodes that are no more: beside the others they would be false. */
static void remove_stale(const struct drawing *drawing, const char *folder, const char *stem)
{
    const char *format = figure_format_names[drawing->options->format];
    size_t start = strlen(stem), end = strlen(format) + 1;
    DIR *directory = opendir(folder);
    for (const struct dirent *entry; directory && (entry = readdir(directory));) {
        const char *name = entry->d_name;
        size_t length = strlen(name);
        if (length < start + 1 + end || strncmp(name, stem, start) != 0 || name[start] != '_' ||
            name[length - end] != '.' || strcmp(name + length - end + 1, format) != 0) {
            continue;
        }
        const char *figure = name + start + 1;
        size_t inner = length - start - 1 - end;
        if (is_of_episode(figure, inner) && !in_selection(&drawing->selection, figure, inner)) {
            unlinkat(dirfd(directory), name, 0);
        }
    }
    if (directory) {
        closedir(directory);
    }
}

enum status figures_draw(const char *results_path, const char *folder, const char *stem,
                         const struct figure_options *options, struct error *error)
{
    struct drawing drawing;
    enum status status = open_drawing(&drawing, results_path, options, error);
    if (status == STATUS_OK) {
        status = figure_select_all(&drawing.input, options, &drawing.selection, error);
    }
    if (status == STATUS_OK) {
        status = make_room(&drawing, error);
    }
    if (status == STATUS_OK) {
        status = open_outputs(&drawing, results_path, folder, stem, error);
    }
    if (status == STATUS_OK && drawing.selection.count > 0) {
        status = draw(&drawing, error);
    }
    if (status == STATUS_OK && options->force && !options->names && options->episode == 0) {
        remove_stale(&drawing, folder, stem);
    }
    close_drawing(&drawing);
    return status;
}

/* Whether a file name is STEM_FIGURE.FORMAT or STEM_FIGURE-SUFFIX.FORMAT. */
static bool is_figure(const char *name, const char *stem)
{
    enum figure_format format;
    size_t length = strlen(stem);
    if (strncmp(name, stem, length) != 0 || name[length] != '_' ||
        !figure_format_of(name, &format)) {
        return false;
    }
    name += length + 1;
    for (size_t i = 0; figures[i]; i++) {
        size_t own = strlen(figures[i]->name);
        if (strncmp(name, figures[i]->name, own) == 0 && (name[own] == '.' || name[own] == '-')) {
            return true;
        }
    }
    return false;
}

void figures_remove(const char *folder, const char *stem)
{
    DIR *listing = opendir(folder);
    struct dirent *entry;
    while (listing && (entry = readdir(listing))) {
        if (is_figure(entry->d_name, stem)) {
            unlinkat(dirfd(listing), entry->d_name, 0);
        }
    }
    if (listing) {
        closedir(listing);
    }
}

enum status figures_draw_one(const char *results_path, const char *figure, const char *path,
                             const struct figure_options *options, struct error *error)
{
    struct drawing drawing;
    enum status status = open_drawing(&drawing, results_path, options, error);
    if (status == STATUS_OK) {
        status = figure_select_one(&drawing.input, figure, options, &drawing.selection, error);
    }
    if (status == STATUS_OK) {
        status = make_room(&drawing, error);
    }
    if (status == STATUS_OK) {
        status = output_create(path, results_path, options->force, &drawing.outputs[0], error);
    }
    if (status == STATUS_OK) {
        status = draw(&drawing, error);
    }
    close_drawing(&drawing);
    return status;
}
