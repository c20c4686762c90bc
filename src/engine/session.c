/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From connect to the handshake, and the loop that drives the stages. session_requests and
 * session_end have the other stages, and do not depend on this file.
 */
#include "engine/session.h"

#include "base/clock.h"
#include "base/memory.h"
#include "engine/headcount.h"
#include "engine/session_end.h"
#include "engine/session_requests.h"
#include "http/exchange.h"
#include "measure/tally.h"
#include "net/net_loop.h"
#include "net/resolve.h"
#include "net/sources.h"
#include "tls/tls_context.h"

#include <assert.h>
#include <stdlib.h>

static const struct tcp_events tcp_events;

struct session *session_new(struct session_env *env, struct deadline *deadline)
{
    struct session *session = memory_new(1, sizeof *session);
    session->env = env;
    session->deadline = deadline;
    session->tcp = tcp_new(env->loop, &tcp_events, session);
    session->tls = tls_conn_new(env->tls);
    tls_conn_set_owner(session->tls, session);
    session->exchange = exchange_new(&env->events);
    flights_init(&session->flights, env->plan->streams, &env->num_in_flight);
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
    if (session->late != NULL)
        buffer_cleanup(session->late);
    free(session->late);
    if (session->held != NULL)
        buffer_cleanup(session->held);
    free(session->held);
    free(session);
}

static void connect_next(struct session *session, uint64_t now_ns)
{
    struct session_env *env = session->env;
    struct sample *sample = &session->sample;
    const struct address_list *addresses = &env->plan->addresses;
    sample->address =
        (uint32_t)((session->first_address + sample->addresses_tried++) % addresses->count);
    const struct address *address = &addresses->items[sample->address];
    session->stage = STAGE_CONNECT;
    session->reconnecting = false;
    sample->at.connecting = now_ns;
    session_set_deadline(session, now_ns, env->plan->connect_timeout_ns);
    tcp_connect(session->tcp, address,
                sources_take(&env->plan->sources, address, &env->next_source));
}

void session_begin(struct session *session, const struct session_start *start)
{
    assert(session->stage == STAGE_IDLE);
    session->is_anonymous = start->identity == TLS_NO_IDENTITY;
    session->policy = start->policy;
    session->offer_ticket = start->offer_ticket;
    session->ticket_from = start->ticket_from;
    session->first_address = (uint32_t)start->first_address;
    session->connect_end = TCP_OK;
    session->ended_by_fin = false;
    session->sample =
        (struct sample){.identity = session->is_anonymous ? 0 : (uint32_t)start->identity,
                        .generation = start->generation,
                        .revision = start->revision,
                        .arm = start->arm,
                        .serial = start->serial,
                        .at = {.intended = start->intended_ns, .started = start->now_ns}};
    connect_next(session, start->now_ns);
}

/* Lets the handshake take a step and, if its cost is measured, measures that. */
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
    case TLS_WANT_SIGNATURE:
        return STEP_WAIT;
    case TLS_EARLY:
        session_send_early(session);
        return STEP_AGAIN;
    case TLS_REJECTED:
        session_forget_requests(session);
        return STEP_AGAIN;
    case TLS_OK:
        break;
    default:
        session_finish(session, END_TLS, TCP_OK);
        return STEP_WAIT;
    }
    session->sample.at.handshaken = clock_now_ns();
    tally_handshake(env->tally, &session->sample, tls_conn_facts(session->tls));
    session->is_established = true;
    env->num_established++;
    headcount_enter(env->crowd);
    if (env->plan->http == CHOOSE_HTTP_2 && !tls_conn_facts(session->tls)->h2) {
        session_finish(session, END_TLS, TCP_OK);
        return STEP_WAIT;
    }
    return env->plan->requests == 0 ? session_say_farewell(session)
                                    : session_begin_requests(session);
}

static enum step (*const steps[])(struct session *) = {
    [STAGE_HANDSHAKE] = do_handshake,
    [STAGE_EXCHANGE] = session_read,
    [STAGE_THINK] = session_read,
    [STAGE_HOLD] = session_read,
    [STAGE_FAREWELL] = session_read_farewell,
    [STAGE_CLOSING] = NULL,
};

/* Steps until the session waits or ends, and sends the output. Sending may also create events,
 * which session_read handles. */
static void drive(struct session *session)
{
    do {
        while (steps[session->stage] != NULL && steps[session->stage](session) == STEP_AGAIN)
            ;
        if (steps[session->stage] != NULL)
            session_push(session);
    } while (exchange_has_events(session->exchange));
}

/* Sends what has been filled in, and handles the consequences: events, or a failure to send. */
static void send_off(struct session *session)
{
    session_push(session);
    if (exchange_has_events(session->exchange) || !tls_conn_is_open(session->tls))
        drive(session);
}

