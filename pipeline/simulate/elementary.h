/* Elementary functions that give the same bits on every machine.
 *
 * The C library's exp, log and sin differ in the last bit between machines and versions; a
 * simulated recording must not. These use nothing but IEEE-754 additions, multiplications,
 * divisions and roundings (the project compiles with -ffp-contract=off), and err by less than
 * 1e-14 relative. sqrt, floor, rint and fabs are exact everywhere and are used as they are. */
#ifndef SOLEUS_PIPELINE_SIMULATE_ELEMENTARY_H
#define SOLEUS_PIPELINE_SIMULATE_ELEMENTARY_H

/* e to the x; 0 below −708, and the value at 708 above it. */
double elementary_exp(double x);

/* Natural logarithm of a positive, finite, normal number. */
double elementary_log(double x);

/* base to the exponent, base > 0. */
double elementary_power(double base, double exponent);

/* Sine and cosine of an angle in turns (1 turn = 2π rad), |turns| < 1e9. */
double elementary_sine(double turns);
double elementary_cosine(double turns);

#define ELEMENTARY_PI 3.14159265358979323846

#endif
