/* SPDX-License-Identifier: Apache-2.0 */
/* Runs in HTTP/2: several requests at a time on each connection. */
#include "base/clock.h"
#include "load/service.h"
#include "load/trial.h"

#include "unit.h"

#include <signal.h>

static const struct tls_server_config plain = {.limits = {.alpn = TLS_ALPN_H2}};

static void what_is_answered_together_is_asked_together_in_one_record(void **state)
{
    (void)state;
    struct trial trial;
    struct service *service = service_start(MANNER_SERVE, &plain);
    trial_plan(&trial, service);
    trial_http2(&trial, "/ok", 10);
    trial.plan.requests = 200;
    trial_run(&trial);
    trial_expect(&trial, OUTCOME_SUCCEEDED);
    assert_int_equal(trial.result->requests_succeeded, 4 * 200);
    assert_int_equal(service_seen(service)->requests, 4 * 200);
    /* 20 of ten requests each, one that takes note of SETTINGS, and a few that came apart */
    assert_in_range(service_seen(service)->records, 4 * 20, 4 * 40);
    trial_cleanup(&trial);
    service_stop(service);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_answered_together_is_asked_together_in_one_record),
    };
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
