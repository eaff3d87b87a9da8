/* Markers of the spectrum; each returns NaN when the band is empty or holds no power. */
#ifndef SOLEUS_SIGNAL_MARKERS_SPECTRAL_H
#define SOLEUS_SIGNAL_MARKERS_SPECTRAL_H

#include "pipeline/signal/markers.h"

void markers_prepare_spectral(struct marker_input *input);

double marker_mnf(const struct marker_input *input); /* m1/m0 */
/* Frequency that halves m0; bin k spans f_k ± Δf/2, linear inside it. */
double marker_mdf(const struct marker_input *input);
double marker_pkf(const struct marker_input *input);
double marker_power(const struct marker_input *input); /* m0 */
double marker_m1(const struct marker_input *input);
double marker_m2(const struct marker_input *input);
double marker_m3(const struct marker_input *input);
double marker_vcf(const struct marker_input *input);    /* m2/m0 − (m1/m0)² */
double marker_finsm5(const struct marker_input *input); /* m₋₁/m₅ */
/* Power in low_band over power in high_band; a bin belongs to a band by its centre. */
double marker_lhr(const struct marker_input *input);
/* −Σ p ln p / ln K with p = P_k / Σ P over the K bins of the band. */
double marker_sen(const struct marker_input *input);

#endif
