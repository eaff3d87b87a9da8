#include "pipeline/figures/scripts.h"

#include "formats/output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SIZE_MAXIMUM (1 << 20)

enum status scripts_read_path(const char *path, struct script_file *file, struct error *error)
{
    *file = (struct script_file){0};
    FILE *stream = fopen(path, "rbe");
    char *text = stream ? malloc(SIZE_MAXIMUM + 2) : NULL;
    if (!text) {
        int why = errno;
        if (stream) {
            fclose(stream);
        }
        return error_set(error, STATUS_FAILED, "%s: cannot be read: %s", path, strerror(why));
    }
    errno = 0;
    size_t length = fread(text, 1, SIZE_MAXIMUM + 1, stream);
    int why = ferror(stream) ? errno : 0;
    fclose(stream);
    if (why || length > SIZE_MAXIMUM || memchr(text, '\0', length)) {
        free(text);
        return error_set(error, STATUS_FAILED, "%s: %s; name a gnuplot script", path,
                         why                     ? strerror(why)
                         : length > SIZE_MAXIMUM ? "is larger than 1 MiB"
                                                 : "is no text");
    }
    /* What follows must not continue its last line. */
    if (length > 0 && text[length - 1] != '\n') {
        text[length++] = '\n';
    }
    text[length] = '\0';
    *file = (struct script_file){text, length};
    return STATUS_OK;
}

void scripts_clear(struct script_file *file)
{
    free(file->text);
    *file = (struct script_file){0};
}

/* "…/bin/../share/soleus/figures" of the running program; false when that cannot be told. */
static bool installed_folder(char *to, size_t size)
{
    char program[4096];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (length <= 0) {
        return false;
    }
    program[length] = '\0';
    char *slash = strrchr(program, '/');
    if (!slash) {
        return false;
    }
    *slash = '\0';
    return snprintf(to, size, "%s/../share/soleus/figures", program) < (int)size;
}

enum status scripts_read(const char *name, struct script_file *file, struct error *error)
{
    *file = (struct script_file){0};
    const char *chosen = getenv("SOLEUS_FIGURES");
    char installed[4200], path[4400];
    const char *folders[2] = {NULL, SOLEUS_SOURCE_FIGURES};
    if (chosen && chosen[0]) {
        folders[0] = chosen;
        folders[1] = NULL;
    } else if (installed_folder(installed, sizeof installed)) {
        folders[0] = installed;
    }
    for (size_t i = 0; i < 2; i++) {
        int length = folders[i] ? snprintf(path, sizeof path, "%s/%s.gp", folders[i], name) : 0;
        if (length > 0 && length < (int)sizeof path && access(path, F_OK) == 0) {
            return scripts_read_path(path, file, error);
        }
    }
    return error_set(error, STATUS_FAILED,
                     "figures: there is no script %s.gp in %s%s%s; install soleus again, or set "
                     "SOLEUS_FIGURES to the folder of the scripts",
                     name, folders[0] ? folders[0] : folders[1],
                     folders[0] && folders[1] ? " or " : "",
                     folders[0] && folders[1] ? folders[1] : "");
}

static enum status write_file(const char *folder, const char *name, const char *end,
                              const char *head, const char *text, size_t length, bool force,
                              struct error *error)
{
    char *path = NULL;
    struct output *output = NULL;
    if (asprintf(&path, "%s/%s%s", folder, name, end) < 0) {
        return error_memory(error, "keeping a figure's script");
    }
    enum status status = output_create(path, NULL, force, &output, error);
    if (status == STATUS_OK) {
        fputs(head, output_stream(output));
        fwrite(text, 1, length, output_stream(output));
        status = output_commit(output, error);
    }
    free(path);
    return status;
}

enum status scripts_keep(const char *folder, const struct kept_figure *figure, bool force,
                         struct error *error)
{
    const char *format = figure_format_names[figure->format];
    bool own = figure->own_style->text != NULL;
    char *head = NULL;
    if (asprintf(&head,
                 "# Draws %s.%s from %s-data.gp: gnuplot -d %s.gp\n"
                 "figure_format = '%s'\n"
                 "figure_file = '%s.%s'\n"
                 "load '%s-data.gp'\n"
                 "load 'style.gp'\n"
                 "%s\n",
                 figure->name, format, figure->name, figure->name, format, figure->name, format,
                 figure->name, own ? "load 'own-style.gp'\n" : "") < 0) {
        return error_memory(error, "keeping a figure's script");
    }
    enum status status = output_make_folder(folder, error);
    if (status == STATUS_OK) {
        status = write_file(folder, figure->name, ".gp", head, figure->script->text,
                            figure->script->length, force, error);
    }
    if (status == STATUS_OK) {
        status = write_file(folder, figure->name, "-data.gp", "", figure->data, figure->data_length,
                            force, error);
    }
    /* Styles are the same for all figures of a folder. */
    if (status == STATUS_OK) {
        status = write_file(folder, "style", ".gp", "", figure->style->text, figure->style->length,
                            true, error);
    }
    if (status == STATUS_OK && own) {
        status = write_file(folder, "own-style", ".gp", "", figure->own_style->text,
                            figure->own_style->length, true, error);
    }
    free(head);
    return status;
}
