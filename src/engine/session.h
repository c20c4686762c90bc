/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One session, from connect to close: a table of stages, driven by what the connection and the
 * clock say. It knows neither libuv nor BoringSSL. Only a stage's own function sets the next stage;
 * every stage that waits has a deadline; the outcome is set once, the first cause wins. A session
 * is made once for a slot and started again and again.
 */
#ifndef PINLOAD_ENGINE_SESSION_H
#define PINLOAD_ENGINE_SESSION_H

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
struct session;
struct tally;
struct tls_context;
struct verify_policy;

/* What the sessions of one worker share. Borrowed by them. */
struct session_env {
    const struct plan *plan;
    struct net_loop *loop;
    struct tls_context *tls;
    struct tally *tally;
    struct deadline_heap *deadlines;
    struct buffer plain;       /* plaintext on its way into TLS; empty between a session's turns */
    struct event_queue events; /* of the exchange whose turn it is */
    size_t preferred_address;  /* the one of several that worked last */
    size_t next_source;        /* sources are taken in turn */
    uint64_t num_established;  /* handshaken and not yet ended */
    struct headcount *crowd;   /* the same over all threads */
    uint64_t num_in_flight;    /* requests */
    struct cork cork;          /* sessions that have more to send and wait a moment */
    bool is_ending;            /* the run is over: no further requests, no hold */
    bool measure_cpu;          /* of the handshake's calls */
    /* reads the thread's instruction counter, where the cost is measured; or NULL */
    uint64_t (*read_counter)(void *arg);
    void *counter_arg;
    /* on_finish: the outcome is known and TLS still there to be asked. on_done: the connection is
     * closed; the session may be started again. */
    void (*on_finish)(void *owner, const struct sample *sample, const struct tls_conn *tls);
    void (*on_done)(void *owner, struct deadline *slot, const struct sample *sample);
    void *owner;
};

/* session_new makes a session for a slot, which is known by its DEADLINE. */
struct session *session_new(struct session_env *env, struct deadline *deadline);

/* session_free releases a session that is done, or was never started. */
void session_free(struct session *session);

struct session_start {
    uint64_t intended_ns;
    uint64_t now_ns;
    size_t identity; /* an index, or TLS_NO_IDENTITY */
    uint32_t arm;
    uint64_t serial;
    const struct verify_policy *policy;
    bool offer_ticket;
};

/* session_begin starts it. */
void session_begin(struct session *session, const struct session_start *start);

/* session_expire tells it that its deadline has passed. */
void session_expire(struct session *session);

/* session_uncork sends the requests of the sessions in ENV's cork. */
void session_uncork(struct session_env *env);

/* session_wind_down tells it that the run is over: a hold ends well, a pause between requests ends
 * now, be it for want of room to send the next, and all else goes on to the end of its response. */
void session_wind_down(struct session *session);

/* session_cut ends it now. */
void session_cut(struct session *session);

#endif
