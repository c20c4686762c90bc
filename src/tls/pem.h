/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The blocks of a PEM text (RFC 7468), one after the other. No block is skipped silently: one that
 * cannot be read is a problem of the whole text.
 */
#ifndef PINLOAD_TLS_PEM_H
#define PINLOAD_TLS_PEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A block, valid until its visitor returns. */
struct pem_block {
    const char *name;   /* "CERTIFICATE" */
    const char *header; /* Proc-Type and DEK-Info of an encrypted traditional key, or "" */
    uint8_t *der;
    size_t len;
};

/* pem_visit calls VISIT with each block until one returns false. Returns NULL, or what is wrong with
 * the text as the end of a sentence that begins with its file. */
const char *pem_visit(const uint8_t *bytes, size_t len,
                      bool (*visit)(void *owner, const struct pem_block *block), void *owner);

bool pem_is_certificate(const struct pem_block *block);
bool pem_is_key(const struct pem_block *block);

#endif
