/* SPDX-License-Identifier: Apache-2.0 */
/* What is said of the identities' keys before a run, and keys without certificates. */
#include "cli/built.h"
#include "cli/plan_settings.h"
#include "result/result.h"
#include "tls/fixtures.h"
#include "tls/identity.h"
#include "tls/raw_key.h"
#include "tls/throwaway_pki.h"

/* The fixtures have none, since openssl makes none. */
static void an_ml_dsa_key_with_tls_1_2_alone_earns_a_notice(void **state)
{
    (void)state;
    struct throwaway_pki pki = {0};
    struct error err;
    if (!throwaway_pki_make(&pki, KEY_ML_DSA_44, &err)) {
        print_message("skipped: %s\n", err.text);
        skip();
    }
    static const struct {
        const char *args[MAX_ARGS], *hint;
    } cases[] = {
        {{"--tls-max", "1.2"}, "is ML-DSA-44, which needs TLS 1.3: with --tls-max 1.2 the"},
        {{"--tls-min", "1.3"}, NULL},
        {{"--tls-max", "1.3"}, NULL},
        {{"--sigalgs", "mldsa44:ecdsa_secp256r1_sha256", "--tls-min", "1.3"}, NULL},
        {{"--sigalgs", "mldsa65:ecdsa_secp256r1_sha256", "--tls-min", "1.3"},
         "is ML-DSA-44, which can use none of --sigalgs 'mldsa65:ecdsa_secp256r1_sha256'"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *args[MAX_ARGS] = {"--verify", "none", "--cert", pki.client, URL};
        struct built built;
        for (size_t j = 0; cases[i].args[j] != NULL; j++)
            args[5 + j] = cases[i].args[j];
        build(&built, args);
        if (built.notices.count != (cases[i].hint != NULL))
            fail_msg("case %zu: %zu notices", i, built.notices.count);
        if (cases[i].hint != NULL) {
            assert_non_null(strstr(built.notices.texts[0], "the key of identity 'client'"));
            assert_non_null(strstr(built.notices.texts[0], cases[i].hint));
        }
        release(&built);
    }
    throwaway_pki_remove(&pki);
}

static void raw_public_keys_make_keys_identities_and_are_asked_for(void **state)
{
    (void)state;
    static const char *const cases[][MAX_ARGS] = {
        {"--pin", "spki-sha256:" PIN, "--key", FIXTURE("client-p256.key")},
        {"--pin", "spki-sha256:" PIN, "--pin", PIN, "--key", FIXTURE("client-rsa.key")},
        {"--pinnedpubkey", "sha256//" PIN, "--identity", "client=" FIXTURE("client-p256.key")},
        {"--verify", "none", "--key", FIXTURE("client-ed25519.key")},
        {"--verify", "pin", "--pin", "spki-sha256:" PIN, "--key", FIXTURE("client-p384.key")},
    };
    if (!raw_key_supported()) {
        print_message("skipped: this BoringSSL has no raw public keys (API 41 has them)\n");
        skip();
    }
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *args[MAX_ARGS] = {"--raw-public-key", URL};
        struct built built;
        struct result *result = result_new();
        for (size_t j = 0; cases[i][j] != NULL; j++)
            args[2 + j] = cases[i][j];
        build(&built, args);
        assert_int_equal(built.notices.count, 0);
        assert_true(built.plan.tls.raw_keys);
        assert_int_equal(identity_set_count(built.plan.identities), 1);
        assert_string_equal(identity_set_name(built.plan.identities, 0), "client");
        assert_false(identity_set_has_cert(built.plan.identities, 0));
        plan_settings(result, &built.plan, &built.options);
        assert_int_equal(result_setting(result, "raw_public_key")->type, SETTING_BOOL);
        result_free(result);
        release(&built);
    }
}

static void a_key_that_does_not_go_with_the_handshake_earns_a_notice(void **state)
{
    (void)state;
#define KEY(kind) "--cert", FIXTURE("client-" kind ".crt"), "--key", FIXTURE("client-" kind ".key")
    static const struct {
        const char *args[MAX_ARGS], *hint; /* NULL: no warning */
    } cases[] = {
        {{KEY("p384")}, NULL},
        {{KEY("p384"), "--groups", "X25519:P-384"}, NULL},
        {{KEY("p384"), "--groups", "secp384r1:X25519", "--tls-max", "1.2"}, NULL},
        {{KEY("p384"), "--groups", "X25519", "--tls-min", "1.3"}, NULL},
        {{KEY("rsa"), "--groups", "X25519"}, NULL},
        {{KEY("ed25519"), "--groups", "X25519", "--tls-max", "1.2"}, NULL},
        {{"--groups", "X25519", "--tls-max", "1.2"}, NULL},
        {{KEY("p384"), "--groups", "X25519:P-256"}, "is on P-384, which is not in --groups"},
        {{KEY("p256"), "--groups", "X25519:P-384"}, "if TLS 1.2 is negotiated, servers on"},
        {{KEY("p256"), "--groups", "X25519", "--tls-max", "1.2"}, "with TLS 1.2, the only version"},
        {{KEY("rsa"), "--sigalgs", "ecdsa_secp256r1_sha256:rsa_pss_rsae_sha256"}, NULL},
        {{KEY("rsa"), "--sigalgs", "RSA-PSS+SHA256"}, NULL},
        {{KEY("rsa"), "--sigalgs", "rsa_pkcs1_sha256", "--tls-max", "1.2"}, NULL},
        {{KEY("p256"), "--sigalgs", "ECDSA+SHA256"}, NULL},
        {{KEY("p384"), "--sigalgs", "ecdsa_secp384r1_sha384"}, NULL},
        {{KEY("p384"), "--sigalgs", "ecdsa_secp256r1_sha256", "--tls-max", "1.2"}, NULL},
        {{KEY("ed25519"), "--sigalgs", "ed25519"}, NULL},
        {{KEY("rsa"), "--sigalgs", "rsa_pkcs1_sha256"},
         "none of --sigalgs 'rsa_pkcs1_sha256' in TLS 1.3"},
        {{KEY("p384"), "--sigalgs", "ecdsa_secp256r1_sha256"}, "' in TLS 1.3: the handshake fails"},
        {{KEY("rsa"), "--sigalgs", "ed25519"},
         "is RSA, which can use none of --sigalgs 'ed25519':"},
        {{KEY("ed25519"), "--sigalgs", "RSA+SHA256:ECDSA+SHA256"},
         "is Ed25519, which can use none"},
        {{KEY("p384"), "--sigalgs", "ECDSA+SHA256", "--tls-min", "1.3"},
         "'ECDSA+SHA256': the hand"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *args[MAX_ARGS] = {"--verify", "none", URL};
        struct built built;
        for (size_t j = 0; cases[i].args[j] != NULL; j++)
            args[3 + j] = cases[i].args[j];
        build(&built, args);
        assert_int_equal(built.notices.count, cases[i].hint != NULL);
        if (cases[i].hint != NULL && strstr(built.notices.texts[0], cases[i].hint) == NULL)
            fail_msg("%s", built.notices.texts[0]);
        release(&built);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_that_does_not_go_with_the_handshake_earns_a_notice),
        cmocka_unit_test(an_ml_dsa_key_with_tls_1_2_alone_earns_a_notice),
        cmocka_unit_test(raw_public_keys_make_keys_identities_and_are_asked_for),
    };
    unsetenv("SSLKEYLOGFILE");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
