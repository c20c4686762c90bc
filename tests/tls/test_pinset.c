/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/pinset.h"

#include "tls/fixtures.h"

#include <unistd.h>

/* SHA-256 of the empty text, and of "abc" (FIPS 180-4's example values). */
#define EMPTY "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
#define EMPTY_HEX "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define ABC "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="

#define PIN_FILE FIXTURE("pins.txt")

static void every_form_of_a_pin_is_taken(void **state)
{
    (void)state;
    static const struct {
        const char *text, *canonical;
    } cases[] = {
        {EMPTY, "cert-sha256:" EMPTY},
        {EMPTY_HEX, "cert-sha256:" EMPTY},
        {"cert-sha256:" EMPTY, "cert-sha256:" EMPTY},
        {"cert-sha256:" EMPTY_HEX, "cert-sha256:" EMPTY},
        {"spki-sha256:" EMPTY, "spki-sha256:" EMPTY},
        {"spki-sha256:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU", "spki-sha256:" EMPTY},
        {"ca-sha256:" EMPTY_HEX, "ca-sha256:" EMPTY},
        {"CA-SHA256:" EMPTY, "ca-sha256:" EMPTY},
        {"E3:B0:C4:42:98:FC:1C:14:9A:FB:F4:C8:99:6F:B9:24:27:AE:41:E4:64:9B:93:4C:A4:95:99:1B:78:"
         "52:B8:55",
         "cert-sha256:" EMPTY},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct pinset *pins = pinset_new();
        struct error err = {{0}};
        char text[PIN_TEXT_LEN];
        if (!pinset_add(pins, cases[i].text, &err))
            fail_msg("%s", err.text);
        assert_int_equal(pinset_count(pins), 1);
        pinset_text(pins, 0, text);
        assert_string_equal(text, cases[i].canonical);
        pinset_free(pins);
    }
}

static void what_is_no_pin_is_quoted_with_what_is_accepted(void **state)
{
    (void)state;
    static const struct {
        const char *text, *hint;
    } cases[] = {
        {"", "empty"},
        {"hello", "not base64"},
        {"cert-sha256:", "not base64"},
        {"cert-sha256:" EMPTY "=x", "not hex"},
        {"cert-sha1:2jmj7l5rSw0yVb/vlWAYkK/YBwk=", "not hex"},
        {"sha1:2jmj7l5rSw0yVb/vlWAYkK/YBwk=", "unknown kind"},
        {"sha256:" EMPTY, "unknown kind"},
        {"sha256//" EMPTY, "unknown kind"},
        {"key-sha256:" EMPTY, "unknown kind"},
        {"spki-sha256:ca-sha256:" EMPTY, "not hex"},
        {"spki-sha256:" EMPTY_HEX "00", "too long"},
        {"ca-sha256:e3b0c442", "too short"},
        {" " EMPTY, "not hex"},
        {"cert-sha256: " EMPTY, "not hex"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct pinset *pins = pinset_new();
        struct error err = {{0}};
        if (pinset_add(pins, cases[i].text, &err))
            fail_msg("'%s' was accepted", cases[i].text);
        if (strstr(err.text, cases[i].hint) == NULL || strstr(err.text, cases[i].text) == NULL ||
            strstr(err.text, "expected ") == NULL)
            fail_msg("'%s' is refused by: %s", cases[i].text, err.text);
        assert_int_equal(pinset_count(pins), 0);
        pinset_free(pins);
    }
}

static void a_pin_is_kept_once_for_each_kind(void **state)
{
    (void)state;
    struct pinset *pins = pinset_new();
    struct error err;
    assert_true(pinset_add(pins, EMPTY, &err));
    assert_true(pinset_add(pins, "cert-sha256:" EMPTY_HEX, &err));
    assert_true(pinset_add(pins, "spki-sha256:" EMPTY, &err));
    assert_true(pinset_add_curl(pins, "sha256//" EMPTY, &err));
    assert_int_equal(pinset_count(pins), 2);
    assert_true(pinset_has(pins, PIN_CERT));
    assert_true(pinset_has(pins, PIN_SPKI));
    assert_false(pinset_has(pins, PIN_CA));
    pinset_free(pins);
}

static void curls_form_is_taken(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t count;
    } cases[] = {
        {"sha256//" EMPTY, 1},
        {"sha256//" EMPTY ";sha256//" ABC, 2},
        {"sha256//" EMPTY ";sha256//" ABC ";", 2},
        {"", 0},
        {";", 0},
        {"sha256//", 0},
        {"sha256//" EMPTY ";;", 0},
        {"sha256//" EMPTY " ;sha256//" ABC, 0},
        {"sha256//" EMPTY ";" ABC, 0},
        {"sha256/" EMPTY, 0},
        {"SHA256//" EMPTY, 0},
        {"server.pem", 0},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct pinset *pins = pinset_new();
        struct error err = {{0}};
        bool ok = pinset_add_curl(pins, cases[i].text, &err);
        if (ok != (cases[i].count > 0))
            fail_msg("'%s': %s", cases[i].text, ok ? "accepted" : err.text);
        if (ok)
            assert_int_equal(pinset_count(pins), cases[i].count);
        else if (strstr(err.text, cases[i].text) == NULL || strstr(err.text, "sha256//") == NULL)
            fail_msg("'%s' is refused by: %s", cases[i].text, err.text);
        pinset_free(pins);
    }
}

