/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Encrypted Client Hello (RFC 9849) as far as a client reads of it: where its configurations come
 * from, and whether BoringSSL can use one of them. What is made of them is tls_conn's.
 */
#ifndef PINLOAD_TLS_ECH_H
#define PINLOAD_TLS_ECH_H

#include "base/buffer.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ech_read appends the ECHConfigList that TEXT names to OUT: a file of one (its bytes, base64 of
 * them, or PEM with a block ECHCONFIG), or base64 itself, as ech= of an HTTPS record has it. False
 * sets ERR, also where BoringSSL cannot use any of its configurations. */
bool ech_read(struct buffer *out, const char *text, struct error *err);

/* ech_is_usable says whether a client that is given the ECHConfigList of LEN bytes sends an
 * encrypted hello. */
bool ech_is_usable(const uint8_t *list, size_t len);

/* ech_is_supported says whether this BoringSSL has ECH; false sets ERR. */
bool ech_is_supported(struct error *err);

#endif
