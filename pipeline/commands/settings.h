/* The values of all options of all commands. */
#ifndef SOLEUS_COMMANDS_SETTINGS_H
#define SOLEUS_COMMANDS_SETTINGS_H

#include "formats/recording.h"
#include "pipeline/parameters.h"
#include "pipeline/score/rules.h"

#include <stdbool.h>
#include <stddef.h>

/* Copies of text; owned. In settings.texts: what options point at and is not on the command line.
 */
struct settings_texts {
    size_t count;
    char **list;
};

struct score_settings {
    struct score_rules rules; /* without their names, which are: */
    const char *classes;
    struct settings_texts aliases, unjudged; /* --as and --ignore, each */
    const char *pairs, *group_by, *recording;
    double duration;      /* s; 0: not given */
    size_t channel_count; /* 0: not given */
    size_t bins;
    bool total, confusion, errors, calibration;
};

struct settings {
    struct recording_options recording;
    struct parameters parameters; /* of the analysis */

    /* Output. */
    const char *output; /* "-": standard output */
    bool force;
    bool json;
    bool quiet, verbose;

    /* run */
    size_t jobs;         /* 0: as many as there are processors */
    double timeout;      /* s a recording; 0: none */
    double memory_limit; /* MiB a recording; 0: none */
    bool null_separated; /* -0 */
    bool no_figures;
    const char *style; /* a gnuplot file read before each figure */
    const char *figure_format;
    int figure_kind; /* index into the list of figure formats */

    /* bids */
    struct settings_texts participants, sessions, tasks; /* --participant-label L..., and so on */
    bool skip_validation, show_version;

    /* markers, trend, episodes, quality, export, plot, simulate */
    bool list;
    bool bursts;
    bool all_epochs;
    const char *markers; /* --marker LIST */
    const char *events;  /* --events FILE */
    const char *during;  /* --during LABEL */
    const char *figure;  /* --figure NAME */
    const char *keep_gp; /* --keep-gp FOLDER */
    size_t episode;      /* --episode N */
    const char *truth;   /* --truth FILE */

    /* trend */
    const char *logarithm;           /* --logarithm LIST */
    const char *episodes;            /* --episodes FILE */
    double epoch_length, hop_length; /* s; 0: from the table */
    bool seed_given;
    double seed;        /* whole number; negative: from the specification */
    bool example, keys; /* simulate */
    bool artefacts;
    struct settings_texts tissue, rest; /* --tissue LIST, --rest LIST, each */

    /* convert, and episodes --from-annotations */
    const char *to_format;          /* --to-format ID */
    struct settings_texts annotate; /* --annotate FILE, each */
    double from, to;                /* s; to 0: the end */
    double range[2];                /* both 0: as the recording has it */
    bool exact, sidecars, read_back;
    const char *from_annotations, *label;

    const char *explain, *closeup; /* episodes --explain ONSET --closeup FIGURE */

    struct score_settings score;

    const char *params; /* --params FILE */
    struct settings_texts texts;
};

/* Defaults of everything. */
struct settings settings_defaults(void);

/* Appends a copy of text; NULL when memory ran out. */
const char *settings_add(struct settings_texts *texts, const char *text);

/* Keeps a copy of text as long as settings; NULL when memory ran out. */
const char *settings_keep(struct settings *settings, const char *text);
void settings_clear(struct settings *settings);

#endif
