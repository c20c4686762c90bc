/* SPDX-License-Identifier: Apache-2.0 */
#include "measure/outcome_judge.h"

static enum outcome judge_connect(enum tcp_end end)
{
    switch (end) {
    case TCP_REFUSED:
        return OUTCOME_CONNECT_REFUSED;
    case TCP_TIMED_OUT:
        return OUTCOME_CONNECT_TIMEOUT;
    case TCP_RESET:
        return OUTCOME_RESET;
    case TCP_NO_DESCRIPTORS:
    case TCP_NO_PORTS:
    case TCP_NO_MEMORY:
        return OUTCOME_LOCAL_LIMIT;
    default:
        return OUTCOME_CONNECT_FAILED;
    }
}

static enum outcome judge_verification(enum verify_result result)
{
    switch (result) {
    case VERIFY_CHAIN_UNTRUSTED:
        return OUTCOME_CHAIN_UNTRUSTED;
    case VERIFY_NAME_MISMATCH:
        return OUTCOME_NAME_MISMATCH;
    case VERIFY_CERT_EXPIRED:
        return OUTCOME_CERT_EXPIRED;
    case VERIFY_CERT_NOT_YET_VALID:
        return OUTCOME_CERT_NOT_YET_VALID;
    case VERIFY_PIN_MISMATCH:
        return OUTCOME_PIN_MISMATCH;
    case VERIFY_PIN_REJECTED:
        return OUTCOME_PIN_REJECTED;
    default:
        return OUTCOME_TLS_PROTOCOL;
    }
}

/* The server may still be checking our certificate: it has it, and has not answered. */
static bool before_acceptance(const struct evidence *evidence)
{
    const struct tls_facts *tls = evidence->tls;
    return tls != NULL && tls->cert_asked && !tls->signature.is_pending &&
           !evidence->response_begun;
}

static enum outcome judge_tls(const struct evidence *evidence)
{
    const struct tls_facts *tls = evidence->tls;
    if (tls->verify.result != VERIFY_OK && tls->verify.result != VERIFY_NOT_RUN)
        return judge_verification(tls->verify.result);
    if (tls->signature.error != 0)
        return OUTCOME_SIGNING_FAILED;
    if (tls->ech == TLS_ECH_REJECTED)
        return OUTCOME_ECH_REJECTED;
    if (tls->alert_received == TLS_NO_ALERT)
        return OUTCOME_TLS_PROTOCOL;
    return before_acceptance(evidence) ? OUTCOME_CLIENT_CERT_REFUSED : OUTCOME_TLS_ALERT;
}

static enum outcome judge_stream_end(const struct evidence *evidence)
{
    const struct tls_facts *tls = evidence->tls;
    if (evidence->handshake_only && tls != NULL && tls->handshaken)
        return OUTCOME_UNCONFIRMED;
    if (before_acceptance(evidence))
        return OUTCOME_CLOSED_BEFORE_ACCEPT;
    return evidence->tcp_end == TCP_EOF ? OUTCOME_CLOSED_EARLY : OUTCOME_RESET;
}

static enum outcome judge_deadline(const struct evidence *evidence)
{
    if (!evidence->connected)
        return OUTCOME_CONNECT_TIMEOUT;
    if (evidence->tls != NULL && evidence->tls->signature.is_pending)
        return OUTCOME_SIGNING_FAILED;
    if (evidence->tls == NULL || !evidence->tls->handshaken)
        return OUTCOME_HANDSHAKE_TIMEOUT;
    return OUTCOME_RESPONSE_TIMEOUT;
}

enum outcome outcome_judge(const struct evidence *evidence)
{
    switch (evidence->cause) {
    case END_COMPLETE:
        return OUTCOME_SUCCEEDED;
    case END_CONNECT:
        return judge_connect(evidence->tcp_end);
    case END_TLS:
        return judge_tls(evidence);
    case END_STREAM:
        return judge_stream_end(evidence);
    case END_HTTP:
        return OUTCOME_BAD_RESPONSE;
    case END_STATUS:
        return OUTCOME_UNEXPECTED_STATUS;
    case END_REFUSAL_PAGE:
        return OUTCOME_CLIENT_CERT_REFUSED;
    case END_REFUSAL_STATUS:
        return OUTCOME_REFUSED_BY_STATUS;
    case END_DEADLINE:
        return judge_deadline(evidence);
    case END_OF_RUN:
        return OUTCOME_CUT_OFF;
    }
    return OUTCOME_TLS_PROTOCOL;
}
