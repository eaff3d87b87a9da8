/* The gnuplot scripts: where they are, and copies of them with their data. */
#ifndef SOLEUS_FIGURES_SCRIPTS_H
#define SOLEUS_FIGURES_SCRIPTS_H

#include "formats/error.h"
#include "pipeline/figures/figures.h"

#include <stddef.h>

/* A file read whole; text is owned, and ends with a NUL past length. */
struct script_file {
    char *text;
    size_t length;
};

/* Reads a script by name ("style", "overview") from the folder of scripts: $SOLEUS_FIGURES, or
 * ../share/soleus/figures beside the program's folder, or the source tree's. */
enum status scripts_read(const char *name, struct script_file *file, struct error *error);
/* Reads any file of at most 1 MiB of text. */
enum status scripts_read_path(const char *path, struct script_file *file, struct error *error);
void scripts_clear(struct script_file *file);

/* What is kept of a figure so that it can be drawn again. */
struct kept_figure {
    const char *name; /* "overview", "trend-rms", "episode-3": of its files; no user's text */
    enum figure_format format;
    const char *data; /* variables and datablocks */
    size_t data_length;
    const struct script_file *style, *own_style, *script; /* own_style: text NULL when none */
};

/* Writes NAME.gp, NAME-data.gp, style.gp and own-style.gp into a folder, which is made; `gnuplot
 * NAME.gp` there draws NAME.svg. */
enum status scripts_keep(const char *folder, const struct kept_figure *figure, bool force,
                         struct error *error);

#endif
