/* *_electrodes.tsv: where electrodes lie, and so where channels lie in an electrode array. */
#include "formats/checked.h"
#include "formats/sidecar/lattice.h"
#include "formats/sidecar/parts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

struct electrode {
    char name[LABEL_SIZE], group[LABEL_SIZE], frame[LABEL_SIZE];
    double at[3]; /* in the unit of its coordinate system */
};

/* Where a channel lies. */
struct position {
    bool known;
    double at[3];
    const char *reference; /* its reference electrode, "" when not said */
    const char *group, *frame;
    double distance; /* mm, from *_channels.tsv; 0 when not said */
};

static enum status read_electrodes(struct sidecars *sidecars, struct electrode **result,
                                   size_t *count, struct error *error)
{
    static const char *const texts[3][4] = {{"name"}, {"group"}, {"coordinate_system"}};
    static const char *const axes[3] = {"x", "y", "z"};
    struct table *table = sidecars->electrodes;
    size_t columns[3], coordinates[3];
    enum status status = STATUS_OK;
    *result = NULL;
    *count = 0;
    for (int i = 0; i < 3 && status == STATUS_OK; i++) {
        status = sidecar_text_column(table, texts[i], &columns[i], error);
        coordinates[i] = table_find(table, axes[i]);
    }
    if (status == STATUS_OK && (columns[0] == SIZE_MAX || coordinates[0] == SIZE_MAX ||
                                table->row_count > SIDECAR_ROWS_MAX)) {
        error_set(error, STATUS_FAILED, "%s: needs columns 'name' and 'x', and at most %d rows",
                  sidecars->electrodes_path, SIDECAR_ROWS_MAX);
        return sidecar_broken(sidecars, error);
    }
    struct electrode *list = checked_calloc(table->row_count, sizeof *list);
    if (status != STATUS_OK || !list) {
        free(list);
        return list ? status : error_memory(error, "reading electrodes");
    }
    for (size_t r = 0; r < table->row_count; r++) {
        sidecar_cell(table, r, columns[0], list[r].name, LABEL_SIZE);
        sidecar_cell(table, r, columns[1], list[r].group, LABEL_SIZE);
        sidecar_cell(table, r, columns[2], list[r].frame, LABEL_SIZE);
        for (int i = 0; i < 3; i++) {
            size_t column = coordinates[i];
            /* y and z may be left out, in the table and in a row. */
            double value = column == SIZE_MAX ? 0 : table_real(table, r, column);
            list[r].at[i] = i > 0 && isnan(value) ? 0 : value;
        }
    }
    *result = list;
    *count = table->row_count;
    return STATUS_OK;
}

/* The electrode of a name, in a group ("": any). */
static const struct electrode *find(const struct electrode *electrodes, size_t count,
                                    const char *name, const char *group)
{
    for (size_t i = 0; name[0] && i < count; i++) {
        if (strcmp(electrodes[i].name, name) == 0 &&
            (group[0] == '\0' || electrodes[i].group[0] == '\0' ||
             strcmp(electrodes[i].group, group) == 0)) {
            return &electrodes[i];
        }
    }
    return NULL;
}

/* Positions of signal electrodes. */
static void locate(const struct sidecars *sidecars, const struct recording_info *info,
                   const struct electrode *electrodes, size_t count, struct position *positions)
{
    for (size_t c = 0; c < info->channel_count; c++) {
        const struct sidecar_row *row =
            sidecars->row_of[c] == SIZE_MAX ? NULL : &sidecars->rows[sidecars->row_of[c]];
        const char *group = row ? row->group : "";
        const struct electrode *found = row ? find(electrodes, count, row->electrode, group) : NULL;
        /* A sensor of two electrodes may have one row, under the channel's name. */
        found = found ? found : find(electrodes, count, row ? row->name : "", group);
        found = found ? found : find(electrodes, count, info->channels[c].label, group);
        struct position *position = &positions[c];
        *position = (struct position){.reference = row ? row->reference : "", .group = group};
        if (found && isfinite(found->at[0])) {
            memcpy(position->at, found->at, sizeof position->at);
            position->known = true;
            position->group = group[0] ? group : found->group;
            position->frame = found->frame;
            position->distance = row ? row->distance : 0;
        }
    }
}

static bool together(const struct position *a, const struct position *b)
{
    return a->known && b->known && strcmp(a->group, b->group) == 0 &&
           strcmp(a->frame, b->frame) == 0;
}

/* Channels between two electrodes each lie in the middle; those that share a reference lie at
 * their own electrode. */
