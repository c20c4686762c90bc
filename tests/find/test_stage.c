/* SPDX-License-Identifier: Apache-2.0 */
#include "find/stage.h"

#include "base/memory.h"
#include "result/result.h"
#include "unit.h"

#include <math.h>
#include <stdlib.h>

#define SECONDS 6

/* A result of 100 sessions a second, of which OPEN are in flight at first, and GROWTH more with each
 * second. */
static struct result *made(double open, double growth)
{
    struct result *result = result_new();
    result->scheduled = result->started = 100 * SECONDS;
    result->by_class[CLASS_SUCCEEDED] = result->started;
    result->num_series = SECONDS + 1; /* the last one is after the stage */
    result->series = memory_new(result->num_series, sizeof *result->series);
    for (int i = 0; i <= SECONDS; i++)
        result->series[i] = (struct series_row){.t_s = i,
                                                .length_s = i < SECONDS ? 1 : 0.3,
                                                .sessions = (uint64_t)(100 - growth),
                                                .open = i < SECONDS ? open + i * growth : 0};
    result->num_identities = 1;
    result->identities = memory_new(1, sizeof *result->identities);
    result->identities[0].name = memory_text("client1");
    return result;
}

static const struct stage_rules usual = {.is_open = true, .connections = 1000, .alone_s = 0.01};

/* Judges RESULT, which is freed. */
static struct find_stage judged(struct result *result, const struct stage_rules *rules)
{
    struct find_stage stage = {.load = 100, .seconds = SECONDS};
    stage_judge(&stage, result, rules);
    result_free(result);
    return stage;
}

static void expect(struct result *result, const struct stage_rules *rules, enum stage_cause cause,
                   const char *why)
{
    struct find_stage stage = judged(result, rules);
    if (stage.cause != cause)
        fail_msg("%s, not %s: %s", stage_cause_name(stage.cause), stage_cause_name(cause),
                 stage.why);
    assert_int_equal(stage.why != NULL, cause != STAGE_HELD);
    if (why != NULL && strstr(stage.why, why) == NULL)
        fail_msg("'%s' is not in '%s'", why, stage.why);
    stage_cleanup(&stage);
}

static void a_stage_in_which_nothing_goes_wrong_holds(void **state)
{
    (void)state;
    struct find_stage stage = judged(made(1, 0), &usual);
    assert_int_equal(stage.cause, STAGE_HELD);
    assert_null(stage.why);
    assert_float_equal(stage.kept, 1, 1e-9);
    assert_float_equal(stage.per_second, 100, 1e-9);
    assert_float_equal(stage.growth, 0, 1e-9);
    assert_true(stage_served(&stage) == 0);
    stage_cleanup(&stage);
}

static void sessions_that_pile_up_show_the_servers_rate(void **state)
{
    (void)state;
    struct find_stage stage = judged(made(1, 20), &usual);
    assert_int_equal(stage.cause, STAGE_SERVER_RATE);
    assert_float_equal(stage.growth, 20, 1e-9);
    assert_float_equal(stage_served(&stage), 80, 1e-9);
    stage_cleanup(&stage);
    expect(made(1, 5), &usual, STAGE_SERVER_RATE, "served 95 a second");
    expect(made(1, 0.4), &usual, STAGE_HELD, NULL); /* too little to matter */
    expect(made(400, 5), &usual, STAGE_HELD, NULL); /* by chance */
}

static void what_waits_for_a_connection_piles_up_too(void **state)
{
    (void)state;
    struct result *result = made(1, 0);
    result->scheduled += 60;
    expect(result, &usual, STAGE_SERVER_RATE, NULL);
}

static void a_closed_loop_has_no_pile(void **state)
{
    (void)state;
    struct stage_rules rules = usual;
    rules.is_open = false;
    struct find_stage stage = judged(made(1, 20), &rules);
    assert_int_equal(stage.cause, STAGE_HELD);
    assert_true(isnan(stage.kept));
    stage_cleanup(&stage);
}

