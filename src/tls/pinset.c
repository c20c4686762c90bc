/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/pinset.h"

#include "base/buffer.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "tls/certificate.h"
#include "tls/pin_forms.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ACCEPTED                                                                                   \
    "expected cert-sha256:, spki-sha256: or ca-sha256: and a SHA-256 of 32 bytes in base64 (44 "   \
    "characters) or hex (64 digits); the value alone is cert-sha256:; or a "                       \
    "form of OkHttp, RFC 7469 or TLSA (docs/pins.md)"

#define MOST_FILE_BYTES ((size_t)16 << 20)

struct pin {
    uint8_t hash[PIN_DIGEST_MOST];
    enum pin_kind kind;
    enum pin_digest digest;
};

/* Pins in the order of adding, and an open-addressed table of their indexes (plus one; zero is
 * empty), at most half full. A fingerprint is its own hash. */
struct pinset {
    struct pin *pins;
    size_t count;
    uint32_t *table;
    size_t table_len;
    size_t count_of[NUM_PIN_KINDS][NUM_PIN_DIGESTS];
};

static const char *const kind_names[NUM_PIN_KINDS] = {
    [PIN_CERT] = "cert-sha256",
    [PIN_SPKI] = "spki-sha256",
    [PIN_CA] = "ca-sha256",
    [PIN_CA_SPKI] = "ca-spki-sha256",
    [PIN_CHAIN_SPKI] = "chain-spki-sha256",
};

const char *pin_kind_name(enum pin_kind kind)
{
    return kind_names[kind];
}

struct pinset *pinset_new(void)
{
    return memory_new(1, sizeof(struct pinset));
}

void pinset_free(struct pinset *pinset)
{
    if (pinset == NULL)
        return;
    free(pinset->pins);
    free(pinset->table);
    free(pinset);
}

size_t pinset_count(const struct pinset *pinset)
{
    return pinset->count;
}

bool pinset_has(const struct pinset *pinset, enum pin_kind kind)
{
    for (int digest = 0; digest < NUM_PIN_DIGESTS; digest++) {
        if (pinset->count_of[kind][digest] > 0)
            return true;
    }
    return false;
}

bool pinset_has_digest(const struct pinset *pinset, enum pin_kind kind, enum pin_digest digest)
{
    return pinset->count_of[kind][digest] > 0;
}

bool pinset_needs_chain(const struct pinset *pinset)
{
    return pinset_has(pinset, PIN_CA) || pinset_has(pinset, PIN_CA_SPKI);
}

bool pinset_has_issuers(const struct pinset *pinset)
{
    return pinset_needs_chain(pinset) || pinset_has(pinset, PIN_CHAIN_SPKI);
}

static size_t place_of(const struct pinset *pinset, enum pin_kind kind, const uint8_t *bytes)
{
    uint64_t hash;
    memcpy(&hash, bytes, sizeof hash);
    return (size_t)(hash + kind) & (pinset->table_len - 1);
}

static int find(const struct pinset *pinset, enum pin_kind kind, enum pin_digest digest,
                const uint8_t *hash)
{
    if (pinset->count_of[kind][digest] == 0)
        return -1;
    for (size_t i = place_of(pinset, kind, hash); pinset->table[i] != 0;
         i = (i + 1) & (pinset->table_len - 1)) {
        const struct pin *pin = &pinset->pins[pinset->table[i] - 1];
        if (pin->kind == kind && pin->digest == digest &&
            memcmp(pin->hash, hash, pin_digest_len(digest)) == 0)
            return (int)pinset->table[i] - 1;
    }
    return -1;
}

int pinset_find(const struct pinset *pinset, enum pin_kind kind,
                const uint8_t fingerprint[static FINGERPRINT_LEN])
{
    return find(pinset, kind, PIN_SHA256, fingerprint);
}

static void enter(struct pinset *pinset, size_t index)
{
    const struct pin *pin = &pinset->pins[index];
    size_t i = place_of(pinset, pin->kind, pin->hash);
    while (pinset->table[i] != 0)
        i = (i + 1) & (pinset->table_len - 1);
    pinset->table[i] = (uint32_t)index + 1;
}

static void grow(struct pinset *pinset)
{
    pinset->table_len = pinset->table_len ? pinset->table_len * 2 : 16;
    free(pinset->table);
    pinset->table = memory_new(pinset->table_len, sizeof *pinset->table);
    pinset->pins = memory_resize(pinset->pins, pinset->table_len / 2 * sizeof *pinset->pins);
    for (size_t i = 0; i < pinset->count; i++)
        enter(pinset, i);
}

