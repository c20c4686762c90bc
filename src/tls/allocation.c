/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where BoringSSL's memory comes from. Most of what a session allocates is gone once its handshake
 * is complete, and with many handshakes at once glibc's allocator leaves as much memory in holes
 * between open sessions as these take. jemalloc, which stands in for malloc in the whole program,
 * keeps sizes apart and gives back what is empty. BoringSSL would put the length in front of each
 * block, which pushes its large ones into the next size: these hooks (crypto/mem.c) ask jemalloc
 * for it. A build without jemalloc, as one with sanitizers, leaves BoringSSL to malloc.
 */
#ifdef PINLOAD_JEMALLOC

#include <jemalloc/jemalloc.h>

#include <stddef.h>
#include <string.h>

/* jemalloc's own settings, by its own name for them: pages that are empty go back to the system
 * within a second, not ten, so that memory measured in a hold is that of the sessions held. */
const char *malloc_conf = "background_thread:true,dirty_decay_ms:1000,muzzy_decay_ms:0";

/* BoringSSL declares them to itself alone. */
void *OPENSSL_memory_alloc(size_t size);
void OPENSSL_memory_free(void *memory);
size_t OPENSSL_memory_get_size(void *memory);

void *OPENSSL_memory_alloc(size_t size)
{
    return mallocx(size > 0 ? size : 1, 0);
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
typedef int allocation_is_malloc; /* ISO C wants a declaration in each file */
#endif
