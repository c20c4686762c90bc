/* SPDX-License-Identifier: Apache-2.0 */
/* How runs go: requests, addresses, resumption. */
#include "base/clock.h"
#include "base/memory.h"
#include "engine/trial.h"
#include "net/listener.h"
#include "tls/fixtures.h"

#include <signal.h>

static const struct tls_server_config plain = {0};
static const struct tls_server_config asking = {.client_ca = FIXTURE("client-ca.crt")};
static const struct tls_server_config with_tickets = {.client_ca = FIXTURE("client-ca.crt"),
                                                      .tickets = true};

/* Addresses */

static void prepend_dead_addresses(struct plan *plan, size_t count)
{
    struct address live = plan->addresses.items[0];
    plan->addresses.count = count + 1;
    plan->addresses.items =
        memory_resize(plan->addresses.items, plan->addresses.count * sizeof(struct address));
    for (size_t i = 0; i < count; i++)
        plan->addresses.items[i] = listener_dead_address();
    plan->addresses.items[count] = live;
}

static void where_the_first_addresses_refuse_the_one_that_works_is_found(void **state)
{
    (void)state;
    static const struct {
        size_t num_dead;
        uint64_t connections;
    } cases[] = {{1, 1}, {1, 8}, {3, 8}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct trial trial;
        trial_start(&trial, MANNER_SERVE, &plain);
        prepend_dead_addresses(&trial.plan, cases[i].num_dead);
        trial.plan.connections = cases[i].connections;
        trial.plan.threads = cases[i].connections > 1 ? 2 : 1;
        trial.plan.sessions = 40;
        trial_run(&trial);
        trial_expect(&trial, OUTCOME_SUCCEEDED);
        struct address address = service_address(trial.service);
        char text[ADDRESS_TEXT_LEN];
        address_text(&address, text);
        assert_string_equal(trial.result->address, text);
        trial_cleanup(&trial);
    }
}

static void where_all_addresses_refuse_each_session_says_so(void **state)
{
    (void)state;
    struct trial trial;
    trial_plan(&trial, NULL);
    prepend_dead_addresses(&trial.plan, 2);
    trial_run(&trial);
    trial_expect(&trial, OUTCOME_CONNECT_REFUSED);
    trial_cleanup(&trial);
}

/* There is nothing else to wait for: one wait, and the next sessions begin with the address that
 * works. */
static void where_the_first_address_does_not_answer_the_next_one_is_tried_and_kept(void **state)
{
    (void)state;
    for (uint64_t connections = 1; connections <= 4; connections += 3) {
        struct trial trial;
        struct listener silent;
        listener_open_silent(&silent);
        trial_start(&trial, MANNER_SERVE, &plain);
        prepend_dead_addresses(&trial.plan, 1);
        trial.plan.addresses.items[0] = silent.address;
        trial.plan.connect_timeout_ns = 300 * NS_PER_MS;
        trial.plan.connections = connections;
        trial.plan.sessions = 20;
        trial_run(&trial);
        trial_expect(&trial, OUTCOME_SUCCEEDED);
        assert_true(trial.took_s >= 0.3 && trial.took_s < 3);
        trial_cleanup(&trial);
        listener_join(&silent);
    }
}

static void where_no_address_answers_each_session_says_so(void **state)
{
    (void)state;
    struct trial trial;
    struct listener silent;
    listener_open_silent(&silent);
    trial_plan(&trial, NULL);
    prepend_dead_addresses(&trial.plan, 1);
    for (size_t i = 0; i < trial.plan.addresses.count; i++)
        trial.plan.addresses.items[i] = silent.address;
    trial.plan.connect_timeout_ns = 100 * NS_PER_MS;
    trial_run(&trial);
    trial_expect(&trial, OUTCOME_CONNECT_TIMEOUT);
    assert_non_null(strstr(trial.stories.first, ": timed out"));
    assert_non_null(strstr(trial.stories.first, "the last of 2 addresses tried"));
    trial_cleanup(&trial);
    listener_join(&silent);
}

/* The result of an IPv6 address on a machine without IPv6: the socket cannot be created. */
static void an_address_that_cannot_be_used_here_is_no_reason_not_to_try_the_next(void **state)
{
    (void)state;
    struct trial trial;
    trial_start(&trial, MANNER_SERVE, &plain);
    prepend_dead_addresses(&trial.plan, 1);
    trial.plan.addresses.items[0].storage.ss_family = AF_UNIX;
    trial_run(&trial);
    trial_expect(&trial, OUTCOME_SUCCEEDED);
    trial_cleanup(&trial);
}

