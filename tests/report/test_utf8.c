/* SPDX-License-Identifier: Apache-2.0 */
#include "report/utf8.h"

#include "unit.h"

#define NO "\xef\xbf\xbd"

static void what_is_no_utf_8_is_replaced_byte_by_byte(void **state)
{
    (void)state;
    static const struct {
        const char *text, *clean;
    } table[] = {
        {"", ""},
        {"plain", "plain"},
        {"é ‰ 😀", "é ‰ 😀"},
        {"\xff", NO},
        {"a\x80z", "a" NO "z"},
        {"\xc0\xaf", NO NO},
        {"\xed\xa0\x80", NO NO NO},
        {"\xf4\x90\x80\x80", NO NO NO NO},
        {"\xe2\x82", NO NO},
        {"\xf0\x9f\x98", NO NO NO},
    };
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        char *clean = utf8_clean(table[i].text);
        assert_string_equal(clean, table[i].clean);
        free(clean);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_utf_8_is_replaced_byte_by_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