void pinset_add_digest(struct pinset *pinset, enum pin_kind kind, enum pin_digest digest,
                       const uint8_t *hash)
{
    if (find(pinset, kind, digest, hash) >= 0)
        return;
    if (pinset->count == pinset->table_len / 2)
        grow(pinset);
    struct pin *pin = &pinset->pins[pinset->count];
    *pin = (struct pin){.kind = kind, .digest = digest};
    memcpy(pin->hash, hash, pin_digest_len(digest));
    enter(pinset, pinset->count++);
    pinset->count_of[kind][digest]++;
}

void pinset_add_fingerprint(struct pinset *pinset, enum pin_kind kind,
                            const uint8_t fingerprint[static FINGERPRINT_LEN])
{
    pinset_add_digest(pinset, kind, PIN_SHA256, fingerprint);
}

/* The length of "KIND-DIGEST:" at the beginning of TEXT, or 0. */
static size_t prefix_len(const char *text, enum pin_kind kind, enum pin_digest digest)
{
    char prefix[32];
    int stem = (int)(strlen(kind_names[kind]) - strlen("sha256"));
    int len =
        snprintf(prefix, sizeof prefix, "%.*s%s:", stem, kind_names[kind], pin_digest_name(digest));
    return strncasecmp(text, prefix, (size_t)len) == 0 ? (size_t)len : 0;
}

/* Splits "KIND-DIGEST:VALUE"; a text without a kind is a bare value. */
static bool split_kind(const char *text, enum pin_kind *out_kind, enum pin_digest *out_digest,
                       const char **out_value)
{
    for (int i = 0; i < NUM_PIN_KINDS * NUM_PIN_DIGESTS; i++) {
        *out_kind = (enum pin_kind)(i / NUM_PIN_DIGESTS);
        *out_digest = (enum pin_digest)(i % NUM_PIN_DIGESTS);
        size_t len = prefix_len(text, *out_kind, *out_digest);
        *out_value = text + len;
        if (len > 0)
            return true;
    }
    *out_kind = PIN_CERT;
    *out_digest = PIN_SHA256;
    return strncasecmp(text, "sha256//", 8) != 0 && strstr(text, "-sha256:") == NULL &&
           strstr(text, "-sha384:") == NULL && strstr(text, "-sha512:") == NULL &&
           strncasecmp(text, "sha256:", 7) != 0 && strncasecmp(text, "sha1:", 5) != 0;
}

bool pinset_add(struct pinset *pinset, const char *text, struct error *err)
{
    enum pin_kind kind;
    enum pin_digest digest;
    const char *value, *problem;
    uint8_t hash[PIN_DIGEST_MOST];
    const struct pin_taker taker = {pinset_add_digest, pinset};
    if (text[0] == '\0')
        return error_set(err, "the pin '' is empty; " ACCEPTED);
    if (pin_forms_has(text))
        return pin_forms_add(&taker, text, err);
    if (!split_kind(text, &kind, &digest, &value))
        return error_set(err, "the pin '%.120s' is of an unknown kind; " ACCEPTED, text);
    if (!pin_digest_read(hash, digest, value, strlen(value), &problem))
        return error_set(err, "the pin '%.200s' is not a %s (%s); " ACCEPTED, text,
                         digest == PIN_SHA256   ? "fingerprint"
                         : digest == PIN_SHA384 ? "SHA-384 of 48 bytes"
                                                : "SHA-512 of 64 bytes",
                         problem);
    pinset_add_digest(pinset, kind, digest, hash);
    return true;
}

bool pinset_add_curl(struct pinset *pinset, const char *text, struct error *err)
{
    const char *p = text;
    while (*p != '\0') {
        const char *problem = "it does not begin with sha256//";
        size_t len = strcspn(p, ";");
        uint8_t fingerprint[FINGERPRINT_LEN];
        if (strncmp(p, "sha256//", 8) != 0 || len < 8 ||
            !fingerprint_read(fingerprint, p + 8, len - 8, &problem))
            break;
        pinset_add_fingerprint(pinset, PIN_SPKI, fingerprint);
        p += len;
        if (*p == '\0')
            return true;
        p++;
        if (*p == '\0')
            return true;
    }
    return error_set(
        err,
        "'%.200s' is not a list of public key pins; expected curl's format, sha256//BASE64 of 32 "
        "bytes, several joined by ';'",
        text);
}

static char *trim(char *line)
{
    line[strcspn(line, "#\r\n")] = '\0';
    if (*line == ';')
        *line = '\0';
    while (*line == ' ' || *line == '\t')
        line++;
    size_t len = strlen(line);
    while (len > 0 && (line[len - 1] == ' ' || line[len - 1] == '\t'))
        line[--len] = '\0';
    return line;
}

