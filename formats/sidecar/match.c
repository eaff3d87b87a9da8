/* Which row of *_channels.tsv describes which channel. */
#include "formats/checked.h"
#include "formats/sidecar/parts.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Gives each row that has none yet the first free channel of its name. */
static size_t match_names(struct sidecars *sidecars, const struct recording_info *info,
                          int (*compare)(const char *, const char *), bool *taken)
{
    size_t matched = 0;
    for (size_t r = 0; r < sidecars->row_count; r++) {
        for (size_t c = 0; c < info->channel_count && !taken[r]; c++) {
            if (sidecars->row_of[c] == SIZE_MAX && info->channels[c].label[0] &&
                compare(info->channels[c].label, sidecars->rows[r].name) == 0) {
                sidecars->row_of[c] = r;
                taken[r] = true;
                matched++;
            }
        }
    }
    return matched;
}

/* Tells which rows describe no channel. */
static void tell_unmatched(struct sidecars *sidecars, const bool *taken)
{
    char names[300] = "";
    size_t used = 0, count = 0;
    for (size_t r = 0; r < sidecars->row_count; r++) {
        if (taken[r]) {
            continue;
        }
        count++;
        if (used + LABEL_SIZE + 4 < sizeof names) {
            used += (size_t)snprintf(names + used, sizeof names - used, "%s'%s'", used ? ", " : "",
                                     sidecars->rows[r].name);
        } else if (used < sizeof names) {
            snprintf(names + used, sizeof names - used, ", ...");
            used = sizeof names;
        }
    }
    if (count > 0) {
        warnings_add(&sidecars->warnings,
                     "%s: names %zu channel%s that the recording does not have: %s",
                     sidecars->channels_path, count, count == 1 ? "" : "s", names);
    }
}

enum status sidecar_match(struct sidecars *sidecars, struct recording_info *info,
                          struct error *error)
{
    size_t count = info->channel_count, matched;
    bool *taken = checked_calloc(sidecars->row_count, sizeof *taken);
    free(sidecars->row_of);
    sidecars->row_of = checked_calloc(count, sizeof *sidecars->row_of);
    if (!taken || !sidecars->row_of) {
        free(taken);
        return error_memory(error, "matching channels");
    }
    sidecars->channel_count = count;
    for (size_t c = 0; c < count; c++) {
        sidecars->row_of[c] = SIZE_MAX;
    }
    matched = match_names(sidecars, info, strcmp, taken);
    if (matched < sidecars->row_count) {
        matched += match_names(sidecars, info, strcasecmp, taken);
    }
    if (matched == 0 && count == sidecars->row_count) {
        if (info->channels[0].label[0]) {
            warnings_add(&sidecars->warnings,
                         "%s: none of its names is a channel's ('%s' is '%s' there); its rows are "
                         "taken in their order",
                         sidecars->channels_path, info->channels[0].label, sidecars->rows[0].name);
        }
        for (size_t c = 0; c < count; c++) {
            sidecars->row_of[c] = c;
            taken[c] = true;
            if (info->channels[c].label[0] == '\0') {
                memcpy(info->channels[c].label, sidecars->rows[c].name, LABEL_SIZE);
            }
        }
    }
    tell_unmatched(sidecars, taken);
    free(taken);
    return STATUS_OK;
}
