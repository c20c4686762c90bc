/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/tls_conn.h"

#include "base/memory.h"
#include "tls/allocation.h"
#include "tls/cert_compression.h"
#include "tls/decompressor.h"
#include "tls/identity.h"
#include "tls/signature.h"
#include "tls/tickets.h"
#include "tls/tls_internal.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pool.h>
#include <openssl/ssl.h>

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of bytes that come while a signature is made. */
#define MOST_KEPT (1u << 20)

struct tls_conn {
    struct signature signature; /* first: what SSL's app data points to is both */
    struct tls_context *context;
    void *owner;
    SSL *ssl; /* NULL between sessions */
    const uint8_t *in;
    size_t in_len;
    struct buffer kept; /* what came while a signature was made; in may point to it */
    size_t identity;
    const struct identity_set *identities; /* those of the context when it started */
    uint32_t address;                      /* of the server */
    uint32_t ticket_from;                  /* the address whose ticket is offered */
    const struct verify_policy *policy;
    size_t num_sealed; /* bytes of the records that BoringSSL made ready to be sent */
    bool closing;
    bool is_unfit;   /* starting or writing failed; the next step reports it */
    bool is_waiting; /* a flight of the handshake was sent, and nothing has come since */
    struct tls_facts facts;
};

/* The BIO, one for all connections of a context: it reads what the current connection was fed, and
 * writes into the context's output. */

static int bio_read(BIO *bio, char *out, int len)
{
    const struct tls_context *context = BIO_get_data(bio);
    struct tls_conn *conn = context->current;
    BIO_clear_retry_flags(bio);
    if (conn->in_len == 0) {
        BIO_set_retry_read(bio);
        return -1;
    }
    size_t n = conn->in_len < (size_t)len ? conn->in_len : (size_t)len;
    memcpy(out, conn->in, n);
    conn->in += n;
    conn->in_len -= n;
    return (int)n;
}

static int bio_write(BIO *bio, const char *bytes, int len)
{
    struct tls_context *context = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    buffer_append(&context->output, bytes, (size_t)len);
    return len;
}

static long bio_control(BIO *bio, int command, long number, void *pointer)
{
    (void)bio, (void)number, (void)pointer;
    return command == BIO_CTRL_FLUSH;
}

/* Every BoringSSL call that may read or write goes through this function. */
static SSL *current(struct tls_conn *conn)
{
    conn->context->current = conn;
    return conn->ssl;
}

/* Callbacks: each writes into the facts and calls no other module. */

/* In TLS 1.2 a warning does not end the connection (a server may send unrecognized_name and
 * continue); in TLS 1.3 the level is meaningless, and only two alerts are not fatal (RFC 8446,
 * 6). */
static bool is_fatal(const SSL *ssl, const uint8_t *alert)
{
    if (alert[1] == SSL_AD_CLOSE_NOTIFY || alert[1] == SSL_AD_USER_CANCELLED)
        return false;
    return alert[0] == SSL3_AL_FATAL || SSL_version(ssl) >= TLS1_3_VERSION;
}

static void note_alert(struct tls_conn *conn, bool is_write, const uint8_t *alert)
{
    int *fact = is_write ? &conn->facts.alert_sent : &conn->facts.alert_received;
    if (*fact == TLS_NO_ALERT && is_fatal(conn->ssl, alert))
        *fact = alert[1];
}

/* A record's head ends with the length of what follows it (RFC 8446, 5.1). */
static void note_record(struct tls_conn *conn, bool is_write, const uint8_t *head)
{
    uint32_t len = SSL3_RT_HEADER_LENGTH + ((uint32_t)head[3] << 8 | head[4]);
    if (is_write) {
        conn->num_sealed += len;
        return;
    }
    conn->facts.wire[WIRE_RECEIVED] += len;
    conn->facts.wire[WIRE_ROUND_TRIPS] += conn->is_waiting;
    conn->is_waiting = false;
}

