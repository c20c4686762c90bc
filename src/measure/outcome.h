/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The outcomes of a session, one closed list, with their names and classes. docs/outcomes.md
 * explains each, and what to do about it.
 */
#ifndef PINLOAD_MEASURE_OUTCOME_H
#define PINLOAD_MEASURE_OUTCOME_H

#include <stdbool.h>
#include <stdint.h>

enum outcome {
    OUTCOME_SUCCEEDED,
    OUTCOME_CLIENT_CERT_REFUSED,
    OUTCOME_REFUSED_BY_STATUS,
    OUTCOME_CLOSED_BEFORE_ACCEPT,
    OUTCOME_UNCONFIRMED,
    OUTCOME_CUT_OFF,
    OUTCOME_PIN_MISMATCH,
    OUTCOME_PIN_REJECTED,
    OUTCOME_CHAIN_UNTRUSTED,
    OUTCOME_NAME_MISMATCH,
    OUTCOME_CERT_EXPIRED,
    OUTCOME_CERT_NOT_YET_VALID,
    OUTCOME_ECH_REJECTED,
    OUTCOME_CONNECT_REFUSED,
    OUTCOME_CONNECT_TIMEOUT,
    OUTCOME_CONNECT_FAILED,
    OUTCOME_TLS_ALERT,
    OUTCOME_TLS_PROTOCOL,
    OUTCOME_HANDSHAKE_TIMEOUT,
    OUTCOME_RESET,
    OUTCOME_CLOSED_EARLY,
    OUTCOME_BAD_RESPONSE,
    OUTCOME_UNEXPECTED_STATUS,
    OUTCOME_RESPONSE_TIMEOUT,
    OUTCOME_SIGNING_FAILED,
    OUTCOME_LOCAL_LIMIT,
    NUM_OUTCOMES,
};

/* The class of an outcome, by which sessions are counted. */
enum outcome_class {
    CLASS_SUCCEEDED,
    CLASS_REFUSED,
    CLASS_FAILED,
    CLASS_CUT_OFF,
    CLASS_UNCONFIRMED,
    NUM_CLASSES
};

/* outcome_name returns the name in the JSON result: "client_cert_refused". */
const char *outcome_name(enum outcome outcome);

/* outcome_from_name is its inverse; false if NAME is unknown. */
bool outcome_from_name(const char *name, enum outcome *out_outcome);

/* outcome_meaning returns a clause for a person. */
const char *outcome_meaning(enum outcome outcome);

/* outcome_bit returns OUTCOME's bit in a set of outcomes. */
uint32_t outcome_bit(enum outcome outcome);

/* Whose doing an outcome may be: of a session that never reached the server's TLS, or no further than
 * its ECH, it is nobody's who we are; of an outage or a slow server, and of a server's bad
 * certificate, it may be, and is not where such befalls everybody; of the others it may always be. */
enum outcome_blame { BLAME_NOBODY, BLAME_NETWORK, BLAME_SERVER_CERT, BLAME_IDENTITY };
enum outcome_blame outcome_blame(enum outcome outcome);

/* outcome_class returns the class of OUTCOME; REFUSAL_BY_CLOSE makes closed_before_accept a
 * refusal. */
enum outcome_class outcome_class(enum outcome outcome, bool refusal_by_close);

/* Responses by the first digit of their status. */
enum status_class { STATUS_2XX, STATUS_3XX, STATUS_4XX, STATUS_5XX, NUM_STATUS_CLASSES };

/* status_class_name returns "2xx", "3xx", … */
const char *status_class_name(enum status_class class);

#endif
