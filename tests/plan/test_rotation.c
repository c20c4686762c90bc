/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/rotation.h"

#include "unit.h"

static void round_robin_takes_each_identity_in_turn(void **state)
{
    (void)state;
    for (size_t offset = 0; offset < 5; offset++) {
        size_t counts[4] = {0};
        for (uint64_t serial = 0; serial < 1003; serial++) {
            size_t picked = rotation_pick(ROTATE_ROUND_ROBIN, 4, offset, serial, serial % 7, NULL);
            assert_int_equal(picked, (offset + serial) % 4);
            counts[picked]++;
        }
        for (size_t i = 0; i < 4; i++)
            assert_in_range(counts[i], 250, 251);
    }
}

static void sticky_lets_the_slot_decide(void **state)
{
    (void)state;
    for (size_t slot = 0; slot < 100; slot++) {
        for (uint64_t serial = 0; serial < 10; serial++)
            assert_int_equal(rotation_pick(ROTATE_STICKY, 7, 3, serial, slot, NULL),
                             (3 + slot) % 7);
    }
}

static void random_takes_all_alike_and_repeats_with_its_seed(void **state)
{
    (void)state;
    struct random random, again;
    size_t counts[5] = {0};
    double chi_squared = 0;
    random_init(&random, 42);
    random_init(&again, 42);
    for (uint64_t serial = 0; serial < 50000; serial++) {
        size_t picked = rotation_pick(ROTATE_RANDOM, 5, 0, serial, 0, &random);
        assert_int_equal(picked, rotation_pick(ROTATE_RANDOM, 5, 0, serial, 0, &again));
        assert_true(picked < 5);
        counts[picked]++;
    }
    for (size_t i = 0; i < 5; i++)
        chi_squared += ((double)counts[i] - 10000) * ((double)counts[i] - 10000) / 10000;
    assert_true(chi_squared < 13.28); /* 4 degrees of freedom, a significance of 1% */
}

static void a_single_identity_is_taken_always(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, 1);
    for (int rotation = 0; rotation < NUM_ROTATIONS; rotation++) {
        for (uint64_t serial = 0; serial < 10; serial++)
            assert_int_equal(rotation_pick((enum rotation)rotation, 1, 9, serial, serial, &random),
                             0);
    }
}

static void rotations_are_read_by_their_names(void **state)
{
    (void)state;
    enum rotation rotation;
    for (int i = 0; i < NUM_ROTATIONS; i++) {
        assert_true(rotation_parse(rotation_name((enum rotation)i), &rotation));
        assert_int_equal(rotation, i);
    }
    assert_false(rotation_parse("roundrobin", &rotation));
    assert_false(rotation_parse("", &rotation));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(round_robin_takes_each_identity_in_turn),
        cmocka_unit_test(sticky_lets_the_slot_decide),
        cmocka_unit_test(random_takes_all_alike_and_repeats_with_its_seed),
        cmocka_unit_test(a_single_identity_is_taken_always),
        cmocka_unit_test(rotations_are_read_by_their_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
