/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Allocation that does not fail: if memory runs out, the program ends with an error message and
 * EXIT_FAILURE. Everything here is released with free(). Libraries that accept an allocator are
 * given these functions.
 */
#ifndef PINLOAD_BASE_MEMORY_H
#define PINLOAD_BASE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

/* memory_get is malloc that does not fail. */
void *memory_get(size_t len);

/* memory_new returns COUNT zeroed elements of SIZE bytes, never NULL. */
void *memory_new(size_t count, size_t size);

/* memory_resize is realloc that does not fail. */
void *memory_resize(void *memory, size_t len);

/* memory_text returns a copy of TEXT. */
char *memory_text(const char *text);

/* memory_text_n returns a copy of the first LEN bytes of TEXT, with a NUL after them. */
char *memory_text_n(const char *text, size_t len);

/* memory_must returns MEMORY, which a library allocated; if it is NULL, the program ends. */
void *memory_must(void *memory);

/* memory_has_room says whether LEN more bytes could be mapped now. It is for callers that would
 * fail later without being able to report it. */
bool memory_has_room(size_t len);

#endif
