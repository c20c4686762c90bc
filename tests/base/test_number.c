/* SPDX-License-Identifier: Apache-2.0 */
#include "base/number.h"

#include "unit.h"

static void the_lesser_and_the_greater_are_found_on_either_side(void **state)
{
    (void)state;
    assert_int_equal(number_min(1, UINT64_MAX), 1);
    assert_int_equal(number_min(UINT64_MAX, 1), 1);
    assert_int_equal(number_min(7, 7), 7);
    assert_true(number_max(1, UINT64_MAX) == UINT64_MAX);
    assert_true(number_max(UINT64_MAX, 1) == UINT64_MAX);
    assert_int_equal(number_max(7, 7), 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_lesser_and_the_greater_are_found_on_either_side),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
