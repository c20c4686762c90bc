/* SPDX-License-Identifier: Apache-2.0 */
#include "base/random.h"

#include "unit.h"

#include <math.h>

static void the_generator_gives_the_published_sequence(void **state)
{
    (void)state;
    static const uint64_t expected[] = {
        11520ull,
        0ull,
        1509978240ull,
        1215971899390074240ull,
        1216172134540287360ull,
        607988272756665600ull,
        16172922978634559625ull,
        8476171486693032832ull,
        10595114339597558777ull,
        2904607092377533576ull,
    };
    struct random random = {.state = {1, 2, 3, 4}};
    for (size_t i = 0; i < COUNT_OF(expected); i++)
        assert_true(random_next(&random) == expected[i]);
}

static void the_seed_goes_through_splitmix64(void **state)
{
    (void)state;
    static const uint64_t expected[4] = {6457827717110365317ull, 3203168211198807973ull,
                                         9817491932198370423ull, 4593380528125082431ull};
    struct random random;
    random_init(&random, 1234567);
    assert_memory_equal(random.state, expected, sizeof expected);
}

static void the_same_seed_gives_the_same_numbers(void **state)
{
    (void)state;
    struct random a, b, other;
    random_init(&a, 7);
    random_init(&b, 7);
    random_init(&other, 8);
    bool differs = false;
    for (int i = 0; i < 1000; i++) {
        uint64_t value = random_next(&a);
        assert_true(value == random_next(&b));
        differs = differs || value != random_next(&other);
    }
    assert_true(differs);
}

static void a_number_below_a_bound_is_below_it(void **state)
{
    (void)state;
    static const uint64_t bounds[] = {1, 2, 3, 10, 1000, 1ull << 32, 1ull << 63, UINT64_MAX};
    struct random random;
    random_init(&random, 1);
    for (size_t i = 0; i < COUNT_OF(bounds); i++) {
        for (int n = 0; n < 1000; n++)
            assert_true(random_below(&random, bounds[i]) < bounds[i]);
    }
}

/* Chi-squared with 9 degrees of freedom: 27.9 is exceeded by chance for one seed in a thousand. */
static void numbers_below_ten_are_uniform(void **state)
{
    (void)state;
    const int draws = 100000;
    int counts[10] = {0};
    struct random random;
    random_init(&random, 42);
    for (int i = 0; i < draws; i++)
        counts[random_below(&random, 10)]++;
    double chi_squared = 0;
    for (int i = 0; i < 10; i++)
        chi_squared += pow(counts[i] - draws / 10.0, 2) / (draws / 10.0);
    assert_true(chi_squared < 27.9);
}

static void a_unit_is_above_zero_and_at_most_one(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, 3);
    for (int i = 0; i < 100000; i++) {
        double unit = random_unit(&random);
        assert_true(unit > 0 && unit <= 1);
    }
}

static void exponential_variates_have_mean_and_deviation_one(void **state)
{
    (void)state;
    const int draws = 200000;
    double sum = 0, sum_of_squares = 0;
    struct random random;
    random_init(&random, 5);
    for (int i = 0; i < draws; i++) {
        double gap = random_exponential(&random);
        assert_true(gap >= 0 && isfinite(gap));
        sum += gap;
        sum_of_squares += gap * gap;
    }
    double mean = sum / draws;
    assert_true(fabs(mean - 1) < 0.01);
    assert_true(fabs(sqrt(sum_of_squares / draws - mean * mean) - 1) < 0.02);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_generator_gives_the_published_sequence),
        cmocka_unit_test(the_seed_goes_through_splitmix64),
        cmocka_unit_test(the_same_seed_gives_the_same_numbers),
        cmocka_unit_test(a_number_below_a_bound_is_below_it),
        cmocka_unit_test(numbers_below_ten_are_uniform),
        cmocka_unit_test(a_unit_is_above_zero_and_at_most_one),
        cmocka_unit_test(exponential_variates_have_mean_and_deviation_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
