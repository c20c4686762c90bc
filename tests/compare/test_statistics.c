/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/statistics.h"

#include "base/random.h"
#include "unit.h"

#include <math.h>

#define NUM_PAIRS 1000

static const struct difference_terms terms = {.wide_level = 0.99, .seed = 1};

static bool is_near(double value, double expected, double within)
{
    return fabs(value - expected) <= within;
}

/* LEFT is RIGHT plus BY, both with noise of standard deviation 10. */
static void fill(float *left, float *right, size_t n, double by)
{
    struct random random;
    random_init(&random, 5);
    for (size_t i = 0; i < n; i++) {
        right[i] = (float)(1000 + 10 * random_unit(&random));
        left[i] = (float)(1000 + by + 10 * random_unit(&random));
    }
}

static void a_difference_is_estimated_with_its_interval(void **state)
{
    (void)state;
    static float left[NUM_PAIRS], right[NUM_PAIRS];
    struct difference_estimate e;
    fill(left, right, NUM_PAIRS, 7);
    assert_true(statistics_difference(left, right, NUM_PAIRS, &terms, &e));
    assert_int_equal(e.num_pairs, NUM_PAIRS);
    assert_int_equal(e.num_batches, 20);
    assert_true(is_near(e.estimate, 7, 0.5));
    assert_true(e.ci95.low < 7 && e.ci95.high > 7 && e.ci95.high - e.ci95.low < 1);
    assert_true(e.wide.low < e.ci95.low && e.wide.high > e.ci95.high);
    assert_true(e.p_value < 0.001);
}

static void the_same_seed_gives_the_same_interval(void **state)
{
    (void)state;
    static float left[NUM_PAIRS], right[NUM_PAIRS];
    struct difference_estimate one, again;
    fill(left, right, NUM_PAIRS, 7);
    assert_true(statistics_difference(left, right, NUM_PAIRS, &terms, &one));
    assert_true(statistics_difference(left, right, NUM_PAIRS, &terms, &again));
    assert_memory_equal(&one, &again, sizeof one);
}

static void a_fifth_of_wild_values_decides_nothing(void **state)
{
    (void)state;
    static float left[NUM_PAIRS], right[NUM_PAIRS];
    struct difference_estimate e;
    fill(left, right, NUM_PAIRS, 7);
    for (size_t i = 0; i < NUM_PAIRS; i += 7)
        left[i] += 1e6f; /* a preempted handshake */
    assert_true(statistics_difference(left, right, NUM_PAIRS, &terms, &e));
    assert_true(is_near(e.estimate, 7, 2));
}

static void half_a_pair_is_left_out(void **state)
{
    (void)state;
    static float left[NUM_PAIRS], right[NUM_PAIRS];
    struct difference_estimate e;
    fill(left, right, NUM_PAIRS, 7);
    for (size_t i = 0; i < NUM_PAIRS; i += 4)
        *(i % 8 == 0 ? &left[i] : &right[i]) = NAN;
    assert_true(statistics_difference(left, right, NUM_PAIRS, &terms, &e));
    assert_int_equal(e.num_pairs, NUM_PAIRS * 3 / 4);
    assert_true(is_near(e.estimate, 7, 0.5));
}

static void too_few_pairs_give_no_estimate(void **state)
{
    (void)state;
    static float left[STATISTICS_MIN_PAIRS], right[STATISTICS_MIN_PAIRS];
    struct difference_estimate e;
    fill(left, right, STATISTICS_MIN_PAIRS, 7);
    assert_true(statistics_difference(left, right, STATISTICS_MIN_PAIRS, &terms, &e));
    left[50] = NAN;
    assert_false(statistics_difference(left, right, STATISTICS_MIN_PAIRS, &terms, &e));
    assert_int_equal(e.num_pairs, STATISTICS_MIN_PAIRS - 1);
    assert_false(statistics_difference(left, right, 0, &terms, &e));
}

