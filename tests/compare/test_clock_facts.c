/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/clock_facts.h"

#include "base/clock.h"
#include "base/random.h"
#include "unit.h"

#include <math.h>

#define NUM_DELTAS 2000

/* The step that is found from the deltas of a clock that advances by STEP. */
static double found(double step)
{
    uint64_t deltas[NUM_DELTAS];
    struct random random;
    random_init(&random, 1);
    double now = 12345;
    for (int i = 0; i < NUM_DELTAS; i++) {
        double before = now;
        now += 20 + (double)random_below(&random, 300);
        deltas[i] = (uint64_t)((double)(uint64_t)(now / step) * step) -
                    (uint64_t)((double)(uint64_t)(before / step) * step);
    }
    return clock_step_of(deltas, NUM_DELTAS);
}

static void the_step_of_a_clock_is_found_in_its_deltas(void **state)
{
    (void)state;
    static const double steps[] = {10, 20, 41, 100, 1000};
    for (size_t i = 0; i < COUNT_OF(steps); i++)
        assert_int_equal((int)found(steps[i]), (int)steps[i]);
}

static void a_clock_of_single_nanoseconds_has_a_step_of_one(void **state)
{
    (void)state;
    assert_int_equal((int)found(1), 1);
    assert_int_equal((int)found(0.4), 1);
}

static void rounding_to_nanoseconds_hides_no_step(void **state)
{
    (void)state;
    assert_int_equal((int)found(10.0147), 10);
}

static void some_deltas_that_do_not_fit_decide_nothing(void **state)
{
    (void)state;
    uint64_t deltas[NUM_DELTAS];
    for (int i = 0; i < NUM_DELTAS; i++)
        deltas[i] = i % 200 == 0 ? 12345677 : 20 + 10 * (uint64_t)(i % 7);
    assert_int_equal((int)clock_step_of(deltas, NUM_DELTAS), 10);
}

static void without_any_delta_the_step_is_one(void **state)
{
    (void)state;
    static const uint64_t none[NUM_DELTAS];
    assert_int_equal((int)clock_step_of(none, NUM_DELTAS), 1);
    assert_int_equal((int)clock_step_of(none, 0), 1);
}

static uint64_t ticks_of_4_ms(void)
{
    return clock_now_ns() / (4 * NS_PER_MS) * (4 * NS_PER_MS);
}

static uint64_t still(void)
{
    return 12345;
}

static void a_clock_of_ticks_has_their_length_as_its_step(void **state)
{
    (void)state;
    double step_ns = clock_step_ns(ticks_of_4_ms);
    assert_true(fmod(step_ns, 4e6) == 0 &&
                step_ns >= 4e6); /* some ticks long, where the test waits */
    assert_true(clock_step_ns(still) == 1e8);
}

static void this_machines_clocks_have_a_cost_and_a_step(void **state)
{
    (void)state;
    uint64_t (*const clocks[])(void) = {clock_now_ns, clock_thread_cpu_ns};
    for (size_t i = 0; i < COUNT_OF(clocks); i++) {
        double cost_ns = clock_cost_ns(clocks[i]), step_ns = clock_step_ns(clocks[i]);
        assert_true(cost_ns > 0 && cost_ns < 100000);
        assert_true(step_ns >= 1 && step_ns <= 1000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_step_of_a_clock_is_found_in_its_deltas),
        cmocka_unit_test(a_clock_of_single_nanoseconds_has_a_step_of_one),
        cmocka_unit_test(rounding_to_nanoseconds_hides_no_step),
        cmocka_unit_test(some_deltas_that_do_not_fit_decide_nothing),
        cmocka_unit_test(without_any_delta_the_step_is_one),
        cmocka_unit_test(a_clock_of_ticks_has_their_length_as_its_step),
        cmocka_unit_test(this_machines_clocks_have_a_cost_and_a_step),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
