/* SPDX-License-Identifier: Apache-2.0 */
#include "load/session.h"

#include "base/clock.h"
#include "base/memory.h"
#include "http/exchange.h"
#include "http/request.h"
#include "load/flights.h"
#include "load/judgement.h"
#include "load/plan.h"
#include "load/tally.h"
#include "net/net_loop.h"
#include "net/resolve.h"
#include "tls/tls_context.h"

#include <assert.h>
#include <stdlib.h>

#define EARLY_DATA_MOST 8192 /* bytes; BoringSSL's servers take 14,336, nginx's 16,384 */

/* How long close_notify is left alone before the FIN follows. A server that learns of the end of TCP
 * before it has judged our certificate may not say what it thinks of it (Erlang's TLS), and one
 * that has not sent its tickets sends none (nginx). */
#define FIN_AFTER_NS (500 * NS_PER_MS)

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
    struct session_env *env;
    struct deadline *deadline;
    struct tcp *tcp;
    struct tls_conn *tls;
    struct exchange *exchange;
    struct flights flights;
    size_t first_address; /* the first that was tried: the one that others prefer may change */
    size_t addresses_tried;
    const struct verify_policy *policy;
    size_t identity;
    enum stage stage;
    bool offer_ticket;
    bool sent_early;     /* the requests went out as early data */
    bool sent_fin;       /* in the farewell */
    bool reconnecting;   /* closed to try the next address */
    bool is_established; /* counted in env->num_established */
    struct sample sample;
};

/* What a stage's step came to. */
enum step { STEP_AGAIN, STEP_WAIT };

static const struct tcp_events tcp_events;

static struct buffer *output(struct session *session)
{
    return tls_context_output(session->env->tls);
}

struct session *session_new(struct session_env *env, struct deadline *deadline)
{
    struct session *session = memory_new(1, sizeof *session);
    session->env = env;
    session->deadline = deadline;
    session->tcp = tcp_new(env->loop, &tcp_events, session);
    session->tls = tls_conn_new(env->tls);
    session->exchange = exchange_new();
    flights_init(&session->flights, env->plan->streams);
    return session;
}

void session_free(struct session *session)
{
    if (session == NULL)
        return;
    assert(session->stage == STAGE_IDLE);
    tcp_free(session->tcp);
    tls_conn_free(session->tls);
    exchange_free(session->exchange);
    flights_cleanup(&session->flights);
    free(session);
}

static void set_deadline(struct session *session, uint64_t from_ns, uint64_t after_ns)
{
    deadline_set(session->env->deadlines, session->deadline, from_ns + after_ns);
}

/* Sends what TLS has put out. Where the connection takes nothing any more, reading goes on: what
 * the server said before it closed decides, not our failure to write. */
static void flush(struct session *session)
{
    struct buffer *out = output(session);
    if (out->len == 0)
        return;
    tcp_write(session->tcp, out->data, out->len);
    session->sample.bytes_written += out->len;
    buffer_clear(out);
}

/* Ends the session with the outcome that CAUSE and what was seen add up to. */
static void finish(struct session *session, enum end_cause cause, enum tcp_end tcp_end)
{
    struct session_env *env = session->env;
    struct sample *sample = &session->sample;
    const struct tls_facts *facts = tls_conn_facts(session->tls);
    bool begun = sample->at.connected != 0;
    if (begun)
        sample->tls = *facts;
    struct evidence evidence = {.cause = cause,
                                .tcp_end = tcp_end,
                                .tls = begun ? &sample->tls : NULL,
                                .connected = begun,
                                .response_begun = sample->at.first_byte != 0,
                                .handshake_only = env->plan->requests == 0};
    sample->outcome = judgement_of(&evidence);
    sample->tcp_end = tcp_end;
    sample->at.ended = clock_now_ns();
    env->on_finish(env->owner, sample, session->tls);
    if (session->is_established)
        env->num_established--;
    session->is_established = false;
    bool reset = env->plan->close_by_reset && output(session)->len == 0;
    if (begun && !reset && cause != END_STREAM)
        tls_conn_close_notify(session->tls);
    if (output(session)->len > 0)
        tcp_hold_last(session->tcp);
    if (begun)
        flush(session);
    deadline_set(env->deadlines, session->deadline, NEVER_NS);
    tls_conn_stop(session->tls);
    exchange_abandon(session->exchange);
    session->stage = STAGE_CLOSING;
    tcp_close(session->tcp, reset);
}