static void sessions_come_from_the_sources_in_turn(void **state)
{
    (void)state;
    struct trial trial;
    struct error err;
    trial_start(&trial, MANNER_SERVE, &plain);
    assert_true(resolve_sources(&trial.plan.sources, "::1,127.0.0.2-127.0.0.3", &err));
    trial_run(&trial);
    trial_expect(&trial, OUTCOME_SUCCEEDED);
    trial_cleanup(&trial);
}

/* Requests, pauses, holds */

static void where_the_server_ends_the_connection_in_good_order_the_session_is_done(void **state)
{
    (void)state;
    struct trial trial;
    trial_start(&trial, MANNER_LAST_RESPONSE, &asking);
    trial_identity(&trial, "client-p256");
    trial.plan.requests = 3;
    trial_run(&trial);
    trial_expect(&trial, OUTCOME_SUCCEEDED);
    assert_int_equal(trial.result->requests_started, 4);
    assert_int_equal(trial.result->requests_succeeded, 4);
    trial_cleanup(&trial);
}

static double mean_ms(const struct result *result, enum latency_kind kind)
{
    struct latency_summary summary;
    latency_summarize(result->latencies[kind], &summary);
    return summary.mean / 1e6;
}

static void a_pause_between_requests_is_kept(void **state)
{
    (void)state;
    struct trial trial;
    trial_start(&trial, MANNER_SERVE, &plain);
    trial.plan.requests = 3;
    trial.plan.think_ns = 40 * NS_PER_MS;
    trial.plan.timeout_ns = 10 * NS_PER_S;
    trial_run(&trial);
    trial_expect(&trial, OUTCOME_SUCCEEDED);
    assert_int_equal(service_seen(trial.service)->requests, 12);
    assert_true(mean_ms(trial.result, LATENCY_SESSION) >= 80);
    assert_true(mean_ms(trial.result, LATENCY_REQUEST) <
                mean_ms(trial.result, LATENCY_SESSION) / 2);
    trial_cleanup(&trial);
}

static void
a_hold_keeps_sessions_open_longer_than_their_deadline_and_out_of_their_latency(void **state)
{
    (void)state;
    struct trial trial;
    trial_start(&trial, MANNER_SERVE, &plain);
    trial.plan.hold_ns = 1200 * NS_PER_MS;
    trial.plan.timeout_ns = 1000 * NS_PER_MS;
    trial.plan.sessions = 2;
    trial_run(&trial);
    trial_expect(&trial, OUTCOME_SUCCEEDED);
    assert_true(trial.took_s >= 1.2);
    assert_true(mean_ms(trial.result, LATENCY_SESSION) < 1200);
    assert_int_equal(trial.result->peak_established, 2);
    trial_cleanup(&trial);
}

/* The second session is still held when the first has ended: its handshake was counted long
 * before. */
static void handshakes_of_held_sessions_stand_where_they_were_complete(void **state)
{
    (void)state;
    struct trial trial;
    trial_start(&trial, MANNER_SERVE, &plain);
    trial.plan.rate = 4;
    trial.plan.hold_ns = 1200 * NS_PER_MS;
    trial.plan.sessions = 2;
    trial_run(&trial);
    trial_expect(&trial, OUTCOME_SUCCEEDED);
    const struct result *result = trial.result;
    assert_true(result->num_series >= 2 && result->num_intervals >= 2);
    assert_int_equal(result->series[0].handshakes, 2);
    assert_int_equal(result->series[0].requests, 2);
    assert_int_equal(result->series[0].sessions, 0);
    assert_non_null(result->intervals[0].hdr[LATENCY_TLS_HANDSHAKE]);
    for (size_t i = 1; i < result->num_intervals; i++)
        assert_null(result->intervals[i].hdr[LATENCY_TLS_HANDSHAKE]);
    double last_s = result->series[result->num_series - 1].length_s; /* it ends at 1.45 s */
    assert_true(result->series[0].length_s == 1 && last_s > 0.4 && last_s < 1);
    trial_cleanup(&trial);
}

