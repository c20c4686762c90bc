/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/certificate.h"

#include "tls/fixtures.h"

#include <time.h>

static void the_public_key_is_found_byte_by_byte(void **state)
{
    (void)state;
    static const char *const names[] = {"server", "server-rsa", "server-p384", "server-ed25519"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        char path[512];
        struct fixture_file der, spki;
        struct certificate_fields fields;
        snprintf(path, sizeof path, FIXTURES "/%s.der", names[i]);
        fixture_read(&der, path);
        snprintf(path, sizeof path, FIXTURES "/%s.spki.der", names[i]);
        fixture_read(&spki, path);
        assert_true(certificate_read(&fields, der.bytes, der.len));
        assert_int_equal(fields.spki_len, spki.len);
        assert_memory_equal(fields.spki, spki.bytes, spki.len);
    }
}

static void the_dates_are_seconds_since_1970(void **state)
{
    (void)state;
    struct fixture_file der;
    struct certificate_fields fields;
    fixture_read(&der, FIXTURE("server.der"));
    assert_true(certificate_read(&fields, der.bytes, der.len));
    assert_int_equal(fields.not_before_s, 1577836800); /* 2020-01-01, a UTCTime */
    assert_int_equal(fields.not_after_s, 2493072000);  /* 2049-01-01 */
}

/* A certificate with VALIDITY, complete as far as certificate_read looks. */
static size_t make_certificate(uint8_t *out, const uint8_t *validity, size_t validity_len)
{
    static const uint8_t before[] = {0x02, 0x01, 0x01, 0x30, 0x00, 0x30, 0x00};
    static const uint8_t after[] = {0x30, 0x00, 0x30, 0x02, 0x05, 0x00};
    size_t tbs_len = sizeof before + validity_len + sizeof after;
    uint8_t *p = out;
    *p++ = 0x30, *p++ = (uint8_t)(tbs_len + 2);
    *p++ = 0x30, *p++ = (uint8_t)tbs_len;
    memcpy(p, before, sizeof before), p += sizeof before;
    memcpy(p, validity, validity_len), p += validity_len;
    memcpy(p, after, sizeof after), p += sizeof after;
    return (size_t)(p - out);
}

static size_t make_validity(uint8_t *out, uint8_t tag, const char *from, const char *until)
{
    size_t from_len = strlen(from), until_len = strlen(until);
    uint8_t *p = out;
    *p++ = 0x30, *p++ = (uint8_t)(from_len + until_len + 4);
    *p++ = tag, *p++ = (uint8_t)from_len;
    memcpy(p, from, from_len), p += from_len;
    *p++ = tag, *p++ = (uint8_t)until_len;
    memcpy(p, until, until_len), p += until_len;
    return (size_t)(p - out);
}

#define UTC_TIME 0x17
#define GENERALIZED_TIME 0x18

static void times_are_read_in_both_forms_of_rfc_5280(void **state)
{
    (void)state;
    static const struct {
        uint8_t tag;
        const char *from, *until;
        bool is_good;
        int64_t from_s, until_s;
    } cases[] = {
        {UTC_TIME, "700101000000Z", "491231235959Z", true, 0, 2524607999},
        {UTC_TIME, "500101000000Z", "991231235959Z", true, -631152000, 946684799},
        {GENERALIZED_TIME, "20500101000000Z", "99991231235959Z", true, 2524608000, 253402300799},
        {UTC_TIME, "", "491231235959Z", false},
        {UTC_TIME, "7001010000", "491231235959Z", false},
        {UTC_TIME, "70010100000xZ", "491231235959Z", false},
        {GENERALIZED_TIME, "2050", "99991231235959Z", false},
        {0x13, "700101000000Z", "491231235959Z", false},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        uint8_t validity[64], der[128];
        struct certificate_fields fields;
        size_t validity_len = make_validity(validity, cases[i].tag, cases[i].from, cases[i].until);
        size_t len = make_certificate(der, validity, validity_len);
        bool is_good = certificate_read(&fields, der, len);
        if (is_good != cases[i].is_good)
            fail_msg("%s to %s: %d", cases[i].from, cases[i].until, is_good);
        if (!is_good)
            continue;
        assert_int_equal(fields.not_before_s, cases[i].from_s);
        assert_int_equal(fields.not_after_s, cases[i].until_s);
    }
}

/* Every byte of a certificate changed in turn: nothing beyond it may be read (checked by the
 * sanitizers), whatever the answer. */
static void damaged_certificates_are_read_within_their_bounds(void **state)
{
    (void)state;
    struct fixture_file file;
    fixture_read(&file, FIXTURE("server.der"));
    for (size_t i = 0; i < file.len; i++) {
        uint8_t *der = malloc(file.len);
        char text[768];
        struct certificate_fields fields;
        memcpy(der, file.bytes, file.len);
        der[i] ^= 0xff;
        if (certificate_read(&fields, der, file.len))
            assert_true(fields.spki + fields.spki_len <= der + file.len);
        certificate_describe(text, sizeof text, der, file.len);
        free(der);
    }
}

static void bytes_behind_a_certificate_make_it_none(void **state)
{
    (void)state;
    struct fixture_file file;
    struct certificate_fields fields;
    fixture_read(&file, FIXTURE("server.der"));
    uint8_t *longer = malloc(file.len + 1);
    memcpy(longer, file.bytes, file.len);
    longer[file.len] = 0;
    assert_true(certificate_read(&fields, longer, file.len));
    assert_false(certificate_read(&fields, longer, file.len + 1));
    free(longer);
}

static void a_description_names_subject_issuer_and_dates(void **state)
{
    (void)state;
    struct fixture_file der;
    char text[768];
    fixture_read(&der, FIXTURE("server.der"));
    certificate_describe(text, sizeof text, der.bytes, der.len);
    assert_string_equal(text, "subject CN=server, issuer CN=ca, valid 2020-01-01 00:00:00Z to "
                              "2049-01-01 00:00:00Z");
    certificate_describe(text, sizeof text, (const uint8_t *)"hello", 5);
    assert_string_equal(text, "not an X.509 certificate (5 bytes)");
    certificate_describe(text, 12, der.bytes, der.len);
    assert_string_equal(text, "subject CN=");
}

static void who_may_issue_certificates_is_a_ca(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        bool is_ca;
    } cases[] = {
        {FIXTURE("ca.der"), true},      {FIXTURE("intermediate.der"), true},
        {FIXTURE("server.der"), false}, {FIXTURE("server-rsa.der"), false},
        {FIXTURE("hello.txt"), false},  {FIXTURE("empty.pem"), false},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct fixture_file file;
        fixture_read(&file, cases[i].path);
        assert_int_equal(certificate_is_ca(file.bytes, file.len), cases[i].is_ca);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_public_key_is_found_byte_by_byte),
        cmocka_unit_test(the_dates_are_seconds_since_1970),
        cmocka_unit_test(times_are_read_in_both_forms_of_rfc_5280),
        cmocka_unit_test(damaged_certificates_are_read_within_their_bounds),
        cmocka_unit_test(who_may_issue_certificates_is_a_ca),
        cmocka_unit_test(bytes_behind_a_certificate_make_it_none),
        cmocka_unit_test(a_description_names_subject_issuer_and_dates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
