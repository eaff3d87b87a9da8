#include "formats/checksum.h"

#include "formats/checked.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE ((size_t)64 << 10)
#define STACK ((size_t)256 << 10) /* of the thread */

/* Feeds the file into the digest; stop (may be NULL) ends it early. */
static enum status digest_all(int descriptor, const char *path, EVP_MD_CTX *digest,
                              const atomic_bool *stop, struct error *error)
{
    unsigned char *buffer = malloc(PIECE);
    enum status status = buffer ? STATUS_OK : error_memory(error, "computing a checksum");
    while (status == STATUS_OK && !(stop && atomic_load(stop))) {
        ssize_t got = read(descriptor, buffer, PIECE);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            status =
                error_set(error, STATUS_FAILED, "%s: cannot be read: %s", path, strerror(errno));
        } else if (got == 0) {
            break;
        } else if (EVP_DigestUpdate(digest, buffer, (size_t)got) != 1) {
            status = error_memory(error, "computing a checksum");
        }
    }
    free(buffer);
    return status;
}

static void spell(unsigned size, const unsigned char *value, char hex[CHECKSUM_SIZE])
{
    for (unsigned i = 0; i < size && 2 * i + 2 < CHECKSUM_SIZE; i++) {
        snprintf(hex + 2 * i, 3, "%02x", value[i]);
    }
}

static enum status compute(const char *path, const atomic_bool *stop, char hex[CHECKSUM_SIZE],
                           struct error *error)
{
    unsigned char value[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    struct stat about;
    EVP_MD_CTX *digest = NULL;
    enum status status = STATUS_OK;
    hex[0] = '\0';
    /* A named pipe without a writer would block right here. */
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0 || fstat(descriptor, &about) != 0) {
        status = error_set(error, STATUS_FAILED,
                           "%s: cannot be opened: %s; check the path and its permissions", path,
                           strerror(errno));
        goto out;
    }
    if (!S_ISREG(about.st_mode)) {
        status = error_set(error, STATUS_FAILED,
                           "%s: is no regular file; save what it gives to a file first", path);
        goto out;
    }
    digest = EVP_MD_CTX_new();
    if (!digest || EVP_DigestInit_ex(digest, EVP_sha256(), NULL) != 1) {
        status = error_memory(error, "computing a checksum");
        goto out;
    }
    status = digest_all(descriptor, path, digest, stop, error);
    if (status == STATUS_OK && EVP_DigestFinal_ex(digest, value, &size) != 1) {
        status = error_memory(error, "computing a checksum");
    }
    spell(status == STATUS_OK ? size : 0, value, hex);
out:
    EVP_MD_CTX_free(digest);
    if (descriptor >= 0) {
        close(descriptor);
    }
    return status;
}

enum status checksum_file(const char *path, char hex[CHECKSUM_SIZE], struct error *error)
{
    return compute(path, NULL, hex, error);
}

static enum status compute_files(char *const *paths, size_t count, const atomic_bool *stop,
                                 char hex[CHECKSUM_SIZE], struct error *error)
{
    unsigned char value[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    enum status status = STATUS_OK;
    if (count == 1) {
        return compute(paths[0], stop, hex, error);
    }
    hex[0] = '\0';
    EVP_MD_CTX *digest = EVP_MD_CTX_new();
    bool sound = digest && EVP_DigestInit_ex(digest, EVP_sha256(), NULL) == 1;
    for (size_t i = 0; i < count && sound && status == STATUS_OK; i++) {
        const char *slash = strrchr(paths[i], '/'), *name = slash ? slash + 1 : paths[i];
        char own[CHECKSUM_SIZE];
        status = compute(paths[i], stop, own, error);
        sound = status != STATUS_OK || (EVP_DigestUpdate(digest, own, strlen(own)) == 1 &&
                                        EVP_DigestUpdate(digest, "  ", 2) == 1 &&
                                        EVP_DigestUpdate(digest, name, strlen(name)) == 1 &&
                                        EVP_DigestUpdate(digest, "\n", 1) == 1);
    }
    if (status == STATUS_OK && (!sound || EVP_DigestFinal_ex(digest, value, &size) != 1)) {
        status = error_memory(error, "computing a checksum");
    }
    spell(status == STATUS_OK ? size : 0, value, hex);
    EVP_MD_CTX_free(digest);
    return status;
}

enum status checksum_files(char *const *paths, size_t count, char hex[CHECKSUM_SIZE],
                           struct error *error)
{
    return compute_files(paths, count, NULL, hex, error);
}

struct checksum {
    char **paths; /* owned */
    size_t count;
    pthread_t thread;
    bool threaded; /* else it is computed in checksum_wait */
    atomic_bool stop;
    char hex[CHECKSUM_SIZE];
    enum status status;
    struct error error;
};

static void destroy(struct checksum *checksum)
{
    for (size_t i = 0; i < checksum->count; i++) {
        free(checksum->paths[i]);
    }
    free(checksum->paths);
    free(checksum);
}

static void *run(void *argument)
{
    struct checksum *checksum = argument;
    checksum->status = compute_files((char *const *)checksum->paths, checksum->count,
                                     &checksum->stop, checksum->hex, &checksum->error);
    return NULL;
}

struct checksum *checksum_start(char *const *paths, size_t count)
{
    struct checksum *checksum = calloc(1, sizeof *checksum);
    if (!checksum || !(checksum->paths = checked_calloc(count, sizeof *checksum->paths))) {
        free(checksum);
        return NULL;
    }
    for (; checksum->count < count; checksum->count++) {
        if (!(checksum->paths[checksum->count] = strdup(paths[checksum->count]))) {
            destroy(checksum);
            return NULL;
        }
    }
    atomic_init(&checksum->stop, false);
    /* Signals are the main thread's. */
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes) == 0) {
        pthread_attr_setstacksize(&attributes, STACK);
        checksum->threaded = pthread_create(&checksum->thread, &attributes, run, checksum) == 0;
        pthread_attr_destroy(&attributes);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return checksum;
}

enum status checksum_wait(struct checksum *checksum, bool give_up, char hex[CHECKSUM_SIZE],
                          struct error *error)
{
    if (!checksum) {
        return error_memory(error, "computing a checksum");
    }
    if (give_up) {
        atomic_store(&checksum->stop, true);
    }
    if (checksum->threaded) {
        pthread_join(checksum->thread, NULL);
    } else if (!give_up) {
        run(checksum);
    }
    enum status status = checksum->status;
    if (hex) {
        memcpy(hex, checksum->hex, CHECKSUM_SIZE);
    }
    if (status != STATUS_OK && error) {
        *error = checksum->error;
    }
    destroy(checksum);
    return status;
}