static void centre(const struct electrode *electrodes, size_t electrode_count,
                   struct position *positions, const size_t *members, size_t count)
{
    bool shared = true;
    for (size_t i = 1; i < count; i++) {
        shared =
            shared && strcmp(positions[members[i]].reference, positions[members[0]].reference) == 0;
    }
    for (size_t i = 0; i < count && !shared; i++) {
        struct position *position = &positions[members[i]];
        const struct electrode *other =
            find(electrodes, electrode_count, position->reference, position->group);
        bool comparable =
            other && isfinite(other->at[0]) && strcmp(other->frame, position->frame) == 0;
        for (int k = 0; comparable && k < 3; k++) {
            position->at[k] = (position->at[k] + other->at[k]) / 2;
        }
    }
}

/* mm in the unit of a coordinate system; 0 when it is none, or not known. */
static double unit_of(const struct sidecars *sidecars, const char *frame)
{
    for (size_t i = 0; i < sidecars->frame_count; i++) {
        if (strcmp(sidecars->frames[i].name, frame) == 0) {
            return sidecars->frames[i].millimetres;
        }
    }
    return sidecars->frame_count == 1 ? sidecars->frames[0].millimetres : 0;
}

/* The channels of one group: their rows and columns, if they lie on a lattice. */
static void place_group(const struct sidecars *sidecars, const struct position *positions,
                        const size_t *members, size_t count, struct recording_info *info)
{
    double points[LATTICE_POINTS_MAX][3], spacing;
    int rows[LATTICE_POINTS_MAX], columns[LATTICE_POINTS_MAX];
    const struct position *first = &positions[members[0]];
    for (size_t i = 0; i < count; i++) {
        memcpy(points[i], positions[members[i]].at, sizeof points[i]);
    }
    if (!lattice_fit((const double(*)[3])points, count, rows, columns, &spacing)) {
        return;
    }
    double unit = unit_of(sidecars, first->frame);
    double said = first->distance > 0 ? first->distance : sidecars->distance;
    const char *name = first->group[0] ? first->group : first->frame[0] ? first->frame : "array";
    for (size_t i = 0; i < count; i++) {
        struct channel *channel = &info->channels[members[i]];
        snprintf(channel->grid, sizeof channel->grid, "%s", name);
        channel->row = rows[i];
        channel->column = columns[i];
        channel->distance = unit > 0 ? spacing * unit : said > 0 ? said : NAN;
    }
}

static void place_all(const struct sidecars *sidecars, const struct electrode *electrodes,
                      size_t electrode_count, struct position *positions, bool *placed,
                      struct recording_info *info)
{
    size_t members[LATTICE_POINTS_MAX];
    for (size_t c = 0; c < info->channel_count; c++) {
        size_t count = 0, all = 0;
        /* At most SIDECAR_ROWS_MAX channels have positions; groups are few. */
        for (size_t k = c; k < info->channel_count && positions[c].known && !placed[c]; k++) {
            if (together(&positions[c], &positions[k])) {
                all++;
                if (count < LATTICE_POINTS_MAX) {
                    members[count++] = k;
                }
            }
        }
        for (size_t i = 0; i < count; i++) {
            placed[members[i]] = true;
        }
        if (count >= 2 && all == count) {
            centre(electrodes, electrode_count, positions, members, count);
            place_group(sidecars, positions, members, count, info);
        }
    }
}

enum status sidecar_place(struct sidecars *sidecars, struct recording_info *info,
                          struct error *error)
{
    struct electrode *electrodes = NULL;
    size_t count = 0;
    /* An array that is named without positions. */
    for (size_t c = 0; c < info->channel_count; c++) {
        const struct sidecar_row *row =
            sidecars->row_of[c] == SIZE_MAX ? NULL : &sidecars->rows[sidecars->row_of[c]];
        if (row && row->group[0] && info->channels[c].grid[0] == '\0') {
            memcpy(info->channels[c].grid, row->group, LABEL_SIZE);
            info->channels[c].distance = row->distance > 0 ? row->distance : NAN;
        }
    }
    if (!sidecars->electrodes || info->channel_count > SIDECAR_ROWS_MAX) {
        return STATUS_OK;
    }
    struct position *positions = checked_calloc(info->channel_count, sizeof *positions);
    bool *placed = checked_calloc(info->channel_count, sizeof *placed);
    enum status status = positions && placed ? read_electrodes(sidecars, &electrodes, &count, error)
                                             : error_memory(error, "placing electrodes");
    if (electrodes) {
        locate(sidecars, info, electrodes, count, positions);
        place_all(sidecars, electrodes, count, positions, placed, info);
    }
    free(electrodes);
    free(positions);
    free(placed);
    return status;
}
