#include "pipeline/signal/markers.h"

#include "pipeline/signal/markers_spectral.h"
#include "pipeline/signal/markers_time.h"

#include <math.h>
#include <string.h>

const char *const epoch_status_names[] = {"rest", "too_short", "flat",          "clipped", "mains",
                                          "gap",  "artefact",  "band_narrowed", NULL};

#define MARKER(name, unit, long_name, reference)                                                   \
    {                                                                                              \
#name, unit, long_name, reference, marker_##name, false                                    \
    }

const struct marker markers_table[] = {
    MARKER(mnf, "Hz", "mean frequency", "Farina & Merletti 2000, J Electromyogr Kinesiol 10:337"),
    MARKER(mdf, "Hz", "median frequency", "Farina & Merletti 2000, J Electromyogr Kinesiol 10:337"),
    MARKER(pkf, "Hz", "frequency of the largest density",
           "parabola through the logarithms of three bins"),
    MARKER(power, "uV^2", "power in the band, spectral moment 0", "Parseval"),
    MARKER(m1, "uV^2 Hz", "spectral moment 1", "Hof 1991, J Electromyogr Kinesiol 1:15"),
    MARKER(m2, "uV^2 Hz^2", "spectral moment 2", "Hof 1991, J Electromyogr Kinesiol 1:15"),
    MARKER(m3, "uV^2 Hz^3", "spectral moment 3", "Hof 1991, J Electromyogr Kinesiol 1:15"),
    MARKER(vcf, "Hz^2", "variance of the central frequency", "m2/m0 - (m1/m0)^2"),
    {"finsm5", "Hz^-6", "spectral fatigue index, ratio of moments -1 and 5",
     "Dimitrov et al. 2006, Med Sci Sports Exerc 38:1971", marker_finsm5, true},
    MARKER(lhr, "1", "low to high band power ratio",
           "Bigland-Ritchie, Donovan & Roussos 1981, J Appl Physiol 51:1300"),
    MARKER(sen, "1", "spectral entropy, 0 (a line) to 1 (white)",
           "Inouye et al. 1991, Electroencephalogr Clin Neurophysiol 79:204"),
    MARKER(rms, "uV", "root mean square of the conditioned signal",
           "Merletti 1999, ISEK standards"),
    MARKER(arv, "uV", "average rectified value of the conditioned signal",
           "Merletti 1999, ISEK standards"),
    MARKER(zcr, "1/s", "zero crossings, with hysteresis", "Rice 1944, Bell Syst Tech J 23:282"),
    MARKER(wl, "uV", "waveform length",
           "Hudgins, Parker & Scott 1993, IEEE Trans Biomed Eng 40:82"),
    MARKER(ssc, "1/s", "slope sign changes, with hysteresis",
           "Hudgins, Parker & Scott 1993, IEEE Trans Biomed Eng 40:82"),
};

const size_t markers_count = sizeof markers_table / sizeof *markers_table;

_Static_assert(sizeof markers_table / sizeof *markers_table <= MARKERS_MAX, "raise MARKERS_MAX");

size_t markers_find(const char *name)
{
    for (size_t i = 0; i < markers_count; i++) {
        if (strcmp(markers_table[i].name, name) == 0) {
            return i;
        }
    }
    return SIZE_MAX;
}

void markers_prepare(struct marker_input *input)
{
    markers_prepare_spectral(input);
    markers_prepare_time(input);
}

void markers_compute(const struct marker_input *input, double *values)
{
    for (size_t i = 0; i < markers_count; i++) {
        values[i] = markers_table[i].compute(input);
    }
}
