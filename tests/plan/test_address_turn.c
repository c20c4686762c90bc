/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/address_turn.h"

#include "unit.h"

#include <string.h>

#define MOST 32

static void each_address_comes_after_each_once(void **state)
{
    (void)state;
    for (size_t count = 1; count <= MOST; count++) {
        unsigned followed[MOST][MOST], came[MOST];
        memset(followed, 0, sizeof followed);
        memset(came, 0, sizeof came);
        for (uint64_t turn = 0; turn < count * count; turn++) {
            size_t address = address_turn(count, turn), next = address_turn(count, turn + 1);
            assert_in_range(address, 0, count - 1);
            came[address]++;
            followed[address][next]++;
        }
        for (size_t i = 0; i < count; i++) {
            assert_int_equal(came[i], count);
            for (size_t k = 0; k < count; k++)
                assert_int_equal(followed[i][k], 1);
        }
    }
}

static void turns_repeat_without_end(void **state)
{
    (void)state;
    for (uint64_t turn = 0; turn < 18; turn++)
        assert_int_equal(address_turn(3, turn), address_turn(3, turn + 9000000000000000000u));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_address_comes_after_each_once),
        cmocka_unit_test(turns_repeat_without_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
