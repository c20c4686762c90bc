/* SPDX-License-Identifier: Apache-2.0 */
#include "base/words.h"

#include "base/buffer.h"
#include "unit.h"

#include <string.h>

static void words_are_split_as_a_shell_splits_them(void **state)
{
    (void)state;
    static const struct {
        const char *text, *joined; /* with | between words */
        size_t count;
    } cases[] = {
        {"", "", 0},
        {"  \t ", "", 0},
        {"--tls-max 1.2", "--tls-max|1.2", 2},
        {"  a\t b\n", "a|b", 2},
        {"'a b' c", "a b|c", 2},
        {"\"a b\"c'd e'", "a bcd e", 1},
        {"''", "", 1},
        {"a '' b", "a||b", 3},
        {"a\\ b", "a b", 1},
        {"\"a\\\"b\\\\c\\d\"", "a\"b\\c\\d", 1},
        {"'a\\b'", "a\\b", 1},
        {"$(date) `id` $HOME *", "$(date)|`id`|$HOME|*", 4},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct words words = {0};
        struct buffer joined = {0};
        struct error err;
        assert_true(words_split(&words, cases[i].text, &err));
        assert_int_equal(words.count, cases[i].count);
        for (size_t k = 0; k < words.count; k++) {
            buffer_append_text(&joined, k > 0 ? "|" : "");
            buffer_append_text(&joined, words.items[k]);
        }
        assert_string_equal(buffer_text(&joined), cases[i].joined);
        buffer_cleanup(&joined);
        words_cleanup(&words);
    }
}

static void what_is_not_closed_is_quoted(void **state)
{
    (void)state;
    static const struct {
        const char *text, *why;
    } cases[] = {
        {"a 'b", "a quote (') is not closed in 'a 'b'"},
        {"\"", "a quote (\") is not closed"},
        {"\"a\\", "a quote (\") is not closed"},
        {"a \\", "'a \\' ends with a backslash"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct words words = {0};
        struct error err = {0};
        assert_false(words_split(&words, cases[i].text, &err));
        assert_non_null(strstr(err.text, cases[i].why));
        words_cleanup(&words);
    }
}

static void words_that_are_written_are_read_as_they_were(void **state)
{
    (void)state;
    static const char *const given[] = {"plain", "",           "two words",
                                        "it's",  "\"quoted\"", "back\\slash"};
    struct buffer text = {0};
    struct words words = {0};
    struct error err;
    for (size_t i = 0; i < COUNT_OF(given); i++)
        words_append(&text, given[i]);
    assert_true(words_split(&words, buffer_text(&text), &err));
    assert_int_equal(words.count, COUNT_OF(given));
    for (size_t i = 0; i < COUNT_OF(given); i++)
        assert_string_equal(words.items[i], given[i]);
    words_cleanup(&words);
    buffer_cleanup(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_split_as_a_shell_splits_them),
        cmocka_unit_test(what_is_not_closed_is_quoted),
        cmocka_unit_test(words_that_are_written_are_read_as_they_were),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
