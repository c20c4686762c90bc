/* SPDX-License-Identifier: Apache-2.0 */
#include "measure/stage_tally.h"

#include "base/clock.h"
#include "measure/latency.h"
#include "measure/sample.h"
#include "plan/plan.h"
#include "unit.h"

#define START_NS (1000 * NS_PER_S)

static uint64_t after(uint64_t ms)
{
    return START_NS + ms * NS_PER_MS;
}

static struct plan make_plan(void)
{
    struct plan plan = {.rate = 100};
    assert_true(stages_add(&plan.stages, NS_PER_S, 100, 100));
    assert_true(stages_add(&plan.stages, NS_PER_S, 50, 50));
    return plan;
}

static void a_session_is_of_the_stage_in_which_it_was_due(void **state)
{
    (void)state;
    struct plan plan = make_plan();
    struct stage_tallies part = {0}, sum = {0};
    struct sample late = {.outcome = OUTCOME_RESET, .at = {.intended = after(900)}};
    stage_tallies_init(&part, &plan);
    stage_tallies_init(&sum, &plan);
    stage_tallies_begin(&part, START_NS);
    stage_tallies_started(&part, after(900), after(1500));
    stage_tallies_started(&part, after(999), after(1015)); /* within the tolerance */
    stage_tallies_session(&part, &late);
    stage_tallies_skipped(&part, after(1000), 7);
    stage_tallies_handshake(&part, after(900));
    stage_tallies_record(&part, LATENCY_HANDSHAKE_FROM_SCHEDULE, after(900), 600 * NS_PER_MS);
    stage_tallies_record(&part, LATENCY_CONNECT, after(900), NS_PER_MS); /* is not kept */
    stage_tallies_response(&part, after(999));
    stage_tallies_response(&part, after(1001));
    stage_tallies_merge(&sum, &part);
    stage_tallies_merge(&sum, &part);
    const struct stage_tally *first = &sum.items[0], *second = &sum.items[1];
    assert_int_equal(first->started, 4);
    assert_int_equal(first->kept, 2);
    assert_int_equal(first->handshakes, 2);
    assert_int_equal(first->outcomes[OUTCOME_RESET], 2);
    assert_int_equal(first->skipped, 0);
    assert_int_equal(latency_count(first->latencies[LATENCY_HANDSHAKE_FROM_SCHEDULE]), 2);
    assert_null(first->latencies[LATENCY_CONNECT]);
    assert_int_equal(first->responses, 2);
    assert_int_equal(second->started, 0);
    assert_int_equal(second->skipped, 14);
    assert_int_equal(second->responses, 2);
    assert_null(second->latencies[LATENCY_HANDSHAKE_FROM_SCHEDULE]);
    stage_tallies_cleanup(&part);
    stage_tallies_cleanup(&sum);
}

static void what_goes_against_expectation_is_counted(void **state)
{
    (void)state;
    bool expect_refused[] = {false, true};
    struct plan plan = make_plan();
    plan.expect_refused = expect_refused;
    struct stage_tallies stages = {0};
    stage_tallies_init(&stages, &plan);
    stage_tallies_begin(&stages, START_NS);
    for (uint32_t identity = 0; identity < 2; identity++) {
        struct sample sample = {.identity = identity, .at = {.intended = after(1)}};
        sample.outcome = OUTCOME_SUCCEEDED;
        stage_tallies_session(&stages, &sample);
        sample.outcome = OUTCOME_CLIENT_CERT_REFUSED;
        stage_tallies_session(&stages, &sample);
    }
    assert_int_equal(stages.items[0].unexpected, 2); /* one of each kind */
    stage_tallies_cleanup(&stages);
}

static void a_run_without_stages_has_none(void **state)
{
    (void)state;
    struct plan plan = {0};
    struct stage_tallies stages = {0};
    stage_tallies_init(&stages, &plan);
    stage_tallies_begin(&stages, START_NS);
    stage_tallies_started(&stages, after(1), after(2));
    stage_tallies_record(&stages, LATENCY_REQUEST, after(1), 5);
    assert_int_equal(stages.count, 0);
    stage_tallies_cleanup(&stages);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_is_of_the_stage_in_which_it_was_due),
        cmocka_unit_test(what_goes_against_expectation_is_counted),
        cmocka_unit_test(a_run_without_stages_has_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
