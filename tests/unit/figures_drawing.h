/* What the tests of figures share: a folder with results files, and drawing there. */
#ifndef SOLEUS_TESTS_FIGURES_DRAWING_H
#define SOLEUS_TESTS_FIGURES_DRAWING_H

#include "unit/test.h"

#include "pipeline/figures/figures.h"

#include <sys/stat.h>

/* The working folder of the tests. */
extern char drawing_folder[];
/* PATH as it was. */
extern char drawing_programs[];
/* Names of the examples that are there; NULL ends them. */
extern const char *const drawing_examples[];

int drawing_set_up(void **state);
int drawing_tear_down(void **state);

/* Path of a file in the folder, and of an example's results; a few are valid at a time. */
const char *drawing_path(const char *name);
const char *drawing_results(const char *example);

/* A file's bytes with a NUL after them, owned by the caller; fails when it is not there. */
char *drawing_read(const char *path, size_t *length);
void drawing_write(const char *path, const char *text, mode_t mode);
/* Files of a folder whose name holds a text, hidden ones left out. */
size_t drawing_count(const char *path, const char *part);

void assert_drawn(const char *results, const char *figure, const char *to,
                  const struct figure_options *options);
/* Expects a failure whose message holds a text; nothing is left of the output. */
void assert_refused(const char *results, const char *figure, const struct figure_options *options,
                    const char *message);

#endif
