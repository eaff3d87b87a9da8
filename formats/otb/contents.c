#include "formats/checked.h"
#include "formats/otb/layout.h"
#include "formats/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define ENTRIES_MAX 4096
/* Of all XML together; the tracks of 1000 channels are about 1 MiB. */
#define XML_MAX ((uint64_t)8 << 20)

bool otb_name_ends(const char *name, const char *end)
{
    size_t length = strlen(name), tail = strlen(end);
    return length >= tail && strcasecmp(name + length - tail, end) == 0;
}

/* XML of compressed archives may be larger than the file, but not by much. */
static uint64_t xml_limit(const struct source *source)
{
    uint64_t size = source_size(source), limit = 32 * size + 65536;
    return size < XML_MAX && limit < XML_MAX ? limit : XML_MAX;
}

static enum status load(struct otb_archive *archive, struct otb_entry *entry, uint64_t limit,
                        const char *name, struct error *error)
{
    size_t room = entry->size < limit ? (size_t)entry->size + 1 : 16384;
    char *text = malloc(room);
    enum status status = text ? STATUS_OK : error_memory(error, "reading an archive");
    size_t length = 0;
    while (status == STATUS_OK) {
        size_t got;
        status = otb_archive_read(archive, text + length, room - length, &got, error);
        length += got;
        if (status != STATUS_OK || length < room) {
            break;
        }
        char *grown = room <= limit ? realloc(text, 2 * room) : NULL;
        if (!grown) {
            status = error_set(error, STATUS_FAILED,
                               "%s: '%s' in it is larger than any description that OTBiolab "
                               "writes",
                               name, entry->name);
            break;
        }
        text = grown;
        room *= 2;
    }
    if (status != STATUS_OK) {
        free(text);
        return status;
    }
    entry->text = text;
    entry->length = length;
    return STATUS_OK;
}

static enum status add_entry(struct otb_contents *contents, struct otb_archive *archive,
                             uint64_t *limit, const struct source *source, struct error *error)
{
    struct otb_entry *grown = checked_grow(contents->entries, contents->count, sizeof *grown);
    if (!grown) {
        return error_memory(error, "reading an archive");
    }
    contents->entries = grown;
    struct otb_entry *entry = &contents->entries[contents->count];
    *entry = (struct otb_entry){.order = contents->count,
                                .size = otb_archive_size(archive),
                                .cut = otb_archive_cut(archive)};
    strcpy(entry->name, otb_archive_name(archive));
    contents->count++;
    if (!otb_name_ends(entry->name, ".xml")) {
        return STATUS_OK;
    }
    enum status status = load(archive, entry, *limit, source_name(source), error);
    *limit -= entry->length < *limit ? entry->length : *limit;
    return status;
}

enum status otb_contents_read(struct otb_contents *contents, const struct source *source,
                              struct error *error)
{
    struct otb_archive *archive = NULL;
    uint64_t limit = xml_limit(source);
    bool found = true;
    *contents = (struct otb_contents){0};
    enum status status = otb_archive_open(source, &archive, error);
    while (status == STATUS_OK && contents->count < ENTRIES_MAX) {
        status = otb_archive_next(archive, &found, error);
        if (status != STATUS_OK || !found) {
            break;
        }
        status = add_entry(contents, archive, &limit, source, error);
    }
    otb_archive_close(archive);
    if (status != STATUS_OK && contents->count > 0) {
        /* What came before the damage may do. */
        contents->damage = *error;
        status = STATUS_OK;
    }
    return status;
}

void otb_contents_clear(struct otb_contents *contents)
{
    for (size_t i = 0; i < contents->count; i++) {
        free(contents->entries[i].text);
    }
    free(contents->entries);
    *contents = (struct otb_contents){0};
}

const struct otb_entry *otb_contents_find(const struct otb_contents *contents, const char *name)
{
    const char *slash = strrchr(name, '/'), *back = strrchr(name, '\\');
    name = back && (!slash || back > slash) ? back + 1 : slash ? slash + 1 : name;
    for (size_t i = 0; i < contents->count; i++) {
        if (strcasecmp(contents->entries[i].name, name) == 0) {
            return &contents->entries[i];
        }
    }
    return NULL;
}

void otb_set_start(struct recording_info *info, const char *text)
{
    if (!info->start.known) {
        text_start_time(text, &info->start);
    }
}

static enum status read_markers(struct otb_layout *layout, const xmlNode *root, struct error *error)
{
    enum status status = STATUS_OK;
    for (const xmlNode *marker = xml_child(root, "Marker"); marker && status == STATUS_OK;
         marker = xml_next(marker, "Marker")) {
        char text[LABEL_SIZE];
        double onset = xml_number(marker, "Milliseconds", NAN) / 1000;
        if (isfinite(onset)) {
            xml_text(marker, "Description", text, sizeof text);
            status = recording_info_annotate(layout->info, onset, NAN, text, strlen(text), error);
        }
    }
    return status;
}

enum status otb_extras_read(struct otb_layout *layout, const struct otb_contents *contents,
                            struct error *error)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; i < contents->count && status == STATUS_OK; i++) {
        const struct otb_entry *entry = &contents->entries[i];
        bool markers = strncasecmp(entry->name, "marker", 6) == 0;
        xmlDocPtr document = NULL;
        if (!entry->text || (!markers && strcasecmp(entry->name, "patient.xml") != 0)) {
            continue;
        }
        if (xml_parse(entry->text, entry->length, NULL, layout->name, entry->name, &document,
                      error) != STATUS_OK) {
            status = otb_mend(layout, error, "'%s' in it is not readable", entry->name);
        } else if (markers) {
            status = read_markers(layout, xmlDocGetRootElement(document), error);
        } else {
            char text[64];
            xml_text(xmlDocGetRootElement(document), "time", text, sizeof text);
            otb_set_start(layout->info, text);
        }
        xmlFreeDoc(document);
    }
    return status;
}
