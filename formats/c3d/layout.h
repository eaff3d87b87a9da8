/* How the samples of a C3D file lie: frames of 3-D points, each with some analog samples of all
 * channels. The parameters and the 512 bytes of the header both tell; they often differ. */
#ifndef SOLEUS_FORMATS_C3D_LAYOUT_H
#define SOLEUS_FORMATS_C3D_LAYOUT_H

#include "formats/c3d/parameters.h"
#include "formats/reader.h"

/* The format counts analog channels in 16 bits; files with more than this are damaged. */
#define C3D_CHANNELS_MAX 4096

struct c3d_layout {
    bool floats;          /* samples are floats, else 16-bit whole numbers */
    bool is_unsigned;     /* the latter from 0 to 65535 */
    size_t width;         /* bytes of a sample: 4 or 2 */
    size_t channels;      /* analog */
    size_t samples;       /* of each channel in a frame */
    size_t point_bytes;   /* before the analog samples of a frame */
    size_t frame_bytes;   /* all of a frame */
    uint64_t frames;      /* claimed */
    uint64_t first_frame; /* number of the first one, from 1 */
    uint64_t data_start;  /* byte */
    double point_rate;    /* frames a second; 0 when unknown */
    double rate;          /* of the analog samples, Hz; 0 when unknown */
};

/* header: the first 512 bytes. Where the two contradict each other the parameters count, unless
 * only the header fits the file's size; each contradiction is a warning, or an error when strict.
 * STATUS_UNSUPPORTED for files without analog channels. */
enum status c3d_layout_read(struct c3d_layout *layout, const unsigned char *header,
                            const struct c3d_parameters *parameters, const struct source *source,
                            const struct reader_options *options, struct recording_info *info,
                            struct error *error);

/* Fills info->channels. */
enum status c3d_channels_read(const struct c3d_layout *layout,
                              const struct c3d_parameters *parameters, const struct source *source,
                              const struct reader_options *options, struct recording_info *info,
                              struct error *error);

/* Events of the EVENT group, or else of the header, as annotations. */
enum status c3d_events_read(const struct c3d_layout *layout, const unsigned char *header,
                            const struct c3d_parameters *parameters, struct recording_info *info,
                            struct error *error);

#endif
