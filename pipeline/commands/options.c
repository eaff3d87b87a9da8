#include "pipeline/commands/options.h"

#include "formats/checked.h"
#include "pipeline/commands/help.h"
#include "pipeline/commands/message.h"
#include "pipeline/commands/params_file.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_MAX  128
#define KEY_FIRST 256 /* getopt values of options without a letter */
#define KEY_HELP  (KEY_FIRST + ROWS_MAX)

const struct option_row *options_row(const struct command *command, size_t i)
{
    const struct option_row *const *group = command->groups;
    const struct option_row *const common[] = {options_common, NULL};
    for (int pass = 0; pass < 2; pass++) {
        for (; group && *group; group++) {
            for (const struct option_row *row = *group; row->kind != OPTION_END; row++) {
                if (i-- == 0) {
                    return row;
                }
            }
        }
        group = common;
    }
    return NULL;
}

/* A whole text as a real number. */
static bool parse_real(const char *text, double *value)
{
    char *end;
    *value = strtod(text, &end);
    return end != text && *end == '\0' && isfinite(*value);
}

/* "LOW-HIGH" (also with a colon or an en dash). */
static bool parse_range(const char *text, double range[2])
{
    char *end;
    range[0] = strtod(text, &end);
    if (end == text) {
        return false;
    }
    if (strncmp(end, "\xe2\x80\x93", 3) == 0) {
        end += 3;
    } else if (*end == '-' || *end == ':') {
        end++;
    } else {
        return false;
    }
    return parse_real(end, &range[1]) && isfinite(range[0]);
}

static int parse_choice(const char *choices, const char *text)
{
    size_t length = strlen(text);
    int index = 0;
    for (const char *p = choices; *p; index++) {
        size_t step = strcspn(p, " ");
        if (length > 0 && step == length && strncmp(p, text, length) == 0) {
            return index;
        }
        p += step + strspn(p + step, " ");
    }
    return -1;
}

static enum status set_range(const struct option_row *row, double *to, const char *text,
                             struct error *error)
{
    double range[2];
    bool wraps = row->choices && strcmp(row->choices, "wraps") == 0;
    if (!parse_range(text, range) || range[0] < row->minimum || range[1] < row->minimum ||
        range[0] > row->maximum || range[1] > row->maximum || (!wraps && range[0] >= range[1])) {
        return error_set(error, STATUS_USAGE, "--%s: '%s' is not LOW-HIGH within %g and %g",
                         row->name, text, row->minimum, row->maximum);
    }
    to[0] = range[0];
    to[1] = range[1];
    return STATUS_OK;
}

/* Sets the value of a row from text. */
static enum status set_value(const struct option_row *row, struct settings *settings,
                             const char *text, struct error *error)
{
    void *to = (char *)settings + row->offset;
    double real;
    switch (row->kind) {
    case OPTION_FLAG:
        *(bool *)to = true;
        return STATUS_OK;
    case OPTION_NEGATED:
        *(bool *)to = false;
        return STATUS_OK;
    case OPTION_TEXT:
        *(const char **)to = text;
        return STATUS_OK;
    case OPTION_TEXTS:
    case OPTION_WORDS:
        return settings_add(to, text) ? STATUS_OK : error_memory(error, "setting an option");
    case OPTION_CHOICE: {
        int choice = parse_choice(row->choices, text);
        if (choice < 0) {
            return error_set(error, STATUS_USAGE, "--%s: '%s' is none of: %s", row->name, text,
                             row->choices);
        }
        *(int *)to = choice;
        return STATUS_OK;
    }
    case OPTION_RANGE:
        return set_range(row, to, text, error);
    default:
        break;
    }
    bool whole = row->kind == OPTION_COUNT;
    if (!parse_real(text, &real) || real < row->minimum || real > row->maximum ||
        (whole && real != floor(real))) {
        return error_set(error, STATUS_USAGE, "--%s: '%s' is not a %snumber from %g to %g",
                         row->name, text, whole ? "whole " : "", row->minimum, row->maximum);
    }
    if (whole) {
        *(size_t *)to = (size_t)real;
    } else {
        *(double *)to = real;
    }
    return STATUS_OK;
}

enum status options_set(const struct command *command, struct settings *settings, const char *name,
                        const char *text, struct error *error)
{
    const struct option_row *row;
    for (size_t i = 0; (row = options_row(command, i)); i++) {
        if (row->kind != OPTION_TITLE && strcmp(row->name, name) == 0) {
            bool flag = row->kind == OPTION_FLAG || row->kind == OPTION_NEGATED;
            if (row->kind == OPTION_TEXT && !(text = settings_keep(settings, text))) {
                return error_memory(error, "setting an option");
            }
            if (!flag) {
                return set_value(row, settings, text, error);
            }
            int yes = parse_choice("no yes false true 0 1", text);
            if (yes < 0) {
                return error_set(error, STATUS_USAGE, "%s: '%s' is neither yes nor no", name, text);
            }
            return yes % 2 ? set_value(row, settings, text, error) : STATUS_OK;
        }
    }
    return error_set(error, STATUS_USAGE, "'%s' is no parameter of 'soleus %s'", name,
                     command->name);
}

/* The table as getopt wants it. */
struct getopt_tables {
    struct option options[ROWS_MAX + 4];
    char letters[2 * ROWS_MAX + 8];
    const struct option_row *rows[ROWS_MAX];
    size_t count;
};

