/* SPDX-License-Identifier: Apache-2.0 */
#include "measure/intervals.h"

#include "base/clock.h"
#include "measure/latency.h"
#include "result/result.h"
#include "unit.h"

#define START_NS (1000 * NS_PER_S)

static void record(struct intervals *intervals, enum latency_kind kind, uint64_t second)
{
    intervals_record(intervals, kind, START_NS + second * NS_PER_S, 3 * NS_PER_MS);
}

static uint64_t count_in(const struct interval_row *row, enum latency_kind kind)
{
    struct latency *latency = row->hdr[kind] != NULL ? latency_decode(row->hdr[kind], 0) : NULL;
    uint64_t count = latency != NULL ? latency_count(latency) : 0;
    latency_free(latency);
    return count;
}

/* Merges PARTS into a new one, as a run does, and fills a result from it. Frees the parts. */
static struct result *result_of(struct intervals *parts, size_t count)
{
    struct intervals total = {0};
    struct result *result = result_new();
    intervals_begin(&total, START_NS);
    for (size_t i = 0; i < count; i++) {
        intervals_merge(&total, &parts[i]);
        intervals_cleanup(&parts[i]);
    }
    result->num_intervals = intervals_rows(&total, &result->intervals);
    intervals_cleanup(&total);
    return result;
}

static void without_values_there_is_no_interval(void **state)
{
    (void)state;
    struct intervals part = {0};
    intervals_begin(&part, START_NS);
    struct result *result = result_of(&part, 1);
    assert_int_equal(result->num_intervals, 0);
    result_free(result);
}

static void an_interval_is_a_second_and_an_empty_one_is_left_out(void **state)
{
    (void)state;
    struct intervals part = {0};
    intervals_begin(&part, START_NS);
    record(&part, LATENCY_CONNECT, 0);
    record(&part, LATENCY_TLS_HANDSHAKE_FULL, 0);
    record(&part, LATENCY_TLS_HANDSHAKE_RESUMED, 0);
    record(&part, LATENCY_TLS_HANDSHAKE_FULL, 3);
    struct result *result = result_of(&part, 1);
    assert_int_equal(result->num_intervals, 2);
    const struct interval_row *rows = result->intervals;
    assert_true(rows[0].t_s == 0 && rows[0].length_s == 1);
    assert_true(rows[1].t_s == 3 && rows[1].length_s == 1);
    assert_int_equal(count_in(&rows[0], LATENCY_CONNECT), 1);
    assert_int_equal(count_in(&rows[0], LATENCY_TLS_HANDSHAKE), 2);
    assert_int_equal(count_in(&rows[0], LATENCY_SESSION), 0);
    assert_int_equal(count_in(&rows[1], LATENCY_TLS_HANDSHAKE), 1);
    result_free(result);
}

static void a_third_of_a_microsecond_is_what_it_is(void **state)
{
    (void)state;
    struct intervals part = {0};
    intervals_begin(&part, START_NS);
    intervals_record(&part, LATENCY_VERIFY_CALLBACK, START_NS, 312);
    struct result *result = result_of(&part, 1);
    struct latency *latency = latency_decode(result->intervals[0].hdr[LATENCY_VERIFY_CALLBACK], 0);
    double p50 = latency_percentile(latency, 50);
    assert_true(p50 >= 310 && p50 <= 315);
    latency_free(latency);
    result_free(result);
}

static void what_comes_late_for_its_interval_is_kept(void **state)
{
    (void)state;
    struct intervals part = {0};
    intervals_begin(&part, START_NS);
    record(&part, LATENCY_CONNECT, 5);
    record(&part, LATENCY_CONNECT, 4);
    struct result *result = result_of(&part, 1);
    assert_int_equal(result->num_intervals, 1);
    assert_int_equal(count_in(&result->intervals[0], LATENCY_CONNECT), 2);
    result_free(result);
}

static void a_long_run_has_longer_intervals_and_loses_nothing(void **state)
{
    (void)state;
    static const struct {
        uint64_t seconds;
        double length_s;
    } cases[] = {{600, 1}, {601, 2}, {1200, 2}, {1201, 4}, {86400, 256}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct intervals part = {0};
        uint64_t count = 0;
        intervals_begin(&part, START_NS);
        for (uint64_t second = 0; second < cases[i].seconds; second++)
            record(&part, LATENCY_SESSION, second);
        struct result *result = result_of(&part, 1);
        assert_true(result->num_intervals <= INTERVALS_MOST);
        for (size_t k = 0; k < result->num_intervals; k++) {
            assert_true(result->intervals[k].length_s == cases[i].length_s);
            assert_true(result->intervals[k].t_s == (double)k * cases[i].length_s);
            count += count_in(&result->intervals[k], LATENCY_SESSION);
        }
        assert_int_equal(count, cases[i].seconds);
        result_free(result);
    }
}

static void a_year_without_a_session_is_skipped_at_once(void **state)
{
    (void)state;
    struct intervals part = {0};
    intervals_begin(&part, START_NS);
    record(&part, LATENCY_SESSION, 0);
    record(&part, LATENCY_SESSION, (uint64_t)365 * 86400);
    struct result *result = result_of(&part, 1);
    assert_int_equal(result->num_intervals, 2);
    assert_true(result->intervals[1].t_s < INTERVALS_MOST * result->intervals[1].length_s);
    result_free(result);
}

static void threads_whose_intervals_differ_in_length_are_put_together(void **state)
{
    (void)state;
    struct intervals parts[3] = {{0}};
    static const uint64_t seconds[] = {10, 700, 5};
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        intervals_begin(&parts[i], START_NS);
        for (uint64_t second = 0; second < seconds[i]; second++)
            record(&parts[i], LATENCY_SESSION, second);
    }
    struct result *result = result_of(parts, COUNT_OF(parts));
    assert_int_equal(result->num_intervals, 350);
    static const uint64_t expected[] = {6, 6, 5, 4, 4, 2};
    for (size_t i = 0; i < COUNT_OF(expected); i++)
        assert_int_equal(count_in(&result->intervals[i], LATENCY_SESSION), expected[i]);
    assert_true(result->intervals[349].length_s == 2);
    result_free(result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_values_there_is_no_interval),
        cmocka_unit_test(an_interval_is_a_second_and_an_empty_one_is_left_out),
        cmocka_unit_test(a_third_of_a_microsecond_is_what_it_is),
        cmocka_unit_test(what_comes_late_for_its_interval_is_kept),
        cmocka_unit_test(a_long_run_has_longer_intervals_and_loses_nothing),
        cmocka_unit_test(a_year_without_a_session_is_skipped_at_once),
        cmocka_unit_test(threads_whose_intervals_differ_in_length_are_put_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
