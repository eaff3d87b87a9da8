#include "formats/selection.h"

#include "formats/checked.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The labels so far, found by their hash: a hostile header has tens of thousands, all alike. */
struct label_index {
    size_t size;      /* of the table, a power of two */
    size_t *channels; /* channel + 1; 0: an empty place. Owned */
    size_t *suffixes; /* by channel: the suffix to try next for its label. Owned */
};

/* The place of label in the table, or the empty one where it belongs. */
static size_t find_label(const struct label_index *index, const struct recording_info *info,
                         const char *label)
{
    uint64_t hash = 14695981039346656037u; /* FNV-1a */
    for (const char *p = label; *p; p++) {
        hash = (hash ^ (unsigned char)*p) * 1099511628211u;
    }
    size_t place = (size_t)(hash ^ hash >> 32) & (index->size - 1);
    while (index->channels[place] &&
           strcmp(info->channels[index->channels[place] - 1].label, label) != 0) {
        place = (place + 1) & (index->size - 1);
    }
    return place;
}

static void make_unique(struct label_index *index, struct recording_info *info, size_t c)
{
    struct channel *channel = &info->channels[c];
    char stem[LABEL_SIZE - 24];
    if (channel->label[0] == '\0') {
        snprintf(channel->label, sizeof channel->label, "%zu", c + 1);
    }
    text_from_field(stem, sizeof stem, channel->label, sizeof channel->label);
    size_t place = find_label(index, info, channel->label);
    size_t *suffix = index->channels[place] ? &index->suffixes[index->channels[place] - 1] : NULL;
    while (index->channels[place]) {
        snprintf(channel->label, sizeof channel->label, "%s (%zu)", stem, (*suffix)++);
        place = find_label(index, info, channel->label);
    }
    index->channels[place] = c + 1;
    index->suffixes[c] = 2;
}

enum status selection_make_labels_unique(struct recording_info *info, struct error *error)
{
    struct label_index index = {.size = 4};
    enum status status = STATUS_OK;
    while (index.size < 2 * info->channel_count) {
        index.size *= 2;
    }
    index.channels = checked_calloc(index.size, sizeof *index.channels);
    index.suffixes = checked_calloc(info->channel_count, sizeof *index.suffixes);
    if (!index.channels || !index.suffixes) {
        status = error_memory(error, "naming the channels");
    }
    for (size_t c = 0; c < info->channel_count && status == STATUS_OK; c++) {
        make_unique(&index, info, c);
    }
    free(index.channels);
    free(index.suffixes);
    return status;
}

/* A number or a range of them, 1 ≤ first ≤ last ≤ count. */
static bool parse_range(const char *item, size_t count, size_t *first, size_t *last)
{
    char *end;
    if (!isdigit((unsigned char)item[0])) {
        return false;
    }
    unsigned long from = strtoul(item, &end, 10), to = from;
    if (*end == '-' && isdigit((unsigned char)end[1])) {
        to = strtoul(end + 1, &end, 10);
    }
    *first = from;
    *last = to;
    return *end == '\0' && from >= 1 && from <= to && to <= count;
}

static bool select_item(struct recording_info *info, const char *item)
{
    size_t first, last;
    bool found = false;
    for (size_t c = 0; c < info->channel_count; c++) {
        if (strcasecmp(info->channels[c].label, item) == 0) {
            info->channels[c].selected = true;
            found = true;
        }
    }
    if (!found && parse_range(item, info->channel_count, &first, &last)) {
        for (size_t c = first - 1; c < last; c++) {
            info->channels[c].selected = true;
        }
        found = true;
    }
    return found;
}

static enum status no_such_channel(const struct recording_info *info, const char *name,
                                   const char *item, struct error *error)
{
    char labels[400] = "";
    size_t used = 0;
    for (size_t c = 0; c < info->channel_count && used + LABEL_SIZE + 8 < sizeof labels; c++) {
        used += (size_t)snprintf(labels + used, sizeof labels - used, "%s%zu '%s'", c ? ", " : "",
                                 c + 1, info->channels[c].label);
    }
    return error_set(error, STATUS_FAILED, "%s: has no channel '%s'; it has %s%s", name, item,
                     labels, used + LABEL_SIZE + 8 < sizeof labels ? "" : ", ...");
}

enum status selection_apply(struct recording_info *info, const char *name, const char *list,
                            bool all, struct error *error)
{
    enum status status = STATUS_OK;
    size_t selected = 0, bad = 0;
    for (size_t c = 0; c < info->channel_count; c++) {
        const struct channel *channel = &info->channels[c];
        bad += channel->type == CHANNEL_EMG && channel->bad;
        info->channels[c].selected = !list && !channel->unreadable &&
                                     (all || (channel->type == CHANNEL_EMG && !channel->bad));
    }
    if (list) {
        char *copy = strdup(list), *rest = copy;
        if (!copy) {
            return error_memory(error, "choosing channels");
        }
        for (char *item; status == STATUS_OK && (item = strsep(&rest, ","));) {
            char trimmed[LABEL_SIZE];
            text_from_field(trimmed, sizeof trimmed, item, strlen(item));
            if (trimmed[0] && !select_item(info, trimmed)) {
                status = no_such_channel(info, name, trimmed, error);
            }
        }
        free(copy);
    }
    for (size_t c = 0; c < info->channel_count; c++) {
        selected += info->channels[c].selected;
    }
    if (status == STATUS_OK && selected == 0 && bad > 0) {
        status =
            error_set(error, STATUS_FAILED,
                      "%s: all its EMG channels are said to be bad; name those that are wanted "
                      "with --channels ('soleus info' lists them)",
                      name);
    } else if (status == STATUS_OK && selected == 0) {
        status = error_set(error, STATUS_FAILED,
                           "%s: no channel is labelled or typed as EMG; choose with --channels "
                           "('soleus info' lists them)",
                           name);
    }
    return status;
}
