/* A simulated recording: surface EMG of motor-unit pools, with noise and artefacts, block by
 * block, and the truth about it.
 *
 * The same specification and seed give the same bytes, whatever the blocks' size and the
 * machine. Memory is bounded: nothing grows with the recording but the truth's tables. */
#ifndef SOLEUS_PIPELINE_SIMULATE_SIMULATE_H
#define SOLEUS_PIPELINE_SIMULATE_SIMULATE_H

#include "formats/table.h"
#include "pipeline/simulate/specification.h"

struct simulation;

/* specification (with its recording.seed) outlives the simulation. On failure *simulation is
 * NULL. */
enum status simulation_create(const struct specification *specification,
                              struct simulation **simulation, struct error *error);
void simulation_destroy(struct simulation *simulation);

/* Labels, units, rates, limits, gaps and annotations. Valid until destroy; it does not change. */
const struct recording_info *simulation_info(const struct simulation *simulation);

/* Fills every channel of the block with the next frames, as many as fit into the smallest
 * capacity; at the end every frames[c] is 0. Channels whose samples are NULL are passed over. */
enum status simulation_read(struct simulation *simulation, struct block *block,
                            struct error *error);

/* The truth, sorted by onset; complete once simulation_read has come to the end. */
const struct table *simulation_events(const struct simulation *simulation);
const struct table *simulation_bursts(const struct simulation *simulation);
const struct table *simulation_artefacts(const struct simulation *simulation);

/* The BIDS sidecar that describes the columns of the events, as JSON. */
enum status simulation_write_sidecar(const struct simulation *simulation, FILE *stream,
                                     struct error *error);

#endif
