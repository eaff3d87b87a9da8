/* The close-up that goes with an explanation: what the detector saw, drawn from a finished channel
 * rather than from a results file. Its script is scripts/figures/explanation.gp. */
#ifndef SOLEUS_FIGURES_EXPLANATION_H
#define SOLEUS_FIGURES_EXPLANATION_H

#include "pipeline/analysis/explanation.h"
#include "pipeline/figures/figures.h"

struct figure_explanation {
    const char *recording; /* its path, for the title; and never written to */
    const char *channel;   /* label */
    const char *unit;      /* of amplitudes, as tables have it */
    const struct explanation *explanation;
    const struct channel_path *path; /* finished, and watched */
    double onset_ratio;
    double short_window; /* s, that amplitudes are smoothed over */
};

/* Draws it to `to`, which ends in .svg, .pdf or .png. SIGPIPE must be ignored. */
enum status figure_explanation_draw(const struct figure_explanation *figure, const char *to,
                                    bool force, struct error *error);

#endif
