/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/session_state.h"

#include "http/exchange.h"
#include "tls/tls_context.h"

void session_set_deadline(struct session *session, uint64_t from_ns, uint64_t after_ns)
{
    deadline_set(session->env->deadlines, session->deadline, from_ns + after_ns);
}

void session_flush(struct session *session)
{
    struct buffer *out = tls_context_output(session->env->tls);
    if (out->len == 0)
        return;
    tcp_write(session->tcp, out->data, out->len);
    session->sample.bytes_written += out->len;
    buffer_clear(out);
    if (tcp_is_full(session->tcp))
        exchange_hold(session->exchange, true);
}

bool session_has_ended(const struct session *session)
{
    return session->stage == STAGE_CLOSING || session->stage == STAGE_IDLE;
}

bool session_is_parting(const struct session *session)
{
    return session->stage == STAGE_FAREWELL && session->sample.at.complete != 0;
}
