/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One finished session: timestamps, facts, outcome. Timestamps are recorded here; whoever reports
 * them computes the differences.
 */
#ifndef PINLOAD_MEASURE_SAMPLE_H
#define PINLOAD_MEASURE_SAMPLE_H

#include "measure/outcome.h"
#include "net/tcp.h"
#include "tls/tls_conn.h"

#include <stddef.h>
#include <stdint.h>

/* CLOCK_MONOTONIC in nanoseconds; 0 if the session did not get that far. */
struct timeline {
    uint64_t intended;
    uint64_t started;
    uint64_t connecting; /* the SYN of the connection that worked, or of the last attempt */
    uint64_t connected;
    uint64_t handshaken;
    uint64_t
        first_byte;    /* of the first response: the server has accepted our certificate, or refuses
                        * it */
    uint64_t complete; /* the last response complete */
    uint64_t ended;
};

struct sample {
    uint32_t identity;   /* row of the report */
    uint32_t generation; /* of the identity: how often it had changed */
    uint32_t revision;   /* of all identities: that which the session began with */
    uint32_t arm;        /* arm of compare; 0 in a run */
    uint64_t serial;     /* serial number of the session in its worker */
    enum outcome outcome;
    enum tcp_end tcp_end;
    uint32_t address; /* index in the plan: the one that worked, or the last that was tried */
    uint32_t addresses_tried;
    unsigned status; /* of the last complete response, or 0 */
    struct timeline at;
    const struct tls_facts *tls;     /* set with the outcome; owned by the connection, until it
                                      * starts again */
    uint64_t handshake_cpu_ns;       /* in BoringSSL's handshake calls; 0 where not measured, … */
    uint64_t handshake_instructions; /* … and so are the instructions there */
    uint64_t requests_started, requests_succeeded;
    uint64_t requests_unclosed; /* of requests_succeeded: ended by a FIN without close_notify */
    bool cut_by_fin;            /* a response lasted until the end of the stream, which TLS did not
                                 * confirm */
    uint64_t bytes_read, bytes_written; /* TCP payload */
};

#endif
