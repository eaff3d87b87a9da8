#include "pipeline/figures/gnuplot.h"

#include "formats/checked.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* A part of the script, for messages. */
struct part {
    const char *what;
    size_t first_line; /* from 1 */
};

struct gnuplot {
    pid_t process; /* 0: not running */
    int script;    /* the pipe's writing end; -1: closed */
    int messages;  /* its standard error: a file, so that neither side waits for the other */
    bool stopped;  /* it reads no more */
    size_t count;
    int *figures;
    char (*files)[32];
    struct part *parts;
    size_t part_count, part_capacity;
    size_t line; /* of what is sent next, from 1 */
};

/* The environment without what would change gnuplot's output. Shares its strings. */
static char **plain_environment(void)
{
    static char locale[] = "LC_ALL=C.UTF-8";
    size_t count = 0, kept = 0;
    while (environ && environ[count]) {
        count++;
    }
    char **plain = checked_calloc(count + 2, sizeof *plain);
    for (size_t i = 0; plain && i < count; i++) {
        const char *variable = environ[i];
        bool dropped = strncmp(variable, "LC_", 3) == 0 || strncmp(variable, "LANG", 4) == 0 ||
                       strncmp(variable, "GNUTERM=", 8) == 0 ||
                       strncmp(variable, "GNUPLOT", 7) == 0;
        if (!dropped) {
            plain[kept++] = environ[i];
        }
    }
    if (plain) {
        plain[kept] = locale;
    }
    return plain;
}

static enum status cannot_start(struct error *error, int why)
{
    if (why == ENOENT) {
        return error_set(error, STATUS_FAILED,
                         "figures: there is no program 'gnuplot' on PATH; install it (Debian: "
                         "apt-get install gnuplot-nox)");
    }
    return error_set(error, STATUS_FAILED, "figures: gnuplot cannot be started: %s", strerror(why));
}

/* Starts the process with the pipe's reading end as its standard input. */
static int spawn(struct gnuplot *gnuplot, int script)
{
    /* The script is a file to gnuplot: it then stops at an error, which it would not do with
     * commands from standard input. -d: no user's or site's start-up file. */
    static char name[] = "gnuplot", defaults[] = "-d", file[] = "/dev/stdin";
    char *const arguments[] = {name, defaults, file, NULL};
    char **environment = plain_environment();
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t signals;
    if (!environment) {
        return ENOMEM;
    }
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    sigemptyset(&signals);
    sigaddset(&signals, SIGPIPE);
    posix_spawnattr_setsigdefault(&attributes, &signals);
    /* A group of its own: Ctrl-C is for this program, which finishes what it has begun. */
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    int why = posix_spawn_file_actions_adddup2(&actions, script, STDIN_FILENO);
    why = why ? why
              : posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    why = why ? why : posix_spawn_file_actions_adddup2(&actions, gnuplot->messages, STDERR_FILENO);
    for (size_t i = 0; i < gnuplot->count && !why; i++) {
        /* Onto itself: the child keeps it open. */
        why = posix_spawn_file_actions_adddup2(&actions, gnuplot->figures[i], gnuplot->figures[i]);
    }
    if (!why) {
        why = posix_spawnp(&gnuplot->process, name, &actions, &attributes, arguments, environment);
    }
    if (why) {
        gnuplot->process = 0;
    }
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    free(environment);
    return why;
}

static bool make_files(struct gnuplot *gnuplot, size_t count)
{
    gnuplot->figures = checked_calloc(count, sizeof *gnuplot->figures);
    gnuplot->files = checked_calloc(count, sizeof *gnuplot->files);
    if (!gnuplot->figures || !gnuplot->files) {
        errno = ENOMEM;
        return false;
    }
    gnuplot->messages = memfd_create("messages", MFD_CLOEXEC);
    for (; gnuplot->messages >= 0 && gnuplot->count < count; gnuplot->count++) {
        int file = memfd_create("figure", MFD_CLOEXEC);
        if (file < 0) {
            return false;
        }
        gnuplot->figures[gnuplot->count] = file;
        snprintf(gnuplot->files[gnuplot->count], sizeof *gnuplot->files, "/dev/fd/%d", file);
    }
    return gnuplot->messages >= 0;
}

enum status gnuplot_start(size_t count, struct gnuplot **result, struct error *error)
{
    int ends[2] = {-1, -1};
    struct gnuplot *gnuplot = calloc(1, sizeof *gnuplot);
    *result = NULL;
    if (!gnuplot) {
        return error_memory(error, "starting gnuplot");
    }
    gnuplot->script = gnuplot->messages = -1;
    gnuplot->line = 1;
    int why = 0;
    if (!make_files(gnuplot, count) || pipe2(ends, O_CLOEXEC) != 0) {
        why = errno;
    } else {
        gnuplot->script = ends[1];
        why = spawn(gnuplot, ends[0]);
        close(ends[0]);
    }
    if (why) {
        gnuplot_destroy(gnuplot);
        return cannot_start(error, why);
    }
    *result = gnuplot;
    return STATUS_OK;
}

const char *gnuplot_figure_file(const struct gnuplot *gnuplot, size_t i)
{
    return gnuplot->files[i];
}

static void note_part(struct gnuplot *gnuplot, const char *what)
{
    if (gnuplot->part_count == gnuplot->part_capacity) {
        size_t capacity = gnuplot->part_capacity ? 2 * gnuplot->part_capacity : 64;
        struct part *parts = checked_realloc(gnuplot->parts, capacity, sizeof *parts);
        if (!parts) {
            return; /* messages then name the part before */
        }
        gnuplot->parts = parts;
        gnuplot->part_capacity = capacity;
    }
    gnuplot->parts[gnuplot->part_count++] = (struct part){what, gnuplot->line};
}

