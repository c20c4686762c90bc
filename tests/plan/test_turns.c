/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/turns.h"

#include "unit.h"

/* After each turn, nobody's share is off by one or more. */
static void check_shares(const uint32_t *weights, size_t count, uint64_t expected_len)
{
    struct turns *turns = turns_new(weights, count);
    assert_non_null(turns);
    assert_int_equal(turns_count(turns), expected_len);
    uint64_t taken[64] = {0}, sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += weights[i];
    for (uint64_t now = 1; now <= 2 * expected_len; now++) {
        taken[turns_at(turns, (now - 1) % expected_len)]++;
        for (size_t i = 0; i < count; i++) {
            uint64_t have = taken[i] * sum, share = now * weights[i];
            assert_true(have > share ? have - share < sum : share - have < sum);
        }
    }
    turns_free(turns);
}

static void each_has_its_share_after_any_number_of_turns(void **state)
{
    (void)state;
    check_shares((const uint32_t[]){1}, 1, 1);
    check_shares((const uint32_t[]){70, 20, 10}, 3, 10);
    check_shares((const uint32_t[]){1, 1, 1, 1}, 4, 4);
    check_shares((const uint32_t[]){1, 999}, 2, 1000);
    check_shares((const uint32_t[]){5, 3, 3, 2, 7, 11, 13}, 7, 44);
    check_shares((const uint32_t[]){999, 1, 1, 1, 1, 1, 1, 1, 1, 1}, 10, 1008);
}

static void weights_by_chance_keep_their_shares_too(void **state)
{
    (void)state;
    uint32_t weights[64];
    uint64_t x = 88172645463325252ull; /* xorshift64 (Marsaglia 2003) */
    for (int round = 0; round < 20; round++) {
        uint64_t sum = 1;
        weights[0] = 1; /* so that there is no common divisor */
        for (size_t i = 1; i < 64; i++) {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
            weights[i] = 1 + (uint32_t)(x % 40);
            sum += weights[i];
        }
        check_shares(weights, 64, sum);
    }
}

static void equal_weights_take_turns_in_order(void **state)
{
    (void)state;
    struct turns *turns = turns_new((const uint32_t[]){6, 6, 6}, 3);
    assert_int_equal(turns_count(turns), 3);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(turns_at(turns, i), i);
    turns_free(turns);
}

static void a_cycle_has_a_limit(void **state)
{
    (void)state;
    struct turns *turns = turns_new((const uint32_t[]){TURNS_MOST - 1, 1}, 2);
    assert_non_null(turns);
    turns_free(turns);
    assert_null(turns_new((const uint32_t[]){TURNS_MOST, 1}, 2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_has_its_share_after_any_number_of_turns),
        cmocka_unit_test(weights_by_chance_keep_their_shares_too),
        cmocka_unit_test(equal_weights_take_turns_in_order),
        cmocka_unit_test(a_cycle_has_a_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
