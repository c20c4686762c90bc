/* SPDX-License-Identifier: Apache-2.0 */
/* Runs at a rate: what is due, what waits or is skipped, and from when latency is measured. */
#include "base/clock.h"
#include "engine/trial.h"
#include "tls/fixtures.h"

#include <math.h>

static const struct tls_server_config plain = {0};

static double mean_ms(const struct result *result, enum latency_kind kind)
{
    struct latency_summary summary;
    latency_summarize(result->latencies[kind], &summary);
    return summary.mean / 1e6;
}

static void an_open_loop_starts_its_sessions_on_schedule(void **state)
{
    (void)state;
    struct trial trial;
    trial_start(&trial, MANNER_SERVE, &plain);
    trial.plan.connections = 20;
    trial.plan.sessions = 0;
    trial.plan.rate = 50;
    trial.plan.duration_ns = NS_PER_S;
    trial_run(&trial);
    trial_expect(&trial, OUTCOME_SUCCEEDED);
    assert_int_equal(trial.result->scheduled, 50);
    assert_int_equal(trial.result->skipped, 0);
    assert_true(trial.took_s >= 0.98);
    assert_int_equal(latency_count(trial.result->latencies[LATENCY_FROM_SCHEDULE]), 50);
    trial_cleanup(&trial);
}

/* 12 or 13 sessions of the ramp-up, and then 25 in half a second. */
static void a_ramp_up_is_no_part_of_the_steady_rate(void **state)
{
    (void)state;
    struct trial trial;
    trial_start(&trial, MANNER_SERVE, &plain);
    trial.plan.connections = 20;
    trial.plan.sessions = 0;
    trial.plan.rate = 50;
    trial.plan.ramp_ns = 500 * NS_PER_MS;
    trial.plan.duration_ns = NS_PER_S;
    trial_run(&trial);
    trial_expect(&trial, OUTCOME_SUCCEEDED);
    const struct result *result = trial.result;
    assert_in_range(result->started, 37, 38);
    assert_true(result->sessions_per_second < 39);
    assert_true(result->steady.from_s == 0.5 && result->steady.duration_s == 0.5);
    assert_true(fabs(result->steady.sessions_per_second - 50) < 3);
    /* A request begins when its handshake is complete, which may be late. */
    assert_true(fabs(result->steady.requests_per_second - 50) < 12);
    assert_false(result->saturated); /* fewer are due in a ramp-up */
    trial_cleanup(&trial);
}

static void without_a_free_slot_arrivals_wait_or_are_skipped(void **state)
{
    (void)state;
    for (int skip = 0; skip < 2; skip++) {
        struct trial trial;
        trial_start(&trial, MANNER_SERVE, &plain);
        trial.plan.connections = 1;
        trial.plan.sessions = 0;
        trial.plan.rate = 50;
        trial.plan.duration_ns = NS_PER_S;
        trial.plan.hold_ns = 300 * NS_PER_MS; /* the one slot takes three or four a second */
        trial.plan.skip_when_full = skip;
        trial_run(&trial);
        trial_expect(&trial, OUTCOME_SUCCEEDED);
        assert_int_equal(trial.result->scheduled, 50);
        assert_in_range(trial.result->started, 1, 4);
        assert_int_equal(trial.result->skipped, 50 - trial.result->started);
        assert_true(trial.result->saturated);
        assert_string_equal(trial.result->limit, "slots");
        trial_cleanup(&trial);
    }
}

static void an_open_loop_that_finds_no_local_port_names_that_as_its_limit(void **state)
{
    (void)state;
    struct trial trial;
    struct error err;
    trial_plan(&trial, NULL);
    assert_true(resolve_sources(&trial.plan.sources, "192.0.2.1", &err)); /* is not ours */
    trial.plan.sessions = 20;
    trial.plan.rate = 200;
    trial_run(&trial);
    trial_expect(&trial, OUTCOME_LOCAL_LIMIT);
    assert_true(trial.result->saturated);
    assert_string_equal(trial.result->limit, "ports");
    trial_cleanup(&trial);
}

