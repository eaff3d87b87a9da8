#include "formats/packet.h"

#include "formats/checked.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A longer message is no message: something wrote over the other end's memory. */
#define PACKET_MAX ((size_t)1 << 31)

void packet_clear(struct packet *packet)
{
    free(packet->data);
    *packet = (struct packet){0};
}

static bool reserve(struct packet *packet, size_t size)
{
    if (size <= packet->capacity) {
        return true;
    }
    size_t capacity = size < 1024 ? 1024 : size + size / 2;
    unsigned char *grown = size <= PACKET_MAX ? realloc(packet->data, capacity) : NULL;
    if (!grown) {
        packet->failed = true;
        return false;
    }
    packet->data = grown;
    packet->capacity = capacity;
    return true;
}

void packet_put(struct packet *packet, const void *data, size_t size)
{
    size_t total;
    if (packet->failed || !checked_add(packet->size, size, &total) || !reserve(packet, total)) {
        packet->failed = true;
        return;
    }
    if (size > 0) {
        memcpy(packet->data + packet->size, data, size);
    }
    packet->size = total;
}

void packet_put_text(struct packet *packet, const char *text)
{
    uint64_t length = strlen(text);
    packet_put(packet, &length, sizeof length);
    packet_put(packet, text, length);
}

void packet_take(struct packet *packet, void *data, size_t size)
{
    if (packet->failed || packet->size - packet->taken < size) {
        packet->failed = true;
        memset(data, 0, size);
        return;
    }
    if (size > 0) {
        memcpy(data, packet->data + packet->taken, size);
    }
    packet->taken += size;
}

char *packet_take_text(struct packet *packet)
{
    size_t length = packet_take_count(packet, 1);
    char *text = packet->failed ? NULL : malloc(length + 1);
    if (!text) {
        packet->failed = true;
        return NULL;
    }
    packet_take(packet, text, length);
    text[length] = '\0';
    return text;
}

size_t packet_take_count(struct packet *packet, size_t each)
{
    uint64_t count;
    packet_take(packet, &count, sizeof count);
    if (packet->failed || count > (packet->size - packet->taken) / each) {
        packet->failed = true;
        return 0;
    }
    return count;
}

bool packet_write_all(int link, const void *data, size_t size)
{
    for (const char *p = data; size > 0;) {
        ssize_t written = send(link, p, size, MSG_NOSIGNAL);
        if (written < 0 && errno != EINTR) {
            return false;
        }
        if (written > 0) {
            p += written;
            size -= (size_t)written;
        }
    }
    return true;
}

bool packet_read_all(int link, void *data, size_t size)
{
    for (char *p = data; size > 0;) {
        ssize_t got = read(link, p, size);
        if (got == 0 || (got < 0 && errno != EINTR)) {
            return false;
        }
        if (got > 0) {
            p += got;
            size -= (size_t)got;
        }
    }
    return true;
}

bool packet_send(const struct packet *packet, int link)
{
    uint64_t size = packet->size;
    return !packet->failed && packet_write_all(link, &size, sizeof size) &&
           packet_write_all(link, packet->data, packet->size);
}

bool packet_receive(struct packet *packet, int link)
{
    uint64_t size;
    packet->size = packet->taken = 0;
    packet->failed = false;
    if (!packet_read_all(link, &size, sizeof size) || size > PACKET_MAX || !reserve(packet, size) ||
        !packet_read_all(link, packet->data, size)) {
        return false;
    }
    packet->size = size;
    return true;
}
