/* What the made-up recordings of figures_input.h hold, and how it is written. */
#ifndef SOLEUS_TESTS_FIGURES_CONTENT_H
#define SOLEUS_TESTS_FIGURES_CONTENT_H

#include "formats/results.h"
#include "unit/figures_input.h"

#include <stdint.h>

#define CONTENT_CHANNELS_MAX 16

const char *content_label(const struct figures_example *example, size_t channel);

/* Noise in [0, 1) that is the same for the same place. */
double content_noise(uint64_t a, uint64_t b, uint64_t c);

/* An episode: of which channel and class, from when to when. */
struct happening {
    size_t channel;
    int class; /* 0 tonic, 1 clonic, 2 tonic-clonic, 3 myoclonic */
    double onset, end;
};

struct happening content_happening(const struct figures_example *example, size_t i);

/* How strongly channel c is active at a time (s): 1 at the end of a contraction, 0 at rest. */
double content_activity(const struct figures_example *example, size_t c, double time);
/* Whether an epoch around that time is active. */
bool content_active(const struct figures_example *example, size_t c, double time);
bool content_missing(const struct figures_example *example, double time);
double content_rms(const struct figures_example *example, size_t c, double time);
double content_mdf(const struct figures_example *example, size_t c, double time);
/* Density at frequency f (Hz) for a median frequency and power. */
double content_density(double f, double mdf, double power);
/* 0 mdf, 1 rms, 2 finsm5. */
double content_marker(const struct figures_example *example, size_t marker, size_t c, double time);
/* Epochs of 1 s. */
size_t content_epochs(const struct figures_example *example);

/* Writes a coordinate of evenly spaced values. */
enum status content_axis(struct results_writer *writer, const char *name, const char *unit,
                         size_t count, double first, double step, struct error *error);
/* Writes an array of reals. */
enum status content_array(struct results_writer *writer, const char *group, const char *name,
                          const char *unit, const char *const *dimensions, size_t rank,
                          const double *values, struct error *error);

/* Write the tables and close-ups, in figures_tables.c. */
enum status content_write_closeups(struct results_writer *writer,
                                   const struct figures_example *example, struct error *error);
enum status content_write_bursts(struct results_writer *writer,
                                 const struct figures_example *example, struct error *error);
enum status content_write_episodes(struct results_writer *writer,
                                   const struct figures_example *example, struct error *error);
enum status content_write_trends(struct results_writer *writer,
                                 const struct figures_example *example, struct error *error);

#endif
