/* SPDX-License-Identifier: Apache-2.0 */
/* What is refused, what is forced, what does not count; and the conditions of --fail-if-worse. */
#include "base/memory.h"
#include "diff/diff.h"
#include "diff/diff_result.h"
#include "diff/worse_limit.h"
#include "unit.h"
#include "virtual_run.h"

#include <math.h>

static const struct virtual_noise noise = {"", 8, 60, 0, 0.02, 0, 0};

static void fill_side(struct diff_side *side, struct random *random, const char *path, double whole)
{
    side->count = 1;
    side->paths = memory_new(1, sizeof *side->paths);
    side->results = memory_new(1, sizeof *side->results);
    side->paths[0] = memory_text(path);
    side->results[0] = virtual_run(random, &noise, whole, 1);
}

static struct diff_result sides(double whole)
{
    struct diff_result diff = {.terms = {0.02, 0.1}};
    struct random random;
    random_init(&random, 1);
    fill_side(&diff.sides[SIDE_OLD], &random, "old.json", 1);
    fill_side(&diff.sides[SIDE_NEW], &random, "new.json", whole);
    return diff;
}

static struct result *new_of(struct diff_result *diff)
{
    return diff->sides[SIDE_NEW].results[0];
}

/* Makes the new result another. */
static void change_connections(struct result *r)
{
    r->connections = 20;
}
static void change_url(struct result *r)
{
    free(r->url);
    r->url = memory_text("https://other/");
}
static void change_loop(struct result *r)
{
    r->open_loop = true;
}
static void add_groups(struct result *r)
{
    result_set_text(r, "groups", "P-256");
}
static void add_requests(struct result *r)
{
    result_set_number(r, "requests", 10);
}
static void pause_no_slots(struct result *r)
{
    result_set_bool(r, "backoff", false);
}
static void refuse_by_close(struct result *r)
{
    result_set_bool(r, "refusal_by_close", true);
}
static void empty_it(struct result *r)
{
    r->started = 0;
}
static void mix_intervals(struct result *r)
{
    r->intervals[3].length_s = 2;
}

static void plans_that_differ_are_refused_by_name(void **state)
{
    (void)state;
    static const struct {
        void (*change)(struct result *);
        const char *said;
        bool can_be_forced;
    } rows[] = {
        {change_connections,
         "the plans differ: connections is 10 in \"old.json\" and 20 in \"new.json\"; expected",
         true},
        {change_url, "the URL is \"https://localhost/\" in \"old.json\" and \"https://other/\"",
         true},
        {change_loop, "the loop is \"closed\" in \"old.json\" and \"open\"", true},
        {add_groups, "groups is not given in \"old.json\" and \"P-256\" in \"new.json\"", true},
        {add_requests, "requests is not given in \"old.json\" and 10 in \"new.json\"", true},
        {pause_no_slots, "backoff is not given in \"old.json\" and false in \"new.json\"", true},
        {refuse_by_close, "refusal_by_close is not given in \"old.json\" and true", true},
        {empty_it, "\"new.json\" has measured nothing", false},
        {mix_intervals, "\"new.json\": intervals of 1 s and of 2 s in one result", false},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct error err = {""};
        struct diff_result diff = sides(1), forced = sides(1);
        rows[i].change(new_of(&diff));
        rows[i].change(new_of(&forced));
        assert_false(diff_make(&diff, false, &err));
        if (strstr(err.text, rows[i].said) == NULL)
            fail_msg("'%s' is not in '%s'", rows[i].said, err.text);
        assert_int_equal(diff_make(&forced, true, &err), rows[i].can_be_forced);
        assert_int_equal(forced.num_plan_differences, rows[i].can_be_forced);
        diff_result_cleanup(&diff);
        diff_result_cleanup(&forced);
    }
}

static void what_figures_cannot_depend_on_does_not_count(void **state)
{
    (void)state;
    struct error err;
    struct diff_result diff = sides(1);
    struct result *r = new_of(&diff);
    result_set_number(r, "seed", 7);
    result_set_number(r, "duration_s", 60);
    result_set_text(r, "start_at", "@1");
    result_set_text(r, "keylog", "keys");
    result_set_null(r, "groups"); /* that an older version does not know */
    result_set_bool(r, "refusal_by_close", false);
    free(r->version);
    r->version = memory_text("9.9");
    assert_true(diff_make(&diff, false, &err));
    assert_int_equal(diff.num_plan_differences, 0);
    assert_int_equal(diff.num_remarks, 1);
    assert_string_equal(diff.remarks[0], "measured by pinload 0.1.0 and by pinload 9.9");
    diff_result_cleanup(&diff);
}

static void what_only_one_side_has_is_remarked(void **state)
{
    (void)state;
    struct error err;
    struct diff_result diff = sides(1);
    struct result *r = new_of(&diff);
    name_counts_add(&diff.sides[SIDE_OLD].results[0]->versions, "TLSv1.3", 5);
    name_counts_add(&r->versions, "TLSv1.3", 5);
    name_counts_add(&r->versions, "TLSv1.2", 5);
    r->saturated = true;
    r->interrupted_by = 2;
    assert_true(diff_make(&diff, false, &err));
    assert_int_equal(diff.num_remarks, 3);
    assert_string_equal(diff.remarks[0], "only the new side had this TLS version: TLSv1.2");
    assert_non_null(strstr(diff.remarks[1], "\"new.json\" did not hold its rate"));
    assert_string_equal(diff.remarks[2], "\"new.json\" was interrupted");
    diff_result_cleanup(&diff);
}

