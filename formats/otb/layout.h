/* What an archive of OT Bioelettronica says of its signals: streams of interleaved samples, and
 * the channels in them. */
#ifndef SOLEUS_FORMATS_OTB_LAYOUT_H
#define SOLEUS_FORMATS_OTB_LAYOUT_H

#include "formats/otb/archive.h"
#include "formats/otb/grid.h"
#include "formats/reader.h"
#include "formats/xml.h"

/* The largest device has about 400 channels; files with more than this are damaged. */
#define OTB_CHANNELS_MAX 4096
#define OTB_STREAMS_MAX  64

/* An entry of the archive; XML is loaded. */
struct otb_entry {
    char name[OTB_NAME_SIZE];
    size_t order;  /* among the archive's files */
    uint64_t size; /* that the file can hold; UINT64_MAX: unknown */
    bool cut;      /* the archive says more */
    char *text;    /* owned; NULL when it is no XML */
    size_t length;
};

struct otb_contents {
    size_t count;
    struct otb_entry *entries; /* owned */
    struct error damage;       /* where the list had to end; STATUS_OK: it is whole */
};

/* A file of interleaved samples, little-endian. */
struct otb_stream {
    const struct otb_entry *entry;
    size_t channels; /* in a frame */
    size_t width;    /* bytes of a sample: 2, 3, 4 or 8 (a float) */
};

/* A channel and where its samples are. */
struct otb_place {
    struct channel channel;
    size_t stream;
    size_t index; /* in a frame */
};

struct otb_layout {
    const char *name; /* of the file, for messages */
    bool strict;
    struct recording_info *info; /* start, annotations and warnings go there at once */
    size_t stream_count, place_count;
    struct otb_stream streams[OTB_STREAMS_MAX];
    struct otb_place *places; /* owned; OTB_CHANNELS_MAX at most */
    size_t place_capacity;
    size_t grid_count;
    char grids[OTB_STREAMS_MAX][LABEL_SIZE]; /* names given so far */
};

/* Lists the archive and loads its XML. Call otb_contents_clear also after a failure. */
enum status otb_contents_read(struct otb_contents *contents, const struct source *source,
                              struct error *error);
void otb_contents_clear(struct otb_contents *contents);
/* The entry of that name (its folder aside); NULL when there is none. */
const struct otb_entry *otb_contents_find(const struct otb_contents *contents, const char *name);
bool otb_name_ends(const char *name, const char *end);

struct probe otb_probe(const unsigned char *head, size_t size, const char *path);

/* OTB+: the Device description `xml` of the samples in `signals`. */
enum status otb_plus_read(struct otb_layout *layout, const struct otb_entry *signals,
                          const struct otb_entry *xml, struct error *error);

/* OTB4: adds the tracks of a file of TrackInfo elements. `feedback`: these are paths that were
 * shown to the participant. */
enum status otb_tracks_read(struct otb_layout *layout, const struct otb_contents *contents,
                            const struct otb_entry *xml, bool feedback, struct error *error);

/* Markers as annotations, and the start out of patient.xml; what is not understood is left. */
enum status otb_extras_read(struct otb_layout *layout, const struct otb_contents *contents,
                            struct error *error);
/* Sets the start unless it is known; text is "2024-05-17 10:20:30.5" or with a T. */
void otb_set_start(struct recording_info *info, const char *text);

/* A new channel with gain 1 and no limits; NULL when memory runs out or there are too many. */
struct otb_place *otb_add_place(struct otb_layout *layout, struct error *error);

/* Appends the whole characters of the first `most` bytes of `from`, as far as `to` (of `size`
 * bytes, never full) has room. */
void otb_append(char *to, size_t size, const char *from, size_t most);

/* A name for an array of that code that no earlier one of the recording has. */
const char *otb_grid_name(struct otb_layout *layout, const char *code);

/* gain and limits of a converter of so many volts and bits; unit per volt is `factor`. */
void otb_calibrate(struct channel *channel, double volts, double bits, double gain, double factor);

/* A warning, or an error when strict. */
enum status otb_mend(const struct otb_layout *layout, struct error *error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
