/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/slots.h"

#include "base/clock.h"
#include "unit.h"

static void ready_slots_are_taken_first_come_first_served(void **state)
{
    (void)state;
    static const size_t order[] = {2, 0, 1};
    struct slots slots;
    slots_init(&slots, COUNT_OF(order));
    assert_int_equal(slots.num_ready, 0);
    for (int round = 0; round < 5; round++) {
        for (size_t i = 0; i < COUNT_OF(order); i++)
            slots_put(&slots, &slots.items[order[i]]);
        assert_int_equal(slots.num_ready, COUNT_OF(order));
        for (size_t i = 0; i < COUNT_OF(order); i++) {
            struct slot *slot = slots_take(&slots);
            assert_int_equal(slots_index(&slots, slot), order[i]);
            assert_ptr_equal(slots_of(&slot->deadline), slot);
            assert_true(slot->is_busy);
            assert_int_equal(slots.num_busy, 1);
            slots_leave(&slots, slot);
            assert_false(slot->is_busy);
        }
        assert_int_equal(slots.num_ready, 0);
        assert_int_equal(slots.num_busy, 0);
    }
    slots_cleanup(&slots);
}

static void failures_in_succession_double_the_rest_up_to_500_ms(void **state)
{
    (void)state;
    static const unsigned expected_ms[] = {10, 20, 40, 80, 160, 320, 500, 500};
    struct slot slot = {0};
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < COUNT_OF(expected_ms); i++)
            assert_int_equal(slots_fail(&slot, 7), 7 + expected_ms[i] * NS_PER_MS);
        slot.backoff_ns = 0; /* a success */
    }
}

static void pauses_are_counted_once_and_no_further_than_they_are_looked_at(void **state)
{
    (void)state;
    static const struct {
        uint64_t looked_at_ms[2], counted_ms;
    } cases[] = {
        {{110, 200}, 10}, /* over in time */
        {{150, 0}, 10},   /* looked at late: the loop's lag is no pause */
        {{104, 200}, 4},  /* cut off by the end of the run */
        {{100, 200}, 0},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct slots slots;
        slots_init(&slots, 3);
        slots_fail(&slots.items[1], 100 * NS_PER_MS);
        slots_count_pause(&slots, &slots.items[1], cases[i].looked_at_ms[0] * NS_PER_MS);
        slots_count_pauses(&slots, cases[i].looked_at_ms[1] * NS_PER_MS);
        assert_int_equal(slots.paused_ns, cases[i].counted_ms * NS_PER_MS);
        slots_cleanup(&slots);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ready_slots_are_taken_first_come_first_served),
        cmocka_unit_test(failures_in_succession_double_the_rest_up_to_500_ms),
        cmocka_unit_test(pauses_are_counted_once_and_no_further_than_they_are_looked_at),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
