/* Output that appears whole or not at all.
 *
 * A file is written as NAME.part.PID beside its target, checked at every write and at close,
 * synced, and renamed. "-" is standard output; a target that exists and is no regular file (a
 * device, a named pipe) is written in place. */
#ifndef SOLEUS_FORMATS_OUTPUT_H
#define SOLEUS_FORMATS_OUTPUT_H

#include "formats/error.h"

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

struct output;

/* Refuses what output_create would refuse, without creating anything: before long work. */
enum status output_check(const char *path, const char *input, bool force, struct error *error);

/* Refuses a target that exists unless force is set, and one that is the same file as input
 * (a path, or NULL) always. Nothing is created yet but the empty .part file. */
enum status output_create(const char *path, const char *input, bool force, struct output **output,
                          struct error *error);

/* A buffered stream on the output. Writers need not check every call: output_commit finds what
 * failed. Owned by the output. */
FILE *output_stream(struct output *output);

/* Path to write to, for libraries that open files by themselves; NULL for standard output. */
const char *output_path(const struct output *output);

/* For messages: the target's path, or "standard output". */
const char *output_name(const struct output *output);

/* The first half of a commit: flushes, checks, syncs and closes, and the output is ready to be
 * renamed; nothing can be written any more. For outputs that must appear together. */
enum status output_seal(struct output *output, struct error *error);

/* Flushes, checks, syncs, renames, and destroys. On failure the .part file is gone too. */
enum status output_commit(struct output *output, struct error *error);

/* Removes what was written, and destroys. Accepts NULL. */
void output_abort(struct output *output);

/* Makes the folder and its parents. */
enum status output_make_folder(const char *path, struct error *error);

/* A .part file is locked by its process as long as it is written (on file systems that have locks):
 * one that is not was left behind by a process that is dead, here or on another machine. */

/* Removes the .part files in a folder (not in those below) that process `pid`, which has ended,
 * has left. */
void output_remove_parts(const char *folder, pid_t pid);

/* Whether a file name ends in .part.PID: the length of the name before that, with the PID in *pid,
 * or 0. */
size_t output_part_name(const char *name, pid_t *pid);

/* Removes the .part file at path when no process writes it. */
void output_remove_stale(const char *path);

#endif
