/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/signer.h"

#include "base/clock.h"
#include "base/memory.h"

#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* How long signer_free waits for a signature that nobody waits for any more. */
#define LAST_WAIT_S 2

/* Of a ring; one alone is linked to itself. */
struct link {
    struct link *next, *prev;
};

/* A signature is in one ring at most: it waits, has been made and not been taken, or is free. While
 * it is made, and after it was taken, it is in none. */
enum state { WAITING, IN_WORK, MADE, TAKEN };

struct signing {
    struct link link; /* first, so that it leads back to its signing */
    struct signer *signer;
    struct signer_inbox *inbox; /* NULL: dropped */
    void *owner;
    const void *key;
    uint16_t sigalg;
    enum state state;
    size_t digest_len, len;
    unsigned long error;
    uint64_t asked_ns, begun_ns, ended_ns;
    uint8_t digest[SIGNED_DIGEST_MOST];
    uint8_t bytes[SIGNATURE_MOST];
};

struct signer_inbox {
    struct signer *signer;
    struct link made;
    void (*notify)(void *arg);
    void *arg;
};

struct signer_thread {
    struct signer *signer;
    pthread_t id;
    unsigned index;
};

/* Everything is under the one lock, which nobody holds for long: a signature takes far longer. */
struct signer {
    struct signer_backend backend;
    pthread_mutex_t lock;
    pthread_cond_t has_work, has_ended;
    struct link waiting, free;
    struct signer_thread *threads;
    unsigned num_threads, num_started, num_alive;
    bool is_ending;
};

static void ring_init(struct link *ring)
{
    ring->next = ring->prev = ring;
}

static void ring_append(struct link *ring, struct link *link)
{
    link->prev = ring->prev;
    link->next = ring;
    ring->prev->next = link;
    ring->prev = link;
}

static void ring_leave(struct link *link)
{
    link->prev->next = link->next;
    link->next->prev = link->prev;
    ring_init(link);
}

static struct signing *ring_take(struct link *ring)
{
    struct link *first = ring->next;
    if (first == ring)
        return NULL;
    ring_leave(first);
    return (struct signing *)first;
}

struct signer *signer_new(const struct signer_backend *backend, unsigned num_threads)
{
    struct signer *signer = memory_new(1, sizeof *signer);
    pthread_condattr_t monotonic;
    signer->backend = *backend;
    signer->num_threads = num_threads;
    signer->threads = memory_new(num_threads, sizeof *signer->threads);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&signer->lock, NULL);
    pthread_cond_init(&signer->has_work, NULL);
    pthread_cond_init(&signer->has_ended, &monotonic);
    pthread_condattr_destroy(&monotonic);
    ring_init(&signer->waiting);
    ring_init(&signer->free);
    return signer;
}

/* Without the lock. */
static void make(struct signer *signer, unsigned thread, struct signing *signing)
{
    size_t len = sizeof signing->bytes;
    signing->begun_ns = clock_now_ns();
    signing->error =
        signer->backend.sign(signer->backend.arg, thread, signing->key, signing->sigalg,
                             signing->digest, signing->digest_len, signing->bytes, &len);
    signing->len = signing->error == 0 ? len : 0;
    signing->ended_ns = clock_now_ns();
}

/* With the lock, under which a loop drops and closes, too: who is notified is still there. */
static void deliver(struct signing *signing)
{
    struct signer_inbox *inbox = signing->inbox;
    signing->state = MADE;
    if (inbox == NULL) {
        ring_append(&signing->signer->free, &signing->link);
        return;
    }
    ring_append(&inbox->made, &signing->link);
    inbox->notify(inbox->arg);
}

static void *work(void *arg)
{
    struct signer_thread *thread = arg;
    struct signer *signer = thread->signer;
    pthread_mutex_lock(&signer->lock);
    while (!signer->is_ending) {
        struct signing *signing = ring_take(&signer->waiting);
        if (signing == NULL) {
            pthread_cond_wait(&signer->has_work, &signer->lock);
            continue;
        }
        signing->state = IN_WORK;
        pthread_mutex_unlock(&signer->lock);
        make(signer, thread->index, signing);
        pthread_mutex_lock(&signer->lock);
        deliver(signing);
    }
    signer->num_alive--;
    pthread_cond_signal(&signer->has_ended);
    pthread_mutex_unlock(&signer->lock);
    return NULL;
}

