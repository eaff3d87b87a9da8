/* A worker: a process for one recording, so that a crash, a hang or a lack of memory costs that
 * recording and nothing else.
 *
 * The worker tells the batch through a pipe how far it is and what became of its recording; the end
 * of the pipe is the end of the worker. It ends with the batch, however that ends. */
#ifndef SOLEUS_BATCH_WORK_H
#define SOLEUS_BATCH_WORK_H

#include "pipeline/batch/row.h"
#include "pipeline/batch/unit.h"

#include <sys/types.h>

struct worker {
    pid_t pid; /* 0: no worker */
    int pipe;  /* to be read; not blocking */
    size_t item;
    double started;  /* s, monotonic clock */
    double fraction; /* of the recording that is read */
    bool committing; /* files appear under their names */
    bool complete;   /* the results are there */
    bool reported;   /* it has told what became of the recording */
    bool timed_out, interrupted;
    double kill_time; /* when SIGTERM is followed by SIGKILL; INFINITY: nothing was sent */
    struct unit_report report;
    enum status status;
    struct error error;
    size_t filled; /* bytes of a packet that is on its way */
    char buffer[2048];
};

/* Packets: a byte that says what, two bytes of length, and the data. */
enum packet_kind {
    PACKET_FRACTION = 'p',   /* double */
    PACKET_COMMITTING = 'c', /* a byte: whether it begins or has ended */
    PACKET_COMPLETE = 'k',
    PACKET_WARNING = 'w', /* text */
    PACKET_OMITTED = 'o', /* size_t: warnings that are not kept */
    PACKET_SUM = 's',     /* text: SHA-256 */
    PACKET_DONE = 'd',
    PACKET_UP_TO_DATE = 'u',
    PACKET_FAILED = 'f' /* int: status; text: message */
};
#define PACKET_HEAD 3

/* Forks a worker for an item. memory_limit (MiB, 0: none) is what it may have of memory of its own
 * (RLIMIT_DATA: heap and private mappings, not libraries and files). */
enum status worker_start(struct worker *worker, const struct batch_item *item, size_t number,
                         const struct unit_options *options, double memory_limit,
                         struct error *error);

/* collect.c: takes what the pipe holds; true at its end. */
bool worker_read(struct worker *worker);

/* collect.c: after the end of the pipe: waits for the process, removes what a dead one has left in
 * its folder, and fills the row. */
void worker_end(struct worker *worker, const struct batch_item *item,
                const struct unit_options *options, double timeout, double memory_limit,
                struct batch_row *row);

/* Asks a worker to stop, and to be killed after a moment of grace; at once when it was asked
 * before and `now` says so. */
void worker_stop(struct worker *worker);

/* Seconds on a clock that nobody sets. */
double worker_clock(void);

#endif
