#include "pipeline/batch/batch.h"

#include "formats/checked.h"
#include "formats/output.h"
#include "pipeline/batch/dataset.h"
#include "pipeline/batch/earlier.h"
#include "pipeline/batch/gather.h"
#include "pipeline/batch/places.h"
#include "pipeline/batch/run_table.h"
#include "pipeline/batch/work.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define TICK        0.2     /* s between reports of progress */
#define TABLE_EVERY 1.0     /* s between versions of run.tsv, at least */
#define ITEM_WEIGHT 65536.0 /* what a recording costs besides its bytes */

struct batch {
    const struct batch_plan *plan;
    const struct batch_options *options;
    struct unit_options unit;
    struct batch_row *rows; /* by item */
    struct table *earlier;  /* rows of earlier runs into the folder */
    size_t *order;          /* items, the largest first */
    size_t next;            /* in order */
    size_t jobs;
    struct worker *workers; /* jobs */
    struct pollfd *polls;   /* jobs + 1: the last is for signals */
    int signals;            /* signalfd */
    sigset_t mask_before;
    bool stopping, at_once;
    bool failed; /* some table could not be written */
    struct batch_counts counts;
    double started, told, table_written, table_cost;
    double total_weight, skipped_weight, worked_weight;
};

static double weight_of(const struct batch_item *item)
{
    return (double)item->size + ITEM_WEIGHT;
}

static size_t processors(void)
{
    cpu_set_t set;
    int count = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    return count < 1 ? 1 : (size_t)count;
}

/* Puts the largest recordings first, so that none of them is left over at the end. */
static int by_size(const void *a, const void *b, void *context)
{
    const struct batch_item *items = context;
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    if (items[x].size != items[y].size) {
        return items[x].size > items[y].size ? -1 : 1;
    }
    return (x > y) - (x < y);
}

/* Signals that ask to stop are read from a descriptor, beside the pipes of the workers. */
static enum status catch_signals(struct batch *batch, struct error *error)
{
    sigset_t wanted;
    struct sigaction hangup;
    sigemptyset(&wanted);
    sigaddset(&wanted, SIGINT);
    sigaddset(&wanted, SIGTERM);
    if (sigaction(SIGHUP, NULL, &hangup) != 0 || hangup.sa_handler != SIG_IGN) {
        sigaddset(&wanted, SIGHUP);
    }
    sigprocmask(SIG_BLOCK, &wanted, &batch->mask_before);
    batch->signals = signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK);
    return batch->signals < 0
               ? error_set(error, STATUS_FAILED, "signals cannot be caught: %s", strerror(errno))
               : STATUS_OK;
}

static enum status prepare(struct batch *batch, struct error *error)
{
    const struct batch_plan *plan = batch->plan;
    size_t wanted = batch->options->jobs ? batch->options->jobs : processors();
    batch->signals = -1;
    batch->jobs = wanted < plan->count ? wanted : plan->count;
    batch->rows = checked_calloc(plan->count, sizeof *batch->rows);
    batch->order = checked_calloc(plan->count, sizeof *batch->order);
    batch->workers = checked_calloc(batch->jobs, sizeof *batch->workers);
    batch->polls = checked_calloc(batch->jobs + 1, sizeof *batch->polls);
    if (!batch->rows || !batch->order || !batch->workers || !batch->polls) {
        return error_memory(error, "preparing a batch");
    }
    for (size_t i = 0; i < plan->count; i++) {
        batch->rows[i] = (struct batch_row){.seconds = NAN, .cpu_seconds = NAN, .peak = NAN};
        batch->order[i] = i;
        batch->total_weight += weight_of(&plan->items[i]);
    }
    qsort_r(batch->order, plan->count, sizeof *batch->order, by_size, plan->items);
    batch->counts.total = plan->count;
    batch->started = batch->told = worker_clock();
    batch->unit = batch->options->unit;
    if (batch->jobs > 1 && batch->unit.parameters.threads == 0) {
        batch->unit.parameters.threads = 1; /* the workers are the threads */
    }
    return catch_signals(batch, error);
}

static void problem(struct batch *batch, const struct error *error)
{
    batch->failed = true;
    if (batch->options->events.problem) {
        batch->options->events.problem(batch->options->events.context, error);
    }
}

