/* Real Fourier transforms of one length, single precision, by FFTW.
 *
 * Plans are made with FFTW_ESTIMATE and without wisdom, so that the same input gives the same
 * bytes. Create and destroy are not safe against each other in several threads; forward and
 * inverse are, as long as the threads' buffers differ. */
#ifndef SOLEUS_SIGNAL_FFT_H
#define SOLEUS_SIGNAL_FFT_H

#include <stddef.h>

struct fft;

/* A transform of `size` real samples (size ≥ 1). NULL when memory runs out. */
struct fft *fft_create(size_t size);
void fft_destroy(struct fft *fft);

/* Aligned room for `count` floats, as forward and inverse need; NULL when memory runs out. */
float *fft_allocate(size_t count);
void fft_free(float *buffer);

/* spectrum[2k], spectrum[2k+1]: real and imaginary part of X_k = Σ x_n exp(−2πikn/size),
 * 0 ≤ k ≤ size/2; room for 2·(size/2 + 1) floats. x is left as it is. */
void fft_forward(const struct fft *fft, float *x, float *spectrum);

/* The inverse without the factor 1/size; destroys the spectrum. */
void fft_inverse(const struct fft *fft, float *spectrum, float *x);

#endif
