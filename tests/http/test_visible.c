/* SPDX-License-Identifier: Apache-2.0 */
#include "http/visible.h"

#include "unit.h"

static void plain_text_stays_as_it_is(void **state)
{
    (void)state;
    assert_string_equal(visible_text("").text, "");
    assert_string_equal(visible_text("Accept: */* ~").text, "Accept: */* ~");
}

static void what_is_not_plain_becomes_hex(void **state)
{
    (void)state;
    assert_string_equal(visible_text("a\x1b[0m\tb\r\n\x7f\xff").text,
                        "a\\x1b[0m\\x09b\\x0d\\x0a\\x7f\\xff");
}

static void what_is_too_long_is_cut_and_says_so(void **state)
{
    (void)state;
    char text[1000];
    for (int c = 0; c < 2; c++) {
        memset(text, c == 0 ? 'a' : 0xff, sizeof text - 1);
        text[sizeof text - 1] = '\0';
        struct visible visible = visible_text(text);
        size_t len = strlen(visible.text);
        assert_in_range(len, VISIBLE_MAX_LEN - 8, VISIBLE_MAX_LEN);
        assert_string_equal(visible.text + len - 3, "...");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_text_stays_as_it_is),
        cmocka_unit_test(what_is_not_plain_becomes_hex),
        cmocka_unit_test(what_is_too_long_is_cut_and_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
