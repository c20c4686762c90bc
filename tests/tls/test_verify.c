/* SPDX-License-Identifier: Apache-2.0 */
/* Each way to verify, against each kind of server, in both versions of TLS, in full handshakes and
 * resumed ones, in memory. */
#include "tls/verify.h"

#include "tls/fixtures.h"
#include "tls/key_file.h"
#include "tls/pair.h"

/* Alerts (RFC 8446, 6). */
enum {
    NO_ALERT = TLS_NO_ALERT,
    BAD_CERTIFICATE = 42,
    UNSUPPORTED_CERTIFICATE = 43,
    CERTIFICATE_EXPIRED = 45,
    CERTIFICATE_UNKNOWN = 46,
    UNKNOWN_CA = 48,
};

/* A server, what is requested of it, and the result of the chain check. */
struct subject {
    const char *what;
    const char *server; /* a fixture's name */
    const char *host;
    bool host_is_ip;
    const char *pinned; /* whose leaf is pinned; NULL: the server's own */
    enum verify_result chain;
    int chain_alert;
};

static const struct subject subjects[] = {
    {"good", "server", "localhost", false, NULL, VERIFY_OK, NO_ALERT},
    {"good by RSA", "server-rsa", "localhost", false, NULL, VERIFY_OK, NO_ALERT},
    {"good by P-384", "server-p384", "localhost", false, NULL, VERIFY_OK, NO_ALERT},
    {"good by Ed25519", "server-ed25519", "localhost", false, NULL, VERIFY_OK, NO_ALERT},
    {"good by IPv4 address", "server", "127.0.0.1", true, NULL, VERIFY_OK, NO_ALERT},
    {"good by IPv6 address", "server", "::1", true, NULL, VERIFY_OK, NO_ALERT},
    {"intermediate there", "server-full", "localhost", false, NULL, VERIFY_OK, NO_ALERT},
    {"something appended", "server-appended", "localhost", false, NULL, VERIFY_OK, NO_ALERT},
    {"wrong pin", "server2", "localhost", false, "server", VERIFY_OK, NO_ALERT},
    {"intermediate missing", "server-leaf", "localhost", false, NULL, VERIFY_CHAIN_UNTRUSTED,
     UNKNOWN_CA},
    {"wrong CA", "server-other-ca", "localhost", false, NULL, VERIFY_CHAIN_UNTRUSTED, UNKNOWN_CA},
    {"wrong CA, wrong name", "server-other-ca", "other.example", false, NULL,
     VERIFY_CHAIN_UNTRUSTED, UNKNOWN_CA},
    {"wrong purpose", "server-client", "localhost", false, NULL, VERIFY_CHAIN_UNTRUSTED,
     UNSUPPORTED_CERTIFICATE},
    {"expired", "server-expired", "localhost", false, NULL, VERIFY_CERT_EXPIRED,
     CERTIFICATE_EXPIRED},
    {"not yet valid", "server-early", "localhost", false, NULL, VERIFY_CERT_NOT_YET_VALID,
     CERTIFICATE_EXPIRED},
    {"wrong name", "server-name", "localhost", false, NULL, VERIFY_NAME_MISMATCH, BAD_CERTIFICATE},
    {"a longer name", "server", "localhost.example", false, NULL, VERIFY_NAME_MISMATCH,
     BAD_CERTIFICATE},
    {"the subject's CN is no name", "server", "server", false, NULL, VERIFY_NAME_MISMATCH,
     BAD_CERTIFICATE},
    {"wrong address", "server", "127.0.0.2", true, NULL, VERIFY_NAME_MISMATCH, BAD_CERTIFICATE},
    {"an address is no name", "server", "127.0.0.1", false, NULL, VERIFY_NAME_MISMATCH,
     BAD_CERTIFICATE},
    {"wrong pin, wrong name", "server-name", "localhost", false, "server", VERIFY_NAME_MISMATCH,
     BAD_CERTIFICATE},
};

static void pin_leaf(struct pinset *pins, enum pin_kind kind, const char *name)
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
    if (kind == PIN_SPKI)
        assert_true(fingerprint_spki(fingerprint, der, len));
    else
        fingerprint_of(fingerprint, der, len);
    pinset_add_fingerprint(pins, kind, fingerprint);
    key_file_cleanup(&file);
}

static struct trust *load_ca(void)
{
    struct error err;
    struct trust *trust = trust_load(FIXTURE("ca.crt"), &err);
    assert_non_null(trust);
    return trust;
}

