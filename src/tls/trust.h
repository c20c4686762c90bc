/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The trust anchors of chain verification. The file is read once and parsed once per thread, never
 * in a callback; the store belongs to one thread, since its lookups lock.
 */
#ifndef PINLOAD_TLS_TRUST_H
#define PINLOAD_TLS_TRUST_H

#include "base/buffer.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

struct trust;
struct x509_store_st;

/* trust_read reads the content of PATH, PEM; "system" is SSL_CERT_FILE or the distribution's
 * bundle. False sets ERR. A pipe can be read only once, so each thread parses the same text. */
bool trust_read(struct buffer *text, const char *path, struct error *err);

/* trust_parse parses the certificates in TEXT, which was read from PATH; NULL sets ERR. */
struct trust *trust_parse(const struct buffer *text, const char *path, struct error *err);

/* trust_load does both. */
struct trust *trust_load(const char *path, struct error *err);
void trust_free(struct trust *trust);

size_t trust_count(const struct trust *trust);

/* trust_store returns the store, valid as long as TRUST. */
struct x509_store_st *trust_store(const struct trust *trust);

#endif
