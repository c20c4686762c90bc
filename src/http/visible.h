/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Untrusted text made safe to quote in a message: control characters and non-ASCII bytes become
 * \xNN, and long text is truncated.
 */
#ifndef PINLOAD_HTTP_VISIBLE_H
#define PINLOAD_HTTP_VISIBLE_H

#include <stddef.h>

#define VISIBLE_MAX_LEN 240

struct visible {
    char text[VISIBLE_MAX_LEN + 1];
};

/* visible_text returns the first bytes of TEXT in their visible form, by value. */
struct visible visible_text(const char *text);

#endif
