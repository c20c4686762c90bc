/* SPDX-License-Identifier: Apache-2.0 */
#include "measure/outcome.h"

#include <string.h>

struct row {
    const char *name;
    enum outcome_class class;
    const char *meaning;
};

static const struct row rows[NUM_OUTCOMES] = {
    [OUTCOME_SUCCEEDED] = {"succeeded", CLASS_SUCCEEDED, "every response was as expected"},
    [OUTCOME_CLIENT_CERT_REFUSED] = {"client_cert_refused", CLASS_REFUSED,
                                     "the server refused the client's certificate explicitly"},
    [OUTCOME_REFUSED_BY_STATUS] = {"refused_by_status", CLASS_REFUSED,
                                   "the server refused the client with an HTTP status of "
                                   "--refusal-status"},
    [OUTCOME_CLOSED_BEFORE_ACCEPT] = {"closed_before_accept", CLASS_FAILED,
                                      "the server closed the session without an alert after the "
                                      "client's certificate (possibly a refusal)"},
    [OUTCOME_UNCONFIRMED] = {"unconfirmed", CLASS_UNCONFIRMED,
                             "the handshake completed, but nothing shows whether the server "
                             "accepted the client's certificate"},
    [OUTCOME_CUT_OFF] = {"cut_off", CLASS_CUT_OFF, "the run ended before the session did"},
    [OUTCOME_PIN_MISMATCH] = {"pin_mismatch", CLASS_FAILED,
                              "the server's certificate matches none of the pins"},
    [OUTCOME_PIN_REJECTED] = {"pin_rejected", CLASS_FAILED,
                              "the server's certificate or key, or its issuer's, is one of "
                              "--reject-pin"},
    [OUTCOME_CHAIN_UNTRUSTED] = {"chain_untrusted", CLASS_FAILED,
                                 "no chain to a trust anchor, or not a server certificate"},
    [OUTCOME_NAME_MISMATCH] = {"name_mismatch", CLASS_FAILED,
                               "the server's certificate is for another name"},
    [OUTCOME_CERT_EXPIRED] = {"cert_expired", CLASS_FAILED,
                              "a certificate in the server's chain has expired"},
    [OUTCOME_CERT_NOT_YET_VALID] = {"cert_not_yet_valid", CLASS_FAILED,
                                    "a certificate in the server's chain is not valid yet"},
    [OUTCOME_ECH_REJECTED] = {"ech_rejected", CLASS_FAILED,
                              "the server rejected the encrypted ClientHello (--ech)"},
    [OUTCOME_CONNECT_REFUSED] = {"connect_refused", CLASS_FAILED, "nothing listens at the address"},
    [OUTCOME_CONNECT_TIMEOUT] = {"connect_timeout", CLASS_FAILED,
                                 "no TCP connection within --connect-timeout"},
    [OUTCOME_CONNECT_FAILED] = {"connect_failed", CLASS_FAILED,
                                "no TCP connection: no route, or blocked by the network"},
    [OUTCOME_TLS_ALERT] = {"tls_alert", CLASS_FAILED,
                           "a fatal TLS alert that is not about the client's certificate"},
    [OUTCOME_TLS_PROTOCOL] = {"tls_protocol", CLASS_FAILED,
                              "what the server sent is not valid TLS, or not as negotiated"},
    [OUTCOME_HANDSHAKE_TIMEOUT] = {"handshake_timeout", CLASS_FAILED,
                                   "no TLS handshake within --timeout"},
    [OUTCOME_RESET] = {"reset", CLASS_FAILED, "the server reset the connection"},
    [OUTCOME_CLOSED_EARLY] = {"closed_early", CLASS_FAILED,
                              "the server closed the connection too early"},
    [OUTCOME_BAD_RESPONSE] = {"bad_response", CLASS_FAILED,
                              "what the server sent is not valid HTTP"},
    [OUTCOME_UNEXPECTED_STATUS] = {"unexpected_status", CLASS_FAILED,
                                   "an HTTP status that was not expected"},
    [OUTCOME_RESPONSE_TIMEOUT] = {"response_timeout", CLASS_FAILED,
                                  "no complete response within --timeout"},
    [OUTCOME_SIGNING_FAILED] = {"signing_failed", CLASS_FAILED,
                                "the PKCS#11 token did not sign, or not within --timeout"},
    [OUTCOME_LOCAL_LIMIT] = {"local_limit", CLASS_FAILED,
                             "this machine's own limit: descriptors, ports or memory"},
};

const char *outcome_name(enum outcome outcome)
{
    return rows[outcome].name;
}

bool outcome_from_name(const char *name, enum outcome *out_outcome)
{
    for (int i = 0; i < NUM_OUTCOMES; i++) {
        if (strcmp(rows[i].name, name) == 0) {
            *out_outcome = (enum outcome)i;
            return true;
        }
    }
    return false;
}

const char *outcome_meaning(enum outcome outcome)
{
    return rows[outcome].meaning;
}

enum outcome_class outcome_class(enum outcome outcome, bool refusal_by_close)
{
    if (outcome == OUTCOME_CLOSED_BEFORE_ACCEPT && refusal_by_close)
        return CLASS_REFUSED;
    return rows[outcome].class;
}

const char *status_class_name(enum status_class class)
{
    static const char *const names[NUM_STATUS_CLASSES] = {"2xx", "3xx", "4xx", "5xx"};
    return names[class];
}

_Static_assert(NUM_OUTCOMES <= 32, "a set of outcomes is a 32-bit word");

uint32_t outcome_bit(enum outcome outcome)
{
    return (uint32_t)1 << outcome;
}

enum outcome_blame outcome_blame(enum outcome outcome)
{
    switch (outcome) {
    case OUTCOME_CONNECT_REFUSED:
    case OUTCOME_CONNECT_TIMEOUT:
    case OUTCOME_CONNECT_FAILED:
    case OUTCOME_LOCAL_LIMIT:
    case OUTCOME_ECH_REJECTED: /* before it could learn who we are */
        return BLAME_NOBODY;
    case OUTCOME_RESET:
    case OUTCOME_CLOSED_EARLY:
    case OUTCOME_HANDSHAKE_TIMEOUT:
    case OUTCOME_RESPONSE_TIMEOUT:
    case OUTCOME_TLS_PROTOCOL:
        return BLAME_NETWORK;
    case OUTCOME_PIN_MISMATCH:
    case OUTCOME_PIN_REJECTED:
    case OUTCOME_CHAIN_UNTRUSTED:
    case OUTCOME_NAME_MISMATCH:
    case OUTCOME_CERT_EXPIRED:
    case OUTCOME_CERT_NOT_YET_VALID:
        return BLAME_SERVER_CERT;
    default:
        return BLAME_IDENTITY;
    }
}
