#include "pipeline/commands/help.h"
#include "pipeline/commands/message.h"
#include "pipeline/commands/options.h"

#include <signal.h>
#include <string.h>

static const struct command *find(const char *name)
{
    for (size_t i = 0; commands[i]; i++) {
        if (strcmp(commands[i]->name, name) == 0) {
            return commands[i];
        }
    }
    return NULL;
}

int main(int argc, char **argv)
{
    /* A closed pipe shows as a failed write, which every output checks. */
    signal(SIGPIPE, SIG_IGN);

    const char *name = argc > 1 ? argv[1] : "";
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
        const struct command *command = argc > 2 ? find(argv[2]) : NULL;
        if (argc > 2 && !command) {
            fprintf(stderr, "soleus: there is no command '%s'\n", argv[2]);
            return EXIT_USAGE;
        }
        return command ? help_command(command, false, stdout) : help_program(stdout);
    }
    if (strcmp(name, "--version") == 0) {
        return help_version(stdout);
    }
    if (strcmp(name, "completion") == 0) {
        return help_completion(stdout);
    }
    const struct command *command = find(name);
    if (!command) {
        if (name[0]) {
            fprintf(stderr, "soleus: there is no command '%s'\n\n", name);
        }
        help_program(stderr);
        return EXIT_USAGE;
    }
    struct settings settings = settings_defaults();
    size_t count;
    char **operands;
    int exit_status = options_parse(command, argc - 1, argv + 1, &settings, &count, &operands);
    if (exit_status < 0) {
        exit_status = command->run(&settings, count, operands);
    }
    settings_clear(&settings);
    return exit_status;
}