/* With the lock. Signals are for the thread that waits for them. */
static void start_threads(struct signer *signer)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    while (signer->num_started < signer->num_threads) {
        struct signer_thread *thread = &signer->threads[signer->num_started];
        *thread = (struct signer_thread){.signer = signer, .index = signer->num_started};
        if (pthread_create(&thread->id, NULL, work, thread) != 0)
            break;
        signer->num_started++;
        signer->num_alive++;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

struct signer_inbox *signer_open(struct signer *signer, void (*notify)(void *arg), void *arg)
{
    pthread_mutex_lock(&signer->lock);
    start_threads(signer);
    unsigned num_started = signer->num_started;
    pthread_mutex_unlock(&signer->lock);
    if (num_started == 0)
        return NULL;
    struct signer_inbox *inbox = memory_new(1, sizeof *inbox);
    *inbox = (struct signer_inbox){.signer = signer, .notify = notify, .arg = arg};
    ring_init(&inbox->made);
    return inbox;
}

void signer_close(struct signer_inbox *inbox)
{
    assert(inbox == NULL || inbox->made.next == &inbox->made);
    free(inbox);
}

struct signing *signer_ask(struct signer_inbox *inbox, void *owner, const void *key,
                           uint16_t sigalg, const uint8_t *digest, size_t digest_len)
{
    struct signer *signer = inbox->signer;
    assert(digest_len <= SIGNED_DIGEST_MOST);
    pthread_mutex_lock(&signer->lock);
    struct signing *signing = ring_take(&signer->free);
    if (signing == NULL)
        signing = memory_new(1, sizeof *signing);
    signing->signer = signer;
    signing->inbox = inbox;
    signing->owner = owner;
    signing->key = key;
    signing->sigalg = sigalg;
    signing->state = WAITING;
    signing->digest_len = digest_len;
    memcpy(signing->digest, digest, digest_len);
    signing->asked_ns = clock_now_ns();
    ring_append(&signer->waiting, &signing->link);
    pthread_cond_signal(&signer->has_work);
    pthread_mutex_unlock(&signer->lock);
    return signing;
}

void *signer_take(struct signer_inbox *inbox)
{
    if (inbox == NULL)
        return NULL;
    pthread_mutex_lock(&inbox->signer->lock);
    struct signing *signing = ring_take(&inbox->made);
    if (signing != NULL)
        signing->state = TAKEN;
    pthread_mutex_unlock(&inbox->signer->lock);
    return signing != NULL ? signing->owner : NULL;
}

bool signing_has_ended(struct signing *signing, struct signing_end *out_end)
{
    pthread_mutex_lock(&signing->signer->lock);
    bool has_ended = signing->state == MADE || signing->state == TAKEN;
    pthread_mutex_unlock(&signing->signer->lock);
    if (has_ended)
        *out_end = (struct signing_end){.bytes = signing->bytes,
                                        .len = signing->len,
                                        .error = signing->error,
                                        .queue_ns = signing->begun_ns - signing->asked_ns,
                                        .sign_ns = signing->ended_ns - signing->begun_ns};
    return has_ended;
}

void signing_drop(struct signing *signing)
{
    if (signing == NULL)
        return;
    struct signer *signer = signing->signer;
    pthread_mutex_lock(&signer->lock);
    signing->inbox = NULL;
    if (signing->state == WAITING || signing->state == MADE)
        ring_leave(&signing->link);
    if (signing->state != IN_WORK) /* else its thread keeps it */
        ring_append(&signer->free, &signing->link);
    pthread_mutex_unlock(&signer->lock);
}

/* Says whether all threads have ended. */
static bool await_threads(struct signer *signer)
{
    struct timespec until;
    int result = 0;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += LAST_WAIT_S;
    pthread_mutex_lock(&signer->lock);
    signer->is_ending = true;
    pthread_cond_broadcast(&signer->has_work);
    while (signer->num_alive > 0 && result == 0)
        result = pthread_cond_timedwait(&signer->has_ended, &signer->lock, &until);
    bool have_ended = signer->num_alive == 0;
    pthread_mutex_unlock(&signer->lock);
    return have_ended;
}

bool signer_free(struct signer *signer)
{
    if (signer == NULL)
        return true;
    if (!await_threads(signer))
        return false;
    for (unsigned i = 0; i < signer->num_started; i++)
        pthread_join(signer->threads[i].id, NULL);
    for (struct signing *signing; (signing = ring_take(&signer->free)) != NULL;)
        free(signing);
    pthread_cond_destroy(&signer->has_work);
    pthread_cond_destroy(&signer->has_ended);
    pthread_mutex_destroy(&signer->lock);
    free(signer->threads);
    free(signer);
    return true;
}
