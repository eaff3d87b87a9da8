#include "formats/registry.h"

#include "formats/unread.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

/* Readers: one row a format, defined in the file of that name. */
extern const struct reader reader_au;
extern const struct reader reader_audio;
extern const struct reader reader_bdf;
extern const struct reader reader_biosppy;
extern const struct reader reader_brainvision;
extern const struct reader reader_c3d;
extern const struct reader reader_datalog;
extern const struct reader reader_delsys;
extern const struct reader reader_edf;
extern const struct reader reader_eeglab;
extern const struct reader reader_gdf;
extern const struct reader reader_hdf5;
extern const struct reader reader_lvm;
extern const struct reader reader_mat;
extern const struct reader reader_noraxon;
extern const struct reader reader_nwb;
extern const struct reader reader_openbci;
extern const struct reader reader_opensignals;
extern const struct reader reader_opensignals_txt;
extern const struct reader reader_otb;
extern const struct reader reader_spike2;
extern const struct reader reader_text;
extern const struct reader reader_wfdb;
extern const struct reader reader_xdf;

/* clang-format off */
const struct reader *const registry_readers[] = {
    &reader_au,
    &reader_audio,
    &reader_bdf,
    &reader_biosppy,
    &reader_brainvision,
    &reader_c3d,
    &reader_datalog,
    &reader_delsys,
    &reader_edf,
    &reader_eeglab,
    &reader_gdf,
    &reader_hdf5,
    &reader_lvm,
    &reader_mat,
    &reader_noraxon,
    &reader_nwb,
    &reader_openbci,
    &reader_opensignals,
    &reader_opensignals_txt,
    &reader_otb,
    &reader_spike2,
    &reader_text,
    &reader_wfdb,
    &reader_xdf,
    NULL,
};
/* clang-format on */

/* Writers. */
extern const struct writer writer_au;
extern const struct writer writer_bdf;
extern const struct writer writer_csv;
extern const struct writer writer_edf;
extern const struct writer writer_hdf5;
extern const struct writer writer_tsv;
extern const struct writer writer_w64;
extern const struct writer writer_wav;

/* clang-format off */
const struct writer *const registry_writers[] = {
    &writer_au,
    &writer_bdf,
    &writer_csv,
    &writer_edf,
    &writer_hdf5,
    &writer_tsv,
    &writer_w64,
    &writer_wav,
    NULL,
};
/* clang-format on */
/* clang-format on */
/* clang-format on */
/* clang-format on */
/* clang-format on */

/* True when the blank separated list has the word (case ignored). */
static bool list_has(const char *list, const char *word, size_t length)
{
    for (const char *p = list; *p;) {
        size_t step = strcspn(p, " ");
        if (step == length && strncasecmp(p, word, length) == 0) {
            return true;
        }
        p += step + strspn(p + step, " ");
    }
    return false;
}

static const char *extension_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *dot = strrchr(slash ? slash : path, '.');
    return dot ? dot + 1 : "";
}

bool registry_header_of(const char *path, char *header, size_t size)
{
    const char *extension = extension_of(path);
    int stem = (int)(extension - path);
    for (size_t i = 0; registry_readers[i]; i++) {
        const struct reader *reader = registry_readers[i];
        if (!reader->parts || !list_has(reader->parts, extension, strlen(extension))) {
            continue;
        }
        for (const char *p = reader->extensions; *p;) {
            int step = (int)strcspn(p, " ");
            int written = snprintf(header, size, "%.*s%.*s", stem, path, step, p);
            if (written > 0 && (size_t)written < size && access(header, R_OK) == 0) {
                return true;
            }
            p += step + (int)strspn(p + step, " ");
        }
    }
    return false;
}

const struct reader *registry_reader(const char *id)
{
    for (size_t i = 0; registry_readers[i]; i++) {
        if (strcasecmp(registry_readers[i]->id, id) == 0) {
            return registry_readers[i];
        }
    }
    return NULL;
}

/* The extensions of all readers, for messages. */
static void known_formats(char *to, size_t size)
{
    size_t used = 0;
    to[0] = '\0';
    for (size_t i = 0; registry_readers[i] && used + 1 < size; i++) {
        used += (size_t)snprintf(to + used, size - used, "%s%s", i ? ", " : "",
                                 registry_readers[i]->id);
    }
}

