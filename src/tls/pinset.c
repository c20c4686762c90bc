/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/pinset.h"

#include "base/buffer.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ACCEPTED                                                                                   \
    "expected cert-sha256:, spki-sha256: or ca-sha256: and a SHA-256 of 32 bytes in base64 (44 "   \
    "characters) or hex (64 digits); the value alone is cert-sha256:"

#define MOST_FILE_BYTES ((size_t)16 << 20)

struct pin {
    uint8_t fingerprint[FINGERPRINT_LEN];
    enum pin_kind kind;
};

/* Pins in the order of adding, and an open-addressed table of their indexes (plus one; zero is
 * empty), at most half full. A fingerprint is its own hash. */
struct pinset {
    struct pin *pins;
    size_t count;
    uint32_t *table;
    size_t table_len;
    size_t count_of[NUM_PIN_KINDS];
};

static const char *const kind_names[NUM_PIN_KINDS] = {
    [PIN_CERT] = "cert-sha256", [PIN_SPKI] = "spki-sha256", [PIN_CA] = "ca-sha256"};

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
    return pinset->count_of[kind] > 0;
}

static size_t place_of(const struct pinset *pinset, enum pin_kind kind, const uint8_t *fingerprint)
{
    uint64_t hash;
    memcpy(&hash, fingerprint, sizeof hash);
    return (size_t)(hash + kind) & (pinset->table_len - 1);
}

int pinset_find(const struct pinset *pinset, enum pin_kind kind,
                const uint8_t fingerprint[static FINGERPRINT_LEN])
{
    if (pinset->count_of[kind] == 0)
        return -1;
    for (size_t i = place_of(pinset, kind, fingerprint); pinset->table[i] != 0;
         i = (i + 1) & (pinset->table_len - 1)) {
        const struct pin *pin = &pinset->pins[pinset->table[i] - 1];
        if (pin->kind == kind && memcmp(pin->fingerprint, fingerprint, FINGERPRINT_LEN) == 0)
            return (int)pinset->table[i] - 1;
    }
    return -1;
}

static void enter(struct pinset *pinset, size_t index)
{
    const struct pin *pin = &pinset->pins[index];
    size_t i = place_of(pinset, pin->kind, pin->fingerprint);
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

void pinset_add_fingerprint(struct pinset *pinset, enum pin_kind kind,
                            const uint8_t fingerprint[static FINGERPRINT_LEN])
{
    if (pinset_find(pinset, kind, fingerprint) >= 0)
        return;
    if (pinset->count == pinset->table_len / 2)
        grow(pinset);
    struct pin *pin = &pinset->pins[pinset->count];
    pin->kind = kind;
    memcpy(pin->fingerprint, fingerprint, FINGERPRINT_LEN);
    enter(pinset, pinset->count++);
    pinset->count_of[kind]++;
}

/* Splits "KIND:VALUE"; a text without a kind is a bare value. */
static bool split_kind(const char *text, enum pin_kind *out_kind, const char **out_value)
{
    for (int kind = 0; kind < NUM_PIN_KINDS; kind++) {
        size_t len = strlen(kind_names[kind]);
        if (strncasecmp(text, kind_names[kind], len) == 0 && text[len] == ':') {
            *out_kind = (enum pin_kind)kind;
            *out_value = text + len + 1;
            return true;
        }
    }
    *out_kind = PIN_CERT;
    *out_value = text;
    return strncasecmp(text, "sha256//", 8) != 0 && strstr(text, "-sha256:") == NULL &&
           strncasecmp(text, "sha256:", 7) != 0 && strncasecmp(text, "sha1:", 5) != 0;
}

bool pinset_add(struct pinset *pinset, const char *text, struct error *err)
{
    enum pin_kind kind;
    const char *value, *problem;
    uint8_t fingerprint[FINGERPRINT_LEN];
    if (text[0] == '\0')
        return error_set(err, "the pin '' is empty; " ACCEPTED);
    if (!split_kind(text, &kind, &value))
        return error_set(err, "the pin '%.120s' is of an unknown kind; " ACCEPTED, text);
    if (!fingerprint_read(fingerprint, value, strlen(value), &problem))
        return error_set(err, "the pin '%.120s' is not a fingerprint (%s); " ACCEPTED, text,
                         problem);
    pinset_add_fingerprint(pinset, kind, fingerprint);
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
    char base64[FINGERPRINT_BASE64_LEN + 1];
    fingerprint_base64(base64, pinset->pins[index].fingerprint);
    snprintf(out, PIN_TEXT_LEN, "%s:%s", kind_names[pinset->pins[index].kind], base64);
}

int pinset_match_leaf(const struct pinset *pinset, const uint8_t *der, size_t der_len)
{
    uint8_t fingerprint[FINGERPRINT_LEN];
    if (pinset_has(pinset, PIN_CERT)) {
        fingerprint_of(fingerprint, der, der_len);
        int index = pinset_find(pinset, PIN_CERT, fingerprint);
        if (index >= 0)
            return index;
    }
    if (pinset_has(pinset, PIN_SPKI) && fingerprint_spki(fingerprint, der, der_len))
        return pinset_find(pinset, PIN_SPKI, fingerprint);
    return -1;
}

int pinset_match_key(const struct pinset *pinset, const uint8_t *der, size_t der_len)
{
    uint8_t fingerprint[FINGERPRINT_LEN];
    if (!pinset_has(pinset, PIN_SPKI))
        return -1;
    fingerprint_of(fingerprint, der, der_len);
    return pinset_find(pinset, PIN_SPKI, fingerprint);
}

int pinset_match_issuer(const struct pinset *pinset, const uint8_t *der, size_t der_len)
{
    uint8_t fingerprint[FINGERPRINT_LEN];
    if (!pinset_has(pinset, PIN_CA))
        return -1;
    fingerprint_of(fingerprint, der, der_len);
    return pinset_find(pinset, PIN_CA, fingerprint);
}

int pinset_find_anywhere(const struct pinset *pinset, const uint8_t *der, size_t der_len)
{
    int index = pinset_match_leaf(pinset, der, der_len);
    return index >= 0 ? index : pinset_match_issuer(pinset, der, der_len);
}
