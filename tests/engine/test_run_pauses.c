/* SPDX-License-Identifier: Apache-2.0 */
/* How a run pauses after failures. */
#include "base/clock.h"
#include "engine/trial.h"
#include "tls/fixtures.h"

static const struct tls_server_config plain = {0};
static const struct tls_server_config refusing = {.client_ca = FIXTURE("other-client-ca.crt")};

static void after_failures_a_slot_waits_10_ms_doubling_to_500_ms(void **state)
{
    (void)state;
    struct trial trial;
    trial_plan(&trial, NULL);
    trial.plan.connections = 1;
    trial.plan.sessions = 9;
    trial_run(&trial);
    trial_expect(&trial, OUTCOME_CONNECT_REFUSED);
    /* 10 + 20 + 40 + 80 + 160 + 320 + 500 + 500 ms */
    assert_true(trial.took_s >= 1.63 && trial.took_s < 5);
    trial_cleanup(&trial);
}

static void how_long_slots_paused_after_failures_is_told_up_to_the_runs_end(void **state)
{
    (void)state;
    static const struct {
        uint64_t sessions, connections, duration_ms;
        double rate, least_s, most_s;
        bool no_backoff;
    } cases[] = {
        {.sessions = 9, .connections = 1, .least_s = 1.63, .most_s = 1.63001},
        {.sessions = 4, .connections = 4, .most_s = 0}, /* nothing was left to begin */
        {.connections = 10,
         .duration_ms = 1000,
         .least_s = 8,
         .most_s = 10}, /* on a busy machine */
        {.connections = 10, .duration_ms = 200, .no_backoff = true},
        {.connections = 10, .duration_ms = 200, .rate = 100},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct trial trial;
        trial_plan(&trial, NULL);
        trial.plan.connections = cases[i].connections;
        trial.plan.sessions = cases[i].sessions;
        trial.plan.duration_ns = cases[i].duration_ms * NS_PER_MS;
        trial.plan.rate = cases[i].rate;
        trial.plan.no_backoff = cases[i].no_backoff;
        trial_run(&trial);
        double paused_s = trial.result->slots_paused_s;
        if (!(paused_s >= cases[i].least_s && paused_s <= cases[i].most_s))
            fail_msg("case %zu: slots paused for %f s", i, paused_s);
        if (cases[i].no_backoff)
            assert_true(trial.result->started > 200); /* with pauses it would be 50 */
        trial_cleanup(&trial);
    }
}

static void a_success_takes_the_wait_back_to_its_beginning(void **state)
{
    (void)state;
    struct trial trial;
    trial_start(&trial, MANNER_EVERY_SECOND_FAILS, &plain);
    trial.plan.connections = 1;
    trial.plan.sessions = 20;
    trial_run(&trial);
    assert_int_equal(trial.result->by_class[CLASS_SUCCEEDED], 10);
    assert_int_equal(trial.result->by_class[CLASS_FAILED], 10);
    assert_true(trial.took_s >= 0.1 && trial.took_s < 2.5); /* ten times 10 ms, not 2.6 s */
    trial_cleanup(&trial);
}

static void a_refusal_that_was_expected_does_not_wait_and_another_does(void **state)
{
    (void)state;
    for (int expected = 0; expected < 2; expected++) {
        struct trial trial;
        trial_start(&trial, MANNER_SERVE, &refusing);
        trial_identity(&trial, "client-p256");
        if (expected)
            trial_expect_refused(&trial, 0);
        trial.plan.connections = 1;
        trial.plan.sessions = expected ? 60 : 7;
        trial_run(&trial);
        trial_expect(&trial, OUTCOME_CLIENT_CERT_REFUSED);
        assert_int_equal(trial.result->by_class[CLASS_REFUSED], trial.plan.sessions);
        if (expected)
            assert_true(trial.took_s < 10); /* waits would take 27 s */
        else
            assert_true(trial.took_s >= 0.63);
        trial_cleanup(&trial);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(after_failures_a_slot_waits_10_ms_doubling_to_500_ms),
        cmocka_unit_test(how_long_slots_paused_after_failures_is_told_up_to_the_runs_end),
        cmocka_unit_test(a_success_takes_the_wait_back_to_its_beginning),
        cmocka_unit_test(a_refusal_that_was_expected_does_not_wait_and_another_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
