/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/identity.h"

#include "tls/fixtures.h"
#include "tls/raw_key.h"

#include <sys/stat.h>
#include <unistd.h>

static const struct password julio = {"julio", 5, true};

static void a_directorys_identities_come_in_natural_order(void **state)
{
    (void)state;
    /* client1 is client1.crt with an encrypted client1.key, although there is a client1.pem. */
    static const struct {
        const char *name, *same_leaf_as, *key;
    } expected[] = {
        {"client1", FIXTURE("client-p384.crt"), FIXTURE("client-p384.key")},
        {"client2", FIXTURE("client-p256.crt"), FIXTURE("client-p256.key")},
        {"client3", FIXTURE("client-rsa.crt"), FIXTURE("client-rsa.key")},
        {"client4", FIXTURE("client-p256.crt"), FIXTURE("client-p256.key")},
        {"client5", FIXTURE("client-ed25519.crt"), FIXTURE("client-ed25519.key")},
        {"client10", FIXTURE("client-p256.crt"), FIXTURE("client-p256.key")},
    };
    struct identity_set *set = identity_set_new(), *singles = identity_set_new();
    struct notices notices = {0};
    struct error err = {{0}};
    if (!identity_set_add_directory(set, FIXTURE("directory"), &julio, &notices, &err))
        fail_msg("%s", err.text);
    assert_int_equal(identity_set_count(set), COUNT_OF(expected));
    for (size_t i = 0; i < COUNT_OF(expected); i++) {
        size_t len, single_len;
        assert_string_equal(identity_set_name(set, i), expected[i].name);
        assert_true(identity_set_add(singles, expected[i].name, expected[i].same_leaf_as,
                                     expected[i].key, &julio, &notices, &err));
        const unsigned char *leaf = identity_set_leaf(set, i, &len);
        const unsigned char *single = identity_set_leaf(singles, i, &single_len);
        assert_int_equal(len, single_len);
        assert_memory_equal(leaf, single, len);
    }
    notices_cleanup(&notices);
    identity_set_free(set);
    identity_set_free(singles);
}

static void a_certificate_without_a_key_is_skipped_and_named(void **state)
{
    (void)state;
    struct identity_set *set = identity_set_new();
    struct notices notices = {0};
    struct error err = {{0}};
    assert_true(identity_set_add_directory(set, FIXTURE("directory"), &julio, &notices, &err));
    assert_int_equal(identity_set_find(set, "lonely"), -1);
    assert_int_equal(identity_set_find(set, "orphan"), -1);
    assert_int_equal(notices.count, 1);
    assert_non_null(strstr(notices.texts[0], FIXTURE("directory") "/lonely"));
    assert_non_null(strstr(notices.texts[0], "skipped"));
    notices_cleanup(&notices);
    identity_set_free(set);
}

/* The files of one name, created for a test: each is a copy of a fixture. */
static void put(const char *file_name, const char *fixture)
{
    struct fixture_file file;
    char path[512];
    fixture_read(&file, fixture);
    snprintf(path, sizeof path, FIXTURES "/scratch/%s", file_name);
    fixture_write(path, file.bytes, file.len);
    chmod(path, 0600);
}

static int make_scratch(void **state)
{
    (void)state;
    return mkdir(FIXTURE("scratch"), 0700);
}

static int remove_scratch(void **state)
{
    (void)state;
    return system("rm -rf " FIXTURES "/scratch");
}

static void expect_leaf_of(const char *cert, const char *key)
{
    struct identity_set *set = identity_set_new();
    struct notices notices = {0};
    struct error err = {{0}};
    size_t len, single_len;
    if (!identity_set_add_directory(set, FIXTURE("scratch"), &julio, &notices, &err))
        fail_msg("%s", err.text);
    assert_int_equal(identity_set_count(set), 1);
    assert_true(identity_set_add(set, "single", cert, key, &julio, &notices, &err));
    const unsigned char *leaf = identity_set_leaf(set, 0, &len);
    const unsigned char *single = identity_set_leaf(set, 1, &single_len);
    assert_int_equal(len, single_len);
    assert_memory_equal(leaf, single, len);
    notices_cleanup(&notices);
    identity_set_free(set);
}

