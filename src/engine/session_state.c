/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/session_state.h"

#include "base/clock.h"
#include "base/memory.h"
#include "http/exchange.h"
#include "tls/tls_context.h"

void session_set_deadline(struct session *session, uint64_t from_ns, uint64_t after_ns)
{
    deadline_set(session->env->deadlines, session->deadline, from_ns + after_ns);
}

static void send_bytes(struct session *session, const uint8_t *bytes, size_t len)
{
    tcp_write(session->tcp, bytes, len);
    session->sample.bytes_written += len;
    if (tcp_is_full(session->tcp))
        exchange_hold(session->exchange, true);
}

static bool holds_back(const struct session *session)
{
    return session->held != NULL && session->held->len > 0;
}

/* Whether what is to be sent begins with a ClientHello that is to be split. */
static bool is_to_be_split(const struct session *session)
{
    return session->env->plan->hello_pause_ns > 0 && session->stage == STAGE_HANDSHAKE &&
           session->sample.bytes_written == 0;
}

/* Sends half of the ClientHello, and holds back the rest of OUT. The deadline is the rest's. */
static void send_first_half(struct session *session, const struct buffer *out)
{
    size_t half = tls_conn_facts(session->tls)->wire[WIRE_CLIENT_HELLO] / 2;
    send_bytes(session, out->data, half);
    if (session->held == NULL)
        session->held = memory_new(1, sizeof *session->held);
    buffer_append(session->held, out->data + half, out->len - half);
    session_set_deadline(session, clock_now_ns(), session->env->plan->hello_pause_ns);
}

void session_flush(struct session *session)
{
    struct buffer *out = tls_context_output(session->env->tls);
    if (out->len == 0)
        return;
    if (is_to_be_split(session))
        send_first_half(session, out);
    else if (holds_back(session))
        buffer_append(session->held, out->data, out->len);
    else
        send_bytes(session, out->data, out->len);
    buffer_clear(out);
}

bool session_send_held(struct session *session)
{
    if (!holds_back(session))
        return false;
    send_bytes(session, session->held->data, session->held->len);
    buffer_clear(session->held);
    session_set_deadline(session, session->sample.at.connected, session->env->plan->timeout_ns);
    return true;
}

bool session_has_ended(const struct session *session)
{
    return session->stage == STAGE_CLOSING || session->stage == STAGE_IDLE;
}

bool session_is_parting(const struct session *session)
{
    return session->stage == STAGE_FAREWELL && session->sample.at.complete != 0;
}
