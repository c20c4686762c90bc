/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The certificates made by make-fixtures: their paths, their bytes, and openssl's figures of them.
 * A file that cannot be read ends the test.
 */
#ifndef PINLOAD_TESTS_TLS_FIXTURES_H
#define PINLOAD_TESTS_TLS_FIXTURES_H

#include "unit.h"

#define FIXTURE(name) FIXTURES "/" name

struct fixture_file {
    uint8_t bytes[131072];
    size_t len; /* a NUL follows the last byte */
};

static inline void fixture_read(struct fixture_file *file, const char *path)
{
    FILE *stream = fopen(path, "rb");
    if (stream == NULL)
        fail_msg("the fixture %s is not there", path);
    file->len = fread(file->bytes, 1, sizeof file->bytes - 1, stream);
    file->bytes[file->len] = '\0';
    fclose(stream);
}

/* fixture_write creates a file for a test, in the build directory. */
static inline void fixture_write(const char *path, const void *bytes, size_t len)
{
    FILE *stream = fopen(path, "wb");
    assert_non_null(stream);
    assert_int_equal(fwrite(bytes, 1, len, stream), len);
    assert_int_equal(fclose(stream), 0);
}

#endif