/* A handshake message of ours, whose body begins behind four bytes. */
static void note_sent_message(struct tls_conn *conn, const uint8_t *message, size_t len)
{
    const struct identity_set *identities = conn->context->identities;
    struct tls_facts *facts = &conn->facts;
    if (message[0] == SSL3_MT_CLIENT_HELLO && facts->wire[WIRE_CLIENT_HELLO] == 0) {
        facts->wire[WIRE_CLIENT_HELLO] = (uint32_t)len;
    } else if (message[0] == SSL3_MT_CERTIFICATE) {
        facts->cert_asked = true;
        facts->own_raw_key =
            identities != NULL && identity_set_presents_key(identities, conn->identity, conn->ssl);
    } else if (len >= 6 && message[0] == SSL3_MT_CERTIFICATE_VERIFY) {
        facts->own_sigalg = (uint16_t)(message[4] << 8 | message[5]);
    }
}

static void on_message(int is_write, int version, int content_type, const void *bytes, size_t len,
                       SSL *ssl, void *arg)
{
    (void)version, (void)arg;
    struct tls_conn *conn = SSL_get_app_data(ssl);
    const uint8_t *message = bytes;
    if (content_type == SSL3_RT_ALERT && len == 2)
        note_alert(conn, is_write, message);
    else if (content_type == SSL3_RT_HANDSHAKE && is_write && len > 0)
        note_sent_message(conn, message, len);
    else if (content_type == SSL3_RT_HEADER && len == SSL3_RT_HEADER_LENGTH &&
             !conn->facts.handshaken)
        note_record(conn, is_write != 0, message);
    else
        ech_note_message(&conn->facts, is_write, content_type);
}

static enum ssl_verify_result_t on_verify(SSL *ssl, uint8_t *out_alert)
{
    struct tls_conn *conn = SSL_get_app_data(ssl);
    return verify_server(ssl, conn->policy, &conn->facts.verify, out_alert) ? ssl_verify_ok
                                                                            : ssl_verify_invalid;
}

static int on_new_session(SSL *ssl, SSL_SESSION *session)
{
    struct tls_conn *conn = SSL_get_app_data(ssl);
    if (conn->context->tickets == NULL || conn->context->identities != conn->identities)
        return 0; /* it may be for a certificate that has been replaced */
    tickets_put(conn->context->tickets, conn->identity, conn->address, session);
    conn->facts.num_tickets++;
    return 1;
}

/* What CompressedCertificate has besides the compressed bytes: algorithm and two lengths (RFC 8879,
 * 4). BoringSSL has held LEN to what it takes of a certificate uncompressed. */
#define COMPRESSED_HEAD_LEN 8

static int take_compressed(SSL *ssl, uint16_t algorithm, CRYPTO_BUFFER **out, size_t len,
                           const uint8_t *in, size_t in_len)
{
    struct tls_conn *conn = SSL_get_app_data(ssl);
    uint8_t *bytes;
    CRYPTO_BUFFER *buffer = CRYPTO_BUFFER_alloc(&bytes, len);
    if (buffer == NULL ||
        !decompressor_run(conn->context->decompressor, algorithm, bytes, len, in, in_len)) {
        CRYPTO_BUFFER_free(buffer);
        return 0;
    }
    *out = buffer;
    conn->facts.cert_compression = algorithm;
    conn->facts.cert_len = (uint32_t)len;
    conn->facts.cert_wire_len = (uint32_t)in_len + COMPRESSED_HEAD_LEN;
    return 1;
}

static int take_brotli(SSL *ssl, CRYPTO_BUFFER **out, size_t len, const uint8_t *in, size_t in_len)
{
    return take_compressed(ssl, CERT_COMPRESSION_BROTLI, out, len, in, in_len);
}

static int take_zlib(SSL *ssl, CRYPTO_BUFFER **out, size_t len, const uint8_t *in, size_t in_len)
{
    return take_compressed(ssl, CERT_COMPRESSION_ZLIB, out, len, in, in_len);
}

/* A client of BoringSSL's compresses no certificate of its own, whatever the server offers. */
void tls_conn_hook_compression(struct tls_context *context, uint16_t algorithm)
{
    if (!SSL_CTX_add_cert_compression_alg(context->ssl_ctx, algorithm, NULL,
                                          algorithm == CERT_COMPRESSION_BROTLI ? take_brotli
                                                                               : take_zlib))
        memory_must(NULL);
}

