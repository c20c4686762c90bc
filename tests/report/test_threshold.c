/* SPDX-License-Identifier: Apache-2.0 */
#include "report/json/threshold.h"

#include "report/json/json_figures.h"
#include "report/samples.h"
#include "unit.h"

#define PIN "cert-sha256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

static void a_condition_is_a_figure_an_operator_and_a_value(void **state)
{
    (void)state;
    static const struct {
        const char *text, *path;
        enum threshold_op op;
        double value;
        bool is_time;
    } cases[] = {
        {"tls_handshake.p99 > 20ms", "tls_handshake.p99", OP_ABOVE, 20e6, true},
        {"tls_handshake.p99>=20us", "tls_handshake.p99", OP_AT_LEAST, 20e3, true},
        {"  sessions.failed   <   5  ", NULL, 0, 0, false},
        {"  sessions.failed   <   5", "sessions.failed", OP_BELOW, 5, false},
        {"sessions.failed <= 1.5k", "sessions.failed", OP_AT_MOST, 1500, false},
        {"sessions.failed == 0", "sessions.failed", OP_EQUAL, 0, false},
        {"sessions.failed!=0", "sessions.failed", OP_NOT_EQUAL, 0, false},
        {"duration_s < 5m", "duration_s", OP_BELOW, 300e9, true},
        /* names with operators and blanks in them: the last one counts */
        {"pins.by_pin." PIN " == 0", "pins.by_pin." PIN, OP_EQUAL, 0, false},
        {"pins.by_pin." PIN "==0", "pins.by_pin." PIN, OP_EQUAL, 0, false},
        {"pins.by_pin." PIN ">0", "pins.by_pin." PIN, OP_ABOVE, 0, false},
        {"identities.a > b.failed > 1", "identities.a > b.failed", OP_ABOVE, 1, false},
        /* what is no condition */
        {"", NULL, 0, 0, false},
        {"sessions.failed", NULL, 0, 0, false},
        {"sessions.failed 5", NULL, 0, 0, false},
        {"sessions.failed = 5", NULL, 0, 0, false},
        {"sessions.failed >", NULL, 0, 0, false},
        {"sessions.failed > many", NULL, 0, 0, false},
        {"sessions.failed > -1", NULL, 0, 0, false},
        {"> 5", NULL, 0, 0, false},
        {" > 5", NULL, 0, 0, false},
        {">", NULL, 0, 0, false},
        {"=", NULL, 0, 0, false},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct threshold threshold;
        struct error err = {{0}};
        if (threshold_parse(&threshold, "fail-if", cases[i].text, &err) != (cases[i].path != NULL))
            fail_msg("'%s': %s", cases[i].text, err.text);
        if (cases[i].path == NULL) {
            assert_non_null(strstr(err.text, "expected "));
            continue;
        }
        assert_string_equal(threshold.path, cases[i].path);
        assert_int_equal(threshold.op, cases[i].op);
        assert_true(threshold.value == cases[i].value);
        assert_int_equal(threshold.is_time, cases[i].is_time);
    }
}

static void a_path_that_is_too_long_is_refused(void **state)
{
    (void)state;
    char text[1000] = {0};
    struct threshold threshold;
    struct error err;
    memset(text, 'a', sizeof text - 10);
    strcat(text, " > 5");
    assert_false(threshold_parse(&threshold, "fail-if", text, &err));
    assert_non_null(strstr(err.text, "expected "));
}

static void a_figure_must_be_there_and_its_value_fit(void **state)
{
    (void)state;
    static const struct {
        const char *text, *complaint;
    } cases[] = {
        {"tls_handshake.p99 > 20ms", NULL},
        {"requests.statuses.503 > 0", NULL},
        {"duration_s > 20ms", NULL},
        {"tls_handshake.p98 > 20ms", "not a figure"},
        {"generator.saturated == 1", "not a figure"},
        {"tls_handshake.p99 > 20", "a time"},
        {"duration_s > 20", "a time"},
        {"sessions.failed > 20s", "a plain number"},
    };
    struct result *result = sample_empty();
    struct json_figures *figures = json_figures_new(result);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct threshold threshold;
        struct error err = {{0}};
        assert_true(threshold_parse(&threshold, "fail-if", cases[i].text, &err));
        bool ok = threshold_check(&threshold, figures, &err);
        assert_int_equal(ok, cases[i].complaint == NULL);
        if (!ok && strstr(err.text, cases[i].complaint) == NULL)
            fail_msg("'%s': %s", cases[i].text, err.text);
    }
    json_figures_free(figures);
    result_free(result);
}