static void a_rate_that_was_not_kept_is_the_generators(void **state)
{
    (void)state;
    static const struct {
        const char *limit;
        double connections, alone_s;
        enum stage_cause cause;
    } cases[] = {
        {"cpu", 1000, 0.01, STAGE_GENERATOR},
        {"ports", 1000, 0.01, STAGE_PORTS},
        {"descriptors", 1000, 0.01, STAGE_DESCRIPTORS},
        {NULL, 1000, 0.01, STAGE_GENERATOR},
        /* 100 a second of 10 ms each need one connection, and of 10 s a thousand */
        {"slots", 10, 0.01, STAGE_SERVER_RATE},
        {"slots", 1000, 10, STAGE_CONNECTIONS},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct result *result = made(1, 0);
        struct stage_rules rules = usual;
        rules.connections = cases[i].connections;
        rules.alone_s = cases[i].alone_s;
        result->saturated = true;
        result->limit = cases[i].limit != NULL ? memory_text(cases[i].limit) : NULL;
        expect(result, &rules, cases[i].cause, NULL);
        assert_int_equal(stage_is_generators(cases[i].cause), cases[i].cause != STAGE_SERVER_RATE);
    }
}

static void failures_break_it_unless_they_are_tolerated(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        struct result *result = made(1, 0);
        struct stage_rules rules = usual;
        rules.max_failures = i == 0 ? 0 : i == 1 ? 3 : 1;
        rules.max_is_percent = i == 2;
        result->by_class[CLASS_FAILED] = 4;
        result->by_class[CLASS_SUCCEEDED] -= 4;
        result->outcomes[OUTCOME_RESET] = 4;
        expect(result, &rules, i < 2 ? STAGE_FAILURES : STAGE_HELD,
               i < 2 ? "4 of 600 sessions failed: 4 reset" : NULL);
    }
    struct result *result = made(1, 0);
    result->by_class[CLASS_SUCCEEDED] = 0;
    result->by_class[CLASS_CUT_OFF] = result->started;
    expect(result, &usual, STAGE_FAILURES, "no session succeeded");
}

static void sessions_without_a_last_request_or_without_any_can_hold(void **state)
{
    (void)state;
    struct result *result = made(1, 0);
    result->by_class[CLASS_SUCCEEDED] = 0;
    result->by_class[CLASS_CUT_OFF] = result->started;
    result->requests_succeeded = 5000;
    expect(result, &usual, STAGE_HELD, NULL);
    result = made(1, 0);
    result->by_class[CLASS_SUCCEEDED] = 0;
    result->by_class[CLASS_UNCONFIRMED] = result->started;
    expect(result, &usual, STAGE_HELD, NULL);
}

static void an_identity_that_is_not_treated_as_expected_breaks_it(void **state)
{
    (void)state;
    struct result *result = made(1, 0);
    result->identities[0].by_class[CLASS_REFUSED] = 1;
    expect(result, &usual, STAGE_FAILURES, "client1 was refused unexpectedly");
    result = made(1, 0);
    result->identities[0].expect_refused = true;
    result->identities[0].by_class[CLASS_SUCCEEDED] = 1;
    expect(result, &usual, STAGE_FAILURES, "client1 was accepted unexpectedly");
    result = made(1, 0);
    result->identities[0].expect_refused = true;
    result->identities[0].by_class[CLASS_REFUSED] = 600;
    expect(result, &usual, STAGE_HELD, NULL);
}

static void a_condition_breaks_it_if_nothing_else_does(void **state)
{
    (void)state;
    struct stage_rules rules = usual;
    rules.slo_broken = "session.p99 is 23 ms";
    expect(made(1, 0), &rules, STAGE_SLO, "session.p99 is 23 ms");
    expect(made(1, 20), &rules, STAGE_SERVER_RATE, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stage_in_which_nothing_goes_wrong_holds),
        cmocka_unit_test(sessions_that_pile_up_show_the_servers_rate),
        cmocka_unit_test(what_waits_for_a_connection_piles_up_too),
        cmocka_unit_test(a_closed_loop_has_no_pile),
        cmocka_unit_test(a_rate_that_was_not_kept_is_the_generators),
        cmocka_unit_test(failures_break_it_unless_they_are_tolerated),
        cmocka_unit_test(sessions_without_a_last_request_or_without_any_can_hold),
        cmocka_unit_test(an_identity_that_is_not_treated_as_expected_breaks_it),
        cmocka_unit_test(a_condition_breaks_it_if_nothing_else_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
