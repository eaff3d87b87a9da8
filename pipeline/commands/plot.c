/* soleus plot: one figure of a results file. */
#include "formats/output.h"
#include "pipeline/commands/message.h"
#include "pipeline/commands/options.h"
#include "pipeline/figures/figures.h"

#include <string.h>

static enum status print_list(const struct settings *settings, struct error *error)
{
    struct output *output = NULL;
    struct table *list = figures_list(error);
    enum status status = list ? message_output(settings, NULL, &output, error) : STATUS_FAILED;
    if (status == STATUS_OK) {
        table_write_tsv(list, output_stream(output), true, 0, list->row_count);
        status = output_commit(output, error);
    }
    table_destroy(list);
    return status;
}

/* The figure that the options ask for. */
static const char *figure_name(const struct settings *settings)
{
    return settings->figure        ? settings->figure
           : settings->episode > 0 ? "episode"
           : settings->markers     ? "trend"
                                   : "overview";
}

/* Names every option that makes no sense; how many. */
static int check(const struct settings *settings, size_t operands, enum figure_format *format)
{
    const char *name = figure_name(settings), *output = settings->output;
    const struct figure *figure = figures_find(name);
    struct error error;
    int bad = 0;
    if (operands == 0) {
        error_set(&error, STATUS_USAGE, "wants a results file");
        bad += message_error("plot", &error) != EXIT_DONE;
    }
    if (!output) {
        error_set(&error, STATUS_USAGE,
                  "wants -o FIGURE, ending in .svg, .pdf or .png, or -o - for standard output");
        bad += message_error("plot", &error) != EXIT_DONE;
    } else if (strcmp(output, "-") != 0 && !figure_format_of(output, format)) {
        error_set(&error, STATUS_USAGE, "-o %s: a figure's name ends in .svg, .pdf or .png",
                  output);
        bad += message_error("plot", &error) != EXIT_DONE;
    }
    if (!figure) {
        error_set(&error, STATUS_USAGE,
                  "--figure: there is no '%s'; 'soleus plot --list' lists the figures", name);
        bad += message_error("plot", &error) != EXIT_DONE;
    }
    if (figure && settings->episode > 0 && figure->scope != FIGURE_PER_EPISODE) {
        error_set(&error, STATUS_USAGE,
                  "--episode says nothing to the figure '%s'; use --figure episode", name);
        bad += message_error("plot", &error) != EXIT_DONE;
    }
    if (figure && settings->markers && figure->scope != FIGURE_PER_MARKER) {
        error_set(&error, STATUS_USAGE,
                  "--marker says nothing to the figure '%s'; use --figure trend", name);
        bad += message_error("plot", &error) != EXIT_DONE;
    }
    return bad;
}

static int run(struct settings *settings, size_t count, char **operands)
{
    struct error error = {0};
    if (settings->list) {
        return print_list(settings, &error) == STATUS_OK ? EXIT_DONE
                                                         : message_error("plot", &error);
    }
    struct figure_options options = {
        .format = (enum figure_format)settings->figure_kind,
        .marker = settings->markers,
        .episode = settings->episode,
        .channels = settings->recording.channels,
        .style = settings->style,
        .keep_gp = settings->keep_gp,
        .force = settings->force,
    };
    if (check(settings, count, &options.format) > 0) {
        return EXIT_USAGE;
    }
    enum status status =
        figures_draw_one(operands[0], figure_name(settings), settings->output, &options, &error);
    return status == STATUS_OK ? EXIT_DONE : message_error("plot", &error);
}

static const struct option_row own[] = {
    {.kind = OPTION_TITLE, .help = "Output:"},
    {"output", 'o', OPTION_TEXT, "FIGURE", SETTING(output), 0, 0, NULL, false,
     "file of the figure, ending in .svg, .pdf or .png; '-' is standard output"},
    {"force", 'f', OPTION_FLAG, NULL, SETTING(force), 0, 0, NULL, false,
     "overwrite an existing output"},
    {.kind = OPTION_TITLE, .help = "Figure:"},
    {"figure", 0, OPTION_TEXT, "NAME", SETTING(figure), 0, 0, NULL, false,
     "which figure (overview; see --list)"},
    {"episode", 0, OPTION_COUNT, "N", SETTING(episode), 1, 1e9, NULL, false,
     "episode of the figure 'episode': a row of the table of episodes, from 1 (the one of greatest "
     "duration x confidence)"},
    {"marker", 0, OPTION_TEXT, "NAME", SETTING(markers), 0, 0, NULL, false,
     "marker of the figure 'trend' (mdf)"},
    {"channels", 0, OPTION_TEXT, "LIST", SETTING(recording.channels), 0, 0, NULL, false,
     "labels or numbers of the channels shown, such as 1,3-5 (all)"},
    {"style", 0, OPTION_TEXT, "FILE", SETTING(style), 0, 0, NULL, false,
     "gnuplot file read after style.gp and before the figure's script"},
    {"keep-gp", 0, OPTION_TEXT, "FOLDER", SETTING(keep_gp), 0, 0, NULL, false,
     "leave the script with its data there, to be edited and drawn with gnuplot"},
    {"figure-format", 0, OPTION_CHOICE, "KIND", SETTING(figure_kind), 0, 0, "svg pdf png", true,
     "svg, pdf or png, for -o - (svg); else the name's extension tells"},
    {"list", 0, OPTION_FLAG, NULL, SETTING(list), 0, 0, NULL, false, "list the figures, and exit"},
    {.kind = OPTION_END},
};
static const struct option_row *const groups[] = {own, NULL};

const struct command command_plot = {
    .name = "plot",
    .summary = "draw a figure of a results file as SVG, PDF or PNG",
    .arguments = "RESULTS -o FIGURE",
    .description =
        "Draws one figure of a results file with gnuplot. Sizes are those of print: a column of "
        "85 mm, two of them (170 mm) for the overview and for many channels. 'soleus run' draws "
        "all figures of a recording, the trend for mdf and for rms, and of its episodes the 12 of "
        "greatest duration x confidence.\n\n"
        "The scripts are in share/soleus/figures, or in the folder that SOLEUS_FIGURES names; each "
        "tells at its head which variables it gets. A style file can change fonts, line widths "
        "and colours: what style.gp sets.",
    .examples = "  soleus plot a_results.h5 -o overview.svg\n"
                "  soleus plot a_results.h5 --figure trend --marker rms -o rms.pdf\n"
                "  soleus plot a_results.h5 --episode 3 --style mine.gp -o cramp.png\n"
                "  soleus plot a_results.h5 --keep-gp scripts -o overview.svg\n",
    .operands_minimum = 0,
    .operands_maximum = 1,
    .groups = groups,
    .run = run,
};
