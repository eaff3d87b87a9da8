/* The parameter section of a C3D file: groups of named arrays, in the byte order and the floating
 * point of the processor that the file was written for. */
#ifndef SOLEUS_FORMATS_C3D_PARAMETERS_H
#define SOLEUS_FORMATS_C3D_PARAMETERS_H

#include "formats/checked.h"

#include <stdbool.h>
#include <stdint.h>

#define C3D_BLOCK ((size_t)512)
/* A section is counted in a byte, in blocks. */
#define C3D_PARAMETERS_MAX (255 * C3D_BLOCK)
#define C3D_HEADER_BYTES   4 /* at the start of the section, before the first record */

enum c3d_order { C3D_INTEL = 84, C3D_DEC = 85, C3D_MIPS = 86 };

enum c3d_type { C3D_TEXT = -1, C3D_BYTE = 1, C3D_INTEGER = 2, C3D_FLOAT = 4 };

/* The section as it stands in the file. `bytes` is not owned. */
struct c3d_parameters {
    const unsigned char *bytes;
    size_t size;
    enum c3d_order order;
};

struct c3d_parameter {
    enum c3d_type type;
    size_t dimension_count;
    size_t dimensions[7];
    size_t count; /* elements; all of them lie within the section */
    const unsigned char *data;
};

uint16_t c3d_word(const unsigned char *p, enum c3d_order order);
/* NaN for what DEC machines reserve. */
float c3d_float(const unsigned char *p, enum c3d_order order);

/* True when as many as `most` records from the section's start are well formed, at least one. */
bool c3d_parameters_sound(const struct c3d_parameters *parameters, size_t most);

/* False when there is no such parameter, or when it does not fit in the section. Names are
 * compared without regard to case. */
bool c3d_find(const struct c3d_parameters *parameters, const char *group, const char *name,
              struct c3d_parameter *parameter);

/* Element `index` as a number; false past the end, for text, and for what is not finite. */
bool c3d_element(const struct c3d_parameter *parameter, enum c3d_order order, size_t index,
                 double *value);

/* A list that may go on in NAME2, NAME3 …, since each array holds 255 elements at most. A list of
 * texts counts texts. */
#define C3D_PARTS_MAX 20

struct c3d_list {
    enum c3d_order order;
    size_t part_count;
    size_t sizes[C3D_PARTS_MAX]; /* elements, or texts, of each part */
    struct c3d_parameter parts[C3D_PARTS_MAX];
    size_t count;
};

/* An empty list when there is none of that name. */
void c3d_list_find(struct c3d_list *list, const struct c3d_parameters *parameters,
                   const char *group, const char *name);

bool c3d_list_number(const struct c3d_list *list, size_t index, double *value);

/* For whole numbers from 0 to 65535 that are stored as they are, or as negative ones. */
bool c3d_list_count(const struct c3d_list *list, size_t index, size_t *value);

/* Trimmed, as UTF-8; "" when there is none. */
void c3d_list_text(const struct c3d_list *list, size_t index, char *to, size_t size);

/* The first element of a parameter. */
bool c3d_number(const struct c3d_parameters *parameters, const char *group, const char *name,
                double *value);
bool c3d_count(const struct c3d_parameters *parameters, const char *group, const char *name,
               size_t *value);

#endif
