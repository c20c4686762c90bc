/* SPDX-License-Identifier: Apache-2.0 */
/* Runs in HTTP/2: several requests at a time on each connection. */
#include "base/clock.h"
#include "load/service.h"
#include "load/trial.h"
#include "tls/fixtures.h"

#include <signal.h>

static const struct tls_server_config plain = {.limits = {.alpn = TLS_ALPN_H2}};

static void what_is_answered_together_is_asked_together_in_one_record(void **state)
{
    (void)state;
    struct trial trial;
    struct service *service = service_start(MANNER_SERVE, &plain);
    trial_plan(&trial, service);
    trial_http2(&trial, "/ok", 10);
    trial.plan.requests = 200;
    trial_run(&trial);
    trial_expect(&trial, OUTCOME_SUCCEEDED);
    assert_int_equal(trial.result->requests_succeeded, 4 * 200);
    assert_int_equal(service_seen(service)->requests, 4 * 200);
    /* 20 of ten requests each, one that takes note of SETTINGS, and a few that came apart */
    assert_in_range(service_seen(service)->records, 4 * 20, 4 * 40);
    trial_cleanup(&trial);
    service_stop(service);
}

/* The first request of each connection has no response while others have theirs. */
static void a_stream_that_hangs_runs_into_its_deadline_whatever_others_do(void **state)
{
    (void)state;
    struct trial trial;
    struct service *service = service_start(MANNER_SERVE, &plain);
    trial_plan(&trial, service);
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
    service_stop(service);
}

/* The deadline is each request's own: a session may take longer than it. */
static void a_session_of_many_requests_may_take_longer_than_the_deadline(void **state)
{
    (void)state;
    struct trial trial;
    struct service *service = service_start(MANNER_SERVE, &plain);
    trial_plan(&trial, service);
    trial_http2(&trial, "/ok", 3);
    trial.plan.sessions = 0;
    trial.plan.requests = 1000000000;
    trial.plan.timeout_ns = 200 * NS_PER_MS;
    trial.plan.duration_ns = 700 * NS_PER_MS;
    trial_run(&trial);
    trial_expect(&trial, OUTCOME_CUT_OFF);
    trial_cleanup(&trial);
    service_stop(service);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_answered_together_is_asked_together_in_one_record),
        cmocka_unit_test(a_stream_that_hangs_runs_into_its_deadline_whatever_others_do),
        cmocka_unit_test(a_session_of_many_requests_may_take_longer_than_the_deadline),
    };
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
