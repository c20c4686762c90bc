/* SPDX-License-Identifier: Apache-2.0 */
/* Raw public keys of both sides, with and without certificates beside them, in both versions of TLS, in
 * full handshakes and resumed ones, memory to memory. */
#include "tls/raw_key.h"

#include "tls/fixtures.h"
#include "tls/key_file.h"
#include "tls/pair.h"
#include "tls/public_key.h"

#define UNSUPPORTED_CERTIFICATE 43
#define CERTIFICATE_UNKNOWN 46

static const uint16_t versions[] = {TLS_VERSION_1_2, TLS_VERSION_1_3};

static void pin_key(struct pinset *pins, const char *name)
{
    static const struct password no_password;
    struct key_file file = {0};
    struct error err;
    char path[512];
    size_t len;
    uint8_t fingerprint[FINGERPRINT_LEN];
    snprintf(path, sizeof path, FIXTURES "/%s.crt", name);
    assert_true(key_file_read(&file, path, "the certificate", false, &no_password, &err));
    const uint8_t *der = key_file_cert(&file, 0, &len);
    assert_true(fingerprint_spki(fingerprint, der, len));
    pinset_add_fingerprint(pins, PIN_SPKI, fingerprint);
    key_file_cleanup(&file);
}

/* What sides there are. Servers that take keys know those of three clients. */
static const struct server {
    const char *what, *name;
    bool raw_key, key_alone, takes_keys;
} servers[] = {
    {"a key alone, takes keys", "server", true, true, true},
    {"an RSA key alone, takes keys", "server-rsa", true, true, true},
    {"a key or a certificate, takes keys", "server", true, false, true},
    {"a key, wants certificates", "server", true, false, false},
    {"a certificate, takes keys", "server", false, false, true},
    {"a certificate, wants certificates", "server", false, false, false},
};
static const struct client {
    const char *what, *name;
    bool key_alone, is_known;
} clients[] = {
    {"a key alone", "client-p256", true, true},
    {"a key or a certificate", "client-p256", false, true},
    {"an RSA key alone", "client-rsa", true, true},
    {"an Ed25519 key alone", "client-ed25519", true, true},
    {"a key that no server knows", "client-by-other", true, false},
    {"nothing", NULL, false, false},
};

/* One case of the matrix. */
struct encounter {
    const struct server *server;
    const struct client *client;
    uint16_t version;
    struct pinset *known;
    struct pair pair;
};

static void open_pair(struct encounter *e)
{
    const struct tls_config tls = {.version_min = e->version, .version_max = e->version};
    const struct pair_config config = {.server = e->server->name,
                                       .client = e->client->name,
                                       .client_ca =
                                           e->server->takes_keys ? NULL : FIXTURE("client-ca.crt"),
                                       .client_keys = e->server->takes_keys ? e->known : NULL,
                                       .server_raw_key = e->server->raw_key,
                                       .server_key_alone = e->server->key_alone,
                                       .client_raw_key = true,
                                       .client_key_alone = e->client->key_alone,
                                       .tickets = true,
                                       .client_tls = tls,
                                       .server_tls = tls};
    pair_open(&e->pair, &config);
}

static void fail_encounter(const struct encounter *e, const char *problem)
{
    const struct tls_facts *facts = pair_client(&e->pair);
    char text[256];
    tls_error_text(facts->error, text, sizeof text);
    fail_msg("server: %s; client: %s; TLS %#x: %s (sent alert %d, received %d; %s)",
             e->server->what, e->client->what, e->version, problem, facts->alert_sent,
             facts->alert_received, text);
}

