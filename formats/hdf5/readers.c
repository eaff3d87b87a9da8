/* The readers of HDF5: opensignals, nwb, and hdf5, which reads what Soleus writes and hands over
 * files whose first bytes did not tell what they are. */
#include "formats/hdf5/readers.h"

#include <string.h>

typedef enum status open_function(struct hdf5_signals *signals,
                                  const struct reader_options *options, struct error *error);

static enum status open_as(enum hdf5_kind kind, bool hand_over, struct source *source,
                           const struct reader_options *options, struct recording_info *info,
                           void **state, struct error *error)
{
    static const struct {
        const char *id;
        open_function *open;
    } kinds[] = {
        [HDF5_RECORDING] = {"hdf5", recording_file_open},
        [HDF5_OPENSIGNALS] = {"opensignals", opensignals_open},
        [HDF5_NWB] = {"nwb", nwb_open},
    };
    struct hdf5_signals *signals;
    *state = NULL;
    enum status status = hdf5_signals_create(source, info, &signals, error);
    if (status != STATUS_OK) {
        return status;
    }
    enum hdf5_kind found = hand_over ? hdf5_kind_of_file(&signals->input) : kind;
    if (found == HDF5_OPENSIGNALS || found == HDF5_NWB) {
        kind = found;
    }
    status = hdf5_expect(&signals->input, kind, error);
    if (status == STATUS_OK) {
        snprintf(info->format, sizeof info->format, "%s", kinds[kind].id);
        status = kinds[kind].open(signals, options, error);
    }
    bool rated = status == STATUS_OK;
    for (size_t c = 0; c < info->channel_count; c++) {
        rated = rated && info->channels[c].rate > 0;
    }
    if (rated) {
        info->duration = hdf5_signals_duration(signals);
    }
    if (status == STATUS_OK) {
        *state = signals;
    } else {
        hdf5_signals_close(signals);
    }
    return status;
}

static enum status open_opensignals(struct source *source, const struct reader_options *options,
                                    struct recording_info *info, void **state, struct error *error)
{
    return open_as(HDF5_OPENSIGNALS, false, source, options, info, state, error);
}

static enum status open_nwb(struct source *source, const struct reader_options *options,
                            struct recording_info *info, void **state, struct error *error)
{
    return open_as(HDF5_NWB, false, source, options, info, state, error);
}

static enum status open_any(struct source *source, const struct reader_options *options,
                            struct recording_info *info, void **state, struct error *error)
{
    return open_as(HDF5_RECORDING, true, source, options, info, state, error);
}

static struct probe probe_opensignals(const unsigned char *head, size_t size, const char *path)
{
    (void)path;
    return hdf5_probe(HDF5_OPENSIGNALS, head, size);
}

static struct probe probe_nwb(const unsigned char *head, size_t size, const char *path)
{
    (void)path;
    return hdf5_probe(HDF5_NWB, head, size);
}

static struct probe probe_recording(const unsigned char *head, size_t size, const char *path)
{
    (void)path;
    return hdf5_probe(HDF5_RECORDING, head, size);
}

const struct reader reader_hdf5 = {
    .id = "hdf5",
    .description = "HDF5 (netCDF-4) as soleus convert writes it",
    .extensions = "h5 hdf5",
    .isolated = true,
    .probe = probe_recording,
    .open = open_any,
    .read = hdf5_signals_read,
    .close = hdf5_signals_close,
};

const struct reader reader_nwb = {
    .id = "nwb",
    .description = "Neurodata Without Borders 2, ElectricalSeries",
    .extensions = "nwb",
    .isolated = true,
    .probe = probe_nwb,
    .open = open_nwb,
    .read = hdf5_signals_read,
    .close = hdf5_signals_close,
};

const struct reader reader_opensignals = {
    .id = "opensignals",
    .description = "OpenSignals HDF5 (biosignalsplux, bioplux, BITalino)",
    .extensions = "h5",
    .isolated = true,
    .probe = probe_opensignals,
    .open = open_opensignals,
    .read = hdf5_signals_read,
    .close = hdf5_signals_close,
};
