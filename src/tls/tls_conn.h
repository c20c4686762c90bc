/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One TLS connection as a byte machine: feed it received bytes, let it step, send what it put into
 * the context's output. No socket and no clock. A tls_conn is created once per slot and started for
 * each session; apart from BoringSSL's own allocations, a session allocates nothing.
 */
#ifndef PINLOAD_TLS_TLS_CONN_H
#define PINLOAD_TLS_TLS_CONN_H

#include "tls/raw_key.h"
#include "tls/signature.h"
#include "tls/verify.h"
#include "tls/wire.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tls_conn;
struct tls_context;

enum tls_status {
    TLS_OK,             /* the step is done: handshake complete, bytes read, or bytes written */
    TLS_WANT_READ,      /* feed more */
    TLS_WANT_SIGNATURE, /* handshake: a signature is being made; step again when it has come */
    TLS_EARLY,          /* handshake: early data may be written now; then step again */
    TLS_REJECTED, /* handshake: early data was rejected; what was written must be sent again */
    TLS_CLOSED,   /* the peer sent close_notify */
    TLS_FAILED,   /* the connection is over; the facts say why */
};

#define TLS_NO_ALERT (-1)

/* What became of Encrypted Client Hello (RFC 9849). A rejection is the server's own: it comes with
 * a certificate for the configuration's public name, which was verified as any other. */
enum tls_ech {
    TLS_ECH_NONE,
    TLS_ECH_GREASE, /* an extension that only looks like it was sent */
    TLS_ECH_OFFERED,
    TLS_ECH_ACCEPTED,
    TLS_ECH_REJECTED, /* the connection is over */
};

/* The facts of a connection. Alerts are the descriptions of fatal ones (RFC 8446, 6.2). */
struct tls_facts {
    bool handshaken;
    bool resumed;        /* from SSL_session_reused, never a guess */
    bool ticket_offered; /* a session was offered */
    bool early_offered;  /* early data was sent */
    bool early_accepted; /* and the server accepted it */
    bool cert_asked;     /* our Certificate message was sent, even an empty one: the server
                          * requested one */
    bool own_raw_key;    /* with a raw public key in it (RFC 7250) */
    bool peer_raw_key;   /* the peer authenticated with one */
    bool h2;             /* ALPN chose HTTP/2 */
    enum tls_ech ech;
    bool ech_retried;     /* it was offered by a configuration that a rejection had brought */
    bool ech_retry_given; /* a rejection that brought one, for the context's next connections */
    uint32_t num_tickets; /* received and kept */
    uint32_t ticket_from; /* the address that issued the session which was offered */
    int alert_received;
    int alert_sent;
    uint16_t version;
    uint16_t cipher;
    uint16_t group;
    uint16_t sigalg;           /* the peer's */
    uint16_t own_sigalg;       /* of the CertificateVerify that went out; 0: none did */
    uint16_t cert_compression; /* of the server's certificate (tls/cert_compression.h); 0: none */
    uint32_t cert_len, cert_wire_len; /* of the message that it came in, and as that came */
    uint32_t error;                   /* BoringSSL's packed error code of a failure, or 0 */
    uint32_t wire[NUM_WIRE];          /* of a handshake that did not complete: as far as it came */
    struct verify_verdict verify;
    struct signature_facts signature; /* ours, by a key in a token */
};

#define TLS_NO_IDENTITY SIZE_MAX

struct tls_conn *tls_conn_new(struct tls_context *context);
void tls_conn_free(struct tls_conn *conn);

/* tls_conn_set_address says which of the server's addresses the next session is with, where tickets
 * are told apart by them, and whose ticket is offered: both below the config's num_addresses. An
 * address of which the identity has none is offered none, so that it issues some. Without this, both
 * are the first. */
void tls_conn_set_address(struct tls_conn *conn, uint32_t address, uint32_t ticket_from);

/* tls_conn_set_owner and tls_conn_owner: whose connection it is. */
void tls_conn_set_owner(struct tls_conn *conn, void *owner);
void *tls_conn_owner(const struct tls_conn *conn);

/* tls_conn_start begins a session with IDENTITY under POLICY (borrowed until stop). If OFFER_TICKET
 * is set and there is a ticket, it is offered. A server's context takes TLS_NO_IDENTITY and a NULL
 * policy. */
void tls_conn_start(struct tls_conn *conn, size_t identity, const struct verify_policy *policy,
                    bool offer_ticket);

/* tls_conn_feed supplies LEN bytes of ciphertext, borrowed until the following steps have returned
 * TLS_WANT_READ, TLS_WANT_SIGNATURE or an end; they are then consumed. */
void tls_conn_feed(struct tls_conn *conn, const uint8_t *bytes, size_t len);

enum tls_status tls_conn_handshake(struct tls_conn *conn);

/* tls_conn_read points *out_bytes at plaintext, valid until the next call on any connection of the
 * context. */
enum tls_status tls_conn_read(struct tls_conn *conn, const uint8_t **out_bytes, size_t *out_len);

/* tls_conn_write encrypts all LEN bytes into the context's output; in early data, up to the
 * ticket's limit: *out_written is their number. If it fails, the next read fails, too. */
enum tls_status tls_conn_write(struct tls_conn *conn, const uint8_t *bytes, size_t len,
                               size_t *out_written);

/* tls_conn_close_notify puts the alert into the output, once. */
void tls_conn_close_notify(struct tls_conn *conn);

/* tls_conn_is_open says whether the handshake is complete, our side is not closed, and no write has
 * failed. */
bool tls_conn_is_open(const struct tls_conn *conn);

/* tls_conn_facts returns what is known so far, valid until the next start. */
const struct tls_facts *tls_conn_facts(const struct tls_conn *conn);

/* tls_conn_peer returns the DER of certificate INDEX that the peer sent, or NULL. Not after
 * stop. */
const uint8_t *tls_conn_peer(const struct tls_conn *conn, size_t index, size_t *out_len);

/* tls_conn_public_name returns the name that the certificate of a server that rejected ECH is for,
 * *OUT_LEN characters without a NUL; NULL where none did. Not after stop. */
const char *tls_conn_public_name(const struct tls_conn *conn, size_t *out_len);

/* tls_conn_peer_key writes the DER of the raw public key that the peer sent in the place of a
 * certificate, and returns its length, or 0. Not after stop. */
size_t tls_conn_peer_key(const struct tls_conn *conn, uint8_t out[static RAW_KEY_MOST]);

/* tls_conn_stop frees what BoringSSL holds for the session; the facts stay. */
void tls_conn_stop(struct tls_conn *conn);

/* tls_error_text writes BoringSSL's text for a packed error code. */
void tls_error_text(uint32_t error, char *out, size_t out_len);

#endif
