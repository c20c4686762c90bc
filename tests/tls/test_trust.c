/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/trust.h"

#include "base/buffer.h"
#include "tls/fixtures.h"

#include <unistd.h>

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
        {FIXTURE("truncated.crt"), "is damaged PEM"},
        {FIXTURE("not-base64.crt"), "is damaged PEM"},
        {FIXTURES, "cannot be read"},
        {"/dev/zero", "is a device; expected a file or a pipe"},
        {"/dev/null", "is a device"},
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

/* Loads a file of BEFORE, the CA's certificate, BETWEEN, another CA's; returns the number of
 * anchors, or 0. */
static size_t count_of_text(const char *before, const char *between, struct error *err)
{
    struct fixture_file first, second;
    struct buffer text = {0};
    fixture_read(&first, FIXTURE("ca.crt"));
    fixture_read(&second, FIXTURE("other-ca.crt"));
    buffer_format(&text, "%s%s%s%s", before, (char *)first.bytes, between, (char *)second.bytes);
    fixture_write(FIXTURE("anchors.crt"), text.data, text.len);
    struct trust *trust = trust_load(FIXTURE("anchors.crt"), err);
    size_t count = trust != NULL ? trust_count(trust) : 0;
    remove(FIXTURE("anchors.crt"));
    buffer_cleanup(&text);
    trust_free(trust);
    return count;
}

static void no_anchor_is_dropped_without_a_word(void **state)
{
    (void)state;
    static const struct {
        const char *before, *between, *hint; /* NULL: both are read */
    } cases[] = {
        {"", "", NULL},
        {"\xef\xbb\xbf", "", NULL},
        {"a comment\n", "another\r\n", NULL},
        {" ", "", "does not start at the start of a line"},
        {"", "\t", "does not start at the start of a line"},
        {"", "\xef\xbb\xbf", "does not start at the start of a line"}, /* two concatenated files */
        {"", "-----BEGIN CERTIFICATE-----\nMII\n", "is damaged PEM"},
        {"", "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n", "cannot be parsed"},
        {"", "-----BEGIN TRUSTED CERTIFICATE-----\nMAA=\n-----END TRUSTED CERTIFICATE-----\n",
         "TRUSTED CERTIFICATE, which is not supported"},
        {"-----BEGIN PKCS7-----\nMAA=\n-----END PKCS7-----\n", "", "PKCS#7"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct error err = {{0}};
        size_t count = count_of_text(cases[i].before, cases[i].between, &err);
        assert_int_equal(count, cases[i].hint == NULL ? 2 : 0);
        if (strstr(err.text, cases[i].hint != NULL ? cases[i].hint : "") == NULL)
            fail_msg("case %zu: %s", i, err.text);
    }
}

static void a_file_of_anchors_has_a_limit(void **state)
{
    (void)state;
    struct error err = {{0}};
    fixture_write(FIXTURE("huge.crt"), "", 0);
    assert_int_equal(truncate(FIXTURE("huge.crt"), (16 << 20) + 1), 0);
    assert_null(trust_load(FIXTURE("huge.crt"), &err));
    assert_non_null(strstr(err.text, "huge.crt' is larger than 16 MB"));
    remove(FIXTURE("huge.crt"));
}

static void anchors_are_read_from_a_pipe_for_several_threads(void **state)
{
    (void)state;
    struct fixture_file file;
    int ends[2];
    char path[64];
    fixture_read(&file, FIXTURE("two-cas.crt"));
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], file.bytes, file.len), file.len);
    close(ends[1]);
    snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
    struct buffer text = {0};
    struct error err = {{0}};
    assert_true(trust_read(&text, path, &err));
    for (int i = 0; i < 3; i++) { /* read once, for any number of threads */
        struct trust *trust = trust_parse(&text, path, &err);
        assert_non_null(trust);
        assert_int_equal(trust_count(trust), 2);
        trust_free(trust);
    }
    buffer_cleanup(&text);
    close(ends[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(anchors_are_read_one_or_many),
        cmocka_unit_test(a_certificate_that_is_there_twice_is_no_error),
        cmocka_unit_test(system_is_what_ssl_cert_file_names),
        cmocka_unit_test(a_file_without_anchors_is_named),
        cmocka_unit_test(no_anchor_is_dropped_without_a_word),
        cmocka_unit_test(a_file_of_anchors_has_a_limit),
        cmocka_unit_test(anchors_are_read_from_a_pipe_for_several_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
