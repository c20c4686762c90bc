/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server's side of certificate compression (RFC 8879): for the sink and the tests. It stands on
 * BoringSSL and the two libraries alone.
 */
#ifndef PINLOAD_BENCH_SINK_COMPRESS_H
#define PINLOAD_BENCH_SINK_COMPRESS_H

#include "base/error.h"

#include <stdbool.h>

struct ssl_ctx_st;

/* sink_compress_use lets the server of CTX compress its certificate by LIST: brotli, zlib or both,
 * joined by a comma, the preferred one first. False sets ERR. */
bool sink_compress_use(struct ssl_ctx_st *ctx, const char *list, struct error *err);

#endif
