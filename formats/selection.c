#include "formats/selection.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool label_taken(const struct recording_info *info, size_t before, const char *label)
{
    for (size_t c = 0; c < before; c++) {
        if (strcmp(info->channels[c].label, label) == 0) {
            return true;
        }
    }
    return false;
}

void selection_make_labels_unique(struct recording_info *info)
{
    for (size_t c = 0; c < info->channel_count; c++) {
        struct channel *channel = &info->channels[c];
        if (channel->label[0] == '\0') {
            snprintf(channel->label, sizeof channel->label, "%zu", c + 1);
        }
        char stem[LABEL_SIZE - 24];
        text_from_field(stem, sizeof stem, channel->label, sizeof channel->label);
        for (size_t n = 2; label_taken(info, c, channel->label); n++) {
            snprintf(channel->label, sizeof channel->label, "%s (%zu)", stem, n);
        }
    }
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
    size_t selected = 0;
    for (size_t c = 0; c < info->channel_count; c++) {
        info->channels[c].selected = !list && (all || info->channels[c].type == CHANNEL_EMG);
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
    if (status == STATUS_OK && selected == 0) {
        status = error_set(error, STATUS_FAILED,
                           "%s: no channel is labelled or typed as EMG; choose with --channels "
                           "('soleus info' lists them)",
                           name);
    }
    return status;
}
