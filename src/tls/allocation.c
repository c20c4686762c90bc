/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/allocation.h"

#include "base/memory.h"

#include <malloc.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* BoringSSL (crypto/mem.c) uses these if they are defined; it declares them internally. Without
 * them it puts the length in front of each block, which pushes large ones into the next size class.
 * They do not fail, so nothing in BoringSSL fails for lack of memory. */
void *OPENSSL_memory_alloc(size_t size);
void OPENSSL_memory_free(void *memory);
size_t OPENSSL_memory_get_size(void *memory);

#ifdef PINLOAD_JEMALLOC

#include <jemalloc/jemalloc.h>

/* jemalloc's settings, under the name that it looks for: empty pages go back to the system within
 * one second instead of ten, so that memory measured during a hold is that of the sessions held. */
const char *malloc_conf = "background_thread:true,dirty_decay_ms:1000,muzzy_decay_ms:0";

static _Thread_local bool keep_next;

void allocation_keep_next(void)
{
    keep_next = true;
}

/* An SSL and its copy of the context's certificates for the handshake are in the same size class of
 * jemalloc, so that each page would be half empty after the handshake. Nothing else uses the next
 * class. */
static size_t size_of_kept(size_t size)
{
    return nallocx(size, 0) + 1;
}

void *OPENSSL_memory_alloc(size_t size)
{
    if (size == 0)
        size = 1;
    if (keep_next)
        size = size_of_kept(size);
    keep_next = false;
    return memory_must(mallocx(size, 0));
}

/* The block may have held a key: this hook must wipe it. */
void OPENSSL_memory_free(void *memory)
{
    size_t size = sallocx(memory, 0);
    explicit_bzero(memory, size);
    sdallocx(memory, size, 0);
}

size_t OPENSSL_memory_get_size(void *memory)
{
    return sallocx(memory, 0);
}

#else

void allocation_keep_next(void)
{
}

void *OPENSSL_memory_alloc(size_t size)
{
    return memory_get(size);
}

void OPENSSL_memory_free(void *memory)
{
    explicit_bzero(memory, malloc_usable_size(memory));
    free(memory);
}

size_t OPENSSL_memory_get_size(void *memory)
{
    return malloc_usable_size(memory);
}

#endif
