#include "formats/otb/grid.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

/* How channels run over an array. */
enum layout {
    LAYOUT_UNKNOWN = 0,
    LAYOUT_SERPENTINE, /* 13 × 5 from row 2 of column 1 down, up, down …; no electrode at (1, 1) */
    LAYOUT_RIGHT,      /* 13 × 5 down each column, the last column first; none at (1, 5) */
    LAYOUT_UP,         /* up each column, the first column first */
    LAYOUT_DOWN,       /* down each column, the first column first */
    LAYOUT_NM2         /* the 13 × 5 of ELSCH064NM2, listed below; none at (1, 1) */
};

struct product {
    const char *code;
    size_t electrodes, rows, columns;
    double distance;
    enum layout layout;
};

/* What the makers' and users' published channel maps agree on. */
static const struct product products[] = {
    {"GR04MM1305", 64, 13, 5, 4, LAYOUT_SERPENTINE},
    {"GR08MM1305", 64, 13, 5, 8, LAYOUT_SERPENTINE},
    {"HD04MM1305", 64, 13, 5, 4, LAYOUT_RIGHT},
    {"HD08MM1305", 64, 13, 5, 8, LAYOUT_RIGHT},
    {"GR10MM0808", 64, 8, 8, 10, LAYOUT_UP},
    {"HD10MM0808", 64, 8, 8, 10, LAYOUT_UP},
    {"GR10MM0804", 32, 8, 4, 10, LAYOUT_DOWN},
    {"HD10MM0804", 32, 8, 4, 10, LAYOUT_DOWN},
    {"HD05MM0804", 32, 8, 4, 5, LAYOUT_DOWN},
    {"GR100ML1305", 64, 13, 5, 2.5, LAYOUT_UNKNOWN},
    {"ELSCH064NM2", 64, 13, 5, 8, LAYOUT_NM2},
};

/* Channels, from 1, of each column of ELSCH064NM2 from row 1 to row 13; 0: no electrode. */
static const unsigned char nm2[5][13] = {
    {0, 16, 15, 19, 20, 28, 25, 35, 45, 44, 54, 55, 57},
    {1, 8, 14, 18, 21, 29, 26, 36, 46, 43, 53, 56, 58},
    {2, 7, 13, 17, 22, 30, 27, 37, 47, 42, 52, 64, 59},
    {3, 6, 12, 9, 23, 31, 33, 38, 48, 41, 51, 63, 60},
    {4, 5, 11, 10, 24, 32, 34, 39, 40, 49, 50, 62, 61},
};

static bool digits(const char *text, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!isdigit((unsigned char)text[i])) {
            return false;
        }
    }
    return true;
}

/* GR or HD, distance in mm, "MM", rows, columns: a product that is not listed. */
static bool read_code(const char *text, struct otb_grid *grid)
{
    if ((strncmp(text, "GR", 2) != 0 && strncmp(text, "HD", 2) != 0) || !digits(text + 2, 2) ||
        strncmp(text + 4, "MM", 2) != 0 || !digits(text + 6, 4)) {
        return false;
    }
    grid->distance = (text[2] - '0') * 10 + text[3] - '0';
    grid->rows = (size_t)((text[6] - '0') * 10 + text[7] - '0');
    grid->columns = (size_t)((text[8] - '0') * 10 + text[9] - '0');
    grid->electrodes = grid->rows * grid->columns;
    memcpy(grid->code, text, 10);
    return grid->distance > 0 && grid->electrodes > 0;
}

bool otb_grid_find(const char *text, struct otb_grid *grid)
{
    char capitals[512];
    size_t length = strnlen(text, sizeof capitals - 1);
    for (size_t i = 0; i < length; i++) {
        capitals[i] = (char)toupper((unsigned char)text[i]);
    }
    capitals[length] = '\0';
    *grid = (struct otb_grid){.distance = NAN};
    for (size_t i = 0; i < sizeof products / sizeof *products; i++) {
        const struct product *product = &products[i];
        if (strstr(capitals, product->code)) {
            strcpy(grid->code, product->code);
            grid->electrodes = product->electrodes;
            grid->rows = product->rows;
            grid->columns = product->columns;
            grid->distance = product->distance;
            grid->layout = product->layout;
            return true;
        }
    }
    for (size_t i = 0; i + 10 <= length; i++) {
        if (read_code(capitals + i, grid)) {
            return true;
        }
    }
    *grid = (struct otb_grid){.distance = NAN};
    return false;
}

bool otb_grid_place(const struct otb_grid *grid, size_t index, int *row, int *column)
{
    size_t rows = grid->rows, r = 0, c = 0;
    if (index >= grid->electrodes) {
        return false;
    }
    switch ((enum layout)grid->layout) {
    case LAYOUT_SERPENTINE:
        /* As if the missing corner were channel 0. */
        c = (index + 1) / rows;
        r = (index + 1) % rows;
        r = c % 2 ? rows - 1 - r : r;
        break;
    case LAYOUT_RIGHT:
        c = grid->columns - 1 - (index + 1) / rows;
        r = (index + 1) % rows;
        break;
    case LAYOUT_UP:
        c = index / rows;
        r = rows - 1 - index % rows;
        break;
    case LAYOUT_DOWN:
        c = index / rows;
        r = index % rows;
        break;
    case LAYOUT_NM2:
        while (nm2[c][r] != index + 1) {
            r = (r + 1) % 13;
            c += r == 0;
        }
        break;
    case LAYOUT_UNKNOWN:
        return false;
    }
    *row = (int)r + 1;
    *column = (int)c + 1;
    return true;
}
