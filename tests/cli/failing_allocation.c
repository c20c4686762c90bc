/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Linked into a pinload of the tests: replaces malloc, for libc itself as well, and the jemalloc
 * functions that BoringSSL is given. The allocation with the number in FAIL_AT, counted from 0,
 * fails; a byte is then written to descriptor FAIL_FD.
 */
#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

void *__libc_malloc(size_t len);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t len);
void *__libc_memalign(size_t alignment, size_t len);
void __libc_free(void *memory);
void *mallocx(size_t len, int flags);
size_t nallocx(size_t len, int flags);
size_t sallocx(const void *memory, int flags);
void sdallocx(void *memory, size_t len, int flags);

static _Atomic long left = -1; /* allocations before the one that fails; below 0: none fails */

/* The environment is available before any constructor allocates, and there are no threads yet. */
static void look_at_environment(void)
{
    static bool has_looked;
    if (has_looked)
        return;
    has_looked = true;
    const char *text = getenv("FAIL_AT");
    if (text != NULL)
        left = atol(text);
}

static bool fails(void)
{
    look_at_environment();
    if (left < 0 || atomic_fetch_sub(&left, 1) != 0)
        return false;
    const char *fd = getenv("FAIL_FD");
    if (fd != NULL && write(atoi(fd), "!", 1) != 1)
        abort();
    errno = ENOMEM;
    return true;
}

void *malloc(size_t len)
{
    return fails() ? NULL : __libc_malloc(len);
}

void *calloc(size_t count, size_t size)
{
    return fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *memory, size_t len)
{
    return fails() ? NULL : __libc_realloc(memory, len);
}

void *aligned_alloc(size_t alignment, size_t len)
{
    return fails() ? NULL : __libc_memalign(alignment, len);
}

int posix_memalign(void **out_memory, size_t alignment, size_t len)
{
    *out_memory = aligned_alloc(alignment, len);
    return *out_memory == NULL ? ENOMEM : 0;
}

void free(void *memory)
{
    __libc_free(memory);
}

/* BoringSSL asks for the size of its blocks: it is stored in front of each. */
union length {
    size_t len;
    max_align_t align;
};

void *mallocx(size_t len, int flags)
{
    (void)flags;
    union length *block = malloc(sizeof *block + len);
    if (block == NULL)
        return NULL;
    block->len = len;
    return block + 1;
}

size_t nallocx(size_t len, int flags)
{
    (void)flags;
    return len;
}

size_t sallocx(const void *memory, int flags)
{
    (void)flags;
    return ((const union length *)memory - 1)->len;
}

void sdallocx(void *memory, size_t len, int flags)
{
    (void)len, (void)flags;
    free((union length *)memory - 1);
}
