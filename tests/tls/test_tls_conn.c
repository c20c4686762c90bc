/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/tls_conn.h"

#include "base/buffer.h"
#include "tls/fixtures.h"
#include "tls/pair.h"

static const struct verify_policy nothing = {.mode = VERIFY_NONE};

#define CLIENT_CA FIXTURE("client-ca.crt")
#define OTHER_CLIENT_CA FIXTURE("other-client-ca.crt")
#define ONLY(version) .version_min = version, .version_max = version

/* What two sides negotiate by default; 0 in a case stands for it. */
static uint16_t default_group(void)
{
    return strstr(tls_default_groups(), "X25519MLKEM768:") == tls_default_groups() ? 0x11ec
                                                                                   : 0x001d;
}

static void the_facts_are_what_was_agreed_on(void **state)
{
    (void)state;
    static const struct {
        const char *server;
        struct tls_config client;
        uint16_t version, cipher, group, sigalg;
    } cases[] = {
        {"server", {0}, 0x0304, 0x1301, 0, 0x0403},
        {"server", {.groups = "X25519"}, 0x0304, 0x1301, 0x001d, 0x0403},
        {"server", {.groups = "P-256"}, 0x0304, 0x1301, 0x0017, 0x0403},
        {"server", {.groups = "P-384:X25519"}, 0x0304, 0x1301, 0x0018, 0x0403},
        {"server-rsa", {0}, 0x0304, 0x1301, 0, 0x0804},
        {"server-p384", {0}, 0x0304, 0x1301, 0, 0x0503},
        {"server-ed25519", {0}, 0x0304, 0x1301, 0, 0x0807},
        {"server", {ONLY(TLS_VERSION_1_2)}, 0x0303, 0xc02b, 0x001d, 0x0403},
        {"server",
         {.version_max = TLS_VERSION_1_2, .ciphers = "ECDHE-ECDSA-CHACHA20-POLY1305"},
         0x0303,
         0xcca9,
         0x001d,
         0x0403},
        {"server-rsa",
         {.version_max = TLS_VERSION_1_2, .ciphers = "ECDHE-RSA-AES256-GCM-SHA384"},
         0x0303,
         0xc030,
         0x001d,
         0x0804},
        {"server-rsa",
         {.version_max = TLS_VERSION_1_2, .sigalgs = "rsa_pkcs1_sha256"},
         0x0303,
         0xc02f,
         0x001d,
         0x0401},
        {"server-ed25519", {ONLY(TLS_VERSION_1_2)}, 0x0303, 0xc02b, 0x001d, 0x0807},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct pair pair;
        struct pair_config config = {.server = cases[i].server, .client_tls = cases[i].client};
        pair_open(&pair, &config);
        struct meeting meeting = pair_meet(&pair, &nothing, false);
        const struct tls_facts *facts = pair_client(&pair);
        assert_int_equal(meeting.client, TLS_OK);
        assert_string_equal(meeting.text, "hello");
        assert_true(facts->handshaken);
        assert_int_equal(facts->version, cases[i].version);
        assert_int_equal(facts->group, cases[i].group != 0 ? cases[i].group : default_group());
        assert_int_equal(facts->sigalg, cases[i].sigalg);
        if (facts->cipher != cases[i].cipher &&
            facts->cipher != 0x1303) /* without AES in hardware */
            fail_msg("case %zu: cipher %04x", i, facts->cipher);
        assert_int_equal(facts->error, 0);
        assert_int_equal(facts->alert_received, TLS_NO_ALERT);
        assert_int_equal(facts->alert_sent, TLS_NO_ALERT);
        pair_close(&pair);
    }
}

/* A current server takes the first group, an older one the next, and TLS 1.2 has only the old
 * ones. */