void gnuplot_send(struct gnuplot *gnuplot, const char *what, const char *text, size_t length)
{
    note_part(gnuplot, what);
    for (size_t i = 0; i < length; i++) {
        gnuplot->line += text[i] == '\n';
    }
    while (length > 0 && !gnuplot->stopped) {
        ssize_t written = write(gnuplot->script, text, length);
        if (written > 0) {
            text += written;
            length -= (size_t)written;
        } else if (written < 0 && errno != EINTR) {
            gnuplot->stopped = true;
        }
    }
}

/* What gnuplot said, owned by the caller. */
static char *read_messages(struct gnuplot *gnuplot)
{
    char *text = calloc(1, 8192);
    ssize_t length = text ? pread(gnuplot->messages, text, 8191, 0) : 0;
    if (length > 0) {
        text[length] = '\0';
    }
    return text;
}

/* The first message is that of the error: `"/dev/stdin" line 12: what is wrong`, with the line
 * itself and a caret before it. Earlier lines may be warnings. */
static enum status tell(const struct gnuplot *gnuplot, const char *text, struct error *error)
{
    static const char place[] = "\"/dev/stdin\" line ";
    const char *at = NULL;
    for (const char *p = text; (p = strstr(p, place)); p++) {
        const char *end = p + strcspn(p, "\n");
        const char *colon = strchr(p, ':');
        bool warning = colon && strncmp(colon, ": warning", 9) == 0;
        at = colon && colon < end && !warning ? p : at;
    }
    if (!at) {
        return error_set(error, STATUS_FAILED, "figures: gnuplot failed%s%s", text[0] ? ": " : "",
                         text);
    }
    size_t line = strtoul(at + strlen(place), NULL, 10);
    const char *why = strchr(at, ':') + 1;
    struct part part = {"figures", 1};
    for (size_t i = 0; i < gnuplot->part_count && gnuplot->parts[i].first_line <= line; i++) {
        part = gnuplot->parts[i];
    }
    /* The offending line is the one above the caret. */
    const char *caret = at;
    while (caret > text && *caret != '^') {
        caret--;
    }
    const char *end = caret;
    while (end > text && *end != '\n') {
        end--;
    }
    const char *from = end;
    while (from > text && from[-1] != '\n') {
        from--;
    }
    bool shown = *caret == '^' && end > from && end - from < 200;
    return error_set(error, STATUS_FAILED, "%s, line %zu: gnuplot says:%.*s%s%.*s", part.what,
                     line - part.first_line + 1, (int)strcspn(why, "\n"), why, shown ? ": " : "",
                     shown ? (int)(end - from) : 0, from);
}

enum status gnuplot_finish(struct gnuplot *gnuplot, struct error *error)
{
    int how = 0;
    close(gnuplot->script);
    gnuplot->script = -1;
    while (waitpid(gnuplot->process, &how, 0) < 0 && errno == EINTR) {
    }
    gnuplot->process = 0;
    if (WIFSIGNALED(how)) {
        return error_set(error, STATUS_FAILED, "figures: gnuplot was ended by signal %d (%s)",
                         WTERMSIG(how), strsignal(WTERMSIG(how)));
    }
    if (WEXITSTATUS(how) == 127) {
        return cannot_start(error, ENOENT);
    }
    if (WEXITSTATUS(how) == 0) {
        return STATUS_OK; /* gnuplot_copy finds what is not there */
    }
    char *text = read_messages(gnuplot);
    enum status status = tell(gnuplot, text ? text : "", error);
    free(text);
    return status;
}

/* Whether the last bytes are those that a whole file ends with. */
static bool ends_whole(const char *tail, size_t length, enum figure_format format)
{
    static const char *const ends[] = {"</svg>", "%%EOF", "IEND"};
    return memmem(tail, length, ends[format], strlen(ends[format])) != NULL;
}

enum status gnuplot_copy(struct gnuplot *gnuplot, size_t i, enum figure_format format, FILE *to,
                         struct error *error)
{
    char buffer[65536];
    off_t at = 0, size = lseek(gnuplot->figures[i], 0, SEEK_END);
    ssize_t tail = pread(gnuplot->figures[i], buffer, 64, size > 64 ? size - 64 : 0);
    if (tail <= 0 || !ends_whole(buffer, (size_t)tail, format)) {
        return error_set(error, STATUS_FAILED,
                         "gnuplot has left %s; does a style file end the script, set another "
                         "terminal or output, or is memory short?",
                         tail > 0 ? "a part of the figure" : "no figure");
    }
    while (at < size) {
        ssize_t length = pread(gnuplot->figures[i], buffer, sizeof buffer, at);
        if (length <= 0) {
            return error_set(error, STATUS_FAILED, "a drawn figure cannot be read: %s",
                             strerror(errno));
        }
        fwrite(buffer, 1, (size_t)length, to);
        at += length;
    }
    return STATUS_OK;
}

void gnuplot_destroy(struct gnuplot *gnuplot)
{
    if (!gnuplot) {
        return;
    }
    if (gnuplot->script >= 0) {
        close(gnuplot->script);
    }
    if (gnuplot->process > 0) {
        kill(gnuplot->process, SIGTERM);
        while (waitpid(gnuplot->process, NULL, 0) < 0 && errno == EINTR) {
        }
    }
    if (gnuplot->messages >= 0) {
        close(gnuplot->messages);
    }
    for (size_t i = 0; i < gnuplot->count; i++) {
        close(gnuplot->figures[i]);
    }
    free(gnuplot->figures);
    free(gnuplot->files);
    free(gnuplot->parts);
    free(gnuplot);
}
