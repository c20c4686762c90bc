/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Allocation that does not fail: where the system has no memory left, the program ends with one
 * sentence and EXIT_FAILURE. Everything here is released with free(). The libraries are given these
 * for their own allocator where they take one.
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

/* memory_text_n returns a copy of the first LEN bytes of TEXT, with a NUL behind them. */
char *memory_text_n(const char *text, size_t len);

/* memory_must returns MEMORY, which a library allocated; where that is NULL, the program ends. */
void *memory_must(void *memory);

/* memory_has_room says whether LEN bytes more could be mapped now, which is told where what would
 * find no room has no way to say so. */
bool memory_has_room(size_t len);

#endif
