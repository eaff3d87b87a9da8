/* Writes what a figure script is given: gnuplot variables, arrays and datablocks.
 *
 * Text of users (labels, file names) goes in single quotes, where gnuplot substitutes nothing, with
 * quotes doubled and control characters out. Datablocks hold numbers alone. Writing errors stick
 * to the stream and are found by figure_script_finish. */
#ifndef SOLEUS_FIGURES_SCRIPT_H
#define SOLEUS_FIGURES_SCRIPT_H

#include "formats/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct figure_script;

struct figure_script *figure_script_create(struct error *error);
void figure_script_destroy(struct figure_script *script);

/* The text so far, owned by the script. STATUS_FAILED when memory ran out on the way. */
enum status figure_script_finish(struct figure_script *script, const char **text, size_t *length,
                                 struct error *error);

void figure_script_comment(struct figure_script *script, const char *text);
/* NAME = value; NaN, as gnuplot has it, for what is not finite. */
void figure_script_real(struct figure_script *script, const char *name, double value);
void figure_script_integer(struct figure_script *script, const char *name, int64_t value);
void figure_script_text(struct figure_script *script, const char *name, const char *text);
/* array NAME[count], at least of one element. */
void figure_script_reals(struct figure_script *script, const char *name, const double *values,
                         size_t count);
void figure_script_texts(struct figure_script *script, const char *name, const char *const *texts,
                         size_t count);

/* A datablock: $NAME << EOD … EOD. Values have seven digits. */
void figure_script_data(struct figure_script *script, const char *name);
void figure_script_row(struct figure_script *script, const double *values, size_t count);
/* An empty line: a curve ends here and another begins. */
void figure_script_break(struct figure_script *script);
/* Two empty lines: the next `index`. */
void figure_script_next(struct figure_script *script);
void figure_script_data_end(struct figure_script *script);

#endif