void tls_conn_hook(struct tls_context *context)
{
    context->bio_method = memory_must(BIO_meth_new(0, "pinload"));
    BIO_meth_set_read(context->bio_method, bio_read); /* always 1, like the next two */
    BIO_meth_set_write(context->bio_method, bio_write);
    BIO_meth_set_ctrl(context->bio_method, bio_control);
    context->bio = memory_must(BIO_new(context->bio_method));
    BIO_set_data(context->bio, context);
    BIO_set_init(context->bio, 1);
    SSL_CTX_set_msg_callback(context->ssl_ctx, on_message);
    SSL_CTX_set_custom_verify(context->ssl_ctx, SSL_VERIFY_PEER, on_verify);
    SSL_CTX_sess_set_new_cb(context->ssl_ctx, on_new_session);
}

struct tls_conn *tls_conn_new(struct tls_context *context)
{
    struct tls_conn *conn = memory_new(1, sizeof *conn);
    conn->context = context;
    return conn;
}

void tls_conn_free(struct tls_conn *conn)
{
    if (conn == NULL)
        return;
    tls_conn_stop(conn);
    buffer_cleanup(&conn->kept);
    free(conn);
}

void tls_conn_set_owner(struct tls_conn *conn, void *owner)
{
    conn->owner = owner;
}

void *tls_conn_owner(const struct tls_conn *conn)
{
    return conn->owner;
}

static void offer_session(struct tls_conn *conn)
{
    struct tls_context *context = conn->context;
    size_t identity = conn->identity;
    if (!tickets_has(context->tickets, identity, conn->address))
        return;
    SSL_SESSION *session = tickets_take(context->tickets, identity, conn->ticket_from);
    if (session == NULL)
        return;
    conn->facts.ticket_from = conn->ticket_from;
    conn->facts.ticket_offered = SSL_set_session(conn->ssl, session) == 1;
    SSL_SESSION_free(session);
}

/* False: the session cannot use its identity or name. They were tried before the run, but a session
 * that continued without its certificate would look as if the server had accepted it. */
static bool start_client(struct tls_conn *conn, size_t identity, bool offer_ticket)
{
    struct tls_context *context = conn->context;
    SSL_set_connect_state(conn->ssl);
    if (context->sni != NULL && SSL_set_tlsext_host_name(conn->ssl, context->sni) != 1)
        return false;
    if (identity != TLS_NO_IDENTITY &&
        !identity_set_apply(context->identities, identity, conn->ssl))
        return false;
    if (!ech_offer_make(&context->ech, conn->ssl, &conn->facts))
        return false;
    conn->identity = identity == TLS_NO_IDENTITY ? 0 : identity;
    conn->signature = (struct signature){
        .inbox = context->inbox,
        .key = identity != TLS_NO_IDENTITY ? identity_set_token_key(context->identities, identity)
                                           : NULL,
        .facts = &conn->facts.signature};
    if (offer_ticket && context->tickets != NULL)
        offer_session(conn);
    return true;
}

void tls_conn_set_address(struct tls_conn *conn, uint32_t address, uint32_t ticket_from)
{
    conn->address = address;
    conn->ticket_from = ticket_from;
}

void tls_conn_start(struct tls_conn *conn, size_t identity, const struct verify_policy *policy,
                    bool offer_ticket)
{
    assert(conn->ssl == NULL);
    allocation_keep_next(); /* the SSL itself is allocated first */
    conn->ssl = memory_must(SSL_new(conn->context->ssl_ctx));
    conn->policy = policy;
    conn->identities = conn->context->identities;
    conn->in_len = conn->num_sealed = 0;
    conn->closing = conn->is_unfit = conn->is_waiting = false;
    conn->facts = (struct tls_facts){
        .alert_received = TLS_NO_ALERT, .alert_sent = TLS_NO_ALERT, .verify = {.pin_index = -1}};
    if (SSL_set_app_data(conn->ssl, conn) != 1)
        memory_must(NULL);
    SSL_set_shed_handshake_config(conn->ssl, 1);
    BIO_up_ref(conn->context->bio);
    SSL_set_bio(conn->ssl, conn->context->bio, conn->context->bio);
    if (conn->context->is_server)
        SSL_set_accept_state(conn->ssl);
    else
        conn->is_unfit = !start_client(conn, identity, offer_ticket);
}

/* A server has little to say before it has our Finished; a flood is not stored. */
static void keep(struct tls_conn *conn, const uint8_t *bytes, size_t len)
{
    if (conn->kept.len + len > MOST_KEPT)
        conn->is_unfit = true;
    else
        buffer_append(&conn->kept, bytes, len);
}

