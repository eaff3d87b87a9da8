/* Global heaps, which hold texts of variable length, looked at before HDF5 does: 1.10 goes round in
 * circles on an entry without a size, and beyond its memory on one that is too large. */
#include "formats/results/hdf5.h"

#include <string.h>

#define HEADER       16 /* bytes, of a heap and of an entry, where lengths have 8 */
#define SMALLEST     4096
#define LARGEST_STEP ((uint64_t)1 << 40)

static uint64_t number_at(const unsigned char *from, size_t bytes)
{
    uint64_t number = 0;
    for (size_t i = bytes; i > 0; i--) {
        number = number << 8 | from[i - 1];
    }
    return number;
}

bool results_heap_sound(struct results_heap *heap, uint64_t address, const void *bytes, size_t size,
                        uint64_t file_size)
{
    const unsigned char *block = bytes;
    if (size >= HEADER && memcmp(block, "GCOL\1\0\0\0", 8) == 0) {
        uint64_t whole = number_at(block + 8, 8);
        if (whole < SMALLEST || whole > file_size || address > file_size - whole) {
            return false;
        }
        *heap = (struct results_heap){.next = address + HEADER, .end = address + whole};
    } else if (heap->end == 0 || address > heap->next || address + size > heap->end) {
        *heap = (struct results_heap){0};
        return true;
    }
    uint64_t held = address + size < heap->end ? address + size : heap->end;
    while (heap->next + HEADER <= held) {
        const unsigned char *entry = block + (heap->next - address);
        uint64_t index = number_at(entry, 2), length = number_at(entry + 8, 8);
        /* The entry 0 is free room, and its length that of its header too. */
        uint64_t step =
            index == 0 || length > LARGEST_STEP ? length : HEADER + (length + 7) / 8 * 8;
        if (step < HEADER || step > heap->end - heap->next) {
            return false;
        }
        heap->next += step;
    }
    if (heap->next < held) {
        *heap = (struct results_heap){0}; /* an entry's header goes on in another block */
    }
    return true;
}
