/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The trust anchors of chain verification. The file is read and parsed once a thread, never in a
 * callback; the store belongs to one thread, since its look-ups lock.
 */
#ifndef PINLOAD_TLS_TRUST_H
#define PINLOAD_TLS_TRUST_H

#include "base/buffer.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

struct trust;
struct x509_store_st;

/* trust_read reads the text of PATH, PEM; "system" is SSL_CERT_FILE or the distribution's bundle. False
 * sets ERR. A pipe can be read once, and so a text is parsed by each thread. */
bool trust_read(struct buffer *text, const char *path, struct error *err);

/* trust_parse takes the certificates of TEXT, which was read from PATH; NULL sets ERR. */
struct trust *trust_parse(const struct buffer *text, const char *path, struct error *err);

/* trust_load does both. */
struct trust *trust_load(const char *path, struct error *err);
void trust_free(struct trust *trust);

size_t trust_count(const struct trust *trust);

/* trust_store returns the store, which lives as long as TRUST. */
struct x509_store_st *trust_store(const struct trust *trust);

#endif
