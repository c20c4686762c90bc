/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>

bool error_set(struct error *err, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    text_one_line(err->text); /* it may quote untrusted text */
    return false;
}

bool error_prefix(struct error *err, const char *prefix)
{
    struct error old = *err;
    return error_set(err, "%s: %.800s", prefix, old.text);
}

void error_print(const struct error *err)
{
    fprintf(stderr, "pinload: %s\n", err->text);
}
