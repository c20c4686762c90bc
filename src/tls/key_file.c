/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/key_file.h"

#include "base/buffer.h"
#include "base/file.h"
#include "base/text.h"
#include "tls/certificate.h"
#include "tls/key_reading.h"
#include "tls/pem.h"
#include "tls/private_key.h"
#include "tls/public_key.h"

#include <openssl/bytestring.h>
#include <openssl/evp.h>
#include <openssl/mem.h>
#include <openssl/pem.h>
#include <openssl/pool.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_BYTES ((size_t)1 << 20)
#define ACCEPTED "expected a PEM or PKCS#12 file"

/* --- PEM ------------------------------------------------------------------------------------ */

/* Keys in formats other than the supported DER ones. */
static const struct {
    const char *name, *problem;
} foreign_keys[] = {
    {"OPENSSH PRIVATE KEY", "has a private key in OpenSSH's own form, which is not read; PKCS#8 or "
                            "traditional PEM is, as 'ssh-keygen -p -m PKCS8' writes it"},
    {PEM_STRING_DSA,
     "has a private key of the kind DSA, which is not supported; expected an RSA, ECDSA (P-256, "
     "P-384, P-521) or Ed25519 key"},
};

static bool take_key_block(struct key_reading *r, const struct pem_block *block)
{
    for (size_t i = 0; r->want_key && i < sizeof foreign_keys / sizeof *foreign_keys; i++) {
        if (strcmp(block->name, foreign_keys[i].name) == 0)
            return key_reading_fail(r, foreign_keys[i].problem);
    }
    if (strcmp(block->name, PEM_STRING_PKCS8) == 0)
        return key_reading_add_encrypted(r, block->der, block->len);
    if (strstr(block->header, "ENCRYPTED") != NULL)
        return key_reading_add_pem_key(r, block->header, block->der, block->len);
    return key_reading_add_key(r, block->der, block->len);
}

/* The context of a visit of blocks. */
struct visit {
    struct key_reading *reading;
    bool failed;
};

static bool take_block(void *owner, const struct pem_block *block)
{
    struct visit *visit = owner;
    if (pem_is_certificate(block))
        visit->failed = !key_reading_add_cert(visit->reading, block->der, block->len);
    else if (strcmp(block->name, PEM_STRING_PUBLIC) == 0)
        key_reading_add_public_key(visit->reading, block->der, block->len);
    else if (pem_is_key(block))
        visit->failed = !take_key_block(visit->reading, block);
    return !visit->failed;
}

static bool read_pem(struct key_reading *r, const uint8_t *bytes, size_t len)
{
    struct visit visit = {.reading = r};
    const char *problem = pem_visit(bytes, len, take_block, &visit);
    if (problem != NULL)
        return key_reading_fail(r, problem);
    return !visit.failed;
}

/* --- DER ------------------------------------------------------------------------------------ */

/* Whether CBS continues with an AlgorithmIdentifier and an OCTET STRING: the rest of a PKCS#8 key,
 * and the whole of an encrypted one. */
static bool has_algorithm_and_octets(CBS cbs)
{
    CBS algorithm;
    return CBS_get_asn1(&cbs, &algorithm, CBS_ASN1_SEQUENCE) &&
           CBS_get_asn1(&algorithm, NULL, CBS_ASN1_OBJECT) &&
           CBS_peek_asn1_tag(&cbs, CBS_ASN1_OCTETSTRING);
}

/* A single DER element that is not a certificate is recognised by how it begins. */
static bool read_der(struct key_reading *r, const uint8_t *bytes, size_t len)
{
    CBS cbs, sequence;
    uint64_t version;
    CBS_init(&cbs, bytes, len);
    if (CBS_get_asn1(&cbs, &sequence, CBS_ASN1_SEQUENCE)) {
        if (has_algorithm_and_octets(sequence))
            return key_reading_add_encrypted(r, bytes, len);
        CBS rest = sequence;
        if (CBS_get_asn1_uint64(&rest, &version) &&
            (has_algorithm_and_octets(rest) || CBS_peek_asn1_tag(&rest, CBS_ASN1_OCTETSTRING) ||
             CBS_peek_asn1_tag(&rest, CBS_ASN1_INTEGER)))
            return key_reading_add_key(r, bytes, len);
    }
    return pkcs12_read(r, bytes, len);
}

/* --- the file ------------------------------------------------------------------------------- */

static bool read_bytes(struct key_reading *r, const uint8_t *bytes, size_t len)
{
    struct certificate_fields fields;
    char kind[PUBLIC_KEY_KIND_LEN];
    if (len == 0)
        return key_reading_fail(r, "is empty; " ACCEPTED);
    if (certificate_read(&fields, bytes, len))
        return key_reading_add_cert(r, bytes, len);
    if (public_key_kind(kind, bytes, len)) {
        key_reading_add_public_key(r, bytes, len);
        return true;
    }
    return bytes[0] == 0x30 ? read_der(r, bytes, len) : read_pem(r, bytes, len);
}

bool key_file_read(struct key_file *file, const char *path, const char *what, bool want_key,
                   const struct password *password, struct error *err)
{
    struct key_reading r = {file, path, what, want_key, password, err, 0};
    const struct file_role role = {what, path, MOST_BYTES, ACCEPTED};
    struct buffer bytes = {0};
    buffer_reserve(&bytes, MOST_BYTES + FILE_READ_MORE);
    bool ok = file_read(&bytes, &role, err) && read_bytes(&r, bytes.data, bytes.len);
    OPENSSL_cleanse(bytes.data, bytes.len);
    buffer_cleanup(&bytes);
    if (!ok)
        key_file_cleanup(file);
    return ok;
}

bool key_file_mentions_key(const char *path)
{
    FILE *stream = fopen(path, "r");
    if (stream == NULL)
        return false;
    char line[256];
    bool found = false;
    size_t most = MOST_BYTES / sizeof line; /* more is rejected when it is loaded */
    while (!found && most-- > 0 && fgets(line, sizeof line, stream) != NULL)
        found = text_starts_with(text_after_mark(line), "-----BEGIN ") &&
                strstr(line, "PRIVATE KEY-----") != NULL;
    OPENSSL_cleanse(line, sizeof line);
    fclose(stream);
    return found;
}

const uint8_t *key_file_cert(const struct key_file *file, size_t index, size_t *out_len)
{
    *out_len = CRYPTO_BUFFER_len(file->certs[index]);
    return CRYPTO_BUFFER_data(file->certs[index]);
}

void key_file_cleanup(struct key_file *file)
{
    for (size_t i = 0; i < file->num_certs; i++)
        CRYPTO_BUFFER_free(file->certs[i]);
    EVP_PKEY_free(file->key);
    free(file->public_key);
    *file = (struct key_file){0};
}
