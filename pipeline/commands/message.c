#include "pipeline/commands/message.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool coloured(void)
{
    const char *no_color = getenv("NO_COLOR");
    return isatty(STDERR_FILENO) && !(no_color && no_color[0]);
}

static void show(const char *command, const char *kind, const char *colour, const char *text)
{
    bool colours = coloured();
    fprintf(stderr, "soleus %s: %s%s%s: %s\n", command, colours ? colour : "", kind,
            colours ? "\033[0m" : "", text);
}

int message_error(const char *command, const struct error *error)
{
    show(command, "error", "\033[1;31m", error->message);
    switch (error->status) {
    case STATUS_USAGE:
        return EXIT_USAGE;
    case STATUS_INTERRUPTED:
        return EXIT_SIGNAL;
    default:
        return EXIT_FAILED;
    }
}

void message_warnings(const char *command, const struct settings *settings, const char *recording,
                      const struct warnings *warnings)
{
    if (settings->quiet) {
        return;
    }
    for (size_t i = 0; i < warnings->count; i++) {
        char text[1400];
        bool named = strncmp(warnings->texts[i], recording, strlen(recording)) == 0;
        snprintf(text, sizeof text, "%s%s%s", named ? "" : recording, named ? "" : ": ",
                 warnings->texts[i]);
        show(command, "warning", "\033[1;33m", text);
    }
    if (warnings->omitted) {
        char text[400];
        snprintf(text, sizeof text, "%s: %zu more warnings", recording, warnings->omitted);
        show(command, "warning", "\033[1;33m", text);
    }
}

static void show_note(const char *command, const char *format, va_list arguments)
{
    char text[1400];
    vsnprintf(text, sizeof text, format, arguments);
    show(command, "note", "\033[1m", text);
}

void message_remark(const char *command, const struct settings *settings, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    if (!settings->quiet) {
        show_note(command, format, arguments);
    }
    va_end(arguments);
}

void message_note(const char *command, const struct settings *settings, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    if (settings->verbose && !settings->quiet) {
        show_note(command, format, arguments);
    }
    va_end(arguments);
}

enum status message_output(const struct settings *settings, const char *input,
                           struct output **output, struct error *error)
{
    return output_create(settings->output ? settings->output : "-", input, settings->force, output,
                         error);
}

enum status message_check_output(const struct settings *settings, size_t count, char *const *inputs,
                                 struct error *error)
{
    const char *path = settings->output ? settings->output : "-";
    enum status status = output_check(path, NULL, settings->force, error);
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        status = output_check(path, inputs[i], settings->force, error);
    }
    return status;
}
