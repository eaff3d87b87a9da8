#include "pipeline/transfer/remarks.h"

#include "formats/table.h"
#include "formats/text.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Header fields of EDF hold no longer labels. */
#define SHORT_LABEL 16

struct columns {
    size_t onset, duration, type, channel;
};

/* A cell as text, whether the table took its column for numbers or not; "" when missing. */
static const char *cell(const struct table *table, size_t row, size_t column, char number[32])
{
    number[0] = '\0';
    if (column == SIZE_MAX) {
        return number;
    }
    const char *text = table_text(table, row, column);
    double value = table_real(table, row, column);
    if (!text && !isnan(value)) {
        table_format_real(number, 32, value);
    }
    return text ? text : number;
}

static enum status add_row(const struct table *table, const struct columns *columns, size_t row,
                           struct outline *outline, size_t *added, struct error *error)
{
    char text[1024], type_number[32], channel_number[32];
    double onset = table_real(table, row, columns->onset);
    const char *type = cell(table, row, columns->type, type_number);
    const char *channel = cell(table, row, columns->channel, channel_number);
    size_t before = outline->info.annotation_count;
    if (!isfinite(onset) || type[0] == '\0') {
        return STATUS_OK;
    }
    snprintf(text, sizeof text, channel[0] ? "%.500s [%.400s]" : "%.500s", type, channel);
    enum status status =
        outline_add(outline, onset, table_real(table, row, columns->duration), text, error);
    *added += outline->info.annotation_count - before;
    return status;
}

enum status remarks_add(const char *path, struct outline *outline, size_t *added,
                        struct error *error)
{
    struct table *table = NULL;
    FILE *stream = fopen(path, "re");
    if (!stream) {
        return error_set(error, STATUS_FAILED, "%s: cannot be opened: %s", path, strerror(errno));
    }
    enum status status = table_read_tsv(stream, path, &table, error);
    fclose(stream);
    if (status != STATUS_OK) {
        return status;
    }
    struct columns columns = {table_find(table, "onset"), table_find(table, "duration"),
                              table_find(table, "trial_type"), table_find(table, "channel")};
    if (columns.onset == SIZE_MAX || columns.duration == SIZE_MAX || columns.type == SIZE_MAX) {
        status = error_set(error, STATUS_FAILED,
                           "%s: has no column '%s'; events want the columns onset, duration and "
                           "trial_type (BIDS)",
                           path,
                           columns.onset == SIZE_MAX      ? "onset"
                           : columns.duration == SIZE_MAX ? "duration"
                                                          : "trial_type");
    }
    for (size_t row = 0; status == STATUS_OK && row < table->row_count; row++) {
        status = add_row(table, &columns, row, outline, added, error);
    }
    table_destroy(table);
    return status;
}

struct remark remark_parse(const char *text)
{
    struct remark remark = {.cut = false};
    const char *tie = strstr(text, "@@");
    if (tie) {
        text_from_field(remark.type, sizeof remark.type, text, (size_t)(tie - text));
        text_from_field(remark.label, sizeof remark.label, tie + 2, strlen(tie + 2));
        return remark;
    }
    const char *bracket = strrchr(text, '['), *end = bracket ? strrchr(bracket, ']') : NULL;
    /* A label may have brackets of its own: the outer one follows a blank. */
    for (const char *p = text; *p && bracket; p++) {
        if (*p == '[' && p > text && p[-1] == ' ') {
            bracket = p;
            end = strrchr(p, ']');
            break;
        }
    }
    size_t before = bracket ? (size_t)(bracket - text) : strlen(text);
    text_from_field(remark.type, sizeof remark.type, text, before);
    if (bracket) {
        remark.cut = end == NULL;
        text_from_field(remark.label, sizeof remark.label, bracket + 1,
                        end ? (size_t)(end - bracket - 1) : strlen(bracket + 1));
    }
    return remark;
}

bool remark_is_of(const struct remark *remark, const struct channel *channel)
{
    char wanted[LABEL_SIZE], label[LABEL_SIZE];
    if (strcasecmp(remark->label, channel->label) == 0) {
        return true;
    }
    text_to_ascii(wanted, sizeof wanted, remark->label);
    text_to_ascii(label, sizeof label, channel->label);
    size_t length = strlen(wanted), other = strlen(label);
    if (strcasecmp(wanted, label) == 0 ||
        (remark->cut && strncasecmp(wanted, label, length) == 0)) {
        return length > 0;
    }
    return (other == SHORT_LABEL && length > other && strncasecmp(wanted, label, other) == 0) ||
           (length == SHORT_LABEL && other > length && strncasecmp(wanted, label, length) == 0);
}