static void connect_next(struct session *session)
{
    struct session_env *env = session->env;
    const struct address_list *addresses = &env->plan->addresses;
    const struct address_list *sources = &env->plan->sources;
    size_t index = (session->first_address + session->addresses_tried++) % addresses->count;
    const struct address *source = NULL;
    if (sources->count > 0)
        source = &sources->items[env->next_source++ % sources->count];
    session->stage = STAGE_CONNECT;
    session->reconnecting = false;
    session->sample.at.connecting = clock_now_ns();
    set_deadline(session, session->sample.at.connecting, env->plan->connect_timeout_ns);
    tcp_connect(session->tcp, &addresses->items[index], source);
}

void session_begin(struct session *session, const struct session_start *start)
{
    assert(session->stage == STAGE_IDLE);
    bool anonymous = start->identity == TLS_NO_IDENTITY;
    session->identity = start->identity;
    session->policy = start->policy;
    session->offer_ticket = start->offer_ticket;
    session->first_address = session->env->preferred_address;
    session->addresses_tried = 0;
    session->sample =
        (struct sample){.identity = anonymous ? 0 : start->identity,
                        .arm = start->arm,
                        .serial = start->serial,
                        .at = {.intended = start->intended_ns, .started = start->now_ns}};
    connect_next(session);
}

/* Puts as many requests as may be in flight into env->plain. */
static void fill_requests(struct session *session, uint64_t now_ns)
{
    const struct plan *plan = session->env->plan;
    struct sample *sample = &session->sample;
    struct buffer *plain = &session->env->plain;
    buffer_clear(plain);
    if (sample->requests_started == 0)
        exchange_reset(session->exchange, tls_conn_facts(session->tls)->h2 ? HTTP_2 : HTTP_1_1,
                       plain);
    while (sample->requests_started < plan->requests && session->flights.count < plan->streams &&
           exchange_can_send(session->exchange)) {
        uint32_t tag = flights_take(&session->flights, now_ns);
        sample->requests_started++;
        exchange_send(session->exchange, plan->request, tag, plain);
    }
}

static enum step send_requests(struct session *session)
{
    const struct buffer *plain = &session->env->plain;
    uint64_t now_ns = clock_now_ns();
    size_t written;
    session->stage = STAGE_EXCHANGE;
    fill_requests(session, now_ns);
    tls_conn_write(session->tls, plain->data, plain->len, &written);
    set_deadline(session, now_ns, session->env->plan->timeout_ns);
    return STEP_AGAIN;
}

/* Takes back the requests that were sent, or filled in, as early data. */
static void forget_requests(struct session *session)
{
    session->sent_early = false;
    session->sample.requests_started = 0;
    flights_clear(&session->flights);
    exchange_abandon(session->exchange);
}

/* Sends the first requests as early data where they may be: safe ones (RFC 8470), and few enough
 * bytes to be below any server's limit, so that they go out whole. */
static void send_early(struct session *session)
{
    const struct plan *plan = session->env->plan;
    const struct buffer *plain = &session->env->plain;
    size_t written = 0;
    if (plan->requests == 0 || !request_is_safe(plan->request))
        return;
    fill_requests(session, clock_now_ns());
    session->sent_early = plain->len <= EARLY_DATA_MOST &&
                          tls_conn_write(session->tls, plain->data, plain->len, &written) == TLS_OK;
    if (!session->sent_early)
        forget_requests(session);
}

/* The handshake is complete: on to the requests, unless they were early. */
static enum step begin_exchange(struct session *session)
{
    const struct plan *plan = session->env->plan;
    if (!session->sent_early)
        return send_requests(session);
    session->stage = STAGE_EXCHANGE;
    set_deadline(session, session->sample.at.handshaken, plan->timeout_ns);
    return STEP_AGAIN;
}

static enum step say_farewell(struct session *session)
{
    uint64_t timeout_ns = session->env->plan->timeout_ns;
    session->stage = STAGE_FAREWELL;
    session->sent_fin = false;
    tls_conn_close_notify(session->tls);
    flush(session);
    set_deadline(session, clock_now_ns(), timeout_ns < FIN_AFTER_NS ? timeout_ns : FIN_AFTER_NS);
    return STEP_AGAIN;
}

/* The server has let our close_notify be: it ends when TCP does, or not in time. */
static void send_fin(struct session *session)
{
    session->sent_fin = true;
    tcp_shutdown(session->tcp);
    set_deadline(session, clock_now_ns(), session->env->plan->timeout_ns);
}

/* Lets the handshake take its step and, where it is asked for, measures what that costs us. */
static enum tls_status step_handshake(struct session *session)
{
    const struct session_env *env = session->env;
    struct sample *sample = &session->sample;
    if (!env->measure_cpu)
        return tls_conn_handshake(session->tls);
    uint64_t count = env->read_counter != NULL ? env->read_counter(env->counter_arg) : 0;
    uint64_t cpu_ns = clock_thread_cpu_ns();
    enum tls_status status = tls_conn_handshake(session->tls);
    sample->handshake_cpu_ns += clock_thread_cpu_ns() - cpu_ns;
    if (env->read_counter != NULL)
        sample->handshake_instructions += env->read_counter(env->counter_arg) - count;
    return status;
}

