/* SPDX-License-Identifier: Apache-2.0 */
#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

void *memory_must(void *memory)
{
    if (memory == NULL) {
        fputs("pinload: the system has no memory left\n", stderr);
        _exit(EXIT_FAILURE); /* _exit: exit handlers might allocate */
    }
    return memory;
}

bool memory_has_room(size_t len)
{
    void *room = mmap(NULL, len, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return room != MAP_FAILED && munmap(room, len) == 0;
}

void *memory_get(size_t len)
{
    return memory_must(malloc(len ? len : 1));
}

void *memory_new(size_t count, size_t size)
{
    return memory_must(calloc(count ? count : 1, size ? size : 1));
}

void *memory_resize(void *memory, size_t len)
{
    return memory_must(realloc(memory, len ? len : 1));
}

char *memory_text(const char *text)
{
    return memory_text_n(text, strlen(text));
}

char *memory_text_n(const char *text, size_t len)
{
    char *copy = memory_new(len + 1, 1);
    memcpy(copy, text, len);
    return copy;
}
