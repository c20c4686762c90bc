/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/instructions.h"

#include "unit.h"

#include <errno.h>

static void the_counts_are_taken_while_they_are_whole(void **state)
{
    (void)state;
    struct instructions counter = {.fd = 0};
    static const uint64_t readings[][3] = {{100, 5, 5}, {250, 9, 9}};
    assert_int_equal(instructions_take(&counter, readings[0], sizeof readings[0]), 100);
    assert_int_equal(instructions_take(&counter, readings[1], sizeof readings[1]), 250);
    assert_true(instructions_are_counted(&counter));
}

static void a_reading_that_fails_ends_the_count_and_is_no_huge_difference(void **state)
{
    (void)state;
    static const uint64_t reading[3] = {100, 5, 5};
    for (long len = -1; len < (long)sizeof reading; len += 8) {
        struct instructions counter = {.fd = 0};
        instructions_take(&counter, reading, sizeof reading);
        assert_int_equal(instructions_take(&counter, reading, len), 100);
        assert_false(instructions_are_counted(&counter));
        assert_string_equal(counter.why_not, "the count could not be read");
        assert_int_equal(instructions_read(&counter), 100);
    }
}

static void a_counter_that_ran_for_a_part_of_the_time_is_none(void **state)
{
    (void)state;
    struct instructions counter = {.fd = 0};
    static const uint64_t reading[3] = {100, 5, 4};
    assert_int_equal(instructions_take(&counter, reading, sizeof reading), 0);
    assert_false(instructions_are_counted(&counter));
    assert_non_null(strstr(counter.why_not, "for a part of the time only"));
}

static void why_there_are_none_is_said_as_it_is(void **state)
{
    (void)state;
    assert_non_null(strstr(instructions_why_not(ENOENT), "does not count them"));
    assert_non_null(strstr(instructions_why_not(EACCES), "perf_event_paranoid"));
    assert_non_null(strstr(instructions_why_not(EPERM), "container"));
    assert_null(strstr(instructions_why_not(EPERM), "perf_event_paranoid"));
}

static void a_counter_counts_or_says_why_not(void **state)
{
    (void)state;
    struct instructions counter;
    instructions_open(&counter);
    assert_int_equal(instructions_are_counted(&counter), counter.why_not[0] == '\0');
    if (instructions_are_counted(&counter)) {
        uint64_t before = instructions_read(&counter);
        for (volatile int i = 0; i < 10000; i++)
            ;
        assert_true(instructions_read(&counter) > before + 10000);
    } else {
        assert_int_equal(instructions_read(&counter), 0);
    }
    instructions_close(&counter);
    assert_false(instructions_are_counted(&counter));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_counts_are_taken_while_they_are_whole),
        cmocka_unit_test(a_reading_that_fails_ends_the_count_and_is_no_huge_difference),
        cmocka_unit_test(a_counter_that_ran_for_a_part_of_the_time_is_none),
        cmocka_unit_test(why_there_are_none_is_said_as_it_is),
        cmocka_unit_test(a_counter_counts_or_says_why_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