static void build_tables(const struct command *command, struct getopt_tables *tables)
{
    const struct option_row *row;
    size_t options = 0, letters = 0;
    tables->letters[letters++] = ':'; /* tell a missing argument from an unknown option */
    tables->letters[letters++] = 'h';
    for (size_t i = 0; (row = options_row(command, i)) && tables->count < ROWS_MAX; i++) {
        if (row->kind == OPTION_TITLE) {
            continue;
        }
        bool flag = row->kind == OPTION_FLAG || row->kind == OPTION_NEGATED;
        tables->options[options++] =
            (struct option){row->name, flag ? no_argument : required_argument, NULL,
                            KEY_FIRST + (int)tables->count};
        if (row->letter) {
            tables->letters[letters++] = (char)row->letter;
            if (!flag) {
                tables->letters[letters++] = ':';
            }
        }
        tables->rows[tables->count++] = row;
    }
    tables->options[options++] = (struct option){"help", no_argument, NULL, 'h'};
    tables->options[options++] = (struct option){"help-all", no_argument, NULL, KEY_HELP};
    tables->options[options++] = (struct option){"version", no_argument, NULL, KEY_HELP + 1};
    tables->options[options] = (struct option){0};
    tables->letters[letters] = '\0';
}

static const struct option_row *find_row(const struct getopt_tables *tables, int key)
{
    for (size_t i = 0; i < tables->count; i++) {
        if (key == KEY_FIRST + (int)i || key == tables->rows[i]->letter) {
            return tables->rows[i];
        }
    }
    return NULL;
}

static void report_bad(const struct command *command, const char *before, const char *what,
                       const char *after)
{
    struct error error;
    error_set(&error, STATUS_USAGE, "%s%s%s", before, what, after);
    message_error(command->name, &error);
}

/* The words after an option that takes several, from argv[optind] on, which getopt then passes. */
static enum status take_words(const struct option_row *row, int argc, char **argv,
                              struct settings *settings, struct error *error)
{
    enum status status = STATUS_OK;
    while (row->kind == OPTION_WORDS && optind < argc && argv[optind][0] != '-' &&
           status == STATUS_OK) {
        status = settings ? set_value(row, settings, argv[optind], error) : STATUS_OK;
        optind++;
    }
    return status;
}

/* What getopt could not make sense of: an unknown option, or one without its argument. */
static void report_option(const struct command *command, int key, char **argv)
{
    char letter[3] = {'-', (char)optopt, '\0'};
    bool short_option = optopt > 0 && optopt < KEY_FIRST;
    const char *what = short_option ? letter : argv[optind - 1];
    if (key == ':') {
        report_bad(command, "option ", what, " needs a value");
    } else if (optopt >= KEY_FIRST) { /* known, so it is a flag that was given a value */
        report_bad(command, "option ", what, " takes no value");
    } else {
        report_bad(command, "there is no option ", what, "");
    }
}

static int check_operands(const struct command *command, size_t count)
{
    if (count < command->operands_minimum) {
        report_bad(command, "wants ", command->arguments, "");
        return 1;
    }
    if (count > command->operands_maximum) {
        report_bad(command, "takes no more than ",
                   command->arguments[0] ? command->arguments : "options", "");
        return 1;
    }
    return 0;
}

/* Applies the parameters files that are named anywhere on the command line, since the command line
 * itself is to win. Returns how many things were bad in them; *exit_status ≥ 0 when --help or
 * --version was asked for. */
static int apply_files(const struct command *command, int argc, char **argv,
                       const struct getopt_tables *tables, struct settings *settings,
                       int *exit_status)
{
    int key, bad = 0;
    *exit_status = -1;
    optind = 0; /* begin anew */
    while ((key = getopt_long(argc, argv, tables->letters, tables->options, NULL)) != -1) {
        if (key == 'h' || key == KEY_HELP) {
            *exit_status = help_command(command, key == KEY_HELP, stdout);
            return 0;
        }
        if (key == KEY_HELP + 1) {
            *exit_status = help_version(stdout);
            return 0;
        }
        const struct option_row *row = key == '?' || key == ':' ? NULL : find_row(tables, key);
        if (row && strcmp(row->name, "params") == 0) {
            bad += params_file_apply(command, optarg, settings);
        } else if (row) {
            take_words(row, argc, argv, NULL, NULL);
        }
    }
    return bad;
}

int options_parse(const struct command *command, int argc, char **argv, struct settings *settings,
                  size_t *count, char ***operands)
{
    struct getopt_tables tables = {.count = 0};
    struct error error;
    int key, exit_status;
    build_tables(command, &tables);
    opterr = 0;
    /* getopt puts options first: words that follow one must still do so the second time. */
    char **copy = checked_calloc((size_t)argc + 1, sizeof *copy);
    if (!copy) {
        report_bad(command, "memory ran out", "", "");
        return EXIT_FAILED;
    }
    memcpy(copy, argv, (size_t)argc * sizeof *copy);
    int bad = apply_files(command, argc, copy, &tables, settings, &exit_status);
    free(copy);
    if (exit_status >= 0) {
        return exit_status;
    }
    optind = 0;
    while ((key = getopt_long(argc, argv, tables.letters, tables.options, NULL)) != -1) {
        const struct option_row *row = key == '?' || key == ':' ? NULL : find_row(&tables, key);
        if (!row) {
            report_option(command, key, argv);
            bad++;
        } else if (set_value(row, settings, optarg, &error) != STATUS_OK ||
                   take_words(row, argc, argv, settings, &error) != STATUS_OK) {
            message_error(command->name, &error);
            bad++;
        }
    }
    *count = (size_t)(argc - optind);
    *operands = argv + optind;
    bad += check_operands(command, *count);
    if (bad == 0) {
        const char *conflict = parameters_conflict(&settings->parameters);
        if (conflict) {
            report_bad(command, conflict, "", "");
            bad++;
        }
    }
    if (bad) {
        fprintf(stderr, "Try 'soleus %s --help'.\n", command->name);
        return EXIT_USAGE;
    }
    return -1;
}
