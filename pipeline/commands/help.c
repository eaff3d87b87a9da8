#include "pipeline/commands/help.h"

#include "formats/checked.h"
#include "pipeline/commands/message.h"

#include <argp.h>
#include <string.h>

#define ROWS_MAX 160

static int finish(FILE *stream)
{
    if (fflush(stream) != 0 || ferror(stream)) {
        struct error error;
        error_set(&error, STATUS_FAILED, "standard output cannot be written");
        return message_error("help", &error);
    }
    return EXIT_DONE;
}

/* The rows as argp's own table, so that argp lays the help out. */
static size_t argp_rows(const struct command *command, bool all, struct argp_option *options)
{
    const struct option_row *row;
    size_t count = 0;
    int group = 0;
    for (size_t i = 0; (row = options_row(command, i)) && count + 3 < ROWS_MAX; i++) {
        if (row->advanced && !all) {
            continue;
        }
        if (row->kind == OPTION_TITLE) {
            options[count++] = (struct argp_option){.doc = row->help, .group = ++group};
            continue;
        }
        /* A letter is of the first that has it. */
        bool taken = false;
        for (size_t k = 0; k < count && row->letter; k++) {
            taken = taken || options[k].key == row->letter;
        }
        bool lettered = row->letter && !taken;
        options[count++] = (struct argp_option){.name = row->name,
                                                .key = lettered ? row->letter : 1000 + (int)i,
                                                .arg = row->argument,
                                                .doc = row->help,
                                                .group = group};
    }
    options[count++] =
        (struct argp_option){.name = "help", .key = 'h', .doc = "this help", .group = group};
    if (!all) {
        options[count++] =
            (struct argp_option){.name = "help-all",
                                 .key = 999,
                                 .doc = "every option, with thresholds and their sources",
                                 .group = group};
    }
    return count;
}

/* Leaves out the lines of blanks alone that argp puts behind a text that just fits. */
static void print_filled_lines(const char *text, FILE *stream)
{
    while (*text) {
        size_t length = strcspn(text, "\n"), end = text[length] ? length + 1 : length;
        if (length == 0 || strspn(text, " ") < length) {
            fwrite(text, 1, end, stream);
        }
        text += end;
    }
}

int help_command(const struct command *command, bool all, FILE *stream)
{
    struct argp_option options[ROWS_MAX] = {{0}};
    char *documentation = NULL, *name = NULL;
    argp_rows(command, all, options);
    if (asprintf(&documentation, "%s\v%s%s", command->description,
                 command->examples ? "Examples:\n" : "",
                 command->examples ? command->examples : "") < 0) {
        documentation = NULL;
    }
    if (asprintf(&name, "soleus %s", command->name) < 0) {
        name = NULL;
    }
    if (documentation && name) {
        struct argp argp = {
            .options = options, .args_doc = command->arguments, .doc = documentation};
        char *text = NULL;
        size_t size = 0;
        FILE *memory = open_memstream(&text, &size);
        if (memory) {
            argp_help(&argp, memory, ARGP_HELP_SHORT_USAGE | ARGP_HELP_LONG | ARGP_HELP_DOC, name);
        }
        if (memory && fclose(memory) == 0) {
            print_filled_lines(text, stream);
        }
        free(text);
    }
    free(documentation);
    free(name);
    return finish(stream);
}

int help_program(FILE *stream)
{
    fputs("Usage: soleus COMMAND [OPTION...] [ARGUMENT...]\n"
          "Batch tools for recorded surface electromyography: spectral fatigue markers,\n"
          "tonic and clonic episodes, HDF5 results, tables and figures.\n\n",
          stream);
    for (size_t i = 0; commands[i]; i++) {
        fprintf(stream, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
    }
    fputs("\n'soleus COMMAND --help' tells a command's options and gives examples.\n"
          "Exit status: 0 done, 1 something failed, 2 wrong usage.\n"
          "Research software, not a diagnostic device.\n",
          stream);
    return finish(stream);
}

int help_version(FILE *stream)
{
    fputs("soleus " SOLEUS_VERSION "\n"
          "License GPL-3.0-or-later: GNU GPL version 3 or later.\n"
          "This is free software; there is NO WARRANTY, to the extent permitted by law.\n",
          stream);
    return finish(stream);
}

int help_completion(FILE *stream)
{
    fputs(
        "# bash completion for soleus, made by 'soleus completion'\n"
        "_soleus()\n{\n"
        "    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} words=\n"
        "    COMPREPLY=()\n"
        "    if [[ $COMP_CWORD -eq 1 ]]; then\n"
        "        COMPREPLY=($(compgen -W '",
        stream);
    for (size_t i = 0; commands[i]; i++) {
        fprintf(stream, "%s%s", i ? " " : "", commands[i]->name);
    }
    fputs(" --help --version' -- \"$current\"))\n        return\n    fi\n"
          "    case ${COMP_WORDS[1]}:$previous in\n",
          stream);
    const struct option_row *row;
    for (size_t c = 0; commands[c]; c++) {
        for (size_t i = 0; (row = options_row(commands[c], i)); i++) {
            if (row->kind == OPTION_CHOICE) {
                fprintf(stream, "        %s:--%s) words='%s' ;;\n", commands[c]->name, row->name,
                        row->choices);
            }
        }
    }
    fputs("    esac\n    if [[ -z $words && $current == -* ]]; then\n"
          "        case ${COMP_WORDS[1]} in\n",
          stream);
    for (size_t c = 0; commands[c]; c++) {
        fprintf(stream, "            %s) words='", commands[c]->name);
        for (size_t i = 0; (row = options_row(commands[c], i)); i++) {
            if (row->kind != OPTION_TITLE) {
                fprintf(stream, "--%s ", row->name);
            }
        }
        fputs("--help --help-all' ;;\n", stream);
    }
    fputs("        esac\n    fi\n"
          "    [[ -n $words ]] && COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n}\n"
          "complete -o default -F _soleus soleus\n",
          stream);
    return finish(stream);
}
