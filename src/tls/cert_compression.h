/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The algorithms by which a server may compress its certificate (RFC 8879): their names and numbers.
 */
#ifndef PINLOAD_TLS_CERT_COMPRESSION_H
#define PINLOAD_TLS_CERT_COMPRESSION_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* IANA's numbers of those that pinload knows. */
#define CERT_COMPRESSION_ZLIB 1
#define CERT_COMPRESSION_BROTLI 2
#define CERT_COMPRESSIONS 2

struct cert_compression_list {
    uint16_t items[CERT_COMPRESSIONS];
    size_t count;
};

/* cert_compression_parse reads names joined by commas, the preferred one first; false sets ERR. */
bool cert_compression_parse(struct cert_compression_list *out, const char *text, struct error *err);

/* cert_compression_name returns "zlib", "brotli", or "0x…" in OUT. */
const char *cert_compression_name(uint16_t algorithm, char out[static 64]);

#endif
