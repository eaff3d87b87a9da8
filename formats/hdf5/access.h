/* Reading foreign HDF5 files with care: what readers of recordings share.
 *
 * A file never leads to another one: external links, external storage, virtual datasets and
 * filters that come as plugins are refused. What a file claims is checked against its size before
 * anything is allocated. HDF5 never prints. Identifiers that these functions return are closed
 * with hdf5_close (results/hdf5.h). */
#ifndef SOLEUS_FORMATS_HDF5_ACCESS_H
#define SOLEUS_FORMATS_HDF5_ACCESS_H

#include "formats/results/hdf5.h"
#include "formats/source.h"

/* Most entries of a group, elements of a list in an attribute, and bytes of a text that are read.
 */
#define HDF5_ENTRIES_MAX 65536
#define HDF5_TEXT_MAX    4096

struct hdf5_input {
    hid_t file;       /* negative when closed */
    hid_t links;      /* how links are followed: within the file */
    const char *name; /* for messages; the source's */
    uint64_t size;    /* bytes */
    bool led_out;     /* a link to another file was met, and not followed */
    struct results_file state;
};

/* Opens the source's file, which must be a regular one; input must stay where it is until it is
 * closed. chunk_cache: bytes of unpacked chunks that each dataset keeps; 0: as HDF5 has it. On
 * failure nothing is left open. */
enum status hdf5_input_open(struct source *source, size_t chunk_cache, struct hdf5_input *input,
                            struct error *error);
/* Accepts one that is closed, or zeroed by HDF5_INPUT_NONE. */
void hdf5_input_close(struct hdf5_input *input);
#define HDF5_INPUT_NONE                                                                            \
    {                                                                                              \
        .file = H5I_INVALID_HID, .links = H5I_INVALID_HID, .state = {.driver = H5I_INVALID_HID }   \
    }

/* Opens the object at a path ("raw/channel_1", "/general") below `from`, a group; hard links and
 * a few soft links in a row are followed. Negative when there is none. */
hid_t hdf5_open_path(struct hdf5_input *input, hid_t from, const char *path);
/* The same, negative when it is no group. */
hid_t hdf5_open_group(struct hdf5_input *input, hid_t from, const char *path);
/* Whether there is an object at the path. */
bool hdf5_has(struct hdf5_input *input, hid_t from, const char *path);

/* Names in a group, sorted by bytes, owned, NULL-terminated; at most HDF5_ENTRIES_MAX are
 * accepted. */
enum status hdf5_list(const struct hdf5_input *input, hid_t group, char ***names, size_t *count,
                      struct error *error);
void hdf5_free_names(char **names, size_t count);

/* A text attribute, trimmed as text_from_field does, in `to` ("" when there is none). */
bool hdf5_text_attribute(hid_t object, const char *name, char *to, size_t size);
/* The numbers of a numeric attribute, up to `room` of them; 0 when there is none. */
size_t hdf5_real_attributes(hid_t object, const char *name, double *to, size_t room);
/* The first of them; NaN when there is none. */
double hdf5_real_attribute(hid_t object, const char *name);

/* Whether a dataset can be read: no other file, no unknown filter, sizes that the file can hold. */
enum status hdf5_check_storage(const struct hdf5_input *input, hid_t dataset, const char *what,
                               struct error *error);

#endif
