/* SPDX-License-Identifier: Apache-2.0 */
#include "measure/seconds.h"

#include "base/clock.h"
#include "base/memory.h"
#include "measure/digest.h"
#include "measure/latency.h"

#include <stdlib.h>

void seconds_init(struct seconds *seconds)
{
    *seconds = (struct seconds){.open = latency_new(2)};
}

void seconds_cleanup(struct seconds *seconds)
{
    for (size_t i = 0; i < seconds->count; i++)
        free(seconds->items[i].tls_handshake);
    free(seconds->items);
    latency_free(seconds->open);
    *seconds = (struct seconds){0};
}

void seconds_begin(struct seconds *seconds, uint64_t start_ns)
{
    seconds->start_ns = start_ns;
}

/* Turns the open second's latencies into its digest. */
static void close_last(struct seconds *seconds)
{
    if (seconds->count == 0 || latency_count(seconds->open) == 0)
        return;
    seconds->items[seconds->count - 1].tls_handshake = digest_of(seconds->open, DIGEST_SHORT);
    latency_reset(seconds->open);
}

/* The second that contains NOW_NS; those before it are closed. */
static struct second *second_at(struct seconds *seconds, uint64_t now_ns)
{
    size_t index = now_ns > seconds->start_ns ? (now_ns - seconds->start_ns) / NS_PER_S : 0;
    while (seconds->count <= index) {
        close_last(seconds);
        if (seconds->count == seconds->capacity) {
            seconds->capacity = seconds->capacity ? seconds->capacity * 2 : 64;
            seconds->items =
                memory_resize(seconds->items, seconds->capacity * sizeof *seconds->items);
        }
        seconds->items[seconds->count++] = (struct second){0};
    }
    return &seconds->items[index];
}

void seconds_add_start(struct seconds *seconds, uint64_t now_ns)
{
    second_at(seconds, now_ns)->started++;
}

void seconds_add_session(struct seconds *seconds, uint64_t now_ns, enum outcome_class class)
{
    struct second *second = second_at(seconds, now_ns);
    second->sessions++;
    second->refused += class == CLASS_REFUSED;
    second->failed += class == CLASS_FAILED;
}

void seconds_add_request(struct seconds *seconds, uint64_t now_ns)
{
    second_at(seconds, now_ns)->requests++;
}

void seconds_add_handshake(struct seconds *seconds, uint64_t now_ns, uint64_t elapsed_ns)
{
    second_at(seconds, now_ns)->handshakes++;
    latency_record(seconds->open, elapsed_ns);
}

static void merge_second(struct second *to, struct second *from)
{
    to->started += from->started;
    to->sessions += from->sessions;
    to->handshakes += from->handshakes;
    to->requests += from->requests;
    to->refused += from->refused;
    to->failed += from->failed;
    if (to->tls_handshake != NULL && from->tls_handshake != NULL) {
        struct digest *merged = digest_merged(to->tls_handshake, from->tls_handshake, DIGEST_SHORT);
        free(to->tls_handshake);
        free(from->tls_handshake);
        to->tls_handshake = merged;
    } else if (from->tls_handshake != NULL) {
        to->tls_handshake = from->tls_handshake;
    }
    *from = (struct second){0};
}

void seconds_merge(struct seconds *to, struct seconds *from)
{
    if (from->count == 0)
        return;
    second_at(to, to->start_ns + (from->count - 1) * NS_PER_S);
    close_last(to);
    close_last(from);
    for (size_t i = 0; i < from->count; i++)
        merge_second(&to->items[i], &from->items[i]);
    from->count = 0;
}

void seconds_end(struct seconds *seconds, uint64_t stopped_ns, uint64_t ended_ns)
{
    if (stopped_ns > seconds->start_ns)
        second_at(seconds, stopped_ns - 1);
    seconds->ended_ns = ended_ns;
}

double seconds_length(const struct seconds *seconds, size_t index)
{
    uint64_t begin_ns = seconds->start_ns + index * NS_PER_S;
    if (seconds->ended_ns <= begin_ns || seconds->ended_ns - begin_ns >= NS_PER_S)
        return 1;
    return (double)(seconds->ended_ns - begin_ns) / NS_PER_S;
}
