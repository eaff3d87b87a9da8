#include "formats/isolated.h"

#include "formats/checked.h"
#include "formats/isolated_info.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define LINK_BYTES (1 << 20)

/* This end. */
struct isolated {
    pid_t child;
    int link; /* a socket: requests go out, answers come in */
    const struct reader *reader;
    const struct source *source;
    struct recording_info *info;
    struct packet packet;
    bool asked; /* a first block was asked for: the child knows the channels */
};

/* The child's end. */
struct served {
    const struct reader *reader;
    int link;
    uint64_t file_size; /* 0: a pipe */
    struct recording_info *info;
    void *state;
    struct block block;
    struct packet packet;
    struct isolated_sent sent;
};

static void put_outcome(struct packet *packet, enum status status, const struct error *error)
{
    packet->size = packet->taken = 0;
    packet->failed = false;
    packet_put(packet, &status, sizeof status);
    if (status != STATUS_OK) {
        packet_put_text(packet, error->message);
    }
}

static enum status take_outcome(struct packet *packet, struct error *error)
{
    enum status status;
    packet_take(packet, &status, sizeof status);
    if (packet->failed) {
        return error_set(error, STATUS_FAILED, "a reader's process sent nonsense");
    }
    if (status != STATUS_OK) {
        char *message = packet_take_text(packet);
        error_set(error, status, "%s", message ? message : "a reader's process sent nonsense");
        free(message);
    }
    return status;
}

/* Processor time for one request, counted from now. */
static void limit_time(const struct served *served)
{
    struct rusage used;
    struct rlimit limit;
    if (getrusage(RUSAGE_SELF, &used) == 0 && getrlimit(RLIMIT_CPU, &limit) == 0) {
        rlim_t wanted = (rlim_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) + ISOLATED_SECONDS +
                        served->file_size / 4000000;
        /* Below the hard limit, which would end it without a word. */
        limit.rlim_cur = wanted < limit.rlim_max ? wanted : limit.rlim_max - 1;
        setrlimit(RLIMIT_CPU, &limit);
    }
}

static void limit_memory(uint64_t file_size)
{
    /* The sanitizers' shadow memory is larger than any limit that would make sense. */
#if !defined(__SANITIZE_ADDRESS__)
    struct rlimit limit;
    uint64_t wanted;
    if (getrlimit(RLIMIT_DATA, &limit) == 0 && file_size < UINT64_MAX / 32) {
        wanted = ISOLATED_MEMORY + 16 * file_size;
        if (limit.rlim_cur == RLIM_INFINITY || wanted < limit.rlim_cur) {
            limit.rlim_cur = wanted;
            setrlimit(RLIMIT_DATA, &limit);
        }
    }
#else
    (void)file_size;
#endif
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
}

/* Room for the planes that a request wants; the same as before when nothing changed. */
static bool make_room(struct served *served, const uint64_t *capacity)
{
    size_t count = served->info->channel_count, total = 0;
    struct block *block = &served->block;
    bool same = block->channel_count == count;
    for (size_t c = 0; same && c < count; c++) {
        same = block->capacity[c] == capacity[2 * c] &&
               (block->samples[c] != NULL) == (capacity[2 * c + 1] != 0);
    }
    if (same) {
        return true;
    }
    block_clear(block);
    block->channel_count = count;
    block->samples = checked_calloc(count, sizeof *block->samples);
    block->capacity = checked_calloc(count, sizeof *block->capacity);
    block->frames = checked_calloc(count, sizeof *block->frames);
    for (size_t c = 0; c < count; c++) {
        if (capacity[2 * c + 1] && !checked_add(total, capacity[2 * c], &total)) {
            return false;
        }
    }
    float *samples = checked_calloc(total, sizeof *samples);
    if (!block->samples || !block->capacity || !block->frames || !samples) {
        free(samples);
        return false;
    }
    for (size_t c = 0; c < count; c++) {
        block->capacity[c] = capacity[2 * c];
        if (capacity[2 * c + 1]) {
            block->samples[c] = samples;
            samples += capacity[2 * c];
        }
    }
    return true;
}

/* Answers one request; false ends the child. */
static bool serve_block(struct served *served)
{
    struct error error = {0};
    enum status status = STATUS_OK;
    bool first;
    packet_take(&served->packet, &first, sizeof first);
    if (first) {
        status = isolated_take_channels(&served->packet, served->info, &error);
    }
    size_t count = served->info->channel_count;
    uint64_t *capacity = checked_calloc(count, 2 * sizeof *capacity);
    if (!capacity) {
        return false;
    }
    packet_take(&served->packet, capacity, 2 * count * sizeof *capacity);
    if (status == STATUS_OK && !make_room(served, capacity)) {
        status = error_memory(&error, "making room for samples");
    }
    free(capacity);
    if (status == STATUS_OK) {
        limit_time(served);
        status = served->reader->read(served->state, &served->block, &error);
    }
    put_outcome(&served->packet, status, &error);
    if (status == STATUS_OK) {
        isolated_put_rest(&served->packet, served->info, &served->sent);
        for (size_t c = 0; c < count; c++) {
            uint64_t frames = served->block.frames[c];
            packet_put(&served->packet, &frames, sizeof frames);
        }
    }
    bool alive = packet_send(&served->packet, served->link);
    for (size_t c = 0; status == STATUS_OK && alive && c < count; c++) {
        if (served->block.samples[c]) {
            alive = packet_write_all(served->link, served->block.samples[c],
                                     served->block.frames[c] * sizeof(float));
        }
    }
    return alive;
}