static enum status explain(struct source *source, const struct reader *reader,
                           const struct probe *probe, struct error *error)
{
    char formats[300];
    const unsigned char *head;
    size_t size;
    const char *kind = NULL;
    switch (probe->verdict) {
    case PROBE_BROKEN:
        return error_set(error, STATUS_FAILED, "%s: a broken %s file: %s", source_name(source),
                         reader->id, probe->reason);
    case PROBE_UNSUPPORTED:
        return error_set(error, STATUS_UNSUPPORTED, "%s: %s", source_name(source), probe->reason);
    default:
        if (source_peek(source, SOURCE_PEEK_MAX, &head, &size, NULL) == STATUS_OK) {
            kind = unread_kind(head, size);
        }
        if (kind) {
            return error_set(error, STATUS_UNSUPPORTED, "%s: is %s", source_name(source), kind);
        }
        known_formats(formats, sizeof formats);
        return error_set(error, STATUS_FAILED,
                         "%s: of no known format (read are: %s); force one "
                         "with --format",
                         source_name(source), formats);
    }
}

const struct reader *registry_claim(const unsigned char *head, size_t size, const char *path,
                                    struct probe *probe)
{
    const struct reader *best = NULL;
    *probe = (struct probe){.verdict = PROBE_NOT_MINE, .confidence = -1};
    for (size_t i = 0; registry_readers[i]; i++) {
        struct probe own = registry_readers[i]->probe(head, size, path);
        if (own.verdict != PROBE_NOT_MINE && own.confidence > probe->confidence) {
            best = registry_readers[i];
            *probe = own;
        }
    }
    return best;
}

enum status registry_detect(struct source *source, const struct reader **result,
                            struct error *error)
{
    const unsigned char *head;
    size_t size;
    struct probe probe;
    enum status status = source_peek(source, SOURCE_PEEK_MAX, &head, &size, error);
    *result = NULL;
    if (status != STATUS_OK) {
        return status;
    }
    if (size == 0) {
        return error_set(error, STATUS_FAILED,
                         "%s: is empty; was the recording or the command "
                         "before it cut short?",
                         source_name(source));
    }
    const struct reader *best = registry_claim(head, size, source_name(source), &probe);
    if (probe.verdict != PROBE_MINE) {
        return explain(source, best, &probe, error);
    }
    if (!best->streams && !source_is_file(source)) {
        return error_set(error, STATUS_FAILED,
                         "%s: %s cannot be read from a pipe; save it to a "
                         "file first",
                         source_name(source), best->id);
    }
    *result = best;
    return STATUS_OK;
}

const struct writer *registry_writer(const char *id)
{
    for (size_t i = 0; registry_writers[i]; i++) {
        if (strcasecmp(registry_writers[i]->id, id) == 0) {
            return registry_writers[i];
        }
    }
    return NULL;
}

enum status registry_writer_for(const char *path, const struct writer **writer, struct error *error)
{
    const char *extension = strcmp(path, "-") == 0 ? "au" : extension_of(path);
    char known[300] = "";
    size_t used = 0;
    for (size_t i = 0; registry_writers[i]; i++) {
        if (list_has(registry_writers[i]->extensions, extension, strlen(extension))) {
            *writer = registry_writers[i];
            return STATUS_OK;
        }
        if (used + 1 < sizeof known) {
            used += (size_t)snprintf(known + used, sizeof known - used, "%s%s", i ? ", " : "",
                                     registry_writers[i]->extensions);
        }
    }
    *writer = NULL;
    return error_set(error, STATUS_USAGE,
                     "%s: signals cannot be written as '.%s'; end the name in "
                     "one of: %s",
                     path, extension, known);
}

bool registry_has_parts(const char *path)
{
    const char *extension = extension_of(path);
    for (size_t i = 0; registry_readers[i]; i++) {
        if (registry_readers[i]->parts &&
            list_has(registry_readers[i]->extensions, extension, strlen(extension))) {
            return true;
        }
    }
    return false;
}

bool registry_knows_extension(const char *path)
{
    const char *extension = extension_of(path);
    for (size_t i = 0; registry_readers[i]; i++) {
        if (list_has(registry_readers[i]->extensions, extension, strlen(extension))) {
            return true;
        }
    }
    return false;
}
