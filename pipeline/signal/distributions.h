/* Normal and Student t distributions: the few values that intervals and tests need. Pure
 * functions; relative error below 1e-11 over what double precision can hold.
 *
 * Normal: through erfc. Student t with ν > 0 degrees of freedom, which need not be whole: its
 * upper tail is half a regularised incomplete beta function, Q(t) = ½ I_x(ν/2, ½) with
 * x = ν / (ν + t²) for t ≥ 0 (Abramowitz & Stegun 1964, Handbook of Mathematical Functions,
 * 26.5.27), by its continued fraction (26.5.8). */
#ifndef SOLEUS_SIGNAL_DISTRIBUTIONS_H
#define SOLEUS_SIGNAL_DISTRIBUTIONS_H

/* P(Z ≤ z) and P(Z > z). */
double normal_cdf(double z);
double normal_tail(double z);

/* z with P(Z ≤ z) = p; −∞ and ∞ at 0 and 1, NaN outside. */
double normal_quantile(double p);

/* P(T ≤ t) and P(T > t); NaN unless ν > 0. */
double student_cdf(double t, double degrees_of_freedom);
double student_tail(double t, double degrees_of_freedom);

/* t with P(T ≤ t) = p; −∞ and ∞ at 0 and 1, NaN outside or unless ν > 0. */
double student_quantile(double p, double degrees_of_freedom);

#endif
