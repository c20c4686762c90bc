/* SPDX-License-Identifier: Apache-2.0 */
#include "net/sources.h"

#include "net/resolve.h"
#include "unit.h"

static void read_list(struct address_list *list, const char *text)
{
    struct error err = {{0}};
    if (!resolve_sources(list, text, &err))
        fail_msg("%s", err.text);
}

static void this_machines_addresses_can_be_sources_and_others_cannot(void **state)
{
    (void)state;
    static const struct {
        const char *sources, *culprit;
    } cases[] = {
        {"127.0.0.1-127.0.0.8", NULL},
        {"192.0.2.1", "'192.0.2.1'"},
        {"127.0.0.1,192.0.2.1", "'192.0.2.1'"},
        {"2001:db8::1", "'2001:db8::1'"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct address_list list = {0};
        struct error err = {{0}};
        read_list(&list, cases[i].sources);
        assert_int_equal(sources_check(&list, &err), cases[i].culprit == NULL);
        if (cases[i].culprit != NULL) {
            assert_non_null(strstr(err.text, cases[i].culprit));
            assert_non_null(strstr(err.text, "expected an address of this machine"));
        }
        address_list_cleanup(&list);
    }
}

/* RESULT: what is left of ADDRESSES; NULL: the error contains WORDS. */
static void addresses_of_no_sources_family_are_dropped(void **state)
{
    (void)state;
    static const struct {
        const char *sources, *addresses, *result, *words;
    } cases[] = {
        {"127.0.0.2", "::1,127.0.0.1", "127.0.0.1", NULL},
        {"127.0.0.2", "127.0.0.1,::1,127.0.0.9", "127.0.0.1,127.0.0.9", NULL},
        {"::1", "127.0.0.1,::1", "::1", NULL},
        {"::1,127.0.0.2", "::1,127.0.0.1", "::1,127.0.0.1", NULL},
        {"127.0.0.2", "::1", NULL,
         "only IPv6 addresses and the sources are IPv4; expected an IPv6"},
        {"::1", "127.0.0.1", NULL,
         "only IPv4 addresses and the sources are IPv6; expected an IPv4"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct address_list sources = {0}, addresses = {0};
        struct error err = {{0}};
        char seen[200] = "", text[ADDRESS_TEXT_LEN];
        read_list(&sources, cases[i].sources);
        read_list(&addresses, cases[i].addresses);
        bool ok = sources_drop_unreachable(&sources, &addresses, &err);
        for (size_t a = 0; a < addresses.count; a++) {
            address_text(&addresses.items[a], text);
            snprintf(seen + strlen(seen), sizeof seen - strlen(seen), a > 0 ? ",%s" : "%s", text);
        }
        assert_int_equal(ok, cases[i].result != NULL);
        assert_string_equal(seen, ok ? cases[i].result : cases[i].addresses);
        if (!ok)
            assert_non_null(strstr(err.text, cases[i].words));
        address_list_cleanup(&sources);
        address_list_cleanup(&addresses);
    }
}

static void each_family_has_its_sources_in_turn(void **state)
{
    (void)state;
    struct address_list sources = {0}, to = {0}, none = {0};
    size_t next = 0, counts[5] = {0};
    read_list(&sources, "127.0.0.1,::1,127.0.0.2,127.0.0.3,::2");
    read_list(&to, "127.0.0.1,::1");
    assert_null(sources_take(&none, &to.items[0], &next));
    for (int i = 0; i < 60; i++) {
        const struct address *source = sources_take(&sources, &to.items[i / 30], &next);
        assert_int_equal(source->storage.ss_family, to.items[i / 30].storage.ss_family);
        counts[source - sources.items]++;
    }
    for (size_t i = 0; i < COUNT_OF(counts); i++)
        assert_int_equal(counts[i], sources.items[i].storage.ss_family == AF_INET ? 10 : 15);
    sources.count = 1;
    assert_null(sources_take(&sources, &to.items[1], &next));
    sources.count = 5;
    address_list_cleanup(&sources);
    address_list_cleanup(&to);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(this_machines_addresses_can_be_sources_and_others_cannot),
        cmocka_unit_test(addresses_of_no_sources_family_are_dropped),
        cmocka_unit_test(each_family_has_its_sources_in_turn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
