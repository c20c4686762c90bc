/* SPDX-License-Identifier: Apache-2.0 */
/*
 * File names, and what is made of them, can be any bytes; what the reports write is UTF-8.
 */
#ifndef PINLOAD_REPORT_UTF8_H
#define PINLOAD_REPORT_UTF8_H

/* utf8_clean returns a copy of TEXT in which each byte that is no UTF-8 (RFC 3629) has become
 * U+FFFD. To be freed. */
char *utf8_clean(const char *text);

#endif
