/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a session ends: complete, held, in its farewell, or finished with an outcome.
 */
#ifndef PINLOAD_ENGINE_SESSION_END_H
#define PINLOAD_ENGINE_SESSION_END_H

#include "engine/session_state.h"

/* session_finish ends it with the outcome that follows from CAUSE and the evidence. */
void session_finish(struct session *session, enum end_cause cause, enum tcp_end tcp_end);

/* session_finish_stream ends it because the peer did, and this completes no response. */
void session_finish_stream(struct session *session, enum tcp_end end);

/* session_complete: all responses are complete. */
enum step session_complete(struct session *session);

/* session_say_farewell sends close_notify, then reads to the end. */
enum step session_say_farewell(struct session *session);

/* session_read_farewell continues reading to the end. */
enum step session_read_farewell(struct session *session);

/* session_expire_farewell: the server has not reacted to our close_notify, or did not end in
 * time. */
void session_expire_farewell(struct session *session);

#endif
