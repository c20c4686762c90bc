/* SPDX-License-Identifier: Apache-2.0 */
#include "result/saturation.h"

#include "unit.h"

/* 1,000 sessions over 10 s, all on time. */
static struct load_figures on_time(void)
{
    return (struct load_figures){.rate = 100,
                                 .scheduled = 1000,
                                 .started = 1000,
                                 .busiest = 0.3,
                                 .window_s = 10,
                                 .slip_p50_s = 0.0005,
                                 .last_intended_s = 9.99,
                                 .last_began_s = 9.9905};
}

static void expect_held(const struct load_figures *figures)
{
    const char *limit = "none was written";
    assert_false(saturation_judge(figures, &limit));
    assert_null(limit);
}

static void expect_limit(const struct load_figures *figures, const char *expected)
{
    const char *limit = NULL;
    assert_true(saturation_judge(figures, &limit));
    if (expected == NULL)
        assert_null(limit);
    else
        assert_string_equal(limit, expected);
}

static void what_began_on_time_was_held(void **state)
{
    (void)state;
    struct load_figures figures = on_time();
    expect_held(&figures);
    figures.started = 990;
    expect_held(&figures);
    figures = (struct load_figures){.rate = 100, .busiest = 1}; /* nothing was due yet */
    expect_held(&figures);
}

static void a_closed_loop_has_no_rate_to_hold(void **state)
{
    (void)state;
    struct load_figures figures = on_time();
    figures.rate = 0;
    figures.busiest = 1;
    figures.started = 10;
    expect_held(&figures);
}

static void under_99_percent_is_not_held_by_slots_or_by_loops_without_time(void **state)
{
    (void)state;
    struct load_figures figures = on_time();
    figures.started = 989;
    expect_limit(&figures, "cpu"); /* slots were free: the loop was late by itself */
    figures.was_full = true;
    expect_limit(&figures, "slots");
    figures.busiest = 0.95;
    expect_limit(&figures, "cpu");
}

static void what_this_machines_limits_ended_was_not_started(void **state)
{
    (void)state;
    struct load_figures figures = on_time();
    figures.local_limits = figures.no_ports = 10;
    expect_held(&figures);
    figures.local_limits = figures.no_ports = 11;
    expect_limit(&figures, "ports");
    figures.no_descriptors = 1;
    expect_limit(&figures, "descriptors");
    figures.no_descriptors = figures.no_ports = 0; /* memory */
    expect_limit(&figures, NULL);
}

static void a_count_that_ended_late_was_not_held(void **state)
{
    (void)state;
    struct load_figures figures = on_time();
    figures.last_began_s = 10.2;
    expect_held(&figures); /* a window has its last session when it has it */
    figures.is_counted = true;
    expect_limit(&figures, "cpu");
    figures.was_full = true;
    expect_limit(&figures, "slots");
    figures.last_began_s = 10.1;
    expect_held(&figures);
    figures.last_intended_s = 0.1; /* a short run: 20 ms do not count */
    figures.last_began_s = 0.12;
    expect_held(&figures);
}

static void slots_for_everybody_do_not_hide_a_loop_that_runs_behind(void **state)
{
    (void)state;
    struct load_figures figures = on_time();
    figures.busiest = 0.99;
    expect_held(&figures); /* busy and on time */
    figures.slip_p50_s = 0.11;
    expect_limit(&figures, "cpu");
    figures.busiest = 0.5; /* it is late for want of a slot */
    expect_held(&figures);
    figures.busiest = 0.99;
    figures.window_s = 1; /* a short run: 20 ms do not count */
    figures.slip_p50_s = 0.019;
    expect_held(&figures);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_began_on_time_was_held),
        cmocka_unit_test(a_closed_loop_has_no_rate_to_hold),
        cmocka_unit_test(under_99_percent_is_not_held_by_slots_or_by_loops_without_time),
        cmocka_unit_test(what_this_machines_limits_ended_was_not_started),
        cmocka_unit_test(a_count_that_ended_late_was_not_held),
        cmocka_unit_test(slots_for_everybody_do_not_hide_a_loop_that_runs_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
