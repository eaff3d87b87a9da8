/* A recording's description as a message between processes. */
#ifndef SOLEUS_FORMATS_ISOLATED_INFO_H
#define SOLEUS_FORMATS_ISOLATED_INFO_H

#include "formats/packet.h"
#include "formats/recording.h"

/* What the other side has: how much of the growing lists, and which duration. */
struct isolated_sent {
    size_t annotations, gaps, warnings, omitted, files;
    double duration;
};

void isolated_put_channels(struct packet *packet, const struct recording_info *info);
/* Makes or replaces info's channels. */
enum status isolated_take_channels(struct packet *packet, struct recording_info *info,
                                   struct error *error);

/* What the file tells of the whole recording; once, on opening: what options and sidecars say
 * afterwards is not for the reader to undo. */
void isolated_put_facts(struct packet *packet, const struct recording_info *info);
void isolated_take_facts(struct packet *packet, struct recording_info *info);

/* What grows or changes while it is read, where it is new since *sent, which is brought up to
 * date. */
void isolated_put_rest(struct packet *packet, const struct recording_info *info,
                       struct isolated_sent *sent);
enum status isolated_take_rest(struct packet *packet, struct recording_info *info,
                               struct error *error);

#endif