static void of_several_files_crt_and_key_go_before_pem_before_p12_before_pfx(void **state)
{
    (void)state;
    put("a.pfx", FIXTURE("client-ed25519.p12"));
    expect_leaf_of(FIXTURE("client-ed25519.p12"), NULL);
    put("a.p12", FIXTURE("client-rsa.p12"));
    expect_leaf_of(FIXTURE("client-rsa.p12"), NULL);
    put("a.pem", FIXTURE("client-p384.pem"));
    expect_leaf_of(FIXTURE("client-p384.pem"), NULL);
    put("a.crt", FIXTURE("client-p256.crt")); /* without a.key, it cannot be used */
    expect_leaf_of(FIXTURE("client-p384.pem"), NULL);
    put("a.key", FIXTURE("client-p256.key"));
    expect_leaf_of(FIXTURE("client-p256.crt"), FIXTURE("client-p256.key"));
}

static void a_bad_file_in_a_directory_stops_the_load_and_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *file_name, *fixture, *hint;
    } cases[] = {
        {"a.pem", FIXTURE("two-keys.pem"), "scratch/a.pem' has more than one private key"},
        {"a.p12", FIXTURE("truncated.p12"), "scratch/a.p12' is neither PEM nor a PKCS#12"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char path[512];
        struct identity_set *set = identity_set_new();
        struct notices notices = {0};
        struct error err = {{0}};
        put(cases[i].file_name, cases[i].fixture);
        assert_false(identity_set_add_directory(set, FIXTURE("scratch"), &julio, &notices, &err));
        if (strstr(err.text, cases[i].hint) == NULL)
            fail_msg("%s", err.text);
        snprintf(path, sizeof path, FIXTURES "/scratch/%s", cases[i].file_name);
        unlink(path);
        notices_cleanup(&notices);
        identity_set_free(set);
    }
}

static void what_is_no_regular_file_is_told_and_never_waited_for(void **state)
{
    (void)state;
    static const char *const names[] = {"a.pem", "a.crt", "a.key", "a.p12"};
    struct identity_set *set = identity_set_new();
    struct notices notices = {0};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        char path[512], device[512];
        struct error err = {{0}};
        snprintf(path, sizeof path, FIXTURES "/scratch/%s", names[i]);
        snprintf(device, sizeof device, "scratch/%s' is a device; expected a regular", names[i]);
        assert_int_equal(mkfifo(path, 0600), 0);
        assert_false(identity_set_add_directory(set, FIXTURE("scratch"), &julio, &notices, &err));
        if (strstr(err.text, "' is a FIFO; expected a regular file") == NULL)
            fail_msg("%s", err.text);
        unlink(path);
        assert_int_equal(symlink("/dev/zero", path), 0);
        assert_false(identity_set_add_directory(set, FIXTURE("scratch"), &julio, &notices, &err));
        if (strstr(err.text, device) == NULL)
            fail_msg("%s", err.text);
        unlink(path);
    }
    assert_int_equal(notices.count, 0);
    identity_set_free(set);
}

static void a_directory_within_is_passed_over_and_named(void **state)
{
    (void)state;
    struct identity_set *set = identity_set_new();
    struct notices notices = {0};
    struct error err = {{0}};
    assert_int_equal(mkdir(FIXTURE("scratch/old.pem"), 0700), 0);
    put("a.pem", FIXTURE("client-p256.pem"));
    assert_int_equal(symlink("a.pem", FIXTURE("scratch/b.pem")), 0);
    if (!identity_set_add_directory(set, FIXTURE("scratch"), &julio, &notices, &err))
        fail_msg("%s", err.text);
    assert_int_equal(identity_set_count(set), 2);
    assert_int_equal(notices.count, 1);
    assert_non_null(strstr(notices.texts[0], "scratch/old.pem' is a directory and is skipped"));
    notices_cleanup(&notices);
    identity_set_free(set);
}

