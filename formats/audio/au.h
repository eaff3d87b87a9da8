/* The layout of AU files and of the annotation with which Soleus sends signals through pipes.
 *
 * An AU file is a header of six big-endian 32-bit words ('.snd', offset of the samples, their size
 * in bytes or 0xffffffff when it is not known, encoding, rate, channels), an annotation up to the
 * offset, and interleaved samples. Soleus writes 32-bit floats (encoding 6) in the channels' units,
 * with NaN for what is missing, and says in the annotation what AU cannot: a JSON object in UTF-8,
 * ended by NULs up to an offset that is a multiple of 8:
 *
 *   {"soleus": 1,
 *    "rate": 1259.259,                  Hz; the header has it rounded to a whole number
 *    "start": "2026-11-22T09:15:00.5",  civil time of the first sample; absent when unknown
 *    "conditioned": false,
 *    "channels": [{"label": "TA L", "unit": "uV", "file_unit": "mV", "type": "emg" or "other",
 *                  "muscle": "", "description": "", "minimum": -5000.0 or null,
 *                  "maximum": 5000.0 or null}, ...],
 *    "annotations": [{"onset": 1.5, "duration": 2.0 or null, "text": "fist"}, ...]}
 *
 * Other programs read the samples as they read any AU file; those that clip floats at ±1 (SoX)
 * need them scaled first. */
#ifndef SOLEUS_FORMATS_AU_H
#define SOLEUS_FORMATS_AU_H

#include "formats/recording.h"

#define AU_HEADER_SIZE    24
#define AU_SIZE_UNKNOWN   UINT32_MAX
#define AU_ANNOTATION_MAX (4 * 1024 * 1024)

enum au_encoding {
    AU_INTEGER_8 = 2,
    AU_INTEGER_16 = 3,
    AU_INTEGER_24 = 4,
    AU_INTEGER_32 = 5,
    AU_FLOAT = 6,
    AU_DOUBLE = 7
};

/* The annotation that describes info, NUL-terminated, to be freed; NULL with a message. */
char *au_annotation_encode(const struct recording_info *info, const char *name,
                           struct error *error);

/* Reads an annotation of `length` bytes. *found says whether it is one of Soleus; if so, info's
 * channels (allocated by the caller, one for each of the file's channels), start, annotations and
 * `conditioned` are filled, and *rate. An annotation of Soleus that is broken, or describes
 * another number of channels, fails. */
enum status au_annotation_decode(const char *text, size_t length, const char *name,
                                 struct recording_info *info, double *rate, bool *found,
                                 struct error *error);

#endif
