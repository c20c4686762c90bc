/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/stages.h"

#include "base/clock.h"
#include "plan/pacer.h"
#include "unit.h"

#include <math.h>

#define START_NS 123456789012345ull

static struct stages make(size_t count, const double (*rows)[3])
{
    struct stages stages = {0};
    for (size_t i = 0; i < count; i++)
        assert_true(stages_add(&stages, (uint64_t)(rows[i][0] * NS_PER_S), rows[i][1], rows[i][2]));
    return stages;
}

/* How many arrivals of SHARE of SHARES are in each stage; each is in order and within its stage. */
static void count_due(const struct stages *stages, enum arrival arrival, unsigned share,
                      unsigned shares, uint64_t *counts)
{
    struct pacer pacer;
    pacer_init_stages(&pacer, arrival, stages, START_NS, share, shares, 7);
    uint64_t last_ns = 0;
    for (uint64_t at_ns; (at_ns = pacer_next(&pacer)) != UINT64_MAX; pacer_advance(&pacer)) {
        assert_true(at_ns >= last_ns && at_ns >= START_NS);
        assert_true(at_ns - START_NS < stages_length(stages));
        counts[stages_at(stages, at_ns - START_NS)]++;
        last_ns = at_ns;
    }
}

static void each_stage_has_its_rate_times_its_length(void **state)
{
    (void)state;
    static const double rows[][3] = {{30, 200, 200}, {30, 400, 400},      {10, 333.3, 333.3},
                                     {5, 0, 0},      {0.001, 1000, 1000}, {3, 7, 7}};
    static const uint64_t due[] = {6000, 12000, 3333, 0, 1, 21};
    struct stages stages = make(6, rows);
    uint64_t counts[6] = {0};
    count_due(&stages, ARRIVAL_CONSTANT, 0, 1, counts);
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(counts[i], due[i]);
}

static void the_first_arrival_of_a_stage_is_at_its_start(void **state)
{
    (void)state;
    static const double rows[][3] = {{30, 200, 200}, {30, 400, 400}};
    struct stages stages = make(2, rows);
    assert_int_equal(stages_arrival(&stages, 0), 0);
    assert_int_equal(stages_arrival(&stages, 1), 5 * NS_PER_MS);
    assert_int_equal(stages_arrival(&stages, 6000), 30 * NS_PER_S);
    assert_int_equal(stages_arrival(&stages, 6001), 30 * NS_PER_S + 2500000);
    assert_true(stages_arrival(&stages, 18000) == UINT64_MAX);
}

/* From a to b in T, arrival n is where a t + (b - a) t^2 / 2T = n. */
static void a_linear_ramp_is_exact(void **state)
{
    (void)state;
    static const double rows[][3] = {{10, 100, 2000}};
    struct stages stages = make(1, rows);
    assert_true(fabs(stages_expected(&stages, 10 * NS_PER_S) - 10500) < 1e-9);
    for (int n = 0; n < 10500; n++) {
        double t = (double)stages_arrival(&stages, n) / NS_PER_S;
        assert_true(fabs(100 * t + 1900 * t * t / 20 - n) < 1e-4);
    }
    uint64_t counts[1] = {0};
    count_due(&stages, ARRIVAL_CONSTANT, 0, 1, counts);
    assert_int_equal(counts[0], 10500);
}

static void a_ramp_may_begin_or_end_with_nothing(void **state)
{
    (void)state;
    static const double rows[][3] = {{4, 0, 100}, {4, 100, 0}};
    struct stages stages = make(2, rows);
    uint64_t counts[2] = {0};
    count_due(&stages, ARRIVAL_CONSTANT, 0, 1, counts);
    assert_int_equal(counts[0], 200);
    assert_int_equal(counts[1], 200);
}

static void a_ramp_that_is_cut_is_the_same_schedule(void **state)
{
    (void)state;
    static const double whole_rows[][3] = {{10, 100, 2000}};
    struct stages whole = make(1, whole_rows), cut = {0};
    for (int i = 0; i < 10; i++)
        assert_true(stages_add(&cut, NS_PER_S, 100 + 190 * i, 100 + 190 * (i + 1)));
    for (int n = 0; n < 10500; n++) {
        int64_t apart = (int64_t)(stages_arrival(&whole, n) - stages_arrival(&cut, n));
        assert_true(apart >= -2 && apart <= 2);
    }
}

static void the_shares_of_takers_add_up_to_the_stages(void **state)
{
    (void)state;
    static const double rows[][3] = {{2, 100, 1000}, {1, 333, 333}, {3, 1000, 10}};
    struct stages stages = make(3, rows);
    uint64_t whole[3] = {0};
    count_due(&stages, ARRIVAL_CONSTANT, 0, 1, whole);
    for (unsigned shares = 2; shares < 9; shares++) {
        uint64_t sums[3] = {0};
        for (unsigned share = 0; share < shares; share++)
            count_due(&stages, ARRIVAL_CONSTANT, share, shares, sums);
        for (size_t i = 0; i < 3; i++)
            assert_int_equal(sums[i], whole[i]);
    }
}

