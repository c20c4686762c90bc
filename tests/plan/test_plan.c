/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/plan.h"

#include "tls/fixtures.h"
#include "tls/identity.h"
#include "tls/pinset.h"

static void without_a_list_any_2xx_or_3xx_is_a_success(void **state)
{
    (void)state;
    struct plan plan = {0};
    for (unsigned status = 0; status < 1000; status++)
        assert_int_equal(plan_expects_status(&plan, 0, status), status >= 200 && status < 400);
}

static void with_a_list_only_what_is_on_it_is_a_success(void **state)
{
    (void)state;
    unsigned statuses[] = {404, 204};
    struct plan plan = {.expect_statuses = {statuses, 2}};
    for (unsigned status = 0; status < 1000; status++)
        assert_int_equal(plan_expects_status(&plan, 0, status), status == 404 || status == 204);
}

static void what_is_said_of_an_identity_is_said_of_it_first(void **state)
{
    (void)state;
    unsigned all[] = {200}, own[] = {302, 403}, refusals[] = {302, 401};
    struct status_list lists[] = {{NULL, 0}, {own, 2}};
    struct plan plan = {
        .expect_statuses = {all, 1}, .refusal_statuses = {refusals, 2}, .identity_statuses = lists};
    static const struct {
        size_t identity;
        unsigned status;
        bool is_expected, is_refusal;
    } cases[] = {
        {0, 200, true, false},  {0, 302, false, true},  {0, 401, false, true},
        {0, 403, false, false}, {1, 200, false, false}, {1, 302, true, false},
        {1, 401, false, true},  {1, 403, true, false},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_int_equal(plan_expects_status(&plan, cases[i].identity, cases[i].status),
                         cases[i].is_expected);
        assert_int_equal(plan_refuses_by_status(&plan, cases[i].identity, cases[i].status),
                         cases[i].is_refusal);
    }
}

static void without_a_certificate_there_is_one_row_and_none_to_refuse(void **state)
{
    (void)state;
    struct plan plan = {.identities = identity_set_new()};
    assert_int_equal(plan_num_identities(&plan), 1);
    assert_string_equal(plan_identity_name(&plan, 0), "(none)");
    assert_false(plan_expects_refusal(&plan, 0));
    plan_cleanup(&plan);
}

static void each_identity_is_a_row_and_may_have_to_be_refused(void **state)
{
    (void)state;
    static const struct password no_password;
    struct plan plan = {.identities = identity_set_new()};
    struct notices notices = {0};
    struct error err;
    static const char *const names[] = {"alice", "bob"};
    for (size_t i = 0; i < 2; i++)
        assert_true(identity_set_add(plan.identities, names[i], FIXTURE("client-p256.pem"), NULL,
                                     &no_password, &notices, &err));
    plan.expect_refused = calloc(2, sizeof *plan.expect_refused);
    plan.expect_refused[1] = true;
    assert_int_equal(plan_num_identities(&plan), 2);
    assert_string_equal(plan_identity_name(&plan, 1), "bob");
    assert_false(plan_expects_refusal(&plan, 0));
    assert_true(plan_expects_refusal(&plan, 1));
    plan_cleanup(&plan);
}

static void the_shares_of_shards_and_their_threads_add_up(void **state)
{
    (void)state;
    static const uint64_t totals[] = {1, 7, 100, 101, 65537};
    for (size_t i = 0; i < COUNT_OF(totals); i++) {
        for (unsigned num_shards = 1; num_shards <= 5; num_shards++) {
            struct plan plan = {.connections = totals[i] + num_shards,
                                .sessions = totals[i],
                                .rate = (double)totals[i],
                                .num_shards = num_shards};
            uint64_t connections = 0, sessions = 0, of_threads = 0;
            double rate = 0;
            for (; plan.shard < num_shards; plan.shard++) {
                unsigned num_threads = 1 + plan.shard * 2; /* other shards have other numbers */
                connections += plan_connections(&plan);
                sessions += plan_sessions(&plan);
                rate += plan_rate(&plan);
                for (unsigned thread = 0; thread < num_threads; thread++)
                    of_threads += plan_share(plan_sessions(&plan), num_threads, thread);
            }
            assert_int_equal(connections, plan.connections);
            assert_int_equal(sessions, plan.sessions);
            assert_int_equal(of_threads, plan.sessions);
            assert_true(rate > plan.rate * 0.999999 && rate < plan.rate * 1.000001);
        }
    }
}

static void a_plan_is_safe_to_clean_up_twice_and_when_zeroed(void **state)
{
    (void)state;
    struct plan plan = {0};
    plan_cleanup(&plan);
    plan.pins = pinset_new();
    plan_cleanup(&plan);
    plan_cleanup(&plan);
}

static void session_modes_have_names(void **state)
{
    (void)state;
    assert_string_equal(session_mode_name(SESSION_FULL), "full");
    assert_string_equal(session_mode_name(SESSION_RESUME), "resume");
    assert_string_equal(session_mode_name(SESSION_MIXED), "mixed");
    assert_string_equal(session_mode_name(SESSION_EARLY), "early");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_list_any_2xx_or_3xx_is_a_success),
        cmocka_unit_test(with_a_list_only_what_is_on_it_is_a_success),
        cmocka_unit_test(what_is_said_of_an_identity_is_said_of_it_first),
        cmocka_unit_test(without_a_certificate_there_is_one_row_and_none_to_refuse),
        cmocka_unit_test(each_identity_is_a_row_and_may_have_to_be_refused),
        cmocka_unit_test(the_shares_of_shards_and_their_threads_add_up),
        cmocka_unit_test(a_plan_is_safe_to_clean_up_twice_and_when_zeroed),
        cmocka_unit_test(session_modes_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
