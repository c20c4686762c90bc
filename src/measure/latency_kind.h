/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The latencies of a session that are measured, and their names.
 */
#ifndef PINLOAD_MEASURE_LATENCY_KIND_H
#define PINLOAD_MEASURE_LATENCY_KIND_H

#include <stdbool.h>

enum latency_kind {
    LATENCY_CONNECT,
    LATENCY_TLS_HANDSHAKE,
    LATENCY_TLS_HANDSHAKE_FULL,
    LATENCY_TLS_HANDSHAKE_RESUMED,
    LATENCY_VERIFY_CALLBACK,
    LATENCY_FIRST_BYTE,
    LATENCY_REQUEST,
    LATENCY_SESSION,
    LATENCY_FROM_SCHEDULE,
    LATENCY_HANDSHAKE_FROM_SCHEDULE,
    LATENCY_SIGNING,
    LATENCY_SIGNING_QUEUE,
    NUM_LATENCIES,
};

/* latency_kind_name returns the name in the JSON result: "connect", "tls_handshake", … */
const char *latency_kind_name(enum latency_kind kind);

/* latency_kind_is_first says whether results have had it since the first version. */
bool latency_kind_is_first(enum latency_kind kind);

/* latency_kind_meaning returns a phrase: from when to when it is measured. */
const char *latency_kind_meaning(enum latency_kind kind);

#endif