static void a_file_has_one_pin_a_line_and_comments(void **state)
{
    (void)state;
    static const char content[] = "# the leaf\n"
                                  "cert-sha256:" EMPTY "\n"
                                  "\n"
                                  "  spki-sha256:" ABC "   # its key\r\n"
                                  "\t\n"
                                  "ca-sha256:" ABC;
    struct pinset *pins = pinset_new();
    struct error err = {{0}};
    fixture_write(PIN_FILE, content, strlen(content));
    if (!pinset_add_file(pins, PIN_FILE, &err))
        fail_msg("%s", err.text);
    assert_int_equal(pinset_count(pins), 3);
    pinset_free(pins);
}

static void a_byte_order_mark_is_no_part_of_the_first_pin(void **state)
{
    (void)state;
    static const char content[] = "\xef\xbb\xbf" EMPTY "\r\n" ABC "\r\n";
    struct pinset *pins = pinset_new();
    struct error err = {{0}};
    fixture_write(PIN_FILE, content, strlen(content));
    if (!pinset_add_file(pins, PIN_FILE, &err))
        fail_msg("%s", err.text);
    assert_int_equal(pinset_count(pins), 2);
    pinset_free(pins);
}

static void a_file_without_an_end_is_refused(void **state)
{
    (void)state;
    struct pinset *pins = pinset_new();
    struct error err = {{0}};
    assert_false(pinset_add_file(pins, "/dev/zero", &err));
    assert_non_null(strstr(err.text, "'/dev/zero' is a device"));
    fixture_write(PIN_FILE, "", 0);
    assert_int_equal(truncate(PIN_FILE, (16 << 20) + 1), 0);
    assert_false(pinset_add_file(pins, PIN_FILE, &err));
    assert_non_null(strstr(err.text, "' is larger than 16 MB"));
    pinset_free(pins);
}

static void a_comment_may_be_longer_than_any_line_of_pins(void **state)
{
    (void)state;
    char content[5000] = "#";
    struct pinset *pins = pinset_new();
    struct error err = {{0}};
    memset(content + 1, 'x', 4000);
    strcpy(content + 4001, "\n" EMPTY "\n");
    fixture_write(PIN_FILE, content, strlen(content));
    if (!pinset_add_file(pins, PIN_FILE, &err))
        fail_msg("%s", err.text);
    assert_int_equal(pinset_count(pins), 1);
    pinset_free(pins);
}

static void a_bad_file_is_named_with_its_line(void **state)
{
    (void)state;
    static const struct {
        const char *content, *hint;
    } cases[] = {
        {EMPTY "\n# comment\nhello\n", "pins.txt, line 3: the pin 'hello'"},
        {"cert-sha256:\n", "pins.txt, line 1: the pin 'cert-sha256:'"},
        {"", "has no pin"},
        {"# nothing\n\n", "has no pin"},
    };
    struct error err = {{0}};
    struct pinset *pins = pinset_new();
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        fixture_write(PIN_FILE, cases[i].content, strlen(cases[i].content));
        assert_false(pinset_add_file(pins, PIN_FILE, &err));
        if (strstr(err.text, cases[i].hint) == NULL || strstr(err.text, "expected ") == NULL)
            fail_msg("%s", err.text);
    }
    assert_false(pinset_add_file(pins, FIXTURE("no-such-file"), &err));
    assert_non_null(strstr(err.text, FIXTURE("no-such-file") "' cannot be opened"));
    assert_false(pinset_add_file(pins, FIXTURES, &err));
    assert_non_null(strstr(err.text, FIXTURES "' cannot be read"));
    pinset_free(pins);
    remove(PIN_FILE);
}

static void a_thousand_pins_are_each_found_and_no_other(void **state)
{
    (void)state;
    struct pinset *pins = pinset_new();
    uint8_t fingerprint[FINGERPRINT_LEN];
    for (uint32_t i = 0; i < 1000; i++) {
        fingerprint_of(fingerprint, (const uint8_t *)&i, sizeof i);
        pinset_add_fingerprint(pins, (enum pin_kind)(i % NUM_PIN_KINDS), fingerprint);
    }
    assert_int_equal(pinset_count(pins), 1000);
    for (uint32_t i = 0; i < 2000; i++) {
        fingerprint_of(fingerprint, (const uint8_t *)&i, sizeof i);
        for (int kind = 0; kind < NUM_PIN_KINDS; kind++) {
            bool is_there = i < 1000 && (int)(i % NUM_PIN_KINDS) == kind;
            assert_int_equal(pinset_find(pins, (enum pin_kind)kind, fingerprint),
                             is_there ? (int)i : -1);
        }
    }
    pinset_free(pins);
}

