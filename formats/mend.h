/* Damage that can be mended: a warning, or a refusal for those who want none mended. */
#ifndef SOLEUS_FORMATS_MEND_H
#define SOLEUS_FORMATS_MEND_H

#include "formats/recording.h"

/* Adds the message to info's warnings and returns STATUS_OK; when strict, it becomes the error, led
 * by the file's name, and STATUS_FAILED is returned. */
enum status mend(const char *name, bool strict, struct recording_info *info, struct error *error,
                 const char *format, ...) __attribute__((format(printf, 5, 6)));

/* The same, for readers' own functions that know name, strict, info and error. */
enum status mend_arguments(const char *name, bool strict, struct recording_info *info,
                           struct error *error, const char *format, va_list arguments)
    __attribute__((format(printf, 5, 0)));

#endif
