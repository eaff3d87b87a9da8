#include "pipeline/beside.h"

#include <stdio.h>
#include <string.h>

enum status beside_path(const char *target, bool bare, const char *suffix, char *to,
                        struct error *error)
{
    const char *slash = strrchr(target, '/'), *name = slash ? slash + 1 : target;
    const char *dot = strrchr(name, '.');
    size_t length = dot && dot > name ? (size_t)(dot - target) : strlen(target);
    if (bare && length > 4 && strncmp(target + length - 4, "_emg", 4) == 0) {
        length -= 4;
    }
    if (length + strlen(suffix) >= BESIDE_SIZE) {
        return error_set(error, STATUS_USAGE, "%.60s...: the path is too long", target);
    }
    snprintf(to, BESIDE_SIZE, "%.*s%s", (int)length, target, suffix);
    return STATUS_OK;
}
