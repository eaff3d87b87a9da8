#include "pipeline/batch/progress.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define BAR_MIN 10
#define BAR_MAX 40

void progress_start(struct progress *progress, FILE *stream, bool wanted)
{
    const char *terminal = getenv("TERM"), *no_color = getenv("NO_COLOR");
    bool able = terminal && terminal[0] && strcmp(terminal, "dumb") != 0;
    *progress = (struct progress){
        .stream = wanted && able && isatty(fileno(stream)) ? stream : NULL,
        .colours = !(no_color && no_color[0]),
    };
}

void progress_time(char *to, size_t size, double seconds)
{
    unsigned whole = seconds >= 0 && seconds < 359999 ? (unsigned)lround(seconds) : 359999;
    if (whole >= 3600) {
        snprintf(to, size, "%u:%02u:%02u", whole / 3600, whole / 60 % 60, whole % 60);
    } else {
        snprintf(to, size, "%u:%02u", whole / 60, whole % 60);
    }
}

/* "[#####-----] " of `length` columns. */
static void make_bar(char *to, size_t length, double fraction)
{
    size_t inside = length - 3;
    size_t full = (size_t)(fmin(fmax(fraction, 0), 1) * (double)inside);
    to[0] = '[';
    memset(to + 1, '#', full);
    memset(to + 1 + full, '-', inside - full);
    memcpy(to + 1 + inside, "] ", 3);
}

void progress_line(char *to, size_t size, size_t width, const struct batch_counts *counts,
                   bool colours)
{
    char numbers[100], failures[40] = "", left[60] = "", bar[BAR_MAX + 4] = "", clock[40];
    size_t finished = counts->done + counts->up_to_date + counts->failed;
    snprintf(numbers, sizeof numbers, "%3.0f %%  %zu/%zu", floor(100 * counts->fraction), finished,
             counts->total);
    if (counts->failed > 0) {
        snprintf(failures, sizeof failures, "  %zu failed", counts->failed);
    }
    if (isfinite(counts->left)) {
        progress_time(clock, sizeof clock, counts->left);
        snprintf(left, sizeof left, "  %s left", clock);
    }
    size_t used = strlen(numbers) + strlen(failures);
    if (used + strlen(left) > width) {
        left[0] = '\0';
    }
    used += strlen(left);
    /* Room for the time left is kept while it is unknown, so that the bar does not jump. */
    size_t kept = used + (left[0] ? 0 : 14);
    size_t room = width > kept ? width - kept : 0;
    if (room >= BAR_MIN + 3) {
        make_bar(bar, room > BAR_MAX + 3 ? BAR_MAX + 3 : room, counts->fraction);
    }
    snprintf(to, size, "%s%s%s%s%s%s", bar, numbers, colours && failures[0] ? "\033[31m" : "",
             failures, colours && failures[0] ? "\033[0m" : "", left);
}

void progress_draw(struct progress *progress, const struct batch_counts *counts)
{
    struct winsize window = {0};
    char line[300];
    if (!progress->stream) {
        return;
    }
    if (ioctl(fileno(progress->stream), TIOCGWINSZ, &window) != 0 || window.ws_col == 0) {
        window.ws_col = 80;
    }
    /* The last column stays free: a character there may begin a new line. */
    progress_line(line, sizeof line, window.ws_col - 1u, counts, progress->colours);
    fprintf(progress->stream, "\r\033[K%s", line);
    fflush(progress->stream);
    progress->drawn = true;
}

void progress_clear(struct progress *progress)
{
    if (progress->stream && progress->drawn) {
        fputs("\r\033[K", progress->stream);
        fflush(progress->stream);
        progress->drawn = false;
    }
}