static void a_session_in_its_hold_when_the_run_ends_has_succeeded(void **state)
{
    (void)state;
    struct trial trial;
    trial_start(&trial, MANNER_SERVE, &plain);
    trial.plan.sessions = 0;
    trial.plan.duration_ns = 300 * NS_PER_MS;
    trial.plan.hold_ns = 60 * NS_PER_S;
    trial_run(&trial);
    trial_expect(&trial, OUTCOME_SUCCEEDED);
    assert_int_equal(trial.result->started, 2);
    assert_true(trial.took_s < 10);
    trial_cleanup(&trial);
}

static void a_session_that_pauses_when_the_run_ends_is_cut_off(void **state)
{
    (void)state;
    struct trial trial;
    trial_start(&trial, MANNER_SERVE, &plain);
    trial.plan.sessions = 0;
    trial.plan.duration_ns = 300 * NS_PER_MS;
    trial.plan.requests = 2;
    trial.plan.think_ns = 60 * NS_PER_S;
    trial_run(&trial);
    trial_expect(&trial, OUTCOME_CUT_OFF);
    assert_true(trial.took_s < 10);
    trial_cleanup(&trial);
}

/* Sessions that continue until the end of the run have had their responses. */
static void endless_sessions_are_served_until_the_run_ends(void **state)
{
    (void)state;
    for (int shown = 0; shown < 2; shown++) {
        struct trial trial;
        trial_start(&trial, MANNER_SERVE, &asking);
        trial_identity(&trial, "client-p256");
        if (shown)
            trial_expect_refused(&trial, 0);
        trial.plan.sessions = 0;
        trial.plan.duration_ns = 300 * NS_PER_MS;
        trial.plan.requests = REQUESTS_ENDLESS;
        trial_run(&trial);
        trial_expect(&trial, OUTCOME_CUT_OFF);
        const struct result *result = trial.result;
        assert_int_equal(result->started, 2);
        assert_int_equal(result->cut_off_served, 2);
        assert_int_equal(result->identities[0].cut_off_served, 2);
        assert_int_equal(result->cut_off_responses, result->requests_succeeded);
        assert_true(result->requests_succeeded > 20 && result->requests_failed == 0);
        assert_int_equal(result->passed, !shown);
        if (shown)
            assert_non_null(strstr(result->violations[0], "was accepted in 2 of 2 sessions"));
        trial_cleanup(&trial);
    }
}

static void what_is_in_flight_when_the_run_ends_is_cut_off_after_the_timeout(void **state)
{
    (void)state;
    struct trial trial;
    trial_start(&trial, MANNER_STALL_AT_ONCE, &plain);
    trial.plan.sessions = 0;
    trial.plan.duration_ns = 100 * NS_PER_MS;
    trial.plan.timeout_ns = 300 * NS_PER_MS;
    trial_run(&trial);
    assert_int_equal(trial.result->by_class[CLASS_CUT_OFF] + trial.result->by_class[CLASS_FAILED],
                     2);
    assert_true(trial.took_s >= 0.3 && trial.took_s < 10);
    assert_true(trial.result->duration_s < 2); /* the window, without what came after */
    trial_cleanup(&trial);
}

static void a_ramp_up_lets_the_slots_in_one_by_one(void **state)
{
    (void)state;
    struct trial trial;
    trial_start(&trial, MANNER_SERVE, &plain);
    trial.plan.connections = 4;
    trial.plan.sessions = 4;
    trial.plan.ramp_ns = 400 * NS_PER_MS;
    trial.plan.hold_ns = 10 * NS_PER_S; /* so that each slot has one session */
    trial.plan.duration_ns = 600 * NS_PER_MS;
    trial_run(&trial);
    trial_expect(&trial, OUTCOME_SUCCEEDED);
    assert_int_equal(trial.result->started, 4);
    assert_true(trial.took_s >= 0.3);
    trial_cleanup(&trial);
}

/* Threads, tickets */

static void several_threads_share_the_sessions_and_rotate_evenly(void **state)
{
    (void)state;
    struct trial trial;
    trial_start(&trial, MANNER_SERVE, &asking);
    trial_identity(&trial, "client-p256");
    trial_identity(&trial, "client-p384");
    trial.plan.threads = 2;
    trial.plan.connections = 5;
    trial.plan.sessions = 41;
    trial_run(&trial);
    trial_expect(&trial, OUTCOME_SUCCEEDED);
    assert_int_equal(trial.result->started, 41);
    assert_int_equal(trial.result->num_thread_uses, 2);
    assert_in_range(trial.result->identities[0].sessions, 19, 22);
    trial_cleanup(&trial);
}

