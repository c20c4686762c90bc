/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/key_derivation.h"

#include "base/memory.h"

#include <openssl/digest.h>
#include <openssl/mem.h>

#include <stdlib.h>
#include <string.h>

/* The longest block of a digest. */
#define MOST_BLOCK 128

/* Hashes HEAD and TAIL, then hashes the result again, ROUNDS times in all. */
static bool hash_rounds(const EVP_MD *digest, unsigned rounds, const void *head, size_t head_len,
                        const void *tail, size_t tail_len, uint8_t out[static EVP_MAX_MD_SIZE])
{
    EVP_MD_CTX *ctx = memory_must(EVP_MD_CTX_new());
    unsigned len = 0;
    bool ok = EVP_DigestInit_ex(ctx, digest, NULL) && EVP_DigestUpdate(ctx, head, head_len) &&
              EVP_DigestUpdate(ctx, tail, tail_len) && EVP_DigestFinal_ex(ctx, out, &len);
    for (unsigned i = 1; ok && i < rounds; i++)
        ok = EVP_DigestInit_ex(ctx, digest, NULL) && EVP_DigestUpdate(ctx, out, len) &&
             EVP_DigestFinal_ex(ctx, out, &len);
    EVP_MD_CTX_free(ctx);
    return ok;
}

bool derive_pbkdf1(const struct derivation *from, uint8_t *out, size_t len)
{
    uint8_t hash[EVP_MAX_MD_SIZE];
    bool ok = len <= EVP_MD_size(from->digest) &&
              hash_rounds(from->digest, from->rounds, from->text, from->text_len, from->salt,
                          from->salt_len, hash);
    if (ok)
        memcpy(out, hash, len);
    OPENSSL_cleanse(hash, sizeof hash);
    return ok;
}

/* The code point of the UTF-8 character at P, whose length is *OUT_LEN; an invalid byte counts as a
 * Latin-1 character. */
static uint32_t code_point(const uint8_t *p, size_t left, size_t *out_len)
{
    size_t len = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : p[0] >= 0xc0 ? 2 : 1;
    *out_len = 1;
    if (len == 1 || len > left)
        return p[0];
    uint32_t code = p[0] & (0xffu >> (len + 1));
    for (size_t i = 1; i < len; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return p[0];
        code = code << 6 | (p[i] & 0x3f);
    }
    *out_len = len;
    return code;
}

static size_t put_unit(uint8_t *out, size_t len, uint32_t unit)
{
    out[len] = (uint8_t)(unit >> 8);
    out[len + 1] = (uint8_t)unit;
    return len + 2;
}

/* Writes the password as a BMPString that ends in a NUL: at most two bytes for each byte, plus
 * two. */
static size_t encode(const struct derivation *from, uint8_t *out)
{
    size_t len = 0, step;
    if (from->text == NULL)
        return 0;
    for (size_t i = 0; i < from->text_len; i += step) {
        uint32_t code = code_point((const uint8_t *)from->text + i, from->text_len - i, &step);
        if (code >= 0x10000) {
            len = put_unit(out, len, 0xd800 + ((code - 0x10000) >> 10));
            code = 0xdc00 + ((code - 0x10000) & 0x3ff);
        }
        len = put_unit(out, len, code);
    }
    return put_unit(out, len, 0);
}

/* Repeats FROM until whole blocks are full; returns the number of bytes. */
static size_t fill(uint8_t *out, const uint8_t *from, size_t from_len, size_t block)
{
    size_t len = (from_len + block - 1) / block * block;
    for (size_t i = 0; i < len; i++)
        out[i] = from[i % from_len];
    return len;
}

/* Adds the hash, repeated to the length of a block, plus one to each block of INPUT. */
static void add_to_blocks(uint8_t *input, size_t len, size_t block, const uint8_t *hash,
                          size_t hash_len)
{
    for (size_t at = 0; at < len; at += block) {
        unsigned carry = 1;
        for (size_t i = block; i-- > 0;) {
            carry += input[at + i] + hash[i % hash_len];
            input[at + i] = (uint8_t)carry;
            carry >>= 8;
        }
    }
}

bool derive_pkcs12(const struct derivation *from, uint8_t purpose, uint8_t *out, size_t len)
{
    size_t block = EVP_MD_block_size(from->digest), hash_len = EVP_MD_size(from->digest);
    size_t encoded_most = from->text_len * 2 + 2;
    size_t input_most = from->salt_len + encoded_most + 2 * MOST_BLOCK;
    uint8_t *encoded = memory_new(encoded_most, 1), *input = memory_new(input_most, 1);
    uint8_t purposes[MOST_BLOCK], hash[EVP_MAX_MD_SIZE];
    memset(purposes, purpose, sizeof purposes);
    size_t input_len = fill(input, from->salt, from->salt_len, block);
    input_len += fill(input + input_len, encoded, encode(from, encoded), block);
    bool ok = block <= MOST_BLOCK;
    while (ok && len > 0) {
        ok = hash_rounds(from->digest, from->rounds, purposes, block, input, input_len, hash);
        size_t part = len < hash_len ? len : hash_len;
        memcpy(out, hash, part);
        out += part;
        len -= part;
        add_to_blocks(input, input_len, block, hash, hash_len);
    }
    OPENSSL_cleanse(encoded, encoded_most);
    OPENSSL_cleanse(input, input_most);
    OPENSSL_cleanse(hash, sizeof hash);
    free(encoded);
    free(input);
    return ok;
}
