#include "formats/mend.h"

#include <stdio.h>

enum status mend(const char *name, bool strict, struct recording_info *info, struct error *error,
                 const char *format, ...)
{
    char message[800];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    if (strict) {
        return error_set(error, STATUS_FAILED, "%s: %s (refused by --strict)", name, message);
    }
    warnings_add(&info->warnings, "%s", message);
    return STATUS_OK;
}
