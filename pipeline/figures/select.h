/* Which figures are drawn: the table of figures times markers and episodes. */
#ifndef SOLEUS_FIGURES_SELECT_H
#define SOLEUS_FIGURES_SELECT_H

#include "pipeline/figures/input.h"

struct figure_item {
    const struct figure *figure;
    struct figure_request request;
    char name[64]; /* of its files: "overview", "trend-rms", "episode-3" */
    char what[80]; /* for messages: "figure episode-3" */
};

struct figure_selection {
    struct figure_item *items;
    size_t count;
};

/* The figures of figures_draw. */
enum status figure_select_all(const struct figure_input *input,
                              const struct figure_options *options,
                              struct figure_selection *selection, struct error *error);
/* The one figure of figures_draw_one. */
enum status figure_select_one(const struct figure_input *input, const char *name,
                              const struct figure_options *options,
                              struct figure_selection *selection, struct error *error);
void figure_selection_clear(struct figure_selection *selection);

#endif