static void conditions_are_read_or_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *said; /* NULL: it is one */
    } rows[] = {
        {"tls_handshake.p99 > 5%", NULL},
        {"latency.session.p999>0.5%", NULL},
        {" sessions.failed  >  1% ", NULL},
        {"generator.cpu_per_session_us > 10%", NULL},
        {"tls_handshake.p99", "has no '>'"},
        {"tls_handshake.p99 >= 5%", "has no '>'"},
        {"tls_handshake.p99 < 5%", "has no '>'"},
        {"tls_handshake.p98 > 5%", "names 'tls_handshake.p98', which is not a figure of a diff"},
        {"sessions.started > 5%", "names 'sessions.started'"},
        {" > 5%", "names no figure"},
        {"tls_handshake.p99 > 5", "has no percentage"},
        {"tls_handshake.p99 > 5ms", "has no percentage"},
        {"tls_handshake.p99 > -5%", "has '-5%'"},
        {"tls_handshake.p99 > %", "has no percentage"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct worse_limit limit;
        struct error err = {""};
        bool is_read = worse_limit_parse(&limit, rows[i].text, &err);
        if (rows[i].said == NULL)
            assert_true(is_read);
        else if (is_read || strstr(err.text, rows[i].said) == NULL)
            fail_msg("of '%s' it says '%s' and not '%s'", rows[i].text, err.text, rows[i].said);
    }
}

static bool holds(struct diff_result *diff, const char *text, bool allow_empty)
{
    struct worse_limit limit;
    struct error err;
    size_t before = diff->num_checks;
    assert_true(worse_limit_parse(&limit, text, &err));
    worse_limit_judge(&limit, allow_empty, diff);
    assert_int_equal(diff->num_checks, before + 1);
    return diff->checks[before].violation == NULL;
}

static void conditions_hold_up_to_their_limit(void **state)
{
    (void)state;
    struct error err;
    struct diff_result diff = sides(2); /* twice as slow */
    assert_true(diff_make(&diff, false, &err));
    assert_int_equal(diff_result_find(&diff, "tls_handshake.p50")->verdict, DIFF_WORSE);
    assert_int_equal(diff_result_find(&diff, "sessions.per_second")->verdict, DIFF_WORSE);
    assert_true(holds(&diff, "latency.tls_handshake.p50 > 150%", false));
    assert_true(diff.passed);
    assert_false(holds(&diff, "tls_handshake.p50 > 50%", false));
    assert_false(diff.passed);
    assert_non_null(strstr(diff.checks[1].violation, "tls_handshake.p50 is worse by "));
    assert_false(holds(&diff, "sessions.per_second > 30%", false));
    assert_true(holds(&diff, "sessions.failed > 0%", false));
    assert_false(holds(&diff, "request.p50 > 5%", false));
    assert_non_null(
        strstr(diff.checks[4].violation, "nothing is known of request.p50 (not in both)"));
    assert_false(holds(&diff, "tls_handshake.p999 > 5%", false));
    assert_true(holds(&diff, "tls_handshake.p999 > 5%", true));
    diff_result_cleanup(&diff);
}

/* All of the new side failed: the old side had none of it. */
static void a_server_that_is_down_is_worse(void **state)
{
    (void)state;
    struct error err;
    struct diff_result diff = sides(1);
    struct result *r = new_of(&diff);
    for (int kind = 0; kind < NUM_LATENCIES; kind++)
        latency_reset(r->latencies[kind]);
    for (size_t i = 0; i < r->num_series; i++) {
        r->series[i].failed = r->series[i].sessions;
        r->series[i].handshakes = 0;
    }
    r->by_class[CLASS_SUCCEEDED] = 0;
    r->by_class[CLASS_FAILED] = r->started;
    r->handshakes_per_second = 0;
    r->num_intervals = 0;
    assert_true(diff_make(&diff, false, &err));
    assert_null(diff_result_find(&diff, "tls_handshake.p50"));
    assert_int_equal(diff_result_find(&diff, "sessions.failed")->verdict, DIFF_WORSE);
    assert_int_equal(diff_result_find(&diff, "handshakes.per_second")->verdict, DIFF_WORSE);
    r->num_intervals = 8;
    diff_result_cleanup(&diff);
}

static void refusals_that_are_wanted_are_neither_better_nor_worse(void **state)
{
    (void)state;
    struct error err;
    struct diff_result diff = sides(1);
    struct result *r = new_of(&diff);
    r->identities = memory_new(1, sizeof *r->identities);
    r->num_identities = 1;
    r->identities[0] = (struct result_identity){.name = memory_text("a"), .expect_refused = true};
    for (size_t i = 0; i < r->num_series; i++)
        r->series[i].refused = r->series[i].sessions / 2;
    r->by_class[CLASS_REFUSED] = r->started / 2;
    assert_true(diff_make(&diff, false, &err));
    assert_int_equal(diff_result_find(&diff, "sessions.refused")->verdict, DIFF_CHANGED);
    assert_int_equal(diff_result_verdict(&diff), DIFF_CHANGED);
    diff_result_cleanup(&diff);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plans_that_differ_are_refused_by_name),
        cmocka_unit_test(what_figures_cannot_depend_on_does_not_count),
        cmocka_unit_test(what_only_one_side_has_is_remarked),
        cmocka_unit_test(conditions_are_read_or_refused),
        cmocka_unit_test(conditions_hold_up_to_their_limit),
        cmocka_unit_test(a_server_that_is_down_is_worse),
        cmocka_unit_test(refusals_that_are_wanted_are_neither_better_nor_worse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
