#include "formats/otb/layout.h"

#include "formats/checked.h"
#include "formats/mend.h"
#include "formats/utf8.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum status otb_mend(const struct otb_layout *layout, struct error *error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    enum status status =
        mend_arguments(layout->name, layout->strict, layout->info, error, format, arguments);
    va_end(arguments);
    return status;
}

struct otb_place *otb_add_place(struct otb_layout *layout, struct error *error)
{
    if (layout->place_count == OTB_CHANNELS_MAX) {
        error_set(error, STATUS_FAILED, "%s: claims more than %d channels", layout->name,
                  OTB_CHANNELS_MAX);
        return NULL;
    }
    if (layout->place_count == layout->place_capacity) {
        size_t room = layout->place_capacity ? 2 * layout->place_capacity : 64;
        struct otb_place *grown = checked_realloc(layout->places, room, sizeof *grown);
        if (!grown) {
            error_memory(error, "reading a description");
            return NULL;
        }
        layout->places = grown;
        layout->place_capacity = room;
    }
    struct otb_place *place = &layout->places[layout->place_count++];
    *place =
        (struct otb_place){.channel = {.gain = 1, .minimum = NAN, .maximum = NAN, .distance = NAN}};
    return place;
}

void otb_append(char *to, size_t size, const char *from, size_t most)
{
    size_t used = strlen(to), left = strnlen(from, most);
    for (size_t step; left > 0; from += step, left -= step) {
        step = utf8_character(from, left);
        if (step == 0 || used + step >= size) {
            break;
        }
        memcpy(to + used, from, step);
        used += step;
    }
    to[used] = '\0';
}

const char *otb_grid_name(struct otb_layout *layout, const char *code)
{
    size_t same = 0;
    size_t length = strlen(code);
    if (layout->grid_count == OTB_STREAMS_MAX) {
        return "";
    }
    for (size_t i = 0; i < layout->grid_count; i++) {
        const char *grid = layout->grids[i];
        same += strncmp(grid, code, length) == 0 && (grid[length] == '\0' || grid[length] == ' ');
    }
    char *name = layout->grids[layout->grid_count++];
    if (same > 0) {
        snprintf(name, LABEL_SIZE, "%.80s (%zu)", code, same + 1);
    } else {
        snprintf(name, LABEL_SIZE, "%.80s", code);
    }
    return name;
}

void otb_calibrate(struct channel *channel, double volts, double bits, double gain, double factor)
{
    channel->gain = volts / exp2(bits) / gain * factor;
    channel->minimum = -exp2(bits - 1) * channel->gain;
    channel->maximum = (exp2(bits - 1) - 1) * channel->gain;
}