void session_uncork(struct session_env *env)
{
    struct corked *corked;
    while ((corked = cork_take(&env->cork)) != NULL) {
        struct session *session = (struct session *)corked;
        if (session_send_more(session))
            send_off(session);
    }
}

/* Failures after which another of the host's addresses may still work. An unavailable address
 * family affects only that address, but a lack of descriptors or memory affects all. */
static bool may_try_another(const struct session *session, enum tcp_end end)
{
    return end != TCP_NO_DESCRIPTORS && end != TCP_NO_MEMORY &&
           session->sample.addresses_tried < session->env->plan->addresses.count;
}

/* If all addresses fail, a failure on the server's side says more than one of this machine. */
static void note_failure(struct session *session, enum tcp_end end)
{
    bool is_servers = end == TCP_REFUSED || end == TCP_UNREACHABLE || end == TCP_TIMED_OUT;
    if (is_servers || session->connect_end == TCP_OK)
        session->connect_end = end;
}

/* Goes on to the next address; sessions that start later begin with it. */
static void fail_to_connect(struct session *session, enum tcp_end end)
{
    struct session_env *env = session->env;
    size_t failed = session->sample.address;
    note_failure(session, end);
    if (env->preferred_address == failed)
        env->preferred_address = (failed + 1) % env->plan->addresses.count;
    if (!may_try_another(session, end)) {
        session_finish(session, END_CONNECT, session->connect_end);
        return;
    }
    session->reconnecting = true;
    deadline_set(env->deadlines, session->deadline, NEVER_NS);
    tcp_close(session->tcp, false);
}

static void on_connected(void *owner, enum tcp_end end)
{
    struct session *session = owner;
    struct session_env *env = session->env;
    if (end != TCP_OK) {
        fail_to_connect(session, end);
        return;
    }
    session->sample.at.connected = clock_now_ns();
    tally_connected(env->tally, &session->sample);
    env->preferred_address = session->sample.address;
    session->sent_early = false;
    session->stage = STAGE_HANDSHAKE;
    session_set_deadline(session, session->sample.at.connected, env->plan->timeout_ns);
    if (env->plan->each_address)
        tls_conn_set_address(session->tls, session->sample.address,
                             session->ticket_from == ADDRESS_OWN ? session->sample.address
                                                                 : session->ticket_from);
    tls_conn_start(session->tls, session->is_anonymous ? TLS_NO_IDENTITY : session->sample.identity,
                   session->policy, session->offer_ticket);
    drive(session);
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

void session_signed(struct session *session)
{
    if (session->stage == STAGE_HANDSHAKE)
        drive(session);
}

static void on_end(void *owner, enum tcp_end end)
{
    struct session *session = owner;
    if (steps[session->stage] != NULL)
        session_end_of_stream(session, end, false);
}

static void on_closed(void *owner)
{
    struct session *session = owner;
    struct session_env *env = session->env;
    if (session->reconnecting) {
        connect_next(session, clock_now_ns());
        return;
    }
    session->stage = STAGE_IDLE;
    tally_session(env->tally, &session->sample);
    env->on_done(env->owner, session->deadline, &session->sample);
}

static void on_drained(void *owner)
{
    struct session *session = owner;
    if (steps[session->stage] != NULL && session_resume(session) == STEP_AGAIN)
        send_off(session);
}

static const struct tcp_events tcp_events = {on_connected, on_bytes, on_end, on_closed, on_drained};

void session_expire(struct session *session)
{
    switch (session->stage) {
    case STAGE_IDLE:
    case STAGE_CLOSING:
        return;
    case STAGE_CONNECT:
        fail_to_connect(session, TCP_TIMED_OUT);
        return;
    case STAGE_EXCHANGE:
        session_expire_requests(session);
        return;
    case STAGE_THINK:
        session_send_requests(session);
        drive(session);
        return;
    case STAGE_HOLD:
        session_finish(session, END_COMPLETE, TCP_OK);
        return;
    case STAGE_FAREWELL:
        session_expire_farewell(session);
        return;
    default:
        if (!session_send_held(session))
            session_finish(session, END_DEADLINE, TCP_OK);
    }
}

void session_wind_down(struct session *session)
{
    if (session->stage == STAGE_HOLD || session_is_parting(session))
        session_finish(session, END_COMPLETE, TCP_OK);
    else if (session->stage == STAGE_THINK ||
             (session->stage == STAGE_EXCHANGE && session->flights.count == 0))
        session_finish(session, END_OF_RUN, TCP_OK);
}

void session_cut(struct session *session)
{
    session->reconnecting = false;
    if (!session_has_ended(session))
        session_finish(session, session_is_parting(session) ? END_COMPLETE : END_OF_RUN, TCP_OK);
}