/* The expected result for SUBJECT under MODE. */
struct expectation {
    enum verify_result result;
    int alert;
    bool pins_checked;
    int pin_index;
};

static struct expectation expected_of(const struct subject *subject, enum verify_mode mode)
{
    struct expectation expected = {VERIFY_OK, NO_ALERT, false, -1};
    if (verify_mode_has_chain(mode) && subject->chain != VERIFY_OK) {
        expected.result = subject->chain;
        expected.alert = subject->chain_alert;
        return expected;
    }
    expected.pins_checked = verify_mode_has_pins(mode);
    if (expected.pins_checked && subject->pinned != NULL) {
        expected.result = VERIFY_PIN_MISMATCH;
        expected.alert = CERTIFICATE_UNKNOWN;
    } else if (expected.pins_checked) {
        expected.pin_index = 0;
    }
    return expected;
}

#define EXPECT(condition)                                                                          \
    do {                                                                                           \
        if (!(condition))                                                                          \
            fail_msg("%s: %s", label, #condition);                                                 \
    } while (0)

static void check_meeting(const char *label, const struct expectation *expected,
                          const struct pair *pair, const struct meeting *meeting, bool resumed)
{
    const struct tls_facts *client = pair_client(pair), *server = pair_server(pair);
    bool passes = expected->result == VERIFY_OK;
    bool by_chain = !passes && expected->result != VERIFY_PIN_MISMATCH;
    EXPECT(client->verify.result == expected->result);
    EXPECT(client->verify.num_calls == 1);
    EXPECT(client->verify.pins_checked == expected->pins_checked);
    EXPECT(client->verify.pin_index == expected->pin_index);
    EXPECT((client->verify.x509_error != 0) == by_chain);
    EXPECT(client->alert_sent == expected->alert);
    EXPECT(server->alert_received == expected->alert);
    EXPECT(client->alert_received == NO_ALERT);
    EXPECT(client->ticket_offered == resumed);
    EXPECT(client->handshaken == passes);
    EXPECT(client->resumed == (resumed && passes));
    EXPECT(meeting->client == (passes ? TLS_OK : TLS_FAILED));
    EXPECT((meeting->server == TLS_OK && meeting->server_read == TLS_CLOSED) == passes);
    EXPECT(strcmp(meeting->text, passes ? "hello" : "") == 0);
}

static void check_subject(const struct subject *subject, enum verify_mode mode, uint16_t version,
                          const struct trust *trust)
{
    char label[128];
    struct pair pair;
    struct pair_config config = {.server = subject->server,
                                 .tickets = true,
                                 .client_tls = {.version_min = version, .version_max = version}};
    struct expectation expected = expected_of(subject, mode);
    struct verify_policy policy = {.mode = mode,
                                   .pins = pinset_new(),
                                   .trust = trust,
                                   .host = subject->host,
                                   .host_is_ip = subject->host_is_ip};
    const struct verify_policy nothing = {.mode = VERIFY_NONE};
    pin_leaf((struct pinset *)policy.pins, PIN_CERT,
             subject->pinned != NULL ? subject->pinned : subject->server);
    pair_open(&pair, &config);

    struct meeting meeting = pair_meet(&pair, &policy, true);
    snprintf(label, sizeof label, "%s, %s, %s, full", subject->what, verify_mode_name(mode),
             tls_version_name(version));
    check_meeting(label, &expected, &pair, &meeting, false);

    /* A ticket from a session that checked nothing is not trusted. */
    pair_meet(&pair, &nothing, false);
    meeting = pair_meet(&pair, &policy, true);
    snprintf(label, sizeof label, "%s, %s, %s, resumed", subject->what, verify_mode_name(mode),
             tls_version_name(version));
    check_meeting(label, &expected, &pair, &meeting, true);

    pair_close(&pair);
    pinset_free((struct pinset *)policy.pins);
}

static void check_mode(enum verify_mode mode)
{
    struct trust *trust = load_ca();
    for (size_t i = 0; i < COUNT_OF(subjects); i++) {
        check_subject(&subjects[i], mode, TLS_VERSION_1_2, trust);
        check_subject(&subjects[i], mode, TLS_VERSION_1_3, trust);
    }
    trust_free(trust);
}

static void none_takes_every_server(void **state)
{
    (void)state;
    check_mode(VERIFY_NONE);
}

static void chain_takes_whom_the_anchors_dates_purpose_and_name_allow(void **state)
{
    (void)state;
    check_mode(VERIFY_CHAIN);
}

static void pin_takes_whom_a_pin_fits_and_looks_at_nothing_else(void **state)
{
    (void)state;
    check_mode(VERIFY_PIN);
}

static void chain_and_pin_take_whom_both_allow(void **state)
{
    (void)state;
    check_mode(VERIFY_CHAIN_PIN);
}

/* Meets SERVER once under MODE with the pins of KIND of NAMES, and returns the verdict. */
static struct verify_verdict verdict_of(const char *server, enum verify_mode mode,
                                        enum pin_kind kind, const char *const *names, size_t count)
{
    struct pair pair;
    struct pair_config config = {.server = server};
    struct trust *trust = load_ca();
    struct pinset *pins = pinset_new();
    for (size_t i = 0; i < count; i++)
        pin_leaf(pins, kind, names[i]);
    struct verify_policy policy = {.mode = mode, .pins = pins, .trust = trust, .host = "localhost"};
    pair_open(&pair, &config);
    pair_meet(&pair, &policy, false);
    struct verify_verdict verdict = pair_client(&pair)->verify;
    pair_close(&pair);
    pinset_free(pins);
    trust_free(trust);
    return verdict;
}

static void an_spki_pin_fits_the_leafs_key_and_no_issuers(void **state)
{
    (void)state;
    static const struct {
        const char *server, *pinned;
        bool fits;
    } cases[] = {
        {"server", "server", true},
        {"server-rsa", "server-rsa", true},
        {"server-ed25519", "server-ed25519", true},
        {"server-appended", "server", true},
        {"server", "server2", false},
        {"server", "ca", false},
        {"server-full", "intermediate", false},
        {"server-appended", "other-ca", false},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        for (int chained = 0; chained < 2; chained++) {
            struct verify_verdict verdict =
                verdict_of(cases[i].server, chained ? VERIFY_CHAIN_PIN : VERIFY_PIN, PIN_SPKI,
                           &cases[i].pinned, 1);
            if ((verdict.result == VERIFY_OK) != cases[i].fits)
                fail_msg("%s pinned to %s: %d", cases[i].server, cases[i].pinned, verdict.result);
            assert_int_equal(verdict.pin_index, cases[i].fits ? 0 : -1);
        }
    }
}

static void a_ca_pin_fits_an_issuer_in_the_verified_chain_and_nothing_else(void **state)
{
    (void)state;
    static const struct {
        const char *server, *pinned;
        bool fits;
    } cases[] = {
        {"server", "ca", true},
        {"server-full", "ca", true},
        {"server-full", "intermediate", true},
        {"server-appended", "ca", true},
        {"server-appended", "other-ca", false}, /* sent, and in no chain */
        {"server", "intermediate", false},
        {"server", "server", false}, /* the leaf is no issuer */
        {"server", "other-ca", false},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct verify_verdict verdict =
            verdict_of(cases[i].server, VERIFY_CHAIN_PIN, PIN_CA, &cases[i].pinned, 1);
        if ((verdict.result == VERIFY_OK) != cases[i].fits)
            fail_msg("%s pinned to %s: %d", cases[i].server, cases[i].pinned, verdict.result);
        assert_int_equal(verdict.pin_index, cases[i].fits ? 0 : -1);
        assert_true(verdict.pins_checked);
    }
}

static void without_a_chain_no_ca_pin_fits(void **state)
{
    (void)state;
    static const char *const names[] = {"ca", "other-ca", "server"};
    struct verify_verdict verdict = verdict_of("server-appended", VERIFY_PIN, PIN_CA, names, 3);
    assert_int_equal(verdict.result, VERIFY_PIN_MISMATCH);
    assert_int_equal(verdict.pin_index, -1);
}

static void of_several_pins_the_one_that_fits_is_named(void **state)
{
    (void)state;
    static const char *const names[] = {"server2", "server-rsa", "server", "server-p384"};
    struct verify_verdict verdict = verdict_of("server", VERIFY_PIN, PIN_CERT, names, 4);
    assert_int_equal(verdict.result, VERIFY_OK);
    assert_int_equal(verdict.pin_index, 2);
}

static void a_server_that_is_not_taken_never_sees_our_certificate(void **state)
{
    (void)state;
    static const uint16_t versions[] = {TLS_VERSION_1_2, TLS_VERSION_1_3};
    struct pinset *pins = pinset_new();
    struct trust *trust = load_ca();
    pin_leaf(pins, PIN_CERT, "server");
    for (size_t i = 0; i < COUNT_OF(versions); i++) {
        struct pair pair;
        struct pair_config config = {
            .server = "server2", /* the man in the middle: same CA, same name */
            .client = "client-p256",
            .client_ca = FIXTURE("client-ca.crt"),
            .client_tls = {.version_min = versions[i], .version_max = versions[i]}};
        struct verify_policy policy = {
            .mode = VERIFY_CHAIN, .pins = pins, .trust = trust, .host = "localhost"};
        size_t len;
        pair_open(&pair, &config);
        pair_meet(&pair, &policy, false);
        assert_int_equal(pair_client(&pair)->verify.result, VERIFY_OK);
        assert_true(pair_client(&pair)->cert_asked);
        assert_non_null(tls_conn_peer(pair.server, 0, &len));
        policy.mode = VERIFY_CHAIN_PIN;
        pair_meet(&pair, &policy, false);
        assert_int_equal(pair_client(&pair)->verify.result, VERIFY_PIN_MISMATCH);
        assert_false(pair_client(&pair)->cert_asked);
        assert_null(tls_conn_peer(pair.server, 0, &len));
        pair_close(&pair);
    }
    pinset_free(pins);
    trust_free(trust);
}

/* Pins of KIND of PINNED are rejected while the server's own leaf matches a pin. */
static struct verify_verdict verdict_with_rejected(const char *server, enum verify_mode mode,
                                                   enum pin_kind kind, const char *pinned)
{
    struct pair pair;
    struct pair_config config = {.server = server};
    struct pinset *pins = pinset_new(), *rejected = pinset_new();
    struct trust *trust = load_ca();
    pin_leaf(pins, PIN_CERT, server);
    pin_leaf(rejected, kind, pinned);
    struct verify_policy policy = {.mode = mode,
                                   .pins = pins,
                                   .report_pins = true, /* it does not help */
                                   .rejected = rejected,
                                   .trust = trust,
                                   .host = "localhost"};
    pair_open(&pair, &config);
    pair_meet(&pair, &policy, false);
    struct verify_verdict verdict = pair_client(&pair)->verify;
    bool passes = verdict.result == VERIFY_OK;
    assert_int_equal(pair_client(&pair)->alert_sent, passes ? NO_ALERT : CERTIFICATE_UNKNOWN);
    pair_close(&pair);
    pinset_free(pins);
    pinset_free(rejected);
    trust_free(trust);
    return verdict;
}

static void a_rejected_pin_wins_over_a_match_wherever_in_the_chain_it_is(void **state)
{
    (void)state;
    static const struct {
        const char *server;
        enum verify_mode mode;
        enum pin_kind kind;
        const char *pinned;
        bool is_rejected;
    } cases[] = {
        {"server", VERIFY_PIN, PIN_SPKI, "server", true},
        {"server", VERIFY_PIN, PIN_CERT, "server", true},
        {"server", VERIFY_PIN, PIN_CA, "server", true}, /* the kind says only what is hashed */
        {"server", VERIFY_CHAIN, PIN_SPKI, "server", true},
        {"server", VERIFY_PIN, PIN_SPKI, "server2", false},
        {"server", VERIFY_CHAIN_PIN, PIN_SPKI, "ca", true}, /* verified, and not sent */
        {"server", VERIFY_CHAIN, PIN_CA, "ca", true},
        {"server", VERIFY_PIN, PIN_SPKI, "ca", false}, /* neither sent nor verified */
        {"server-full", VERIFY_PIN, PIN_SPKI, "intermediate", true},
        {"server-appended", VERIFY_CHAIN_PIN, PIN_CERT, "other-ca", true}, /* sent: seen */
        {"server", VERIFY_CHAIN_PIN, PIN_CERT, "other-ca", false},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct verify_verdict verdict =
            verdict_with_rejected(cases[i].server, cases[i].mode, cases[i].kind, cases[i].pinned);
        enum verify_result expected = cases[i].is_rejected ? VERIFY_PIN_REJECTED : VERIFY_OK;
        if (verdict.result != expected)
            fail_msg("case %zu, %s with %s rejected: %d", i, cases[i].server, cases[i].pinned,
                     verdict.result);
        bool is_checked = verify_mode_has_pins(cases[i].mode) && !cases[i].is_rejected;
        assert_int_equal(verdict.pins_checked, is_checked);
        assert_int_equal(verdict.pin_index, is_checked ? 0 : -1);
        assert_false(verdict.pin_reported);
    }
}

static void a_mismatch_that_is_only_reported_passes_and_an_untrusted_chain_does_not(void **state)
{
    (void)state;
    static const struct {
        const char *server;
        enum verify_mode mode;
        enum verify_result result;
        bool is_reported;
    } cases[] = {
        {"server2", VERIFY_PIN, VERIFY_OK, true},
        {"server2", VERIFY_CHAIN_PIN, VERIFY_OK, true},
        {"server", VERIFY_PIN, VERIFY_OK, false},
        {"server-other-ca", VERIFY_CHAIN_PIN, VERIFY_CHAIN_UNTRUSTED, false},
    };
    struct pinset *pins = pinset_new();
    struct trust *trust = load_ca();
    pin_leaf(pins, PIN_CERT, "server");
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct pair pair;
        struct pair_config config = {.server = cases[i].server};
        struct verify_policy policy = {.mode = cases[i].mode,
                                       .pins = pins,
                                       .report_pins = true,
                                       .trust = trust,
                                       .host = "localhost"};
        pair_open(&pair, &config);
        pair_meet(&pair, &policy, false);
        const struct tls_facts *facts = pair_client(&pair);
        assert_int_equal(facts->verify.result, cases[i].result);
        assert_int_equal(facts->verify.pin_reported, cases[i].is_reported);
        assert_int_equal(facts->verify.pins_checked, cases[i].result == VERIFY_OK);
        assert_int_equal(facts->handshaken, cases[i].result == VERIFY_OK);
        assert_int_equal(facts->verify.pin_index,
                         cases[i].result == VERIFY_OK && !cases[i].is_reported ? 0 : -1);
        pair_close(&pair);
    }
    pinset_free(pins);
    trust_free(trust);
}

