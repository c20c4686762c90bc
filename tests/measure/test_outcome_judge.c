/* SPDX-License-Identifier: Apache-2.0 */
#include "measure/outcome_judge.h"

#include "unit.h"

/* How far a session got. */
enum position {
    CONNECTING,      /* no TCP connection yet */
    GREETING,        /* connected, our Certificate message not sent: not requested, or not yet */
    CERT_SENT,       /* it is sent, and the handshake continues (TLS 1.2) */
    HANDSHAKEN,      /* complete, without a certificate request, nothing received */
    CERT_JUDGED,     /* complete, our certificate sent, nothing received (TLS 1.3) */
    ANSWERED,        /* the first byte of a response is received, our certificate was sent */
    ANSWERED_ANYONE, /* the same, without a certificate request */
    FAREWELL,        /* -r 0: close_notify is sent, our certificate too */
    FAREWELL_ANYONE, /* the same, without a certificate request */
};

static struct evidence evidence_at(enum position position, struct tls_facts *facts)
{
    bool handshaken = position >= HANDSHAKEN;
    *facts = (struct tls_facts){.handshaken = handshaken,
                                .cert_asked = position == CERT_SENT || position == CERT_JUDGED ||
                                              position == ANSWERED || position == FAREWELL,
                                .alert_received = TLS_NO_ALERT,
                                .alert_sent = TLS_NO_ALERT,
                                .verify = {.pin_index = -1}};
    facts->verify.result = handshaken || position == CERT_SENT ? VERIFY_OK : VERIFY_NOT_RUN;
    return (struct evidence){
        .tls = position == CONNECTING ? NULL : facts,
        .connected = position != CONNECTING,
        .response_begun = position == ANSWERED || position == ANSWERED_ANYONE,
        .handshake_only = position == FAREWELL || position == FAREWELL_ANYONE,
    };
}

static enum outcome judge(enum end_cause cause, enum position position, enum tcp_end tcp_end,
                          int alert, enum verify_result verify)
{
    struct tls_facts facts;
    struct evidence evidence = evidence_at(position, &facts);
    evidence.cause = cause;
    evidence.tcp_end = tcp_end;
    facts.alert_received = alert;
    if (verify != VERIFY_NOT_RUN)
        facts.verify.result = verify;
    return outcome_judge(&evidence);
}

static void an_alert_is_a_refusal_by_its_position_whatever_its_name(void **state)
{
    (void)state;
    static const struct {
        enum position position;
        enum outcome outcome;
    } cases[] = {
        {GREETING, OUTCOME_TLS_ALERT},
        {CERT_SENT, OUTCOME_CLIENT_CERT_REFUSED},   /* TLS 1.2: during the handshake */
        {CERT_JUDGED, OUTCOME_CLIENT_CERT_REFUSED}, /* TLS 1.3: after it */
        {FAREWELL, OUTCOME_CLIENT_CERT_REFUSED},    /* -r 0 */
        {HANDSHAKEN, OUTCOME_TLS_ALERT},
        {FAREWELL_ANYONE, OUTCOME_TLS_ALERT},
        {ANSWERED, OUTCOME_TLS_ALERT},
        {ANSWERED_ANYONE, OUTCOME_TLS_ALERT},
    };
    /* unknown_ca, access_denied, certificate_required, decode_error, handshake_failure,
     * bad_certificate, certificate_expired, internal_error, and an unassigned one */
    static const int alerts[] = {48, 49, 116, 50, 40, 42, 45, 80, 250, 0};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        for (size_t j = 0; j < COUNT_OF(alerts); j++)
            assert_int_equal(judge(END_TLS, cases[i].position, TCP_OK, alerts[j], VERIFY_NOT_RUN),
                             cases[i].outcome);
    }
}

static void without_an_alert_a_tls_failure_is_the_protocols(void **state)
{
    (void)state;
    for (int position = GREETING; position <= FAREWELL_ANYONE; position++)
        assert_int_equal(
            judge(END_TLS, (enum position)position, TCP_OK, TLS_NO_ALERT, VERIFY_NOT_RUN),
            OUTCOME_TLS_PROTOCOL);
}

static void what_the_verification_found_goes_before_any_alert(void **state)
{
    (void)state;
    static const struct {
        enum verify_result verify;
        enum outcome outcome;
    } cases[] = {
        {VERIFY_CHAIN_UNTRUSTED, OUTCOME_CHAIN_UNTRUSTED},
        {VERIFY_NAME_MISMATCH, OUTCOME_NAME_MISMATCH},
        {VERIFY_CERT_EXPIRED, OUTCOME_CERT_EXPIRED},
        {VERIFY_CERT_NOT_YET_VALID, OUTCOME_CERT_NOT_YET_VALID},
        {VERIFY_PIN_MISMATCH, OUTCOME_PIN_MISMATCH},
        {VERIFY_PIN_REJECTED, OUTCOME_PIN_REJECTED},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_int_equal(judge(END_TLS, GREETING, TCP_OK, TLS_NO_ALERT, cases[i].verify),
                         cases[i].outcome);
        assert_int_equal(judge(END_TLS, GREETING, TCP_OK, 48, cases[i].verify), cases[i].outcome);
    }
}