static void post_quantum_key_exchange_is_offered_first(void **state)
{
    (void)state;
    static const struct {
        struct tls_config client, server;
        uint16_t group;
    } cases[] = {
        {{0}, {.groups = "X25519:X25519MLKEM768"}, 0x11ec},
        {{0}, {.groups = "X25519:P-256"}, 0x001d},
        {{0}, {.groups = "P-256:P-384"}, 0x0017},
        {{ONLY(TLS_VERSION_1_2)}, {0}, 0x001d},
        {{.groups = "X25519MLKEM768"}, {0}, 0x11ec},
    };
    if (default_group() == 0x001d) {
        print_message("skipped: this BoringSSL is too old for X25519MLKEM768 (API 32 or later has "
                      "it)\n");
        skip();
    }
    char name[64];
    assert_string_equal(tls_group_name(0x11ec, name), "X25519MLKEM768");
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct pair pair;
        struct pair_config config = {.client_tls = cases[i].client, .server_tls = cases[i].server};
        pair_open(&pair, &config);
        assert_int_equal(pair_meet(&pair, &nothing, false).client, TLS_OK);
        assert_int_equal(pair_client(&pair)->group, cases[i].group);
        pair_close(&pair);
    }
}

static void without_common_ground_the_servers_alert_is_heard(void **state)
{
    (void)state;
    static const struct {
        const char *server;
        struct tls_config client, limits;
        int alert;
    } cases[] = {
        {"server", {ONLY(TLS_VERSION_1_3)}, {ONLY(TLS_VERSION_1_2)}, 70},
        {"server", {ONLY(TLS_VERSION_1_2)}, {ONLY(TLS_VERSION_1_3)}, 70},
        {"server", {.groups = "P-384"}, {.groups = "X25519"}, 40},
        {"server-rsa",
         {.version_max = TLS_VERSION_1_2, .ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256"},
         {0},
         40},
        {"server", {.sigalgs = "rsa_pss_rsae_sha256"}, {0}, 40},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct pair pair;
        struct pair_config config = {.server = cases[i].server,
                                     .client_tls = cases[i].client,
                                     .server_tls = cases[i].limits};
        pair_open(&pair, &config);
        struct meeting meeting = pair_meet(&pair, &nothing, false);
        const struct tls_facts *facts = pair_client(&pair);
        assert_int_equal(meeting.client, TLS_FAILED);
        assert_int_equal(facts->alert_received, cases[i].alert);
        assert_int_not_equal(facts->error, 0);
        assert_false(facts->handshaken);
        assert_false(facts->cert_asked);
        assert_int_equal(facts->verify.result, VERIFY_NOT_RUN);
        assert_int_equal(facts->verify.num_calls, 0);
        pair_close(&pair);
    }
}

static void alpn_chooses_http_2_where_both_offer_it(void **state)
{
    (void)state;
    static const struct {
        enum tls_alpn client, server;
        bool h2;
    } cases[] = {
        {TLS_ALPN_NONE, TLS_ALPN_BOTH, false},     {TLS_ALPN_HTTP_1_1, TLS_ALPN_BOTH, false},
        {TLS_ALPN_H2, TLS_ALPN_BOTH, true},        {TLS_ALPN_BOTH, TLS_ALPN_BOTH, true},
        {TLS_ALPN_BOTH, TLS_ALPN_HTTP_1_1, false}, {TLS_ALPN_BOTH, TLS_ALPN_H2, true},
        {TLS_ALPN_H2, TLS_ALPN_HTTP_1_1, false},   {TLS_ALPN_BOTH, TLS_ALPN_NONE, false},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct pair pair;
        struct pair_config config = {.client_tls = {.alpn = cases[i].client},
                                     .server_tls = {.alpn = cases[i].server}};
        pair_open(&pair, &config);
        struct meeting meeting = pair_meet(&pair, &nothing, false);
        assert_int_equal(meeting.client, TLS_OK);
        assert_int_equal(pair_client(&pair)->h2, cases[i].h2);
        pair_close(&pair);
    }
}

/* How a server reacts to a client's certificate. */
struct answer {
    const char *what, *client, *client_ca;
    bool optional;
    uint16_t version;
    bool cert_asked;
    enum tls_status handshake, read; /* the client's; read where the handshake was fine */
    int alert;
};

static const struct answer answers[] = {
    {"taken", "client-p256", CLIENT_CA, false, 0x0303, true, TLS_OK, TLS_WANT_READ, -1},
    {"taken", "client-p256", CLIENT_CA, false, 0x0304, true, TLS_OK, TLS_WANT_READ, -1},
    {"RSA", "client-rsa", CLIENT_CA, false, 0x0303, true, TLS_OK, TLS_WANT_READ, -1},
    {"RSA", "client-rsa", CLIENT_CA, false, 0x0304, true, TLS_OK, TLS_WANT_READ, -1},
    {"P-384", "client-p384", CLIENT_CA, false, 0x0304, true, TLS_OK, TLS_WANT_READ, -1},
    {"chain", "client-chain", CLIENT_CA, false, 0x0304, true, TLS_OK, TLS_WANT_READ, -1},
    {"not asked for", "client-p256", NULL, false, 0x0303, false, TLS_OK, TLS_WANT_READ, -1},
    {"not asked for", "client-p256", NULL, false, 0x0304, false, TLS_OK, TLS_WANT_READ, -1},
    {"none, none needed", NULL, CLIENT_CA, true, 0x0303, true, TLS_OK, TLS_WANT_READ, -1},
    {"none, none needed", NULL, CLIENT_CA, true, 0x0304, true, TLS_OK, TLS_WANT_READ, -1},
    /* In TLS 1.2 the refusal comes during the handshake, in TLS 1.3 after the client's part of
     * it. */
    {"other CA", "client-p256", OTHER_CLIENT_CA, false, 0x0303, true, TLS_FAILED, TLS_WANT_READ,
     48},
    {"other CA", "client-p256", OTHER_CLIENT_CA, false, 0x0304, true, TLS_OK, TLS_FAILED, 48},
    {"no intermediate", "client-leaf", CLIENT_CA, false, 0x0303, true, TLS_FAILED, TLS_WANT_READ,
     48},
    {"no intermediate", "client-leaf", CLIENT_CA, false, 0x0304, true, TLS_OK, TLS_FAILED, 48},
    {"expired", "client-expired", CLIENT_CA, false, 0x0303, true, TLS_FAILED, TLS_WANT_READ, 45},
    {"expired", "client-expired", CLIENT_CA, false, 0x0304, true, TLS_OK, TLS_FAILED, 45},
    {"none", NULL, CLIENT_CA, false, 0x0303, true, TLS_FAILED, TLS_WANT_READ, 40},
    {"none", NULL, CLIENT_CA, false, 0x0304, true, TLS_OK, TLS_FAILED, 116},
};

static void the_servers_answer_to_our_certificate_is_heard_where_it_comes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(answers); i++) {
        const struct answer *answer = &answers[i];
        struct pair pair;
        struct pair_config config = {.client = answer->client,
                                     .client_ca = answer->client_ca,
                                     .client_cert_optional = answer->optional,
                                     .client_tls = {ONLY(answer->version)}};
        pair_open(&pair, &config);
        struct meeting meeting = pair_meet(&pair, &nothing, false);
        const struct tls_facts *facts = pair_client(&pair);
        bool is_taken = answer->alert == TLS_NO_ALERT;
        if (meeting.client != answer->handshake || meeting.client_read != answer->read ||
            facts->alert_received != answer->alert || facts->cert_asked != answer->cert_asked ||
            strcmp(meeting.text, is_taken ? "hello" : "") != 0)
            fail_msg("%s, %s: handshake %d, read %d, alert %d, asked %d, '%s'", answer->what,
                     tls_version_name(answer->version), meeting.client, meeting.client_read,
                     facts->alert_received, facts->cert_asked, meeting.text);
        assert_int_equal(facts->handshaken, answer->handshake == TLS_OK);
        assert_int_equal(facts->alert_sent, TLS_NO_ALERT);
        pair_close(&pair);
    }
}

