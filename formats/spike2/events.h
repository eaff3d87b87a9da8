/* Events, levels, markers and text marks of a Spike2 file, as annotations. */
#ifndef SOLEUS_FORMATS_SPIKE2_EVENTS_H
#define SOLEUS_FORMATS_SPIKE2_EVENTS_H

#include "formats/spike2/son.h"

/* Annotates every event of a channel; zero: ticks of the recording's first sample. */
enum status spike2_events(struct son_file *file, const struct son_channel *channel, double zero,
                          struct recording_info *info, struct error *error);

#endif
