/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Raw public keys (RFC 7250): a SubjectPublicKeyInfo in the place of a certificate, the server's and
 * ours. Who may have which key is nobody's business here. A BoringSSL without them (before API 41)
 * has none to present and none to accept.
 */
#ifndef PINLOAD_TLS_RAW_KEY_H
#define PINLOAD_TLS_RAW_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct evp_pkey_st;
struct ssl_credential_st;
struct ssl_ctx_st;
struct ssl_st;

#define RAW_KEY_MOST 4096 /* bytes of DER; ML-DSA-87 has 2,614, RSA-16384 2,086 */

/* raw_key_supported says whether this BoringSSL has them. */
bool raw_key_supported(void);

/* raw_key_accept makes connections of CTX ask the peer for a raw public key or, where it has none,
 * a certificate. False: not supported. */
bool raw_key_accept(struct ssl_ctx_st *ctx);

/* raw_key_new makes what presents KEY, a private one, without a certificate; NULL: not supported. */
struct ssl_credential_st *raw_key_new(struct evp_pkey_st *key);
void raw_key_free(struct ssl_credential_st *key);

/* raw_key_present makes SSL, a client, offer KEY and, with OR_CERTIFICATE, rather it than the
 * certificate that SSL has. False only where memory is short. */
bool raw_key_present(const struct ssl_credential_st *key, struct ssl_st *ssl, bool or_certificate);

/* raw_key_serve makes connections of CTX, a server's, present KEY to clients that accept it. */
bool raw_key_serve(const struct ssl_credential_st *key, struct ssl_ctx_st *ctx);

/* raw_key_is_chosen says whether it is KEY that SSL authenticates with; while it does. */
bool raw_key_is_chosen(const struct ssl_credential_st *key, const struct ssl_st *ssl);

/* raw_key_is_peers says whether SSL's peer sent a raw public key, perhaps in the session resumed. */
bool raw_key_is_peers(const struct ssl_st *ssl);

/* raw_key_of_peer writes the DER of the key that SSL's peer sent, and returns its length; 0: it sent
 * none, or one that is longer. */
size_t raw_key_of_peer(const struct ssl_st *ssl, uint8_t out[static RAW_KEY_MOST]);

#endif
