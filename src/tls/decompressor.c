/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/decompressor.h"

#include "base/memory.h"
#include "tls/cert_compression.h"

#include <brotli/decode.h>
#include <zlib.h>

#include <stdalign.h>
#include <stdlib.h>

/* What brotli may have for one certificate: its state, its tables, and a window that is no longer
 * than what is left to come, as that says of itself. Pages that were never needed are never there. */
#define ROOM_LEN ((size_t)1 << 20)

struct decompressor {
    z_stream zlib;
    uint8_t *room;
    size_t room_used;
};

static void *zlib_alloc(void *opaque, unsigned count, unsigned size)
{
    (void)opaque;
    return memory_new(count, size);
}

static void zlib_free(void *opaque, void *memory)
{
    (void)opaque;
    free(memory);
}

/* Brotli's memory is one row, given out from its begin and taken back as a whole. */

static void *brotli_alloc(void *opaque, size_t size)
{
    struct decompressor *decompressor = opaque;
    size_t left = ROOM_LEN - decompressor->room_used;
    if (size > left || left - size < alignof(max_align_t))
        return NULL;
    void *memory = decompressor->room + decompressor->room_used;
    decompressor->room_used += (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    return memory;
}

static void brotli_free(void *opaque, void *memory)
{
    (void)opaque, (void)memory;
}

struct decompressor *decompressor_new(void)
{
    struct decompressor *decompressor = memory_new(1, sizeof *decompressor);
    decompressor->zlib = (z_stream){.zalloc = zlib_alloc, .zfree = zlib_free};
    if (inflateInit(&decompressor->zlib) != Z_OK) /* another zlib than that of its header */
        memory_must(NULL);
    decompressor->room = memory_new(1, ROOM_LEN);
    return decompressor;
}

void decompressor_free(struct decompressor *decompressor)
{
    if (decompressor == NULL)
        return;
    inflateEnd(&decompressor->zlib);
    free(decompressor->room);
    free(decompressor);
}

static bool run_zlib(struct decompressor *decompressor, uint8_t *out, size_t out_len,
                     const uint8_t *in, size_t in_len)
{
    z_stream *zlib = &decompressor->zlib;
    inflateReset(zlib);
    zlib->next_in = (uint8_t *)in; /* which it only reads */
    zlib->avail_in = (uInt)in_len;
    zlib->next_out = out;
    zlib->avail_out = (uInt)out_len;
    return inflate(zlib, Z_FINISH) == Z_STREAM_END && zlib->avail_in == 0 && zlib->avail_out == 0;
}

static bool run_brotli(struct decompressor *decompressor, uint8_t *out, size_t out_len,
                       const uint8_t *in, size_t in_len)
{
    decompressor->room_used = 0;
    BrotliDecoderState *brotli =
        BrotliDecoderCreateInstance(brotli_alloc, brotli_free, decompressor);
    if (brotli == NULL)
        return false;
    BrotliDecoderResult result =
        BrotliDecoderDecompressStream(brotli, &in_len, &in, &out_len, &out, NULL);
    BrotliDecoderDestroyInstance(brotli);
    return result == BROTLI_DECODER_RESULT_SUCCESS && in_len == 0 && out_len == 0;
}

bool decompressor_run(struct decompressor *decompressor, uint16_t algorithm, uint8_t *out,
                      size_t out_len, const uint8_t *in, size_t in_len)
{
    if (out_len > UINT32_MAX || in_len > UINT32_MAX)
        return false;
    return algorithm == CERT_COMPRESSION_BROTLI ? run_brotli(decompressor, out, out_len, in, in_len)
                                                : run_zlib(decompressor, out, out_len, in, in_len);
}
