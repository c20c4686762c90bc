/* SPDX-License-Identifier: Apache-2.0 */
/* Encrypted Client Hello: what a client is given, and what becomes of it, memory to memory. */
#include "tls/ech.h"

#include "base/file.h"
#include "tls/ech_keys.h"
#include "tls/fixtures.h"
#include "tls/pair.h"

#include <openssl/base64.h>

#include <unistd.h>

#define ECH_REQUIRED 121
#define CLIENT_CA FIXTURE("client-ca.crt")

static const struct verify_policy nothing = {.mode = VERIFY_NONE};

/* --- what is given -------------------------------------------------------------------------- */

struct scratch {
    char path[64];
};

static struct scratch scratch_of(const void *bytes, size_t len)
{
    struct scratch scratch;
    snprintf(scratch.path, sizeof scratch.path, "/tmp/pinload-ech-form-%d", (int)getpid());
    fixture_write(scratch.path, bytes, len);
    return scratch;
}

static void expect_read(const char *text, const struct buffer *expected)
{
    struct buffer read = {0};
    struct error err = {{0}};
    if (!ech_read(&read, text, &err))
        fail_msg("%s", err.text);
    assert_int_equal(read.len, expected->len);
    assert_memory_equal(read.data, expected->data, read.len);
    buffer_cleanup(&read);
}

static void a_list_is_read_in_every_form(void **state)
{
    (void)state;
    struct ech_key key;
    char base64[1024], lines[1100];
    if (ech_is_missing())
        return;
    ech_key_make(&key, "public.example", 7);
    size_t len = EVP_EncodeBlock((uint8_t *)base64, key.list.data, key.list.len);
    snprintf(lines, sizeof lines, "%.20s\r\n  %s\n\n", base64, base64 + 20);
    expect_read(key.path, &key.list); /* PEM, with the key before it */
    expect_read(base64, &key.list);
    expect_read(scratch_of(key.list.data, key.list.len).path, &key.list);
    expect_read(scratch_of(base64, len).path, &key.list);
    struct scratch scratch = scratch_of(lines, strlen(lines));
    expect_read(scratch.path, &key.list);
    unlink(scratch.path);
    ech_key_remove(&key);
}

/* Asserts that TEXT is refused in a sentence with HINT. */
static void expect_refused(const char *text, const char *hint)
{
    struct buffer read = {0};
    struct error err = {{0}};
    assert_false(ech_read(&read, text, &err));
    if (strstr(err.text, hint) == NULL)
        fail_msg("'%s' is not in: %s", hint, err.text);
    assert_true(strncmp(err.text, "--ech", 5) == 0);
    buffer_cleanup(&read);
}

static void what_is_no_list_is_refused_in_one_sentence(void **state)
{
    (void)state;
    static const struct {
        const char *content, *hint;
    } files[] = {
        {"", "is no ECHConfigList"},
        {"not base64 at all!\n", "is no ECHConfigList"},
        {"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
         "has no PEM block ECHCONFIG"},
        {"-----BEGIN ECHCONFIG-----\nAAAA\n-----END ECHCONFIG-----\n"
         "-----BEGIN ECHCONFIG-----\nAAAA\n-----END ECHCONFIG-----\n",
         "has several PEM blocks ECHCONFIG"},
        {"-----BEGIN ECHCONFIG-----\nA*A\n-----END ECHCONFIG-----\n", "is damaged PEM"},
        {"-----BEGIN ECHCONFIG-----\nAAAA\n-----END ECHCONFIG-----\n", "RFC 9849"},
    };
    if (ech_is_missing())
        return;
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        struct scratch scratch = scratch_of(files[i].content, strlen(files[i].content));
        expect_refused(scratch.path, files[i].hint);
        unlink(scratch.path);
    }
    expect_refused("/nowhere/ech.pem", "neither a file nor base64");
    expect_refused("", "neither a file nor base64");
    expect_refused("AAAA", "'AAAA' is no ECHConfigList (RFC 9849");
    expect_refused("AAT+DQAA", "RFC 9849");              /* an empty configuration */
    expect_refused("AAT+CgAA", "no configuration that"); /* one of another version */
    expect_refused("/tmp", "'/tmp'");
}

