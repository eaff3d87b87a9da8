#include "formats/hdf5/kind.h"

#include <string.h>

#define RESULTS_REFUSED                                                                            \
    "holds results of soleus, no recording; 'soleus export' and 'soleus plot' read it, and the "   \
    "recording itself is to be given here"

/* The signature may stand behind a user block of 512 bytes or a power of two more. */
static bool has_signature(const unsigned char *head, size_t size)
{
    static const char signature[8] = "\x89HDF\r\n\x1a\n";
    for (size_t place = 0; place + sizeof signature <= size; place = place ? 2 * place : 512) {
        if (memcmp(head + place, signature, sizeof signature) == 0) {
            return true;
        }
    }
    return false;
}

static bool has_bytes(const unsigned char *head, size_t size, const char *text)
{
    return memmem(head, size, text, strlen(text)) != NULL;
}

enum hdf5_kind hdf5_kind_of_bytes(const unsigned char *head, size_t size)
{
    static const char matlab[] = "MATLAB 7.3";
    if ((size >= sizeof matlab && memcmp(head, matlab, sizeof matlab - 1) == 0) ||
        !has_signature(head, size)) {
        return HDF5_NONE;
    }
    if (has_bytes(head, size, HDF5_RECORDING_ATTRIBUTE)) {
        return HDF5_RECORDING;
    }
    if (has_bytes(head, size, "soleus_version")) {
        return HDF5_RESULTS;
    }
    if (has_bytes(head, size, "nwb_version")) {
        return HDF5_NWB;
    }
    if (has_bytes(head, size, "sampling rate") && has_bytes(head, size, "macaddress")) {
        return HDF5_OPENSIGNALS;
    }
    return HDF5_OTHER;
}

bool hdf5_is_opensignals_device(struct hdf5_input *input, hid_t group)
{
    hid_t raw = hdf5_open_group(input, group, "raw");
    hdf5_close(raw);
    return raw >= 0 && (H5Aexists(group, "sampling rate") > 0 || H5Aexists(group, "channels") > 0);
}

static bool has_device(struct hdf5_input *input, hid_t root)
{
    char **names;
    size_t count;
    struct error ignored;
    bool found = false;
    if (hdf5_list(input, root, &names, &count, &ignored) != STATUS_OK) {
        return false;
    }
    for (size_t i = 0; i < count && !found; i++) {
        hid_t group = hdf5_open_group(input, root, names[i]);
        found = group >= 0 && hdf5_is_opensignals_device(input, group);
        hdf5_close(group);
    }
    hdf5_free_names(names, count);
    return found;
}

enum hdf5_kind hdf5_kind_of_file(struct hdf5_input *input)
{
    enum hdf5_kind kind = HDF5_OTHER;
    hid_t root = H5Gopen2(input->file, "/", H5P_DEFAULT);
    if (root < 0) {
        return HDF5_OTHER;
    }
    if (H5Aexists(root, HDF5_RECORDING_ATTRIBUTE) > 0) {
        kind = HDF5_RECORDING;
    } else if (H5Aexists(root, "soleus_version") > 0) {
        kind = HDF5_RESULTS;
    } else if (H5Aexists(root, "nwb_version") > 0) {
        kind = HDF5_NWB;
    } else if (has_device(input, root)) {
        kind = HDF5_OPENSIGNALS;
    }
    hdf5_close(root);
    H5Eclear2(H5E_DEFAULT);
    return kind;
}

struct probe hdf5_probe(enum hdf5_kind mine, const unsigned char *head, size_t size)
{
    enum hdf5_kind kind = hdf5_kind_of_bytes(head, size);
    struct probe probe = {.verdict = PROBE_NOT_MINE};
    if (kind != HDF5_NONE && kind == mine) {
        probe.verdict = PROBE_MINE;
        probe.confidence = 95;
    } else if (mine == HDF5_RECORDING && kind == HDF5_RESULTS) {
        probe.verdict = PROBE_UNSUPPORTED;
        probe.confidence = 95;
        snprintf(probe.reason, sizeof probe.reason, RESULTS_REFUSED);
    } else if (mine == HDF5_RECORDING && kind == HDF5_OTHER) {
        /* Opening it tells, also where a file's marks lie behind its first bytes. */
        probe.verdict = PROBE_MINE;
        probe.confidence = 60;
    }
    return probe;
}

enum status hdf5_expect(struct hdf5_input *input, enum hdf5_kind mine, struct error *error)
{
    static const char *const names[] = {
        [HDF5_NONE] = "",
        [HDF5_OTHER] = "",
        [HDF5_RECORDING] = "is a recording written by soleus; read it as hdf5",
        [HDF5_RESULTS] = RESULTS_REFUSED,
        [HDF5_OPENSIGNALS] = "is a file of OpenSignals; read it as opensignals",
        [HDF5_NWB] = "is an NWB file; read it as nwb",
    };
    enum hdf5_kind kind = hdf5_kind_of_file(input);
    if (kind == mine) {
        return STATUS_OK;
    }
    if (names[kind][0]) {
        return error_set(error, STATUS_UNSUPPORTED, "%s: %s", input->name, names[kind]);
    }
    return error_set(
        error, STATUS_UNSUPPORTED,
        "%s: an HDF5 file of a kind that is not read; read are OpenSignals (devices "
        "with raw/channel_N), NWB 2 (ElectricalSeries), and what soleus writes; export "
        "the signals as one of these, or as EDF or text",
        input->name);
}