/* Moves CONTEXT's output into BYTES. */
static void take_output(struct tls_context *context, struct buffer *bytes)
{
    struct buffer *output = tls_context_output(context);
    buffer_append(bytes, output->data, output->len);
    buffer_clear(output);
}

static void start_both(struct pair *pair)
{
    tls_conn_start(pair->client, TLS_NO_IDENTITY, &nothing, false);
    tls_conn_start(pair->server, TLS_NO_IDENTITY, NULL, false);
}

/* Java's servers and others send a warning that they do not know the name, and continue. */
static void a_warning_is_not_taken_for_a_fatal_alert(void **state)
{
    (void)state;
    static const uint8_t unrecognized_name[] = {0x15, 0x03, 0x03, 0x00, 0x02, 0x01, 112};
    struct pair pair;
    struct pair_config config = {.client_tls = {ONLY(TLS_VERSION_1_2)}};
    struct buffer hello = {0}, answer = {0};
    pair_open(&pair, &config);
    start_both(&pair);
    assert_int_equal(tls_conn_handshake(pair.client), TLS_WANT_READ);
    take_output(pair.client_context, &hello);
    tls_conn_feed(pair.server, hello.data, hello.len);
    assert_int_equal(tls_conn_handshake(pair.server), TLS_WANT_READ);
    buffer_append(&answer, unrecognized_name, sizeof unrecognized_name);
    take_output(pair.server_context, &answer);
    tls_conn_feed(pair.client, answer.data, answer.len);
    assert_int_equal(tls_conn_handshake(pair.client), TLS_WANT_READ);
    assert_int_equal(pair_client(&pair)->alert_received, TLS_NO_ALERT);
    assert_int_equal(pair_client(&pair)->verify.result, VERIFY_OK);
    buffer_cleanup(&hello);
    buffer_cleanup(&answer);
    pair_close(&pair);
}

