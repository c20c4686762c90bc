/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/identity.h"

#include "base/buffer.h"
#include "tls/fixtures.h"

#include <sys/stat.h>

static const struct password julio = {"julio", 5, true};
static const struct password empty_password = {"", 0, true};
static const struct password wrong_password = {"julia", 5, true};
static const struct password no_password;

static bool contains_all(const char *text, const char *const *hints, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (hints[i] != NULL && strstr(text, hints[i]) == NULL)
            return false;
    }
    return true;
}

static void every_form_of_certificate_and_key_is_loaded(void **state)
{
    (void)state;
    static const struct {
        const char *cert, *key;
        const struct password *password;
    } cases[] = {
        {FIXTURE("client-p256.crt"), FIXTURE("client-p256.key"), &no_password},
        {FIXTURE("client-p384.crt"), FIXTURE("client-p384.key"), &no_password},
        {FIXTURE("client-rsa.crt"), FIXTURE("client-rsa.key"), &no_password},
        {FIXTURE("client-ed25519.crt"), FIXTURE("client-ed25519.key"), &no_password},
        {FIXTURE("client-p256.crt"), FIXTURE("client-p256.key"), &julio}, /* not needed */
        {FIXTURE("client-p256.pem"), NULL, &no_password},
        {FIXTURE("client-rsa.pem"), NULL, &no_password},
        {FIXTURE("client-p256.key-first.pem"), NULL, &no_password},
        {FIXTURE("client-p256.pem"), FIXTURE("client-p256.key"), &no_password},
        {FIXTURE("client-p256.pem"), FIXTURE("client-p256.pem"), &no_password},
        /* encrypted PKCS#8: AES, 3DES */
        {FIXTURE("client-p256.crt"), FIXTURE("client-p256.enc.key"), &julio},
        {FIXTURE("client-p384.crt"), FIXTURE("client-p384.enc.key"), &julio},
        {FIXTURE("client-rsa.crt"), FIXTURE("client-rsa.enc.key"), &julio},
        {FIXTURE("client-ed25519.crt"), FIXTURE("client-ed25519.enc.key"), &julio},
        {FIXTURE("client-p256.crt"), FIXTURE("client-p256.des3.key"), &julio},
        {FIXTURE("client-rsa.enc.pem"), NULL, &julio},
        {FIXTURE("client-ed25519.enc.pem"), NULL, &julio},
        /* the certificate's file has an encrypted key that is not asked for */
        {FIXTURE("client-p256.enc.pem"), FIXTURE("client-p256.key"), &no_password},
        /* traditional keys, plain and with DEK-Info */
        {FIXTURE("client-p256.crt"), FIXTURE("client-p256.sec1.key"), &no_password},
        {FIXTURE("client-rsa.crt"), FIXTURE("client-rsa.pkcs1.key"), &no_password},
        {FIXTURE("client-p256.crt"), FIXTURE("client-p256.dek.key"), &julio},
        {FIXTURE("client-p384.crt"), FIXTURE("client-p384.dek.key"), &julio},
        {FIXTURE("client-rsa.crt"), FIXTURE("client-rsa.dek.key"), &julio},
        {FIXTURE("client-rsa.crt"), FIXTURE("client-rsa.dek3.key"), &julio},
        /* PKCS#12: AES, and the legacy kinds 3DES with RC2-40 and 3DES alone */
        {FIXTURE("client-p256.p12"), NULL, &julio},
        {FIXTURE("client-p384.p12"), NULL, &julio},
        {FIXTURE("client-rsa.p12"), NULL, &julio},
        {FIXTURE("client-ed25519.p12"), NULL, &julio},
        {FIXTURE("client-p256.legacy.p12"), NULL, &julio},
        {FIXTURE("client-rsa.legacy.p12"), NULL, &julio},
        {FIXTURE("client-p256.no-password.p12"), NULL, &no_password},
        {FIXTURE("client-p256.no-password.p12"), NULL, &empty_password},
        {FIXTURE("client-p256.crt"), FIXTURE("client-p256.p12"), &julio},
        /* chains */
        {FIXTURE("client-chain.crt"), FIXTURE("client-chain.key"), &no_password},
        {FIXTURE("client-chain.p12"), NULL, &julio},
        {FIXTURE("leaf-second.pem"), NULL, &no_password},
        /* DER */
        {FIXTURE("server.der"), FIXTURE("server.key"), &no_password},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct identity_set *set = identity_set_new();
        struct notices notices = {0};
        struct error err = {{0}};
        if (!identity_set_add(set, "alice", cases[i].cert, cases[i].key, cases[i].password,
                              &notices, &err))
            fail_msg("%s", err.text);
        if (notices.count > 0)
            fail_msg("%s", notices.texts[0]);
        assert_int_equal(identity_set_count(set), 1);
        notices_cleanup(&notices);
        identity_set_free(set);
    }
}

