/* SPDX-License-Identifier: Apache-2.0 */
#include "measure/outcome.h"

#include "unit.h"

static const struct {
    const char *name;
    enum outcome outcome;
    enum outcome_class class;
} rows[] = {
    {"succeeded", OUTCOME_SUCCEEDED, CLASS_SUCCEEDED},
    {"client_cert_refused", OUTCOME_CLIENT_CERT_REFUSED, CLASS_REFUSED},
    {"refused_by_status", OUTCOME_REFUSED_BY_STATUS, CLASS_REFUSED},
    {"closed_before_accept", OUTCOME_CLOSED_BEFORE_ACCEPT, CLASS_FAILED},
    {"unconfirmed", OUTCOME_UNCONFIRMED, CLASS_UNCONFIRMED},
    {"cut_off", OUTCOME_CUT_OFF, CLASS_CUT_OFF},
    {"pin_mismatch", OUTCOME_PIN_MISMATCH, CLASS_FAILED},
    {"pin_rejected", OUTCOME_PIN_REJECTED, CLASS_FAILED},
    {"chain_untrusted", OUTCOME_CHAIN_UNTRUSTED, CLASS_FAILED},
    {"name_mismatch", OUTCOME_NAME_MISMATCH, CLASS_FAILED},
    {"cert_expired", OUTCOME_CERT_EXPIRED, CLASS_FAILED},
    {"cert_not_yet_valid", OUTCOME_CERT_NOT_YET_VALID, CLASS_FAILED},
    {"ech_rejected", OUTCOME_ECH_REJECTED, CLASS_FAILED},
    {"connect_refused", OUTCOME_CONNECT_REFUSED, CLASS_FAILED},
    {"connect_timeout", OUTCOME_CONNECT_TIMEOUT, CLASS_FAILED},
    {"connect_failed", OUTCOME_CONNECT_FAILED, CLASS_FAILED},
    {"tls_alert", OUTCOME_TLS_ALERT, CLASS_FAILED},
    {"tls_protocol", OUTCOME_TLS_PROTOCOL, CLASS_FAILED},
    {"handshake_timeout", OUTCOME_HANDSHAKE_TIMEOUT, CLASS_FAILED},
    {"reset", OUTCOME_RESET, CLASS_FAILED},
    {"closed_early", OUTCOME_CLOSED_EARLY, CLASS_FAILED},
    {"bad_response", OUTCOME_BAD_RESPONSE, CLASS_FAILED},
    {"unexpected_status", OUTCOME_UNEXPECTED_STATUS, CLASS_FAILED},
    {"response_timeout", OUTCOME_RESPONSE_TIMEOUT, CLASS_FAILED},
    {"signing_failed", OUTCOME_SIGNING_FAILED, CLASS_FAILED},
    {"local_limit", OUTCOME_LOCAL_LIMIT, CLASS_FAILED},
};

static void the_list_is_closed_and_each_name_leads_back(void **state)
{
    (void)state;
    assert_int_equal(COUNT_OF(rows), NUM_OUTCOMES);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        enum outcome outcome;
        assert_int_equal(rows[i].outcome, i);
        assert_string_equal(outcome_name(rows[i].outcome), rows[i].name);
        assert_true(outcome_from_name(rows[i].name, &outcome));
        assert_int_equal(outcome, i);
        assert_true(strlen(outcome_meaning(outcome)) > 10);
    }
}

static void other_names_are_none(void **state)
{
    (void)state;
    static const char *const names[] = {"", "success", "Succeeded", "succeeded ", "pin-mismatch"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        enum outcome outcome;
        assert_false(outcome_from_name(names[i], &outcome));
    }
}

static void each_counts_as_one_class(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_int_equal(outcome_class(rows[i].outcome, false), rows[i].class);
}

static void refusal_by_close_makes_a_close_without_alert_a_refusal_and_nothing_else(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        bool is_close = rows[i].outcome == OUTCOME_CLOSED_BEFORE_ACCEPT;
        assert_int_equal(outcome_class(rows[i].outcome, true),
                         is_close ? CLASS_REFUSED : rows[i].class);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_list_is_closed_and_each_name_leads_back),
        cmocka_unit_test(other_names_are_none),
        cmocka_unit_test(each_counts_as_one_class),
        cmocka_unit_test(refusal_by_close_makes_a_close_without_alert_a_refusal_and_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
