/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One worker's books: what its sessions came to, counted and put into histograms. Written by its
 * own thread alone; tallies are merged after the join. Nothing is allocated for a session, but for
 * the first of an identity.
 */
#ifndef PINLOAD_MEASURE_TALLY_H
#define PINLOAD_MEASURE_TALLY_H

#include "measure/intervals.h"
#include "measure/latency.h"
#include "measure/latency_kind.h"
#include "measure/sample.h"
#include "measure/seconds.h"
#include "measure/value_counts.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct plan;

/* How often a 16-bit code came up: TLS versions, ciphers, groups, HTTP statuses. */
#define MAX_CODES 32
struct code_count {
    uint16_t code;
    uint64_t count;
};
struct code_counts {
    struct code_count items[MAX_CODES];
    size_t num;
    uint64_t others; /* beyond MAX_CODES kinds */
};

struct identity_tally {
    uint64_t started;
    uint64_t classes[NUM_CLASSES];
    uint64_t responses[NUM_STATUS_CLASSES];
    uint32_t failed_by; /* a bit for each outcome of its failed sessions */
    uint64_t cut_off_served;
    struct latency *tls_handshake; /* made at its first handshake */
};

struct tally {
    const struct plan *plan;
    uint64_t measured_from_ns; /* what began before it is left out of latency, per_second */
    uint64_t scheduled, skipped, started;
    bool was_full;                              /* some arrival was due when no slot was free */
    uint64_t last_intended_ns, last_started_ns; /* of the last session that was started */
    uint64_t steady_from_ns, stopped_ns;
    uint64_t steady_sessions, steady_requests;
    uint64_t measured_sessions, measured_handshakes, measured_requests;
    uint64_t outcomes[NUM_OUTCOMES];
    uint64_t cut_off_served, cut_off_responses; /* kept-alive sessions that the run's end ended */
    uint64_t responses;                         /* complete ones, of sessions that go on too */
    uint64_t requests_started, requests_succeeded, requests_failed;
    uint64_t requests_unclosed; /* of the succeeded: ended by TCP alone */
    uint64_t bytes_read, bytes_written;
    uint64_t handshakes_full, handshakes_resumed;
    uint64_t tickets_offered, tickets_declined;
    uint64_t early_offered, early_accepted, early_rejected;
    uint64_t cert_bytes, cert_wire_bytes, cert_bytes_saved; /* of compressed certificates */
    uint64_t ech_offered, ech_accepted, ech_rejected, ech_retried;
    uint64_t pins_checked, pins_checked_resumed, pins_matched, pins_mismatched, pins_not_checked;
    uint64_t *pins_by_pin;
    uint64_t tcp_ends[TCP_OTHER + 1]; /* of sessions that a local limit ended */
    uint64_t alerts_received[256], alerts_sent[256];
    struct code_counts versions, ciphers, groups, sigalgs, statuses, cert_compressions;
    uint64_t protocol_h2;
    struct identity_tally *identities;
    size_t num_identities;
    int identity_digits;
    struct latency *latencies[NUM_LATENCIES]; /* tls_handshake stays empty: full and resumed are */
    struct value_counts wire_full[NUM_WIRE], wire_resumed[NUM_WIRE]; /* of completed handshakes */
    struct latency *schedule_slip, *loop_lag;
    struct seconds seconds;
    struct intervals intervals;
};

struct tally *tally_new(const struct plan *plan);
void tally_free(struct tally *tally);

/* tally_begin says when the run begins. */
void tally_begin(struct tally *tally, uint64_t start_ns);

/* tally_started books one scheduled session, tally_skipped COUNT of them. */
void tally_started(struct tally *tally, uint64_t intended_ns, uint64_t now_ns, size_t identity);
void tally_skipped(struct tally *tally, uint64_t count);

/* tally_connected and tally_handshake book what is complete of a session that goes on; the
 * handshake with what is known of its TLS connection. */
void tally_connected(struct tally *tally, const struct sample *sample);
void tally_handshake(struct tally *tally, const struct sample *sample, const struct tls_facts *tls);

/* tally_session books a session that has ended. */
void tally_session(struct tally *tally, const struct sample *sample);

/* tally_first_byte and tally_request book one request of a session that goes on, at NOW_NS,
 * AFTER_NS after it was sent. */
void tally_first_byte(struct tally *tally, uint64_t now_ns, uint64_t after_ns);
void tally_request(struct tally *tally, size_t identity, uint64_t now_ns, uint64_t after_ns,
                   unsigned status);

/* tally_merge adds FROM to TO; both are of one plan and one begin. FROM is closed by it. */
void tally_merge(struct tally *to, struct tally *from);

/* tally_end says when the run stopped beginning sessions, and when the last one had ended. Of a
 * tally that others were merged into; without it the last second counts as a whole one, and no part
 * of the run as steady. */
void tally_end(struct tally *tally, uint64_t stopped_ns, uint64_t ended_ns);

#endif