static void what_cannot_be_loaded_is_named_with_the_reason(void **state)
{
    (void)state;
    static const struct {
        const char *cert, *key;
        const struct password *password;
        const char *hints[3];
    } cases[] = {
        /* a password that is wrong or missing */
        {FIXTURE("client-p256.crt"),
         FIXTURE("client-p256.enc.key"),
         &wrong_password,
         {"client-p256.enc.key", "password", "is wrong"}},
        {FIXTURE("client-p256.crt"),
         FIXTURE("client-p256.enc.key"),
         &empty_password,
         {"client-p256.enc.key", "is wrong"}},
        {FIXTURE("client-p256.crt"),
         FIXTURE("client-p256.enc.key"),
         &no_password,
         {"client-p256.enc.key", "is encrypted", "--pass"}},
        {FIXTURE("client-p256.crt"),
         FIXTURE("client-p256.dek.key"),
         &wrong_password,
         {"client-p256.dek.key", "is wrong"}},
        {FIXTURE("client-p256.crt"),
         FIXTURE("client-p256.dek.key"),
         &no_password,
         {"client-p256.dek.key", "is encrypted", "--pass"}},
        {FIXTURE("client-rsa.crt"),
         FIXTURE("client-rsa.dek.key"),
         &wrong_password,
         {"client-rsa.dek.key", "is wrong"}},
        {FIXTURE("client-p256.p12"), NULL, &wrong_password, {"client-p256.p12", "is wrong"}},
        {FIXTURE("client-p256.p12"),
         NULL,
         &no_password,
         {"client-p256.p12", "is encrypted", "--pass"}},
        {FIXTURE("client-p256.legacy.p12"),
         NULL,
         &wrong_password,
         {"client-p256.legacy.p12", "is wrong"}},
        {FIXTURE("client-rsa.legacy.p12"),
         NULL,
         &no_password,
         {"client-rsa.legacy.p12", "is encrypted"}},
        /* no pair: both files are named */
        {FIXTURE("client-p256.crt"),
         FIXTURE("client-by-other.key"),
         &no_password,
         {"client-p256.crt", "client-by-other.key", "does not belong"}},
        {FIXTURE("client-rsa.crt"),
         FIXTURE("client-p256.key"),
         &no_password,
         {"client-rsa.crt", "client-p256.key", "does not belong"}},
        {FIXTURE("client-p256.pem"),
         FIXTURE("client-p384.key"),
         &no_password,
         {"client-p256.pem", "client-p384.key", "does not belong"}},
        /* something is not there */
        {FIXTURE("no-such.crt"),
         FIXTURE("client-p256.key"),
         &no_password,
         {"no-such.crt", "cannot be opened", "No such file"}},
        {FIXTURE("client-p256.crt"),
         FIXTURE("no-such.key"),
         &no_password,
         {"no-such.key", "cannot be opened", "No such file"}},
        {FIXTURES, NULL, &no_password, {FIXTURES, "cannot be read", "directory"}},
        {FIXTURE("client-p256.crt"),
         NULL,
         &no_password,
         {"client-p256.crt", "no private key", "--key"}},
        {FIXTURE("client-p256.key"), NULL, &no_password, {"client-p256.key", "no certificate"}},
        {FIXTURE("client-p256.crt"),
         FIXTURE("client-p384.crt"),
         &no_password,
         {"client-p384.crt", "no private key", "expected "}},
        {FIXTURE("client-p256.no-key.p12"),
         NULL,
         &julio,
         {"client-p256.no-key.p12", "no private key"}},
        /* damaged, empty, something else */
        {FIXTURE("empty.pem"), NULL, &no_password, {"empty.pem", "is empty", "expected "}},
        {FIXTURE("client-p256.crt"),
         FIXTURE("empty.pem"),
         &no_password,
         {"empty.pem", "is empty", "expected "}},
        {FIXTURE("truncated.crt"),
         FIXTURE("client-p256.key"),
         &no_password,
         {"truncated.crt", "damaged PEM"}},
        {FIXTURE("not-base64.crt"),
         FIXTURE("client-p256.key"),
         &no_password,
         {"not-base64.crt", "damaged PEM"}},
        {FIXTURE("client-p256.crt"),
         FIXTURE("truncated.key"),
         &no_password,
         {"truncated.key", "damaged PEM"}},
        {FIXTURE("truncated.p12"), NULL, &julio, {"truncated.p12", "PKCS#12"}},
        {FIXTURE("hello.txt"),
         FIXTURE("client-p256.key"),
         &no_password,
         {"hello.txt", "no certificate", "expected "}},
        {FIXTURE("two-keys.pem"), NULL, &no_password, {"two-keys.pem", "more than one"}},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct identity_set *set = identity_set_new();
        struct notices notices = {0};
        struct error err = {{0}};
        if (identity_set_add(set, "alice", cases[i].cert, cases[i].key, cases[i].password, &notices,
                             &err))
            fail_msg("%s was accepted", cases[i].cert);
        if (!contains_all(err.text, cases[i].hints, COUNT_OF(cases[i].hints)))
            fail_msg("case %zu: %s", i, err.text);
        if (cases[i].password->len > 0)
            assert_null(strstr(err.text, cases[i].password->text));
        assert_int_equal(identity_set_count(set), 0);
        assert_int_equal(identity_set_find(set, "alice"), -1);
        notices_cleanup(&notices);
        identity_set_free(set);
    }
}

