/* SPDX-License-Identifier: Apache-2.0 */
#include "measure/seconds.h"

#include "base/clock.h"
#include "unit.h"

#include <math.h>

#define START_NS (1000 * NS_PER_S)

static uint64_t at_ms(uint64_t after_ms)
{
    return START_NS + after_ms * NS_PER_MS;
}

/* Nothing completes after 2.5 s; the run stops later, and its last session ends later still. */
static void the_last_second_ends_with_the_run(void **state)
{
    (void)state;
    static const struct {
        uint64_t stopped_ms, ended_ms;
        size_t num_rows;
        double last_s;
    } cases[] = {
        {4250, 4300, 5, 0.3}, {4250, 5010, 5, 1}, {4000, 4000, 4, 1}, {2600, 2600, 3, 0.6}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct seconds seconds;
        seconds_init(&seconds);
        seconds_begin(&seconds, START_NS);
        seconds_add_session(&seconds, at_ms(2500), CLASS_SUCCEEDED);
        seconds_end(&seconds, at_ms(cases[i].stopped_ms), at_ms(cases[i].ended_ms));
        assert_int_equal(seconds.count, cases[i].num_rows);
        for (size_t k = 0; k + 1 < seconds.count; k++)
            assert_true(seconds_length(&seconds, k) == 1);
        assert_true(fabs(seconds_length(&seconds, seconds.count - 1) - cases[i].last_s) < 1e-9);
        seconds_cleanup(&seconds);
    }
}

static void a_run_without_a_window_has_no_second(void **state)
{
    (void)state;
    struct seconds seconds;
    seconds_init(&seconds);
    seconds_begin(&seconds, START_NS);
    seconds_end(&seconds, START_NS, START_NS);
    assert_int_equal(seconds.count, 0);
    seconds_cleanup(&seconds);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_second_ends_with_the_run),
        cmocka_unit_test(a_run_without_a_window_has_no_second),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
