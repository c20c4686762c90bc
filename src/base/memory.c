/* SPDX-License-Identifier: Apache-2.0 */
#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *memory_must(void *memory)
{
    if (memory == NULL) {
        fputs("pinload: the system has no memory left\n", stderr);
        abort();
    }
    return memory;
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
