#include "pipeline/signal/fft.h"

#include <fftw3.h>
#include <stdint.h>
#include <stdlib.h>

struct fft {
    fftwf_plan forward, inverse;
};

float *fft_allocate(size_t count)
{
    return count < SIZE_MAX / sizeof(float) ? fftwf_malloc((count ? count : 1) * sizeof(float))
                                            : NULL;
}

void fft_free(float *buffer)
{
    fftwf_free(buffer);
}

struct fft *fft_create(size_t size)
{
    struct fft *fft = size >= 1 && size <= INT32_MAX ? calloc(1, sizeof *fft) : NULL;
    float *x = fft ? fft_allocate(size) : NULL;
    float *spectrum = fft ? fft_allocate(2 * (size / 2 + 1)) : NULL;
    if (x && spectrum) {
        fft->forward = fftwf_plan_dft_r2c_1d((int)size, x, (fftwf_complex *)spectrum,
                                             FFTW_ESTIMATE | FFTW_PRESERVE_INPUT);
        fft->inverse =
            fftwf_plan_dft_c2r_1d((int)size, (fftwf_complex *)spectrum, x, FFTW_ESTIMATE);
    }
    fft_free(x);
    fft_free(spectrum);
    if (fft && (!fft->forward || !fft->inverse)) {
        fft_destroy(fft);
        fft = NULL;
    }
    return fft;
}

void fft_destroy(struct fft *fft)
{
    if (!fft) {
        return;
    }
    if (fft->forward) {
        fftwf_destroy_plan(fft->forward);
    }
    if (fft->inverse) {
        fftwf_destroy_plan(fft->inverse);
    }
    free(fft);
}

void fft_forward(const struct fft *fft, float *x, float *spectrum)
{
    fftwf_execute_dft_r2c(fft->forward, x, (fftwf_complex *)spectrum);
}

void fft_inverse(const struct fft *fft, float *spectrum, float *x)
{
    fftwf_execute_dft_c2r(fft->inverse, (fftwf_complex *)spectrum, x);
}
