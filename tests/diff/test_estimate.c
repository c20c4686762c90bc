/* SPDX-License-Identifier: Apache-2.0 */
#include "diff/estimate.h"
#include "unit.h"

#include <math.h>

static struct run_estimate run(double value, double variance, double df)
{
    return (struct run_estimate){
        .value = value, .has_spread = true, .spread = {variance, df}, .seconds = 60};
}

static void assert_near(double value, double expected, double within)
{
    if (!(fabs(value - expected) <= within))
        fail_msg("%.10g is not %.10g", value, expected);
}

static struct difference_of_sides of(const struct run_estimate *old, size_t num_old,
                                     const struct run_estimate *new, size_t num_new)
{
    struct difference_of_sides d;
    assert_true(estimate_difference((struct runs){old, num_old}, (struct runs){new, num_new}, &d));
    return d;
}

static void one_run_a_side_is_known_by_its_seconds(void **state)
{
    (void)state;
    const struct run_estimate old = run(1, 0.0009, 10), new = run(1.2, 0.0016, 10);
    struct difference_of_sides d = of(&old, 1, &new, 1);
    assert_near(d.difference, 0.2, 1e-12);
    assert_near(d.error, 0.05, 1e-12);
    assert_near(d.df, 18.546, 0.001); /* Welch: 25^2 / (9^2/10 + 16^2/10) */
    assert_false(d.from_runs);
    assert_near(estimate_reach(&d, 0.95), 0.05 * 2.0965, 1e-4);
}

static void several_runs_are_known_by_what_they_differ_by(void **state)
{
    (void)state;
    const struct run_estimate old[] = {run(1, 1e-6, 10), run(1.1, 1e-6, 10), run(1.2, 1e-6, 10)};
    const struct run_estimate new[] = {run(2, 1e-6, 10), run(2.1, 1e-6, 10), run(2.2, 1e-6, 10)};
    struct difference_of_sides d = of(old, 3, new, 3);
    assert_true(d.from_runs);
    assert_near(d.difference, 1, 1e-12);
    assert_near(d.error, 0.1 * sqrt(2.0 / 3), 1e-6); /* each run is 0.1 off its side's mean */
    assert_near(d.df, 4, 0.01);
}

static void runs_that_agree_by_chance_are_known_no_better_than_their_seconds(void **state)
{
    (void)state;
    const struct run_estimate old[] = {run(1, 0.01, 10), run(1, 0.01, 10)};
    const struct run_estimate new[] = {run(1, 0.01, 10), run(1, 0.01, 10)};
    struct difference_of_sides d = of(old, 2, new, 2);
    assert_near(d.error, 0.1, 1e-12);
    assert_near(d.df, 40, 1e-9);
}

static void short_runs_are_known_by_their_number_alone(void **state)
{
    (void)state;
    struct run_estimate old[] = {run(1, 0, 0), run(1.1, 0, 0)}, new = run(1.4, 0, 0);
    old[0].has_spread = old[1].has_spread = new.has_spread = false;
    struct difference_of_sides d = of(old, 2, &new, 1);
    assert_near(d.df, 1, 1e-12);
    struct difference_of_sides none;
    assert_false(estimate_difference((struct runs){old, 1}, (struct runs){&new, 1}, &none));
}

static void within_the_margin_there_is_no_difference(void **state)
{
    (void)state;
    const struct run_estimate old = run(1, 1e-8, 10), new = run(1.0199, 1e-8, 10);
    struct difference_of_sides d = of(&old, 1, &new, 1);
    assert_true(estimate_p_value(&d, 0.02) == 1);
    assert_true(estimate_p_value(&d, 0.01) < 1e-6);
}

static void a_difference_without_a_spread_is_certain(void **state)
{
    (void)state;
    const struct run_estimate old = run(1, 0, 10), new = run(2, 0, 10);
    struct difference_of_sides d = of(&old, 1, &new, 1);
    assert_true(estimate_p_value(&d, 0.1) == 0);
    struct difference_of_sides same = of(&old, 1, &old, 1);
    assert_true(estimate_p_value(&same, 0) == 1);
}

static void longer_runs_are_needed_for_less(void **state)
{
    (void)state;
    const struct run_estimate old = run(1, 0.0009, 16), new = run(1, 0.0009, 16);
    struct difference_of_sides d = of(&old, 1, &new, 1);
    double for_ten = estimate_seconds_needed(&d, 0.1, 0.02, 0.95);
    double for_five = estimate_seconds_needed(&d, 0.05, 0.02, 0.95);
    assert_near(for_five / for_ten, 64.0 / 9, 0.3); /* as the square of what is beyond the margin */
    assert_true(isnan(estimate_seconds_needed(&d, 0.02, 0.02, 0.95)));
    assert_true(isnan(estimate_runs_needed(&d, 0.1, 0.02, 0.95)));
    assert_true(estimate_least_seen(&d, 0.02, 0.95) > estimate_reach(&d, 0.95) + 0.02);
}

static void more_runs_are_needed_for_less(void **state)
{
    (void)state;
    const struct run_estimate runs[] = {run(1, 1e-6, 10), run(1.05, 1e-6, 10), run(0.95, 1e-6, 10)};
    struct difference_of_sides d = of(runs, 3, runs, 3);
    double for_ten = estimate_runs_needed(&d, 0.1, 0.02, 0.95);
    assert_true(for_ten >= 4);
    assert_true(estimate_runs_needed(&d, 0.05, 0.02, 0.95) > 4 * for_ten);
    assert_true(isnan(estimate_runs_needed(&d, 0.0201, 0.02, 0.95)));
    assert_true(isnan(estimate_seconds_needed(&d, 0.1, 0.02, 0.95)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_run_a_side_is_known_by_its_seconds),
        cmocka_unit_test(several_runs_are_known_by_what_they_differ_by),
        cmocka_unit_test(runs_that_agree_by_chance_are_known_no_better_than_their_seconds),
        cmocka_unit_test(short_runs_are_known_by_their_number_alone),
        cmocka_unit_test(within_the_margin_there_is_no_difference),
        cmocka_unit_test(a_difference_without_a_spread_is_certain),
        cmocka_unit_test(longer_runs_are_needed_for_less),
        cmocka_unit_test(more_runs_are_needed_for_less),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
