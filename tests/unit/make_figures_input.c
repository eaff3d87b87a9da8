/* Writes results files with made-up contents into a folder, to try the figures on. */
#include "unit/figures_input.h"

#include <stdio.h>

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: make_figures_input FOLDER\n");
        return 2;
    }
    for (size_t i = 0; figures_examples[i].name; i++) {
        struct error error = {0};
        if (figures_example_write(&figures_examples[i], argv[1], &error) != STATUS_OK) {
            fprintf(stderr, "make_figures_input: %s: %s\n", figures_examples[i].name,
                    error.message);
            return 1;
        }
    }
    return 0;
}
