/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the sessions of one worker share, and how they report that they have ended. The worker fills
 * it in; it does not depend on what a session is.
 */
#ifndef PINLOAD_ENGINE_SESSION_ENV_H
#define PINLOAD_ENGINE_SESSION_ENV_H

#include "base/buffer.h"
#include "engine/cork.h"
#include "engine/deadline.h"
#include "http/event_queue.h"
#include "measure/sample.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct headcount;
struct net_loop;
struct plan;
struct tally;
struct tls_conn;
struct tls_context;

/* What the sessions of one worker share. Borrowed by them. */
struct session_env {
    const struct plan *plan;
    struct net_loop *loop;
    struct tls_context *tls;
    struct tally *tally;
    struct deadline_heap *deadlines;
    struct buffer plain;       /* plaintext to be encrypted; empty between a session's turns */
    struct event_queue events; /* events of the exchange whose turn it is */
    size_t preferred_address;  /* the one that worked last */
    size_t next_source;        /* sources are used in turn */
    uint64_t num_established;  /* handshake complete and not yet ended */
    struct headcount *crowd;   /* the same over all threads */
    uint64_t num_in_flight;    /* in flight */
    struct cork cork;          /* sessions that have more to send and wait a moment */
    bool is_ending;            /* the run has ended: no further requests, no hold */
    bool measure_cpu;          /* of the handshake's calls */
    /* reads the thread's instruction counter, where the cost is measured; or NULL */
    uint64_t (*read_counter)(void *arg);
    void *counter_arg;
    /* on_finish: the outcome is known, and TLS can still be queried. on_done: the connection is
     * closed; the session may be started again. */
    void (*on_finish)(void *owner, const struct sample *sample, const struct tls_conn *tls);
    void (*on_done)(void *owner, struct deadline *slot, const struct sample *sample);
    void *owner;
};

#endif