static void an_interval_is_never_finer_than_its_margin(void **state)
{
    (void)state;
    static float left[NUM_PAIRS], right[NUM_PAIRS];
    struct difference_terms coarse = {.wide_level = 0.99, .seed = 1, .margin = 5};
    struct difference_estimate e;
    for (size_t i = 0; i < NUM_PAIRS; i++)
        left[i] = 340, right[i] = 40; /* nearly all differences of a fast callback are equal */
    assert_true(statistics_difference(left, right, NUM_PAIRS, &terms, &e));
    assert_true(e.ci95.low == 300 && e.ci95.high == 300);
    assert_true(statistics_difference(left, right, NUM_PAIRS, &coarse, &e));
    assert_true(e.estimate == 300);
    assert_true(e.ci95.low == 295 && e.ci95.high == 305);
    assert_true(e.wide.low == 295 && e.wide.high == 305);
}

static void equal_values_do_not_differ(void **state)
{
    (void)state;
    static float values[NUM_PAIRS];
    struct difference_estimate e;
    assert_true(statistics_difference(values, values, NUM_PAIRS, &terms, &e));
    assert_true(e.estimate == 0 && e.ci95.low == 0 && e.ci95.high == 0);
    assert_true(e.p_value == 1);
}

static void the_pairs_that_are_needed_grow_with_the_square(void **state)
{
    (void)state;
    struct difference_estimate e = {.num_pairs = 1000, .ci95 = {-4.2, 4.2}};
    assert_true(is_near(statistics_least_seen(&e), 6, 1e-9));
    assert_true(is_near(statistics_pairs_needed(&e, 6), 1000, 1e-6));
    assert_true(is_near(statistics_pairs_needed(&e, 3), 4000, 1e-6));
    assert_true(is_near(statistics_pairs_needed(&e, 12), 250, 1e-6));
}

static void no_number_of_pairs_is_enough_below_the_margin(void **state)
{
    (void)state;
    struct difference_estimate e = {.num_pairs = 1000, .ci95 = {-4.5, 4.5}, .margin = 1};
    assert_true(is_near(statistics_least_seen(&e), 6, 1e-9));
    assert_true(is_near(statistics_pairs_needed(&e, 6), 1000, 1e-6));
    assert_true(is_near(statistics_pairs_needed(&e, 2), 25000, 1e-6));
    assert_true(isinf(statistics_pairs_needed(&e, 1)));
    assert_true(isinf(statistics_pairs_needed(&e, 0.5)));
}

static void the_location_of_values_is_their_trimmed_mean(void **state)
{
    (void)state;
    static const float values[] = {100, 1, 2, 3, -50, 4, 5, NAN, 6, 900, 3};
    assert_true(is_near(statistics_location(values, COUNT_OF(values)), 23.0 / 6, 1e-6));
    assert_true(isnan(statistics_location(values + 7, 1)));
    assert_true(isnan(statistics_location(values, 0)));
}

static void the_signed_rank_test_agrees_with_tables(void **state)
{
    (void)state;
    /* Hollander and Wolfe's depression scores, before minus after: V = 40 of 9; with ties: 10 pairs
     * of which one is zero. The normal approximations without continuity correction. */
    static const double scores[] = {0.952, -0.147, 1.022,  0.430, 0.620,
                                    0.590, 0.490,  -0.080, 0.010};
    static const double tied[] = {2, 2, -2, 3, 1, 0, 4, -1, 5, 3};
    static const double even[] = {1, -1, 2, -2, 3, -3};
    assert_true(is_near(statistics_signed_rank(scores, COUNT_OF(scores)), 0.0382, 0.0002));
    assert_true(is_near(statistics_signed_rank(tied, COUNT_OF(tied)), 0.0429, 0.0002));
    assert_true(statistics_signed_rank(even, COUNT_OF(even)) == 1);
    assert_true(statistics_signed_rank(even, 0) == 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_difference_is_estimated_with_its_interval),
        cmocka_unit_test(the_same_seed_gives_the_same_interval),
        cmocka_unit_test(a_fifth_of_wild_values_decides_nothing),
        cmocka_unit_test(half_a_pair_is_left_out),
        cmocka_unit_test(too_few_pairs_give_no_estimate),
        cmocka_unit_test(an_interval_is_never_finer_than_its_margin),
        cmocka_unit_test(equal_values_do_not_differ),
        cmocka_unit_test(the_pairs_that_are_needed_grow_with_the_square),
        cmocka_unit_test(no_number_of_pairs_is_enough_below_the_margin),
        cmocka_unit_test(the_location_of_values_is_their_trimmed_mean),
        cmocka_unit_test(the_signed_rank_test_agrees_with_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