static void write_table(struct batch *batch)
{
    struct error error;
    double before = worker_clock();
    if (batch->options->shared) {
        return;
    }
    if (run_table_write(batch->unit.folder, batch->plan, batch->rows, batch->earlier, &error) !=
            STATUS_OK &&
        !batch->failed) {
        problem(batch, &error);
    }
    batch->table_written = worker_clock();
    batch->table_cost = batch->table_written - before;
}

static void finish_row(struct batch *batch, size_t item)
{
    const struct batch_row *row = &batch->rows[item];
    const struct batch_events *events = &batch->options->events;
    double weight = weight_of(&batch->plan->items[item]);
    batch->counts.done += row->status == ROW_DONE;
    batch->counts.up_to_date += row->status == ROW_UP_TO_DATE;
    batch->counts.failed += row->status == ROW_FAILED;
    *(row->status == ROW_UP_TO_DATE ? &batch->skipped_weight : &batch->worked_weight) += weight;
    struct error error;
    if (batch->options->shared && run_table_write_log(batch->unit.folder, &batch->plan->items[item],
                                                      row, &error) != STATUS_OK) {
        problem(batch, &error);
    }
    if (events->finished && row->status != ROW_INTERRUPTED) {
        events->finished(events->context, &batch->plan->items[item], row);
    }
}

static struct worker *free_worker(struct batch *batch)
{
    for (size_t i = 0; i < batch->jobs; i++) {
        if (batch->workers[i].pid == 0) {
            return &batch->workers[i];
        }
    }
    return NULL;
}

/* Starts workers as long as there is room and work. */
static void start_workers(struct batch *batch)
{
    struct worker *worker;
    while (!batch->stopping && batch->next < batch->plan->count && (worker = free_worker(batch))) {
        size_t item = batch->order[batch->next];
        struct error error;
        enum status status = worker_start(worker, &batch->plan->items[item], item, &batch->unit,
                                          batch->options->memory_limit, &error);
        if (status == STATUS_OK) {
            batch->counts.running++;
        } else if (batch->counts.running > 0) {
            return; /* there may be room for it when another is finished */
        } else {
            batch->rows[item].status = ROW_FAILED;
            batch->rows[item].error = strdup(error.message);
            finish_row(batch, item);
        }
        batch->next++;
    }
}

static void stop_workers(struct batch *batch, bool interrupted)
{
    for (size_t i = 0; i < batch->jobs; i++) {
        struct worker *worker = &batch->workers[i];
        if (worker->pid > 0 && isinf(worker->kill_time)) {
            worker->interrupted = interrupted;
            worker_stop(worker);
        }
    }
}

static void take_signals(struct batch *batch)
{
    struct signalfd_siginfo got;
    while (read(batch->signals, &got, sizeof got) == (ssize_t)sizeof got) {
        bool at_once = batch->stopping || got.ssi_signo != SIGINT;
        bool news = !batch->stopping || (at_once && !batch->at_once);
        batch->stopping = true;
        batch->at_once = at_once;
        if (at_once) {
            stop_workers(batch, true);
        }
        const struct batch_events *events = &batch->options->events;
        if (news && events->stopping) {
            events->stopping(events->context, batch->counts.running, at_once);
        }
    }
}

/* Stops what runs out of time, and kills what does not stop. Returns when to look again. */
static double watch_time(struct batch *batch)
{
    double now = worker_clock(), next = now + 60, timeout = batch->options->timeout;
    for (size_t i = 0; i < batch->jobs; i++) {
        struct worker *worker = &batch->workers[i];
        if (worker->pid == 0) {
            continue;
        }
        bool asked = isfinite(worker->kill_time);
        if (!asked && timeout > 0 && now >= worker->started + timeout) {
            worker->timed_out = true;
            worker_stop(worker);
            asked = true;
        } else if (asked && now >= worker->kill_time) {
            worker_stop(worker);
            continue; /* nothing to wait for but its end */
        }
        double moment = asked ? worker->kill_time : worker->started + timeout;
        next = asked || timeout > 0 ? fmin(next, moment) : next;
    }
    return next;
}

