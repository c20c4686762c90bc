/* SPDX-License-Identifier: Apache-2.0 */
/* Runs with clients of several kinds of keys, and with raw public keys. */
#include "engine/service.h"
#include "engine/trial.h"
#include "tls/fixtures.h"
#include "tls/identity.h"
#include "tls/key_file.h"
#include "tls/pinset.h"
#include "tls/raw_key.h"
#include "tls/throwaway_pki.h"

#include <unistd.h>

static const struct password no_password;

static uint64_t count_of(const struct name_counts *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++) {
        if (strcmp(names->items[i].name, name) == 0)
            return names->items[i].count;
    }
    return 0;
}

static void expect_alone(const struct name_counts *names, const char *name, uint64_t count)
{
    assert_int_equal(names->count, 1);
    assert_string_equal(names->items[0].name, name);
    assert_int_equal(names->items[0].count, count);
}

/* Writes the CAs of the fixtures and of PKI to PATH, one after the other. */
static void join_cas(const char *path, const struct throwaway_pki *pki)
{
    struct fixture_file first, second = {.len = 0};
    fixture_read(&first, FIXTURE("client-ca.crt"));
    if (pki->ca[0] != '\0')
        fixture_read(&second, pki->ca);
    memcpy(first.bytes + first.len, second.bytes, second.len);
    fixture_write(path, first.bytes, first.len + second.len);
}

/* Three sessions each, whatever the order. */
static void each_identity_of_a_mixed_fleet_signs_with_its_own_algorithm(void **state)
{
    (void)state;
    static const struct {
        const char *name, *in_1_3, *in_1_2;
    } fleet[] = {
        {"client-rsa", "rsa_pss_rsae_sha256", "rsa_pss_rsae_sha256"},
        {"client-p256", "ecdsa_secp256r1_sha256", "ecdsa_secp256r1_sha256"},
        {"client-ed25519", "ed25519", "ed25519"},
        {"client-p384", "ecdsa_secp384r1_sha384", NULL},
    };
    char cas[64];
    struct error err;
    struct throwaway_pki pki = {0};
    bool has_ml_dsa = throwaway_pki_make(&pki, KEY_ML_DSA_44, &err);
    snprintf(cas, sizeof cas, "/tmp/pinload-cas-%d.pem", (int)getpid());
    join_cas(cas, &pki);
    for (unsigned is_1_3 = 0; is_1_3 <= 1; is_1_3++) {
        const struct tls_server_config config = {.client_ca = cas};
        struct service *service = service_start(MANNER_SERVE, &config);
        struct notices notices = {0};
        struct trial trial;
        trial_plan(&trial, service);
        for (size_t i = 0; i < COUNT_OF(fleet); i++)
            trial_identity(&trial, fleet[i].name);
        if (has_ml_dsa && is_1_3)
            assert_true(identity_set_add(trial.plan.identities, "client-mldsa44", pki.client, NULL,
                                         &no_password, &notices, &err));
        size_t count = identity_set_count(trial.plan.identities);
        trial.plan.sessions = 3 * count;
        trial.plan.connections = 1;
        trial.plan.tls.version_max = is_1_3 ? TLS_VERSION_1_3 : TLS_VERSION_1_2;
        trial_run(&trial);
        trial_expect(&trial, OUTCOME_SUCCEEDED);
        for (size_t i = 0; i < COUNT_OF(fleet); i++) {
            const char *expected = is_1_3 ? fleet[i].in_1_3 : fleet[i].in_1_2;
            const struct name_counts *sigalgs = &trial.result->identities[i].sigalgs;
            if (expected != NULL)
                expect_alone(sigalgs, expected, 3);
            assert_int_equal(count_of(&trial.result->client_sigalgs, sigalgs->items[0].name) >= 3,
                             true);
        }
        if (count > COUNT_OF(fleet))
            expect_alone(&trial.result->identities[COUNT_OF(fleet)].sigalgs, "mldsa44", 3);
        expect_alone(&trial.result->client_certificate_types, "x509", 3 * count);
        expect_alone(&trial.result->server_certificate_types, "x509", 3 * count);
        assert_int_equal(service_seen(service)->with_client_cert, 3 * count);
        notices_cleanup(&notices);
        trial_cleanup(&trial);
        service_stop(service);
    }
    unlink(cas);
    throwaway_pki_remove(&pki);
    if (!has_ml_dsa)
        print_message("without ML-DSA: %s\n", err.text);
}

