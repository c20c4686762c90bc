/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The check of the server's certificate or raw public key: one function for all four modes, so that
 * the modes differ only by the work done. It runs inside BoringSSL's custom verify callback, fills
 * the session's verdict and calls no other module. A pin that matches here is provisional until the
 * handshake completes: the server's proof that it holds the key comes later.
 */
#ifndef PINLOAD_TLS_VERIFY_H
#define PINLOAD_TLS_VERIFY_H

#include "tls/pinset.h"

#include <stdbool.h>
#include <stdint.h>

struct ssl_st;
struct trust;

enum verify_mode { VERIFY_NONE, VERIFY_CHAIN, VERIFY_PIN, VERIFY_CHAIN_PIN, NUM_VERIFY_MODES };

enum verify_result {
    VERIFY_NOT_RUN,
    VERIFY_OK,
    VERIFY_CHAIN_UNTRUSTED,
    VERIFY_NAME_MISMATCH,
    VERIFY_CERT_EXPIRED,
    VERIFY_CERT_NOT_YET_VALID,
    VERIFY_PIN_MISMATCH,
    VERIFY_PIN_REJECTED,
};

/* What is checked: one per arm of a run and per thread. The host name or IP address is checked with
 * the chain, as required by RFC 9110, 4.3.4. Borrowed pointers; HOST has no brackets. */
struct verify_policy {
    enum verify_mode mode;
    const struct pinset *pins;     /* if the mode has pins */
    bool report_pins;              /* a mismatch is noted, and passes */
    const struct pinset *rejected; /* no certificate or key may be one of these; NULL: none */
    const struct trust *trust;     /* if the mode has a chain */
    const char *host;
    bool host_is_ip;
    uint32_t extra_sha256_blocks; /* deliberate delay for a test; 0 outside tests */
};

/* The result of one session's check. Times are those of the callback's last run. */
struct verify_verdict {
    enum verify_result result;
    bool pins_checked;   /* not if a pin was rejected */
    bool pin_reported;   /* no pin matched, and the policy lets that pass */
    int pin_index;       /* the pin that matched, or -1 */
    int x509_error;      /* X509_V_ERR_… of a chain that failed, or 0 */
    uint32_t num_calls;  /* more than one if early data was rejected */
    uint32_t elapsed_ns; /* inside the callback */
};

/* verify_server checks SSL's peer under POLICY, fills VERDICT and says whether it passes; if not,
 * *out_alert is the alert to send (RFC 8446, 6.2). A rejected pin is looked for before anything else in
 * what was sent, whichever its kind, and then in the verified chain. A server that has rejected ECH must pass for the
 * configuration's public name in place of HOST (RFC 9849, 6.1.7); pins are the same. */
bool verify_server(struct ssl_st *ssl, const struct verify_policy *policy,
                   struct verify_verdict *verdict, uint8_t *out_alert);

/* verify_mode_name returns "none", "chain", "pin" or "chain+pin". */
const char *verify_mode_name(enum verify_mode mode);
bool verify_mode_parse(const char *text, enum verify_mode *out_mode);
bool verify_mode_has_chain(enum verify_mode mode);
bool verify_mode_has_pins(enum verify_mode mode);

/* verify_error_text returns OpenSSL's text for VERDICT's x509_error. */
const char *verify_error_text(const struct verify_verdict *verdict);

#endif
