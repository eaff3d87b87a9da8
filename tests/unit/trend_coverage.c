/* Measures how often the intervals of trends hold the true slope, and prints the table of it.
 *
 *     trend_coverage [SERIES]   simulated series a case (20,000; 2,000 from 1,000 epochs on) */
#include "unit/coverage.h"

#include "formats/table.h"

#include <stdio.h>

static double ends(double place)
{
    return 0.5 + 2 * place * place;
}

static double grows(double place)
{
    return 1.25 + 0.75 * place;
}

static const struct coverage_case cases[] = {
    {.name = "white"},
    {.name = "AR(1) 0.3", .phi = {0.3}},
    {.name = "AR(1) 0.6", .phi = {0.6}},
    {.name = "AR(1) 0.8", .phi = {0.8}},
    {.name = "AR(1) -0.3", .phi = {-0.3}},
    {.name = "AR(2) 0.5 0.3", .phi = {0.5, 0.3}},
    {.name = "AR(3) 0.2 0.2 0.2", .phi = {0.2, 0.2, 0.2}},
    {.name = "white, overlap 0.5", .shared = 1},
    {.name = "AR(1) 0.3, overlap 0.5", .phi = {0.3}, .shared = 1},
    {.name = "AR(1) 0.6, overlap 0.5", .phi = {0.6}, .shared = 1},
    {.name = "white, overlap 0.75", .shared = 3},
    {.name = "AR(1) 0.3, a third missing", .phi = {0.3}, .missing = 1.0 / 3},
    {.name = "AR(1) 0.3, spread grows 4-fold", .phi = {0.3}, .spread = grows},
    {.name = "AR(1) 0.3, spread 5-fold at the ends", .phi = {0.3}, .spread = ends},
};

static const struct column_definition columns[] = {
    {"noise", COLUMN_TEXT, "", "noise about the line", NULL},
    {"n", COLUMN_INTEGER, "1", "epochs", NULL},
    {"series", COLUMN_INTEGER, "1", "series simulated", NULL},
    {"slope", COLUMN_REAL, "%", "intervals of the slope that hold it", NULL},
    {"normalised", COLUMN_REAL, "%", "intervals of the normalised slope that hold it", NULL},
    {"theil_sen", COLUMN_REAL, "%", "Theil-Sen intervals that hold the slope", NULL},
    {"mann_kendall", COLUMN_REAL, "%", "trends that Mann-Kendall finds at 5 % where none is", NULL},
    {"width", COLUMN_REAL, "1", "median width over that from a known standard error", NULL},
};

/* To a fraction of `steps`, so that it prints short. */
static double rounded(double value, double steps)
{
    return round(value * steps) / steps;
}

int main(int argc, char **argv)
{
    static const size_t counts[] = {10, 30, 100, 1000};
    size_t series = argc > 1 ? strtoul(argv[1], NULL, 10) : 20000;
    struct error error = {0};
    struct table *table = table_create("coverage", columns, 8, &error);
    for (size_t c = 0; table && c < sizeof cases / sizeof *cases; c++) {
        for (size_t k = 0; k < 4; k++) {
            size_t row, runs = counts[k] < 1000 ? series : (series + 9) / 10;
            struct coverage found = coverage_measure(&cases[c], counts[k], runs, c + 1);
            if (table_append(table, &row, &error) ||
                table_set_text(table, row, 0, cases[c].name, &error)) {
                break;
            }
            table_set_integer(table, row, 1, (int64_t)counts[k]);
            table_set_integer(table, row, 2, (int64_t)runs);
            const double values[] = {100 * found.slope, 100 * found.normalised,
                                     100 * found.theil_sen, 100 * found.rejected};
            for (size_t i = 0; i < 4; i++) {
                table_set_real(table, row, 3 + i, rounded(values[i], 10));
            }
            table_set_real(table, row, 7, rounded(found.width, 100));
            fprintf(stderr, "%s, n = %zu\n", cases[c].name, counts[k]);
        }
    }
    if (!table || error.status != STATUS_OK) {
        fprintf(stderr, "trend_coverage: %s\n", error.message);
        return 1;
    }
    table_write_tsv(table, stdout, true, 0, table->row_count);
    table_destroy(table);
    return fflush(stdout) == 0 ? 0 : 1;
}