static void nobody_has_signed_where_no_certificate_was_asked_for(void **state)
{
    (void)state;
    const struct tls_server_config config = {0};
    struct service *service = service_start(MANNER_SERVE, &config);
    struct trial trial;
    trial_plan(&trial, service);
    trial_identity(&trial, "client-rsa");
    trial_run(&trial);
    trial_expect(&trial, OUTCOME_SUCCEEDED);
    assert_int_equal(trial.result->identities[0].sigalgs.count, 0);
    assert_int_equal(trial.result->client_sigalgs.count, 0);
    assert_int_equal(trial.result->client_certificate_types.count, 0);
    trial_cleanup(&trial);
    service_stop(service);
}

/* --- raw public keys ---------------------------------------------------------------------------- */

static void skip_without_raw_keys(void)
{
    if (raw_key_supported())
        return;
    print_message("skipped: this BoringSSL has no raw public keys (API 41 has them)\n");
    skip();
}

static void pin_key(struct pinset *pins, const char *cert)
{
    struct key_file file = {0};
    struct error err;
    size_t len;
    uint8_t fingerprint[FINGERPRINT_LEN];
    assert_true(key_file_read(&file, cert, "the certificate", false, &no_password, &err));
    const uint8_t *der = key_file_cert(&file, 0, &len);
    assert_true(fingerprint_spki(fingerprint, der, len));
    pinset_add_fingerprint(pins, PIN_SPKI, fingerprint);
    key_file_cleanup(&file);
}

static void add_key(struct trial *trial, const char *name)
{
    struct notices notices = {0};
    struct error err;
    char key[512];
    snprintf(key, sizeof key, FIXTURES "/%s.key", name);
    if (!identity_set_add(trial->plan.identities, name, NULL, key, &no_password, &notices, &err))
        fail_msg("%s", err.text);
    notices_cleanup(&notices);
}

/* Two keys against a server that knows the first of them. */
static void prepare(struct trial *trial, const struct service *service, const char *pinned)
{
    trial_plan(trial, service);
    pinset_free(trial->plan.pins);
    trial->plan.pins = pinset_new();
    pin_key(trial->plan.pins, pinned);
    trial->plan.tls.raw_keys = true;
    trial->plan.sessions = 6;
    identity_set_use_raw_keys(trial->plan.identities);
}

static struct service *start_with_keys(struct pinset *known)
{
    const struct tls_server_config config = {.cert = NULL,
                                             .key = FIXTURE("server.key"),
                                             .raw_key = true,
                                             .tickets = true,
                                             .client_keys = known};
    pin_key(known, FIXTURE("client-p256.crt"));
    return service_start(MANNER_SERVE, &config);
}

static void raw_public_keys_are_counted_and_an_unknown_one_is_refused(void **state)
{
    (void)state;
    skip_without_raw_keys();
    struct pinset *known = pinset_new();
    struct service *service = start_with_keys(known);
    struct trial trial;
    prepare(&trial, service, FIXTURE("server.crt"));
    add_key(&trial, "client-p256");
    add_key(&trial, "client-rsa");
    trial_expect_refused(&trial, 1);
    trial_run(&trial);
    const struct result *result = trial.result;
    assert_int_equal(result->outcomes[OUTCOME_SUCCEEDED], 3);
    assert_int_equal(result->outcomes[OUTCOME_CLIENT_CERT_REFUSED], 3);
    assert_true(result->passed);
    assert_int_equal(result->pins_matched, 6);
    expect_alone(&result->server_certificate_types, "raw_public_key", 6);
    expect_alone(&result->client_certificate_types, "raw_public_key", 6);
    expect_alone(&result->identities[0].sigalgs, "ecdsa_secp256r1_sha256", 3);
    expect_alone(&result->identities[1].sigalgs, "rsa_pss_rsae_sha256", 3);
    assert_non_null(strstr(trial.stories.first, "for a raw public key\n  raw public key: P-256\n"));
    assert_non_null(strstr(trial.stories.first, "seen      spki-sha256:"));
    trial_cleanup(&trial);
    service_stop(service);
    pinset_free(known);
}

