/* SPDX-License-Identifier: Apache-2.0 */
#include "measure/value_counts.h"

#include "measure/latency.h"
#include "unit.h"

static struct latency_summary summary_of(const struct value_counts *counts)
{
    struct latency_summary summary;
    value_counts_summarize(counts, &summary);
    return summary;
}

static void an_empty_one_has_no_values(void **state)
{
    (void)state;
    struct value_counts none = {0};
    assert_int_equal(value_counts_num(&none), 0);
    assert_int_equal(value_counts_percentile(&none, 50), 0);
    assert_int_equal(summary_of(&none).count, 0);
    value_counts_cleanup(&none);
}

static void what_is_said_of_it_is_exact(void **state)
{
    (void)state;
    struct value_counts counts = {0};
    value_counts_add(&counts, 4097, 1);
    value_counts_add(&counts, 1411, 2);
    value_counts_add(&counts, 100003, 1);
    value_counts_add(&counts, 1411, 4);
    value_counts_add(&counts, 4097, 1);
    struct latency_summary summary = summary_of(&counts);
    assert_int_equal(counts.num, 3);
    assert_int_equal(summary.count, 9);
    assert_true(value_counts_sum(&counts) == 6 * 1411 + 2 * 4097 + 100003);
    assert_true(summary.mean == (6 * 1411 + 2 * 4097 + 100003) / 9.0);
    assert_true(summary.min == 1411 && summary.p50 == 1411);
    assert_true(summary.p75 == 4097 && summary.p90 == 100003 && summary.max == 100003);
    value_counts_cleanup(&counts);
}

static void a_percentile_is_the_least_value_that_so_many_are_at_or_below(void **state)
{
    (void)state;
    static const struct {
        double percent;
        uint64_t value;
    } cases[] = {{0.1, 0}, {0.2, 1}, {50, 499}, {50.05, 500}, {99, 989}, {99.9, 998}, {100, 999}};
    struct value_counts counts = {0};
    for (uint64_t i = 1000; i-- > 0;) /* from above, so that each is put before the others */
        value_counts_add(&counts, i, 1);
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_int_equal(value_counts_percentile(&counts, cases[i].percent), cases[i].value);
    value_counts_cleanup(&counts);
}

static void two_add_up_exactly(void **state)
{
    (void)state;
    struct value_counts all = {0}, parts[2] = {{0}, {0}};
    for (uint64_t i = 0; i < 3000; i++) {
        uint64_t value = i * i % 701;
        value_counts_add(&all, value, i);
        value_counts_add(&parts[i % 2], value, i);
    }
    value_counts_merge(&parts[0], &parts[1]);
    assert_int_equal(parts[0].num, all.num);
    for (size_t i = 0; i < all.num; i++) {
        assert_int_equal(parts[0].items[i].value, all.items[i].value);
        assert_int_equal(parts[0].items[i].count, all.items[i].count);
    }
    assert_int_equal(parts[0].rounded, 0);
    value_counts_cleanup(&all);
    value_counts_cleanup(&parts[0]);
    value_counts_cleanup(&parts[1]);
}

static void beyond_the_most_values_the_nearest_one_counts_and_it_is_told(void **state)
{
    (void)state;
    struct value_counts counts = {0};
    for (uint64_t i = 0; i < VALUES_MOST; i++)
        value_counts_add(&counts, 1000 + 10 * i, 1);
    value_counts_add(&counts, 1004, 1);  /* to 1000 */
    value_counts_add(&counts, 1006, 1);  /* to 1010 */
    value_counts_add(&counts, 3, 1);     /* to 1000 */
    value_counts_add(&counts, 99999, 5); /* to the last */
    value_counts_add(&counts, 1010, 1);  /* is known */
    assert_int_equal(counts.num, VALUES_MOST);
    assert_int_equal(counts.rounded, 8);
    assert_int_equal(value_counts_num(&counts), VALUES_MOST + 9);
    assert_int_equal(counts.items[0].count, 3);
    assert_int_equal(counts.items[1].count, 3);
    assert_int_equal(counts.items[VALUES_MOST - 1].count, 6);
    struct value_counts merged = {0};
    value_counts_merge(&merged, &counts);
    assert_int_equal(merged.rounded, 8);
    value_counts_cleanup(&merged);
    value_counts_cleanup(&counts);
}

static void a_count_that_does_not_fit_does_not_wrap(void **state)
{
    (void)state;
    struct value_counts counts = {0};
    value_counts_add(&counts, 1, UINT64_MAX - 1);
    value_counts_add(&counts, 1, 2);
    assert_true(value_counts_num(&counts) == UINT64_MAX);
    value_counts_cleanup(&counts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_one_has_no_values),
        cmocka_unit_test(what_is_said_of_it_is_exact),
        cmocka_unit_test(a_percentile_is_the_least_value_that_so_many_are_at_or_below),
        cmocka_unit_test(two_add_up_exactly),
        cmocka_unit_test(beyond_the_most_values_the_nearest_one_counts_and_it_is_told),
        cmocka_unit_test(a_count_that_does_not_fit_does_not_wrap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
