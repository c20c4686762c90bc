/* SPDX-License-Identifier: Apache-2.0 */
#include "result/result.h"

#include "unit.h"

#include <math.h>

static void a_new_result_is_empty_and_balances(void **state)
{
    (void)state;
    struct result *result = result_new();
    assert_true(result_balances(result));
    assert_int_equal(latency_count(result->latencies[LATENCY_FROM_SCHEDULE]), 0);
    assert_int_equal(latency_count(result->loop_lag), 0);
    assert_int_equal(latency_count(result->schedule_slip), 0);
    result_free(result);
    result_free(NULL);
}

static void every_started_session_is_in_one_class(void **state)
{
    (void)state;
    struct result *result = result_new();
    result->scheduled = 18;
    result->skipped = 3;
    result->started = 15;
    for (size_t i = 0; i < NUM_CLASSES; i++)
        result->by_class[i] = i + 1;
    assert_true(result_balances(result));
    for (size_t i = 0; i < NUM_CLASSES; i++) {
        result->by_class[i] += 1;
        assert_false(result_balances(result));
        result->by_class[i] -= 1;
    }
    result->skipped--;
    assert_false(result_balances(result));
    result_free(result);
}

static void books_that_wrap_do_not_balance(void **state)
{
    (void)state;
    struct result *result = result_new();
    result->by_class[CLASS_SUCCEEDED] = result->by_class[CLASS_REFUSED] = UINT64_MAX / 2;
    result->by_class[CLASS_FAILED] = 2;
    assert_false(result_balances(result));
    result_free(result);
}

static void a_row_is_below_the_most_also_where_the_quotient_is_rounded(void **state)
{
    (void)state;
    static const struct {
        double t_s, length_s;
        int row; /* -1: none */
    } table[] = {
        {0, 1, 0},
        {599.9, 1, 599},
        {600, 1, -1},
        {1199, 2, 599},
        {45968.21236721087, 76.6136872786848, -1},
        {30028.84417326129, 50.04807362210215, -1},
        {-1, 1, -1},
        {1, 0.5, -1},
        {NAN, 1, -1},
        {1, NAN, -1},
        {INFINITY, INFINITY, -1},
    };
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        size_t row = 0;
        assert_int_equal(result_interval_row(table[i].t_s, table[i].length_s, &row),
                         table[i].row >= 0);
        if (table[i].row >= 0)
            assert_int_equal(row, table[i].row);
    }
}

static void each_latency_has_a_name_of_its_own(void **state)
{
    (void)state;
    for (int i = 0; i < NUM_LATENCIES; i++) {
        for (int j = 0; j < i; j++)
            assert_string_not_equal(latency_kind_name(i), latency_kind_name(j));
    }
    assert_string_equal(latency_kind_name(LATENCY_VERIFY_CALLBACK), "verify_callback");
}

static void violations_keep_their_order(void **state)
{
    (void)state;
    struct result *result = result_new();
    result_add_violation(result, "%s refused %d times", "client1", 3);
    result_add_violation(result, "second");
    assert_int_equal(result->num_violations, 2);
    assert_string_equal(result->violations[0], "client1 refused 3 times");
    assert_string_equal(result->violations[1], "second");
    result_free(result);
}

static void of_checks_of_one_name_there_is_one_which_holds_where_each_held(void **state)
{
    (void)state;
    struct result *result = result_new();
    result_add_check(result, CHECK_THRESHOLD, "a > 1", NULL);
    result_add_check(result, CHECK_RUN, "a > 1", NULL);
    result_add_check(result, CHECK_THRESHOLD, "a > 1", "a is 2");
    result_add_check(result, CHECK_THRESHOLD, "a > 1", "a is 3");
    result_add_check(result, CHECK_THRESHOLD, "a > 1", NULL);
    assert_int_equal(result->num_checks, 2);
    assert_string_equal(result->checks[0].violation, "a is 2");
    assert_null(result->checks[1].violation);
    assert_int_equal(result->num_violations, 2);
    assert_string_equal(result->violations[1], "a is 3");
    assert_string_equal(check_kind_name(result->checks[0].kind), "threshold");
    assert_string_equal(check_kind_name(result->checks[1].kind), "run");
    result_free(result);
}

static void a_setting_that_is_set_again_keeps_its_place(void **state)
{
    (void)state;
    struct result *result = result_new();
    result_set_text(result, "rotate", "sticky");
    result_set_number(result, "connections", 64);
    result_set_bool(result, "rotate", true);
    result_set_null(result, "rate");
    assert_int_equal(result->num_settings, 3);
    assert_string_equal(result->settings[0].name, "rotate");
    assert_int_equal(result->settings[0].type, SETTING_BOOL);
    assert_null(result->settings[0].text);
    assert_true(result->settings[0].number == 1);
    assert_true(result->settings[1].number == 64);
    assert_int_equal(result->settings[2].type, SETTING_NULL);
    result_free(result);
}

static void a_setting_can_be_set_to_its_own_text(void **state)
{
    (void)state;
    struct result *result = result_new();
    result_set_text(result, "http", "auto");
    result_set_text(result, "http", result->settings[0].text);
    assert_string_equal(result->settings[0].text, "auto");
    result_free(result);
}

static void names_are_counted_in_the_order_of_their_coming(void **state)
{
    (void)state;
    struct name_counts counts = {0};
    name_counts_add(&counts, "X25519", 2);
    name_counts_add(&counts, "P-256", 0);
    name_counts_add(&counts, "X25519", 3);
    assert_int_equal(counts.count, 2);
    assert_string_equal(counts.items[0].name, "X25519");
    assert_int_equal(counts.items[0].count, 5);
    assert_int_equal(counts.items[1].count, 0);
    name_counts_cleanup(&counts);
    assert_int_equal(counts.count, 0);
    name_counts_cleanup(&counts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_result_is_empty_and_balances),
        cmocka_unit_test(every_started_session_is_in_one_class),
        cmocka_unit_test(books_that_wrap_do_not_balance),
        cmocka_unit_test(a_row_is_below_the_most_also_where_the_quotient_is_rounded),
        cmocka_unit_test(each_latency_has_a_name_of_its_own),
        cmocka_unit_test(violations_keep_their_order),
        cmocka_unit_test(of_checks_of_one_name_there_is_one_which_holds_where_each_held),
        cmocka_unit_test(a_setting_that_is_set_again_keeps_its_place),
        cmocka_unit_test(a_setting_can_be_set_to_its_own_text),
        cmocka_unit_test(names_are_counted_in_the_order_of_their_coming),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
