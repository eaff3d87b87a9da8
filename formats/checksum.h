/* SHA-256 of a file, read as a stream. */
#ifndef SOLEUS_FORMATS_CHECKSUM_H
#define SOLEUS_FORMATS_CHECKSUM_H

#include "formats/error.h"

#include <stdbool.h>

#define CHECKSUM_SIZE 65 /* 64 hexadecimal digits, lower case, and the NUL */

/* Of the whole regular file at path; a folder, pipe or device is refused, since reading it would
 * wait for ever or take away what is read next. On failure hex is "". */
enum status checksum_file(const char *path, char hex[CHECKSUM_SIZE], struct error *error);

/* Of a recording of `count` files: that of the file when there is one; else of the lines "SHA-256
 * of a file, two blanks, its name without folders, line feed" in the order given, as sha256sum
 * prints them. */
enum status checksum_files(char *const *paths, size_t count, char hex[CHECKSUM_SIZE],
                           struct error *error);

/* The same in a thread of its own, while the file is read for other ends: both find it in the
 * page cache. checksum_start returns NULL when
 * memory ran out, which checksum_wait then reports; checksum_wait gives the result and frees
 * everything. With `give_up` set the result is not wanted any more: hex and error may be NULL, and
 * the status means nothing. */
struct checksum;
struct checksum *checksum_start(char *const *paths, size_t count);
enum status checksum_wait(struct checksum *checksum, bool give_up, char hex[CHECKSUM_SIZE],
                          struct error *error);

#endif
