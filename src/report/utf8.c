/* SPDX-License-Identifier: Apache-2.0 */
#include "report/utf8.h"

#include "base/buffer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REPLACEMENT "\xef\xbf\xbd"

static bool is_within(uint8_t byte, uint8_t least, uint8_t greatest)
{
    return byte >= least && byte <= greatest;
}

/* character_len returns the bytes of the character at P, 0 where there is none: the table of
 * RFC 3629, section 4. The NUL at the end of the text is in no range, so nothing is read past it. */
static size_t character_len(const uint8_t *p)
{
    static const struct {
        uint8_t first_least, first_greatest, second_least, second_greatest, len;
    } rows[] = {
        {0x01, 0x7f, 0x00, 0xff, 1}, {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
        {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
        {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (!is_within(p[0], rows[i].first_least, rows[i].first_greatest))
            continue;
        if (rows[i].len > 1 && !is_within(p[1], rows[i].second_least, rows[i].second_greatest))
            return 0;
        for (size_t k = 2; k < rows[i].len; k++) {
            if (!is_within(p[k], 0x80, 0xbf))
                return 0;
        }
        return rows[i].len;
    }
    return 0;
}

char *utf8_clean(const char *text)
{
    struct buffer buffer = {0};
    const uint8_t *p = (const uint8_t *)text;
    while (*p != '\0') {
        size_t len = character_len(p);
        if (len > 0)
            buffer_append(&buffer, p, len);
        else
            buffer_append_text(&buffer, REPLACEMENT);
        p += len > 0 ? len : 1;
    }
    buffer_append(&buffer, "", 1);
    return (char *)buffer.data;
}
