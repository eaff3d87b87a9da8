/* Errors as values.
 *
 * A function that can fail returns an enum status and, when it is not STATUS_OK, has filled the
 * caller's struct error with one sentence that names the file, the place in it and what to try.
 * Libraries never print and never exit; only commands show messages. */
#ifndef SOLEUS_FORMATS_ERROR_H
#define SOLEUS_FORMATS_ERROR_H

#include <stdarg.h>
#include <stddef.h>

enum status {
    STATUS_OK = 0,
    STATUS_FAILED,      /* an input, an output or the system failed */
    STATUS_UNSUPPORTED, /* the input is sound, but of a kind that is not read */
    STATUS_NO_RATE,     /* the input does not tell its sampling rate */
    STATUS_USAGE,       /* the caller asked for something that makes no sense */
    STATUS_INTERRUPTED  /* a signal asked to stop */
};

struct error {
    enum status status;
    char message[1024]; /* UTF-8, one line, no final newline */
};

/* Fills error (which may be NULL) and returns status, so that a failing function can end with
 * `return error_set(error, STATUS_FAILED, "%s: ...", path);`. Control characters that came in
 * with a file's text are replaced, so that a message cannot drive a terminal. */
enum status error_set(struct error *error, enum status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Puts "prefix: " in front of a message that a lower layer has written. */
void error_prefix(struct error *error, const char *prefix);

/* Out of memory while doing `what`. */
enum status error_memory(struct error *error, const char *what);

/* Warnings gathered while a recording is read, shown by the command. Owned strings. */
struct warnings {
    size_t count;
    size_t omitted; /* warnings past the first WARNINGS_MAX are counted, not kept */
    char **texts;
};

#define WARNINGS_MAX 32

/* Adds a formatted warning; one that is already there is not repeated. warnings may be NULL. */
void warnings_add(struct warnings *warnings, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void warnings_clear(struct warnings *warnings);

#endif
