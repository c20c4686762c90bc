/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/cert_compression.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    uint16_t number;
} rows[CERT_COMPRESSIONS] = {
    {"brotli", CERT_COMPRESSION_BROTLI},
    {"zlib", CERT_COMPRESSION_ZLIB},
};

static uint16_t number_of(const char *name, size_t len)
{
    for (size_t i = 0; i < CERT_COMPRESSIONS; i++) {
        if (strlen(rows[i].name) == len && memcmp(rows[i].name, name, len) == 0)
            return rows[i].number;
    }
    return 0;
}

static bool has(const struct cert_compression_list *list, uint16_t number)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i] == number)
            return true;
    }
    return false;
}

bool cert_compression_parse(struct cert_compression_list *out, const char *text, struct error *err)
{
    *out = (struct cert_compression_list){0};
    for (const char *at = text;; at++) {
        size_t len = strcspn(at, ",");
        uint16_t number = number_of(at, len);
        if (number == 0 || has(out, number))
            return error_set(err,
                             "--cert-compression '%s' %s; expected brotli, zlib or both, joined by "
                             "a comma",
                             text, number == 0 ? "is not known" : "names one twice");
        out->items[out->count++] = number;
        at += len;
        if (*at == '\0')
            return true;
    }
}

const char *cert_compression_name(uint16_t algorithm, char out[static 64])
{
    for (size_t i = 0; i < CERT_COMPRESSIONS; i++) {
        if (rows[i].number == algorithm)
            return rows[i].name;
    }
    snprintf(out, 64, "0x%04x", algorithm);
    return out;
}
