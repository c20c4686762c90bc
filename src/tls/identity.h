/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The client identities of a run, each a name, a certificate chain and a private key, or a name and
 * a private key whose public key stands for itself (RFC 7250). A set is loaded once and then cloned
 * for each thread, since shared keys lock. Which identity a session uses is a pure function of the
 * set's size and the session's serial number (plan/rotation.h).
 */
#ifndef PINLOAD_TLS_IDENTITY_H
#define PINLOAD_TLS_IDENTITY_H

#include "base/error.h"
#include "base/notices.h"
#include "tls/certificate_name.h"
#include "tls/password.h"

#include <stdbool.h>
#include <stddef.h>

struct identity_set;
struct signer;
struct ssl_st;
struct token_key;

struct identity_set *identity_set_new(void);
void identity_set_free(struct identity_set *set);

/* identity_set_use_raw_keys makes every identity that is added from then on offer its raw public
 * key, and accepts keys without a certificate as identities. */
void identity_set_use_raw_keys(struct identity_set *set);
bool identity_set_uses_raw_keys(const struct identity_set *set);

/* identity_set_use_signers sets how many threads sign with keys that are in tokens; before the first
 * is added. */
void identity_set_use_signers(struct identity_set *set, unsigned num_threads);

/* identity_set_add loads one identity: CERT and KEY (NULL: KEY is in CERT's file) are paths of PEM
 * or PKCS#12 files, or URIs of what is in a PKCS#11 token (tls/tokens.h). With raw keys, CERT may be NULL, or have only a key. The key must belong to the
 * certificate, and the name must be new. An expired certificate or a key file that others can read
 * adds a warning. False sets ERR, which names the files. */
bool identity_set_add(struct identity_set *set, const char *name, const char *cert, const char *key,
                      const struct password *password, struct notices *notices, struct error *err);

/* identity_set_name_by says what identity_set_add_file and identity_set_add_directory call
 * identities from then on. */
void identity_set_name_by(struct identity_set *set, enum name_by by);

/* identity_set_add_file loads an identity like identity_set_add, called after its certificate if
 * identity_set_name_by says so, else FILE_NAME. */
bool identity_set_add_file(struct identity_set *set, const char *file_name, const char *cert,
                           const char *key, const struct password *password,
                           struct notices *notices, struct error *err);

/* identity_set_add_directory loads one identity for each NAME in the directory PATH, in natural
 * order: NAME.crt with NAME.key, else NAME.pem (its key inside or in NAME.key), else NAME.p12 or
 * NAME.pfx; with raw keys, else NAME.key alone. A certificate without a key is skipped with a
 * warning; a directory without an identity is an error. */
bool identity_set_add_directory(struct identity_set *set, const char *path,
                                const struct password *password, struct notices *notices,
                                struct error *err);

/* identity_set_copy adds up to COUNT identities of FROM, starting at FIRST, to TO, with their own
 * copies of the keys. A large set takes seconds: copying in parts leaves time for signals in
 * between. */
void identity_set_copy(struct identity_set *to, const struct identity_set *from, size_t first,
                       size_t count);

/* identity_set_clone creates a set of the same identities with its own copies of the keys, for one
 * thread. */
struct identity_set *identity_set_clone(const struct identity_set *set);

/* identity_set_slice keeps the identities FIRST to FIRST + COUNT and drops the others, for a
 * shard. */
void identity_set_slice(struct identity_set *set, size_t first, size_t count);

size_t identity_set_count(const struct identity_set *set);
const char *identity_set_name(const struct identity_set *set, size_t index);

/* identity_set_find returns the index of NAME, or -1. */
long identity_set_find(const struct identity_set *set, const char *name);

/* identity_set_apply makes SSL present identity INDEX. False only if memory runs out. */
bool identity_set_apply(const struct identity_set *set, size_t index, struct ssl_st *ssl);

/* identity_set_signer returns what signs with keys that are in tokens; NULL: none is. It and the keys
 * belong to the set that was loaded, which outlives its copies. */
struct signer *identity_set_signer(const struct identity_set *set);

/* identity_set_token_key returns identity INDEX's key in a token; NULL: its key is here. */
const struct token_key *identity_set_token_key(const struct identity_set *set, size_t index);

/* identity_set_has_cert says whether identity INDEX has a certificate, or is a key alone. */
bool identity_set_has_cert(const struct identity_set *set, size_t index);

/* identity_set_presents_key says whether it is identity INDEX's raw public key, in the place of a
 * certificate, that SSL presents; while it does. INDEX may be beyond the set. */
bool identity_set_presents_key(const struct identity_set *set, size_t index,
                               const struct ssl_st *ssl);

/* identity_set_leaf returns the DER of identity INDEX's certificate; NULL: it has none. */
const unsigned char *identity_set_leaf(const struct identity_set *set, size_t index,
                                       size_t *out_len);

/* identity_set_end returns when the certificate of identity INDEX ends, in seconds since 1970; of a key
 * alone, which does not end, infinity. */
double identity_set_end(const struct identity_set *set, size_t index);

/* identity_set_same_leaf says whether identity INDEX has the same certificate in A and in B, or none in
 * both; identity_set_same_chain, also the same ones after it. */
bool identity_set_same_leaf(const struct identity_set *a, const struct identity_set *b,
                            size_t index);
bool identity_set_same_chain(const struct identity_set *a, const struct identity_set *b,
                             size_t index);

/* identity_set_key_kind returns the type of identity INDEX's key: "RSA", "Ed25519", "ML-DSA-44", or
 * its curve, "P-521". */
const char *identity_set_key_kind(const struct identity_set *set, size_t index);

#endif
