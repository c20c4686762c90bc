/* SPDX-License-Identifier: Apache-2.0 */
#include "measure/latency_kind.h"

const char *latency_kind_name(enum latency_kind kind)
{
    static const char *const names[NUM_LATENCIES] = {
        [LATENCY_CONNECT] = "connect",
        [LATENCY_TLS_HANDSHAKE] = "tls_handshake",
        [LATENCY_TLS_HANDSHAKE_FULL] = "tls_handshake_full",
        [LATENCY_TLS_HANDSHAKE_RESUMED] = "tls_handshake_resumed",
        [LATENCY_VERIFY_CALLBACK] = "verify_callback",
        [LATENCY_FIRST_BYTE] = "first_byte",
        [LATENCY_REQUEST] = "request",
        [LATENCY_SESSION] = "session",
        [LATENCY_FROM_SCHEDULE] = "from_schedule",
        [LATENCY_HANDSHAKE_FROM_SCHEDULE] = "handshake_from_schedule",
    };
    return names[kind];
}
