#include "formats/unread.h"

#include <string.h>

#define EXPORT "export it from its program as EDF, MATLAB or text"

/* clang-format off */
static const struct kind {
    size_t offset, length;
    const char *magic;
    const char *advice;
} kinds[] = {
    {0, 2, "\x1f\x8b", "a gzip archive: unpack it (gunzip), and give what was in it"},
    {0, 3, "BZh", "a bzip2 archive: unpack it (bunzip2), and give what was in it"},
    {0, 6, "\xfd" "7zXZ\0", "an xz archive: unpack it (unxz), and give what was in it"},
    {0, 4, "\x28\xb5\x2f\xfd", "a zstd archive: unpack it (unzstd), and give what was in it"},
    {0, 6, "7z\xbc\xaf\x27\x1c", "a 7z archive: unpack it, and give what was in it"},
    {0, 4, "Rar!", "a rar archive: unpack it, and give what was in it"},
    {0, 4, "PK\3\4", "a zip archive, or a document that is one (Excel): unpack it, or save the sheet as CSV"},
    {0, 8, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel sheet or another compound document: save it as CSV, or " EXPORT},
    {0, 4, "%PDF", "a PDF document, no recording"},
    {0, 4, "\x89PNG", "a picture, no recording"},
    {0, 3, "\xff\xd8\xff", "a picture, no recording"},
    {0, 4, "\x7f" "ELF", "a program, no recording"},
    {0, 16, "SQLite format 3", "a database: export its table as CSV"},
    {0, 6, "\x93NUMPY", "a NumPy array: save it with scipy.io.savemat, its rate as fs, and give the .mat file"},
    {0, 4, "PAR1", "a Parquet table: save it as CSV"},
    {0, 4, "TDSm", "a LabVIEW TDMS file: export it as LVM or text"},
    {0, 4, "CFWB", "a LabChart binary file: export it from LabChart as MATLAB or text"},
    {0, 4, "ABF ", "an Axon recording: export it as text (ATF) or MATLAB"},
    {0, 4, "ABF2", "an Axon recording: export it as text (ATF) or MATLAB"},
    {0, 4, "\x02\x27\x91\xc6", "an Intan RHD recording: convert it with Intan's tools to WAV, MATLAB or text"},
    {0, 4, "\xac\x27\x91\xd6", "an Intan RHS recording: convert it with Intan's tools to WAV, MATLAB or text"},
    {0, 8, "NEURALSG", "a Blackrock recording: convert it to MATLAB (NPMK) or NWB"},
    {0, 8, "NEURALCD", "a Blackrock recording: convert it to MATLAB (NPMK) or NWB"},
    {0, 8, "BRSMPGRP", "a Blackrock recording: convert it to MATLAB (NPMK) or NWB"},
    {0, 4, "PLEX", "a Plexon recording: convert it to MATLAB or NWB"},
    {0, 20, "######## Neuralynx D", "a Neuralynx recording: convert it to MATLAB or NWB"},
    {1, 16, "POLY SAMPLE FILE", "a TMSi Poly5 recording: " EXPORT},
    {0, 16, "POLY SAMPLE FILE", "a TMSi Poly5 recording: " EXPORT},
    {0, 10, "* MICROMED", "a Micromed TRC recording: " EXPORT},
    {0, 8, "ISHNE1.0", "an ISHNE Holter recording: convert it to EDF or WFDB"},
    {0, 10, "Version 3.", "a Neuroscan CNT recording: " EXPORT},
};
/* clang-format on */

const char *unread_kind(const unsigned char *head, size_t size)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const struct kind *kind = &kinds[i];
        if (size >= kind->offset + kind->length &&
            memcmp(head + kind->offset, kind->magic, kind->length) == 0) {
            return kind->advice;
        }
    }
    return NULL;
}
