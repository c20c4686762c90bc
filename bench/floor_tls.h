/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The floor's TLS part: handshakes between a client and a server in one process, in memory, through
 * src/tls. Only the client's calls are timed.
 */
#ifndef PINLOAD_BENCH_FLOOR_TLS_H
#define PINLOAD_BENCH_FLOOR_TLS_H

#include "base/error.h"
#include "tls/verify.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One case, and the client's nanoseconds for each handshake. */
struct floor_case {
    const char *pki; /* the name of a directory filled by make-certs */
    enum verify_mode mode;
    bool resumed;
    uint32_t *samples_ns;
    size_t num_samples;
    struct floor_bench *bench; /* created by floor_case_open */
};

/* floor_case_open creates both contexts from the directory DIR, filled by make-certs; false sets
 * ERR. */
bool floor_case_open(struct floor_case *floor_case, const char *dir, size_t num_samples,
                     struct error *err);

/* floor_case_run adds COUNT handshakes, each from the client's start until its memory is freed;
 * false if one failed. */
bool floor_case_run(struct floor_case *floor_case, size_t count);

/* floor_case_heap returns the bytes of heap of each of COUNT established idle client sessions:
 * BoringSSL's alone, and with the tls_conn around it. */
bool floor_case_heap(struct floor_case *floor_case, size_t count, double *out_ssl_bytes,
                     double *out_conn_bytes);

void floor_case_close(struct floor_case *floor_case);

#endif
