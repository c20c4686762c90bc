/* SPDX-License-Identifier: Apache-2.0 */
/* Servers that compress their certificates, honestly and otherwise, memory to memory. */
#include "tls/cert_compression.h"

#include "sink_compress.h"
#include "tls/fixtures.h"
#include "tls/pair.h"

#include <openssl/bytestring.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <zlib.h>

#define CLIENT_CA FIXTURE("client-ca.crt")
#define DECODE_ERROR 50
#define ILLEGAL_PARAMETER 47
#define BOMB_LEN ((size_t)64 << 20)

static const struct verify_policy nothing = {.mode = VERIFY_NONE};

static bool compress_by(SSL_CTX *ctx, const void *list, struct error *err)
{
    return sink_compress_use(ctx, list, err);
}

static void open_pair(struct pair *pair, const char *client, const char *server)
{
    struct pair_config config = {.client = "client-p256",
                                 .client_ca = CLIENT_CA,
                                 .tickets = true,
                                 .client_tls = {.cert_compression = client},
                                 .prepare = server != NULL ? compress_by : NULL,
                                 .prepare_arg = server};
    pair_open(pair, &config);
}

static void names_are_read_in_their_order(void **state)
{
    (void)state;
    struct cert_compression_list list;
    struct error err;
    char name[64];
    assert_true(cert_compression_parse(&list, "zlib,brotli", &err));
    assert_int_equal(list.count, 2);
    assert_int_equal(list.items[0], CERT_COMPRESSION_ZLIB);
    assert_int_equal(list.items[1], CERT_COMPRESSION_BROTLI);
    assert_string_equal(cert_compression_name(CERT_COMPRESSION_ZLIB, name), "zlib");
    assert_string_equal(cert_compression_name(CERT_COMPRESSION_BROTLI, name), "brotli");
    assert_string_equal(cert_compression_name(3, name), "0x0003");
}

static void what_both_sides_know_is_used(void **state)
{
    (void)state;
    static const struct {
        const char *client, *server;
        uint16_t algorithm;
    } cases[] = {
        {"brotli", "brotli", CERT_COMPRESSION_BROTLI},
        {"zlib", "zlib", CERT_COMPRESSION_ZLIB},
        {"brotli,zlib", "zlib", CERT_COMPRESSION_ZLIB},
        {"zlib,brotli", "brotli,zlib", CERT_COMPRESSION_BROTLI}, /* the server's choice */
        {"brotli", "zlib", 0},
        {"brotli,zlib", NULL, 0},
        {NULL, "brotli,zlib", 0},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct pair pair;
        open_pair(&pair, cases[i].client, cases[i].server);
        for (int resumed = 0; resumed < 2; resumed++) {
            struct meeting meeting = pair_meet(&pair, &nothing, true);
            const struct tls_facts *facts = pair_client(&pair);
            bool is_compressed = !resumed && cases[i].algorithm != 0;
            assert_int_equal(meeting.client, TLS_OK);
            assert_string_equal(meeting.text, "hello");
            assert_int_equal(facts->resumed, resumed);
            assert_int_equal(facts->cert_compression, resumed ? 0 : cases[i].algorithm);
            assert_int_equal(facts->cert_len > 300, is_compressed);
            assert_int_equal(facts->cert_wire_len > 100, is_compressed);
            assert_int_equal(facts->cert_asked, !resumed);
        }
        pair_close(&pair);
    }
}

static void tls_1_2_has_none(void **state)
{
    (void)state;
    struct pair pair;
    static const char list[] = "brotli,zlib";
    struct pair_config config = {
        .client_tls = {.cert_compression = list, .version_max = TLS_VERSION_1_2},
        .prepare = compress_by,
        .prepare_arg = list};
    pair_open(&pair, &config);
    assert_int_equal(pair_meet(&pair, &nothing, false).client, TLS_OK);
    assert_int_equal(pair_client(&pair)->cert_compression, 0);
    pair_close(&pair);
}

static struct pinset *pins_of(const char *path)
{
    struct fixture_file der;
    uint8_t fingerprint[FINGERPRINT_LEN];
    struct pinset *pins = pinset_new();
    fixture_read(&der, path);
    fingerprint_of(fingerprint, der.bytes, der.len);
    pinset_add_fingerprint(pins, PIN_CERT, fingerprint);
    return pins;
}