static void modes_are_read_by_the_names_that_they_have(void **state)
{
    (void)state;
    enum verify_mode mode;
    for (int i = 0; i < NUM_VERIFY_MODES; i++) {
        assert_true(verify_mode_parse(verify_mode_name((enum verify_mode)i), &mode));
        assert_int_equal(mode, i);
    }
    assert_false(verify_mode_parse("", &mode));
    assert_false(verify_mode_parse("pin+chain", &mode));
    assert_false(verify_mode_parse("None", &mode));
}

static void an_issuing_ca_is_an_anchor_too(void **state)
{
    (void)state;
    static const struct {
        const char *server;
        bool is_trusted;
    } cases[] = {{"server-full", true}, {"server-leaf", true}, {"server", false}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct pair pair;
        struct error err;
        struct pair_config config = {.server = cases[i].server};
        struct trust *trust = trust_load(FIXTURE("intermediate.crt"), &err);
        struct verify_policy policy = {.mode = VERIFY_CHAIN, .trust = trust, .host = "localhost"};
        pair_open(&pair, &config);
        pair_meet(&pair, &policy, false);
        if ((pair_client(&pair)->verify.result == VERIFY_OK) != cases[i].is_trusted)
            fail_msg("%s: %s", cases[i].server, verify_error_text(&pair_client(&pair)->verify));
        pair_close(&pair);
        trust_free(trust);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_issuing_ca_is_an_anchor_too),
        cmocka_unit_test(none_takes_every_server),
        cmocka_unit_test(chain_takes_whom_the_anchors_dates_purpose_and_name_allow),
        cmocka_unit_test(pin_takes_whom_a_pin_fits_and_looks_at_nothing_else),
        cmocka_unit_test(chain_and_pin_take_whom_both_allow),
        cmocka_unit_test(an_spki_pin_fits_the_leafs_key_and_no_issuers),
        cmocka_unit_test(a_ca_pin_fits_an_issuer_in_the_verified_chain_and_nothing_else),
        cmocka_unit_test(without_a_chain_no_ca_pin_fits),
        cmocka_unit_test(of_several_pins_the_one_that_fits_is_named),
        cmocka_unit_test(a_server_that_is_not_taken_never_sees_our_certificate),
        cmocka_unit_test(a_rejected_pin_wins_over_a_match_wherever_in_the_chain_it_is),
        cmocka_unit_test(a_mismatch_that_is_only_reported_passes_and_an_untrusted_chain_does_not),
        cmocka_unit_test(modes_are_read_by_the_names_that_they_have),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
