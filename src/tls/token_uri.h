/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text of a PKCS#11 URI (RFC 7512), as far as it is known without asking a token: that it is
 * one, and where its PIN is. What it means is p11-kit's to say (tls/tokens.h).
 */
#ifndef PINLOAD_TLS_TOKEN_URI_H
#define PINLOAD_TLS_TOKEN_URI_H

#include <stdbool.h>

#define TOKEN_URI_SHOWN_LEN 512

/* token_uri_is says whether TEXT (or NULL) names something in a token, and no file. */
bool token_uri_is(const char *text);

/* token_uri_pin returns where the PIN of a URI within TEXT begins (pin-value=); NULL: it has
 * none. */
const char *token_uri_pin(const char *text);

/* token_uri_shown writes TEXT as messages show it: "***" in place of a PIN and what follows it. */
const char *token_uri_shown(const char *text, char out[static TOKEN_URI_SHOWN_LEN]);

/* token_uri_wipe overwrites the PIN of TEXT, which must be writable memory; NULL and a text without
 * one are left alone. */
void token_uri_wipe(const char *text);

#endif
