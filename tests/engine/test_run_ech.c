/* SPDX-License-Identifier: Apache-2.0 */
/* Runs that encrypt their hellos, against servers that have the key, another one, or none. */
#include "engine/probe.h"
#include "engine/service.h"
#include "engine/trial.h"
#include "tls/ech_keys.h"
#include "tls/fixtures.h"
#include "tls/pinset.h"

#include <signal.h>

/* The server asks for certificates; it would take a client without one, too. */
static struct service *start(const struct ech_key *key)
{
    struct tls_server_config config = {.client_ca = FIXTURE("client-ca.crt"),
                                       .client_cert_optional = true,
                                       .prepare = key != NULL ? ech_key_prepare : NULL,
                                       .prepare_arg = key};
    return service_start(MANNER_SERVE, &config);
}

static void plan_for(struct trial *trial, const struct service *service, const struct ech_key *key)
{
    trial_plan(trial, service);
    trial_identity(trial, "client-p256");
    trial_identity(trial, "client-rsa");
    trial->plan.connections = 1;
    trial->plan.tls.ech = key->list.data;
    trial->plan.tls.ech_len = key->list.len;
}

static void every_session_is_accepted_where_the_server_has_the_key(void **state)
{
    (void)state;
    struct trial trial;
    struct ech_key key;
    if (ech_is_missing())
        return;
    ech_key_make(&key, "public.example", 1);
    struct service *service = start(&key);
    plan_for(&trial, service, &key);
    trial_run(&trial);
    trial_expect(&trial, OUTCOME_SUCCEEDED);
    assert_int_equal(trial.result->ech_offered, 4);
    assert_int_equal(trial.result->ech_accepted, 4);
    assert_int_equal(trial.result->ech_rejected, 0);
    assert_int_equal(trial.result->ech_retried, 0);
    assert_int_equal(service_seen(service)->with_client_cert, 4);
    assert_non_null(strstr(trial.stories.first, "ECH: accepted"));
    assert_true(trial.result->passed);
    trial_cleanup(&trial);
    service_stop(service);
    ech_key_remove(&key);
}

static void after_one_rejection_the_thread_goes_on_with_what_it_brought(void **state)
{
    (void)state;
    struct trial trial;
    struct ech_key old, new;
    if (ech_is_missing())
        return;
    ech_key_make(&old, "public.example", 1);
    ech_key_make(&new, "public.example", 1);
    struct service *service = start(&new);
    plan_for(&trial, service, &old);
    trial_run(&trial);
    const struct result *result = trial.result;
    const char *story = trial.stories.by_outcome[OUTCOME_ECH_REJECTED];
    assert_int_equal(result->outcomes[OUTCOME_ECH_REJECTED], 1);
    assert_int_equal(result->outcomes[OUTCOME_SUCCEEDED], 3);
    assert_int_equal(result->ech_offered, 4);
    assert_int_equal(result->ech_accepted, 3);
    assert_int_equal(result->ech_rejected, 1);
    assert_int_equal(result->ech_retried, 3);
    assert_int_equal(result->pins_matched, 4);
    assert_int_equal(service_seen(service)->with_client_cert, 3);
    assert_int_equal(result->handshakes_completed, 3);
    assert_string_equal(result->alerts_sent.items[0].name, "ech_required");
    assert_non_null(story);
    assert_non_null(strstr(story, "ECH: rejected, with a certificate for the public name "
                                  "'public.example'; the server sent another configuration"));
    assert_true(result->identities[0].as_expected); /* it is not the identity's doing */
    assert_false(result->passed);
    trial_cleanup(&trial);
    service_stop(service);
    ech_key_remove(&old);
    ech_key_remove(&new);
}

static void a_server_without_ech_is_never_told_who_we_are(void **state)
{
    (void)state;
    struct trial trial;
    struct ech_key key;
    if (ech_is_missing())
        return;
    ech_key_make(&key, "public.example", 1);
    struct service *service = start(NULL);
    plan_for(&trial, service, &key);
    trial.plan.connections = 2;
    trial_run(&trial);
    trial_expect(&trial, OUTCOME_ECH_REJECTED);
    assert_int_equal(trial.result->ech_rejected, 4);
    assert_int_equal(trial.result->ech_retried, 0);
    assert_int_equal(trial.result->requests_started, 0);
    assert_int_equal(service_seen(service)->with_client_cert, 0);
    assert_int_equal(service_seen(service)->requests, 0);
    trial_cleanup(&trial);
    service_stop(service);
    ech_key_remove(&key);
}

static void what_a_server_with_a_wrong_pin_sends_is_not_used(void **state)
{
    (void)state;
    static const uint8_t wrong[FINGERPRINT_LEN];
    struct trial trial;
    struct ech_key old, new;
    if (ech_is_missing())
        return;
    ech_key_make(&old, "public.example", 1);
    ech_key_make(&new, "public.example", 1);
    struct service *service = start(&new);
    plan_for(&trial, service, &old);
    pinset_free(trial.plan.pins);
    trial.plan.pins = pinset_new();
    pinset_add_fingerprint(trial.plan.pins, PIN_CERT, wrong);
    trial_run(&trial);
    trial_expect(&trial, OUTCOME_PIN_MISMATCH);
    assert_int_equal(trial.result->ech_offered, 4);
    assert_int_equal(trial.result->ech_rejected, 0);
    assert_int_equal(trial.result->ech_retried, 0);
    assert_int_equal(service_seen(service)->with_client_cert, 0);
    trial_cleanup(&trial);
    service_stop(service);
    ech_key_remove(&old);
    ech_key_remove(&new);
}

static void a_look_at_the_certificate_is_at_the_one_asked_for(void **state)
{
    (void)state;
    struct ech_key old, new;
    struct trial trial;
    struct error err = {{0}};
    if (ech_is_missing())
        return;
    ech_key_make(&old, "public.example", 1);
    ech_key_make(&new, "public.example", 1);
    struct service *service = start(&new);
    for (int has_key = 0; has_key < 2; has_key++) {
        struct probe probe = {0};
        plan_for(&trial, service, has_key ? &new : &old);
        assert_int_equal(probe_server(&probe, &trial.plan, &err), has_key);
        if (!has_key)
            assert_non_null(strstr(err.text, "is for the public name 'public.example'"));
        probe_cleanup(&probe);
        trial_cleanup(&trial);
    }
    service_stop(service);
    ech_key_remove(&old);
    ech_key_remove(&new);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_session_is_accepted_where_the_server_has_the_key),
        cmocka_unit_test(after_one_rejection_the_thread_goes_on_with_what_it_brought),
        cmocka_unit_test(a_server_without_ech_is_never_told_who_we_are),
        cmocka_unit_test(what_a_server_with_a_wrong_pin_sends_is_not_used),
        cmocka_unit_test(a_look_at_the_certificate_is_at_the_one_asked_for),
    };
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
