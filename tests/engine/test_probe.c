/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/probe.h"

#include "base/clock.h"
#include "base/memory.h"
#include "engine/service.h"
#include "net/listener.h"
#include "tls/fixtures.h"
#include "tls/identity.h"

#include <signal.h>

static void make_plan(struct plan *plan, const struct address *first, const struct address *second)
{
    struct error err;
    *plan = (struct plan){.timeout_ns = 10 * NS_PER_S, .connect_timeout_ns = 200 * NS_PER_MS};
    assert_true(target_parse(&plan->target, "https://localhost/", &err));
    plan->identities = identity_set_new();
    plan->addresses.items = memory_new(2, sizeof *plan->addresses.items);
    plan->addresses.items[0] = *first;
    plan->addresses.items[1] = *second;
    plan->addresses.count = 2;
}

static void where_the_first_address_does_not_answer_the_next_one_is_looked_at(void **state)
{
    (void)state;
    static const struct tls_server_config config = {0};
    struct listener silent;
    struct service *service = service_start(MANNER_SERVE, &config);
    struct address live = service_address(service);
    struct probe probe = {0};
    struct plan plan;
    struct error err = {{0}};
    listener_open_silent(&silent);
    make_plan(&plan, &silent.address, &live);
    if (!probe_server(&probe, &plan, &err))
        fail_msg("%s", err.text);
    assert_true(probe.num_certs > 0);
    probe_cleanup(&probe);
    plan_cleanup(&plan);
    service_stop(service);
    listener_join(&silent);
}

static void where_none_answers_the_last_one_is_named(void **state)
{
    (void)state;
    struct listener silent;
    struct address dead = listener_dead_address();
    struct probe probe = {0};
    struct plan plan;
    struct error err = {{0}};
    char text[ADDRESS_TEXT_LEN];
    listener_open_silent(&silent);
    make_plan(&plan, &dead, &silent.address);
    assert_false(probe_server(&probe, &plan, &err));
    address_text(&silent.address, text);
    assert_non_null(strstr(err.text, text));
    assert_non_null(strstr(err.text, "timed out"));
    plan_cleanup(&plan);
    listener_join(&silent);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(where_the_first_address_does_not_answer_the_next_one_is_looked_at),
        cmocka_unit_test(where_none_answers_the_last_one_is_named),
    };
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
