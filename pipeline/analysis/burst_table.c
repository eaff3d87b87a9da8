#include "pipeline/analysis/tables.h"

#include <math.h>

static const struct flag_names burst_flags = {burst_flag_names};

const struct column_definition burst_columns[] = {
    {"onset", COLUMN_REAL, "s", "onset of the burst", NULL},
    {"duration", COLUMN_REAL, "s", "duration of the burst", NULL},
    {"channel", COLUMN_TEXT, "", "label of the channel", NULL},
    {"kind", COLUMN_TEXT, "", "burst, potential (single, fasciculation) or artefact", NULL},
    {"peak", COLUMN_REAL, "uV", "root of the largest activity energy", NULL},
    {"mean", COLUMN_REAL, "uV", "root of the mean activity energy", NULL},
    {"floor", COLUMN_REAL, "uV", "root of the noise floor", NULL},
    {"relaxation", COLUMN_REAL, "uV", "root of the least energy since the burst before", NULL},
    {"evidence", COLUMN_REAL, "1", "log-likelihood ratio of activity over noise, nats", NULL},
    {"noise_likeness", COLUMN_REAL, "1",
     "share of high frequencies in it over that in the noise floor; about 1 in noise", NULL},
    {"slowness", COLUMN_REAL, "1",
     "share of frequencies near the band's lower edge over that in the noise floor", NULL},
    {"roughness", COLUMN_REAL, "1",
     "unevenness of the envelope over that of the noise floor; about 1 in noise", NULL},
    {"flags", COLUMN_FLAGS, "", "what is particular about it", &burst_flags},
    {NULL, COLUMN_REAL, NULL, NULL, NULL},
};

void names_of_bits(unsigned bits, const char *const *names, char *to, size_t size)
{
    size_t used = 0;
    to[0] = '\0';
    for (size_t i = 0; names[i] && used < size; i++) {
        if (bits >> i & 1) {
            used += (size_t)snprintf(to + used, size - used, "%s%s", used ? "," : "", names[i]);
        }
    }
}

double analysis_time(double seconds)
{
    return round(seconds * 1e6) / 1e6;
}

size_t columns_count(const struct column_definition *columns)
{
    size_t count = 0;
    while (columns[count].name) {
        count++;
    }
    return count;
}

static enum status add(struct table *table, const char *channel, const struct burst *burst,
                       struct error *error)
{
    size_t row;
    const char *kind = burst->flags & BURST_ARTEFACT    ? "artefact"
                       : burst->flags & BURST_POTENTIAL ? "potential"
                                                        : "burst";
    enum status status = table_append(table, &row, error);
    if (status == STATUS_OK) {
        status = table_set_text(table, row, 2, channel, error);
    }
    if (status == STATUS_OK) {
        status = table_set_text(table, row, 3, kind, error);
    }
    if (status == STATUS_OK) {
        table_set_real(table, row, 0, analysis_time(burst->onset));
        table_set_real(table, row, 1, analysis_time(burst->offset - burst->onset));
        table_set_real(table, row, 4, burst->peak);
        table_set_real(table, row, 5, burst->mean);
        table_set_real(table, row, 6, burst->floor);
        table_set_real(table, row, 7, burst->relaxation);
        table_set_real(table, row, 8, burst->evidence);
        table_set_real(table, row, 9, burst->noise_likeness);
        table_set_real(table, row, 10, burst->slowness);
        table_set_real(table, row, 11, burst->roughness);
        table_set_integer(table, row, 12, burst->flags);
    }
    return status;
}

enum status analysis_make_bursts(struct analysis *analysis, struct error *error)
{
    enum status status = STATUS_OK;
    analysis->bursts = table_create("bursts", burst_columns, columns_count(burst_columns), error);
    if (!analysis->bursts) {
        return STATUS_FAILED;
    }
    for (size_t i = 0; i < analysis->channel_count && status == STATUS_OK; i++) {
        const struct burst *bursts;
        size_t count = channel_bursts(analysis->paths[i], &bursts);
        for (size_t b = 0; b < count && status == STATUS_OK; b++) {
            status = add(analysis->bursts, analysis_label(analysis, i), &bursts[b], error);
        }
    }
    return status == STATUS_OK ? table_sort(analysis->bursts, 0, error) : status;
}
