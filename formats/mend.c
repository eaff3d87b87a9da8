#include "formats/mend.h"

#include <stdio.h>

enum status mend_arguments(const char *name, bool strict, struct recording_info *info,
                           struct error *error, const char *format, va_list arguments)
{
    char message[800];
    vsnprintf(message, sizeof message, format, arguments);
    if (strict) {
        return error_set(error, STATUS_FAILED, "%s: %s (refused by --strict)", name, message);
    }
    warnings_add(&info->warnings, "%s", message);
    return STATUS_OK;
}

enum status mend(const char *name, bool strict, struct recording_info *info, struct error *error,
                 const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    enum status status = mend_arguments(name, strict, info, error, format, arguments);
    va_end(arguments);
    return status;
}
