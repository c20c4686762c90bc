/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/decompressor.h"

#include "tls/cert_compression.h"
#include "unit.h"

#include <brotli/encode.h>
#include <zlib.h>

#define LONGEST ((size_t)100 << 10) /* what BoringSSL takes of a certificate message */
#define BOMB ((size_t)64 << 20)

static const uint16_t algorithms[] = {CERT_COMPRESSION_BROTLI, CERT_COMPRESSION_ZLIB};

/* Compresses into memory to be freed. */
static uint8_t *compressed(uint16_t algorithm, const uint8_t *in, size_t len, size_t *out_len)
{
    uint8_t *out;
    if (algorithm == CERT_COMPRESSION_BROTLI) {
        *out_len = BrotliEncoderMaxCompressedSize(len);
        out = malloc(*out_len);
        assert_true(BrotliEncoderCompress(len > LONGEST ? 1 : 11, BROTLI_MAX_WINDOW_BITS,
                                          BROTLI_DEFAULT_MODE, len, in, out_len, out));
        return out;
    }
    uLongf zlib_len = compressBound(len);
    out = malloc(zlib_len);
    assert_int_equal(compress2(out, &zlib_len, in, len, 9), Z_OK);
    *out_len = zlib_len;
    return out;
}

/* Bytes as of certificates: partly the same again and again, partly as good as random. */
static uint8_t *like_certificates(size_t len)
{
    uint8_t *bytes = malloc(len);
    uint32_t state = 12345;
    for (size_t i = 0; i < len; i++) {
        state = state * 1664525u + 1013904223u;
        bytes[i] = i % 1024 < 500 ? (uint8_t) "O=pinload, CN=localhost, 2045"[i % 29]
                                  : (uint8_t)(state >> 24);
    }
    return bytes;
}

static void what_was_compressed_comes_back_of_every_length(void **state)
{
    (void)state;
    static const size_t lens[] = {1, 2, 700, 1500, 16384, 40000, LONGEST};
    struct decompressor *decompressor = decompressor_new();
    uint8_t *in = like_certificates(LONGEST), *back = malloc(LONGEST);
    for (size_t i = 0; i < COUNT_OF(lens) * COUNT_OF(algorithms); i++) {
        size_t len = lens[i / 2], out_len;
        uint16_t algorithm = algorithms[i % 2];
        uint8_t *out = compressed(algorithm, in, len, &out_len);
        memset(back, 0, len);
        if (!decompressor_run(decompressor, algorithm, back, len, out, out_len))
            fail_msg("algorithm %d, %zu bytes", algorithm, len);
        assert_memory_equal(back, in, len);
        free(out);
    }
    decompressor_free(decompressor);
    free(back);
    free(in);
}

static void what_is_longer_or_shorter_or_damaged_is_refused_and_the_next_one_is_not(void **state)
{
    (void)state;
    struct decompressor *decompressor = decompressor_new();
    size_t len = 1500, out_len;
    uint8_t *in = like_certificates(len), *back = malloc(len + 1);
    for (size_t i = 0; i < COUNT_OF(algorithms); i++) {
        uint16_t algorithm = algorithms[i];
        uint8_t *out = compressed(algorithm, in, len, &out_len);
        uint8_t *more = malloc(out_len + 1);
        memcpy(more, out, out_len);
        more[out_len] = 0;
        assert_false(decompressor_run(decompressor, algorithm, back, len - 1, out, out_len));
        assert_false(decompressor_run(decompressor, algorithm, back, len + 1, out, out_len));
        assert_false(decompressor_run(decompressor, algorithm, back, 0, out, out_len));
        assert_false(decompressor_run(decompressor, algorithm, back, len, more, out_len + 1));
        for (size_t cut = 0; cut < out_len; cut++)
            assert_false(decompressor_run(decompressor, algorithm, back, len, out, cut));
        assert_false(decompressor_run(decompressor, algorithm, back, len, in, len));
        assert_false(decompressor_run(decompressor, algorithms[1 - i], back, len, out, out_len));
        assert_true(decompressor_run(decompressor, algorithm, back, len, out, out_len));
        assert_memory_equal(back, in, len);
        free(more);
        free(out);
    }
    decompressor_free(decompressor);
    free(back);
    free(in);
}

/* The most resident memory in KB since it was last asked, by Linux. */
static long most_memory(void)
{
    char line[128];
    long most = 0;
    FILE *status = fopen("/proc/self/status", "r");
    while (fgets(line, sizeof line, status) != NULL)
        sscanf(line, "VmHWM: %ld kB", &most);
    fclose(status);
    FILE *reset = fopen("/proc/self/clear_refs", "w");
    assert_non_null(reset);
    fputs("5", reset);
    assert_int_equal(fclose(reset), 0);
    assert_true(most > 0);
    return most;
}

/* 64 MB of zeros that call themselves 100 KB, and others that say the truth of a huge window. */
static void a_bomb_takes_no_memory(void **state)
{
    (void)state;
    uint8_t *zeros = calloc(1, BOMB), *back = malloc(LONGEST);
    struct decompressor *decompressor = decompressor_new();
    memset(back, 1, LONGEST);
    for (size_t i = 0; i < COUNT_OF(algorithms); i++) {
        size_t out_len;
        uint8_t *out = compressed(algorithms[i], zeros, BOMB, &out_len);
        assert_true(out_len < BOMB / 500);
        most_memory();
        long before = most_memory();
        for (int times = 0; times < 20; times++)
            assert_false(
                decompressor_run(decompressor, algorithms[i], back, LONGEST, out, out_len));
        assert_true(most_memory() - before <= 2048);
        free(out);
    }
    decompressor_free(decompressor);
    free(back);
    free(zeros);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_compressed_comes_back_of_every_length),
        cmocka_unit_test(what_is_longer_or_shorter_or_damaged_is_refused_and_the_next_one_is_not),
        cmocka_unit_test(a_bomb_takes_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