static enum step do_handshake(struct session *session)
{
    struct session_env *env = session->env;
    enum tls_status status = step_handshake(session);
    switch (status) {
    case TLS_WANT_READ:
        return STEP_WAIT;
    case TLS_EARLY:
        send_early(session);
        return STEP_AGAIN;
    case TLS_REJECTED:
        forget_requests(session);
        return STEP_AGAIN;
    case TLS_OK:
        break;
    default:
        finish(session, END_TLS, TCP_OK);
        return STEP_WAIT;
    }
    if (env->plan->http == CHOOSE_HTTP_2 && !tls_conn_facts(session->tls)->h2) {
        finish(session, END_TLS, TCP_OK);
        return STEP_WAIT;
    }
    session->sample.at.handshaken = clock_now_ns();
    session->is_established = true;
    env->num_established++;
    tally_established(env->tally, env->num_established);
    return env->plan->requests == 0 ? say_farewell(session) : begin_exchange(session);
}

/* A TLS 1.3 ticket comes when the server pleases, perhaps after its response: who wants one says
 * goodbye and reads on to the end. */
static bool awaits_ticket(const struct session *session)
{
    const struct tls_facts *facts = tls_conn_facts(session->tls);
    return session->env->plan->tls.keep_tickets && facts->version == TLS_VERSION_1_3 &&
           facts->num_tickets == 0;
}

/* All responses are complete. */
static enum step complete(struct session *session)
{
    struct session_env *env = session->env;
    session->sample.at.complete = clock_now_ns();
    if (env->plan->hold_ns == 0 || env->is_ending) {
        if (awaits_ticket(session))
            return say_farewell(session);
        finish(session, END_COMPLETE, TCP_OK);
        return STEP_WAIT;
    }
    session->stage = STAGE_HOLD;
    set_deadline(session, session->sample.at.complete, env->plan->hold_ns);
    return STEP_AGAIN;
}

/* No request is in flight, and some may be left to send. */
static enum step go_on(struct session *session)
{
    const struct session_env *env = session->env;
    if (session->sample.requests_started == env->plan->requests ||
        exchange_is_over(session->exchange))
        return complete(session);
    if (env->is_ending) {
        finish(session, END_OF_RUN, TCP_OK);
        return STEP_WAIT;
    }
    if (env->plan->think_ns == 0)
        return send_requests(session);
    session->stage = STAGE_THINK;
    set_deadline(session, clock_now_ns(), env->plan->think_ns);
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
        finish(session, END_HTTP, TCP_OK);
        return false;
    case EXCHANGE_RESPONSE:
        note_response(session, event);
        break;
    }
    if (event->client_cert_refused) {
        finish(session, END_REFUSAL_PAGE, TCP_OK);
        return false;
    }
    if (!plan_expects_status(session->env->plan, event->status)) {
        finish(session, END_STATUS, TCP_OK);
        return false;
    }
    sample->requests_succeeded++;
    return true;
}

/* Takes all events; then sends what may be sent. */
static enum step take_events(struct session *session)
{
    struct exchange_event event;
    bool answered = false;
    while (exchange_next(session->exchange, &event)) {
        answered |= event.kind == EXCHANGE_RESPONSE;
        if (!take_event(session, &event))
            return STEP_WAIT;
    }
    if (!answered)
        return STEP_AGAIN;
    if (session->flights.count == 0)
        return go_on(session);
    const struct session_env *env = session->env;
    if (env->is_ending || env->plan->think_ns > 0 || exchange_is_over(session->exchange))
        return STEP_AGAIN;
    return send_requests(session);
}

/* All is complete and only a ticket may still come: no end is a bad one. */
static bool is_parting(const struct session *session)
{
    return session->stage == STAGE_FAREWELL && session->sample.at.complete != 0;
}

/* The peer ended the stream, in TLS or in TCP. A response that lasts until the end is complete. */
static enum step end_of_stream(struct session *session, enum tcp_end end)
{
    if (session->stage == STAGE_EXCHANGE && end == TCP_EOF && exchange_end(session->exchange) &&
        session->flights.count > 0) {
        take_events(session);
        if (session->stage == STAGE_CLOSING || session->stage == STAGE_IDLE)
            return STEP_WAIT;
    }
    finish(session, is_parting(session) ? END_COMPLETE : END_STREAM, end);
    return STEP_WAIT;
}

