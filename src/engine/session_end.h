/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a session ends: complete, held, on its farewell, or finished with an outcome.
 */
#ifndef PINLOAD_ENGINE_SESSION_END_H
#define PINLOAD_ENGINE_SESSION_END_H

#include "engine/session_state.h"

/* session_finish ends it with the outcome that CAUSE and what was seen add up to. */
void session_finish(struct session *session, enum end_cause cause, enum tcp_end tcp_end);

/* session_finish_stream ends it where the peer did, and no response could be complete by that. */
void session_finish_stream(struct session *session, enum tcp_end end);

/* session_complete: all responses are complete. */
enum step session_complete(struct session *session);

/* session_say_farewell sends close_notify, to be read to the end. */
enum step session_say_farewell(struct session *session);

/* session_read_farewell reads on to the end. */
enum step session_read_farewell(struct session *session);

/* session_expire_farewell: the server has let our close_notify be, or did not end in time. */
void session_expire_farewell(struct session *session);

#endif
