/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file of certificates and keys while it is read: what its readers (tls/key_file, tls/pkcs12) put
 * into it, and what they say of it. Each returns false where ERR was set.
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

/* key_reading_fail says PROBLEM, the end of a sentence that begins with the file. */
bool key_reading_fail(const struct key_reading *r, const char *problem);

bool key_reading_add_cert(struct key_reading *r, const uint8_t *der, size_t len);

/* key_reading_add_key takes a key in the clear, as DER, where one is wanted. */
bool key_reading_add_key(struct key_reading *r, const uint8_t *der, size_t len);

/* key_reading_add_encrypted takes an encrypted PKCS#8 key (EncryptedPrivateKeyInfo). */
bool key_reading_add_encrypted(struct key_reading *r, const uint8_t *der, size_t len);

/* key_reading_add_pem_key takes a traditional key whose HEADER says how it is encrypted. */
bool key_reading_add_pem_key(struct key_reading *r, const char *header, const uint8_t *bytes,
                             size_t len);

/* key_reading_judge says what RESULT means, where that is not DECRYPTED. */
bool key_reading_judge(const struct key_reading *r, enum decryption result,
                       const struct decrypted *decrypted);

/* pkcs12_read reads a PKCS#12 file. */
bool pkcs12_read(struct key_reading *r, const uint8_t *bytes, size_t len);

#endif
