#include "pipeline/analysis/pool.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#define THREADS_MAX 256

struct pool {
    pthread_mutex_t lock;
    pthread_cond_t start, done;
    size_t threads; /* besides the caller's */
    pthread_t *ids;
    void (*job)(void *context, size_t i);
    void *context;
    size_t next, count, busy;
    bool stop;
};

/* Takes jobs until none is left. Called and returns with the lock held. */
static void work(struct pool *pool)
{
    while (pool->next < pool->count) {
        size_t i = pool->next++;
        pool->busy++;
        pthread_mutex_unlock(&pool->lock);
        pool->job(pool->context, i);
        pthread_mutex_lock(&pool->lock);
        pool->busy--;
    }
    if (pool->busy == 0) {
        pthread_cond_broadcast(&pool->done);
    }
}

static void *thread(void *argument)
{
    struct pool *pool = argument;
    pthread_mutex_lock(&pool->lock);
    while (!pool->stop) {
        if (pool->next < pool->count) {
            work(pool);
        } else {
            pthread_cond_wait(&pool->start, &pool->lock);
        }
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

static size_t processors(void)
{
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count < 1 ? 1 : (size_t)count;
}

enum status pool_create(size_t threads, struct pool **result, struct error *error)
{
    struct pool *pool = calloc(1, sizeof *pool);
    *result = NULL;
    if (!pool) {
        return error_memory(error, "starting threads");
    }
    threads = threads ? threads : processors();
    threads = threads > THREADS_MAX ? THREADS_MAX : threads;
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->start, NULL);
    pthread_cond_init(&pool->done, NULL);
    pool->ids = calloc(threads, sizeof *pool->ids);
    if (!pool->ids) {
        pool_destroy(pool);
        return error_memory(error, "starting threads");
    }
    /* Signals are the main thread's. */
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    for (; pool->threads + 1 < threads; pool->threads++) {
        if (pthread_create(&pool->ids[pool->threads], NULL, thread, pool) != 0) {
            break; /* fewer threads give the same results */
        }
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    *result = pool;
    return STATUS_OK;
}

void pool_destroy(struct pool *pool)
{
    if (!pool) {
        return;
    }
    pthread_mutex_lock(&pool->lock);
    pool->stop = true;
    pthread_cond_broadcast(&pool->start);
    pthread_mutex_unlock(&pool->lock);
    for (size_t i = 0; i < pool->threads; i++) {
        pthread_join(pool->ids[i], NULL);
    }
    pthread_cond_destroy(&pool->start);
    pthread_cond_destroy(&pool->done);
    pthread_mutex_destroy(&pool->lock);
    free(pool->ids);
    free(pool);
}

void pool_run(struct pool *pool, size_t count, void (*job)(void *context, size_t i), void *context)
{
    pthread_mutex_lock(&pool->lock);
    pool->job = job;
    pool->context = context;
    pool->next = 0;
    pool->count = count;
    pthread_cond_broadcast(&pool->start);
    work(pool);
    while (pool->busy > 0 || pool->next < pool->count) {
        pthread_cond_wait(&pool->done, &pool->lock);
    }
    pthread_mutex_unlock(&pool->lock);
}
