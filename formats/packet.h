/* Messages between processes of one program: a growing run of bytes, taken apart in the order in
 * which it was put together, sent over a socket. Not a file format: numbers are as the machine has
 * them. */
#ifndef SOLEUS_FORMATS_PACKET_H
#define SOLEUS_FORMATS_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct packet {
    unsigned char *data; /* owned */
    size_t size, capacity;
    size_t taken;
    bool failed; /* memory ran out, or more was taken than there is */
};

void packet_clear(struct packet *packet);

/* Appends; sets failed when memory runs out. */
void packet_put(struct packet *packet, const void *data, size_t size);
/* Length and bytes, without the final NUL. */
void packet_put_text(struct packet *packet, const char *text);

/* Takes `size` bytes; zeros, and failed, when there are not that many. */
void packet_take(struct packet *packet, void *data, size_t size);
/* A text; owned by the caller, NULL when the packet has failed. */
char *packet_take_text(struct packet *packet);
/* A count of things of at least `each` bytes; failed when there is no room for them. */
size_t packet_take_count(struct packet *packet, size_t each);

/* Sends size and bytes; false when the other end is gone. */
bool packet_send(const struct packet *packet, int link);
/* Receives one in place of what was there; false at the end, or when it makes no sense. */
bool packet_receive(struct packet *packet, int link);

/* All of `size` bytes; false when the other end is gone. */
bool packet_write_all(int link, const void *data, size_t size);
bool packet_read_all(int link, void *data, size_t size);

#endif