static void load_pair(struct identity_set *set, const char *name, const char *cert, const char *key,
                      struct notices *notices)
{
    struct error err = {{0}};
    if (!identity_set_add(set, name, cert, key, &julio, notices, &err))
        fail_msg("%s", err.text);
}

static void the_leaf_comes_first_wherever_it_stands_in_the_file(void **state)
{
    (void)state;
    struct notices notices = {0};
    struct identity_set *set = identity_set_new();
    size_t first_len, second_len;
    load_pair(set, "first", FIXTURE("client-p256.pem"), NULL, &notices);
    load_pair(set, "second", FIXTURE("leaf-second.pem"), NULL, &notices);
    const unsigned char *first = identity_set_leaf(set, 0, &first_len);
    const unsigned char *second = identity_set_leaf(set, 1, &second_len);
    assert_int_equal(first_len, second_len);
    assert_memory_equal(first, second, first_len);
    identity_set_free(set);
}

static void a_name_is_taken_once(void **state)
{
    (void)state;
    struct notices notices = {0};
    struct error err;
    struct identity_set *set = identity_set_new();
    load_pair(set, "alice", FIXTURE("client-p256.pem"), NULL, &notices);
    assert_false(identity_set_add(set, "alice", FIXTURE("client-rsa.pem"), NULL, &no_password,
                                  &notices, &err));
    assert_non_null(strstr(err.text, "'alice' is given twice"));
    assert_int_equal(identity_set_count(set), 1);
    identity_set_free(set);
}

static void expect_notice(const char *cert, const char *key, const char *const *hints,
                          size_t num_hints)
{
    struct notices notices = {0};
    struct identity_set *set = identity_set_new();
    load_pair(set, "alice", cert, key, &notices);
    assert_int_equal(notices.count, 1);
    if (!contains_all(notices.texts[0], hints, num_hints))
        fail_msg("%s", notices.texts[0]);
    notices_cleanup(&notices);
    identity_set_free(set);
}

