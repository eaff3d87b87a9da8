/* Writes the example results files into a folder, for tests/python/check_results.py. */
#include "unit/results_example.h"

#include <stdio.h>

int main(int argc, char **argv)
{
    char path[4096];
    struct error error = {0};
    if (argc != 2) {
        fprintf(stderr, "usage: make_results FOLDER\n");
        return 2;
    }
    snprintf(path, sizeof path, "%s/example_results.h5", argv[1]);
    enum status status = example_write(path, 60, false, &error);
    if (status == STATUS_OK) {
        snprintf(path, sizeof path, "%s/empty_results.h5", argv[1]);
        status = example_write_empty(path, &error);
    }
    if (status != STATUS_OK) {
        fprintf(stderr, "make_results: %s\n", error.message);
        return 1;
    }
    return 0;
}
