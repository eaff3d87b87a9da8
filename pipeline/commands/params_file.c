#include "pipeline/commands/params_file.h"

#include "pipeline/commands/message.h"

#include <errno.h>
#include <ini.h>
#include <stdlib.h>
#include <string.h>

struct reading {
    const struct command *command;
    struct settings *settings;
    const char *path;
    FILE *file;
    int line;     /* number of the line that is worked on */
    bool pending; /* it says something, and has not been understood yet */
    int bad;
};

static void report(struct reading *reading, const char *what)
{
    struct error error;
    error_set(&error, STATUS_USAGE, "%s: line %d: %s", reading->path, reading->line, what);
    message_error(reading->command->name, &error);
    reading->bad++;
    reading->pending = false;
}

static void close_line(struct reading *reading)
{
    if (reading->pending) {
        report(reading, "is not 'name = value'");
    }
}

/* Hands inih a line, without blanks in front: to inih an indented line goes on with the value
 * before. */
static char *next_line(char *to, int size, void *context)
{
    struct reading *reading = context;
    char *line = NULL;
    size_t room = 0;
    close_line(reading);
    ssize_t length = getline(&line, &room, reading->file);
    if (length < 0) {
        free(line);
        return NULL;
    }
    reading->line++;
    const char *text = line + strspn(line, " \t");
    text += strncmp(text, "\xef\xbb\xbf", 3) == 0 && reading->line == 1 ? 3 : 0;
    size_t used = strcspn(text, "\r\n");
    bool whole_section = text[0] == '[' && memchr(text, ']', used);
    reading->pending = used > 0 && text[0] != '#' && text[0] != ';' && !whole_section;
    if (used + 3 > (size_t)size) {
        char what[80];
        snprintf(what, sizeof what, "is longer than %d characters; shorten it", size - 3);
        report(reading, what);
        used = 0;
    } else if (strlen(line) < (size_t)length) {
        report(reading, "holds a NUL byte; is it a text file?");
        used = 0;
    }
    memcpy(to, text, used);
    strcpy(to + used, "\n");
    free(line);
    return to;
}

static bool known_elsewhere(const char *name)
{
    const struct option_row *row;
    for (size_t c = 0; commands[c]; c++) {
        for (size_t i = 0; (row = options_row(commands[c], i)); i++) {
            if (row->kind != OPTION_TITLE && strcmp(row->name, name) == 0) {
                return true;
            }
        }
    }
    return false;
}

static bool known_here(const struct command *command, const char *name)
{
    const struct option_row *row;
    for (size_t i = 0; (row = options_row(command, i)); i++) {
        if (row->kind != OPTION_TITLE && strcmp(row->name, name) == 0) {
            return true;
        }
    }
    return false;
}

static int take_value(void *context, const char *section, const char *name, const char *value)
{
    struct reading *reading = context;
    struct error error;
    (void)section;
    reading->pending = false;
    if (strcmp(name, "params") == 0) {
        report(reading, "a parameters file cannot name another");
    } else if (!known_here(reading->command, name) && known_elsewhere(name)) {
        return 1;
    } else if (options_set(reading->command, reading->settings, name, value, &error) != STATUS_OK) {
        report(reading, error.message);
    }
    return 1;
}

int params_file_apply(const struct command *command, const char *path, struct settings *settings)
{
    struct reading reading = {.command = command, .settings = settings, .path = path};
    struct error error;
    reading.file = fopen(path, "re");
    if (!reading.file) {
        error_set(&error, STATUS_USAGE, "--params: %s: cannot be opened: %s", path,
                  strerror(errno));
        message_error(command->name, &error);
        return 1;
    }
    errno = 0;
    ini_parse_stream(next_line, &reading, take_value, &reading);
    close_line(&reading);
    if (ferror(reading.file)) {
        error_set(&error, STATUS_USAGE, "--params: %s: cannot be read: %s", path, strerror(errno));
        message_error(command->name, &error);
        reading.bad++;
    }
    fclose(reading.file);
    return reading.bad;
}
