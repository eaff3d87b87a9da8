/* What the counts of OpenSignals devices mean. The transfer functions are those of the makers'
 * data sheets: signal = (count / 2^bits − 1/2) · VCC / gain. */
#include "formats/opensignals_sensor.h"

#include <math.h>
#include <string.h>
#include <strings.h>

static const struct {
    const char *model, *sensor;
    double supply, gain; /* V, 1 */
} transfer_functions[] = {
    {"bioplux", "EMG", 3, 1000},          {"bioplux_exp", "EMG", 3, 1000},
    {"biosignalsplux", "EMG", 3, 1000},   {"channeller", "EMG", 3, 1000},
    {"ddme_openbanplux", "EMG", 3, 1000}, {"rachimeter", "EMG", 3, 1000},
    {"swifter", "EMG", 3, 1000},          {"bitalino", "EMG", 3.3, 1008},
    {"bitalino_rev", "EMG", 3.3, 1009},   {"bitalino_riot", "EMG", 3.3, 1009},
};

static enum channel_type type_of(const char *sensor)
{
    /* Sensors that the user gave no kind in the program. */
    static const char *const open[] = {"", "RAW", "CUSTOM", "CUSTOM/0.5/1.0/V", "UNKNOWN"};
    if (strcasecmp(sensor, "EMG") == 0) {
        return CHANNEL_EMG;
    }
    for (size_t i = 0; i < sizeof open / sizeof *open; i++) {
        if (strcasecmp(sensor, open[i]) == 0) {
            return CHANNEL_UNKNOWN;
        }
    }
    return CHANNEL_OTHER;
}

void opensignals_calibrate(struct channel *channel, const char *sensor, const char *model, int bits)
{
    double codes = ldexp(1, bits);
    channel->type = type_of(sensor);
    for (size_t i = 0; bits > 0 && i < sizeof transfer_functions / sizeof *transfer_functions;
         i++) {
        if (strcasecmp(transfer_functions[i].model, model) == 0 &&
            strcasecmp(transfer_functions[i].sensor, sensor) == 0) {
            double millivolts = 1000 * transfer_functions[i].supply / transfer_functions[i].gain;
            channel->gain = millivolts / codes;
            channel->offset = -millivolts / 2;
            strcpy(channel->file_unit, "mV");
        }
    }
    if (bits > 0) {
        channel->minimum = channel->offset;
        channel->maximum = channel->offset + channel->gain * (codes - 1);
    }
}