static _Noreturn void serve(struct served *served, struct source *source,
                            const struct reader_options *options)
{
    struct error error = {0};
    /* The one that asks decides when to stop. */
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_DFL);
    signal(SIGSEGV, SIG_DFL);
    served->file_size = source_is_file(source) ? source_size(source) : 0;
    limit_memory(served->file_size);
    limit_time(served);
    served->sent.duration = served->info->duration;
    enum status status =
        served->reader->open(source, options, served->info, &served->state, &error);
    put_outcome(&served->packet, status, &error);
    if (status == STATUS_OK) {
        isolated_put_channels(&served->packet, served->info);
        isolated_put_facts(&served->packet, served->info);
        isolated_put_rest(&served->packet, served->info, &served->sent);
    }
    if (packet_send(&served->packet, served->link) && status == STATUS_OK) {
        while (packet_receive(&served->packet, served->link) && serve_block(served)) {
        }
    }
    _exit(0);
}

/* What became of a child that gave no answer. */
static enum status lost(struct isolated *isolated, struct error *error)
{
    int how = 0;
    const char *name = source_name(isolated->source), *id = isolated->reader->id;
    kill(isolated->child, SIGKILL);
    while (waitpid(isolated->child, &how, 0) < 0 && errno == EINTR) {
    }
    isolated->child = -1;
    if (WIFSIGNALED(how) && WTERMSIG(how) == SIGXCPU) {
        return error_set(error, STATUS_FAILED,
                         "%s: the reader of %s files came to no end with it; the file is damaged",
                         name, id);
    }
    return error_set(error, STATUS_FAILED,
                     "%s: the reader of %s files broke down on it (%s); the file is damaged", name,
                     id, WIFSIGNALED(how) ? strsignal(WTERMSIG(how)) : "its process ended");
}

static enum status start(struct isolated *isolated, struct source *source,
                         const struct reader_options *options, struct error *error)
{
    int ends[2] = {-1, -1}, size = LINK_BYTES;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0) {
        (void)setsockopt(ends[1], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
        isolated->child = fork();
    }
    if (isolated->child == 0) {
        close(ends[0]);
        struct served served = {
            .reader = isolated->reader, .link = ends[1], .info = isolated->info};
        serve(&served, source, options);
    }
    int why = errno;
    isolated->link = ends[0];
    if (ends[1] >= 0) {
        close(ends[1]);
    }
    if (isolated->child < 0) {
        return error_set(error, STATUS_FAILED, "%s: no process could be started to read it: %s",
                         source_name(source), strerror(why));
    }
    return STATUS_OK;
}

enum status isolated_open(const struct reader *reader, struct source *source,
                          const struct reader_options *options, struct recording_info *info,
                          void **state, struct error *error)
{
    *state = NULL;
    struct isolated *isolated = calloc(1, sizeof *isolated);
    if (!isolated) {
        return error_memory(error, "opening a recording");
    }
    *isolated = (struct isolated){
        .child = -1, .link = -1, .reader = reader, .source = source, .info = info};
    enum status status = start(isolated, source, options, error);
    if (status == STATUS_OK && !packet_receive(&isolated->packet, isolated->link)) {
        status = lost(isolated, error);
    }
    if (status == STATUS_OK) {
        status = take_outcome(&isolated->packet, error);
    }
    if (status == STATUS_OK) {
        status = isolated_take_channels(&isolated->packet, info, error);
    }
    if (status == STATUS_OK) {
        isolated_take_facts(&isolated->packet, info);
        status = isolated_take_rest(&isolated->packet, info, error);
    }
    if (status == STATUS_OK) {
        *state = isolated;
    } else {
        isolated_close(isolated);
    }
    return status;
}

/* Asks for a block: the channels as the opener left them (once), and the room there is. */
static bool ask(struct isolated *isolated, const struct block *block)
{
    struct packet *packet = &isolated->packet;
    bool first = !isolated->asked;
    packet->size = packet->taken = 0;
    packet->failed = false;
    packet_put(packet, &first, sizeof first);
    if (first) {
        isolated_put_channels(packet, isolated->info);
    }
    for (size_t c = 0; c < block->channel_count; c++) {
        uint64_t room[2] = {block->capacity[c], block->samples[c] != NULL};
        packet_put(packet, room, sizeof room);
    }
    isolated->asked = true;
    return packet_send(packet, isolated->link);
}

enum status isolated_read(void *state, struct block *block, struct error *error)
{
    struct isolated *isolated = state;
    struct packet *packet = &isolated->packet;
    if (isolated->child < 0) {
        return error_set(error, STATUS_FAILED, "%s: its reader has ended",
                         source_name(isolated->source));
    }
    if (!ask(isolated, block) || !packet_receive(packet, isolated->link)) {
        return lost(isolated, error);
    }
    enum status status = take_outcome(packet, error);
    if (status == STATUS_OK) {
        status = isolated_take_rest(packet, isolated->info, error);
    }
    for (size_t c = 0; c < block->channel_count && status == STATUS_OK; c++) {
        uint64_t frames;
        packet_take(packet, &frames, sizeof frames);
        if (packet->failed || frames > block->capacity[c]) {
            status = lost(isolated, error);
        } else {
            block->frames[c] = frames;
        }
    }
    for (size_t c = 0; c < block->channel_count && status == STATUS_OK; c++) {
        if (block->samples[c] &&
            !packet_read_all(isolated->link, block->samples[c], block->frames[c] * sizeof(float))) {
            status = lost(isolated, error);
        }
    }
    return status;
}

void isolated_close(void *state)
{
    struct isolated *isolated = state;
    if (!isolated) {
        return;
    }
    if (isolated->child > 0) {
        /* It has nothing to finish. */
        kill(isolated->child, SIGKILL);
        while (waitpid(isolated->child, NULL, 0) < 0 && errno == EINTR) {
        }
    }
    if (isolated->link >= 0) {
        close(isolated->link);
    }
    packet_clear(&isolated->packet);
    free(isolated);
}
