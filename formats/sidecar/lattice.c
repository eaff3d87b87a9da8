#include "formats/sidecar/lattice.h"

#include <math.h>

#define TOLERANCE  0.2   /* of the spacing */
#define RIGHT      0.17  /* largest cosine of axes at right angles: 10 degrees */
#define PLACES_MAX 10000 /* along an axis */

struct axis {
    double unit[3]; /* of length 1 */
    double spacing; /* 0: there is none */
};

static double dot(const double a[3], const double b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/* The shortest way between two points at right angles to `across` (spacing 0: any way). */
static struct axis shortest(const double (*points)[3], size_t count, const struct axis *across)
{
    struct axis best = {.spacing = 0};
    for (size_t i = 0; i < count; i++) {
        for (size_t k = i + 1; k < count; k++) {
            double way[3] = {points[k][0] - points[i][0], points[k][1] - points[i][1],
                             points[k][2] - points[i][2]};
            double length = sqrt(dot(way, way));
            bool fits = length > 0 &&
                        (across->spacing == 0 || fabs(dot(way, across->unit)) <= RIGHT * length);
            /* Rounded coordinates must not decide which of several equal ways it is. */
            if (fits && (best.spacing == 0 || length < best.spacing * (1 - 1e-6))) {
                best = (struct axis){{way[0] / length, way[1] / length, way[2] / length}, length};
            }
        }
    }
    return best;
}

/* The coordinate that an axis has most of. */
static int main_coordinate(const struct axis *axis)
{
    int most = 0;
    for (int i = 1; i < 3; i++) {
        most = fabs(axis->unit[i]) > fabs(axis->unit[most]) ? i : most;
    }
    return most;
}

/* Lets an axis go up with its main coordinate. */
static void point_up(struct axis *axis)
{
    if (axis->unit[main_coordinate(axis)] < 0) {
        for (int i = 0; i < 3; i++) {
            axis->unit[i] = -axis->unit[i];
        }
    }
}

/* Places along one axis, from 1; adds to `left` (3 coordinates a point) what it does not explain.
 */
static bool take_places(const struct axis *axis, double (*left)[3], size_t count, int *places)
{
    int least = 0;
    for (size_t i = 0; i < count; i++) {
        double along = axis->spacing > 0 ? dot(left[i], axis->unit) / axis->spacing : 0;
        if (!(fabs(along) < PLACES_MAX)) {
            return false;
        }
        places[i] = (int)lround(along);
        least = places[i] < least ? places[i] : least;
        for (int k = 0; k < 3; k++) {
            left[i][k] -= places[i] * axis->spacing * axis->unit[k];
        }
    }
    for (size_t i = 0; i < count; i++) {
        places[i] += 1 - least;
    }
    return true;
}

static bool all_apart(const int *rows, const int *columns, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t k = i + 1; k < count; k++) {
            if (rows[i] == rows[k] && columns[i] == columns[k]) {
                return false;
            }
        }
    }
    return true;
}

bool lattice_fit(const double (*points)[3], size_t count, int *rows, int *columns, double *distance)
{
    double left[LATTICE_POINTS_MAX][3];
    if (count < 2 || count > LATTICE_POINTS_MAX) {
        return false;
    }
    struct axis none = {.spacing = 0}, first = shortest(points, count, &none);
    if (first.spacing == 0) {
        return false;
    }
    struct axis second = shortest(points, count, &first);
    point_up(&first);
    point_up(&second);
    bool swapped = second.spacing > 0 && main_coordinate(&second) > main_coordinate(&first);
    struct axis along = swapped ? second : first, across = swapped ? first : second;
    for (size_t i = 0; i < count; i++) {
        for (int k = 0; k < 3; k++) {
            left[i][k] = points[i][k] - points[0][k];
        }
    }
    if (!take_places(&along, left, count, rows) || !take_places(&across, left, count, columns)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (sqrt(dot(left[i], left[i])) > TOLERANCE * first.spacing) {
            return false;
        }
    }
    *distance = along.spacing;
    return all_apart(rows, columns, count);
}
