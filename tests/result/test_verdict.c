/* SPDX-License-Identifier: Apache-2.0 */
#include "result/verdict.h"

#include "base/memory.h"
#include "plan/plan.h"
#include "result/result.h"
#include "unit.h"

/* The counts of a run, which add up, and what is allowed. */
struct run {
    uint64_t succeeded, refused, failed, cut_off, unconfirmed, skipped;
    double max_failures;
    bool is_percent;
};

static struct result *result_of(const struct run *run)
{
    struct result *result = result_new();
    result->by_class[CLASS_SUCCEEDED] = run->succeeded;
    result->by_class[CLASS_REFUSED] = run->refused;
    result->by_class[CLASS_FAILED] = run->failed;
    result->by_class[CLASS_CUT_OFF] = run->cut_off;
    result->by_class[CLASS_UNCONFIRMED] = run->unconfirmed;
    result->started = run->succeeded + run->refused + run->failed + run->cut_off + run->unconfirmed;
    result->skipped = run->skipped;
    result->scheduled = result->started + result->skipped;
    return result;
}

/* Gives RESULT one identity, which had all its sessions. */
static void add_identity(struct result *result, const char *name, bool expect_refused)
{
    result->num_identities = 1;
    result->identities = memory_new(1, sizeof *result->identities);
    result->identities[0] = (struct result_identity){
        .name = memory_text(name),
        .expect_refused = expect_refused,
        .sessions = result->started,
        .by_class[CLASS_SUCCEEDED] = result->by_class[CLASS_SUCCEEDED],
        .by_class[CLASS_REFUSED] = result->by_class[CLASS_REFUSED],
        .by_class[CLASS_FAILED] = result->by_class[CLASS_FAILED],
        .by_class[CLASS_CUT_OFF] = result->by_class[CLASS_CUT_OFF],
        .by_class[CLASS_UNCONFIRMED] = result->by_class[CLASS_UNCONFIRMED]};
}

static struct plan plan_of(const struct run *run)
{
    return (struct plan){.max_failures = run->max_failures,
                         .max_failures_is_percent = run->is_percent,
                         .allow_empty = true};
}

static void failures_are_told_by_cause_and_time(void **state)
{
    (void)state;
    struct run run = {.succeeded = 824, .failed = 176};
    struct result *result = result_of(&run);
    struct plan plan = plan_of(&run);
    result->outcomes[OUTCOME_SUCCEEDED] = 824;
    result->outcomes[OUTCOME_RESET] = 6;
    result->outcomes[OUTCOME_CONNECT_REFUSED] = 170;
    result->num_series = 10;
    result->series = memory_new(10, sizeof *result->series);
    for (size_t i = 0; i < 10; i++)
        result->series[i] = (struct series_row){.t_s = (double)i, .failed = i == 4 || i == 5};
    verdict_reach(result, &plan);
    assert_int_equal(result->num_violations, 1);
    assert_string_equal(result->violations[0], "176 sessions failed: 170 connect_refused, 6 reset, "
                                               "between 4 s and 6 s");
    result_free(result);
}

static void a_run_of_which_nothing_came_does_not_pass(void **state)
{
    (void)state;
    static const struct {
        struct run run;
        bool passes;
    } cases[] = {
        {{.cut_off = 10}, false},
        {{0}, false},
        {{.failed = 10, .max_failures = 100, .is_percent = true}, false},
        {{.succeeded = 1, .cut_off = 9}, true},
        {{.refused = 1}, true},
        {{.unconfirmed = 1}, true},
    };
    for (size_t i = 0; i < 2 * COUNT_OF(cases); i++) {
        struct result *result = result_of(&cases[i / 2].run);
        struct plan plan = plan_of(&cases[i / 2].run);
        plan.allow_empty = i % 2;
        verdict_reach(result, &plan);
        assert_int_equal(result->passed, plan.allow_empty || cases[i / 2].passes);
        const struct result_check *last = &result->checks[result->num_checks - 1];
        assert_string_equal(last->name, "something was measured");
        assert_int_equal(last->violation != NULL, !result->passed);
        if (!result->passed)
            assert_non_null(strstr(last->violation, "nothing was measured: of "));
        result_free(result);
    }
}