static void resumed_sessions_hold_the_pin_of_the_raw_key_too(void **state)
{
    (void)state;
    skip_without_raw_keys();
    struct pinset *known = pinset_new();
    struct service *service = start_with_keys(known);
    struct trial trial;
    prepare(&trial, service, FIXTURE("server.crt"));
    add_key(&trial, "client-p256");
    trial.plan.connections = 1;
    trial.plan.session_mode = SESSION_RESUME;
    trial.plan.tls.keep_tickets = true;
    trial_run(&trial);
    trial_expect(&trial, OUTCOME_SUCCEEDED);
    assert_int_equal(trial.result->handshakes_resumed, 5);
    assert_int_equal(trial.result->pins_checked_resumed, 5);
    assert_int_equal(trial.result->pins_matched, 6);
    expect_alone(&trial.result->server_certificate_types, "raw_public_key", 1);
    expect_alone(&trial.result->client_certificate_types, "raw_public_key", 1);
    trial_cleanup(&trial);
    service_stop(service);
    pinset_free(known);
}

static void a_wrong_pin_ends_the_session_before_our_key_is_shown(void **state)
{
    (void)state;
    skip_without_raw_keys();
    struct pinset *known = pinset_new();
    struct service *service = start_with_keys(known);
    struct trial trial;
    prepare(&trial, service, FIXTURE("server2.crt"));
    add_key(&trial, "client-p256");
    trial_run(&trial);
    trial_expect(&trial, OUTCOME_PIN_MISMATCH);
    assert_int_equal(trial.result->pins_mismatched, trial.result->started);
    assert_int_equal(trial.result->client_certificate_types.count, 0);
    assert_int_equal(service_seen(service)->with_client_cert, 0);
    assert_int_equal(service_seen(service)->handshakes, 0);
    trial_cleanup(&trial);
    service_stop(service);
    pinset_free(known);
}

static void a_key_alone_is_told_apart_from_a_server_that_wants_certificates(void **state)
{
    (void)state;
    skip_without_raw_keys();
    const struct tls_server_config config = {.client_ca = FIXTURE("client-ca.crt")};
    struct service *service = service_start(MANNER_SERVE, &config);
    struct trial trial;
    prepare(&trial, service, FIXTURE("server.crt"));
    trial_identity(&trial, "client-p256"); /* with its certificate, which is taken */
    add_key(&trial, "client-rsa");
    trial_run(&trial);
    const struct result *result = trial.result;
    assert_int_equal(result->identities[0].by_class[CLASS_SUCCEEDED], 3);
    assert_int_equal(result->identities[1].by_class[CLASS_FAILED], 3);
    assert_int_equal(result->outcomes[OUTCOME_TLS_ALERT], 3);
    expect_alone(&result->server_certificate_types, "x509", 3);
    expect_alone(&result->client_certificate_types, "x509", 3);
    assert_non_null(strstr(trial.stories.by_outcome[OUTCOME_TLS_ALERT],
                           "alert received: unsupported_certificate"));
    trial_cleanup(&trial);
    service_stop(service);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_identity_of_a_mixed_fleet_signs_with_its_own_algorithm),
        cmocka_unit_test(nobody_has_signed_where_no_certificate_was_asked_for),
        cmocka_unit_test(raw_public_keys_are_counted_and_an_unknown_one_is_refused),
        cmocka_unit_test(resumed_sessions_hold_the_pin_of_the_raw_key_too),
        cmocka_unit_test(a_wrong_pin_ends_the_session_before_our_key_is_shown),
        cmocka_unit_test(a_key_alone_is_told_apart_from_a_server_that_wants_certificates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
