/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fields of a session, for the files that drive it: session_end, session_requests above it, and
 * session above both. It depends on none of them.
 */
#ifndef PINLOAD_ENGINE_SESSION_STATE_H
#define PINLOAD_ENGINE_SESSION_STATE_H

#include "engine/flights.h"
#include "engine/session_env.h"
#include "measure/outcome_judge.h"
#include "net/tcp.h"
#include "plan/plan.h"
#include "tls/tls_conn.h"

struct exchange;

enum stage {
    STAGE_IDLE,
    STAGE_CONNECT,
    STAGE_HANDSHAKE,
    STAGE_EXCHANGE, /* requests are in flight */
    STAGE_THINK,    /* between requests */
    STAGE_HOLD,     /* all done, kept open */
    STAGE_FAREWELL, /* close_notify is sent, reading to the end: -r 0, or a ticket is to come */
    STAGE_CLOSING,
};

struct session {
    struct corked corked; /* first, so that it leads back to its session */
    struct session_env *env;
    struct deadline *deadline;
    struct tcp *tcp;
    struct tls_conn *tls;
    struct exchange *exchange;
    struct flights flights;
    struct buffer *late; /* early requests beyond the ticket's limit; NULL: never happened */
    struct buffer
        *held; /* what follows the first segment of a split ClientHello; NULL: none is split */
    const struct verify_policy *policy;
    uint32_t first_address;   /* the first that was tried: others may prefer another by now */
    enum tcp_end connect_end; /* why no address worked */
    enum stage stage;
    bool is_anonymous; /* has no identity */
    bool offer_ticket;
    uint32_t ticket_from; /* the address that issued it; ADDRESS_OWN: the session's own */
    bool sent_early;      /* the requests were sent as early data, except those in late */
    bool has_answer;      /* a response has arrived since requests were last sent */
    bool sent_fin;        /* in the farewell */
    bool reconnecting;    /* closed to try the next address */
    bool is_established;  /* counted in env->num_established */
    bool ended_by_fin;    /* TCP ended without close_notify: anyone on the path can cause that */
    struct sample sample;
};

/* What a stage's step leads to. */
enum step { STEP_AGAIN, STEP_WAIT };

/* session_set_deadline sets the stage's deadline. */
void session_set_deadline(struct session *session, uint64_t from_ns, uint64_t after_ns);

/* session_flush sends what TLS has put out; of a ClientHello that is to be split, the first half, and
 * the deadline is then that of the rest. Where the connection takes nothing any more, reading goes
 * on: what the server said before it closed decides, not our failure to write. */
void session_flush(struct session *session);

/* session_send_held sends the rest of a split ClientHello and sets the handshake's deadline; false
 * where there is none. */
bool session_send_held(struct session *session);

/* session_has_ended says whether the outcome is known. */
bool session_has_ended(const struct session *session);

/* session_is_parting: everything is complete and only a ticket may still arrive; any end is
 * fine. */
bool session_is_parting(const struct session *session);

#endif
