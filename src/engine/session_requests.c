/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The requests of a session and their responses, from the handshake's end to the last response.
 */
#include "engine/session_requests.h"

#include "base/clock.h"
#include "base/memory.h"
#include "engine/session_end.h"
#include "http/exchange.h"
#include "http/request.h"
#include "measure/tally.h"

#define EARLY_DATA_MOST 8192 /* bytes; BoringSSL's servers accept 14,336, nginx's 16,384 */

static void open_exchange(struct session *session)
{
    bool h2 = tls_conn_facts(session->tls)->h2;
    exchange_reset(session->exchange, h2 ? HTTP_2 : HTTP_1_1, &session->env->plain);
    session->has_answer = false;
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

/* Encrypts all pending output of the exchange at once: each record costs both sides. */
static void encrypt(struct session *session)
{
    struct buffer *plain = &session->env->plain;
    size_t written;
    if (plain->len > 0)
        tls_conn_write(session->tls, plain->data, plain->len, &written);
    buffer_clear(plain);
}

/* The deadline is that of the oldest request: if others are in flight, it is already set. */
static void send_more(struct session *session)
{
    uint64_t now_ns = clock_now_ns();
    cork_leave(&session->corked);
    if (session->flights.count == 0)
        session_set_deadline(session, now_ns, session->env->plan->timeout_ns);
    session->has_answer = false;
    fill_requests(session, now_ns);
    encrypt(session);
}

void session_push(struct session *session)
{
    struct buffer *plain = &session->env->plain;
    session_flush(session);
    while (tls_conn_is_open(session->tls) && exchange_send_on(session->exchange, plain)) {
        encrypt(session);
        session_flush(session);
    }
}

/* If the connection is full or the last body has not been sent, requests follow when there is room;
 * until then the deadline is that of what is being sent. */
enum step session_send_requests(struct session *session)
{
    session->stage = STAGE_EXCHANGE;
    if (exchange_can_send(session->exchange))
        send_more(session);
    else
        session_set_deadline(session, clock_now_ns(), session->env->plan->timeout_ns);
    return STEP_AGAIN;
}

void session_forget_requests(struct session *session)
{
    session->sent_early = false;
    session->sample.requests_started = 0;
    flights_clear(&session->flights);
    exchange_abandon(session->exchange);
}

/* Few servers have a limit below the size of a request: most sessions never need a buffer for
 * it. */
static void keep_late(struct session *session, const uint8_t *bytes, size_t len)
{
    if (session->late == NULL && len > 0)
        session->late = memory_new(1, sizeof *session->late);
    if (session->late == NULL)
        return;
    buffer_clear(session->late);
    buffer_append(session->late, bytes, len);
}

/* Sends the first requests as early data if possible: safe ones (RFC 8470), and small enough for
 * most servers' limits, so that they are sent whole. */
void session_send_early(struct session *session)
{
    const struct plan *plan = session->env->plan;
    struct buffer *plain = &session->env->plain;
    size_t written = 0;
    if (plan->requests == 0 || !request_is_safe(plan->request))
        return;
    open_exchange(session);
    fill_requests(session, clock_now_ns());
    if (plain->len <= EARLY_DATA_MOST && !exchange_has_events(session->exchange))
        tls_conn_write(session->tls, plain->data, plain->len, &written);
    session->sent_early = written > 0;
    if (session->sent_early)
        keep_late(session, plain->data + written, plain->len - written);
    else
        session_forget_requests(session);
    buffer_clear(plain);
}

/* The server accepted the early data; the rest follows. */
static void send_late(struct session *session)
{
    const struct buffer *late = session->late;
    size_t written;
    if (late != NULL && late->len > 0)
        tls_conn_write(session->tls, late->data, late->len, &written);
}

enum step session_begin_requests(struct session *session)
{
    if (!session->sent_early) {
        open_exchange(session);
        return session_send_requests(session);
    }
    send_late(session);
    session->stage = STAGE_EXCHANGE;
    session_set_deadline(session, session->sample.at.handshaken, session->env->plan->timeout_ns);
    return STEP_AGAIN;
}

void session_expire_requests(struct session *session)
{
    uint64_t timeout_ns = session->env->plan->timeout_ns;
    uint64_t oldest_ns = flights_oldest(&session->flights);
    if (session->flights.count > 0 && clock_now_ns() - oldest_ns < timeout_ns)
        session_set_deadline(session, oldest_ns, timeout_ns);
    else
        session_finish(session, END_DEADLINE, TCP_OK);
}

/* The server accepts no more requests on this connection: a regular end if it has answered any,
 * otherwise the same as if it had closed. */
static enum step end_without_more(struct session *session)
{
    if (session->sample.requests_succeeded > 0) {
        encrypt(session);
        return session_complete(session);
    }
    session_finish(session, END_STREAM, TCP_EOF);
    return STEP_WAIT;
}

/* No request is in flight, and some may be left to send. A server that has declined all of the last
 * ones would continue to do so. */
static enum step go_on(struct session *session)
{
    const struct session_env *env = session->env;
    if (session->sample.requests_started == env->plan->requests) {
        encrypt(session);
        return session_complete(session);
    }
    if (exchange_is_over(session->exchange))
        return end_without_more(session);
    if (env->is_ending || !session->has_answer) {
        session_finish(session, env->is_ending ? END_OF_RUN : END_HTTP, TCP_OK);
        return STEP_WAIT;
    }
    if (env->plan->think_ns == 0)
        return session_send_requests(session);
    session->stage = STAGE_THINK;
    session_set_deadline(session, clock_now_ns(), env->plan->think_ns);
    return STEP_AGAIN;
}

static void note_first_byte(struct session *session, uint32_t tag, uint64_t now_ns)
{
    struct sample *sample = &session->sample;
    if (sample->at.first_byte == 0)
        sample->at.first_byte = now_ns;
    tally_first_byte(session->env->tally, now_ns, now_ns - flights_sent(&session->flights, tag));
}

static void note_response(struct session *session, const struct exchange_event *event,
                          uint64_t now_ns)
{
    struct sample *sample = &session->sample;
    tally_request(session->env->tally, sample->identity, now_ns,
                  now_ns - flights_sent(&session->flights, event->tag), event->status);
    flights_land(&session->flights, event->tag);
    session->has_answer = true;
    sample->status = event->status;
    sample->at.complete = now_ns;
}

/* A request that the server did not process counts as not started; it is sent again if possible. */
static void note_declined(struct session *session, uint32_t tag)
{
    flights_land(&session->flights, tag);
    session->sample.requests_started--;
}

/* A server that never requested a certificate cannot refuse one. In a resumed session it does not
 * request one again: its decision on the certificate is in the ticket. */
static bool was_asked(const struct session *session)
{
    const struct tls_facts *tls = tls_conn_facts(session->tls);
    return tls->cert_asked || tls->resumed;
}

/* What a response means for the session; END_COMPLETE: it is as expected. */
static enum end_cause cause_of(const struct session *session, const struct exchange_event *event)
{
    const struct plan *plan = session->env->plan;
    size_t identity = session->sample.identity;
    if (event->client_cert_refused || (event->has_refusal_text && was_asked(session)))
        return END_REFUSAL_PAGE;
    if (plan_refuses_by_status(plan, identity, event->status) && was_asked(session))
        return END_REFUSAL_STATUS;
    return plan_expects_status(plan, identity, event->status) ? END_COMPLETE : END_STATUS;
}

/* Judges a response; false where it ended the session. */
static bool judge_response(struct session *session, const struct exchange_event *event)
{
    enum end_cause cause = cause_of(session, event);
    if (cause == END_COMPLETE)
        session->sample.requests_succeeded++;
    else
        session_finish(session, cause, TCP_OK);
    return cause == END_COMPLETE;
}

/* Whether only a FIN says that a response is complete, and it would otherwise be a success. If its
 * status is not as expected, that counts in any case. */
static bool is_unclosed(const struct session *session, const struct exchange_event *event)
{
    return event->until_end && session->ended_by_fin && cause_of(session, event) == END_COMPLETE;
}

static bool take_unclosed(struct session *session)
{
    if (session->env->plan->allow_missing_close_notify) {
        session->sample.requests_unclosed++;
        return true;
    }
    session->sample.cut_by_fin = true;
    session_finish(session, END_STREAM, TCP_EOF);
    return false;
}

/* Handles one event of the exchange; false if it ended the session. */
static bool take_event(struct session *session, const struct exchange_event *event, uint64_t now_ns)
{
    switch (event->kind) {
    case EXCHANGE_FIRST_BYTE:
        note_first_byte(session, event->tag, now_ns);
        return true;
    case EXCHANGE_DECLINED:
        note_declined(session, event->tag);
        return true;
    case EXCHANGE_RESPONSE:
        if (is_unclosed(session, event) && !take_unclosed(session))
            return false;
        note_response(session, event, now_ns);
        return judge_response(session, event);
    case EXCHANGE_FAILED:
        break;
    }
    session_finish(session, END_HTTP, TCP_OK);
    return false;
}

/* Handles all events of the exchange, then continues if nothing is in flight any more. If the bytes
 * were not UNDERSTOOD, only a session that is complete continues. */
static enum step take_events(struct session *session, bool understood)
{
    const uint64_t num_wanted = session->env->plan->requests;
    struct exchange_event event;
    uint64_t now_ns = clock_now_ns();
    bool have_landed = false;
    while (exchange_next(session->exchange, &event)) {
        have_landed |= event.kind != EXCHANGE_FIRST_BYTE;
        if (!take_event(session, &event, now_ns))
            return STEP_WAIT;
    }
    bool none_left = have_landed && session->flights.count == 0;
    if (!understood && !(none_left && session->sample.requests_started == num_wanted)) {
        encrypt(session);
        session_finish(session, END_HTTP, TCP_OK);
        return STEP_WAIT;
    }
    bool ends_in_pause = session->stage == STAGE_THINK && exchange_is_over(session->exchange);
    return none_left || ends_in_pause ? go_on(session) : STEP_AGAIN;
}

/* Whether more requests may be sent while others are in flight. */
static bool may_send_more(const struct session *session)
{
    const struct session_env *env = session->env;
    return session->stage == STAGE_EXCHANGE && session->has_answer && env->plan->think_ns == 0 &&
           !env->is_ending && session->sample.requests_started < env->plan->requests &&
           session->flights.count < env->plan->streams && exchange_can_send(session->exchange);
}

/* Everything received has been read. Further responses may be on their way: new requests replace
 * those answered once no more arrive, all of them in one record. */
static void cork(struct session *session)
{
    struct session_env *env = session->env;
    uint32_t num_free = env->plan->streams - session->flights.count;
    cork_add(&env->cork, &session->corked, clock_now_ns(), env->num_in_flight + num_free);
}

bool session_send_more(struct session *session)
{
    if (!may_send_more(session))
        return false;
    send_more(session);
    return true;
}

enum step session_resume(struct session *session)
{
    exchange_hold(session->exchange, false);
    session_push(session);
    bool is_waiting = session->stage == STAGE_EXCHANGE && session->flights.count == 0 &&
                      exchange_can_send(session->exchange);
    if (is_waiting && go_on(session) == STEP_WAIT)
        return STEP_WAIT;
    session_send_more(session);
    return STEP_AGAIN;
}

/* A response that lasts until the end is complete if TLS confirms the end. */
enum step session_end_of_stream(struct session *session, enum tcp_end end, bool in_tls)
{
    session->ended_by_fin = !in_tls;
    if (session->stage == STAGE_EXCHANGE && end == TCP_EOF && exchange_end(session->exchange) &&
        session->flights.count > 0) {
        take_events(session, true);
        if (session_has_ended(session))
            return STEP_WAIT;
    }
    session_finish_stream(session, end);
    return STEP_WAIT;
}

enum step session_read(struct session *session)
{
    const uint8_t *bytes;
    size_t len;
    switch (tls_conn_read(session->tls, &bytes, &len)) {
    case TLS_WANT_READ:
        encrypt(session);
        if (exchange_has_events(session->exchange))
            return take_events(session, true);
        if (may_send_more(session))
            cork(session);
        return STEP_WAIT;
    case TLS_CLOSED:
        return session_end_of_stream(session, TCP_EOF, true);
    case TLS_OK:
        break;
    default:
        session_finish(session, END_TLS, TCP_OK);
        return STEP_WAIT;
    }
    bool understood = exchange_feed(session->exchange, bytes, len, &session->env->plain);
    return take_events(session, understood);
}
