/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The requests of a session and their responses, from the handshake's end to the last response.
 */
#include "base/clock.h"
#include "http/exchange.h"
#include "http/request.h"
#include "load/session_internal.h"
#include "load/tally.h"

#define EARLY_DATA_MOST 8192 /* bytes; BoringSSL's servers take 14,336, nginx's 16,384 */

static void open_exchange(struct session *session)
{
    bool h2 = tls_conn_facts(session->tls)->h2;
    exchange_reset(session->exchange, h2 ? HTTP_2 : HTTP_1_1, &session->env->plain);
}

/* Puts as many requests as may be in flight into env->plain. */
static void fill_requests(struct session *session, uint64_t now_ns)
{
    const struct plan *plan = session->env->plan;
    struct sample *sample = &session->sample;
    while (sample->requests_started < plan->requests && session->flights.count < plan->streams &&
           exchange_can_send(session->exchange)) {
        uint32_t tag = flights_take(&session->flights, now_ns);
        sample->requests_started++;
        exchange_send(session->exchange, plan->request, tag, &session->env->plain);
    }
}

/* Encrypts what the exchange has to say, all of it at once: each record costs both sides. */
static void encrypt(struct session *session)
{
    struct buffer *plain = &session->env->plain;
    size_t written;
    if (plain->len > 0)
        tls_conn_write(session->tls, plain->data, plain->len, &written);
    buffer_clear(plain);
}

static void send_more(struct session *session)
{
    uint64_t now_ns = clock_now_ns();
    fill_requests(session, now_ns);
    encrypt(session);
    session_set_deadline(session, now_ns, session->env->plan->timeout_ns);
}

enum step session_send_requests(struct session *session)
{
    session->stage = STAGE_EXCHANGE;
    send_more(session);
    return STEP_AGAIN;
}

void session_forget_requests(struct session *session)
{
    session->sent_early = false;
    session->sample.requests_started = 0;
    flights_clear(&session->flights);
    exchange_abandon(session->exchange);
}

/* Sends the first requests as early data where they may be: safe ones (RFC 8470), and few enough
 * bytes to be below any server's limit, so that they go out whole. */
void session_send_early(struct session *session)
{
    const struct plan *plan = session->env->plan;
    struct buffer *plain = &session->env->plain;
    size_t written = 0;
    if (plan->requests == 0 || !request_is_safe(plan->request))
        return;
    open_exchange(session);
    fill_requests(session, clock_now_ns());
    session->sent_early = plain->len <= EARLY_DATA_MOST &&
                          tls_conn_write(session->tls, plain->data, plain->len, &written) == TLS_OK;
    buffer_clear(plain);
    if (!session->sent_early)
        session_forget_requests(session);
}

enum step session_begin_requests(struct session *session)
{
    if (!session->sent_early) {
        open_exchange(session);
        return session_send_requests(session);
    }
    session->stage = STAGE_EXCHANGE;
    session_set_deadline(session, session->sample.at.handshaken, session->env->plan->timeout_ns);
    return STEP_AGAIN;
}

/* No request is in flight, and some may be left to send. */
static enum step go_on(struct session *session)
{
    const struct session_env *env = session->env;
    if (session->sample.requests_started == env->plan->requests ||
        exchange_is_over(session->exchange)) {
        encrypt(session);
        return session_complete(session);
    }
    if (env->is_ending) {
        session_finish(session, END_OF_RUN, TCP_OK);
        return STEP_WAIT;
    }
    if (env->plan->think_ns == 0)
        return session_send_requests(session);
    session->stage = STAGE_THINK;
    session_set_deadline(session, clock_now_ns(), env->plan->think_ns);
    return STEP_AGAIN;
}

static void note_response(struct session *session, const struct exchange_event *event)
{
    uint64_t now_ns = clock_now_ns();
    tally_request(session->env->tally, &session->sample,
                  now_ns - flights_sent(&session->flights, event->tag), event->status);
    flights_land(&session->flights, event->tag);
    session->sample.status = event->status;
}

/* Takes one event of the conversation; false where it ended the session. */
static bool take_event(struct session *session, const struct exchange_event *event)
{
    struct sample *sample = &session->sample;
    switch (event->kind) {
    case EXCHANGE_FIRST_BYTE: {
        uint64_t now_ns = clock_now_ns();
        if (sample->at.first_byte == 0)
            sample->at.first_byte = now_ns;
        tally_first_byte(session->env->tally, sample,
                         now_ns - flights_sent(&session->flights, event->tag));
        return true;
    }
    case EXCHANGE_FAILED:
        session_finish(session, END_HTTP, TCP_OK);
        return false;
    case EXCHANGE_RESPONSE:
        note_response(session, event);
        break;
    }
    if (event->client_cert_refused) {
        session_finish(session, END_REFUSAL_PAGE, TCP_OK);
        return false;
    }
    if (!plan_expects_status(session->env->plan, event->status)) {
        session_finish(session, END_STATUS, TCP_OK);
        return false;
    }
    sample->requests_succeeded++;
    return true;
}

enum step session_take_events(struct session *session, bool understood)
{
    const uint64_t num_wanted = session->env->plan->requests;
    struct exchange_event event;
    bool answered = false;
    while (exchange_next(session->exchange, &event)) {
        answered |= event.kind == EXCHANGE_RESPONSE;
        if (!take_event(session, &event))
            return STEP_WAIT;
    }
    bool none_left = answered && session->flights.count == 0;
    if (!understood && !(none_left && session->sample.requests_started == num_wanted)) {
        encrypt(session);
        session_finish(session, END_HTTP, TCP_OK);
        return STEP_WAIT;
    }
    return none_left ? go_on(session) : STEP_AGAIN;
}

/* Whether requests may follow while others are in flight. */
static bool may_send_more(const struct session *session)
{
    const struct session_env *env = session->env;
    return session->stage == STAGE_EXCHANGE && env->plan->think_ns == 0 && !env->is_ending &&
           session->sample.requests_started < env->plan->requests &&
           session->flights.count < env->plan->streams && exchange_can_send(session->exchange);
}

/* All that came has been read: only now do requests follow in the place of those that were answered,
 * all of them in one record. */
static enum step answer(struct session *session)
{
    if (may_send_more(session))
        send_more(session);
    else
        encrypt(session);
    return STEP_WAIT;
}

enum step session_read(struct session *session)
{
    const uint8_t *bytes;
    size_t len;
    switch (tls_conn_read(session->tls, &bytes, &len)) {
    case TLS_WANT_READ:
        return answer(session);
    case TLS_CLOSED:
        return session_end_of_stream(session, TCP_EOF);
    case TLS_OK:
        break;
    default:
        session_finish(session, END_TLS, TCP_OK);
        return STEP_WAIT;
    }
    bool understood = exchange_feed(session->exchange, bytes, len, &session->env->plain);
    return session_take_events(session, understood);
}
