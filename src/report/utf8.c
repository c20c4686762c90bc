/* SPDX-License-Identifier: Apache-2.0 */
#include "report/utf8.h"

#include "base/buffer.h"
#include "base/text.h"

#include <stddef.h>
#include <stdint.h>

#define REPLACEMENT "\xef\xbf\xbd"

char *utf8_clean(const char *text)
{
    struct buffer buffer = {0};
    const uint8_t *p = (const uint8_t *)text;
    while (*p != '\0') {
        size_t len = text_character_len(p);
        if (len > 0)
            buffer_append(&buffer, p, len);
        else
            buffer_append_text(&buffer, REPLACEMENT);
        p += len > 0 ? len : 1;
    }
    buffer_append(&buffer, "", 1);
    return (char *)buffer.data;
}
