/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A growable byte buffer. A zeroed struct is an empty buffer. Its memory is kept until cleanup, so
 * a buffer that is reused allocates nothing in steady state.
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

/* buffer_reserve makes room for LEN more bytes and returns where to write them; len is
 * unchanged. */
uint8_t *buffer_reserve(struct buffer *buffer, size_t len);

/* buffer_clear empties the buffer and keeps its memory. */
void buffer_clear(struct buffer *buffer);

/* buffer_text returns the content as a C string, valid until the next change. */
const char *buffer_text(struct buffer *buffer);

void buffer_cleanup(struct buffer *buffer);

/* buffer_read_file appends the rest of FILE, if it is at most MOST bytes; false: it is longer.
 * ferror(FILE) tells whether reading failed. */
bool buffer_read_file(struct buffer *buffer, FILE *file, size_t most);

#endif