static void an_expired_certificate_and_one_to_come_earn_a_notice(void **state)
{
    (void)state;
    static const char *const expired[] = {"client-expired.crt", "alice", "has expired"};
    static const char *const early[] = {"client-early.crt", "alice", "not valid yet"};
    expect_notice(FIXTURE("client-expired.crt"), FIXTURE("client-expired.key"), expired, 3);
    expect_notice(FIXTURE("client-early.crt"), FIXTURE("client-early.key"), early, 3);
}

/* Loads an identity from one file: BEFORE, its certificate, its key. */
static bool load_text(const char *before, struct error *err)
{
    struct fixture_file cert, key;
    struct buffer text = {0};
    struct notices notices = {0};
    static const struct password none;
    struct identity_set *set = identity_set_new();
    fixture_read(&cert, FIXTURE("client-p256.crt"));
    fixture_read(&key, FIXTURE("client-p256.key"));
    buffer_format(&text, "%s%s%s", before, (const char *)cert.bytes, (const char *)key.bytes);
    fixture_write(FIXTURE("marked.pem"), text.data, text.len);
    bool ok = identity_set_add(set, "alice", FIXTURE("marked.pem"), NULL, &none, &notices, err);
    remove(FIXTURE("marked.pem"));
    buffer_cleanup(&text);
    notices_cleanup(&notices);
    identity_set_free(set);
    return ok;
}

static void a_byte_order_mark_drops_no_block(void **state)
{
    (void)state;
    struct error err = {{0}};
    if (!load_text("\xef\xbb\xbf", &err))
        fail_msg("%s", err.text);
}

static void a_block_that_is_dropped_is_told(void **state)
{
    (void)state;
    struct error err = {{0}};
    assert_false(load_text("  ", &err));
    assert_non_null(strstr(err.text, "has a PEM block that does not start at the start of a line"));
}

/* Its keyUsage is only keyAgreement. Reported here, since its sessions would send no
 * certificate. */
static void a_certificate_that_tls_does_not_take_is_refused_by_name(void **state)
{
    (void)state;
    struct notices notices = {0};
    struct error err = {{0}};
    struct identity_set *set = identity_set_new();
    assert_false(identity_set_add(set, "alice", FIXTURE("client-agreeing.crt"),
                                  FIXTURE("client-agreeing.key"), &no_password, &notices, &err));
    assert_non_null(strstr(err.text, "client-agreeing.crt"));
    assert_non_null(strstr(err.text, "digitalSignature"));
    assert_int_equal(identity_set_count(set), 0);
    notices_cleanup(&notices);
    identity_set_free(set);
}

static void a_key_file_that_others_can_read_earns_a_notice(void **state)
{
    (void)state;
    static const struct {
        mode_t mode;
        bool is_open;
    } cases[] = {{0600, false}, {0400, false}, {0640, true}, {0604, true}, {0777, true}};
    struct fixture_file key;
    fixture_read(&key, FIXTURE("client-p256.key"));
    fixture_write(FIXTURE("open.key"), key.bytes, key.len);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct notices notices = {0};
        struct identity_set *set = identity_set_new();
        char mode[16];
        snprintf(mode, sizeof mode, "%04o", (unsigned)cases[i].mode);
        assert_int_equal(chmod(FIXTURE("open.key"), cases[i].mode), 0);
        load_pair(set, "alice", FIXTURE("client-p256.crt"), FIXTURE("open.key"), &notices);
        assert_int_equal(notices.count, cases[i].is_open);
        if (cases[i].is_open) {
            assert_non_null(strstr(notices.texts[0], FIXTURE("open.key")));
            assert_non_null(strstr(notices.texts[0], mode));
        }
        notices_cleanup(&notices);
        identity_set_free(set);
    }
    remove(FIXTURE("open.key"));
}

