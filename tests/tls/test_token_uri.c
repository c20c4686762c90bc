/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/token_uri.h"

#include "unit.h"

static void a_uri_is_known_by_its_scheme(void **state)
{
    (void)state;
    assert_true(token_uri_is("pkcs11:token=a"));
    assert_true(token_uri_is("pkcs11:"));
    assert_false(token_uri_is("pkcs11"));
    assert_false(token_uri_is("./pkcs11:token=a"));
    assert_false(token_uri_is(""));
    assert_false(token_uri_is(NULL));
}

static void a_pin_is_not_shown_and_can_be_wiped(void **state)
{
    (void)state;
    static const struct {
        const char *text, *shown, *wiped;
    } cases[] = {
        {"pkcs11:token=a;object=b", "pkcs11:token=a;object=b", "pkcs11:token=a;object=b"},
        {"pkcs11:token=a?pin-value=1234", "pkcs11:token=a?pin-value=***",
         "pkcs11:token=a?pin-value="},
        {"pkcs11:token=a?pin-value=1234&module-path=/m.so", "pkcs11:token=a?pin-value=***",
         "pkcs11:token=a?pin-value="},
        {"pkcs11:token=a?module-path=/m.so&pin-value=",
         "pkcs11:token=a?module-path=/m.so&pin-value=***",
         "pkcs11:token=a?module-path=/m.so&pin-value="},
        {"b=b.crt,pkcs11:token=a?pin-value=1234", "b=b.crt,pkcs11:token=a?pin-value=***",
         "b=b.crt,pkcs11:token=a?pin-value="},
        {"pin-value=is-a-file.crt", "pin-value=is-a-file.crt", "pin-value=is-a-file.crt"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char shown[TOKEN_URI_SHOWN_LEN], text[200];
        assert_string_equal(token_uri_shown(cases[i].text, shown), cases[i].shown);
        snprintf(text, sizeof text, "%s", cases[i].text);
        token_uri_wipe(text);
        assert_string_equal(text, cases[i].wiped);
        assert_null(memmem(text, strlen(cases[i].text), "1234", 4));
    }
    token_uri_wipe(NULL);
}

static void a_long_one_is_cut(void **state)
{
    (void)state;
    char text[3000] = "pkcs11:token=", shown[TOKEN_URI_SHOWN_LEN];
    memset(text + 13, 'x', sizeof text - 14);
    text[sizeof text - 1] = '\0';
    assert_true(strlen(token_uri_shown(text, shown)) < TOKEN_URI_SHOWN_LEN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_uri_is_known_by_its_scheme),
        cmocka_unit_test(a_pin_is_not_shown_and_can_be_wiped),
        cmocka_unit_test(a_long_one_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