#define HOLDS(condition)                                                                           \
    do {                                                                                           \
        if (!(condition))                                                                          \
            fail_encounter(e, #condition);                                                         \
    } while (0)

/* A key alone is nothing that a server that wants a certificate could ask for. */
static bool has_nothing_in_common(const struct encounter *e)
{
    return e->client->key_alone && !e->server->takes_keys;
}

/* Where there is nothing in common the server says so at once; an unknown key, or nothing, is refused
 * when it comes. */
static void check_refused(const struct encounter *e, const struct meeting *meeting)
{
    const struct tls_facts *facts = pair_client(&e->pair);
    bool has_key = e->client->name != NULL;
    if (has_nothing_in_common(e)) {
        HOLDS(meeting->client == TLS_FAILED && facts->alert_received == UNSUPPORTED_CERTIFICATE);
        HOLDS(!facts->cert_asked && facts->own_sigalg == 0);
        return;
    }
    HOLDS(meeting->server == TLS_FAILED && facts->cert_asked);
    HOLDS(facts->own_raw_key == (has_key && e->server->takes_keys));
    HOLDS(facts->alert_received != TLS_NO_ALERT);
}

static void check_accepted(const struct encounter *e, const struct meeting *meeting)
{
    const struct tls_facts *facts = pair_client(&e->pair), *seen = pair_server(&e->pair);
    HOLDS(meeting->client == TLS_OK && meeting->server == TLS_OK);
    HOLDS(strcmp(meeting->text, "hello") == 0);
    HOLDS(facts->cert_asked && facts->own_raw_key == e->server->takes_keys);
    HOLDS(seen->peer_raw_key == facts->own_raw_key);
    HOLDS(facts->own_sigalg != 0 && facts->own_sigalg == seen->sigalg);
    HOLDS(seen->own_sigalg == 0 || seen->own_sigalg == facts->sigalg); /* in TLS 1.2 it has none */
}

static void check_server_key(const struct encounter *e)
{
    const struct tls_facts *facts = pair_client(&e->pair);
    uint8_t key[RAW_KEY_MOST];
    char kind[PUBLIC_KEY_KIND_LEN];
    size_t der_len, len = tls_conn_peer_key(e->pair.client, key);
    HOLDS(facts->peer_raw_key == e->server->raw_key);
    HOLDS((len > 0) == e->server->raw_key);
    HOLDS((tls_conn_peer(e->pair.client, 0, &der_len) == NULL) == e->server->raw_key);
    HOLDS(len == 0 ||
          (public_key_kind(kind, key, len) &&
           strcmp(kind, strcmp(e->server->name, "server") == 0 ? "P-256" : "RSA") == 0));
}

static bool is_let_in(const struct encounter *e)
{
    return e->client->is_known && !has_nothing_in_common(e);
}

/* The right pin: who is let in follows from what the two have; and it resumes, verified again. */
static void meet_with_right_pin(struct encounter *e)
{
    struct pinset *pins = pinset_new();
    pin_key(pins, e->server->name);
    const struct verify_policy policy = {.mode = VERIFY_PIN, .pins = pins, .host = "localhost"};
    open_pair(e);
    struct meeting meeting = pair_meet(&e->pair, &policy, true);
    const struct tls_facts *facts = pair_client(&e->pair);
    HOLDS(has_nothing_in_common(e) ||
          (facts->verify.result == VERIFY_OK && facts->verify.pin_index == 0));
    if (is_let_in(e)) {
        check_accepted(e, &meeting);
        check_server_key(e);
        meeting = pair_meet(&e->pair, &policy, true);
        HOLDS(meeting.client == TLS_OK && facts->resumed && facts->verify.pins_checked);
        HOLDS(facts->verify.pin_index == 0 && facts->peer_raw_key == e->server->raw_key);
        HOLDS(facts->own_sigalg == 0 && !facts->own_raw_key);
    } else {
        check_refused(e, &meeting);
    }
    pair_close(&e->pair);
    pinset_free(pins);
}

/* The wrong one: nothing of ours has left. */
static void meet_with_wrong_pin(struct encounter *e)
{
    struct pinset *pins = pinset_new();
    pin_key(pins, "server2");
    const struct verify_policy policy = {.mode = VERIFY_PIN, .pins = pins, .host = "localhost"};
    open_pair(e);
    struct meeting meeting = pair_meet(&e->pair, &policy, false);
    const struct tls_facts *facts = pair_client(&e->pair);
    HOLDS(meeting.client == TLS_FAILED && meeting.server == TLS_FAILED);
    if (!has_nothing_in_common(e)) {
        HOLDS(facts->verify.result == VERIFY_PIN_MISMATCH && facts->verify.pins_checked);
        HOLDS(facts->alert_sent == CERTIFICATE_UNKNOWN);
    }
    HOLDS(!facts->cert_asked && !facts->own_raw_key && facts->own_sigalg == 0);
    pair_close(&e->pair);
    pinset_free(pins);
}

static void each_encounter(void (*meet)(struct encounter *e))
{
    struct encounter e = {.known = pinset_new()};
    for (size_t i = 0; i < COUNT_OF(clients); i++) {
        if (clients[i].is_known)
            pin_key(e.known, clients[i].name);
    }
    for (size_t s = 0; s < COUNT_OF(servers); s++) {
        for (size_t c = 0; c < COUNT_OF(clients); c++) {
            for (size_t v = 0; v < COUNT_OF(versions); v++) {
                e.server = &servers[s];
                e.client = &clients[c];
                e.version = versions[v];
                meet(&e);
            }
        }
    }
    pinset_free(e.known);
}

static void skip_without_raw_keys(void)
{
    if (raw_key_supported())
        return;
    print_message("skipped: this BoringSSL has no raw public keys (API 41 has them)\n");
    skip();
}

static void a_key_is_taken_where_both_sides_have_it_and_a_certificate_otherwise(void **state)
{
    (void)state;
    skip_without_raw_keys();
    each_encounter(meet_with_right_pin);
}

static void a_wrong_pin_stops_the_handshake_before_anything_of_ours_leaves(void **state)
{
    (void)state;
    skip_without_raw_keys();
    each_encounter(meet_with_wrong_pin);
}

/* What a run is refused with beforehand, and must not pass here either. */
static void a_raw_key_never_passes_for_a_chain_or_for_a_certificates_pin(void **state)
{
    (void)state;
    skip_without_raw_keys();
    struct error err;
    struct pinset *pins = pinset_new();
    struct trust *trust = trust_load(FIXTURE("ca.crt"), &err);
    const struct {
        enum verify_mode mode;
        enum verify_result result;
    } cases[] = {{VERIFY_NONE, VERIFY_OK},
                 {VERIFY_PIN, VERIFY_PIN_MISMATCH},
                 {VERIFY_CHAIN, VERIFY_CHAIN_UNTRUSTED},
                 {VERIFY_CHAIN_PIN, VERIFY_CHAIN_UNTRUSTED}};
    uint8_t fingerprint[FINGERPRINT_LEN] = {1};
    pinset_add_fingerprint(pins, PIN_CERT, fingerprint);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct verify_policy policy = {
            .mode = cases[i].mode, .pins = pins, .trust = trust, .host = "localhost"};
        const struct pair_config config = {
            .server_raw_key = true, .server_key_alone = true, .client_raw_key = true};
        struct pair pair;
        pair_open(&pair, &config);
        struct meeting meeting = pair_meet(&pair, &policy, false);
        assert_int_equal(pair_client(&pair)->verify.result, cases[i].result);
        assert_int_equal(meeting.client, cases[i].result == VERIFY_OK ? TLS_OK : TLS_FAILED);
        pair_close(&pair);
    }
    trust_free(trust);
    pinset_free(pins);
}

