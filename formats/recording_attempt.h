/* For recording.c alone: what opening a recording once comes to, and how its channels get ready. */
#ifndef SOLEUS_FORMATS_RECORDING_ATTEMPT_H
#define SOLEUS_FORMATS_RECORDING_ATTEMPT_H

#include "formats/recording.h"
#include "formats/sidecar/sidecar.h"

/* How a recording is opened once more. */
struct attempt {
    const struct recording_options *options;
    struct sidecars *sidecars; /* NULL: none */
    double rate;               /* Hz, for the reader; 0: the file's own */
    enum origin origin;        /* of that rate */
    bool keep_rates;           /* what sidecars say of rates does not count */
};

/* After the reader has opened it: imposes the user's rate on a file of one rate, where the reader
 * had no use for it, and says where rates come from. */
void attempt_settle_rates(const struct attempt *attempt, struct recording_info *info);

/* STATUS_NO_RATE when a channel has no rate; name is the recording's. */
enum status attempt_check_rates(const struct recording_info *info, const char *name,
                                struct error *error);

/* Adds to the message of STATUS_NO_RATE what was wrong with the sidecars, or which one could tell
 * the rate. path is the recording's. */
void attempt_explain_no_rate(const struct attempt *attempt, const char *path, struct error *error);

/* Types, labels, selection, units and origins of channels, after sidecars have been applied. */
enum status attempt_prepare(const struct attempt *attempt, const char *name,
                            struct recording_info *info, struct error *error);

#endif
