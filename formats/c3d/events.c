#include "formats/c3d/layout.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define HEADER_EVENTS_MAX 18
#define HEADER_EVENTS_KEY 12345 /* labels of four characters are there */

/* Events are timed from frame 1, which the file may not hold. */
static double from_start(const struct c3d_layout *layout, double seconds)
{
    double before =
        layout->point_rate > 0 ? (double)(layout->first_frame - 1) / layout->point_rate : 0;
    return seconds >= before ? seconds - before : seconds;
}

static enum status read_group(const struct c3d_layout *layout,
                              const struct c3d_parameters *parameters, size_t count,
                              struct recording_info *info, struct error *error)
{
    struct c3d_list labels, contexts, times;
    enum status status = STATUS_OK;
    c3d_list_find(&labels, parameters, "EVENT", "LABELS");
    c3d_list_find(&contexts, parameters, "EVENT", "CONTEXTS");
    c3d_list_find(&times, parameters, "EVENT", "TIMES");
    for (size_t i = 0; i < count && 2 * i + 1 < times.count && status == STATUS_OK; i++) {
        char label[LABEL_SIZE], context[LABEL_SIZE], text[2 * LABEL_SIZE];
        double minutes, seconds;
        if (!c3d_list_number(&times, 2 * i, &minutes) ||
            !c3d_list_number(&times, 2 * i + 1, &seconds)) {
            continue;
        }
        c3d_list_text(&labels, i, label, sizeof label);
        c3d_list_text(&contexts, i, context, sizeof context);
        snprintf(text, sizeof text, "%s%s%s", context, context[0] && label[0] ? " " : "", label);
        status = recording_info_annotate(info, from_start(layout, minutes * 60 + seconds), NAN,
                                         text, strlen(text), error);
    }
    return status;
}

static enum status read_header(const struct c3d_layout *layout, const unsigned char *header,
                               enum c3d_order order, struct recording_info *info,
                               struct error *error)
{
    /* Words 150 to 234, from 1; flags between times and labels say which ones are displayed. */
    const unsigned char *times = header + 2 * 152, *labels = header + 2 * 198;
    size_t count = c3d_word(header + 2 * 150, order);
    enum status status = STATUS_OK;
    if (c3d_word(header + 2 * 149, order) != HEADER_EVENTS_KEY) {
        return STATUS_OK;
    }
    count = count < HEADER_EVENTS_MAX ? count : HEADER_EVENTS_MAX;
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        double seconds = (double)c3d_float(times + 4 * i, order);
        if (isfinite(seconds) && seconds >= 0) {
            status = recording_info_annotate(info, from_start(layout, seconds), NAN,
                                             (const char *)labels + 4 * i, 4, error);
        }
    }
    return status;
}

enum status c3d_events_read(const struct c3d_layout *layout, const unsigned char *header,
                            const struct c3d_parameters *parameters, struct recording_info *info,
                            struct error *error)
{
    size_t count = 0;
    if (c3d_count(parameters, "EVENT", "USED", &count) && count > 0) {
        return read_group(layout, parameters, count, info, error);
    }
    return read_header(layout, header, parameters->order, info, error);
}