static void a_damaged_list_is_refused_wherever_it_is_cut(void **state)
{
    (void)state;
    struct ech_key key;
    if (ech_is_missing())
        return;
    ech_key_make(&key, "public.example", 7);
    for (size_t len = 0; len < key.list.len; len++)
        assert_false(ech_is_usable(key.list.data, len));
    assert_true(ech_is_usable(key.list.data, key.list.len));
    key.list.data[8] ^= 1; /* the KEM: well formed, and nobody's */
    assert_false(ech_is_usable(key.list.data, key.list.len));
    ech_key_remove(&key);
}

/* --- what becomes of it --------------------------------------------------------------------- */

/* A client with the configuration of one key and a server with another's, or none. */
static void open_pair(struct pair *pair, const struct ech_key *client, const struct ech_key *server)
{
    struct pair_config config = {
        .client = "client-p256",
        .client_ca = CLIENT_CA,
        .client_cert_optional = true,
        .tickets = true,
        .client_tls = {.sni = "localhost", .ech = client->list.data, .ech_len = client->list.len},
        .prepare = server != NULL ? ech_key_prepare : NULL,
        .prepare_arg = server};
    pair_open(pair, &config);
}

static bool output_has(struct pair *pair, const char *text)
{
    const struct buffer *out = tls_context_output(pair->client_context);
    return memmem(out->data, out->len, text, strlen(text)) != NULL;
}

static void the_servers_name_is_not_in_the_clear(void **state)
{
    (void)state;
    struct ech_key key;
    struct pair pair;
    if (ech_is_missing())
        return;
    ech_key_make(&key, "public.example", 7);
    open_pair(&pair, &key, &key);
    tls_conn_start(pair.client, 0, &nothing, false);
    assert_int_equal(tls_conn_handshake(pair.client), TLS_WANT_READ);
    assert_true(output_has(&pair, "public.example"));
    assert_false(output_has(&pair, "localhost"));
    assert_int_equal(pair_client(&pair)->ech, TLS_ECH_OFFERED);
    pair_close(&pair);
    ech_key_remove(&key);
}

static void a_server_that_has_the_key_accepts_full_and_resumed(void **state)
{
    (void)state;
    struct ech_key key;
    struct pair pair;
    if (ech_is_missing())
        return;
    ech_key_make(&key, "public.example", 7);
    open_pair(&pair, &key, &key);
    for (int resumed = 0; resumed < 2; resumed++) {
        struct meeting meeting = pair_meet(&pair, &nothing, true);
        const struct tls_facts *facts = pair_client(&pair);
        assert_int_equal(meeting.client, TLS_OK);
        assert_string_equal(meeting.text, "hello");
        assert_int_equal(facts->ech, TLS_ECH_ACCEPTED);
        assert_false(facts->ech_retried);
        assert_int_equal(facts->resumed, resumed);
        assert_int_equal(facts->cert_asked, !resumed);
    }
    pair_close(&pair);
    ech_key_remove(&key);
}

/* Asserts that a meeting ended in a rejection, before the server saw our certificate. */
static void expect_rejected(struct pair *pair, const struct meeting *meeting,
                            const char *public_name)
{
    size_t len = 0;
    const struct tls_facts *facts = pair_client(pair);
    const char *name = tls_conn_public_name(pair->client, &len);
    assert_int_equal(meeting->client, TLS_FAILED);
    assert_int_equal(facts->ech, TLS_ECH_REJECTED);
    assert_false(facts->handshaken);
    assert_int_equal(facts->alert_sent, ECH_REQUIRED);
    assert_int_equal(facts->verify.result, VERIFY_OK);
    assert_int_equal(facts->verify.num_calls, 1);
    assert_null(tls_conn_peer(pair->server, 0, &(size_t){0}));
    assert_int_equal(len, strlen(public_name));
    assert_memory_equal(name, public_name, len);
}

