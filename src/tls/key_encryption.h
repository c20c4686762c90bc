/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decryption of private keys (PKCS#5, PKCS#12, and traditional PEM), and the names of their
 * encryption. BoringSSL's own reader knows few algorithms, and reports the others as a wrong
 * password.
 */
#ifndef PINLOAD_TLS_KEY_ENCRYPTION_H
#define PINLOAD_TLS_KEY_ENCRYPTION_H

#include "tls/password.h"

#include <stddef.h>
#include <stdint.h>

struct cbs_st;

enum decryption {
    DECRYPTED,
    DECRYPTION_WRONG_PASSWORD, /* or damaged: the two cannot be distinguished */
    DECRYPTION_UNKNOWN,        /* an algorithm that is not supported */
    DECRYPTION_MALFORMED,
};

/* The decrypted content, to be freed with OPENSSL_free, which wipes it. */
struct decrypted {
    uint8_t *bytes; /* one DER element */
    size_t len;
    char name[200]; /* of the encryption, with all its parts; also if it is not supported */
};

/* key_decrypt decrypts CIPHERTEXT. ALGORITHM is the content of an AlgorithmIdentifier. Bytes are
 * set only if DECRYPTED is returned. */
enum decryption key_decrypt(struct decrypted *out, const struct cbs_st *algorithm,
                            const struct cbs_st *ciphertext, const struct password *password);

/* key_decrypt_pem decrypts a traditional key by its HEADER's DEK-Info. */
enum decryption key_decrypt_pem(struct decrypted *out, const char *header,
                                const struct cbs_st *ciphertext, const struct password *password);

/* The algorithms that key_decrypt supports, for messages. */
#define KEY_ENCRYPTIONS                                                                            \
    "AES (CBC, OFB), 3DES, DES and RC2 (CBC) with PBKDF2 (HMAC of SHA-1, SHA-2 or MD5), scrypt, "  \
    "PBES1 or PKCS#12's own derivation"

#endif