static void that_nothing_was_measured_stands_beside_other_violations(void **state)
{
    (void)state;
    struct run run = {.failed = 10};
    struct result *result = result_of(&run);
    struct plan plan = plan_of(&run);
    plan.allow_empty = false;
    verdict_reach(result, &plan);
    assert_int_equal(result->num_violations, 2);
    assert_non_null(strstr(result->checks[1].violation, "10 sessions failed"));
    assert_non_null(strstr(result->checks[2].violation, "nothing was measured: of 10 sessions"));
    result_free(result);
}

static void shares_that_began_nothing_pass_but_not_all_of_them_together(void **state)
{
    (void)state;
    for (int allow_empty = 0; allow_empty < 2; allow_empty++) {
        struct result *result = result_of(&(struct run){0});
        struct plan plan = {.num_shards = 2};
        verdict_reach(result, &plan);
        assert_true(result->passed);
        verdict_check_merged(result, allow_empty);
        assert_int_equal(result->passed, allow_empty);
        assert_int_equal(result->num_violations, !allow_empty);
        verdict_check_merged(result, allow_empty);
        assert_int_equal(result->num_violations, !allow_empty);
        result_free(result);
    }
}

static void responses_of_sessions_that_the_end_cut_off_were_measured(void **state)
{
    (void)state;
    struct run run = {.cut_off = 10};
    struct result *result = result_of(&run);
    struct plan plan = plan_of(&run);
    plan.allow_empty = false;
    result->requests_started = result->requests_succeeded = 191731;
    verdict_reach(result, &plan);
    assert_true(result->passed);
    result_free(result);
}

static void failures_are_forgiven_up_to_the_number_or_percentage_given(void **state)
{
    (void)state;
    static const struct {
        struct run run;
        const char *violation;
    } cases[] = {
        {{0}, NULL},
        {{.succeeded = 10}, NULL},
        {{.succeeded = 10, .cut_off = 3, .unconfirmed = 2, .skipped = 7}, NULL},
        {{.succeeded = 9, .failed = 1}, "1 session failed"},
        {{.failed = 10}, "10 sessions failed"},
        {{.succeeded = 9, .failed = 1, .max_failures = 1}, NULL},
        {{.succeeded = 8, .failed = 2, .max_failures = 1},
         "2 sessions failed, more than --max-failures 1 allows"},
        {{.succeeded = 990, .failed = 10, .max_failures = 1, .is_percent = true}, NULL},
        {{.succeeded = 989, .failed = 11, .max_failures = 1, .is_percent = true},
         "11 sessions failed, more than --max-failures 1% allows"},
        {{.succeeded = 995, .failed = 5, .max_failures = 0.5, .is_percent = true}, NULL},
        {{.failed = 10, .max_failures = 100, .is_percent = true}, NULL},
        {{.succeeded = 1, .failed = 1, .max_failures = 0, .is_percent = true}, "1 session failed"},
        /* what is cut off was started: the percentage is of all that was */
        {{.succeeded = 50, .failed = 1, .cut_off = 49, .max_failures = 1, .is_percent = true},
         NULL},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct result *result = result_of(&cases[i].run);
        struct plan plan = plan_of(&cases[i].run);
        verdict_reach(result, &plan);
        assert_int_equal(result->passed, cases[i].violation == NULL);
        assert_int_equal(result->num_violations, cases[i].violation != NULL);
        if (cases[i].violation != NULL)
            assert_string_equal(result->violations[0], cases[i].violation);
        result_free(result);
    }
}