static void a_rejection_brings_the_configuration_for_the_next_connection(void **state)
{
    (void)state;
    struct ech_key old, new;
    struct pair pair;
    size_t len;
    if (ech_is_missing())
        return;
    ech_key_make(&old, "public.example", 7);
    ech_key_make(&new, "newer.example", 7);
    open_pair(&pair, &old, &new);
    struct meeting meeting = pair_meet(&pair, &nothing, false);
    expect_rejected(&pair, &meeting, "public.example");
    assert_true(pair_client(&pair)->ech_retry_given);
    assert_false(pair_client(&pair)->ech_retried);
    for (int i = 0; i < 2; i++) {
        meeting = pair_meet(&pair, &nothing, false);
        assert_int_equal(meeting.client, TLS_OK);
        assert_int_equal(pair_client(&pair)->ech, TLS_ECH_ACCEPTED);
        assert_true(pair_client(&pair)->ech_retried);
        assert_non_null(tls_conn_peer(pair.server, 0, &len));
        assert_null(tls_conn_public_name(pair.client, &len));
    }
    pair_close(&pair);
    ech_key_remove(&old);
    ech_key_remove(&new);
}

/* Nor does it then say the name in the clear. */
static void without_another_configuration_the_same_one_is_offered_again(void **state)
{
    (void)state;
    struct ech_key key;
    struct pair pair;
    if (ech_is_missing())
        return;
    ech_key_make(&key, "public.example", 7);
    open_pair(&pair, &key, NULL);
    for (int i = 0; i < 3; i++) {
        struct meeting meeting = pair_meet(&pair, &nothing, true);
        expect_rejected(&pair, &meeting, "public.example");
        assert_false(pair_client(&pair)->ech_retry_given);
        assert_false(pair_client(&pair)->ech_retried);
        assert_false(pair_client(&pair)->ticket_offered);
    }
    pair_close(&pair);
    ech_key_remove(&key);
}

static void a_server_that_chooses_tls_1_2_has_rejected_it(void **state)
{
    (void)state;
    struct ech_key key;
    struct pair pair;
    if (ech_is_missing())
        return;
    ech_key_make(&key, "public.example", 7);
    struct pair_config config = {
        .client = "client-p256",
        .client_ca = CLIENT_CA,
        .client_cert_optional = true,
        .client_tls = {.sni = "localhost", .ech = key.list.data, .ech_len = key.list.len},
        .server_tls = {.version_max = TLS_VERSION_1_2}};
    pair_open(&pair, &config);
    struct meeting meeting = pair_meet(&pair, &nothing, false);
    expect_rejected(&pair, &meeting, "public.example");
    pair_close(&pair);
    ech_key_remove(&key);
}

/* --- who rejects it must be who the configuration says -------------------------------------- */

static struct pinset *pins_of(const char *name)
{
    struct fixture_file der;
    uint8_t fingerprint[FINGERPRINT_LEN];
    char path[512];
    struct pinset *pins = pinset_new();
    snprintf(path, sizeof path, FIXTURES "/%s.der", name);
    fixture_read(&der, path);
    fingerprint_of(fingerprint, der.bytes, der.len);
    pinset_add_fingerprint(pins, PIN_CERT, fingerprint);
    return pins;
}

/* The server's certificate is for localhost, whatever it is asked for. */
static const struct {
    const char *public_name;
    bool is_pinned; /* the certificate; else another is */
    enum verify_mode mode;
    enum verify_result result;
} rejections[] = {
    {"localhost", true, VERIFY_NONE, VERIFY_OK},
    {"localhost", true, VERIFY_CHAIN, VERIFY_OK},
    {"localhost", true, VERIFY_PIN, VERIFY_OK},
    {"localhost", true, VERIFY_CHAIN_PIN, VERIFY_OK},
    {"localhost", false, VERIFY_PIN, VERIFY_PIN_MISMATCH},
    {"localhost", false, VERIFY_CHAIN_PIN, VERIFY_PIN_MISMATCH},
    {"public.example", true, VERIFY_NONE, VERIFY_OK},
    {"public.example", true, VERIFY_CHAIN, VERIFY_NAME_MISMATCH},
    {"public.example", true, VERIFY_PIN, VERIFY_OK},
    {"public.example", true, VERIFY_CHAIN_PIN, VERIFY_NAME_MISMATCH},
};