static void a_pin_is_of_the_certificate_and_not_of_how_it_came(void **state)
{
    (void)state;
    static const char *const lists[] = {"brotli", "zlib"};
    for (size_t i = 0; i < 2 * COUNT_OF(lists); i++) {
        struct pair pair;
        bool is_right = i % 2 == 0;
        size_t len;
        struct pinset *pins = pins_of(is_right ? FIXTURE("server.der") : FIXTURE("ca.der"));
        struct verify_policy policy = {.mode = VERIFY_PIN, .pins = pins};
        open_pair(&pair, lists[i / 2], lists[i / 2]);
        struct meeting meeting = pair_meet(&pair, &policy, false);
        const struct tls_facts *facts = pair_client(&pair);
        assert_int_equal(meeting.client, is_right ? TLS_OK : TLS_FAILED);
        assert_int_not_equal(facts->cert_compression, 0);
        assert_int_equal(facts->verify.result, is_right ? VERIFY_OK : VERIFY_PIN_MISMATCH);
        assert_int_equal(facts->cert_asked, is_right);
        assert_int_equal(tls_conn_peer(pair.server, 0, &len) != NULL, is_right);
        pair_close(&pair);
        pinset_free(pins);
    }
}

/* Servers that mean no good. */

static int send_bomb(SSL *ssl, CBB *out, const uint8_t *in, size_t in_len)
{
    (void)ssl, (void)in, (void)in_len;
    uint8_t *zeros = calloc(1, BOMB_LEN), *room;
    uLongf len = compressBound(BOMB_LEN);
    bool ok = CBB_reserve(out, &room, len) && compress2(room, &len, zeros, BOMB_LEN, 9) == Z_OK &&
              CBB_did_write(out, len);
    free(zeros);
    return ok;
}

static int send_nothing(SSL *ssl, CBB *out, const uint8_t *in, size_t in_len)
{
    (void)ssl, (void)out, (void)in, (void)in_len;
    return 1;
}

static int send_it_as_it_is(SSL *ssl, CBB *out, const uint8_t *in, size_t in_len)
{
    (void)ssl;
    return CBB_add_bytes(out, in, in_len);
}

static bool compress_badly(SSL_CTX *ctx, const void *how, struct error *err)
{
    (void)err;
    return SSL_CTX_add_cert_compression_alg(ctx, CERT_COMPRESSION_ZLIB,
                                            *(const ssl_cert_compression_func_t *)how, NULL) == 1;
}

/* A chain of over 100 KB, which is a fraction of that when it is compressed. */
static bool send_long_chain(SSL_CTX *ctx, const void *list, struct error *err)
{
    X509 *leaf = SSL_CTX_get0_certificate(ctx);
    for (int i = 0; i < 400; i++)
        assert_int_equal(SSL_CTX_add1_chain_cert(ctx, leaf), 1);
    return sink_compress_use(ctx, list, err);
}

static void expect_failure(const struct pair_config *config, int alert, int reason)
{
    struct pair pair;
    size_t len;
    pair_open(&pair, config);
    for (int i = 0; i < 2; i++) {
        struct meeting meeting = pair_meet(&pair, &nothing, false);
        const struct tls_facts *facts = pair_client(&pair);
        assert_int_equal(meeting.client, TLS_FAILED);
        assert_int_equal(facts->alert_sent, alert);
        assert_int_equal(ERR_GET_REASON(facts->error), reason);
        assert_int_equal(facts->verify.result, VERIFY_NOT_RUN);
        assert_int_equal(facts->cert_compression, 0);
        assert_null(tls_conn_peer(pair.server, 0, &len));
    }
    pair_close(&pair);
}

static void what_is_no_certificate_of_the_length_it_claims_ends_the_handshake(void **state)
{
    (void)state;
    static const ssl_cert_compression_func_t hows[] = {send_bomb, send_nothing, send_it_as_it_is};
    for (size_t i = 0; i < COUNT_OF(hows); i++) {
        struct pair_config config = {.client = "client-p256",
                                     .client_ca = CLIENT_CA,
                                     .client_tls = {.cert_compression = "zlib"},
                                     .prepare = compress_badly,
                                     .prepare_arg = &hows[i]};
        expect_failure(&config, DECODE_ERROR, SSL_R_CERT_DECOMPRESSION_FAILED);
    }
}

static void a_chain_of_over_100_kb_is_refused_however_short_it_came(void **state)
{
    (void)state;
    static const char *const lists[] = {"brotli", "zlib"};
    for (size_t i = 0; i < COUNT_OF(lists); i++) {
        struct pair_config config = {.client = "client-p256",
                                     .client_ca = CLIENT_CA,
                                     .client_tls = {.cert_compression = lists[i]},
                                     .prepare = send_long_chain,
                                     .prepare_arg = lists[i]};
        expect_failure(&config, ILLEGAL_PARAMETER, SSL_R_UNCOMPRESSED_CERT_TOO_LARGE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_read_in_their_order),
        cmocka_unit_test(what_both_sides_know_is_used),
        cmocka_unit_test(tls_1_2_has_none),
        cmocka_unit_test(a_pin_is_of_the_certificate_and_not_of_how_it_came),
        cmocka_unit_test(what_is_no_certificate_of_the_length_it_claims_ends_the_handshake),
        cmocka_unit_test(a_chain_of_over_100_kb_is_refused_however_short_it_came),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
