/* SPDX-License-Identifier: Apache-2.0 */
#include "measure/latency_kind.h"

static const struct {
    const char *name;
    bool is_first;
    const char *meaning;
} kinds[NUM_LATENCIES] = {
    [LATENCY_CONNECT] = {"connect", true, "from SYN to connected"},
    [LATENCY_TLS_HANDSHAKE] = {"tls_handshake", true,
                               "from connected to the end of the handshake, completed ones only"},
    [LATENCY_TLS_HANDSHAKE_FULL] = {"tls_handshake_full", true, "the same, of full handshakes"},
    [LATENCY_TLS_HANDSHAKE_RESUMED] = {"tls_handshake_resumed", true,
                                       "the same, of resumed handshakes"},
    [LATENCY_VERIFY_CALLBACK] = {"verify_callback", true,
                                 "the check of chain and pins within the handshake"},
    [LATENCY_FIRST_BYTE] = {"first_byte", true,
                            "from sending the request to the first byte of its response"},
    [LATENCY_REQUEST] = {"request", true, "from sending the request to the end of its response"},
    [LATENCY_SESSION] = {"session", true,
                         "from the start of the session to the end of its last response"},
    [LATENCY_FROM_SCHEDULE] = {"from_schedule", true,
                               "from the intended start to the end of the last response"},
    [LATENCY_HANDSHAKE_FROM_SCHEDULE] = {"handshake_from_schedule", false,
                                         "from the intended start to the end of the handshake"},
    [LATENCY_SIGNING] = {"signing", false, "a signature by a PKCS#11 token, in the token alone"},
    [LATENCY_SIGNING_QUEUE] = {"signing_queue", false,
                               "the wait of such a signature for one of --sign-threads"},
};

const char *latency_kind_name(enum latency_kind kind)
{
    return kinds[kind].name;
}

bool latency_kind_is_first(enum latency_kind kind)
{
    return kinds[kind].is_first;
}

const char *latency_kind_meaning(enum latency_kind kind)
{
    return kinds[kind].meaning;
}