static void check_rejection(size_t i, const struct ech_key *new)
{
    struct ech_key old;
    struct pair pair;
    struct error err;
    struct trust *trust = trust_load(FIXTURE("ca.crt"), &err);
    struct pinset *pins = pins_of(rejections[i].is_pinned ? "server" : "ca");
    struct verify_policy policy = {.mode = rejections[i].mode,
                                   .pins = pins,
                                   .trust = trust,
                                   .host = "inner.example"}; /* which is not what it is for */
    ech_key_make(&old, rejections[i].public_name, 7);
    open_pair(&pair, &old, new);
    pair_meet(&pair, &policy, false);
    const struct tls_facts *facts = pair_client(&pair);
    bool passes = rejections[i].result == VERIFY_OK;
    if (facts->verify.result != rejections[i].result)
        fail_msg("case %zu: result %d", i, facts->verify.result);
    assert_int_equal(facts->ech, passes ? TLS_ECH_REJECTED : TLS_ECH_OFFERED);
    assert_int_equal(facts->ech_retry_given, passes);
    assert_int_equal(facts->verify.pins_checked, verify_mode_has_pins(policy.mode) &&
                                                     rejections[i].result != VERIFY_NAME_MISMATCH);
    pair_meet(&pair, &nothing, false); /* by the other configuration, or again by its own */
    assert_int_equal(pair_client(&pair)->ech_retried, passes);
    pair_close(&pair);
    ech_key_remove(&old);
    pinset_free(pins);
    trust_free(trust);
}

static void who_rejects_it_is_verified_for_the_public_name_in_every_mode(void **state)
{
    (void)state;
    struct ech_key new;
    if (ech_is_missing())
        return;
    ech_key_make(&new, "newer.example", 9);
    for (size_t i = 0; i < COUNT_OF(rejections); i++)
        check_rejection(i, &new);
    ech_key_remove(&new);
}

static void grease_looks_like_it_and_changes_nothing(void **state)
{
    (void)state;
    struct ech_key key;
    if (ech_is_missing())
        return;
    ech_key_make(&key, "public.example", 7);
    for (int has_key = 0; has_key < 2; has_key++) {
        struct pair pair;
        struct pair_config config = {.client_tls = {.sni = "localhost", .ech_grease = true},
                                     .prepare = has_key ? ech_key_prepare : NULL,
                                     .prepare_arg = &key};
        pair_open(&pair, &config);
        tls_conn_start(pair.client, TLS_NO_IDENTITY, &nothing, false);
        tls_conn_handshake(pair.client);
        assert_true(output_has(&pair, "\xfe\x0d")); /* the extension's number */
        assert_true(output_has(&pair, "localhost"));
        assert_int_equal(pair_meet(&pair, &nothing, false).client, TLS_OK);
        assert_int_equal(pair_client(&pair)->ech, TLS_ECH_GREASE);
        pair_close(&pair);
    }
    ech_key_remove(&key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_is_read_in_every_form),
        cmocka_unit_test(what_is_no_list_is_refused_in_one_sentence),
        cmocka_unit_test(a_damaged_list_is_refused_wherever_it_is_cut),
        cmocka_unit_test(the_servers_name_is_not_in_the_clear),
        cmocka_unit_test(a_server_that_has_the_key_accepts_full_and_resumed),
        cmocka_unit_test(a_rejection_brings_the_configuration_for_the_next_connection),
        cmocka_unit_test(without_another_configuration_the_same_one_is_offered_again),
        cmocka_unit_test(a_server_that_chooses_tls_1_2_has_rejected_it),
        cmocka_unit_test(who_rejects_it_is_verified_for_the_public_name_in_every_mode),
        cmocka_unit_test(grease_looks_like_it_and_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
