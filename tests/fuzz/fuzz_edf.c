#include "fuzz/fuzz_reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* BDF is told by its first byte; everything else is taken for EDF, magic or not. */
    fuzz_reader(size > 0 && data[0] == 0xff ? "bdf" : "edf", data, size);
    return 0;
}
