/* SPDX-License-Identifier: Apache-2.0 */
/* Runs with HTTP/2: several requests at a time on each connection. */
#include "base/clock.h"
#include "engine/trial.h"
#include "tls/fixtures.h"

#include <nghttp2/nghttp2.h>
#include <signal.h>

static const struct tls_server_config plain = {.limits = {.alpn = TLS_ALPN_H2}};

static void what_is_answered_together_is_asked_together_in_one_record(void **state)
{
    (void)state;
    struct trial trial;
    trial_start(&trial, MANNER_SERVE, &plain);
    trial_http2(&trial, "/ok", 10);
    trial.plan.requests = 200;
    trial_run(&trial);
    trial_expect(&trial, OUTCOME_SUCCEEDED);
    assert_int_equal(trial.result->requests_succeeded, 4 * 200);
    assert_int_equal(service_seen(trial.service)->requests, 4 * 200);
    /* 20 of ten requests each, one that takes note of SETTINGS, and a few that came apart */
    assert_in_range(service_seen(trial.service)->records, 4 * 20, 4 * 40);
    trial_cleanup(&trial);
}

static void a_server_that_does_not_choose_http2_has_shaken_hands_all_the_same(void **state)
{
    (void)state;
    static const struct tls_server_config deaf = {.limits = {.alpn = TLS_ALPN_NONE}};
    struct trial trial;
    trial_start(&trial, MANNER_SERVE, &deaf);
    trial_http2(&trial, "/ok", 1);
    trial_run(&trial);
    trial_expect(&trial, OUTCOME_TLS_PROTOCOL);
    assert_int_equal(trial.result->handshakes_full, 4);
    assert_int_equal(latency_count(trial.result->latencies[LATENCY_TLS_HANDSHAKE]), 4);
    trial_cleanup(&trial);
}

static void requests_beyond_the_servers_streams_are_sent_again(void **state)
{
    (void)state;
    struct trial trial;
    trial_start(&trial, MANNER_FEW_STREAMS, &plain);
    trial_http2(&trial, "/ok", 10);
    trial.plan.requests = 50;
    trial_run(&trial);
    trial_expect(&trial, OUTCOME_SUCCEEDED);
    assert_int_equal(trial.result->requests_started, 4 * 50);
    assert_int_equal(trial.result->requests_succeeded, 4 * 50);
    trial_cleanup(&trial);
}

/* Fifteen on each connection; requests sent beyond them count as not started. */
static void goaway_in_the_midst_of_requests_is_an_end_in_good_order(void **state)
{
    (void)state;
    for (unsigned streams = 1; streams <= 10; streams += 3) {
        struct trial trial;
        trial_start(&trial, MANNER_FEW_REQUESTS, &plain);
        trial_http2(&trial, "/ok", streams);
        trial.plan.requests = 100;
        trial_run(&trial);
        trial_expect(&trial, OUTCOME_SUCCEEDED);
        assert_int_equal(trial.result->requests_started, 4 * 15);
        assert_int_equal(trial.result->requests_succeeded, 4 * 15);
        assert_int_equal(trial.result->requests_failed, 0);
        trial_cleanup(&trial);
    }
}

static void a_server_that_declines_everything_is_not_asked_for_ever(void **state)
{
    (void)state;
    struct trial trial;
    trial_start(&trial, MANNER_SERVE, &plain);
    trial_http2(&trial, "/declined", 10);
    trial.plan.requests = 20;
    trial_run(&trial);
    trial_expect(&trial, OUTCOME_BAD_RESPONSE);
    assert_int_equal(service_seen(trial.service)->requests, 4 * 10);
    assert_int_equal(trial.result->requests_started, 0);
    trial_cleanup(&trial);
}

/* Not a success: nothing shows that the server accepted the client certificate. */
static void goaway_before_any_response_is_the_servers_close(void **state)
{
    (void)state;
    static const struct tls_server_config asking = {.client_ca = FIXTURE("client-ca.crt"),
                                                    .limits = {.alpn = TLS_ALPN_H2}};
    for (int asks = 0; asks < 2; asks++) {
        struct trial trial;
        trial_start(&trial, MANNER_NO_REQUESTS, asks ? &asking : &plain);
        if (asks)
            trial_identity(&trial, "client-p256");
        trial_http2(&trial, "/ok", 10);
        trial_run(&trial);
        trial_expect(&trial, asks ? OUTCOME_CLOSED_BEFORE_ACCEPT : OUTCOME_CLOSED_EARLY);
        trial_cleanup(&trial);
    }
}

