/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What session.c (from connect to the handshake, and what drives it), session_requests.c (requests
 * and responses) and session_end.c (how it ends) know of one another, and nobody else.
 */
#ifndef PINLOAD_ENGINE_SESSION_INTERNAL_H
#define PINLOAD_ENGINE_SESSION_INTERNAL_H

#include "engine/flights.h"
#include "engine/session.h"
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
    struct buffer *late; /* what a ticket's limit left of early requests; NULL: never happened */
    const struct verify_policy *policy;
    uint32_t first_address;   /* the first that was tried: others may prefer another by now */
    enum tcp_end connect_end; /* why no address worked */
    enum stage stage;
    bool is_anonymous; /* has no identity */
    bool offer_ticket;
    bool sent_early;     /* the requests went out as early data, but for what is late */
    bool has_answer;     /* a response has come since requests were last sent */
    bool sent_fin;       /* in the farewell */
    bool reconnecting;   /* closed to try the next address */
    bool is_established; /* counted in env->num_established */
    bool ended_by_fin;   /* TCP ended without close_notify: anyone on the way can do that */
    struct sample sample;
};

/* What a stage's step came to. */
enum step { STEP_AGAIN, STEP_WAIT };

/* session_set_deadline bounds the stage. */
void session_set_deadline(struct session *session, uint64_t from_ns, uint64_t after_ns);

/* session_flush sends what TLS has put out. Where the connection takes nothing any more, reading
 * goes on: what the server said before it closed decides, not our failure to write. */
void session_flush(struct session *session);

/* session_drive steps until the session waits or ends, and sends what came out of it. */
void session_drive(struct session *session);

/* Requests and responses (session_requests.c). */

/* session_send_early sends the first requests as early data where they may be. */
void session_send_early(struct session *session);

/* session_forget_requests takes back those that were sent, or filled in, as early data. */
void session_forget_requests(struct session *session);

/* session_begin_requests goes on from the handshake to the requests, unless they were early. */
enum step session_begin_requests(struct session *session);

/* session_send_requests sends as many as may be in flight. */
enum step session_send_requests(struct session *session);

/* session_push sends what TLS has put out and, as long as the connection takes it, what the exchange
 * has kept back. */
void session_push(struct session *session);

/* session_resume goes on where the connection had been full. */
void session_resume(struct session *session);

/* session_read takes what TLS has of responses. */
enum step session_read(struct session *session);

/* session_expire_requests ends it where a response is overdue; others may have come since the
 * deadline was set. */
void session_expire_requests(struct session *session);

/* session_take_events takes all that the exchange has to tell, then goes on where nothing is in
 * flight any more. Where what came was not UNDERSTOOD, only a session that is complete does. */
enum step session_take_events(struct session *session, bool understood);

/* The end (session_end.c). */

/* session_finish ends it with the outcome that CAUSE and what was seen add up to. */
void session_finish(struct session *session, enum end_cause cause, enum tcp_end tcp_end);

/* session_has_ended says whether the outcome is known. */
bool session_has_ended(const struct session *session);

/* session_complete: all responses are complete. */
enum step session_complete(struct session *session);

/* session_say_farewell sends close_notify, to be read to the end. */
enum step session_say_farewell(struct session *session);

/* session_read_farewell reads on to the end. */
enum step session_read_farewell(struct session *session);

/* session_expire_farewell: the server has let our close_notify be, or did not end in time. */
void session_expire_farewell(struct session *session);

/* session_is_parting: all is complete and only a ticket may still come; no end is a bad one. */
bool session_is_parting(const struct session *session);

/* session_end_of_stream: the peer ended it, in TLS (close_notify) or in TCP alone. */
enum step session_end_of_stream(struct session *session, enum tcp_end end, bool in_tls);

#endif