/* What was fed and not read yet is needed when the signature has come. */
static void keep_rest(struct tls_conn *conn)
{
    assert(conn->kept.len == 0);
    if (conn->in_len > 0 && conn->in != conn->kept.data)
        keep(conn, conn->in, conn->in_len);
    conn->in_len = 0;
}

/* Feeds what was kept. */
static void feed_kept(struct tls_conn *conn)
{
    conn->in = conn->kept.data;
    conn->in_len = conn->kept.len;
    conn->kept.len = 0; /* its memory stays until something is kept again */
}

void tls_conn_feed(struct tls_conn *conn, const uint8_t *bytes, size_t len)
{
    assert(conn->in_len == 0);
    if (conn->signature.signing != NULL) {
        keep(conn, bytes, len);
        return;
    }
    conn->in = bytes;
    conn->in_len = len;
}

/* The only place where BoringSSL's error queue is drained. */
static enum tls_status fail(struct tls_conn *conn)
{
    if (conn->facts.error == 0)
        conn->facts.error = ERR_peek_error();
    ech_offer_note_failure(&conn->context->ech, conn->ssl, &conn->facts);
    ERR_clear_error();
    conn->in_len = 0;
    return TLS_FAILED;
}

static enum tls_status status_of(struct tls_conn *conn, int result)
{
    switch (SSL_get_error(conn->ssl, result)) {
    case SSL_ERROR_WANT_READ:
        return TLS_WANT_READ;
    case SSL_ERROR_WANT_PRIVATE_KEY_OPERATION:
        keep_rest(conn);
        return TLS_WANT_SIGNATURE;
    case SSL_ERROR_ZERO_RETURN:
        return TLS_CLOSED;
    case SSL_ERROR_EARLY_DATA_REJECTED:
        SSL_reset_early_data_reject(conn->ssl);
        return TLS_REJECTED;
    default:
        return fail(conn);
    }
}

/* What ALPN negotiated or, in early data, what the ticket's session had negotiated. */
static void note_protocol(struct tls_conn *conn)
{
    const uint8_t *protocol;
    unsigned len;
    SSL_get0_alpn_selected(conn->ssl, &protocol, &len);
    conn->facts.h2 = len == 2 && memcmp(protocol, "h2", 2) == 0;
}

static void note_handshake(struct tls_conn *conn)
{
    struct tls_facts *facts = &conn->facts;
    const SSL_CIPHER *cipher = SSL_get_current_cipher(conn->ssl);
    note_protocol(conn);
    ech_note_handshake(conn->ssl, facts);
    facts->handshaken = true;
    facts->resumed = SSL_session_reused(conn->ssl) == 1;
    facts->early_accepted = facts->early_offered && SSL_early_data_accepted(conn->ssl) == 1;
    facts->wire[WIRE_ROUND_TRIPS] -= facts->early_accepted; /* the request was there before it */
    facts->version = (uint16_t)SSL_version(conn->ssl);
    facts->cipher = cipher != NULL ? SSL_CIPHER_get_protocol_id(cipher) : 0;
    facts->group = SSL_get_curve_id(conn->ssl);
    facts->sigalg = SSL_get_peer_signature_algorithm(conn->ssl);
    facts->peer_raw_key = raw_key_is_peers(conn->ssl);
}

/* A flight of LEN bytes has gone into the output. BoringSSL sends each as a whole: what it seals
 * before, such as TLS 1.3's ChangeCipherSpec, waits for the rest of it. */
static void note_flight(struct tls_conn *conn, size_t len)
{
    if (len == 0)
        return;
    conn->facts.wire[WIRE_SENT] += (uint32_t)len;
    conn->facts.wire[WIRE_LAST_FLIGHT] = (uint32_t)len;
    conn->is_waiting = true;
}

enum tls_status tls_conn_handshake(struct tls_conn *conn)
{
    if (conn->is_unfit)
        return fail(conn);
    if (signature_is_pending(&conn->signature))
        return TLS_WANT_SIGNATURE;
    if (conn->kept.len > 0)
        feed_kept(conn);
    const struct buffer *output = &conn->context->output;
    size_t len = output->len;
    int result = SSL_do_handshake(current(conn));
    note_flight(conn, output->len - len);
    if (result != 1)
        return status_of(conn, result);
    if (SSL_in_early_data(conn->ssl) && !conn->context->is_server) {
        note_protocol(conn);
        return TLS_EARLY;
    }
    note_handshake(conn);
    return TLS_OK;
}

