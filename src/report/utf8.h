/* SPDX-License-Identifier: Apache-2.0 */
/*
 * File names, and strings that contain them, can be any bytes; the reports write UTF-8.
 */
#ifndef PINLOAD_REPORT_UTF8_H
#define PINLOAD_REPORT_UTF8_H

/* utf8_clean returns a copy of TEXT in which each byte that is not valid UTF-8 (RFC 3629) is
 * replaced by U+FFFD. To be freed. */
char *utf8_clean(const char *text);

#endif
