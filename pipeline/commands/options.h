/* One option table a command: it feeds parsing, --help, the manual page and shell completion.
 *
 * A row says where in struct settings its value goes. Options that several commands have stand in
 * the shared groups below, so that the same option means the same everywhere. */
#ifndef SOLEUS_COMMANDS_OPTIONS_H
#define SOLEUS_COMMANDS_OPTIONS_H

#include "formats/error.h"
#include "pipeline/commands/settings.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum option_kind {
    OPTION_END = 0,
    OPTION_FLAG,    /* bool; given: true */
    OPTION_NEGATED, /* bool; given: false */
    OPTION_REAL,    /* double within [minimum, maximum] */
    OPTION_COUNT,   /* size_t within [minimum, maximum] */
    OPTION_TEXT,    /* const char *, not copied */
    OPTION_TEXTS,   /* struct settings_texts: every time it is given */
    OPTION_WORDS,   /* the same, and every word after it up to the next option */
    OPTION_CHOICE,  /* int: index into the blank separated `choices` */
    OPTION_RANGE,   /* double[2] "LOW-HIGH", minimum ≤ LOW < HIGH ≤ maximum */
    OPTION_TITLE    /* a heading in --help: only `help` is used */
};

struct option_row {
    const char *name; /* long option, without the dashes */
    int letter;       /* short option, or 0 */
    enum option_kind kind;
    const char *argument; /* "HZ", "FILE"; NULL for flags */
    size_t offset;        /* of the value in struct settings */
    double minimum, maximum;
    const char *choices;
    bool advanced;    /* shown by --help-all and in the manual, not by --help */
    const char *help; /* one sentence fragment with default and unit; source where it has one */
};

#define SETTING(member) offsetof(struct settings, member)

/* Shared groups; each ends with OPTION_END. */
extern const struct option_row
    options_recording[];                           /* --rate --scale --format --channels --strict */
extern const struct option_row options_output[];   /* -o -f --json */
extern const struct option_row options_batch[];    /* -f -j --timeout ... of run and bids */
extern const struct option_row options_spectrum[]; /* --band --mains --epoch --hop ... --params */
extern const struct option_row options_activity[]; /* bursts and episodes */
extern const struct option_row options_events[];   /* --events */
extern const struct option_row
    options_surroundings[]; /* --exclude-events --mvc --prodrome --recovery-rms ... */
extern const struct option_row options_trend[];  /* --confidence --during ... */
extern const struct option_row options_common[]; /* -q -v --threads; in every command */

struct command {
    const char *name;
    const char *summary;     /* one line for `soleus --help` and whatis */
    const char *arguments;   /* "FILE..." */
    const char *description; /* what it does; paragraphs wrapped by argp */
    const char *examples;    /* lines shown as they are */
    size_t operands_minimum, operands_maximum;
    const struct option_row *const *groups; /* NULL-terminated; options_common is added */
    int (*run)(struct settings *settings, size_t count, char **operands);
};

/* NULL-terminated table of commands (commands/registry.c). */
extern const struct command *const commands[];

/* Parses argv[1...] of a command into settings; every bad option is named at once on standard
 * error. Returns -1 to go on, or the exit status (0 after --help, 2 after bad usage). The
 * operands are left in *operands (within argv). */
int options_parse(const struct command *command, int argc, char **argv, struct settings *settings,
                  size_t *count, char ***operands);

/* Sets one option by its long name from text, which is copied, as a parameters file does. Flags are
 * yes or no. */
enum status options_set(const struct command *command, struct settings *settings, const char *name,
                        const char *text, struct error *error);

/* Row i of all groups of a command, in order; NULL past the end. */
const struct option_row *options_row(const struct command *command, size_t i);

#endif
