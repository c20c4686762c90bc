/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/pin_forms.h"

#include "tls/pinset.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define HEADER "Public-Key-Pins:"

static bool begins_with(const char *text, const char *prefix)
{
    return strncasecmp(text, prefix, strlen(prefix)) == 0;
}

static const char *skip_blanks(const char *text)
{
    return text + strspn(text, " \t");
}

/* --- OkHttp: sha256/BASE64 ------------------------------------------------------------------ */

static bool is_okhttp(const char *text)
{
    return begins_with(text, "sha256/") && text[7] != '/';
}

static bool add_okhttp(const struct pin_taker *taker, const char *text, struct error *err)
{
    uint8_t hash[PIN_DIGEST_MOST];
    const char *problem;
    if (!pin_digest_read(hash, PIN_SHA256, text + 7, strlen(text + 7), &problem))
        return error_set(err,
                         "the pin '%.120s' is not one of OkHttp's (%s); expected sha256/ and a "
                         "SHA-256 of 32 bytes in base64 (44 characters)",
                         text, problem);
    taker->take(taker->pinset, PIN_CHAIN_SPKI, PIN_SHA256, hash);
    return true;
}

/* --- RFC 7469: pin-sha256="BASE64"; pin-sha256="BASE64"; max-age=N ---------------------------- */

static bool is_header(const char *text)
{
    return begins_with(text, HEADER) || begins_with(text, "pin-sha256=");
}

/* The directive from TEXT, whose end is at ';' or LEN. Others than pins say nothing about keys. */
static bool add_directive(const struct pin_taker *taker, const char *text, size_t len,
                          bool *out_is_pin, const char **out_problem)
{
    uint8_t hash[PIN_DIGEST_MOST];
    while (len > 0 && (text[len - 1] == ' ' || text[len - 1] == '\t'))
        len--;
    *out_is_pin = len > 11 && begins_with(text, "pin-sha256=");
    if (!*out_is_pin) {
        *out_problem = "it has an unknown directive";
        return len == 0 || begins_with(text, "max-age=") || begins_with(text, "report-uri=") ||
               begins_with(text, "includeSubDomains");
    }
    text += 11;
    len -= 11;
    *out_problem = "a value is not in quotes";
    if (len < 2 || text[0] != '"' || text[len - 1] != '"' ||
        !pin_digest_read(hash, PIN_SHA256, text + 1, len - 2, out_problem))
        return false;
    taker->take(taker->pinset, PIN_CHAIN_SPKI, PIN_SHA256, hash);
    return true;
}

static bool add_header(const struct pin_taker *taker, const char *text, struct error *err)
{
    const char *at = begins_with(text, HEADER) ? text + strlen(HEADER) : text;
    const char *problem = "it has no pin";
    bool is_pin = false, has_pin = false, ok = true;
    while (ok && *(at = skip_blanks(at)) != '\0') {
        size_t len = strcspn(at, ";");
        ok = add_directive(taker, at, len, &is_pin, &problem);
        has_pin = has_pin || is_pin;
        at += len + (at[len] == ';');
    }
    if (ok && !has_pin)
        problem = "it has no pin";
    return (ok && has_pin) || error_set(err,
                                        "'%.200s' is not in the form of RFC 7469 (%s); expected "
                                        "pin-sha256=\"BASE64\" of 32 bytes, several joined by ';'",
                                        text, problem);
}

/* --- TLSA: [NAME] [TTL] [IN] TLSA 3 1 1 HEX, or the four fields alone ---------------------------- */

/* The three numbers and where the data begins. */
struct tlsa {
    unsigned usage, selector, matching;
    const char *data;
};

/* What separates the fields; a zone file may have parentheses. */
static const char *skip_between(const char *text)
{
    return text + strspn(text, " \t()");
}

static bool take_number(const char **at, unsigned *out)
{
    char *end;
    if (!isdigit((unsigned char)**at))
        return false;
    *out = (unsigned)strtoul(*at, &end, 10);
    if (*end != ' ' && *end != '\t')
        return false;
    *at = skip_between(end);
    return true;
}

static const char *fields_of(const char *text)
{
    for (const char *at = text; *at != '\0'; at += strcspn(at, " \t"), at = skip_between(at)) {
        if (begins_with(at, "TLSA") && (at[4] == ' ' || at[4] == '\t'))
            return skip_between(at + 4);
    }
    return text;
}

static bool split_tlsa(struct tlsa *tlsa, const char *text)
{
    const char *at = fields_of(text);
    bool is_one = take_number(&at, &tlsa->usage) && take_number(&at, &tlsa->selector) &&
                  take_number(&at, &tlsa->matching);
    tlsa->data = at;
    return is_one;
}

static const char *problem_of(const struct tlsa *tlsa)
{
    if (tlsa->usage == 0 || tlsa->usage == 1)
        return "usages 0 and 1 limit a chain of public CAs";
    if (tlsa->usage > 3)
        return "there is no such usage";
    if (tlsa->selector > 1)
        return "there is no such selector";
    if (tlsa->matching == 0)
        return "matching type 0 is the whole certificate or key, not a hash";
    return tlsa->matching > 2 ? "there is no such matching type" : NULL;
}

/* Data in hex, which dig breaks into words and zone files may put in parentheses. */
static const char *read_data(uint8_t hash[static PIN_DIGEST_MOST], enum pin_digest digest,
                             const char *data)
{
    char hex[2 * PIN_DIGEST_MOST + 1];
    const char *problem;
    size_t len = 0;
    for (; *data != '\0'; data++) {
        if (strchr(" \t()", *data) != NULL)
            continue;
        if (!isxdigit((unsigned char)*data))
            return "its data is not hex";
        if (len == 2 * pin_digest_len(digest))
            return "its data is too long";
        hex[len++] = *data;
    }
    if (len < 2 * pin_digest_len(digest))
        return "its data is too short";
    return pin_digest_read(hash, digest, hex, len, &problem) ? NULL : problem;
}

static bool add_tlsa(const struct pin_taker *taker, const char *text, struct error *err)
{
    static const enum pin_kind kinds[2][2] = {{PIN_CA, PIN_CA_SPKI}, {PIN_CERT, PIN_SPKI}};
    uint8_t hash[PIN_DIGEST_MOST];
    struct tlsa tlsa;
    const char *problem = split_tlsa(&tlsa, text) ? problem_of(&tlsa) : "its numbers are missing";
    enum pin_digest digest = problem == NULL && tlsa.matching == 2 ? PIN_SHA512 : PIN_SHA256;
    if (problem == NULL)
        problem = read_data(hash, digest, tlsa.data);
    if (problem != NULL)
        return error_set(err,
                         "the TLSA record '%.200s' is not a pin (%s); expected usage 2 or 3, "
                         "selector 0 or 1, matching type 1 or 2, and the hash in hex, such as "
                         "'3 1 1 HEX'",
                         text, problem);
    taker->take(taker->pinset, kinds[tlsa.usage - 2][tlsa.selector], digest, hash);
    return true;
}

static bool is_tlsa(const char *text)
{
    struct tlsa tlsa;
    return fields_of(text) != text || split_tlsa(&tlsa, text);
}

bool pin_forms_has(const char *text)
{
    return is_okhttp(text) || is_header(text) || is_tlsa(text);
}

bool pin_forms_add(const struct pin_taker *taker, const char *text, struct error *err)
{
    if (is_okhttp(text))
        return add_okhttp(taker, text, err);
    return is_header(text) ? add_header(taker, text, err) : add_tlsa(taker, text, err);
}
