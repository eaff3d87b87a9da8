/* .part files that dead processes have left behind. */
#include "formats/output.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

size_t output_part_name(const char *name, pid_t *pid)
{
    const char *dot = strrchr(name, '.');
    size_t before = dot ? (size_t)(dot - name) : 0;
    long number = 0;
    if (before < 6 || memcmp(dot - 5, ".part", 5) != 0 || dot[1] < '1' || dot[1] > '9') {
        return 0;
    }
    for (const char *p = dot + 1; *p; p++) {
        if (*p < '0' || *p > '9' || number > 99999999) {
            return 0;
        }
        number = 10 * number + (*p - '0');
    }
    *pid = (pid_t)number;
    return before - 5;
}

void output_remove_stale(const char *path)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    int descriptor = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (descriptor < 0) {
        return;
    }
    /* Where there are no locks at all, nobody knows, and the file stays. */
    if (fcntl(descriptor, F_OFD_SETLK, &lock) == 0) {
        unlink(path);
    }
    close(descriptor);
}

void output_remove_parts(const char *folder, pid_t pid)
{
    DIR *listing = opendir(folder);
    struct dirent *entry;
    pid_t owner;
    while (listing && (entry = readdir(listing))) {
        if (output_part_name(entry->d_name, &owner) > 0 && owner == pid) {
            unlinkat(dirfd(listing), entry->d_name, 0);
        }
    }
    if (listing) {
        closedir(listing);
    }
}
