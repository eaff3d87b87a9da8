/* What workers tell, and how they end. */
#include "pipeline/batch/work.h"
#include "pipeline/save/results_set.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void take_packet(struct worker *worker, enum packet_kind kind, const char *data, size_t size)
{
    int number;
    switch (kind) {
    case PACKET_FRACTION:
        if (size == sizeof worker->fraction) {
            memcpy(&worker->fraction, data, size);
        }
        break;
    case PACKET_COMMITTING:
        worker->committing = true;
        break;
    case PACKET_WARNING:
        warnings_add(&worker->report.warnings, "%.*s", (int)size, data);
        break;
    case PACKET_OMITTED:
        if (size == sizeof worker->report.warnings.omitted) {
            memcpy(&worker->report.warnings.omitted, data, size);
        }
        break;
    case PACKET_SUM:
        snprintf(worker->report.sha256, sizeof worker->report.sha256, "%.*s", (int)size, data);
        break;
    case PACKET_DONE:
    case PACKET_UP_TO_DATE:
        worker->reported = true;
        worker->report.up_to_date = kind == PACKET_UP_TO_DATE;
        break;
    case PACKET_FAILED:
        if (size > sizeof number) {
            memcpy(&number, data, sizeof number);
            worker->reported = true;
            worker->status = (enum status)number;
            error_set(&worker->error, worker->status, "%.*s", (int)(size - sizeof number),
                      data + sizeof number);
        }
        break;
    }
}

bool worker_read(struct worker *worker)
{
    for (;;) {
        ssize_t got = read(worker->pipe, worker->buffer + worker->filled,
                           sizeof worker->buffer - worker->filled);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return got == 0 || errno != EAGAIN;
        }
        worker->filled += (size_t)got;
        size_t done = 0;
        while (worker->filled - done >= PACKET_HEAD) {
            const unsigned char *head = (const unsigned char *)worker->buffer + done;
            size_t size = head[1] | (size_t)head[2] << 8;
            if (worker->filled - done < PACKET_HEAD + size) {
                break;
            }
            take_packet(worker, (enum packet_kind)head[0], (const char *)head + PACKET_HEAD, size);
            done += PACKET_HEAD + size;
        }
        memmove(worker->buffer, worker->buffer + done, worker->filled - done);
        worker->filled -= done;
    }
}

/* Says how a worker died that had nothing to say any more. */
static void explain_death(struct worker *worker, const struct batch_item *item, int ending,
                          double timeout, double memory_limit)
{
    const char *memory = memory_limit > 0 ? "; --memory-limit may be too low for it" : "";
    worker->status = STATUS_FAILED;
    if (worker->timed_out) {
        error_set(&worker->error, STATUS_FAILED,
                  "%s: timed out after %g s; allow it more with --timeout", item->path, timeout);
    } else if (WIFSIGNALED(ending) && WTERMSIG(ending) == SIGKILL) {
        error_set(&worker->error, STATUS_FAILED,
                  "%s: its worker was killed, as the system does when memory runs out; use fewer "
                  "--jobs%s",
                  item->path, memory);
    } else if (WIFSIGNALED(ending) && WTERMSIG(ending) == SIGTERM) {
        error_set(&worker->error, STATUS_FAILED,
                  "%s: its worker was stopped from outside; run "
                  "again",
                  item->path);
    } else if (WIFSIGNALED(ending)) {
        error_set(&worker->error, STATUS_FAILED,
                  "%s: its worker crashed (%s), which is a fault of soleus: please report it with "
                  "the recording%s",
                  item->path, strsignal(WTERMSIG(ending)), memory);
    } else {
        error_set(&worker->error, STATUS_FAILED,
                  "%s: its worker ended with status %d without a result; please report it with "
                  "the recording%s",
                  item->path, WEXITSTATUS(ending), memory);
    }
}

/* Removes what a dead worker could not. */
static void clean_up(const struct worker *worker, const struct batch_item *item,
                     const struct unit_options *options)
{
    char *prefix = unit_prefix(item, options->folder);
    char *folder = prefix ? strdup(prefix) : NULL;
    if (folder) {
        *strrchr(folder, '/') = '\0';
        output_remove_parts(folder, worker->pid);
        if (worker->committing) {
            results_set_remove_incomplete(prefix);
        }
    }
    free(prefix);
    free(folder);
}

void worker_end(struct worker *worker, const struct batch_item *item,
                const struct unit_options *options, double timeout, double memory_limit,
                struct batch_row *row)
{
    struct rusage usage = {0};
    int ending = 0;
    close(worker->pipe);
    while (wait4(worker->pid, &ending, 0, &usage) < 0 && errno == EINTR) {
    }
    if (!worker->reported) {
        explain_death(worker, item, ending, timeout, memory_limit);
        clean_up(worker, item, options);
    }
    row->seconds = worker_clock() - worker->started;
    row->cpu_seconds = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
    row->peak = (double)usage.ru_maxrss / 1024;
    memcpy(row->sha256, worker->report.sha256, sizeof row->sha256);
    row->warnings = worker->report.warnings;
    worker->report.warnings = (struct warnings){0};
    if (worker->status == STATUS_OK) {
        row->status = worker->report.up_to_date ? ROW_UP_TO_DATE : ROW_DONE;
    } else if (worker->interrupted && !worker->reported) {
        row->status = ROW_INTERRUPTED;
    } else {
        if (!strstr(worker->error.message, item->path)) {
            error_prefix(&worker->error, item->path);
        }
        if (worker->reported && memory_limit > 0 && strstr(worker->error.message, "memory")) {
            size_t used = strlen(worker->error.message);
            snprintf(worker->error.message + used, sizeof worker->error.message - used,
                     "; --memory-limit %g may be too low for it", memory_limit);
        }
        row->status = ROW_FAILED;
        row->error = strdup(worker->error.message);
    }
    worker->pid = 0;
}