static void an_arrival_of_a_thousand_million_a_second_is_counted_and_not_walked_to(void **state)
{
    (void)state;
    for (int skip = 0; skip < 2; skip++) {
        struct trial trial;
        trial_start(&trial, MANNER_SERVE, &plain);
        trial.plan.connections = 1;
        trial.plan.sessions = 0;
        trial.plan.rate = 1e9;
        trial.plan.duration_ns = NS_PER_S;
        trial.plan.hold_ns = 300 * NS_PER_MS;
        trial.plan.skip_when_full = skip;
        trial_run(&trial);
        trial_expect(&trial, OUTCOME_SUCCEEDED);
        assert_int_equal(trial.result->scheduled, 1000000000);
        assert_true(trial.result->saturated);
        assert_true(trial.took_s < 3); /* a walk over all of them takes longer */
        trial_cleanup(&trial);
    }
}

static void handshakes_without_a_request_have_a_latency_from_the_intended_start_too(void **state)
{
    (void)state;
    struct trial trial;
    trial_start(&trial, MANNER_SERVE, &plain);
    trial.plan.connections = 20;
    trial.plan.sessions = 20;
    trial.plan.rate = 100;
    trial.plan.requests = 0;
    trial_run(&trial);
    trial_expect(&trial, OUTCOME_UNCONFIRMED);
    struct latency *const *latencies = trial.result->latencies;
    assert_int_equal(latency_count(latencies[LATENCY_HANDSHAKE_FROM_SCHEDULE]), 20);
    assert_int_equal(latency_count(latencies[LATENCY_FROM_SCHEDULE]), 0);
    assert_true(mean_ms(trial.result, LATENCY_HANDSHAKE_FROM_SCHEDULE) >
                mean_ms(trial.result, LATENCY_TLS_HANDSHAKE));
    trial_cleanup(&trial);
}

static void the_wait_for_a_slot_shows_in_handshakes_from_the_intended_start_alone(void **state)
{
    (void)state;
    struct trial trial;
    trial_start(&trial, MANNER_SERVE, &plain);
    trial.plan.connections = 1;
    trial.plan.sessions = 4; /* due within 80 ms, begun over 600 */
    trial.plan.rate = 50;
    trial.plan.hold_ns = 200 * NS_PER_MS;
    trial_run(&trial);
    trial_expect(&trial, OUTCOME_SUCCEEDED);
    assert_true(mean_ms(trial.result, LATENCY_HANDSHAKE_FROM_SCHEDULE) >= 180);
    assert_true(mean_ms(trial.result, LATENCY_TLS_HANDSHAKE) < 180);
    trial_cleanup(&trial);
}

/* Two threads take arrivals in turn, each session ends before the next: there is never more than
 * one. */
static void the_peak_of_several_threads_is_of_one_moment(void **state)
{
    (void)state;
    struct trial trial;
    trial_start(&trial, MANNER_SERVE, &plain);
    trial.plan.threads = 2;
    trial.plan.connections = 2;
    trial.plan.sessions = 4;
    trial.plan.rate = 5;
    trial_run(&trial);
    trial_expect(&trial, OUTCOME_SUCCEEDED);
    assert_int_equal(trial.result->peak_established, 1);
    trial_cleanup(&trial);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_open_loop_starts_its_sessions_on_schedule),
        cmocka_unit_test(a_ramp_up_is_no_part_of_the_steady_rate),
        cmocka_unit_test(without_a_free_slot_arrivals_wait_or_are_skipped),
        cmocka_unit_test(an_open_loop_that_finds_no_local_port_names_that_as_its_limit),
        cmocka_unit_test(an_arrival_of_a_thousand_million_a_second_is_counted_and_not_walked_to),
        cmocka_unit_test(handshakes_without_a_request_have_a_latency_from_the_intended_start_too),
        cmocka_unit_test(the_wait_for_a_slot_shows_in_handshakes_from_the_intended_start_alone),
        cmocka_unit_test(the_peak_of_several_threads_is_of_one_moment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
