/* By content: a tar or zip whose first entries are of the names that OTBiolab gives. The library is
 * kept out of it, since probes see the bytes of every file. */
#include "formats/otb/layout.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static bool named_otb(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot && (strcasecmp(dot, ".otb+") == 0 || strcasecmp(dot, ".otb4") == 0 ||
                   strcasecmp(dot, ".otb") == 0);
}

/* An entry that only OTBiolab writes. */
static bool otb_entry_name(const char *name, size_t length)
{
    char text[OTB_NAME_SIZE];
    snprintf(text, sizeof text, "%.*s", (int)(length < 255 ? length : 255), name);
    const char *slash = strrchr(text, '/');
    const char *base = slash ? slash + 1 : text;
    return otb_name_ends(base, ".sig") || otb_name_ends(base, ".sip") ||
           strcasecmp(base, "DeviceParameters.xml") == 0 || strcasecmp(base, "patient.xml") == 0 ||
           (strncasecmp(base, "Tracks_", 7) == 0 && otb_name_ends(base, ".xml")) ||
           (strncasecmp(base, "markers_", 8) == 0 && otb_name_ends(base, ".xml"));
}

/* A number in octal digits, as tar headers have it. */
static uint64_t octal(const unsigned char *field, size_t size)
{
    uint64_t value = 0;
    size_t i = 0;
    while (i < size && field[i] == ' ') {
        i++;
    }
    for (; i < size && field[i] >= '0' && field[i] <= '7'; i++) {
        value = value * 8 + (uint64_t)(field[i] - '0');
    }
    return value;
}

static bool is_tar(const unsigned char *head, size_t size)
{
    uint64_t sum = 0;
    if (size < 512 || head[0] == '\0') {
        return false;
    }
    for (size_t i = 0; i < 512; i++) {
        sum += i >= 148 && i < 156 ? ' ' : head[i];
    }
    return octal(head + 148, 8) == sum;
}

/* Looks for OTBiolab's entries among those whose names can be seen. */
static bool tar_is_otb(const unsigned char *head, size_t size)
{
    for (size_t at = 0; at + 512 <= size && is_tar(head + at, size - at);) {
        const char *name = (const char *)head + at;
        if (otb_entry_name(name, strnlen(name, 100))) {
            return true;
        }
        uint64_t bytes = octal(head + at + 124, 12);
        if (bytes > size) {
            return false;
        }
        at += 512 + (size_t)(bytes + 511) / 512 * 512;
    }
    return false;
}

static bool zip_is_otb(const unsigned char *head, size_t size)
{
    for (size_t at = 0; at + 30 <= size && memcmp(head + at, "PK\3\4", 4) == 0;) {
        size_t name = head[at + 26] | (size_t)head[at + 27] << 8;
        size_t extra = head[at + 28] | (size_t)head[at + 29] << 8;
        size_t bytes = head[at + 18] | (size_t)head[at + 19] << 8 | (size_t)head[at + 20] << 16 |
                       (size_t)head[at + 21] << 24;
        if (at + 30 + name > size) {
            return false;
        }
        if (otb_entry_name((const char *)head + at + 30, name)) {
            return true;
        }
        at += 30 + name + extra + bytes;
    }
    return false;
}

struct probe otb_probe(const unsigned char *head, size_t size, const char *path)
{
    struct probe probe = {.verdict = PROBE_NOT_MINE};
    bool tar = is_tar(head, size), zip = size >= 4 && memcmp(head, "PK\3\4", 4) == 0;
    bool gzip = size >= 3 && memcmp(head, "\x1f\x8b\x08", 3) == 0;
    if (!tar && !zip && !gzip) {
        if (named_otb(path)) {
            probe.verdict = PROBE_BROKEN;
            probe.confidence = 25;
            snprintf(probe.reason, sizeof probe.reason,
                     "it is no archive; was it copied whole, from the start?");
        }
        return probe;
    }
    if ((tar && tar_is_otb(head, size)) || (zip && zip_is_otb(head, size)) || named_otb(path)) {
        probe.verdict = PROBE_MINE;
        probe.confidence = named_otb(path) ? 92 : 85;
        return probe;
    }
    probe.verdict = PROBE_UNSUPPORTED;
    probe.confidence = 15;
    snprintf(probe.reason, sizeof probe.reason,
             "a %s archive, none of OT Bioelettronica; unpack it and give the recordings in it",
             tar   ? "tar"
             : zip ? "zip"
                   : "gzip");
    return probe;
}