static void a_crossed_threshold_says_value_and_limit(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *shown; /* NULL: it is not crossed */
    } cases[] = {
        {"sessions.failed > 89", "90"},
        {"sessions.failed > 90", NULL},
        {"sessions.failed >= 90", "90"},
        {"sessions.failed >= 91", NULL},
        {"sessions.failed < 91", "90"},
        {"sessions.failed < 90", NULL},
        {"sessions.failed <= 90", "90"},
        {"sessions.failed <= 89", NULL},
        {"sessions.failed == 90", "90"},
        {"sessions.failed == 89", NULL},
        {"sessions.failed != 89", "90"},
        {"sessions.failed != 90", NULL},
        {"connect.min < 1ms", "40.0 µs"},
        {"duration_s >= 10s", "10.0 s"},
        /* a value that rounds to the limit is shown in full */
        {"connect.min < 40.004us", "40 µs"},
        {"tls_handshake.min > 999us", NULL},
        {"tls_handshake.min < 1ms", "999 µs"},
        /* of nothing */
        {"from_schedule.p99 > 0s", NULL},
        {"from_schedule.p99 < 1s", NULL},
        {"generator.cpu_per_session_us != 1us", NULL},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct result *result = sample_failing();
        size_t num_checks = result->num_checks, num_violations = result->num_violations;
        struct json_figures *figures = json_figures_new(result);
        struct threshold threshold;
        struct error err;
        result->passed = true;
        assert_true(threshold_parse(&threshold, "fail-if", cases[i].text, &err));
        threshold_judge(&threshold, figures, true, result);
        assert_int_equal(result->num_checks, num_checks + 1);
        assert_int_equal(result->checks[num_checks].kind, CHECK_THRESHOLD);
        assert_string_equal(result->checks[num_checks].name, cases[i].text);
        assert_int_equal(result->passed, cases[i].shown == NULL);
        assert_int_equal(result->num_violations, num_violations + (cases[i].shown != NULL));
        if (cases[i].shown != NULL) {
            char expected[800];
            snprintf(expected, sizeof expected, "%s is %s, and --fail-if '%s' fails the run",
                     threshold.path, cases[i].shown, cases[i].text);
            assert_string_equal(result->checks[num_checks].violation, expected);
            assert_string_equal(result->violations[num_violations], expected);
        }
        json_figures_free(figures);
        result_free(result);
    }
}

static void a_value_that_looks_like_its_limit_is_shown_with_every_digit(void **state)
{
    (void)state;
    struct result *result = sample_empty();
    struct threshold threshold;
    struct error err;
    result->cpu_per_session_us = 20000.4;
    struct json_figures *figures = json_figures_new(result);
    assert_true(
        threshold_parse(&threshold, "fail-if", "generator.cpu_per_session_us > 20ms", &err));
    threshold_judge(&threshold, figures, true, result);
    assert_non_null(strstr(result->violations[0], " is 20.0004 ms, and"));
    json_figures_free(figures);
    result_free(result);
}

static void a_figure_of_nothing_fails_unless_that_is_allowed(void **state)
{
    (void)state;
    static const char *const conditions[] = {"request.p99 > 1us", "identities.gone.failed > 0"};
    for (int i = 0; i < 4; i++) {
        bool allow_empty = i % 2;
        struct result *result = sample_empty();
        struct threshold threshold;
        struct error err;
        struct json_figures *figures = json_figures_new(result);
        result->passed = true;
        assert_true(threshold_parse(&threshold, "fail-if", conditions[i / 2], &err));
        threshold_judge(&threshold, figures, allow_empty, result);
        assert_string_equal(result->checks[result->num_checks - 1].name, conditions[i / 2]);
        assert_int_equal(result->passed, allow_empty);
        assert_int_equal(result->num_violations, !allow_empty);
        if (!allow_empty)
            assert_non_null(strstr(result->violations[0], "nothing was measured of "));
        json_figures_free(figures);
        result_free(result);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_condition_is_a_figure_an_operator_and_a_value),
        cmocka_unit_test(a_path_that_is_too_long_is_refused),
        cmocka_unit_test(a_figure_must_be_there_and_its_value_fit),
        cmocka_unit_test(a_crossed_threshold_says_value_and_limit),
        cmocka_unit_test(a_figure_of_nothing_fails_unless_that_is_allowed),
        cmocka_unit_test(a_value_that_looks_like_its_limit_is_shown_with_every_digit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
