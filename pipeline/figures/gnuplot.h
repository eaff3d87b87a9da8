/* One gnuplot process that reads a script from a pipe.
 *
 * Figures are written to files without a name (memory), which gnuplot opens by their descriptor:
 * no path of a user is in a script, and nothing is left behind when a process is killed. gnuplot
 * stops at the first error. */
#ifndef SOLEUS_FIGURES_GNUPLOT_H
#define SOLEUS_FIGURES_GNUPLOT_H

#include "formats/error.h"
#include "pipeline/figures/figures.h"

#include <stddef.h>
#include <stdio.h>

/* Figures of one process at most. */
#define GNUPLOT_FIGURES_MAX 256

struct gnuplot;

/* Starts it with room for so many figures. */
enum status gnuplot_start(size_t count, struct gnuplot **gnuplot, struct error *error);

/* What a script calls the file of figure i. Valid until destroyed. */
const char *gnuplot_figure_file(const struct gnuplot *gnuplot, size_t i);

/* Sends a part of the script. `what` names it in messages, as "figure trend" or "mine.gp"; it must
 * stay valid until gnuplot_finish. A gnuplot that has stopped reading is no failure here:
 * gnuplot_finish tells why. */
void gnuplot_send(struct gnuplot *gnuplot, const char *what, const char *text, size_t length);

/* Ends the script and waits. A failure names the part of the script, the line in it and gnuplot's
 * own message. */
enum status gnuplot_finish(struct gnuplot *gnuplot, struct error *error);

/* Copies figure i, which must be a whole file of that format, to a stream whose errors are the
 * caller's to find. */
enum status gnuplot_copy(struct gnuplot *gnuplot, size_t i, enum figure_format format, FILE *to,
                         struct error *error);

/* Ends the process when it still runs. Accepts NULL. */
void gnuplot_destroy(struct gnuplot *gnuplot);

#endif
