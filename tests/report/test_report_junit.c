/* SPDX-License-Identifier: Apache-2.0 */
#include "report/formats/report_junit.h"

#include "base/memory.h"
#include "plan/plan.h"
#include "report/golden.h"
#include "report/samples.h"
#include "result/verdict.h"
#include "unit.h"

static void a_typical_run_is_test_cases(void **state)
{
    (void)state;
    golden_check("typical.xml", report_junit, sample_typical());
}

static void an_empty_run_is_test_cases(void **state)
{
    (void)state;
    golden_check("empty.xml", report_junit, sample_empty());
}

static void an_interrupted_run_is_test_cases(void **state)
{
    (void)state;
    golden_check("interrupted.xml", report_junit, sample_interrupted());
}

static void a_failing_run_is_test_cases(void **state)
{
    (void)state;
    golden_check("failing.xml", report_junit, sample_failing());
}

/* The number in the first attribute NAME of TEXT. */
static unsigned long number_of(const char *text, const char *name)
{
    char begin[32];
    snprintf(begin, sizeof begin, " %s=\"", name);
    const char *found = strstr(text, begin);
    assert_non_null(found);
    return strtoul(found + strlen(begin), NULL, 10);
}

static void no_case_fails_exactly_where_the_run_ends_with_status_0(void **state)
{
    (void)state;
    static const struct {
        uint64_t failed, refused, declined;
        double max_failures;
        bool crosses, saturated;
        int interrupted_by;
        unsigned long failures, errors;
    } cases[] = {
        {0},
        {.failed = 2, .max_failures = 2},
        {.failed = 2, .failures = 2}, /* the identity, and the run */
        {.refused = 2, .failures = 1},
        {.declined = 1, .failures = 1},
        {.crosses = true, .failures = 1},
        {.saturated = true, .failures = 1},
        {.interrupted_by = 2, .errors = 1},
        {.failed = 2, .max_failures = 2, .saturated = true, .failures = 1},
        {.interrupted_by = 15, .saturated = true, .refused = 1, .failures = 2, .errors = 1},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct result *result = sample_crowded();
        struct plan plan = {.max_failures = cases[i].max_failures};
        for (size_t k = 20; k < 22; k++)
            result->identities[k].expect_refused = false;
        result->by_class[CLASS_SUCCEEDED] -= cases[i].failed + cases[i].refused;
        result->by_class[CLASS_FAILED] = result->identities[0].by_class[CLASS_FAILED] =
            cases[i].failed;
        result->by_class[CLASS_REFUSED] = result->identities[0].by_class[CLASS_REFUSED] =
            cases[i].refused;
        result->tickets_declined = cases[i].declined;
        verdict_reach(result, &plan);
        result_add_check(result, CHECK_THRESHOLD, "a > 1", cases[i].crosses ? "a is 2" : NULL);
        result->passed = result->num_violations == 0;
        result->saturated = cases[i].saturated;
        result->interrupted_by = cases[i].interrupted_by;
        char *text = golden_capture(report_junit, result);
        if (number_of(text, "failures") != cases[i].failures ||
            number_of(text, "errors") != cases[i].errors)
            fail_msg("case %zu: %s", i, text);
        free(text);
        result_free(result);
    }
}

static void a_threshold_is_a_case_of_its_own_text_crossed_or_not(void **state)
{
    (void)state;
    for (int crossed = 0; crossed < 2; crossed++) {
        struct result *result = sample_typical();
        result_add_check(result, CHECK_THRESHOLD, "connect.p99 > 1ms",
                         crossed ? "connect.p99 is 2.00 ms" : NULL);
        char *text = golden_capture(report_junit, result);
        assert_non_null(strstr(
            text, "<testcase classname=\"pinload.threshold\" name=\"connect.p99 &gt; 1ms\""));
        assert_int_equal(strstr(text, "connect.p99 is 2.00 ms") != NULL, crossed);
        free(text);
        result_free(result);
    }
}

static void a_failed_result_without_checks_fails_by_its_violations(void **state)
{
    (void)state;
    struct result *result = sample_typical();
    result->passed = false;
    result_add_violation(result, "an old one");
    char *text = golden_capture(report_junit, result);
    assert_int_equal(number_of(text, "failures"), 1);
    assert_non_null(strstr(text, "name=\"an old one\""));
    free(text);
    result_free(result);
}

static void what_a_terminal_would_act_on_is_hidden(void **state)
{
    (void)state;
    struct result *result = sample_typical();
    free(result->identities[0].name);
    result->identities[0].name = memory_text("a\x1b[2J\xc2\x9b\xe2\x80\xaez");
    char *text = golden_capture(report_junit, result);
    assert_non_null(strstr(text, "a?[2J??z"));
    assert_null(strchr(text, 0x1b));
    free(text);
    result_free(result);
}

static void a_full_disk_is_noticed(void **state)
{
    (void)state;
    struct result *result = sample_typical();
    FILE *full = fopen("/dev/full", "w");
    assert_non_null(full);
    setvbuf(full, NULL, _IONBF, 0);
    assert_false(report_junit(full, result));
    fclose(full);
    result_free(result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_typical_run_is_test_cases),
        cmocka_unit_test(an_empty_run_is_test_cases),
        cmocka_unit_test(an_interrupted_run_is_test_cases),
        cmocka_unit_test(a_failing_run_is_test_cases),
        cmocka_unit_test(no_case_fails_exactly_where_the_run_ends_with_status_0),
        cmocka_unit_test(a_threshold_is_a_case_of_its_own_text_crossed_or_not),
        cmocka_unit_test(a_failed_result_without_checks_fails_by_its_violations),
        cmocka_unit_test(what_a_terminal_would_act_on_is_hidden),
        cmocka_unit_test(a_full_disk_is_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