static void
shards_with_other_numbers_of_threads_share_the_sessions_and_say_their_shares(void **state)
{
    (void)state;
    static const struct {
        unsigned threads;
        uint64_t connections, sessions;
    } shards[] = {{2, 4, 51}, {4, 4, 50}};
    struct service *service = service_start(MANNER_SERVE, &plain);
    for (unsigned i = 0; i < COUNT_OF(shards); i++) {
        struct trial trial;
        trial_plan(&trial, service);
        trial.plan.shard = i;
        trial.plan.num_shards = COUNT_OF(shards);
        trial.plan.threads = shards[i].threads;
        trial.plan.connections = 8;
        trial.plan.sessions = 101;
        trial.plan.rate = 2000;
        trial_run(&trial);
        trial_expect(&trial, OUTCOME_SUCCEEDED);
        assert_int_equal(trial.result->started, shards[i].sessions);
        assert_int_equal(trial.result->connections, shards[i].connections);
        assert_true(trial.result->rate == 1000);
        trial_cleanup(&trial);
    }
    assert_int_equal(service_seen(service)->requests, 101);
    service_stop(service);
}

static void sessions_are_resumed_and_their_pins_checked_again(void **state)
{
    (void)state;
    static const uint16_t versions[] = {TLS_VERSION_1_2, TLS_VERSION_1_3};
    for (size_t i = 0; i < COUNT_OF(versions); i++) {
        struct trial trial;
        trial_start(&trial, MANNER_SERVE, &with_tickets);
        trial_identity(&trial, "client-p256");
        trial_identity(&trial, "client-rsa");
        trial.plan.sessions = 40;
        trial.plan.session_mode = SESSION_RESUME;
        trial.plan.tls.keep_tickets = true;
        trial.plan.tls.version_max = versions[i];
        trial_run(&trial);
        const struct result *result = trial.result;
        trial_expect(&trial, OUTCOME_SUCCEEDED);
        assert_in_range(result->handshakes_resumed, 30, 38); /* one of each identity is full */
        assert_int_equal(result->handshakes_resumed, service_seen(trial.service)->resumed);
        assert_int_equal(result->tickets_offered, result->handshakes_resumed);
        assert_int_equal(result->tickets_declined, 0);
        assert_int_equal(result->pins_matched, 40);
        assert_int_equal(result->pins_checked_resumed, result->handshakes_resumed);
        trial_cleanup(&trial);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(where_the_first_addresses_refuse_the_one_that_works_is_found),
        cmocka_unit_test(where_all_addresses_refuse_each_session_says_so),
        cmocka_unit_test(where_the_first_address_does_not_answer_the_next_one_is_tried_and_kept),
        cmocka_unit_test(where_no_address_answers_each_session_says_so),
        cmocka_unit_test(an_address_that_cannot_be_used_here_is_no_reason_not_to_try_the_next),
        cmocka_unit_test(sessions_come_from_the_sources_in_turn),
        cmocka_unit_test(where_the_server_ends_the_connection_in_good_order_the_session_is_done),
        cmocka_unit_test(a_pause_between_requests_is_kept),
        cmocka_unit_test(
            a_hold_keeps_sessions_open_longer_than_their_deadline_and_out_of_their_latency),
        cmocka_unit_test(handshakes_of_held_sessions_stand_where_they_were_complete),
        cmocka_unit_test(a_session_in_its_hold_when_the_run_ends_has_succeeded),
        cmocka_unit_test(a_session_that_pauses_when_the_run_ends_is_cut_off),
        cmocka_unit_test(endless_sessions_are_served_until_the_run_ends),
        cmocka_unit_test(what_is_in_flight_when_the_run_ends_is_cut_off_after_the_timeout),
        cmocka_unit_test(a_ramp_up_lets_the_slots_in_one_by_one),
        cmocka_unit_test(several_threads_share_the_sessions_and_rotate_evenly),
        cmocka_unit_test(
            shards_with_other_numbers_of_threads_share_the_sessions_and_say_their_shares),
        cmocka_unit_test(sessions_are_resumed_and_their_pins_checked_again),
    };
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