static void each_identity_is_held_against_what_was_expected_of_it(void **state)
{
    (void)state;
    static const struct {
        bool expect_refused;
        uint64_t succeeded, refused, failed, cut_off, unconfirmed;
        const char *violation;
    } cases[] = {
        {false, 10, 0, 0, 0, 0, NULL},
        {false, 10, 0, 0, 1, 2, NULL},
        {false, 0, 0, 0, 0, 0, NULL},
        {false, 9, 1, 0, 0, 0, "alice must be accepted, but was refused in 1 of 10 sessions"},
        {true, 0, 10, 0, 0, 0, NULL},
        {true, 0, 10, 0, 5, 0, NULL},
        {true, 0, 0, 0, 0, 0, "alice must be refused, but no session got that far"},
        {true, 0, 0, 0, 5, 0, "alice must be refused, but no session got that far"},
        {true, 1, 9, 0, 0, 0, "alice must be refused, but was accepted in 1 of 10 sessions"},
        {true, 0, 9, 0, 0, 1,
         "alice must be refused, but was not seen refused in 1 of 10 sessions"},
        /* failures are tolerated here, which a refusal is not */
        {false, 5, 0, 5, 0, 0, NULL},
        {true, 0, 5, 5, 0, 0, NULL},
        {true, 0, 0, 5, 2, 0, "alice must be refused, but was in none of 7 sessions: 5 failed"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct run run = {.succeeded = cases[i].succeeded,
                          .refused = cases[i].refused,
                          .failed = cases[i].failed,
                          .cut_off = cases[i].cut_off,
                          .unconfirmed = cases[i].unconfirmed,
                          .max_failures = 5};
        struct result *result = result_of(&run);
        struct plan plan = plan_of(&run);
        add_identity(result, "alice", cases[i].expect_refused);
        verdict_reach(result, &plan);
        assert_int_equal(result->passed, cases[i].violation == NULL);
        assert_int_equal(result->identities[0].as_expected, cases[i].violation == NULL);
        if (cases[i].violation != NULL)
            assert_string_equal(result->violations[0], cases[i].violation);
        result_free(result);
    }
}

static void one_that_must_be_accepted_and_had_no_session_fails_where_all_are_required(void **state)
{
    (void)state;
    static const struct {
        struct run run;
        bool is_required, expect_refused, passes;
    } cases[] = {
        {{0}, false, false, true},
        {{0}, true, false, false},
        {{.succeeded = 1}, true, false, true},
        {{.cut_off = 1}, true, false, true},
        {{.refused = 1}, true, true, true},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct result *result = result_of(&cases[i].run);
        struct plan plan = plan_of(&cases[i].run);
        plan.require_all_identities = cases[i].is_required;
        add_identity(result, "alice", cases[i].expect_refused);
        verdict_reach(result, &plan);
        assert_int_equal(result->passed, cases[i].passes);
        assert_int_equal(result->identities[0].as_expected, cases[i].passes);
        if (!cases[i].passes)
            assert_string_equal(result->violations[0],
                                "alice must be accepted, but never had a session");
        result_free(result);
    }
}

/* Three identities, each with responses of 2xx and 3xx. */
static struct result *result_of_responses(const uint64_t responses[3][2])
{
    static const char *const names[] = {"alice", "bob", "carol"};
    struct run run = {.succeeded = 30};
    struct result *result = result_of(&run);
    result->requests_started = result->requests_succeeded = 30;
    result->num_identities = 3;
    result->identities = memory_new(3, sizeof *result->identities);
    for (size_t i = 0; i < 3; i++)
        result->identities[i] = (struct result_identity){
            .name = memory_text(names[i]),
            .as_expected = true,
            .sessions = 10,
            .by_class[CLASS_SUCCEEDED] = 10,
            .responses = {[STATUS_2XX] = responses[i][0], [STATUS_3XX] = responses[i][1]}};
    return result;
}

#define REDIRECTED "redirected (3xx) where others were served (2xx): "

static void a_redirect_where_others_are_served_is_a_violation(void **state)
{
    (void)state;
    static const struct {
        uint64_t responses[3][2];
        const char *said; /* of alice; NULL: nothing */
        bool bob_must_be_refused;
        const char *violation; /* NULL: none */
    } cases[] = {
        {{{10, 0}, {10, 0}, {10, 0}}, NULL, false, NULL},
        {{{0, 10}, {0, 10}, {0, 10}}, NULL, false, NULL}, /* nobody was served */
        {{{0, 0}, {0, 10}, {0, 0}}, NULL, false, NULL},
        {{{0, 10}, {10, 0}, {10, 0}}, NULL, false, REDIRECTED "alice (10 of 10 responses);"},
        {{{7, 3}, {10, 0}, {0, 0}}, NULL, false, REDIRECTED "alice (3 of 10 responses);"},
        {{{7, 3}, {0, 0}, {0, 0}}, NULL, false, NULL}, /* of one alone it is the server's way */
        {{{0, 10}, {10, 0}, {0, 9}},
         NULL,
         false,
         REDIRECTED "alice (10 of 10 responses), carol (9 of 9 responses);"},
        {{{0, 10}, {10, 0}, {10, 0}}, "200,302", false, NULL}, /* it was said to be right */
        {{{10, 0}, {0, 10}, {10, 0}},
         NULL,
         true,
         "bob must be refused, but was accepted in 10 of 10 sessions; it was redirected (3xx)"},
    };
    for (size_t i = 0; i < 2 * COUNT_OF(cases); i++) {
        struct result *result = result_of_responses(cases[i / 2].responses);
        struct plan plan = {.requests = 1};
        const char *violation = cases[i / 2].violation;
        result->identities[1].expect_refused = cases[i / 2].bob_must_be_refused;
        if (cases[i / 2].said != NULL)
            result->identities[0].expected_status = memory_text(cases[i / 2].said);
        result->passed = true;
        bool is_merged = i % 2 == 1 && !cases[i / 2].bob_must_be_refused;
        if (is_merged)
            verdict_check_merged(result, false);
        else
            verdict_reach(result, &plan);
        assert_int_equal(result->passed, violation == NULL);
        assert_int_equal(result->num_violations, violation != NULL);
        if (violation != NULL && strncmp(result->violations[0], violation, strlen(violation)) != 0)
            fail_msg("case %zu: %s", i / 2, result->violations[0]);
        assert_int_equal(result->identities[0].as_expected,
                         violation == NULL || strstr(violation, "alice") == NULL);
        if (is_merged && violation != NULL) { /* what a part has said is not said again */
            verdict_check_merged(result, false);
            assert_int_equal(result->num_violations, 1);
        }
        result_free(result);
    }
}

static void what_was_perhaps_a_refusal_by_status_is_said(void **state)
{
    (void)state;
    struct run run = {.failed = 5, .max_failures = 5};
    struct result *result = result_of(&run);
    struct plan plan = plan_of(&run);
    add_identity(result, "alice", true);
    result->identities[0].responses[STATUS_4XX] = 5;
    verdict_reach(result, &plan);
    assert_string_equal(result->violations[0],
                        "alice must be refused, but was in none of 5 sessions: 5 failed; it had a "
                        "4xx, which is a refusal with --refusal-status");
    result_free(result);
    unsigned refusals[] = {401};
    plan.refusal_statuses = (struct status_list){refusals, 1};
    result = result_of(&run);
    add_identity(result, "alice", true);
    result->identities[0].responses[STATUS_4XX] = 5;
    verdict_reach(result, &plan);
    assert_string_equal(
        result->violations[0],
        "alice must be refused, but was in none of 5 sessions: 5 failed; its status is not one of --refusal-status, or the server asked for no certificate");
    result_free(result);
}

static void an_identity_is_as_expected_where_its_failures_are_forgiven(void **state)
{
    (void)state;
    for (int forgiven = 0; forgiven < 2; forgiven++) {
        struct run run = {.succeeded = 8, .failed = 2, .max_failures = forgiven ? 2 : 1};
        struct result *result = result_of(&run);
        struct plan plan = plan_of(&run);
        add_identity(result, "alice", false);
        verdict_reach(result, &plan);
        assert_int_equal(result->identities[0].as_expected, forgiven);
        assert_int_equal(result->passed, forgiven);
        result_free(result);
    }
}

/* The failures of each of three identities, and which of them are marked as not as expected. */
static void what_befalls_every_identity_marks_none(void **state)
{
    (void)state;
    enum {
        REFUSED_CONNECT = 1 << OUTCOME_CONNECT_REFUSED,
        PIN = 1 << OUTCOME_PIN_MISMATCH,
        RESET = 1 << OUTCOME_RESET,
        WORDLESS = 1 << OUTCOME_CLOSED_BEFORE_ACCEPT,
        STATUS = 1 << OUTCOME_UNEXPECTED_STATUS,
    };
    static const struct {
        uint32_t failed_by[3];
        bool as_expected[3], alike;
    } cases[] = {
        {{REFUSED_CONNECT, REFUSED_CONNECT, REFUSED_CONNECT}, {true, true, true}, true},
        {{REFUSED_CONNECT, 0, REFUSED_CONNECT}, {true, true, true}, false},
        {{RESET, RESET | REFUSED_CONNECT, REFUSED_CONNECT}, {true, true, true}, true},
        {{RESET, 0, REFUSED_CONNECT}, {false, true, true}, false},
        {{PIN, PIN, PIN}, {true, true, true}, true},
        {{PIN, RESET, PIN}, {false, false, false}, false},
        {{RESET, 0, 0}, {false, true, true}, false},
        {{RESET, RESET, 0}, {false, false, true}, false},
        {{RESET | STATUS, RESET, RESET}, {false, true, true}, false},
        {{WORDLESS, WORDLESS, WORDLESS}, {false, false, false}, false},
        {{STATUS, STATUS, STATUS}, {false, false, false}, false},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct result *result = result_of(&(struct run){.succeeded = 27, .failed = 3});
        struct plan plan = plan_of(&(struct run){0});
        result->num_identities = 4;
        result->identities = memory_new(4, sizeof *result->identities);
        for (size_t k = 0; k < 3; k++)
            result->identities[k] =
                (struct result_identity){.name = memory_text("one"),
                                         .sessions = 10,
                                         .by_class[CLASS_SUCCEEDED] = 9,
                                         .by_class[CLASS_FAILED] = cases[i].failed_by[k] != 0,
                                         .failed_by = cases[i].failed_by[k]};
        result->identities[3] = (struct result_identity){.name = memory_text("never came")};
        verdict_reach(result, &plan);
        for (size_t k = 0; k < 3; k++) {
            if (result->identities[k].as_expected != cases[i].as_expected[k])
                fail_msg("case %zu, identity %zu", i, k);
        }
        assert_false(result->passed);
        assert_int_equal(result->num_violations, 1);
        assert_int_equal(strstr(result->violations[0], "of all identities alike") != NULL,
                         cases[i].alike);
        result_free(result);
    }
}

/* One that had responses until the run ended had a session, and was not affected. */
static void what_spared_one_that_was_open_at_the_end_did_not_befall_all(void **state)
{
    (void)state;
    for (uint64_t served = 0; served <= 10; served += 10) {
        struct result *result = result_of(&(struct run){.failed = 10, .cut_off = 10});
        struct plan plan = plan_of(&(struct run){0});
        result->num_identities = 2;
        result->identities = memory_new(2, sizeof *result->identities);
        result->identities[0] = (struct result_identity){.name = memory_text("alice"),
                                                         .sessions = 10,
                                                         .by_class[CLASS_FAILED] = 10,
                                                         .failed_by = 1 << OUTCOME_RESET};
        result->identities[1] = (struct result_identity){.name = memory_text("bob"),
                                                         .sessions = 10,
                                                         .by_class[CLASS_CUT_OFF] = 10,
                                                         .cut_off_served = served};
        verdict_reach(result, &plan);
        assert_int_equal(result->identities[0].as_expected, served == 0);
        assert_true(result->identities[1].as_expected);
        result_free(result);
    }
}

static void what_a_run_is_held_to_has_the_same_name_whether_it_holds_or_not(void **state)
{
    (void)state;
    static const struct {
        struct run run;
        const char *name;
    } cases[] = {
        {{.succeeded = 10}, "no session failed"},
        {{.succeeded = 9, .failed = 1}, "no session failed"},
        {{.succeeded = 1, .failed = 1, .max_failures = 1},
         "no more sessions failed than --max-failures 1 allows"},
        {{.failed = 2, .max_failures = 1}, "no more sessions failed than --max-failures 1 allows"},
        {{.failed = 1, .max_failures = 2, .is_percent = true},
         "no more sessions failed than --max-failures 2% allows"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct result *result = result_of(&cases[i].run);
        struct plan plan = plan_of(&cases[i].run);
        plan.session_mode = SESSION_RESUME;
        verdict_reach(result, &plan);
        assert_int_equal(result->num_checks, 4);
        assert_string_equal(result->checks[0].name, "the books balance");
        assert_null(result->checks[0].violation);
        assert_string_equal(result->checks[1].name, cases[i].name);
        assert_int_equal(result->checks[1].violation == NULL, result->passed);
        assert_string_equal(result->checks[2].name, "no offered ticket was declined");
        assert_string_equal(result->checks[3].name, "something was measured");
        result_free(result);
    }
}

static void a_declined_ticket_is_a_violation(void **state)
{
    (void)state;
    struct run run = {.succeeded = 10};
    struct result *result = result_of(&run);
    struct plan plan = plan_of(&run);
    result->tickets_offered = 9;
    result->tickets_declined = 2;
    verdict_reach(result, &plan);
    assert_false(result->passed);
    assert_string_equal(result->violations[0], "the server declined 2 of 9 offered tickets");
    result_free(result);
}

static void books_that_do_not_balance_are_said_to_be_a_bug(void **state)
{
    (void)state;
    struct run run = {.succeeded = 10};
    struct result *result = result_of(&run);
    struct plan plan = plan_of(&run);
    result->started++;
    verdict_reach(result, &plan);
    assert_false(result->passed);
    assert_non_null(strstr(result->violations[0], "bug"));
    result_free(result);
}

static void all_violations_are_listed(void **state)
{
    (void)state;
    struct run run = {.succeeded = 8, .refused = 1, .failed = 1};
    struct result *result = result_of(&run);
    struct plan plan = plan_of(&run);
    result->num_identities = 2;
    result->identities = memory_new(2, sizeof *result->identities);
    result->identities[0] = (struct result_identity){.name = memory_text("alice"),
                                                     .sessions = 5,
                                                     .by_class[CLASS_SUCCEEDED] = 4,
                                                     .by_class[CLASS_REFUSED] = 1};
    result->identities[1] = (struct result_identity){.name = memory_text("bob"),
                                                     .expect_refused = true,
                                                     .sessions = 5,
                                                     .by_class[CLASS_SUCCEEDED] = 4,
                                                     .by_class[CLASS_FAILED] = 1};
    result->tickets_offered = result->tickets_declined = 1;
    verdict_reach(result, &plan);
    assert_int_equal(result->num_violations, 4);
    assert_false(result->passed);
    result_free(result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(failures_are_told_by_cause_and_time),
        cmocka_unit_test(a_run_of_which_nothing_came_does_not_pass),
        cmocka_unit_test(that_nothing_was_measured_stands_beside_other_violations),
        cmocka_unit_test(shares_that_began_nothing_pass_but_not_all_of_them_together),
        cmocka_unit_test(responses_of_sessions_that_the_end_cut_off_were_measured),
        cmocka_unit_test(failures_are_forgiven_up_to_the_number_or_percentage_given),
        cmocka_unit_test(each_identity_is_held_against_what_was_expected_of_it),
        cmocka_unit_test(one_that_must_be_accepted_and_had_no_session_fails_where_all_are_required),
        cmocka_unit_test(a_redirect_where_others_are_served_is_a_violation),
        cmocka_unit_test(what_was_perhaps_a_refusal_by_status_is_said),
        cmocka_unit_test(an_identity_is_as_expected_where_its_failures_are_forgiven),
        cmocka_unit_test(what_befalls_every_identity_marks_none),
        cmocka_unit_test(what_spared_one_that_was_open_at_the_end_did_not_befall_all),
        cmocka_unit_test(what_a_run_is_held_to_has_the_same_name_whether_it_holds_or_not),
        cmocka_unit_test(a_declined_ticket_is_a_violation),
        cmocka_unit_test(books_that_do_not_balance_are_said_to_be_a_bug),
        cmocka_unit_test(all_violations_are_listed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
