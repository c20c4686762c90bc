/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/trust.h"

#include "tls/fixtures.h"

static size_t count_of(const char *path)
{
    struct error err = {{0}};
    struct trust *trust = trust_load(path, &err);
    if (trust == NULL)
        fail_msg("%s", err.text);
    size_t count = trust_count(trust);
    assert_non_null(trust_store(trust));
    trust_free(trust);
    return count;
}

static void anchors_are_read_one_or_many(void **state)
{
    (void)state;
    assert_int_equal(count_of(FIXTURE("ca.crt")), 1);
    assert_int_equal(count_of(FIXTURE("two-cas.crt")), 2);
    assert_int_equal(count_of(FIXTURE("client-p256.key-first.pem")), 1);
}

static void a_certificate_that_is_there_twice_is_no_error(void **state)
{
    (void)state;
    assert_in_range(count_of(FIXTURE("bundle.crt")), 2, 3);
}

static void system_is_what_ssl_cert_file_names(void **state)
{
    (void)state;
    struct error err = {{0}};
    setenv("SSL_CERT_FILE", FIXTURE("two-cas.crt"), 1);
    assert_int_equal(count_of("system"), 2);
    setenv("SSL_CERT_FILE", FIXTURE("no-such.crt"), 1);
    assert_null(trust_load("system", &err));
    assert_non_null(strstr(err.text, FIXTURE("no-such.crt")));
    unsetenv("SSL_CERT_FILE");
}

static void a_file_without_anchors_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *path, *hint;
    } cases[] = {
        {FIXTURE("no-such.crt"), "cannot be opened"},
        {FIXTURE("empty.pem"), "has no certificate"},
        {FIXTURE("hello.txt"), "has no certificate"},
        {FIXTURE("client-p256.key"), "has no certificate"},
        {FIXTURE("server.der"), "has no certificate"},
        {FIXTURE("truncated.crt"), "cannot be parsed"},
        {FIXTURE("not-base64.crt"), "cannot be parsed"},
        {FIXTURES, "has no certificate"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct error err = {{0}};
        if (trust_load(cases[i].path, &err) != NULL)
            fail_msg("%s was accepted", cases[i].path);
        if (strstr(err.text, cases[i].path) == NULL || strstr(err.text, cases[i].hint) == NULL)
            fail_msg("%s", err.text);
    }
    trust_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(anchors_are_read_one_or_many),
        cmocka_unit_test(a_certificate_that_is_there_twice_is_no_error),
        cmocka_unit_test(system_is_what_ssl_cert_file_names),
        cmocka_unit_test(a_file_without_anchors_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
