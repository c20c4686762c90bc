/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/pin_digest.h"

#include "base/text.h"

#include <openssl/base64.h>
#include <openssl/sha.h>

#include <string.h>

static const struct {
    const char *name;
    size_t len;
} digests[NUM_PIN_DIGESTS] = {
    [PIN_SHA256] = {"sha256", SHA256_DIGEST_LENGTH},
    [PIN_SHA384] = {"sha384", SHA384_DIGEST_LENGTH},
    [PIN_SHA512] = {"sha512", SHA512_DIGEST_LENGTH},
};

const char *pin_digest_name(enum pin_digest digest)
{
    return digests[digest].name;
}

size_t pin_digest_len(enum pin_digest digest)
{
    return digests[digest].len;
}

void pin_digest_of(uint8_t out[static PIN_DIGEST_MOST], enum pin_digest digest,
                   const uint8_t *bytes, size_t len)
{
    if (digest == PIN_SHA256)
        SHA256(bytes, len, out);
    else if (digest == PIN_SHA384)
        SHA384(bytes, len, out);
    else
        SHA512(bytes, len, out);
}

void pin_digest_base64(char out[static PIN_DIGEST_BASE64_MOST + 1], enum pin_digest digest,
                       const uint8_t *hash)
{
    EVP_EncodeBlock((uint8_t *)out, hash, digests[digest].len);
}

static size_t base64_len(enum pin_digest digest)
{
    return (digests[digest].len + 2) / 3 * 4;
}

/* Base64 in either alphabet, its padding optional. */
static bool decode_base64(uint8_t *out, size_t capacity, size_t *out_len, const char *text,
                          size_t text_len)
{
    uint8_t padded[PIN_DIGEST_BASE64_MOST + 4];
    while (text_len > 0 && text[text_len - 1] == '=')
        text_len--;
    if (text_len == 0 || text_len > PIN_DIGEST_BASE64_MOST)
        return false;
    for (size_t i = 0; i < text_len; i++)
        padded[i] = (uint8_t)(text[i] == '-' ? '+' : text[i] == '_' ? '/' : text[i]);
    while (text_len % 4 != 0)
        padded[text_len++] = '=';
    return EVP_DecodeBase64(out, out_len, capacity, padded, text_len) == 1;
}

bool pin_digest_read(uint8_t out[static PIN_DIGEST_MOST], enum pin_digest digest, const char *text,
                     size_t text_len, const char **out_problem)
{
    uint8_t decoded[PIN_DIGEST_BASE64_MOST];
    size_t len;
    bool is_hex = text_len > base64_len(digest) || memchr(text, ':', text_len) != NULL;
    if (is_hex ? !text_hex_decode(text, text_len, decoded, sizeof decoded, &len)
               : !decode_base64(decoded, sizeof decoded, &len, text, text_len)) {
        *out_problem = is_hex ? "it is not hex" : "it is not base64";
        return false;
    }
    if (len != digests[digest].len) {
        *out_problem = len < digests[digest].len ? "it is too short" : "it is too long";
        return false;
    }
    memcpy(out, decoded, len);
    return true;
}