/* All with the same hash: the table's chains are as long as possible. */
static void pins_that_begin_alike_are_told_apart(void **state)
{
    (void)state;
    struct pinset *pins = pinset_new();
    uint8_t fingerprint[FINGERPRINT_LEN] = {0};
    for (int i = 0; i < 200; i++) {
        fingerprint[31] = (uint8_t)i;
        pinset_add_fingerprint(pins, PIN_CERT, fingerprint);
    }
    for (int i = 0; i < 256; i++) {
        fingerprint[31] = (uint8_t)i;
        assert_int_equal(pinset_find(pins, PIN_CERT, fingerprint), i < 200 ? i : -1);
    }
    pinset_free(pins);
}

static void a_leaf_is_matched_by_its_certificate_and_by_its_key_alone(void **state)
{
    (void)state;
    struct fixture_file der, cert, spki, key;
    static const char *const kinds[] = {
        "cert-sha256:", "spki-sha256:", "ca-sha256:", "ca-spki-sha256:", "chain-spki-sha256:"};
    fixture_read(&der, FIXTURE("server.der"));
    fixture_read(&cert, FIXTURE("server.der.base64"));
    fixture_read(&spki, FIXTURE("server.spki.der.base64"));
    fixture_read(&key, FIXTURE("server.spki.der"));
    for (int kind = 0; kind < NUM_PIN_KINDS; kind++) {
        for (int is_spki = 0; is_spki < 2; is_spki++) {
            struct pinset *pins = pinset_new();
            struct error err;
            char text[128];
            snprintf(text, sizeof text, "%s%.64s", kinds[kind],
                     (const char *)(is_spki ? spki.bytes : cert.bytes));
            assert_true(pinset_add(pins, ABC, &err));
            assert_true(pinset_add(pins, "spki-sha256:" ABC, &err));
            assert_true(pinset_add(pins, text, &err));
            bool is_chain = kind == PIN_CHAIN_SPKI && is_spki;
            bool is_key = (kind == PIN_SPKI && is_spki) || is_chain;
            bool leaf = (kind == PIN_CERT && !is_spki) || is_key;
            bool issuer =
                (kind == PIN_CA && !is_spki) || (kind == PIN_CA_SPKI && is_spki) || is_chain;
            assert_int_equal(pinset_match_leaf(pins, der.bytes, der.len), leaf ? 2 : -1);
            assert_int_equal(pinset_match_issuer(pins, der.bytes, der.len), issuer ? 2 : -1);
            assert_int_equal(pinset_match_leaf(pins, der.bytes, der.len - 1), -1);
            assert_int_equal(pinset_match_key(pins, key.bytes, key.len), is_key ? 2 : -1);
            assert_int_equal(pinset_match_key(pins, key.bytes, key.len - 1), -1);
            pinset_free(pins);
        }
    }
}

static void an_empty_set_matches_nothing(void **state)
{
    (void)state;
    struct pinset *pins = pinset_new();
    struct fixture_file der;
    fixture_read(&der, FIXTURE("server.der"));
    assert_int_equal(pinset_match_leaf(pins, der.bytes, der.len), -1);
    assert_int_equal(pinset_match_issuer(pins, der.bytes, der.len), -1);
    assert_int_equal(pinset_match_key(pins, der.bytes, der.len), -1);
    pinset_free(pins);
    pinset_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_of_a_pin_is_taken),
        cmocka_unit_test(what_is_no_pin_is_quoted_with_what_is_accepted),
        cmocka_unit_test(a_pin_is_kept_once_for_each_kind),
        cmocka_unit_test(curls_form_is_taken),
        cmocka_unit_test(a_file_has_one_pin_a_line_and_comments),
        cmocka_unit_test(a_byte_order_mark_is_no_part_of_the_first_pin),
        cmocka_unit_test(a_file_without_an_end_is_refused),
        cmocka_unit_test(a_comment_may_be_longer_than_any_line_of_pins),
        cmocka_unit_test(a_bad_file_is_named_with_its_line),
        cmocka_unit_test(a_thousand_pins_are_each_found_and_no_other),
        cmocka_unit_test(pins_that_begin_alike_are_told_apart),
        cmocka_unit_test(a_leaf_is_matched_by_its_certificate_and_by_its_key_alone),
        cmocka_unit_test(an_empty_set_matches_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
