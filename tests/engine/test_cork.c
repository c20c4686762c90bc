/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/cork.h"

#include "base/clock.h"
#include "unit.h"

#define NUM_CORKED 4

static void each_that_waits_is_taken_once(void **state)
{
    (void)state;
    struct cork cork = {0};
    struct corked items[NUM_CORKED] = {0};
    unsigned num_taken[NUM_CORKED] = {0};
    struct corked *taken;
    for (size_t round = 0; round < 2; round++) {
        for (size_t i = 0; i < NUM_CORKED; i++)
            cork_add(&cork, &items[i], 1, 10);
    }
    while ((taken = cork_take(&cork)) != NULL)
        num_taken[taken - items]++;
    for (size_t i = 0; i < NUM_CORKED; i++)
        assert_int_equal(num_taken[i], 1);
}

static void one_that_leaves_is_not_taken(void **state)
{
    (void)state;
    for (size_t gone = 0; gone < NUM_CORKED; gone++) {
        struct cork cork = {0};
        struct corked items[NUM_CORKED] = {0};
        size_t num_taken = 0;
        struct corked *taken;
        for (size_t i = 0; i < NUM_CORKED; i++)
            cork_add(&cork, &items[i], 1, 10);
        cork_leave(&items[gone]);
        cork_leave(&items[gone]);
        for (; (taken = cork_take(&cork)) != NULL; num_taken++)
            assert_ptr_not_equal(taken, &items[gone]);
        assert_int_equal(num_taken, NUM_CORKED - 1);
    }
}

static void one_may_add_itself_again_while_others_are_taken(void **state)
{
    (void)state;
    struct cork cork = {0};
    struct corked items[2] = {0};
    cork_add(&cork, &items[0], 1, 10);
    cork_add(&cork, &items[1], 1, 10);
    struct corked *taken = cork_take(&cork);
    cork_add(&cork, taken, 2, 10);
    assert_ptr_equal(cork_take(&cork), taken);
    assert_ptr_not_equal(cork_take(&cork), NULL);
    assert_null(cork_take(&cork));
}

static void the_first_one_tells_how_long_they_wait(void **state)
{
    (void)state;
    static const struct {
        uint64_t after_ns, num_in_flight;
        bool is_due;
    } rows[] = {
        {0, 20, false},
        {0, 11, false},
        {0, 10, true}, /* half of them */
        {0, 0, true},
        {50 * NS_PER_US - 1, 19, false},
        {50 * NS_PER_US, 19, true},
        {NS_PER_S, 30, true},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct cork cork = {0};
        struct corked items[2] = {0};
        assert_false(cork_is_due(&cork, NS_PER_S, 0)); /* none waits */
        cork_add(&cork, &items[0], NS_PER_S, 20);
        cork_add(&cork, &items[1], NS_PER_S + 1000, 12);
        assert_int_equal(cork_is_due(&cork, NS_PER_S + rows[i].after_ns, rows[i].num_in_flight),
                         rows[i].is_due);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_that_waits_is_taken_once),
        cmocka_unit_test(one_that_leaves_is_not_taken),
        cmocka_unit_test(one_may_add_itself_again_while_others_are_taken),
        cmocka_unit_test(the_first_one_tells_how_long_they_wait),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
