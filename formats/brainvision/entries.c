#include "formats/brainvision/entries.h"

#include "formats/checked.h"
#include "formats/text.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

enum status brainvision_text_load(struct source *source, struct brainvision_text *text,
                                  struct error *error)
{
    size_t capacity = 0, got = 0;
    *text = (struct brainvision_text){0};
    do {
        capacity = capacity ? 2 * capacity : 16384;
        char *grown = checked_realloc(text->bytes, capacity, 1);
        if (!grown) {
            return error_memory(error, "reading a header");
        }
        text->bytes = grown;
        enum status status =
            source_read(source, text->bytes + text->size, capacity - 1 - text->size, &got, error);
        if (status != STATUS_OK) {
            return status;
        }
        text->size += got;
        if (text->size > BRAINVISION_TEXT_MAX) {
            return error_set(error, STATUS_FAILED,
                             "%s: more than 256 MiB of text; is it a BrainVision header?",
                             source_name(source));
        }
    } while (text->size == capacity - 1);
    text->bytes[text->size] = '\0';
    return STATUS_OK;
}

void brainvision_text_clear(struct brainvision_text *text)
{
    free(text->bytes);
    *text = (struct brainvision_text){0};
}

static void trim(const char **from, size_t *length)
{
    while (*length > 0 && isspace((unsigned char)(*from)[0])) {
        ++*from;
        --*length;
    }
    while (*length > 0 && isspace((unsigned char)(*from)[*length - 1])) {
        --*length;
    }
}

static void enter(struct brainvision_entry *entry, const char *line, size_t length)
{
    size_t room = sizeof entry->section - 1, i = 0;
    for (; i < room && i + 1 < length && line[i + 1] != ']'; i++) {
        entry->section[i] = (char)tolower((unsigned char)line[i + 1]);
    }
    entry->section[i] = '\0';
}

bool brainvision_next(const struct brainvision_text *text, struct brainvision_entry *entry)
{
    const char *end = text->bytes + text->size;
    if (!entry->next) {
        *entry = (struct brainvision_entry){.next = text->bytes};
    }
    while (entry->next < end) {
        const char *line = entry->next;
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        size_t length = (size_t)((stop ? stop : end) - line);
        entry->next = stop ? stop + 1 : end;
        entry->line++;
        trim(&line, &length);
        if (length > 0 && line[0] == '[') {
            enter(entry, line, length);
            if (strcmp(entry->section, "comment") == 0) {
                entry->next = end;
            }
            continue;
        }
        const char *equals = length > 0 && line[0] != ';' ? memchr(line, '=', length) : NULL;
        if (!equals || !entry->section[0]) {
            continue;
        }
        entry->key = line;
        entry->key_length = (size_t)(equals - line);
        entry->value = equals + 1;
        entry->value_length = length - entry->key_length - 1;
        trim(&entry->key, &entry->key_length);
        trim(&entry->value, &entry->value_length);
        return true;
    }
    return false;
}

bool brainvision_key_is(const struct brainvision_entry *entry, const char *section, const char *key)
{
    return strcmp(entry->section, section) == 0 && entry->key_length == strlen(key) &&
           strncasecmp(entry->key, key, entry->key_length) == 0;
}

size_t brainvision_number(const struct brainvision_entry *entry, const char *section,
                          const char *prefix)
{
    size_t skip = strlen(prefix);
    int64_t number;
    if (strcmp(entry->section, section) != 0 || entry->key_length <= skip ||
        strncasecmp(entry->key, prefix, skip) != 0 ||
        !text_integer(entry->key + skip, entry->key_length - skip, &number) || number < 1) {
        return 0;
    }
    return (size_t)number;
}

void brainvision_field(const struct brainvision_entry *entry, size_t index, const char **field,
                       size_t *length)
{
    const char *from = entry->value, *end = from + entry->value_length;
    for (; index > 0; index--) {
        const char *comma = memchr(from, ',', (size_t)(end - from));
        from = comma ? comma + 1 : end;
    }
    const char *comma = memchr(from, ',', (size_t)(end - from));
    *field = from;
    *length = (size_t)((comma ? comma : end) - from);
    trim(field, length);
}

void brainvision_copy(char *to, size_t size, const char *field, size_t length)
{
    char plain[1024];
    size_t used = 0;
    for (size_t i = 0; i < length && used < sizeof plain; i++) {
        bool comma = field[i] == '\\' && i + 1 < length && field[i + 1] == '1';
        plain[used++] = comma ? ',' : field[i];
        i += comma;
    }
    text_from_field(to, size, plain, used);
}
