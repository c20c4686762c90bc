/* SPDX-License-Identifier: Apache-2.0 */
#include "http/visible.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define ESCAPE_LEN 4
#define ELLIPSIS "..."

struct visible visible_text(const char *text)
{
    struct visible visible = {{0}};
    size_t len = 0;
    for (const unsigned char *p = (const unsigned char *)text; *p != '\0'; p++) {
        if (len + ESCAPE_LEN + strlen(ELLIPSIS) > VISIBLE_MAX_LEN) {
            memcpy(visible.text + len, ELLIPSIS, strlen(ELLIPSIS));
            break;
        }
        bool plain = *p >= 0x20 && *p < 0x7f;
        if (plain)
            visible.text[len++] = (char)*p;
        else
            len += (size_t)snprintf(visible.text + len, ESCAPE_LEN + 1, "\\x%02x", *p);
    }
    return visible;
}
