/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"

#include "unit.h"

static void setting_an_error_returns_false_and_keeps_the_sentence(void **state)
{
    (void)state;
    struct error err;
    assert_false(error_set(&err, "%s has %d faults", "it", 3));
    assert_string_equal(err.text, "it has 3 faults");
}

static void a_prefix_says_where_it_happened(void **state)
{
    (void)state;
    struct error err;
    error_set(&err, "100%% wrong");
    assert_false(error_prefix(&err, "pins.txt:7"));
    assert_string_equal(err.text, "pins.txt:7: 100% wrong");
}

static void what_is_too_long_is_cut(void **state)
{
    (void)state;
    char text[5000];
    struct error err;
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    error_set(&err, "%s", text);
    assert_int_equal(strlen(err.text), sizeof err.text - 1);
    error_prefix(&err, "here");
    assert_memory_equal(err.text, "here: xxx", 9);
    assert_true(strlen(err.text) < sizeof err.text);
}

static void what_is_quoted_cannot_move_the_cursor(void **state)
{
    (void)state;
    struct error err;
    error_set(&err, "result has the URL \"%s\"", "\x1b[2J\xc2\x9b\xe2\x80\xae");
    assert_string_equal(err.text, "result has the URL \"?[2J??\"");
    error_set(&err, "'%s' is not a value", "a\nb\r\n\tc");
    assert_string_equal(err.text, "'a?b???c' is not a value");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_quoted_cannot_move_the_cursor),
        cmocka_unit_test(setting_an_error_returns_false_and_keeps_the_sentence),
        cmocka_unit_test(a_prefix_says_where_it_happened),
        cmocka_unit_test(what_is_too_long_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