static void a_rejection_of_ech_is_one_unless_who_rejects_it_is_not_who_he_should_be(void **state)
{
    (void)state;
    struct tls_facts facts;
    struct evidence evidence = evidence_at(CERT_SENT, &facts); /* an empty one */
    evidence.cause = END_TLS;
    facts.ech = TLS_ECH_REJECTED;
    assert_int_equal(outcome_judge(&evidence), OUTCOME_ECH_REJECTED);
    facts.verify.result = VERIFY_PIN_MISMATCH;
    facts.ech = TLS_ECH_OFFERED;
    assert_int_equal(outcome_judge(&evidence), OUTCOME_PIN_MISMATCH);
    facts.verify.result = VERIFY_NOT_RUN;
    assert_int_equal(outcome_judge(&evidence), OUTCOME_TLS_PROTOCOL);
}

static void a_stream_that_ends_without_a_word_is_judged_by_its_position(void **state)
{
    (void)state;
    static const struct {
        enum position position;
        enum outcome by_fin, by_reset;
    } cases[] = {
        {GREETING, OUTCOME_CLOSED_EARLY, OUTCOME_RESET},
        {CERT_SENT, OUTCOME_CLOSED_BEFORE_ACCEPT, OUTCOME_CLOSED_BEFORE_ACCEPT},
        {CERT_JUDGED, OUTCOME_CLOSED_BEFORE_ACCEPT, OUTCOME_CLOSED_BEFORE_ACCEPT},
        {HANDSHAKEN, OUTCOME_CLOSED_EARLY, OUTCOME_RESET},
        {ANSWERED, OUTCOME_CLOSED_EARLY, OUTCOME_RESET},
        {ANSWERED_ANYONE, OUTCOME_CLOSED_EARLY, OUTCOME_RESET},
        {FAREWELL, OUTCOME_UNCONFIRMED, OUTCOME_UNCONFIRMED},
        {FAREWELL_ANYONE, OUTCOME_UNCONFIRMED, OUTCOME_UNCONFIRMED},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_int_equal(
            judge(END_STREAM, cases[i].position, TCP_EOF, TLS_NO_ALERT, VERIFY_NOT_RUN),
            cases[i].by_fin);
        assert_int_equal(
            judge(END_STREAM, cases[i].position, TCP_RESET, TLS_NO_ALERT, VERIFY_NOT_RUN),
            cases[i].by_reset);
    }
}

static void with_no_request_a_handshake_that_did_not_complete_is_no_unconfirmed_one(void **state)
{
    (void)state;
    struct tls_facts facts;
    struct evidence evidence = evidence_at(CERT_SENT, &facts);
    evidence.cause = END_STREAM;
    evidence.tcp_end = TCP_EOF;
    evidence.handshake_only = true;
    assert_int_equal(outcome_judge(&evidence), OUTCOME_CLOSED_BEFORE_ACCEPT);
    facts.cert_asked = false;
    assert_int_equal(outcome_judge(&evidence), OUTCOME_CLOSED_EARLY);
}

