/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The requests of a session and their responses, from the handshake's end to the last response.
 */
#ifndef PINLOAD_ENGINE_SESSION_REQUESTS_H
#define PINLOAD_ENGINE_SESSION_REQUESTS_H

#include "engine/session_state.h"

/* session_send_early sends the first requests as early data if possible. */
void session_send_early(struct session *session);

/* session_forget_requests takes back those that were sent, or filled in, as early data. */
void session_forget_requests(struct session *session);

/* session_begin_requests continues from the handshake to the requests, unless they were sent
 * early. */
enum step session_begin_requests(struct session *session);

/* session_send_requests sends as many as may be in flight. */
enum step session_send_requests(struct session *session);

/* session_push sends the output of TLS and, as long as the connection accepts it, what the exchange
 * has kept back. */
void session_push(struct session *session);

/* session_send_more fills in requests to replace those answered, if any may follow; they are then
 * still to be pushed. */
bool session_send_more(struct session *session);

/* session_resume continues when the connection is no longer full; STEP_AGAIN: there may be
 * something to push. */
enum step session_resume(struct session *session);

/* session_read reads and handles responses. */
enum step session_read(struct session *session);

/* session_expire_requests ends it if a response is overdue; others may have arrived since the
 * deadline was set. */
void session_expire_requests(struct session *session);

/* session_end_of_stream: the peer ended it, in TLS (close_notify) or in TCP alone. */
enum step session_end_of_stream(struct session *session, enum tcp_end end, bool in_tls);

#endif
