/* SPDX-License-Identifier: Apache-2.0 */
#include "base/notices.h"

#include "base/memory.h"
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void notices_add(struct notices *notices, const char *format, ...)
{
    char text[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    notices->texts = memory_resize(notices->texts, (notices->count + 1) * sizeof *notices->texts);
    notices->texts[notices->count++] = memory_text(text_one_line(text));
}

void notices_print(const struct notices *notices, size_t most)
{
    for (size_t i = 0; i < notices->count && i < most; i++)
        fprintf(stderr, "pinload: warning: %s\n", notices->texts[i]);
    if (notices->count > most)
        fprintf(stderr, "pinload: warning: and %zu more warnings\n", notices->count - most);
}

void notices_cleanup(struct notices *notices)
{
    for (size_t i = 0; i < notices->count; i++)
        free(notices->texts[i]);
    free(notices->texts);
    *notices = (struct notices){0};
}
