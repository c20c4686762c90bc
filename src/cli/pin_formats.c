/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/pin_formats.h"

#include "base/text.h"
#include "engine/probe.h"
#include "tls/certificate.h"
#include "tls/pin_digest.h"

#include <stdbool.h>
#include <string.h>

/* One certificate, or a public key alone. */
struct subject {
    const uint8_t *der; /* NULL: a key alone */
    size_t der_len;
    const uint8_t *spki;
    size_t spki_len;
    bool is_leaf;
};

/* Subject INDEX; false: there is none, or it is not a certificate. */
static bool subject_at(struct subject *subject, const struct probe *probe, size_t index)
{
    *subject = (struct subject){.is_leaf = index == 0};
    if (probe->key != NULL && index == 0) {
        subject->spki = probe->key;
        subject->spki_len = probe->key_len;
        return true;
    }
    if (index >= probe->num_certs)
        return false;
    subject->der = probe->certs[index];
    subject->der_len = probe->lens[index];
    return certificate_spki(subject->der, subject->der_len, &subject->spki, &subject->spki_len);
}

static void describe(FILE *out, const struct subject *subject)
{
    char about[768] = "public key without a certificate";
    if (subject->der != NULL)
        certificate_describe(about, sizeof about, subject->der, subject->der_len);
    fprintf(out, "# %s\n", about);
}

static void put_base64(FILE *out, const char *before, const uint8_t *bytes, size_t len,
                       const char *after)
{
    uint8_t hash[PIN_DIGEST_MOST];
    char base64[PIN_DIGEST_BASE64_MOST + 1];
    pin_digest_of(hash, PIN_SHA256, bytes, len);
    pin_digest_base64(base64, PIN_SHA256, hash);
    fprintf(out, "%s%s%s", before, base64, after);
}

static void put_hex(FILE *out, const char *before, enum pin_digest digest, const uint8_t *bytes,
                    size_t len, const char *after)
{
    uint8_t hash[PIN_DIGEST_MOST];
    char hex[2 * PIN_DIGEST_MOST + 1];
    pin_digest_of(hash, digest, bytes, len);
    text_hex_encode(hex, hash, pin_digest_len(digest));
    fprintf(out, "%s%s%s", before, hex, after);
}

static void put_tlsa(FILE *out, const struct subject *subject)
{
    const char *usage = subject->is_leaf ? "3" : "2";
    const enum pin_digest digests[] = {PIN_SHA256, PIN_SHA512};
    for (int i = 0; i < 2; i++) {
        char before[16];
        snprintf(before, sizeof before, "%s 1 %d ", usage, i + 1);
        put_hex(out, before, digests[i], subject->spki, subject->spki_len, "\n");
        snprintf(before, sizeof before, "%s 0 %d ", usage, i + 1);
        if (subject->der != NULL)
            put_hex(out, before, digests[i], subject->der, subject->der_len, "\n");
    }
}

/* Envoy compares the leaf alone. */
static void put_envoy(FILE *out, const struct subject *subject)
{
    if (!subject->is_leaf)
        return;
    put_base64(out, "verify_certificate_spki:\n- \"", subject->spki, subject->spki_len, "\"\n");
    if (subject->der != NULL)
        put_hex(out, "verify_certificate_hash:\n- \"", PIN_SHA256, subject->der, subject->der_len,
                "\"\n");
}

/* The dictionary of one domain of NSPinnedDomains. */
static void put_ios(FILE *out, const struct subject *subject)
{
    fprintf(out, "  <key>%s</key>\n  <array>\n    <dict>\n      <key>SPKI-SHA256-BASE64</key>\n",
            subject->is_leaf ? "NSPinnedLeafIdentities" : "NSPinnedCAIdentities");
    put_base64(out, "      <string>", subject->spki, subject->spki_len,
               "</string>\n    </dict>\n  </array>\n");
}

static void put(FILE *out, const char *format, const struct subject *subject)
{
    if (strcmp(format, "android") == 0)
        put_base64(out, "  <pin digest=\"SHA-256\">", subject->spki, subject->spki_len, "</pin>\n");
    else if (strcmp(format, "ios") == 0)
        put_ios(out, subject);
    else
        describe(out, subject);
    if (strcmp(format, "okhttp") == 0)
        put_base64(out, "sha256/", subject->spki, subject->spki_len, "\n");
    else if (strcmp(format, "rfc7469") == 0)
        put_base64(out, "pin-sha256=\"", subject->spki, subject->spki_len, "\"\n");
    else if (strcmp(format, "tlsa") == 0)
        put_tlsa(out, subject);
    else if (strcmp(format, "envoy") == 0)
        put_envoy(out, subject);
}

void pin_formats_write(FILE *out, const char *format, const struct probe *probe)
{
    struct subject subject;
    bool is_android = strcmp(format, "android") == 0, is_ios = strcmp(format, "ios") == 0;
    size_t most = is_ios ? 2 : PROBE_MAX_CERTS; /* a key cannot be twice in a dictionary */
    if (is_android)
        fputs("<pin-set>\n", out);
    if (is_ios)
        fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<plist version=\"1.0\">\n<dict>\n", out);
    for (size_t i = 0; i < most && subject_at(&subject, probe, i); i++)
        put(out, format, &subject);
    if (is_android)
        fputs("</pin-set>\n", out);
    if (is_ios)
        fputs("</dict>\n</plist>\n", out);
}
