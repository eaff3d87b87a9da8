/* Units of amplitudes: uV, or what the recording has instead. */
#include "pipeline/analysis/analysis.h"

#include <string.h>

const char *analysis_unit(const struct recording_info *info)
{
    const char *unit = NULL;
    for (size_t c = 0; c < info->channel_count; c++) {
        if (info->channels[c].selected) {
            if (unit && strcmp(unit, info->channels[c].unit) != 0) {
                return "a.u.";
            }
            unit = info->channels[c].unit;
        }
    }
    return unit ? unit : "a.u.";
}

void analysis_convert_unit(const char *unit, const char *channel_unit, char *to, size_t size)
{
    const char *at = strstr(unit, "uV");
    if (!at || strcmp(channel_unit, "uV") == 0) {
        snprintf(to, size, "%s", unit);
    } else {
        snprintf(to, size, "%.*s%s%s", (int)(at - unit), unit, channel_unit, at + 2);
    }
}

void analysis_marker_unit(const struct marker *marker, const char *channel_unit, char *unit,
                          size_t size)
{
    analysis_convert_unit(marker->unit, channel_unit, unit, size);
}

enum status analysis_table_units(const struct recording_info *info, struct table *table,
                                 struct error *error)
{
    char unit[2 * UNIT_SIZE];
    enum status status = STATUS_OK;
    for (size_t c = 0; c < table->column_count && status == STATUS_OK; c++) {
        const char *own = table->columns[c].definition.unit;
        analysis_convert_unit(own, analysis_unit(info), unit, sizeof unit);
        if (strcmp(own, unit) != 0) {
            status = table_set_unit(table, c, unit, error);
        }
    }
    return status;
}