/* Reads what TLS has; in any stage after the handshake. */
static enum step do_read(struct session *session)
{
    const uint8_t *bytes;
    size_t len;
    switch (tls_conn_read(session->tls, &bytes, &len)) {
    case TLS_WANT_READ:
        if (is_parting(session) && !awaits_ticket(session))
            finish(session, END_COMPLETE, TCP_OK);
        return STEP_WAIT;
    case TLS_CLOSED:
        return end_of_stream(session, TCP_EOF);
    case TLS_OK:
        break;
    default:
        finish(session, is_parting(session) ? END_COMPLETE : END_TLS, TCP_OK);
        return STEP_WAIT;
    }
    if (session->stage == STAGE_FAREWELL)
        return STEP_AGAIN;
    struct buffer *answer = &session->env->plain;
    buffer_clear(answer);
    bool understood = exchange_feed(session->exchange, bytes, len, answer);
    size_t written;
    if (answer->len > 0)
        tls_conn_write(session->tls, answer->data, answer->len, &written);
    enum step step = take_events(session);
    if (!understood && session->stage != STAGE_CLOSING && session->stage != STAGE_IDLE) {
        finish(session, END_HTTP, TCP_OK);
        return STEP_WAIT;
    }
    return step;
}

static enum step (*const steps[])(struct session *) = {
    [STAGE_HANDSHAKE] = do_handshake, [STAGE_EXCHANGE] = do_read, [STAGE_THINK] = do_read,
    [STAGE_HOLD] = do_read,           [STAGE_FAREWELL] = do_read, [STAGE_CLOSING] = NULL,
};

/* Steps until the session waits or ends, and sends what came out of it. */
static void drive(struct session *session)
{
    while (steps[session->stage] != NULL && steps[session->stage](session) == STEP_AGAIN)
        ;
    if (steps[session->stage] != NULL)
        flush(session);
}

static void on_connected(void *owner, enum tcp_end end)
{
    struct session *session = owner;
    struct session_env *env = session->env;
    const struct address_list *addresses = &env->plan->addresses;
    if (end == TCP_OK) {
        session->sample.at.connected = clock_now_ns();
        env->preferred_address =
            (session->first_address + session->addresses_tried - 1) % addresses->count;
        flights_clear(&session->flights);
        session->sent_early = false;
        session->stage = STAGE_HANDSHAKE;
        set_deadline(session, session->sample.at.connected, env->plan->timeout_ns);
        tls_conn_start(session->tls, session->identity, session->policy, session->offer_ticket);
        drive(session);
        return;
    }
    bool server_side = end == TCP_REFUSED || end == TCP_UNREACHABLE || end == TCP_TIMED_OUT;
    if (server_side && session->addresses_tried < addresses->count) {
        session->reconnecting = true;
        deadline_set(env->deadlines, session->deadline, NEVER_NS);
        tcp_close(session->tcp, false);
        return;
    }
    finish(session, END_CONNECT, end);
}

static void on_bytes(void *owner, const uint8_t *bytes, size_t len)
{
    struct session *session = owner;
    if (steps[session->stage] == NULL)
        return;
    session->sample.bytes_read += len;
    tls_conn_feed(session->tls, bytes, len);
    drive(session);
}

static void on_end(void *owner, enum tcp_end end)
{
    struct session *session = owner;
    if (steps[session->stage] != NULL)
        end_of_stream(session, end);
}

static void on_closed(void *owner)
{
    struct session *session = owner;
    struct session_env *env = session->env;
    if (session->reconnecting) {
        connect_next(session);
        return;
    }
    session->stage = STAGE_IDLE;
    tally_session(env->tally, &session->sample);
    env->on_done(env->owner, session->deadline, &session->sample);
}

static const struct tcp_events tcp_events = {on_connected, on_bytes, on_end, on_closed};

void session_expire(struct session *session)
{
    switch (session->stage) {
    case STAGE_IDLE:
    case STAGE_CLOSING:
        return;
    case STAGE_THINK:
        send_requests(session);
        drive(session);
        return;
    case STAGE_HOLD:
        finish(session, END_COMPLETE, TCP_OK);
        return;
    case STAGE_FAREWELL:
        if (!session->sent_fin) {
            send_fin(session);
            return;
        }
        /* fall through */
    default:
        finish(session, is_parting(session) ? END_COMPLETE : END_DEADLINE, TCP_OK);
    }
}

void session_wind_down(struct session *session)
{
    if (session->stage == STAGE_HOLD || is_parting(session))
        finish(session, END_COMPLETE, TCP_OK);
    else if (session->stage == STAGE_THINK)
        finish(session, END_OF_RUN, TCP_OK);
}

void session_cut(struct session *session)
{
    session->reconnecting = false;
    if (session->stage != STAGE_IDLE && session->stage != STAGE_CLOSING)
        finish(session, is_parting(session) ? END_COMPLETE : END_OF_RUN, TCP_OK);
}
