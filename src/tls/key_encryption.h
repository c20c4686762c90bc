/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The encryption of private keys (PKCS#5, PKCS#12, and traditional PEM): which it is, and what it
 * hides. BoringSSL's own reader knows few kinds, and calls the others a wrong password.
 */
#ifndef PINLOAD_TLS_KEY_ENCRYPTION_H
#define PINLOAD_TLS_KEY_ENCRYPTION_H

#include "tls/password.h"

#include <stddef.h>
#include <stdint.h>

struct cbs_st;

enum decryption {
    DECRYPTED,
    DECRYPTION_WRONG_PASSWORD, /* or damaged: the two cannot be told apart */
    DECRYPTION_UNKNOWN,        /* an encryption that is not read */
    DECRYPTION_MALFORMED,
};

/* What was decrypted: to be freed with OPENSSL_free, which wipes. */
struct decrypted {
    uint8_t *bytes; /* one DER element */
    size_t len;
    char name[200]; /* of the encryption, with all that makes it up; also where it is unknown */
};

/* key_decrypt opens CIPHERTEXT. ALGORITHM is what an AlgorithmIdentifier has in it. Bytes are there
 * where DECRYPTED is returned, and only there. */
enum decryption key_decrypt(struct decrypted *out, const struct cbs_st *algorithm,
                            const struct cbs_st *ciphertext, const struct password *password);

/* key_decrypt_pem opens a traditional key by its HEADER's DEK-Info. */
enum decryption key_decrypt_pem(struct decrypted *out, const char *header,
                                const struct cbs_st *ciphertext, const struct password *password);

/* What KEY_DECRYPT knows, for a sentence. */
#define KEY_ENCRYPTIONS                                                                            \
    "AES (CBC, OFB), 3DES, DES and RC2 (CBC) with PBKDF2 (HMAC of SHA-1, SHA-2 or MD5), scrypt, "  \
    "PBES1 or PKCS#12's own derivation"

#endif