static void bytes_that_are_no_tls_end_the_handshake(void **state)
{
    (void)state;
    static const char *const answers[] = {
        "HTTP/1.1 400 Bad Request\r\n\r\n",
        "SSH-2.0-OpenSSH_9.2\r\n",
        "\x16\x03\x03\xff\xff garbage of a record's form",
    };
    for (size_t i = 0; i < COUNT_OF(answers); i++) {
        struct pair pair;
        struct pair_config config = {0};
        char text[256];
        pair_open(&pair, &config);
        tls_conn_start(pair.client, TLS_NO_IDENTITY, &nothing, false);
        tls_conn_handshake(pair.client);
        tls_conn_feed(pair.client, (const uint8_t *)answers[i], strlen(answers[i]));
        assert_int_equal(tls_conn_handshake(pair.client), TLS_FAILED);
        assert_int_equal(pair_client(&pair)->alert_received, TLS_NO_ALERT);
        tls_error_text(pair_client(&pair)->error, text, sizeof text);
        assert_non_null(strstr(text, "SSL routines"));
        pair_close(&pair);
    }
}

/* One byte at a time, in both directions. */
static void ciphertext_may_come_in_pieces_of_any_size(void **state)
{
    (void)state;
    struct pair pair;
    struct pair_config config = {.client = "client-p256", .client_ca = CLIENT_CA};
    enum tls_status client = TLS_WANT_READ, server = TLS_WANT_READ;
    pair_open(&pair, &config);
    tls_conn_start(pair.client, 0, &nothing, false);
    tls_conn_start(pair.server, TLS_NO_IDENTITY, NULL, false);
    client = tls_conn_handshake(pair.client);
    for (int round = 0; round < 10 && (client != TLS_OK || server != TLS_OK); round++) {
        struct buffer bytes = {0};
        take_output(pair.client_context, &bytes);
        for (size_t i = 0; i < bytes.len && server == TLS_WANT_READ; i++) {
            tls_conn_feed(pair.server, bytes.data + i, 1);
            server = tls_conn_handshake(pair.server);
        }
        buffer_clear(&bytes);
        take_output(pair.server_context, &bytes);
        for (size_t i = 0; i < bytes.len && client == TLS_WANT_READ; i++) {
            tls_conn_feed(pair.client, bytes.data + i, 1);
            client = tls_conn_handshake(pair.client);
        }
        buffer_cleanup(&bytes);
    }
    assert_int_equal(client, TLS_OK);
    assert_int_equal(server, TLS_OK);
    pair_close(&pair);
}

