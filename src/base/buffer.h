/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A growing row of bytes. A zeroed struct is an empty buffer; memory, once grown, is kept until
 * cleanup, so that a buffer that is reused allocates nothing in steady state.
 */
#ifndef PINLOAD_BASE_BUFFER_H
#define PINLOAD_BASE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct buffer {
    uint8_t *data;
    size_t len;
    size_t capacity;
};

void buffer_append(struct buffer *buffer, const void *bytes, size_t len);
void buffer_append_text(struct buffer *buffer, const char *text);
void buffer_format(struct buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* buffer_reserve makes room for LEN more bytes and returns where they go; len is unchanged. */
uint8_t *buffer_reserve(struct buffer *buffer, size_t len);

/* buffer_clear empties the buffer and keeps its memory. */
void buffer_clear(struct buffer *buffer);

/* buffer_text returns the content as a C string, which lives until the next change. */
const char *buffer_text(struct buffer *buffer);

void buffer_cleanup(struct buffer *buffer);

/* buffer_read_file appends what is left of FILE, where that is MOST bytes or fewer; false: it is more.
 * ferror(FILE) tells of a failure to read. */
bool buffer_read_file(struct buffer *buffer, FILE *file, size_t most);

#endif
