/* SPDX-License-Identifier: Apache-2.0 */
#include "net/resolve.h"

#include "unit.h"

static void expect_texts(const struct address_list *list, const char *const *texts, size_t count)
{
    assert_int_equal(list->count, count);
    for (size_t i = 0; i < count; i++) {
        char text[ADDRESS_TEXT_LEN];
        address_text(&list->items[i], text);
        assert_string_equal(text, texts[i]);
    }
}

static void literals_are_their_own_addresses(void **state)
{
    (void)state;
    static const struct {
        const char *host, *text;
    } cases[] = {
        {"127.0.0.1", "127.0.0.1:8443"},
        {"::1", "[::1]:8443"},
        {"::ffff:192.0.2.1", "[::ffff:192.0.2.1]:8443"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct address_list list = {0};
        struct error err = {{0}};
        if (!resolve_host(&list, cases[i].host, 8443, &err))
            fail_msg("%s", err.text);
        expect_texts(&list, &cases[i].text, 1);
        address_list_cleanup(&list);
        address_list_cleanup(&list);
    }
}

/* A label of 64 characters cannot be queried: no query is sent. */
static void a_host_that_cannot_be_is_quoted(void **state)
{
    (void)state;
    static const char *const hosts[] = {
        "", "a234567890123456789012345678901234567890123456789012345678901234.example"};
    for (size_t i = 0; i < COUNT_OF(hosts); i++) {
        struct address_list list = {0};
        struct error err = {{0}};
        char quoted[128];
        snprintf(quoted, sizeof quoted, "'%s'", hosts[i]);
        assert_false(resolve_host(&list, hosts[i], 443, &err));
        assert_non_null(strstr(err.text, quoted));
        assert_int_equal(list.count, 0);
    }
}

static void sources_are_lists_and_ranges(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t count;
        const char *addresses[6];
    } cases[] = {
        {"127.0.0.1", 1, {"127.0.0.1"}},
        {"127.0.0.1,127.0.0.9", 2, {"127.0.0.1", "127.0.0.9"}},
        {"127.0.0.254-127.0.0.255", 2, {"127.0.0.254", "127.0.0.255"}},
        {"127.0.0.3-127.0.0.3", 1, {"127.0.0.3"}},
        {"::1", 1, {"::1"}},
        {"fd00::fe-fd00::ff,10.0.0.1-10.0.0.3",
         5,
         {"fd00::fe", "fd00::ff", "10.0.0.1", "10.0.0.2", "10.0.0.3"}},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct address_list list = {0};
        struct error err = {{0}};
        if (!resolve_sources(&list, cases[i].text, &err))
            fail_msg("%s", err.text);
        expect_texts(&list, cases[i].addresses, cases[i].count);
        address_list_cleanup(&list);
    }
}

static void the_longest_range_is_a_whole_last_byte(void **state)
{
    (void)state;
    struct address_list list = {0};
    struct error err;
    assert_true(resolve_sources(&list, "127.0.0.0-127.0.0.255", &err));
    assert_int_equal(list.count, 256);
    address_list_cleanup(&list);
}

static void what_are_no_sources_is_quoted(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "localhost",
        "127.0.0.1,",
        ",127.0.0.1",
        "127.0.0.1,,127.0.0.2",
        "127.0.0.256",
        "127.0.0.1:80",
        "127.0.0.1/8",
        "127.0.0.9-127.0.0.1",
        "127.0.0.1-127.0.1.1",
        "127.0.0.1-9",
        "127.0.0.1-",
        "-127.0.0.1",
        "127.0.0.1-127.0.0.2-127.0.0.3",
        "127.0.0.1-::1",
        "[::1]",
        "127.0.0.1, 127.0.0.2",
    };
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct address_list list = {0};
        struct error err = {{0}};
        char quoted[64];
        snprintf(quoted, sizeof quoted, "'%s'", texts[i]);
        if (resolve_sources(&list, texts[i], &err))
            fail_msg("'%s' was accepted", texts[i]);
        assert_non_null(strstr(err.text, quoted));
        assert_non_null(strstr(err.text, "ADDR-ADDR"));
        assert_int_equal(list.count, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(literals_are_their_own_addresses),
        cmocka_unit_test(a_host_that_cannot_be_is_quoted),
        cmocka_unit_test(sources_are_lists_and_ranges),
        cmocka_unit_test(the_longest_range_is_a_whole_last_byte),
        cmocka_unit_test(what_are_no_sources_is_quoted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