static void plaintext_longer_than_records_comes_through_whole(void **state)
{
    (void)state;
    struct pair pair;
    struct pair_config config = {0};
    size_t len = 100000, written, num_read = 0, n;
    uint8_t *sent = malloc(len);
    const uint8_t *bytes;
    struct buffer cipher = {0};
    enum tls_status status;
    for (size_t i = 0; i < len; i++)
        sent[i] = (uint8_t)(i * 7);
    pair_open(&pair, &config);
    pair_meet(&pair, &nothing, false);
    /* The client has sent its close_notify; the server can still write. */
    assert_int_equal(tls_conn_write(pair.server, sent, len, &written), TLS_OK);
    assert_int_equal(written, len);
    take_output(pair.server_context, &cipher);
    tls_conn_feed(pair.client, cipher.data, cipher.len);
    while ((status = tls_conn_read(pair.client, &bytes, &n)) == TLS_OK) {
        assert_true(num_read + n <= len);
        assert_memory_equal(bytes, sent + num_read, n);
        num_read += n;
    }
    assert_int_equal(status, TLS_WANT_READ);
    assert_int_equal(num_read, len);
    buffer_cleanup(&cipher);
    free(sent);
    pair_close(&pair);
}

static void close_notify_is_said_once_and_only_after_a_handshake(void **state)
{
    (void)state;
    struct pair pair;
    struct pair_config config = {0};
    pair_open(&pair, &config);
    start_both(&pair);
    tls_conn_handshake(pair.client);
    buffer_clear(tls_context_output(pair.client_context));
    assert_false(tls_conn_is_open(pair.client));
    tls_conn_close_notify(pair.client);
    assert_int_equal(tls_context_output(pair.client_context)->len, 0);
    pair_meet(&pair, &nothing, false);
    assert_false(tls_conn_is_open(pair.client));
    assert_true(tls_conn_is_open(pair.server));
    assert_int_equal(tls_context_output(pair.client_context)->len, 0);
    tls_conn_close_notify(pair.client);
    assert_int_equal(tls_context_output(pair.client_context)->len, 0);
    tls_conn_close_notify(pair.server);
    assert_true(tls_context_output(pair.server_context)->len > 0);
    pair_close(&pair);
}

static void the_peers_certificates_are_there_until_stop_and_the_facts_after_it(void **state)
{
    (void)state;
    struct pair pair;
    struct pair_config config = {.server = "server-full"};
    struct fixture_file intermediate;
    size_t len;
    fixture_read(&intermediate, FIXTURE("intermediate.der"));
    pair_open(&pair, &config);
    assert_null(tls_conn_peer(pair.client, 0, &len));
    pair_meet(&pair, &nothing, false);
    assert_non_null(tls_conn_peer(pair.client, 0, &len));
    const uint8_t *second = tls_conn_peer(pair.client, 1, &len);
    assert_int_equal(len, intermediate.len);
    assert_memory_equal(second, intermediate.bytes, len);
    assert_null(tls_conn_peer(pair.client, 2, &len));
    tls_conn_stop(pair.client);
    assert_null(tls_conn_peer(pair.client, 0, &len));
    assert_true(pair_client(&pair)->handshaken);
    assert_false(tls_conn_is_open(pair.client));
    pair_close(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_facts_are_what_was_agreed_on),
        cmocka_unit_test(post_quantum_key_exchange_is_offered_first),
        cmocka_unit_test(without_common_ground_the_servers_alert_is_heard),
        cmocka_unit_test(alpn_chooses_http_2_where_both_offer_it),
        cmocka_unit_test(the_servers_answer_to_our_certificate_is_heard_where_it_comes),
        cmocka_unit_test(a_warning_is_not_taken_for_a_fatal_alert),
        cmocka_unit_test(bytes_that_are_no_tls_end_the_handshake),
        cmocka_unit_test(ciphertext_may_come_in_pieces_of_any_size),
        cmocka_unit_test(plaintext_longer_than_records_comes_through_whole),
        cmocka_unit_test(close_notify_is_said_once_and_only_after_a_handshake),
        cmocka_unit_test(the_peers_certificates_are_there_until_stop_and_the_facts_after_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