enum tls_status tls_conn_read(struct tls_conn *conn, const uint8_t **out_bytes, size_t *out_len)
{
    if (conn->is_unfit)
        return fail(conn);
    int n = SSL_read(current(conn), conn->context->plaintext, PLAINTEXT_LEN);
    if (n <= 0)
        return status_of(conn, n);
    *out_bytes = conn->context->plaintext;
    *out_len = (size_t)n;
    return TLS_OK;
}

/* As SSL_write. What it sends of the handshake together with early data is the handshake's. */
static int write_some(struct tls_conn *conn, const uint8_t *bytes, size_t len)
{
    const struct buffer *output = &conn->context->output;
    size_t output_len = output->len, num_sealed = conn->num_sealed;
    int n = SSL_write(current(conn), bytes, len < INT32_MAX ? (int)len : INT32_MAX);
    if (!conn->facts.handshaken)
        conn->facts.wire[WIRE_SENT] +=
            (uint32_t)((output->len - output_len) - (conn->num_sealed - num_sealed));
    return n;
}

enum tls_status tls_conn_write(struct tls_conn *conn, const uint8_t *bytes, size_t len,
                               size_t *out_written)
{
    bool is_early = SSL_in_early_data(conn->ssl) == 1;
    *out_written = 0;
    while (*out_written < len) {
        int n = write_some(conn, bytes + *out_written, len - *out_written);
        if (n <= 0) {
            enum tls_status status = status_of(conn, n);
            conn->is_unfit = status == TLS_FAILED;
            return status;
        }
        *out_written += (size_t)n;
        conn->facts.early_offered |= is_early;
    }
    return TLS_OK;
}

void tls_conn_close_notify(struct tls_conn *conn)
{
    if (conn->closing || !conn->facts.handshaken)
        return;
    conn->closing = true;
    SSL_shutdown(current(conn));
    ERR_clear_error();
}

bool tls_conn_is_open(const struct tls_conn *conn)
{
    return conn->ssl != NULL && conn->facts.handshaken && !conn->closing && !conn->is_unfit;
}

const struct tls_facts *tls_conn_facts(const struct tls_conn *conn)
{
    return &conn->facts;
}

const uint8_t *tls_conn_peer(const struct tls_conn *conn, size_t index, size_t *out_len)
{
    if (conn->ssl == NULL)
        return NULL;
    const STACK_OF(CRYPTO_BUFFER) *peer = SSL_get0_peer_certificates(conn->ssl);
    if (peer == NULL || index >= sk_CRYPTO_BUFFER_num(peer))
        return NULL;
    const CRYPTO_BUFFER *cert = sk_CRYPTO_BUFFER_value(peer, index);
    *out_len = CRYPTO_BUFFER_len(cert);
    return CRYPTO_BUFFER_data(cert);
}

const char *tls_conn_public_name(const struct tls_conn *conn, size_t *out_len)
{
    return conn->ssl != NULL ? ech_public_name(conn->ssl, out_len) : NULL;
}

size_t tls_conn_peer_key(const struct tls_conn *conn, uint8_t out[static RAW_KEY_MOST])
{
    return conn->ssl != NULL ? raw_key_of_peer(conn->ssl, out) : 0;
}

void tls_conn_stop(struct tls_conn *conn)
{
    signature_drop(&conn->signature);
    SSL_free(conn->ssl);
    conn->ssl = NULL;
    conn->in_len = 0;
    buffer_clear(&conn->kept);
}

/* What ERR has no words for. */
static const char *explain(uint32_t error)
{
    return ERR_GET_LIB(error) == ERR_LIB_SSL &&
                   ERR_GET_REASON(error) == SSL_R_UNKNOWN_CERTIFICATE_TYPE
               ? " (the server asks for a kind of certificate or key that the identity is not)"
               : "";
}

void tls_error_text(uint32_t error, char *out, size_t out_len)
{
    char text[ERR_ERROR_STRING_BUF_LEN];
    ERR_error_string_n(error, text, sizeof text);
    snprintf(out, out_len, "%s%s", text, explain(error));
}