/* Within five standard deviations. */
static void a_poisson_process_has_about_as_many(void **state)
{
    (void)state;
    static const double rows[][3] = {{10, 400, 400}, {10, 400, 1600}};
    static const double expected[] = {4000, 10000};
    struct stages stages = make(2, rows);
    for (unsigned shares = 1; shares < 5; shares++) {
        uint64_t counts[2] = {0};
        for (unsigned share = 0; share < shares; share++)
            count_due(&stages, ARRIVAL_POISSON, share, shares, counts);
        for (size_t i = 0; i < 2; i++)
            assert_true(fabs((double)counts[i] - expected[i]) < 5 * sqrt(expected[i]));
    }
}

static void what_is_skipped_is_what_was_due(void **state)
{
    (void)state;
    static const double rows[][3] = {{2, 100, 1000}, {1, 0, 0}, {3, 1000, 10}};
    struct stages stages = make(3, rows);
    for (uint64_t until_ms = 1; until_ms < 6500; until_ms += 37) {
        struct pacer skipping, walking;
        uint64_t until_ns = START_NS + until_ms * NS_PER_MS, count = 0;
        pacer_init_stages(&skipping, ARRIVAL_CONSTANT, &stages, START_NS, 1, 3, 1);
        walking = skipping;
        for (; pacer_next(&walking) < until_ns; count++)
            pacer_advance(&walking);
        assert_int_equal(pacer_skip(&skipping, until_ns, UINT64_MAX), count);
        assert_int_equal(pacer_next(&skipping), pacer_next(&walking));
    }
}

static void a_time_is_in_the_stage_that_has_begun_last(void **state)
{
    (void)state;
    static const double rows[][3] = {{2, 1, 1}, {1, 2, 2}};
    struct stages stages = make(2, rows);
    assert_int_equal(stages_at(&stages, 0), 0);
    assert_int_equal(stages_at(&stages, 2 * NS_PER_S - 1), 0);
    assert_int_equal(stages_at(&stages, 2 * NS_PER_S), 1);
    assert_int_equal(stages_at(&stages, 9 * NS_PER_S), 1);
    assert_int_equal(stages_length(&stages), 3 * NS_PER_S);
}

static void connections_rise_and_fall_by_one(void **state)
{
    (void)state;
    static const double rows[][3] = {{10, 10, 500}, {5, 50, 50}, {5, 50, 3}};
    struct stages stages = make(3, rows);
    stages.of_connections = true;
    assert_int_equal(stages_connections(&stages, 0), 10);
    assert_int_equal(stages_connections(&stages, 10 * NS_PER_S - 1), 500);
    assert_int_equal(stages_connections(&stages, 10 * NS_PER_S), 50);
    assert_int_equal(stages_connections(&stages, 99 * NS_PER_S), 3);
    uint64_t at_ns = 0, now = 10, steps = 0;
    for (; (at_ns = stages_next_change(&stages, at_ns)) != UINT64_MAX && steps < 2000; steps++) {
        uint64_t before = stages_connections(&stages, at_ns - 1);
        assert_true(before == now || before + 1 == now || before == now + 1);
        now = stages_connections(&stages, at_ns);
    }
    assert_true(steps > 500 && steps < 2000);
    assert_int_equal(now, 3);
}

static void the_load_is_known_to_fall(void **state)
{
    (void)state;
    static const double rises[][3] = {{1, 1, 5}, {1, 5, 5}, {1, 9, 10}};
    static const double drops[][3] = {{1, 5, 5}, {1, 4, 9}};
    static const double sinks[][3] = {{1, 5, 4}};
    struct stages a = make(3, rises), b = make(2, drops), c = make(1, sinks);
    assert_false(stages_falls(&a));
    assert_true(stages_falls(&b));
    assert_true(stages_falls(&c));
    assert_true(stages_most(&a) == 10 && stages_most(&b) == 9);
}

static void there_are_no_more_than_a_hundred(void **state)
{
    (void)state;
    struct stages stages = {0};
    for (int i = 0; i < STAGES_MOST; i++)
        assert_true(stages_add(&stages, 1, 1, 1));
    assert_false(stages_add(&stages, 1, 1, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_stage_has_its_rate_times_its_length),
        cmocka_unit_test(the_first_arrival_of_a_stage_is_at_its_start),
        cmocka_unit_test(a_linear_ramp_is_exact),
        cmocka_unit_test(a_ramp_may_begin_or_end_with_nothing),
        cmocka_unit_test(a_ramp_that_is_cut_is_the_same_schedule),
        cmocka_unit_test(the_shares_of_takers_add_up_to_the_stages),
        cmocka_unit_test(a_poisson_process_has_about_as_many),
        cmocka_unit_test(what_is_skipped_is_what_was_due),
        cmocka_unit_test(a_time_is_in_the_stage_that_has_begun_last),
        cmocka_unit_test(connections_rise_and_fall_by_one),
        cmocka_unit_test(the_load_is_known_to_fall),
        cmocka_unit_test(there_are_no_more_than_a_hundred),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
