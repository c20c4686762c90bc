/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The end of a session: complete, held, in its farewell, or finished with an outcome.
 */
#include "engine/session_end.h"

#include "base/clock.h"
#include "base/number.h"
#include "engine/headcount.h"
#include "http/exchange.h"
#include "tls/tls_context.h"

/* How long to wait between close_notify and FIN. A server that sees the end of TCP before it has
 * checked our certificate may not report the result (Erlang's TLS), and one that has not sent its
 * tickets yet sends none (nginx). */
#define FIN_AFTER_NS (500 * NS_PER_MS)

void session_finish(struct session *session, enum end_cause cause, enum tcp_end tcp_end)
{
    struct session_env *env = session->env;
    struct sample *sample = &session->sample;
    cork_leave(&session->corked);
    flights_clear(&session->flights);
    const struct buffer *out = tls_context_output(env->tls);
    static const struct tls_facts none = {.alert_received = TLS_NO_ALERT,
                                          .alert_sent = TLS_NO_ALERT};
    bool begun = sample->at.connected != 0;
    sample->tls = begun ? tls_conn_facts(session->tls) : &none;
    struct evidence evidence = {.cause = cause,
                                .tcp_end = tcp_end,
                                .tls = begun ? sample->tls : NULL,
                                .connected = begun,
                                .response_begun = sample->at.first_byte != 0,
                                .handshake_only = env->plan->requests == 0};
    sample->outcome = outcome_judge(&evidence);
    sample->tcp_end = tcp_end;
    sample->at.ended = clock_now_ns();
    env->on_finish(env->owner, sample, session->tls);
    if (session->is_established) {
        env->num_established--;
        headcount_leave(env->crowd);
    }
    session->is_established = false;
    bool reset = env->plan->close_by_reset && out->len == 0;
    if (begun && !reset && cause != END_STREAM)
        tls_conn_close_notify(session->tls);
    if (out->len > 0)
        tcp_hold_last(session->tcp);
    if (begun)
        session_flush(session);
    if (session->held != NULL)
        buffer_clear(session->held);
    deadline_set(env->deadlines, session->deadline, NEVER_NS);
    tls_conn_stop(session->tls);
    exchange_abandon(session->exchange);
    buffer_clear(&env->plain);
    session->stage = STAGE_CLOSING;
    tcp_close(session->tcp, reset);
}

enum step session_say_farewell(struct session *session)
{
    uint64_t timeout_ns = session->env->plan->timeout_ns;
    session->stage = STAGE_FAREWELL;
    session->sent_fin = false;
    tls_conn_close_notify(session->tls);
    session_flush(session);
    session_set_deadline(session, clock_now_ns(), number_min(timeout_ns, FIN_AFTER_NS));
    return STEP_AGAIN;
}

/* The server has not reacted to our close_notify: it ends when TCP does, or at the deadline. */
static void send_fin(struct session *session)
{
    session->sent_fin = true;
    tcp_shutdown(session->tcp);
    session_set_deadline(session, clock_now_ns(), session->env->plan->timeout_ns);
}

/* A TLS 1.3 ticket may come at any time, perhaps after the response: to get one, say farewell and
 * read to the end. */
static bool awaits_ticket(const struct session *session)
{
    const struct tls_facts *facts = tls_conn_facts(session->tls);
    return session->env->plan->tls.keep_tickets && facts->version == TLS_VERSION_1_3 &&
           facts->num_tickets == 0;
}

enum step session_complete(struct session *session)
{
    struct session_env *env = session->env;
    if (env->plan->hold_ns == 0 || env->is_ending) {
        if (awaits_ticket(session))
            return session_say_farewell(session);
        session_finish(session, END_COMPLETE, TCP_OK);
        return STEP_WAIT;
    }
    session->stage = STAGE_HOLD;
    session_set_deadline(session, clock_now_ns(), env->plan->hold_ns);
    return STEP_AGAIN;
}

void session_finish_stream(struct session *session, enum tcp_end end)
{
    session_finish(session, session_is_parting(session) ? END_COMPLETE : END_STREAM, end);
}

enum step session_read_farewell(struct session *session)
{
    const uint8_t *bytes;
    size_t len;
    bool is_parting = session_is_parting(session);
    switch (tls_conn_read(session->tls, &bytes, &len)) {
    case TLS_WANT_READ:
        if (is_parting && !awaits_ticket(session))
            session_finish(session, END_COMPLETE, TCP_OK);
        return STEP_WAIT;
    case TLS_CLOSED:
        session_finish_stream(session, TCP_EOF);
        return STEP_WAIT;
    case TLS_OK:
        return STEP_AGAIN;
    default:
        session_finish(session, is_parting ? END_COMPLETE : END_TLS, TCP_OK);
        return STEP_WAIT;
    }
}

void session_expire_farewell(struct session *session)
{
    if (session->sent_fin)
        session_finish(session, session_is_parting(session) ? END_COMPLETE : END_DEADLINE, TCP_OK);
    else
        send_fin(session);
}
