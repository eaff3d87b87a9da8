/* What became of a recording of a batch. */
#ifndef SOLEUS_BATCH_ROW_H
#define SOLEUS_BATCH_ROW_H

#include "formats/checksum.h"

#include <stdbool.h>

enum row_status {
    ROW_PENDING = 0, /* not begun, or going on */
    ROW_DONE,
    ROW_UP_TO_DATE, /* was there already */
    ROW_FAILED,
    ROW_INTERRUPTED /* stopped with the batch */
};

struct batch_row {
    enum row_status status;
    bool complete;              /* its results are there, even if figures have failed */
    char *error;                /* owned; NULL unless failed */
    struct warnings warnings;   /* of the recording; owned */
    double seconds;             /* wall clock; NaN when not begun, and so on */
    double cpu_seconds;         /* of the worker */
    double peak;                /* MiB of memory of the worker */
    char sha256[CHECKSUM_SIZE]; /* of the recording's files (checksum_files); "" when unknown */
};

#endif