/* Whoever does not offer keys sees none. */
static void without_the_offer_a_server_with_a_key_alone_gives_up(void **state)
{
    (void)state;
    skip_without_raw_keys();
    const struct verify_policy policy = {.mode = VERIFY_NONE};
    const struct pair_config config = {.server_raw_key = true, .server_key_alone = true};
    struct pair pair;
    pair_open(&pair, &config);
    struct meeting meeting = pair_meet(&pair, &policy, false);
    assert_int_equal(meeting.client, TLS_FAILED);
    assert_int_not_equal(pair_client(&pair)->alert_received, TLS_NO_ALERT);
    assert_int_equal(pair_client(&pair)->verify.num_calls, 0);
    pair_close(&pair);
}

static void a_boringssl_without_them_says_so(void **state)
{
    (void)state;
    const struct tls_config config = {.raw_keys = true};
    struct error err = {{0}};
    assert_int_equal(tls_context_check(&config, &err), raw_key_supported());
    if (!raw_key_supported())
        assert_non_null(strstr(err.text, "has no raw public keys; expected one of API version 41"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_is_taken_where_both_sides_have_it_and_a_certificate_otherwise),
        cmocka_unit_test(a_wrong_pin_stops_the_handshake_before_anything_of_ours_leaves),
        cmocka_unit_test(a_raw_key_never_passes_for_a_chain_or_for_a_certificates_pin),
        cmocka_unit_test(without_the_offer_a_server_with_a_key_alone_gives_up),
        cmocka_unit_test(a_boringssl_without_them_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
