/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/fingerprint.h"

#include "base/text.h"
#include "tls/certificate.h"

#include <openssl/base64.h>
#include <openssl/sha.h>

#include <string.h>

void fingerprint_of(uint8_t out[static FINGERPRINT_LEN], const uint8_t *bytes, size_t len)
{
    SHA256(bytes, len, out);
}

bool fingerprint_spki(uint8_t out[static FINGERPRINT_LEN], const uint8_t *der, size_t der_len)
{
    const uint8_t *spki;
    size_t spki_len;
    if (!certificate_spki(der, der_len, &spki, &spki_len))
        return false;
    fingerprint_of(out, spki, spki_len);
    return true;
}

void fingerprint_base64(char out[static FINGERPRINT_BASE64_LEN + 1],
                        const uint8_t fingerprint[static FINGERPRINT_LEN])
{
    EVP_EncodeBlock((uint8_t *)out, fingerprint, FINGERPRINT_LEN);
}

/* Base64 of up to 64 characters, in either alphabet, its padding optional. */
static bool decode_base64(uint8_t *out, size_t capacity, size_t *out_len, const char *text,
                          size_t text_len)
{
    uint8_t padded[68];
    while (text_len > 0 && text[text_len - 1] == '=')
        text_len--;
    if (text_len == 0 || text_len > 64)
        return false;
    for (size_t i = 0; i < text_len; i++)
        padded[i] = (uint8_t)(text[i] == '-' ? '+' : text[i] == '_' ? '/' : text[i]);
    size_t padded_len = text_len;
    while (padded_len % 4 != 0)
        padded[padded_len++] = '=';
    return EVP_DecodeBase64(out, out_len, capacity, padded, padded_len) == 1;
}

bool fingerprint_read(uint8_t out[static FINGERPRINT_LEN], const char *text, size_t text_len,
                      const char **out_problem)
{
    uint8_t decoded[64];
    size_t len;
    bool looks_like_hex = text_len > FINGERPRINT_BASE64_LEN || memchr(text, ':', text_len) != NULL;
    if (looks_like_hex ? !text_hex_decode(text, text_len, decoded, sizeof decoded, &len)
                       : !decode_base64(decoded, sizeof decoded, &len, text, text_len)) {
        *out_problem = looks_like_hex ? "it is not hex" : "it is not base64";
        return false;
    }
    if (len != FINGERPRINT_LEN) {
        *out_problem = len < FINGERPRINT_LEN ? "it is too short" : "it is too long";
        return false;
    }
    memcpy(out, decoded, FINGERPRINT_LEN);
    return true;
}
