/* Codes of physical dimensions: ISO/IEEE 11073-10101, annex A; the five low bits are a decimal
 * prefix. */
#include "formats/gdf/gdf.h"

#include <stdio.h>
#include <string.h>

static const struct {
    unsigned code;
    const char *unit;
} units[] = {
    {544, "%"},    {736, "deg"},   {768, "rad"},   {1280, "m"},    {1728, "g"},     {2176, "s"},
    {2208, "min"}, {2240, "h"},    {2464, "1/s"},  {2496, "Hz"},   {2528, "1/min"}, {2720, "bpm"},
    {2816, "m/s"}, {3776, "N"},    {3840, "Pa"},   {3872, "mmHg"}, {3904, "cmH2O"}, {3936, "bar"},
    {3968, "J"},   {4032, "W"},    {4160, "A"},    {4256, "V"},    {4288, "Ohm"},   {4352, "F"},
    {4384, "K"},   {4416, "degF"}, {6048, "degC"}, {65504, "T"},
};

static const char *const prefixes[32] = {
    "",   "da", "h",  "k", "M", "G", "T", "P", "E", "Z", "Y", NULL, NULL,
    NULL, NULL, NULL, "d", "c", "m", "u", "n", "p", "f", "a", "z",  "y",
};

void gdf_unit(unsigned code, char to[UNIT_SIZE])
{
    const char *prefix = prefixes[code & 31];
    to[0] = '\0';
    for (size_t i = 0; prefix && i < sizeof units / sizeof *units; i++) {
        if (units[i].code == (code & ~31u)) {
            snprintf(to, UNIT_SIZE, "%s%s", prefix, units[i].unit);
        }
    }
}
