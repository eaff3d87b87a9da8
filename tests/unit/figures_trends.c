#include "unit/figures_trends.h"

#include <math.h>

static const struct column_definition columns[] = {
    {"channel", COLUMN_TEXT, "", "channel", NULL},
    {"marker", COLUMN_TEXT, "", "marker", NULL},
    {"scope", COLUMN_TEXT, "", "scope", NULL},
    {"episode", COLUMN_INTEGER, "1", "episode", NULL},
    {"onset", COLUMN_REAL, "s", "onset", NULL},
    {"duration", COLUMN_REAL, "s", "duration", NULL},
    {"n", COLUMN_INTEGER, "1", "epochs", NULL},
    {"unit", COLUMN_TEXT, "", "unit", NULL},
    {"f0", COLUMN_REAL, "", "fitted value at the start", NULL},
    {"slope", COLUMN_REAL, "", "slope", NULL},
    {"slope_low", COLUMN_REAL, "", "slope", NULL},
    {"slope_high", COLUMN_REAL, "", "slope", NULL},
    {"normalised_slope", COLUMN_REAL, "%/s", "slope", NULL},
    {"normalised_slope_low", COLUMN_REAL, "%/s", "slope", NULL},
    {"normalised_slope_high", COLUMN_REAL, "%/s", "slope", NULL},
    {"theil_sen", COLUMN_REAL, "", "slope", NULL},
    {"mann_kendall_p", COLUMN_REAL, "1", "p", NULL},
    {"verdict", COLUMN_TEXT, "", "verdict", NULL},
    {"status", COLUMN_TEXT, "", "status", NULL},
};

struct table *figures_trend_table(struct error *error)
{
    return table_create("trends", columns, sizeof columns / sizeof *columns, error);
}

static void set(struct table *table, size_t row, const char *column, double value)
{
    table_set_real(table, row, table_find(table, column), value);
}

enum status figures_trend_add(struct table *table, const char *channel, const char *marker,
                              const char *unit, const double *time, const double *value,
                              size_t count, struct error *error)
{
    double t = 0, v = 0, tt = 0, tv = 0, rest = 0;
    size_t row;
    if (table_append(table, &row, error) != STATUS_OK) {
        return STATUS_FAILED;
    }
    const char *const texts[][2] = {{"channel", channel},
                                    {"marker", marker},
                                    {"scope", "active"},
                                    {"unit", unit},
                                    {"verdict", count < 5 ? NULL : "fall"},
                                    {"status", count < 5 ? "too few epochs" : NULL}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (table_set_text(table, row, table_find(table, texts[i][0]), texts[i][1], error) !=
            STATUS_OK) {
            return STATUS_FAILED;
        }
    }
    table_set_integer(table, row, table_find(table, "n"), (int64_t)count);
    if (count < 5) {
        return STATUS_OK;
    }
    for (size_t i = 0; i < count; i++) {
        t += time[i] / (double)count;
        v += value[i] / (double)count;
    }
    for (size_t i = 0; i < count; i++) {
        tt += (time[i] - t) * (time[i] - t);
        tv += (time[i] - t) * (value[i] - v);
    }
    double slope = tv / tt;
    for (size_t i = 0; i < count; i++) {
        double r = value[i] - v - slope * (time[i] - t);
        rest += r * r;
    }
    double half = 2 * sqrt(rest / (double)(count - 2) / tt), f0 = v + slope * (time[0] - t);
    set(table, row, "onset", time[0] - 0.5);
    set(table, row, "duration", time[count - 1] - time[0] + 1);
    set(table, row, "f0", f0);
    set(table, row, "slope", slope);
    set(table, row, "slope_low", slope - half);
    set(table, row, "slope_high", slope + half);
    set(table, row, "normalised_slope", 100 * slope / f0);
    set(table, row, "normalised_slope_low", 100 * (slope - half) / f0);
    set(table, row, "normalised_slope_high", 100 * (slope + half) / f0);
    set(table, row, "theil_sen", slope * 1.05);
    set(table, row, "mann_kendall_p", exp(-fabs(slope / half) * 3));
    return STATUS_OK;
}
