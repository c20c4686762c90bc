/* SPDX-License-Identifier: Apache-2.0 */
#include "sink_compress.h"

#include <brotli/encode.h>
#include <openssl/bytestring.h>
#include <openssl/ssl.h>
#include <zlib.h>

#include <string.h>

#define CACHE_LEN 16384 /* longer ones are compressed each time */

/* What was compressed last by an algorithm, so that a server of one certificate compresses it once. */
struct cached {
    size_t in_len, out_len;
    uint8_t in[CACHE_LEN], out[CACHE_LEN];
};

static bool give_cached(const struct cached *cached, CBB *out, const uint8_t *in, size_t in_len)
{
    return cached->out_len > 0 && cached->in_len == in_len && memcmp(cached->in, in, in_len) == 0 &&
           CBB_add_bytes(out, cached->out, cached->out_len) == 1;
}

static void keep(struct cached *cached, const uint8_t *in, size_t in_len, const uint8_t *out,
                 size_t out_len)
{
    if (in_len > CACHE_LEN || out_len > CACHE_LEN)
        return;
    memcpy(cached->in, in, in_len);
    memcpy(cached->out, out, out_len);
    cached->in_len = in_len;
    cached->out_len = out_len;
}

static int compress_brotli(SSL *ssl, CBB *out, const uint8_t *in, size_t in_len)
{
    static _Thread_local struct cached cached;
    (void)ssl;
    uint8_t *room;
    size_t len = BrotliEncoderMaxCompressedSize(in_len);
    if (give_cached(&cached, out, in, in_len))
        return 1;
    if (len == 0 || !CBB_reserve(out, &room, len) ||
        !BrotliEncoderCompress(BROTLI_MAX_QUALITY, BROTLI_DEFAULT_WINDOW, BROTLI_DEFAULT_MODE,
                               in_len, in, &len, room))
        return 0;
    keep(&cached, in, in_len, room, len);
    return CBB_did_write(out, len);
}

static int compress_zlib(SSL *ssl, CBB *out, const uint8_t *in, size_t in_len)
{
    static _Thread_local struct cached cached;
    (void)ssl;
    uint8_t *room;
    uLongf len = compressBound(in_len);
    if (give_cached(&cached, out, in, in_len))
        return 1;
    if (!CBB_reserve(out, &room, len) ||
        compress2(room, &len, in, in_len, Z_BEST_COMPRESSION) != Z_OK)
        return 0;
    keep(&cached, in, in_len, room, len);
    return CBB_did_write(out, len);
}

bool sink_compress_use(SSL_CTX *ctx, const char *list, struct error *err)
{
    static const struct {
        const char *name;
        uint16_t number;
        ssl_cert_compression_func_t compress;
    } rows[] = {{"brotli", 2, compress_brotli}, {"zlib", 1, compress_zlib}};
    for (const char *at = list;; at++) {
        size_t len = strcspn(at, ","), i = 0;
        while (i < 2 && (strlen(rows[i].name) != len || memcmp(rows[i].name, at, len) != 0))
            i++;
        if (i == 2 ||
            !SSL_CTX_add_cert_compression_alg(ctx, rows[i].number, rows[i].compress, NULL))
            return error_set(err, "--cert-compression '%s' is not brotli, zlib or both", list);
        at += len;
        if (*at == '\0')
            return true;
    }
}