static bool add_line(struct pinset *pinset, const char *text, const char *path,
                     unsigned line_number, struct error *err)
{
    char place[512];
    if (pinset_add(pinset, text, err))
        return true;
    snprintf(place, sizeof place, "%.400s, line %u", path, line_number);
    return error_prefix(err, place);
}

static bool add_lines(struct pinset *pinset, FILE *file, const char *path, struct error *err)
{
    char *line = NULL;
    size_t capacity = 0, num_pins = 0;
    bool ok = true;
    for (unsigned line_number = 1; ok && file != NULL && getline(&line, &capacity, file) >= 0;
         line_number++) {
        const char *text = trim(line + (line_number == 1 ? text_mark_len(line, strlen(line)) : 0));
        if (*text == '\0')
            continue;
        ok = add_line(pinset, text, path, line_number, err);
        num_pins++;
    }
    free(line);
    if (!ok)
        return false;
    if (num_pins == 0)
        return error_set(err, "the pin file '%s' has no pin; expected one pin per line", path);
    return true;
}

bool pinset_add_file(struct pinset *pinset, const char *path, struct error *err)
{
    const struct file_role role = {"the pin file", path, MOST_FILE_BYTES,
                                   "expected one pin per line"};
    struct buffer text = {0};
    bool ok = file_read(&text, &role, err);
    FILE *lines = ok && text.len > 0 ? fmemopen(text.data, text.len, "r") : NULL;
    ok = ok && add_lines(pinset, lines, path, err);
    if (lines != NULL)
        fclose(lines);
    buffer_cleanup(&text);
    return ok;
}

void pinset_text(const struct pinset *pinset, size_t index, char out[static PIN_TEXT_LEN])
{
    const struct pin *pin = &pinset->pins[index];
    char base64[PIN_DIGEST_BASE64_MOST + 1];
    int stem = (int)(strlen(kind_names[pin->kind]) - strlen("sha256"));
    pin_digest_base64(base64, pin->digest, pin->hash);
    snprintf(out, PIN_TEXT_LEN, "%.*s%s:%s", stem, kind_names[pin->kind],
             pin_digest_name(pin->digest), base64);
}

/* The index of a pin of KIND or OTHER that is a hash of the bytes, or -1. Only the digests for which
 * there are pins are computed. */
static int match(const struct pinset *pinset, enum pin_kind kind, enum pin_kind other,
                 const uint8_t *bytes, size_t len)
{
    uint8_t hash[PIN_DIGEST_MOST];
    for (int i = 0; i < NUM_PIN_DIGESTS; i++) {
        enum pin_digest digest = (enum pin_digest)i;
        if (pinset->count_of[kind][i] == 0 && pinset->count_of[other][i] == 0)
            continue;
        pin_digest_of(hash, digest, bytes, len);
        int index = find(pinset, kind, digest, hash);
        if (index < 0 && other != kind)
            index = find(pinset, other, digest, hash);
        if (index >= 0)
            return index;
    }
    return -1;
}

/* A certificate's pin, of its whole DER or else of its key. */
static int match_certificate(const struct pinset *pinset, enum pin_kind whole, enum pin_kind key,
                             const uint8_t *der, size_t der_len)
{
    const uint8_t *spki;
    size_t spki_len;
    int index = match(pinset, whole, whole, der, der_len);
    if (index >= 0 || (!pinset_has(pinset, key) && !pinset_has(pinset, PIN_CHAIN_SPKI)) ||
        !certificate_spki(der, der_len, &spki, &spki_len))
        return index;
    return match(pinset, key, PIN_CHAIN_SPKI, spki, spki_len);
}

int pinset_match_leaf(const struct pinset *pinset, const uint8_t *der, size_t der_len)
{
    return match_certificate(pinset, PIN_CERT, PIN_SPKI, der, der_len);
}

int pinset_match_issuer(const struct pinset *pinset, const uint8_t *der, size_t der_len)
{
    return match_certificate(pinset, PIN_CA, PIN_CA_SPKI, der, der_len);
}

int pinset_match_key(const struct pinset *pinset, const uint8_t *der, size_t der_len)
{
    return match(pinset, PIN_SPKI, PIN_CHAIN_SPKI, der, der_len);
}

int pinset_find_anywhere(const struct pinset *pinset, const uint8_t *der, size_t der_len)
{
    int index = pinset_match_leaf(pinset, der, der_len);
    return index >= 0 ? index : pinset_match_issuer(pinset, der, der_len);
}