static void a_directory_without_identities_is_refused(void **state)
{
    (void)state;
    struct identity_set *set = identity_set_new();
    struct notices notices = {0};
    struct error err = {{0}};
    assert_false(identity_set_add_directory(set, FIXTURE("scratch"), &julio, &notices, &err));
    assert_non_null(strstr(err.text, FIXTURE("scratch") "' has no identity; expected NAME.crt"));
    put("alone.key", FIXTURE("client-p256.key"));
    put(".crt", FIXTURE("client-p256.crt"));
    put("README", FIXTURE("client-p256.crt"));
    assert_false(identity_set_add_directory(set, FIXTURE("scratch"), &julio, &notices, &err));
    assert_non_null(strstr(err.text, "has no identity"));
    put("lonely.crt", FIXTURE("client-p256.crt"));
    assert_false(identity_set_add_directory(set, FIXTURE("scratch"), &julio, &notices, &err));
    assert_non_null(strstr(err.text, "has no identity"));
    assert_int_equal(notices.count, 1);
    assert_false(identity_set_add_directory(set, FIXTURE("no-such"), &julio, &notices, &err));
    assert_non_null(strstr(err.text, FIXTURE("no-such") "' cannot be opened"));
    assert_false(identity_set_add_directory(set, FIXTURE("hello.txt"), &julio, &notices, &err));
    assert_non_null(strstr(err.text, FIXTURE("hello.txt") "' cannot be opened"));
    notices_cleanup(&notices);
    identity_set_free(set);
}

static void with_raw_keys_a_key_alone_is_an_identity(void **state)
{
    (void)state;
    if (!raw_key_supported()) {
        print_message("skipped: this BoringSSL has no raw public keys (API 41 has them)\n");
        skip();
    }
    static const struct {
        const char *name;
        bool has_cert;
    } expected[] = {{"client1", true}, {"client2", true},  {"client3", true}, {"client4", true},
                    {"client5", true}, {"client10", true}, {"orphan", false}};
    struct identity_set *set = identity_set_new();
    struct notices notices = {0};
    struct error err = {{0}};
    identity_set_use_raw_keys(set);
    if (!identity_set_add_directory(set, FIXTURE("directory"), &julio, &notices, &err))
        fail_msg("%s", err.text);
    struct identity_set *copy = identity_set_clone(set);
    assert_int_equal(identity_set_count(copy), COUNT_OF(expected));
    for (size_t i = 0; i < COUNT_OF(expected); i++) {
        size_t len;
        assert_string_equal(identity_set_name(copy, i), expected[i].name);
        assert_int_equal(identity_set_has_cert(copy, i), expected[i].has_cert);
        assert_int_equal(identity_set_leaf(copy, i, &len) != NULL, expected[i].has_cert);
    }
    assert_string_equal(identity_set_key_kind(copy, 6), "P-256");
    notices_cleanup(&notices);
    identity_set_free(copy);
    identity_set_free(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_directorys_identities_come_in_natural_order),
        cmocka_unit_test(a_certificate_without_a_key_is_skipped_and_named),
        cmocka_unit_test(with_raw_keys_a_key_alone_is_an_identity),
        cmocka_unit_test_setup_teardown(
            of_several_files_crt_and_key_go_before_pem_before_p12_before_pfx, make_scratch,
            remove_scratch),
        cmocka_unit_test_setup_teardown(a_bad_file_in_a_directory_stops_the_load_and_is_named,
                                        make_scratch, remove_scratch),
        cmocka_unit_test_setup_teardown(what_is_no_regular_file_is_told_and_never_waited_for,
                                        make_scratch, remove_scratch),
        cmocka_unit_test_setup_teardown(a_directory_within_is_passed_over_and_named, make_scratch,
                                        remove_scratch),
        cmocka_unit_test_setup_teardown(a_directory_without_identities_is_refused, make_scratch,
                                        remove_scratch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
