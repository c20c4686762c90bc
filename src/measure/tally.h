/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One worker's counts and distributions. Written by its own thread only; tallies are merged after
 * the join. Sessions allocate nothing, except the first one of an identity.
 */
#ifndef PINLOAD_MEASURE_TALLY_H
#define PINLOAD_MEASURE_TALLY_H

#include "measure/intervals.h"
#include "measure/latency.h"
#include "measure/latency_kind.h"
#include "measure/sample.h"
#include "measure/seconds.h"
#include "measure/stage_tally.h"
#include "measure/value_counts.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct plan;

/* How often each 16-bit code occurred: TLS versions, ciphers, groups, HTTP statuses. */
#define MAX_CODES 32
struct code_count {
    uint16_t code;
    uint64_t count;
};
struct code_counts {
    struct code_count items[MAX_CODES];
    size_t num;
    uint64_t others; /* more than MAX_CODES different ones */
};

/* By how many algorithms a key signs: one, or RSA's of TLS 1.2 and of 1.3; and more. */
#define MAX_IDENTITY_SIGALGS 4

/* The sessions that began with one certificate of an identity that changes. */
struct generation_tally {
    uint64_t classes[NUM_CLASSES];
};

struct identity_tally {
    uint64_t started;
    uint64_t classes[NUM_CLASSES];
    uint64_t responses[NUM_STATUS_CLASSES];
    uint32_t failed_by; /* a bit for each outcome of its failed sessions */
    uint64_t cut_off_served;
    struct code_count sigalgs[MAX_IDENTITY_SIGALGS]; /* of its CertificateVerify */
    size_t num_sigalgs;
    uint64_t other_sigalgs;               /* more than MAX_IDENTITY_SIGALGS different ones */
    struct generation_tally *generations; /* none without reloads */
    size_t num_generations;
    struct latency *tls_handshake; /* created at its first handshake */
};

/* Of full handshakes, whether a side authenticated with a certificate or with a raw public key. */
struct peer_types {
    uint64_t certificates, raw_keys;
};

/* Sessions that offered a ticket of one address to one, and those handshakes that completed. */
struct ticket_path {
    uint64_t offered, resumed, declined;
};

struct tally {
    const struct plan *plan;
    uint64_t measured_from_ns; /* what began before it is excluded from latency and per_second */
    uint64_t scheduled, skipped, started;
    bool was_full;                              /* an arrival was due when no slot was free */
    uint64_t last_intended_ns, last_started_ns; /* of the last session that was started */
    uint64_t steady_from_ns, stopped_ns;
    uint64_t steady_sessions, steady_requests;
    uint64_t measured_sessions, measured_handshakes, measured_requests;
    uint64_t outcomes[NUM_OUTCOMES];
    uint64_t cut_off_served, cut_off_responses; /* kept-alive sessions ended by the end of the
                                                 * run */
    uint64_t responses;                         /* completed ones, including those of open
                                                 * sessions */
    uint64_t requests_started, requests_succeeded, requests_failed;
    uint64_t requests_unclosed; /* of the succeeded: ended by a FIN without close_notify */
    uint64_t bytes_read, bytes_written;
    uint64_t handshakes_full, handshakes_resumed;
    uint64_t tickets_offered, tickets_declined;
    struct ticket_path *ticket_paths; /* by issuer, then by taker; NULL: addresses take no turns */
    uint64_t early_offered, early_accepted, early_rejected;
    uint64_t cert_bytes, cert_wire_bytes, cert_bytes_saved; /* of compressed certificates */
    uint64_t ech_offered, ech_accepted, ech_rejected, ech_retried;
    uint64_t pins_checked, pins_checked_resumed, pins_matched, pins_mismatched, pins_not_checked;
    uint64_t pins_mismatch_reported, pins_rejected;
    uint64_t *pins_by_pin;
    uint64_t tcp_ends[TCP_OTHER + 1]; /* of sessions that a local limit ended */
    uint64_t alerts_received[256], alerts_sent[256];
    struct code_counts versions, ciphers, groups, sigalgs, client_sigalgs, statuses;
    struct code_counts cert_compressions;
    struct peer_types servers, clients;
    uint64_t protocol_h2;
    struct identity_tally *identities;
    size_t num_identities;
    int identity_digits;
    struct latency *latencies[NUM_LATENCIES]; /* tls_handshake stays empty: full and resumed are */
    struct value_counts wire_full[NUM_WIRE], wire_resumed[NUM_WIRE]; /* of completed handshakes */
    struct latency *schedule_slip, *loop_lag;
    struct seconds seconds;
    struct intervals intervals;
    struct stage_tallies stages;
};

struct tally *tally_new(const struct plan *plan);
void tally_free(struct tally *tally);

/* tally_begin sets the start of the run. */
void tally_begin(struct tally *tally, uint64_t start_ns);

/* tally_started counts one scheduled session, tally_skipped COUNT of them, which are of one stage:
 * that of INTENDED_NS. */
void tally_started(struct tally *tally, uint64_t intended_ns, uint64_t now_ns, size_t identity);
void tally_skipped(struct tally *tally, uint64_t intended_ns, uint64_t count);

/* tally_connected and tally_handshake record phases of a session that continues; the latter with
 * the facts of its TLS connection. */
void tally_connected(struct tally *tally, const struct sample *sample);
void tally_handshake(struct tally *tally, const struct sample *sample, const struct tls_facts *tls);

/* tally_session counts a session that has ended. */
void tally_session(struct tally *tally, const struct sample *sample);

/* tally_first_byte and tally_request record one request of a session that continues, at NOW_NS,
 * AFTER_NS after it was sent. */
void tally_first_byte(struct tally *tally, uint64_t now_ns, uint64_t after_ns);
void tally_request(struct tally *tally, size_t identity, uint64_t now_ns, uint64_t after_ns,
                   unsigned status);

/* tally_merge adds FROM to TO; both have the same plan and start. It closes FROM. */
void tally_merge(struct tally *to, struct tally *from);

/* tally_end says when the run stopped starting sessions, and when the last one ended. Call it on a
 * tally that others were merged into; without it the last second counts as a whole one, and the run
 * has no steady part. */
void tally_end(struct tally *tally, uint64_t stopped_ns, uint64_t ended_ns);

#endif
