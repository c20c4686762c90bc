/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/allocation.h"

#include "base/memory.h"

#include <malloc.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* BoringSSL (crypto/mem.c) takes these where they are there, and declares them to itself alone.
 * Without them it puts the length in front of each block, which pushes large ones into the next
 * size. They do not fail, and so nothing of BoringSSL's fails for want of memory. */
void *OPENSSL_memory_alloc(size_t size);
void OPENSSL_memory_free(void *memory);
size_t OPENSSL_memory_get_size(void *memory);

#ifdef PINLOAD_JEMALLOC

#include <jemalloc/jemalloc.h>

/* jemalloc's own settings, by its own name for them: pages that are empty go back to the system
 * within a second, not ten, so that memory measured in a hold is that of the sessions held. */
const char *malloc_conf = "background_thread:true,dirty_decay_ms:1000,muzzy_decay_ms:0";

static _Thread_local bool keep_next;

void allocation_keep_next(void)
{
    keep_next = true;
}

/* An SSL and the copy of its context's certificates that it has for the handshake are of one size
 * to jemalloc, so that each page would be half empty afterwards. The next size up is nobody's. */
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

/* What is freed may have been a key: it is for the hook to wipe it. */
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
