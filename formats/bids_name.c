#include "formats/bids_name.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LEVELS_MAX 6

/* Copies `length` bytes if they fit and each is a letter, or (with `digits`) a digit or '+'. */
static bool copy_word(char *to, size_t size, const char *from, size_t length, bool digits)
{
    if (length == 0 || length >= size) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)from[i];
        bool sound = digits ? isalnum(byte) || byte == '+' : isalpha(byte) != 0;
        if (!sound || byte >= 0x80) {
            return false;
        }
    }
    memcpy(to, from, length);
    to[length] = '\0';
    return true;
}

bool bids_name_parse(const char *path, struct bids_name *name)
{
    const char *slash = strrchr(path, '/');
    const char *p = slash ? slash + 1 : path;
    const char *end = p + strcspn(p, ".");
    *name = (struct bids_name){.count = 0};
    if (strlen(end) >= sizeof name->extension) {
        return false;
    }
    strcpy(name->extension, end);
    while (true) {
        const char *next = memchr(p, '_', (size_t)(end - p));
        if (!next) {
            return copy_word(name->suffix, sizeof name->suffix, p, (size_t)(end - p), true);
        }
        const char *dash = memchr(p, '-', (size_t)(next - p));
        if (!dash || name->count == BIDS_ENTITIES_MAX) {
            return false;
        }
        struct bids_entity *entity = &name->entities[name->count];
        if (!copy_word(entity->key, sizeof entity->key, p, (size_t)(dash - p), false) ||
            !copy_word(entity->value, sizeof entity->value, dash + 1, (size_t)(next - dash - 1),
                       true) ||
            bids_name_value(name, entity->key)) {
            return false;
        }
        name->count++;
        p = next + 1;
    }
}

const char *bids_name_value(const struct bids_name *name, const char *key)
{
    for (size_t i = 0; i < name->count; i++) {
        if (strcmp(name->entities[i].key, key) == 0) {
            return name->entities[i].value;
        }
    }
    return NULL;
}

bool bids_name_applies(const struct bids_name *general, const struct bids_name *recording)
{
    for (size_t i = 0; i < general->count; i++) {
        const char *value = bids_name_value(recording, general->entities[i].key);
        if (!value || strcmp(value, general->entities[i].value) != 0) {
            return false;
        }
    }
    return true;
}

bool bids_name_format(const struct bids_name *name, char *to, size_t size)
{
    size_t used = 0;
    for (size_t i = 0; i < name->count; i++) {
        int written = snprintf(to + used, size - used, "%s-%s_", name->entities[i].key,
                               name->entities[i].value);
        if (written < 0 || (size_t)written >= size - used) {
            return false;
        }
        used += (size_t)written;
    }
    int written = snprintf(to + used, size - used, "%s%s", name->suffix, name->extension);
    return written >= 0 && (size_t)written < size - used;
}

/* Looks in folder (changed on the way) and above it. */
static bool climb(char *folder, char *root, size_t size)
{
    for (int level = 0; level < LEVELS_MAX; level++) {
        char path[PATH_MAX];
        int written = snprintf(path, sizeof path, "%s/dataset_description.json", folder);
        if (written > 0 && (size_t)written < sizeof path && access(path, F_OK) == 0) {
            written = snprintf(root, size, "%s", folder);
            return written >= 0 && (size_t)written < size;
        }
        char *slash = strrchr(folder, '/');
        if (slash) {
            slash[slash == folder] = '\0';
        } else if (strcmp(folder, ".") != 0) {
            strcpy(folder, ".");
        } else {
            return false;
        }
    }
    return false;
}

bool bids_dataset_root(const char *path, char *root, size_t size)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    int length = slash ? (int)(slash - path) + (slash == path) : 1;
    int written = snprintf(folder, sizeof folder, "%.*s", length, slash ? path : ".");
    if (written < 1 || (size_t)written >= sizeof folder) {
        return false;
    }
    bool plain = !strstr(folder, "..") && !strstr(folder, "//") && !strstr(folder, "./");
    char *resolved = realpath(folder, NULL);
    bool found = plain && climb(folder, root, size);
    if (!found && resolved && strlen(resolved) < sizeof folder) {
        strcpy(folder, resolved);
        found = climb(folder, root, size);
    }
    free(resolved);
    return found;
}
