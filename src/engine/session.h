/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One session, from connect to close: a table of stages, driven by the events of the connection and
 * the clock. It knows neither libuv nor BoringSSL. Only a stage's own function sets the next stage;
 * every stage that waits has a deadline; the outcome is set once, the first cause wins. A session
 * is created once per slot and started again and again.
 */
#ifndef PINLOAD_ENGINE_SESSION_H
#define PINLOAD_ENGINE_SESSION_H

#include "engine/session_env.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct deadline;
struct session;
struct verify_policy;

/* session_new creates a session for a slot, identified by its DEADLINE. */
struct session *session_new(struct session_env *env, struct deadline *deadline);

/* session_free frees a session that is done, or was never started. */
void session_free(struct session *session);

#define ADDRESS_OWN UINT32_MAX

struct session_start {
    uint64_t intended_ns;
    uint64_t now_ns;
    size_t identity;               /* an index, or TLS_NO_IDENTITY */
    uint32_t generation, revision; /* of the identity, and of all of them */
    uint32_t arm;
    uint64_t serial;
    size_t first_address; /* the first to try */
    uint32_t
        ticket_from; /* the address whose ticket is offered; ADDRESS_OWN: that of the session */
    const struct verify_policy *policy;
    bool offer_ticket;
};

/* session_signed steps a session whose TLS connection waited for a signature. */
void session_signed(struct session *session);

/* session_begin starts it. */
void session_begin(struct session *session, const struct session_start *start);

/* session_expire handles its deadline. */
void session_expire(struct session *session);

/* session_uncork sends the requests of the sessions in ENV's cork. */
void session_uncork(struct session_env *env);

/* session_wind_down tells it that the run has ended: a hold ends with success, a pause between
 * requests ends now, even if the next one could not be sent yet, and all else continues to the end
 * of its response. */
void session_wind_down(struct session *session);

/* session_cut ends it now. */
void session_cut(struct session *session);

#endif
