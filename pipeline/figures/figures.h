/* Figures: what a results file holds, drawn by the gnuplot scripts of scripts/figures.
 *
 * Each figure is one script (layout, editable by users), one C file in figures/ (which data it
 * gets) and one row of the table below. All figures of a recording are drawn by one gnuplot
 * process, and reach their files whole or not at all. SVG and PNG have the same bytes for the same
 * results (PNG: with the same fonts); PDF holds a date. */
#ifndef SOLEUS_PIPELINE_FIGURES_H
#define SOLEUS_PIPELINE_FIGURES_H

#include "formats/error.h"
#include "formats/table.h"

#include <stdbool.h>
#include <stddef.h>

enum figure_format { FIGURE_SVG, FIGURE_PDF, FIGURE_PNG };

/* "svg", "pdf", "png", in the order of the enumeration; NULL ends the list. */
extern const char *const figure_format_names[];

/* The format that a file name's extension asks for; false when it is none of them. */
bool figure_format_of(const char *path, enum figure_format *format);

/* What figures of one kind are drawn for. */
enum figure_scope {
    FIGURE_PER_RECORDING,
    FIGURE_PER_MARKER, /* one a marker */
    FIGURE_PER_EPISODE /* one an episode */
};

struct figure_input;
struct figure_script;
struct figure_request;

struct figure {
    const char *name;        /* also of its script, NAME.gp */
    const char *description; /* one line */
    enum figure_scope scope;
    /* Writes the data of a figure into the script: variables and datablocks. */
    enum status (*prepare)(struct figure_input *input, const struct figure_request *request,
                           struct figure_script *script, struct error *error);
};

/* NULL-terminated. */
extern const struct figure *const figures[];

/* NULL when there is none of that name. */
const struct figure *figures_find(const char *name);

/* The table of figures as a table: name, drawn for, description. NULL and a filled error when
 * memory runs out. */
struct table *figures_list(struct error *error);

/* Episodes drawn by figures_draw when no limit is given. */
#define FIGURE_EPISODE_LIMIT 12

struct figure_options {
    enum figure_format format;
    const char *const *names; /* which figures, NULL-terminated; NULL: all */
    const char *marker;       /* of the trend; NULL: mdf, and rms as a second figure */
    size_t episode;           /* row of the table of episodes, from 1; 0: those of the limit */
    size_t episode_limit;     /* 0: FIGURE_EPISODE_LIMIT */
    const char *channels;     /* labels, numbers from 1, ranges: "1,3-5,calf"; NULL: all */
    const char *style;        /* a gnuplot file read before each script; NULL: none */
    const char *keep_gp;      /* folder that gets the scripts with their data; NULL: none */
    bool force;               /* existing files are replaced */
};

/* Draws the figures of a results file into a folder, which is made: STEM_overview.svg,
 * STEM_trend.svg, STEM_trend-rms.svg, STEM_spectrum.svg, STEM_spectrogram.svg and, for each of the
 * episodes, STEM_episode-N.svg with its row N in the table of episodes. Without an episode given,
 * the first of those with a close-up are drawn, by falling duration × confidence; none when there
 * are no episodes. They appear together, the overview last: where it is, all are.
 *
 * With `force`, and without a choice of figures or episodes, figures of episodes that an earlier
 * analysis had and this one has not are removed (STEM_episode-N.svg of the same format). SIGPIPE
 * must be ignored. */
enum status figures_draw(const char *results_path, const char *folder, const char *stem,
                         const struct figure_options *options, struct error *error);

/* Removes what figures_draw has made in a folder for that stem, in any format. */
void figures_remove(const char *folder, const char *stem);

/* Draws one figure to a path ("-": standard output). Without a marker given the trend is that of
 * mdf; without an episode, the episode is that of greatest duration × confidence, and where there
 * is none, axes with a note. */
enum status figures_draw_one(const char *results_path, const char *figure, const char *path,
                             const struct figure_options *options, struct error *error);

#endif
