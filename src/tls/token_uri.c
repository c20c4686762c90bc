/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/token_uri.h"

#include "base/text.h"

#include <openssl/mem.h>

#include <stdio.h>
#include <string.h>

#define SCHEME "pkcs11:"
#define PIN "pin-value="

bool token_uri_is(const char *text)
{
    return text != NULL && text_starts_with(text, SCHEME);
}

const char *token_uri_pin(const char *text)
{
    const char *uri = strstr(text, SCHEME);
    const char *pin = uri != NULL ? strstr(uri, PIN) : NULL;
    return pin != NULL ? pin + strlen(PIN) : NULL;
}

const char *token_uri_shown(const char *text, char out[static TOKEN_URI_SHOWN_LEN])
{
    const char *pin = token_uri_pin(text);
    int len = pin != NULL ? (int)(pin - text) : (int)strlen(text);
    snprintf(out, TOKEN_URI_SHOWN_LEN, "%.*s%s", len < 400 ? len : 400, text,
             pin != NULL ? "***" : "");
    return out;
}

void token_uri_wipe(const char *text)
{
    const char *pin = text != NULL ? token_uri_pin(text) : NULL;
    if (pin != NULL)
        OPENSSL_cleanse((char *)pin, strlen(pin));
}
