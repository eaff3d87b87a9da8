/* *_channels.tsv: a row a channel. */
#include "formats/checked.h"
#include "formats/sidecar/parts.h"
#include "formats/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum {
    NAME,
    TYPE,
    UNITS,
    RATE,
    MUSCLE,
    STATUS,
    WHY,
    DESCRIPTION,
    LOW,
    HIGH,
    NOTCH,
    ELECTRODE,
    REFERENCE,
    GROUP,
    PLACEMENT,
    SPACING,
    SCALE,
    COLUMNS
};

/* Names of each column, that of the specification first; then spellings of its drafts. */
static const char *const column_names[COLUMNS][4] = {
    [NAME] = {"name"},
    [TYPE] = {"type"},
    [UNITS] = {"units", "unit"},
    [RATE] = {"sampling_frequency"},
    [MUSCLE] = {"target_muscle", "muscle"},
    [STATUS] = {"status"},
    [WHY] = {"status_description"},
    [DESCRIPTION] = {"description"},
    [LOW] = {"low_cutoff"},
    [HIGH] = {"high_cutoff"},
    [NOTCH] = {"notch"},
    [ELECTRODE] = {"signal_electrode"},
    [REFERENCE] = {"reference_electrode", "reference"},
    [GROUP] = {"group"},
    [PLACEMENT] = {"placement_description", "placement", "placement_scheme"},
    [SPACING] = {"interelectrode_distance"},
    [SCALE] = {"scale"},
};

struct reading {
    struct sidecars *sidecars;
    const char *path;
    const struct table *table;
    size_t columns[COLUMNS];
};

/* A number above 0; 0 for a missing cell. What is none is told, and stays 0. */
static enum status positive(const struct reading *reading, size_t row, int column, double *value,
                            struct error *error)
{
    char text[LABEL_SIZE];
    double number;
    *value = 0;
    sidecar_cell(reading->table, row, reading->columns[column], text, sizeof text);
    if (text[0] == '\0') {
        return STATUS_OK;
    }
    if (!table_parse_real(text, &number) || !(number > 0) || !isfinite(number)) {
        error_set(error, STATUS_FAILED, "%s: line %zu: %s '%s' is no number above 0", reading->path,
                  row + 2, column_names[column][0], text);
        return sidecar_broken(reading->sidecars, error);
    }
    *value = number;
    return STATUS_OK;
}

static void describe(const struct reading *reading, size_t row, char *to, size_t size)
{
    static const struct {
        int column;
        const char *before, *after;
    } parts[] = {{DESCRIPTION, "", ""},
                 {PLACEMENT, "", ""},
                 {LOW, "high-pass ", " Hz"},
                 {HIGH, "low-pass ", " Hz"},
                 {NOTCH, "notch ", " Hz"}};
    char text[4 * LABEL_SIZE] = "";
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        char cell[LABEL_SIZE];
        double ignored;
        sidecar_cell(reading->table, row, reading->columns[parts[i].column], cell, sizeof cell);
        bool number = table_parse_real(cell, &ignored);
        size_t used = strlen(text);
        if (cell[0] && (i < 2 || number)) {
            snprintf(text + used, sizeof text - used, "%s%s%s%s", used ? "; " : "", parts[i].before,
                     cell, parts[i].after);
        }
    }
    text_from_field(to, size, text, strlen(text));
}

static enum channel_type type_of(const char *text)
{
    if (text[0] == '\0') {
        return CHANNEL_UNKNOWN;
    }
    return strcasecmp(text, "EMG") == 0 || strcasecmp(text, "sEMG") == 0 ||
                   strcasecmp(text, "HDEMG") == 0
               ? CHANNEL_EMG
               : CHANNEL_OTHER;
}

static enum status read_row(const struct reading *reading, size_t i, struct sidecar_row *row,
                            struct error *error)
{
    char type[LABEL_SIZE], state[LABEL_SIZE];
    const struct {
        int column;
        char *to;
        size_t size;
    } texts[] = {{NAME, row->name, sizeof row->name},
                 {TYPE, type, sizeof type},
                 {UNITS, row->unit, sizeof row->unit},
                 {MUSCLE, row->muscle, sizeof row->muscle},
                 {STATUS, state, sizeof state},
                 {WHY, row->why_bad, sizeof row->why_bad},
                 {ELECTRODE, row->electrode, sizeof row->electrode},
                 {REFERENCE, row->reference, sizeof row->reference},
                 {GROUP, row->group, sizeof row->group}};
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++) {
        sidecar_cell(reading->table, i, reading->columns[texts[k].column], texts[k].to,
                     texts[k].size);
    }
    row->type = type_of(type);
    row->bad = strcasecmp(state, "bad") == 0;
    describe(reading, i, row->description, sizeof row->description);
    if (state[0] && !row->bad && strcasecmp(state, "good") != 0) {
        error_set(error, STATUS_FAILED, "%s: line %zu: status '%s' is neither good nor bad",
                  reading->path, i + 2, state);
        if (sidecar_broken(reading->sidecars, error) != STATUS_OK) {
            return error->status;
        }
    }
    enum status status = positive(reading, i, RATE, &row->rate, error);
    if (status == STATUS_OK) {
        status = positive(reading, i, SCALE, &row->scale, error);
    }
    return status == STATUS_OK ? positive(reading, i, SPACING, &row->distance, error) : status;
}

static enum status read_rows(struct reading *reading, struct error *error)
{
    struct sidecars *sidecars = reading->sidecars;
    size_t count = reading->table->row_count;
    if (reading->columns[NAME] == SIZE_MAX) {
        error_set(error, STATUS_FAILED, "%s: has no column 'name'", reading->path);
        return sidecar_broken(sidecars, error);
    }
    if (count > SIDECAR_ROWS_MAX) {
        error_set(error, STATUS_FAILED, "%s: has %zu rows; at most %d are read", reading->path,
                  count, SIDECAR_ROWS_MAX);
        return sidecar_broken(sidecars, error);
    }
    sidecars->rows = checked_calloc(count, sizeof *sidecars->rows);
    sidecars->channels_path = strdup(reading->path);
    if (!sidecars->rows || !sidecars->channels_path) {
        return error_memory(error, "reading channels");
    }
    sidecars->row_count = count;
    enum status status = STATUS_OK;
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        status = read_row(reading, i, &sidecars->rows[i], error);
    }
    return status;
}

enum status sidecar_read_channels(struct sidecars *sidecars, const char *path, struct error *error)
{
    struct table *table = NULL;
    struct reading reading = {.sidecars = sidecars, .path = path};
    enum status status = sidecar_read_table(sidecars, path, &table, error);
    if (!table) {
        return status;
    }
    for (int c = 0; c < COLUMNS && status == STATUS_OK; c++) {
        status = sidecar_text_column(table, column_names[c], &reading.columns[c], error);
    }
    reading.table = table;
    if (status == STATUS_OK) {
        status = read_rows(&reading, error);
    }
    table_destroy(table);
    return status;
}
