#include "pipeline/batch/work.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define GRACE 2.0 /* s between SIGTERM and SIGKILL */

double worker_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* The worker's side of the pipe. Nobody is told of failures: the batch is gone then. */
static void send_packet(int pipe, enum packet_kind kind, const void *data, size_t size)
{
    unsigned char packet[PACKET_HEAD + 1400];
    size = size > sizeof packet - PACKET_HEAD ? sizeof packet - PACKET_HEAD : size;
    packet[0] = (unsigned char)kind;
    packet[1] = (unsigned char)(size & 0xff);
    packet[2] = (unsigned char)(size >> 8);
    if (size > 0) {
        memcpy(packet + PACKET_HEAD, data, size);
    }
    size += PACKET_HEAD;
    for (size_t done = 0; done < size;) {
        ssize_t put = write(pipe, packet + done, size - done);
        if (put < 0 && errno != EINTR) {
            return;
        }
        done += put > 0 ? (size_t)put : 0;
    }
}

static void on_progress(void *context, double fraction)
{
    send_packet(*(int *)context, PACKET_FRACTION, &fraction, sizeof fraction);
}

static void on_committing(void *context)
{
    /* The few renames are not to be torn apart by SIGTERM. */
    sigset_t terminate;
    sigemptyset(&terminate);
    sigaddset(&terminate, SIGTERM);
    sigprocmask(SIG_BLOCK, &terminate, NULL);
    send_packet(*(int *)context, PACKET_COMMITTING, NULL, 0);
}

static void send_report(int pipe, enum status status, const struct unit_report *report,
                        const struct error *error)
{
    char failure[sizeof(int) + sizeof error->message];
    int number = (int)status;
    for (size_t i = 0; i < report->warnings.count; i++) {
        send_packet(pipe, PACKET_WARNING, report->warnings.texts[i],
                    strlen(report->warnings.texts[i]));
    }
    send_packet(pipe, PACKET_OMITTED, &report->warnings.omitted, sizeof report->warnings.omitted);
    send_packet(pipe, PACKET_SUM, report->sha256, strlen(report->sha256));
    if (status == STATUS_OK) {
        send_packet(pipe, report->up_to_date ? PACKET_UP_TO_DATE : PACKET_DONE, NULL, 0);
        return;
    }
    memcpy(failure, &number, sizeof number);
    memcpy(failure + sizeof number, error->message, strlen(error->message));
    send_packet(pipe, PACKET_FAILED, failure, sizeof number + strlen(error->message));
}

/* The one who takes up too much memory is to be stopped, not the batch. */
static void volunteer(void)
{
    int descriptor = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (descriptor >= 0) {
        (void)!write(descriptor, "500", 3);
        close(descriptor);
    }
}

/* Makes the forked process a worker; false when the batch is gone already. */
static bool settle(pid_t batch, double memory_limit, struct error *error, enum status *status)
{
    sigset_t none;
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != batch) {
        return false;
    }
    /* Keys pressed in the terminal are for the batch, which then tells its workers. */
    signal(SIGINT, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    signal(SIGTERM, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    /* Standard input may hold the list of recordings. */
    int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (nothing >= 0) {
        dup2(nothing, STDIN_FILENO);
        close(nothing);
    }
    volunteer();
    if (memory_limit > 0) {
        struct rlimit limit;
        limit.rlim_cur = limit.rlim_max = (rlim_t)(memory_limit * 1024 * 1024);
        if (setrlimit(RLIMIT_DATA, &limit) != 0) {
            *status = error_set(error, STATUS_FAILED, "the memory limit cannot be set: %s",
                                strerror(errno));
        }
    }
    return true;
}

static void work(const struct batch_item *item, const struct unit_options *options, int pipe,
                 pid_t batch, double memory_limit)
{
    struct unit_events events = {&pipe, on_progress, on_committing};
    struct unit_report report = {0};
    struct error error = {0};
    enum status status = STATUS_OK;
    if (!settle(batch, memory_limit, &error, &status)) {
        return;
    }
    if (status == STATUS_OK) {
        status = unit_run(item, options, &events, &report, &error);
    }
    send_report(pipe, status, &report, &error);
    unit_report_clear(&report);
}

enum status worker_start(struct worker *worker, const struct batch_item *item, size_t number,
                         const struct unit_options *options, double memory_limit,
                         struct error *error)
{
    int ends[2];
    pid_t batch = getpid();
    *worker = (struct worker){.item = number, .kill_time = INFINITY, .started = worker_clock()};
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return error_set(error, STATUS_FAILED, "%s: a worker cannot be started: %s", item->path,
                         strerror(errno));
    }
    fflush(NULL); /* what waits in buffers is not to be written twice */
    worker->pid = fork();
    if (worker->pid < 0) {
        error_set(error, STATUS_FAILED, "%s: a worker cannot be started: %s; use fewer --jobs",
                  item->path, strerror(errno));
        worker->pid = 0;
        close(ends[0]);
        close(ends[1]);
        return STATUS_FAILED;
    }
    if (worker->pid == 0) {
        close(ends[0]);
        work(item, options, ends[1], batch, memory_limit);
        _exit(0);
    }
    close(ends[1]);
    worker->pipe = ends[0];
    fcntl(worker->pipe, F_SETFL, O_NONBLOCK);
    return STATUS_OK;
}

void worker_stop(struct worker *worker)
{
    double now = worker_clock();
    if (worker->pid > 0 && isinf(worker->kill_time)) {
        kill(worker->pid, SIGTERM);
        worker->kill_time = now + GRACE;
    } else if (worker->pid > 0 && now >= worker->kill_time) {
        kill(worker->pid, SIGKILL);
    }
}
