/* SPDX-License-Identifier: Apache-2.0 */
/* The progress that a run reports. */
#include "base/clock.h"
#include "engine/trial.h"
#include "tls/fixtures.h"

#include <math.h>

static const struct tls_server_config asking = {.client_ca = FIXTURE("client-ca.crt")};
static const struct tls_server_config refusing = {.client_ca = FIXTURE("other-client-ca.crt")};

struct watched {
    struct progress_moment moments[8];
    size_t count;
    bool was_last;
};

static void watch_moment(void *arg, const struct progress_moment *moment, bool is_last)
{
    struct watched *watched = arg;
    watched->was_last = is_last;
    if (watched->count < COUNT_OF(watched->moments))
        watched->moments[watched->count++] = *moment;
}

static void each_second_is_told_with_the_handshakes_of_all_threads(void **state)
{
    (void)state;
    struct trial trial;
    struct watched watched = {.count = 0};
    trial_start(&trial, MANNER_SERVE, &asking);
    trial.hooks = (struct run_hooks){.on_progress = watch_moment, .arg = &watched};
    trial_identity(&trial, "client-p256");
    trial.plan.threads = 2;
    trial.plan.connections = 4;
    trial.plan.sessions = 0;
    trial.plan.duration_ns = 3500 * NS_PER_MS;
    trial_run(&trial);
    assert_true(watched.was_last);
    assert_true(watched.count >= 3 && watched.count <= 5);
    for (size_t i = 1; i < watched.count; i++) {
        const struct progress_moment *moment = &watched.moments[i];
        assert_true(moment->elapsed_s > watched.moments[i - 1].elapsed_s);
        assert_true(moment->ended > watched.moments[i - 1].ended);
        assert_true(moment->p50_ns > 0 && moment->p50_ns <= moment->p99_ns);
    }
    trial_cleanup(&trial);
}

static void failures_are_told_by_name(void **state)
{
    (void)state;
    struct trial trial;
    struct watched watched = {.count = 0};
    trial_plan(&trial, NULL);
    trial.hooks = (struct run_hooks){.on_progress = watch_moment, .arg = &watched};
    trial.plan.sessions = 4;
    trial_run(&trial);
    const struct progress_moment *last = &watched.moments[watched.count - 1];
    assert_int_equal(last->ended, 4);
    for (int i = 0; i < NUM_OUTCOMES; i++)
        assert_int_equal(last->failures[i], i == OUTCOME_CONNECT_REFUSED ? 4 : 0);
    assert_true(isnan(last->p50_ns));
    trial_cleanup(&trial);
}

/* Over all threads; including responses of sessions that continue. */
static void refusals_and_responses_are_told_while_the_run_goes_on(void **state)
{
    (void)state;
    for (int refuses = 0; refuses < 2; refuses++) {
        struct trial trial;
        struct watched watched = {.count = 0};
        trial_start(&trial, MANNER_SERVE, refuses ? &refusing : &asking);
        trial.hooks = (struct run_hooks){.on_progress = watch_moment, .arg = &watched};
        trial_identity(&trial, "client-p256");
        trial.plan.threads = trial.plan.connections = 2;
        trial.plan.sessions = 0;
        trial.plan.duration_ns = 2500 * NS_PER_MS;
        trial.plan.requests = 1000000000;
        trial.plan.think_ns = NS_PER_MS;
        trial_run(&trial);
        assert_true(watched.count >= 3);
        for (size_t i = 0; i < watched.count; i++) {
            const struct progress_moment *moment = &watched.moments[i];
            uint64_t refused = i > 0 ? moment[-1].refused : 0;
            uint64_t responses = i > 0 ? moment[-1].responses : 0;
            bool is_more = i + 1 < watched.count; /* the last one may follow at once */
            if (refuses) {
                assert_true(moment->refused >= refused + is_more);
                assert_true(moment->refused <= trial.result->by_class[CLASS_REFUSED]);
                assert_int_equal(moment->responses, 0);
            } else {
                assert_true(moment->responses >= responses + is_more);
                assert_int_equal(moment->refused, 0);
                assert_true(i + 1 == watched.count || moment->in_flight == 2);
            }
        }
        const struct progress_moment *last = &watched.moments[watched.count - 1];
        assert_int_equal(last->refused, trial.result->by_class[CLASS_REFUSED]);
        trial_cleanup(&trial);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_second_is_told_with_the_handshakes_of_all_threads),
        cmocka_unit_test(failures_are_told_by_name),
        cmocka_unit_test(refusals_and_responses_are_told_while_the_run_goes_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