/* Identities NAME0 to NAME(count - 1), all with the same certificate. */
static struct identity_set *many(size_t count)
{
    struct notices notices = {0};
    struct identity_set *set = identity_set_new();
    for (size_t i = 0; i < count; i++) {
        char name[32];
        snprintf(name, sizeof name, "client%zu", i);
        load_pair(set, name, FIXTURE("client-p256.pem"), NULL, &notices);
    }
    return set;
}

static void identities_are_found_by_name(void **state)
{
    (void)state;
    struct identity_set *set = many(100);
    assert_int_equal(identity_set_find(set, "client0"), 0);
    assert_int_equal(identity_set_find(set, "client99"), 99);
    assert_int_equal(identity_set_find(set, "client100"), -1);
    assert_int_equal(identity_set_find(set, ""), -1);
    identity_set_free(set);
}

static void a_slice_keeps_its_part_and_forgets_the_rest(void **state)
{
    (void)state;
    static const struct {
        size_t first, count;
    } cases[] = {{0, 10}, {0, 3}, {3, 4}, {9, 1}, {5, 0}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct identity_set *set = many(10);
        identity_set_slice(set, cases[i].first, cases[i].count);
        assert_int_equal(identity_set_count(set), cases[i].count);
        for (size_t j = 0; j < 10; j++) {
            char name[32];
            bool is_kept = j >= cases[i].first && j < cases[i].first + cases[i].count;
            snprintf(name, sizeof name, "client%zu", j);
            assert_int_equal(identity_set_find(set, name),
                             is_kept ? (long)(j - cases[i].first) : -1);
        }
        identity_set_free(set);
    }
}

static void a_clone_is_the_same_and_outlives_its_original(void **state)
{
    (void)state;
    struct notices notices = {0};
    struct identity_set *set = identity_set_new();
    load_pair(set, "p256", FIXTURE("client-p256.pem"), NULL, &notices);
    load_pair(set, "rsa", FIXTURE("client-rsa.p12"), NULL, &notices);
    load_pair(set, "ed25519", FIXTURE("client-ed25519.pem"), NULL, &notices);
    load_pair(set, "chain", FIXTURE("client-chain.p12"), NULL, &notices);
    struct identity_set *copy = identity_set_clone(set);
    size_t len, copy_len;
    for (size_t i = 0; i < 4; i++) {
        const unsigned char *leaf = identity_set_leaf(set, i, &len);
        const unsigned char *copied = identity_set_leaf(copy, i, &copy_len);
        assert_ptr_not_equal(leaf, copied);
        assert_int_equal(len, copy_len);
        assert_memory_equal(leaf, copied, len);
    }
    identity_set_free(set);
    assert_string_equal(identity_set_name(copy, 3), "chain");
    identity_set_free(copy);
}

static void an_empty_set_and_its_clone_are_safe(void **state)
{
    (void)state;
    struct identity_set *set = identity_set_new();
    struct identity_set *copy = identity_set_clone(set);
    assert_int_equal(identity_set_count(copy), 0);
    assert_int_equal(identity_set_find(copy, "alice"), -1);
    identity_set_free(set);
    identity_set_free(copy);
    identity_set_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_of_certificate_and_key_is_loaded),
        cmocka_unit_test(what_cannot_be_loaded_is_named_with_the_reason),
        cmocka_unit_test(the_leaf_comes_first_wherever_it_stands_in_the_file),
        cmocka_unit_test(a_name_is_taken_once),
        cmocka_unit_test(an_expired_certificate_and_one_to_come_earn_a_notice),
        cmocka_unit_test(a_byte_order_mark_drops_no_block),
        cmocka_unit_test(a_block_that_is_dropped_is_told),
        cmocka_unit_test(a_certificate_that_tls_does_not_take_is_refused_by_name),
        cmocka_unit_test(a_key_file_that_others_can_read_earns_a_notice),
        cmocka_unit_test(identities_are_found_by_name),
        cmocka_unit_test(a_slice_keeps_its_part_and_forgets_the_rest),
        cmocka_unit_test(a_clone_is_the_same_and_outlives_its_original),
        cmocka_unit_test(an_empty_set_and_its_clone_are_safe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
