/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/fingerprint.h"

#include "base/text.h"
#include "tls/fixtures.h"

static const char *const names[] = {"server", "server-rsa", "server-p384", "server-ed25519",
                                    "ca",     "other-ca",   "intermediate"};

static void read_figure(struct fixture_file *file, const char *name, const char *ending)
{
    char path[512];
    snprintf(path, sizeof path, FIXTURES "/%s.%s", name, ending);
    fixture_read(file, path);
}

static void assert_figure(const uint8_t fingerprint[static FINGERPRINT_LEN], const char *name,
                          const char *base64_ending, const char *hex_ending)
{
    struct fixture_file expected;
    uint8_t read[FINGERPRINT_LEN];
    char base64[FINGERPRINT_BASE64_LEN + 1];
    const char *problem;
    fingerprint_base64(base64, fingerprint);
    read_figure(&expected, name, base64_ending);
    assert_string_equal(base64, (const char *)expected.bytes);
    read_figure(&expected, name, hex_ending);
    assert_true(fingerprint_read(read, (const char *)expected.bytes, expected.len, &problem));
    assert_memory_equal(read, fingerprint, FINGERPRINT_LEN);
}

static void a_certificates_fingerprint_is_the_one_that_openssl_computes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct fixture_file der;
        uint8_t fingerprint[FINGERPRINT_LEN];
        read_figure(&der, names[i], "der");
        fingerprint_of(fingerprint, der.bytes, der.len);
        assert_figure(fingerprint, names[i], "der.base64", "der.hex");
    }
}

static void a_public_keys_fingerprint_is_of_the_whole_spki_as_openssl_computes_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct fixture_file der;
        uint8_t fingerprint[FINGERPRINT_LEN];
        read_figure(&der, names[i], "der");
        assert_true(fingerprint_spki(fingerprint, der.bytes, der.len));
        assert_figure(fingerprint, names[i], "spki.der.base64", "spki.der.hex");
    }
}

static void what_is_no_certificate_has_no_public_key(void **state)
{
    (void)state;
    struct fixture_file der;
    uint8_t fingerprint[FINGERPRINT_LEN];
    read_figure(&der, "server", "der");
    assert_false(fingerprint_spki(fingerprint, der.bytes, 0));
    assert_false(fingerprint_spki(fingerprint, (const uint8_t *)"hello", 5));
    for (size_t len = 0; len < der.len; len++)
        assert_false(fingerprint_spki(fingerprint, der.bytes, len));
}

/* SHA-256 of the empty string (FIPS 180-4's example values), in every form that is accepted. */
#define EMPTY_HEX "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define EMPTY_COLONS                                                                               \
    "E3:B0:C4:42:98:FC:1C:14:9A:FB:F4:C8:99:6F:B9:24:27:AE:41:E4:64:9B:93:4C:A4:95:99:1B:78:52:"   \
    "B8:55"

static void every_form_is_read(void **state)
{
    (void)state;
    static const char *const forms[] = {
        "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
        "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU",
        "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU=",
        "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU",
        EMPTY_HEX,
        EMPTY_COLONS,
        "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855",
    };
    uint8_t expected[FINGERPRINT_LEN];
    fingerprint_of(expected, (const uint8_t *)"", 0);
    for (size_t i = 0; i < COUNT_OF(forms); i++) {
        uint8_t read[FINGERPRINT_LEN];
        const char *problem = "";
        if (!fingerprint_read(read, forms[i], strlen(forms[i]), &problem))
            fail_msg("%s: %s", forms[i], problem);
        assert_memory_equal(read, expected, FINGERPRINT_LEN);
    }
}

static void what_is_none_is_refused_with_the_reason(void **state)
{
    (void)state;
    static const struct {
        const char *text, *problem;
    } cases[] = {
        {"", "base64"},
        {"=", "base64"},
        {"====", "base64"},
        {"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuF!=", "base64"},
        {"47DEQpj8HBSa+/TImW+5 CeuQeRkm5NMpJWZG3hSuFU=", "base64"},
        {"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hS", "short"},
        {"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFUA", "long"},
        {"2jmj7l5rSw0yVb/vlWAYkK/YBwk=", "short"}, /* a SHA-1 */
        {"da39a3ee5e6b4b0d3255bfef95601890afd80709", "short"},
        {"da:39:a3:ee:5e:6b:4b:0d:32:55:bf:ef:95:60:18:90:af:d8:07:09", "short"},
        {EMPTY_HEX "00", "long"},
        {EMPTY_COLONS ":00", "long"},
        {EMPTY_HEX "0", "hex"},
        {EMPTY_COLONS ":", "hex"},
        {":" EMPTY_COLONS, "hex"},
        {"E3::B0:C4", "hex"},
        {"xyz0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "hex"},
        {"0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "hex"},
        {EMPTY_HEX EMPTY_HEX EMPTY_HEX, "hex"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        uint8_t read[FINGERPRINT_LEN];
        const char *problem = "";
        if (fingerprint_read(read, cases[i].text, strlen(cases[i].text), &problem))
            fail_msg("%s was accepted", cases[i].text);
        if (strstr(problem, cases[i].problem) == NULL)
            fail_msg("'%s' is refused by '%s', not '%s'", cases[i].text, problem, cases[i].problem);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_certificates_fingerprint_is_the_one_that_openssl_computes),
        cmocka_unit_test(a_public_keys_fingerprint_is_of_the_whole_spki_as_openssl_computes_it),
        cmocka_unit_test(what_is_no_certificate_has_no_public_key),
        cmocka_unit_test(every_form_is_read),
        cmocka_unit_test(what_is_none_is_refused_with_the_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