static void tell_progress(struct batch *batch)
{
    struct batch_counts *counts = &batch->counts;
    const struct batch_events *events = &batch->options->events;
    double now = worker_clock(), partial = 0;
    if (!events->tick || now < batch->told + TICK) {
        return;
    }
    batch->told = now;
    for (size_t i = 0; i < batch->jobs; i++) {
        if (batch->workers[i].pid > 0) {
            partial +=
                batch->workers[i].fraction * weight_of(&batch->plan->items[batch->workers[i].item]);
        }
    }
    double worked = batch->worked_weight + partial;
    double passed = worked + batch->skipped_weight;
    counts->elapsed = now - batch->started;
    counts->fraction = passed / batch->total_weight;
    /* What is up to date takes next to no time, and tells nothing about the rest. */
    double base = worked > 0 ? worked : passed;
    counts->left = counts->elapsed > 1 && base > 0
                       ? (batch->total_weight - passed) * counts->elapsed / base
                       : NAN;
    events->tick(events->context, counts);
}

/* Waits for news of workers, signals or the clock. */
static void wait_for_news(struct batch *batch)
{
    double now = worker_clock(), until = watch_time(batch);
    if (batch->options->events.tick) {
        until = fmin(until, batch->told + TICK);
    }
    for (size_t i = 0; i < batch->jobs; i++) {
        bool runs = batch->workers[i].pid > 0;
        batch->polls[i] = (struct pollfd){runs ? batch->workers[i].pipe : -1, POLLIN, 0};
    }
    batch->polls[batch->jobs] = (struct pollfd){batch->signals, POLLIN, 0};
    int milliseconds = (int)fmax(0, ceil((until - now) * 1000));
    if (poll(batch->polls, batch->jobs + 1, milliseconds) <= 0) {
        return;
    }
    if (batch->polls[batch->jobs].revents) {
        take_signals(batch);
    }
    for (size_t i = 0; i < batch->jobs; i++) {
        struct worker *worker = &batch->workers[i];
        if (batch->polls[i].revents && worker_read(worker)) {
            size_t item = worker->item;
            worker_end(worker, &batch->plan->items[item], &batch->unit, batch->options->timeout,
                       batch->options->memory_limit, &batch->rows[item]);
            batch->counts.running--;
            finish_row(batch, item);
        }
    }
}

static void go(struct batch *batch)
{
    start_workers(batch);
    while (batch->counts.running > 0) {
        wait_for_news(batch);
        start_workers(batch);
        tell_progress(batch);
        /* A long table is not written so often that it holds the batch up. */
        double pause = fmax(TABLE_EVERY, 20 * batch->table_cost);
        if (worker_clock() > batch->table_written + pause) {
            write_table(batch);
        }
    }
}

enum status batch_run(const struct batch_plan *plan, const struct batch_options *options,
                      struct batch_counts *counts, struct error *error)
{
    struct batch batch = {.plan = plan, .options = options};
    struct error gathered;
    enum status status = prepare(&batch, error);
    if (status == STATUS_OK) {
        status = places_prepare(options->unit.folder, options->unit.force, error);
    }
    if (status == STATUS_OK && plan->dataset) {
        status = dataset_describe(options->unit.folder, plan->dataset, options->unit.force, error);
    }
    batch.unit.dataset = plan->dataset;
    if (status == STATUS_OK) {
        status = earlier_read(options->unit.folder, plan, &batch.earlier, error);
    }
    if (status == STATUS_OK && !options->shared) {
        status = run_table_write(options->unit.folder, plan, batch.rows, batch.earlier, error);
    }
    if (status == STATUS_OK) {
        batch.table_written = worker_clock();
        /* Before, for the room on the disk; after, since workers of a batch that was killed a
         * moment ago may have lived on for a while. */
        places_clean(options->unit.folder);
        go(&batch);
        write_table(&batch);
        places_clean(options->unit.folder);
        if (!options->shared && gather_tables(options->unit.folder, plan, batch.rows, batch.earlier,
                                              &gathered) != STATUS_OK) {
            problem(&batch, &gathered);
        }
        bool bad = batch.failed || batch.counts.failed > 0;
        status = batch.stopping ? STATUS_INTERRUPTED : bad ? STATUS_FAILED : STATUS_OK;
        *error = (struct error){.status = status}; /* events have told all */
    }
    *counts = batch.counts;
    counts->elapsed = worker_clock() - batch.started;
    if (batch.signals >= 0) {
        close(batch.signals);
        sigprocmask(SIG_SETMASK, &batch.mask_before, NULL);
    }
    for (size_t i = 0; batch.rows && i < plan->count; i++) {
        free(batch.rows[i].error);
        warnings_clear(&batch.rows[i].warnings);
    }
    table_destroy(batch.earlier);
    free(batch.rows);
    free(batch.order);
    free(batch.workers);
    free(batch.polls);
    return status;
}
