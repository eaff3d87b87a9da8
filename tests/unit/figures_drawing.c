#include "unit/figures_drawing.h"

#include "unit/figures_input.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

char drawing_folder[] = "/tmp/soleus-figures-XXXXXX";
char drawing_programs[4096];

const char *const drawing_examples[] = {"one", "ten", "short", "empty", "bare", "hostile", NULL};

const char *drawing_path(const char *name)
{
    static char paths[8][512];
    static size_t next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%.400s", drawing_folder, name);
    return path;
}

const char *drawing_results(const char *name)
{
    char file[64];
    snprintf(file, sizeof file, "%s_results.h5", name);
    return drawing_path(file);
}

char *drawing_read(const char *path, size_t *length)
{
    FILE *stream = fopen(path, "rb");
    if (!stream) {
        print_error("%s is not there\n", path);
        fail();
    }
    char *text = malloc(8 << 20);
    *length = fread(text, 1, (8 << 20) - 1, stream);
    text[*length] = '\0';
    fclose(stream);
    return text;
}

void drawing_write(const char *path, const char *text, mode_t mode)
{
    FILE *stream = fopen(path, "w");
    assert_non_null(stream);
    fputs(text, stream);
    fclose(stream);
    assert_int_equal(chmod(path, mode), 0);
}

size_t drawing_count(const char *path, const char *part)
{
    size_t count = 0;
    DIR *directory = opendir(path);
    for (struct dirent *entry; directory && (entry = readdir(directory));) {
        count += entry->d_name[0] != '.' && strstr(entry->d_name, part) != NULL;
    }
    if (directory) {
        closedir(directory);
    }
    return count;
}

int drawing_set_up(void **state)
{
    (void)state;
    struct error error = {0};
    signal(SIGPIPE, SIG_IGN);
    snprintf(drawing_programs, sizeof drawing_programs, "%s", getenv("PATH"));
    if (!mkdtemp(drawing_folder) || chdir(drawing_folder) != 0) {
        return -1;
    }
    for (size_t i = 0; drawing_examples[i]; i++) {
        if (figures_example_write(figures_example_find(drawing_examples[i]), drawing_folder,
                                  &error) != STATUS_OK) {
            print_error("%s\n", error.message);
            return -1;
        }
    }
    return 0;
}

int drawing_tear_down(void **state)
{
    (void)state;
    char command[100];
    snprintf(command, sizeof command, "rm -rf %s", drawing_folder);
    return chdir("/") == 0 && system(command) == 0 ? 0 : -1;
}

void assert_drawn(const char *results, const char *figure, const char *to,
                  const struct figure_options *options)
{
    struct error error = {0};
    if (figures_draw_one(results, figure, to, options, &error) != STATUS_OK) {
        print_error("%s of %s: %s\n", figure, results, error.message);
        fail();
    }
}

void assert_refused(const char *results, const char *figure, const struct figure_options *options,
                    const char *message)
{
    struct error error = {0};
    const char *to = drawing_path("refused.svg");
    assert_int_not_equal(figures_draw_one(results, figure, to, options, &error), STATUS_OK);
    if (!strstr(error.message, message)) {
        print_error("'%s' does not say '%s'\n", error.message, message);
        fail();
    }
    assert_int_equal(drawing_count(drawing_folder, "refused"), 0);
}