static void a_connection_that_does_not_come_about_is_ours_or_theirs(void **state)
{
    (void)state;
    static const struct {
        enum tcp_end end;
        enum outcome outcome;
    } cases[] = {
        {TCP_REFUSED, OUTCOME_CONNECT_REFUSED},
        {TCP_TIMED_OUT, OUTCOME_CONNECT_TIMEOUT},
        {TCP_RESET, OUTCOME_RESET},
        {TCP_UNREACHABLE, OUTCOME_CONNECT_FAILED},
        {TCP_OTHER, OUTCOME_CONNECT_FAILED},
        {TCP_EOF, OUTCOME_CONNECT_FAILED},
        {TCP_NO_DESCRIPTORS, OUTCOME_LOCAL_LIMIT},
        {TCP_NO_PORTS, OUTCOME_LOCAL_LIMIT},
        {TCP_NO_MEMORY, OUTCOME_LOCAL_LIMIT},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_int_equal(judge(END_CONNECT, CONNECTING, cases[i].end, TLS_NO_ALERT, VERIFY_NOT_RUN),
                         cases[i].outcome);
}

static void time_runs_out_on_connecting_handshaking_or_the_response(void **state)
{
    (void)state;
    static const enum outcome outcomes[] = {
        [CONNECTING] = OUTCOME_CONNECT_TIMEOUT,       [GREETING] = OUTCOME_HANDSHAKE_TIMEOUT,
        [CERT_SENT] = OUTCOME_HANDSHAKE_TIMEOUT,      [HANDSHAKEN] = OUTCOME_RESPONSE_TIMEOUT,
        [CERT_JUDGED] = OUTCOME_RESPONSE_TIMEOUT,     [ANSWERED] = OUTCOME_RESPONSE_TIMEOUT,
        [ANSWERED_ANYONE] = OUTCOME_RESPONSE_TIMEOUT,
    };
    for (size_t i = 0; i < COUNT_OF(outcomes); i++)
        assert_int_equal(
            judge(END_DEADLINE, (enum position)i, TCP_OK, TLS_NO_ALERT, VERIFY_NOT_RUN),
            outcomes[i]);
}

static void what_http_says_is_final_wherever_it_is_said(void **state)
{
    (void)state;
    static const struct {
        enum end_cause cause;
        enum outcome outcome;
    } cases[] = {
        {END_COMPLETE, OUTCOME_SUCCEEDED},       {END_REFUSAL_PAGE, OUTCOME_CLIENT_CERT_REFUSED},
        {END_STATUS, OUTCOME_UNEXPECTED_STATUS}, {END_HTTP, OUTCOME_BAD_RESPONSE},
        {END_OF_RUN, OUTCOME_CUT_OFF},           {END_REFUSAL_STATUS, OUTCOME_REFUSED_BY_STATUS},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        for (int position = HANDSHAKEN; position <= ANSWERED_ANYONE; position++)
            assert_int_equal(judge(cases[i].cause, (enum position)position, TCP_OK, TLS_NO_ALERT,
                                   VERIFY_NOT_RUN),
                             cases[i].outcome);
    }
}

/* Our Certificate message is ready by then, and goes out with the signature. */
static void a_token_that_does_not_sign_is_told_from_a_server_that_refuses(void **state)
{
    (void)state;
    static const struct {
        enum end_cause cause;
        enum tcp_end tcp_end;
        bool is_pending;
        unsigned long error;
        enum outcome outcome;
    } cases[] = {
        {END_TLS, TCP_OK, false, 0x32, OUTCOME_SIGNING_FAILED},
        {END_DEADLINE, TCP_OK, true, 0, OUTCOME_SIGNING_FAILED},
        {END_DEADLINE, TCP_OK, false, 0, OUTCOME_HANDSHAKE_TIMEOUT},
        {END_STREAM, TCP_EOF, true, 0, OUTCOME_CLOSED_EARLY},
        {END_STREAM, TCP_RESET, true, 0, OUTCOME_RESET},
        {END_STREAM, TCP_EOF, false, 0, OUTCOME_CLOSED_BEFORE_ACCEPT},
        {END_OF_RUN, TCP_OK, true, 0, OUTCOME_CUT_OFF},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct tls_facts facts;
        struct evidence evidence = evidence_at(CERT_SENT, &facts);
        evidence.cause = cases[i].cause;
        evidence.tcp_end = cases[i].tcp_end;
        facts.signature.is_pending = cases[i].is_pending;
        facts.signature.error = cases[i].error;
        assert_int_equal(outcome_judge(&evidence), cases[i].outcome);
    }
}

static void the_end_of_the_run_cuts_off_wherever_a_session_is(void **state)
{
    (void)state;
    for (int position = CONNECTING; position <= FAREWELL_ANYONE; position++)
        assert_int_equal(
            judge(END_OF_RUN, (enum position)position, TCP_OK, TLS_NO_ALERT, VERIFY_NOT_RUN),
            OUTCOME_CUT_OFF);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_alert_is_a_refusal_by_its_position_whatever_its_name),
        cmocka_unit_test(without_an_alert_a_tls_failure_is_the_protocols),
        cmocka_unit_test(what_the_verification_found_goes_before_any_alert),
        cmocka_unit_test(a_rejection_of_ech_is_one_unless_who_rejects_it_is_not_who_he_should_be),
        cmocka_unit_test(a_stream_that_ends_without_a_word_is_judged_by_its_position),
        cmocka_unit_test(with_no_request_a_handshake_that_did_not_complete_is_no_unconfirmed_one),
        cmocka_unit_test(a_connection_that_does_not_come_about_is_ours_or_theirs),
        cmocka_unit_test(time_runs_out_on_connecting_handshaking_or_the_response),
        cmocka_unit_test(what_http_says_is_final_wherever_it_is_said),
        cmocka_unit_test(a_token_that_does_not_sign_is_told_from_a_server_that_refuses),
        cmocka_unit_test(the_end_of_the_run_cuts_off_wherever_a_session_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
