/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The identities of a page: a column for each thing that is told of them, and in place of a column in
 * which all are alike that one value, so that ten thousand take half a megabyte.
 */
#ifndef PINLOAD_REPORT_HTML_HTML_IDENTITIES_H
#define PINLOAD_REPORT_HTML_HTML_IDENTITIES_H

#include <stddef.h>

struct json_t;
struct result_identity;

/* html_identities_object returns {"count": COUNT, "columns": {PATH: [...] or the one value}}, where
 * PATH is that of the figure within an identity of the JSON result, "tls_handshake.p50". */
struct json_t *html_identities_object(const struct result_identity *const *identities,
                                      size_t count);

#endif
