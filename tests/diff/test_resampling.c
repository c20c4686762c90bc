/* SPDX-License-Identifier: Apache-2.0 */
#include "base/random.h"
#include "diff/resampling.h"
#include "diff/run_rows.h"
#include "measure/latency.h"
#include "result/result.h"
#include "unit.h"
#include "virtual_run.h"

#include <math.h>

static void assert_near(double value, double expected, double within)
{
    if (!(fabs(value - expected) <= within))
        fail_msg("%.10g is not %.10g", value, expected);
}

static double normal(struct random *random)
{
    return sqrt(2 * random_exponential(random)) * cos(2 * M_PI * random_unit(random));
}

/* On average over many runs, the spread of a mean of NUM rows of variance 1 with CORRELATION. */
static double spread_of_mean(size_t num, double correlation)
{
    double parts[200], wholes[200], sum = 0;
    struct row_ratio ratio = {num, parts, wholes};
    struct random random;
    struct spread spread;
    random_init(&random, 5);
    for (unsigned run = 0; run < 300; run++) {
        double state = normal(&random);
        for (size_t i = 0; i < num; i++) {
            parts[i] = 100 + state;
            wholes[i] = 1;
            state = correlation * state + sqrt(1 - correlation * correlation) * normal(&random);
        }
        assert_true(resample_ratio(&ratio, run, &spread));
        sum += spread.variance / 300;
    }
    return sum * (double)num;
}

static void the_spread_of_a_mean_is_that_of_its_rows(void **state)
{
    (void)state;
    /* a correlation that is there by chance is believed, unless below zero: the fewer, the wider */
    assert_near(spread_of_mean(60, 0), 1.1, 0.2);
    assert_near(spread_of_mean(8, 0), 1.4, 0.5);
}

static void what_neighbours_have_in_common_widens_it(void **state)
{
    (void)state;
    double half = (1 + 0.5) / (1 - 0.5), much = (1 + 0.8) / (1 - 0.8);
    assert_near(spread_of_mean(100, 0.5) / half, 1, 0.25);
    assert_near(spread_of_mean(200, 0.8) / much, 1, 0.3);
}

static void rows_without_a_spread_have_none(void **state)
{
    (void)state;
    double parts[12], wholes[12];
    struct row_ratio ratio = {12, parts, wholes};
    struct spread spread;
    for (size_t i = 0; i < 12; i++)
        parts[i] = 50, wholes[i] = 1;
    assert_true(resample_ratio(&ratio, 1, &spread));
    assert_near(spread.variance, 0, 1e-20);
    assert_true(spread.df >= 1);
}

static void of_a_few_rows_nothing_is_known(void **state)
{
    (void)state;
    double ones[RESAMPLING_MIN_ROWS] = {1, 1, 1, 1, 1};
    struct row_ratio few = {RESAMPLING_MIN_ROWS - 1, ones, ones};
    struct row_ratio enough = {RESAMPLING_MIN_ROWS, ones, ones};
    struct spread spread;
    assert_false(resample_ratio(&few, 1, &spread));
    assert_true(resample_ratio(&enough, 1, &spread));
    struct row_ratio nothing = {RESAMPLING_MIN_ROWS, ones, (double[RESAMPLING_MIN_ROWS]){0}};
    assert_false(resample_ratio(&nothing, 1, &spread));
}

/* Of a percentile the truth is what many runs differ by. */
static void the_spread_of_percentiles_is_what_runs_differ_by(void **state)
{
    (void)state;
    enum { NUM_RUNS = 120 };
    static const struct virtual_noise noise = {"", 24, 200, 0.5, 0.03, 0, 0};
    static const double percents[] = {50, 90, 99};
    static const enum diff_stat stats[] = {STAT_P50, STAT_P90, STAT_P99};
    double sums[3] = {0}, squares[3] = {0}, spreads[3] = {0};
    struct random random;
    random_init(&random, 9);
    for (unsigned run = 0; run < NUM_RUNS; run++) {
        struct result *r = virtual_run(&random, &noise, 1, 1);
        struct row_values values;
        struct spread found[NUM_STATS];
        row_values_of(&values, r, LATENCY_TLS_HANDSHAKE);
        assert_int_equal(values.num_rows, 24);
        assert_true(resample_values(&values, run, found));
        for (int k = 0; k < 3; k++) {
            double value =
                log(latency_percentile(r->latencies[LATENCY_TLS_HANDSHAKE], percents[k]));
            sums[k] += value;
            squares[k] += value * value;
            spreads[k] += found[stats[k]].variance / NUM_RUNS;
        }
        row_values_cleanup(&values);
        result_free(r);
    }
    for (int k = 0; k < 3; k++) {
        double variance = (squares[k] - sums[k] * sums[k] / NUM_RUNS) / (NUM_RUNS - 1);
        print_message("p%g: %.5f seen, %.5f said\n", percents[k], sqrt(variance), sqrt(spreads[k]));
        assert_near(sqrt(spreads[k] / variance), 1, 0.3);
    }
}

static void what_came_after_the_window_is_of_its_last_interval(void **state)
{
    (void)state;
    static const struct virtual_noise noise = {"", 7, 50, 0, 0, 0, 0};
    struct random random;
    struct row_values values;
    struct row_ratio ratio;
    random_init(&random, 1);
    struct result *r = virtual_run(&random, &noise, 1, 1);
    r->duration_s = 6.002;
    r->warm_up_s = 1;
    row_values_of(&values, r, LATENCY_TLS_HANDSHAKE);
    assert_int_equal(values.num_rows, 6);
    row_ratio_of(&ratio, r, RATIO_SESSIONS);
    assert_int_equal(ratio.num_rows, 5);
    row_values_cleanup(&values);
    row_ratio_cleanup(&ratio);
    row_values_of(&values, r, LATENCY_REQUEST);
    assert_int_equal(values.num_rows, 0);
    row_values_cleanup(&values);
    result_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_spread_of_a_mean_is_that_of_its_rows),
        cmocka_unit_test(what_neighbours_have_in_common_widens_it),
        cmocka_unit_test(rows_without_a_spread_have_none),
        cmocka_unit_test(of_a_few_rows_nothing_is_known),
        cmocka_unit_test(the_spread_of_percentiles_is_what_runs_differ_by),
        cmocka_unit_test(what_came_after_the_window_is_of_its_last_interval),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
