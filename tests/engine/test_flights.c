/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/flights.h"

#include "base/random.h"
#include "unit.h"

#define CAPACITY 10

static uint64_t oldest_of(const uint64_t sent_ns[static CAPACITY])
{
    uint64_t oldest_ns = UINT64_MAX;
    for (size_t i = 0; i < CAPACITY; i++) {
        if (sent_ns[i] != 0 && sent_ns[i] < oldest_ns)
            oldest_ns = sent_ns[i];
    }
    return oldest_ns;
}

static void tags_in_flight_are_distinct_and_keep_their_times(void **state)
{
    (void)state;
    struct flights flights;
    struct random random;
    uint64_t sent_ns[CAPACITY] = {0}; /* 0: not in flight */
    uint32_t count = 0;
    uint64_t total = 7; /* with others' */
    random_init(&random, 1);
    flights_init(&flights, CAPACITY, &total);
    for (uint64_t now_ns = 1; now_ns < 10000; now_ns++) {
        uint32_t tag = (uint32_t)random_below(&random, CAPACITY);
        if (count < CAPACITY && random_below(&random, 2) == 0) {
            tag = flights_take(&flights, now_ns);
            assert_true(tag < CAPACITY && sent_ns[tag] == 0);
            sent_ns[tag] = now_ns;
            count++;
        } else if (sent_ns[tag] != 0) {
            assert_int_equal(flights_sent(&flights, tag), sent_ns[tag]);
            flights_land(&flights, tag);
            sent_ns[tag] = 0;
            count--;
        }
        assert_int_equal(flights.count, count);
        assert_int_equal(total, 7 + count);
        assert_true(flights_oldest(&flights) == oldest_of(sent_ns));
    }
    flights_cleanup(&flights);
}

static void what_is_cleared_leaves_every_place_free(void **state)
{
    (void)state;
    struct flights flights;
    uint64_t total = 7;
    flights_init(&flights, 3, &total);
    for (int round = 0; round < 3; round++) {
        for (uint32_t i = 0; i < 3; i++)
            assert_int_equal(flights_take(&flights, 1), i);
        flights_land(&flights, (uint32_t)round);
        flights_clear(&flights);
        assert_true(flights_oldest(&flights) == UINT64_MAX);
        assert_int_equal(total, 7);
    }
    flights_cleanup(&flights);
    flights_cleanup(&flights);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tags_in_flight_are_distinct_and_keep_their_times),
        cmocka_unit_test(what_is_cleared_leaves_every_place_free),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