static void goaway_in_a_pause_between_requests_is_an_end_in_good_order(void **state)
{
    (void)state;
    static const enum manner manners[] = {MANNER_SERVE, MANNER_LAST_RESPONSE};
    for (size_t i = 0; i < COUNT_OF(manners); i++) {
        struct trial trial;
        trial_start(&trial, manners[i], &plain);
        trial_http2(&trial, "/last", 1);
        trial.plan.requests = 3;
        trial.plan.think_ns = 60 * NS_PER_S;
        trial_run(&trial);
        trial_expect(&trial, OUTCOME_SUCCEEDED);
        assert_int_equal(trial.result->requests_started, 4);
        assert_true(trial.took_s < 10); /* no pause is waited for */
        trial_cleanup(&trial);
    }
}

/* The first request of each connection has no response while others have theirs. */
static void a_stream_that_hangs_runs_into_its_deadline_whatever_others_do(void **state)
{
    (void)state;
    struct trial trial;
    trial_start(&trial, MANNER_SERVE, &plain);
    trial_http2(&trial, "/first-held", 3);
    trial.plan.sessions = 2;
    trial.plan.requests = 1000000000;
    trial.plan.timeout_ns = 500 * NS_PER_MS;
    trial.plan.duration_ns = 5 * NS_PER_S;
    trial_run(&trial);
    trial_expect(&trial, OUTCOME_RESPONSE_TIMEOUT);
    assert_true(trial.took_s >= 0.5 && trial.took_s < 3);
    assert_true(trial.result->requests_succeeded > 10);
    trial_cleanup(&trial);
}

/* Each request has its own deadline: a session may take longer. */
static void a_session_of_many_requests_may_take_longer_than_the_deadline(void **state)
{
    (void)state;
    struct trial trial;
    trial_start(&trial, MANNER_SERVE, &plain);
    trial_http2(&trial, "/ok", 3);
    trial.plan.sessions = 0;
    trial.plan.requests = 1000000000;
    trial.plan.timeout_ns = 200 * NS_PER_MS;
    trial.plan.duration_ns = 700 * NS_PER_MS;
    trial_run(&trial);
    trial_expect(&trial, OUTCOME_CUT_OFF);
    trial_cleanup(&trial);
}

/* Linked in place of nghttp2's: one request cannot be submitted, as if memory had run out. */
int32_t __real_nghttp2_submit_request(nghttp2_session *session, const nghttp2_priority_spec *spec,
                                      const nghttp2_nv *fields, size_t num_fields,
                                      const nghttp2_data_provider *provider, void *user_data);
int32_t __wrap_nghttp2_submit_request(nghttp2_session *session, const nghttp2_priority_spec *spec,
                                      const nghttp2_nv *fields, size_t num_fields,
                                      const nghttp2_data_provider *provider, void *user_data);
static int submits_before_failure = -1; /* none fails */

int32_t __wrap_nghttp2_submit_request(nghttp2_session *session, const nghttp2_priority_spec *spec,
                                      const nghttp2_nv *fields, size_t num_fields,
                                      const nghttp2_data_provider *provider, void *user_data)
{
    if (submits_before_failure >= 0 && submits_before_failure-- == 0)
        return NGHTTP2_ERR_NOMEM;
    return __real_nghttp2_submit_request(session, spec, fields, num_fields, provider, user_data);
}

/* The sessions of a worker share one event queue. */
static void a_request_that_cannot_be_sent_fails_its_own_session_and_no_other(void **state)
{
    (void)state;
    for (int i = 0; i < 60; i += 7) {
        struct trial trial;
        trial_start(&trial, MANNER_SERVE, &plain);
        trial_http2(&trial, "/ok", 3);
        trial.plan.connections = 4;
        trial.plan.requests = 30;
        trial.plan.timeout_ns = 2 * NS_PER_S;
        submits_before_failure = i;
        trial_run(&trial);
        assert_int_equal(trial.result->outcomes[OUTCOME_BAD_RESPONSE], 1);
        assert_int_equal(trial.result->outcomes[OUTCOME_SUCCEEDED], 3);
        assert_true(trial.took_s < 2);
        trial_cleanup(&trial);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_answered_together_is_asked_together_in_one_record),
        cmocka_unit_test(a_server_that_does_not_choose_http2_has_shaken_hands_all_the_same),
        cmocka_unit_test(requests_beyond_the_servers_streams_are_sent_again),
        cmocka_unit_test(goaway_in_the_midst_of_requests_is_an_end_in_good_order),
        cmocka_unit_test(a_server_that_declines_everything_is_not_asked_for_ever),
        cmocka_unit_test(goaway_before_any_response_is_the_servers_close),
        cmocka_unit_test(goaway_in_a_pause_between_requests_is_an_end_in_good_order),
        cmocka_unit_test(a_stream_that_hangs_runs_into_its_deadline_whatever_others_do),
        cmocka_unit_test(a_request_that_cannot_be_sent_fails_its_own_session_and_no_other),
        cmocka_unit_test(a_session_of_many_requests_may_take_longer_than_the_deadline),
    };
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
