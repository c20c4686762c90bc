/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state while a file of certificates and keys is read: what its readers (tls/key_file,
 * tls/pkcs12) found in it, and the errors. Each function returns false if ERR was set.
 */
#ifndef PINLOAD_TLS_KEY_READING_H
#define PINLOAD_TLS_KEY_READING_H

#include "tls/key_encryption.h"
#include "tls/key_file.h"

struct cbs_st;

struct key_reading {
    struct key_file *file;
    const char *path;
    const char *what;
    bool want_key;
    const struct password *password;
    struct error *err;
    unsigned num_keys; /* seen, whether wanted or not */
};

/* key_reading_fail sets ERR to PROBLEM, the end of a sentence that begins with the file. */
bool key_reading_fail(const struct key_reading *r, const char *problem);

bool key_reading_add_cert(struct key_reading *r, const uint8_t *der, size_t len);

/* key_reading_add_public_key keeps the first public key, and counts them. */
void key_reading_add_public_key(struct key_reading *r, const uint8_t *der, size_t len);

/* key_reading_add_key adds an unencrypted key, as DER, if one is wanted. */
bool key_reading_add_key(struct key_reading *r, const uint8_t *der, size_t len);

/* key_reading_add_encrypted adds an encrypted PKCS#8 key (EncryptedPrivateKeyInfo). */
bool key_reading_add_encrypted(struct key_reading *r, const uint8_t *der, size_t len);

/* key_reading_add_pem_key adds a traditional key, whose HEADER says how it is encrypted. */
bool key_reading_add_pem_key(struct key_reading *r, const char *header, const uint8_t *bytes,
                             size_t len);

/* key_reading_judge sets the error for RESULT, if it is not DECRYPTED. */
bool key_reading_judge(const struct key_reading *r, enum decryption result,
                       const struct decrypted *decrypted);

/* pkcs12_read reads a PKCS#12 file. */
bool pkcs12_read(struct key_reading *r, const uint8_t *bytes, size_t len);

#endif
