/* SPDX-License-Identifier: Apache-2.0 */
/* Runs are set up by all threads at once, and ended by signals. */
#include "base/clock.h"
#include "engine/headcount.h"
#include "engine/trial.h"
#include "tls/fixtures.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static const struct tls_server_config plain = {0};

struct signals {
    int count;
    useconds_t after_us;
};

static void *send_signals(void *arg)
{
    const struct signals *signals = arg;
    for (int i = 0; i < signals->count; i++) {
        usleep(signals->after_us);
        kill(getpid(), SIGINT);
    }
    return NULL;
}

/* Returns how long it took, in seconds from before the wait for the first signal. */
static double run_interrupted(struct trial *trial, int count)
{
    pthread_t thread;
    struct signals signals = {count, 200000};
    uint64_t began_ns = clock_now_ns();
    assert_int_equal(pthread_create(&thread, NULL, send_signals, &signals), 0);
    trial_run(trial);
    double took_s = (double)(clock_now_ns() - began_ns) / NS_PER_S;
    pthread_join(thread, NULL);
    assert_int_equal(trial->result->interrupted_by, SIGINT);
    assert_true(trial->took_s < 10);
    return took_s;
}

static void an_interrupt_ends_the_run_early_with_what_is_in_flight_finished(void **state)
{
    (void)state;
    for (unsigned threads = 1; threads <= 2; threads++) {
        struct trial trial;
        trial_start(&trial, MANNER_SERVE, &plain);
        trial.plan.threads = threads;
        trial.plan.connections = 4;
        trial.plan.sessions = 0;
        trial.plan.duration_ns = 60 * NS_PER_S;
        run_interrupted(&trial, 1);
        trial_expect(&trial, OUTCOME_SUCCEEDED);
        assert_true(trial.result->duration_s >= 0.1 && trial.result->duration_s < 10);
        trial_cleanup(&trial);
    }
}

static void an_interrupted_open_loop_with_free_slots_has_skipped_nothing(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) { /* by chance, something had become due as the signal came */
        struct trial trial;
        trial_start(&trial, MANNER_SERVE, &plain);
        trial.plan.connections = 2000;
        trial.plan.sessions = 0;
        trial.plan.rate = 1000;
        trial.plan.duration_ns = 60 * NS_PER_S;
        run_interrupted(&trial, 1);
        if (trial.result->by_class[CLASS_FAILED] > 0) /* a slow machine may cut some off */
            fail_msg("%s", trial.result->violations[0]);
        assert_int_equal(trial.result->skipped, 0);
        trial_cleanup(&trial);
    }
}

static void a_second_interrupt_ends_it_at_once(void **state)
{
    (void)state;
    struct trial trial;
    trial_start(&trial, MANNER_STALL_AT_REQUEST, &plain);
    trial.plan.sessions = 0;
    trial.plan.duration_ns = 60 * NS_PER_S;
    trial.plan.timeout_ns = 60 * NS_PER_S;
    double took_s = run_interrupted(&trial, 2);
    trial_expect(&trial, OUTCOME_CUT_OFF);
    assert_true(took_s >= 0.4);
    trial_cleanup(&trial);
}

static void an_interrupt_while_a_run_awaits_its_start_or_rests_ends_it_too(void **state)
{
    (void)state;
    for (int rests = 0; rests < 2; rests++) {
        struct trial trial;
        trial_plan(&trial, NULL);
        trial.plan.sessions = 0;
        trial.plan.duration_ns = 60 * NS_PER_S;
        if (!rests)
            trial.plan.start_at_wall_ns = clock_wall_ns() + 60 * NS_PER_S;
        run_interrupted(&trial, 1);
        assert_int_equal(trial.result->started > 0, rests);
        trial_cleanup(&trial);
    }
}

/* While workers are created */

static struct {
    _Atomic unsigned count;
    pthread_t by[4];
    unsigned wait_for;
} made;

/* Linked in place of worker_new. */
struct worker *__real_worker_new(const struct worker_shared *shared, unsigned index,
                                 struct error *err);
struct worker *__wrap_worker_new(const struct worker_shared *shared, unsigned index,
                                 struct error *err);

struct worker *__wrap_worker_new(const struct worker_shared *shared, unsigned index,
                                 struct error *err)
{
    made.by[index] = pthread_self();
    made.count++;
    for (int i = 0; i < 10000 && made.count < made.wait_for; i++)
        usleep(1000);
    return __real_worker_new(shared, index, err);
}

static void each_thread_makes_its_worker_at_the_same_time_as_the_others(void **state)
{
    (void)state;
    struct trial trial;
    trial_start(&trial, MANNER_SERVE, &plain);
    trial.plan.threads = trial.plan.connections = trial.plan.sessions = 4;
    made.count = 0;
    made.wait_for = 4;
    trial_run(&trial);
    made.wait_for = 0;
    trial_expect(&trial, OUTCOME_SUCCEEDED);
    assert_int_equal(made.count, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_false(pthread_equal(made.by[i], pthread_self()));
        for (size_t k = 0; k < i; k++)
            assert_false(pthread_equal(made.by[i], made.by[k]));
    }
    assert_true(trial.took_s < 10); /* none waited for the others in vain */
    trial_cleanup(&trial);
}

static void an_interrupt_while_workers_are_made_is_a_result_of_nothing(void **state)
{
    (void)state;
    for (int open_loop = 0; open_loop < 2; open_loop++) {
        struct trial trial;
        trial_start(&trial, MANNER_SERVE, &plain);
        trial_identity(&trial, "client-p256");
        trial.plan.threads = 2;
        trial.plan.rate = open_loop ? 1000 : 0;
        kill(getpid(), SIGINT); /* is blocked until the run takes its signals */
        trial_run(&trial);
        assert_int_equal(trial.result->interrupted_by, SIGINT);
        assert_int_equal(trial.result->started, 0);
        assert_int_equal(trial.result->scheduled, 0);
        assert_false(trial.result->saturated);
        assert_int_equal(trial.result->num_identities, 1);
        assert_non_null(strstr(trial.result->address, "127.0.0.1:"));
        assert_int_equal(service_seen(trial.service)->connections, 0);
        trial_cleanup(&trial);
    }
}

static void a_worker_that_is_called_off_is_not_made(void **state)
{
    (void)state;
    struct trial trial;
    struct error err = {{0}};
    trial_plan(&trial, NULL);
    for (int is_called_off = 0; is_called_off < 2; is_called_off++) {
        const _Atomic bool called_off = is_called_off;
        struct headcount established = {0};
        struct worker_shared shared = {
            .plan = &trial.plan, .established = &established, .called_off = &called_off};
        struct worker *worker = worker_new(&shared, 0, &err);
        assert_int_equal(worker == NULL, is_called_off);
        assert_string_equal(err.text, "");
        worker_free(worker);
    }
    trial_cleanup(&trial);
}

/* All threads that are made later inherit the mask: the run reads its signals from a descriptor. */
static void block_signals(void)
{
    sigset_t mask;
    sigemptyset(&mask);
    sigaddset(&mask, SIGINT);
    pthread_sigmask(SIG_BLOCK, &mask, NULL);
    signal(SIGPIPE, SIG_IGN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_interrupt_ends_the_run_early_with_what_is_in_flight_finished),
        cmocka_unit_test(an_interrupted_open_loop_with_free_slots_has_skipped_nothing),
        cmocka_unit_test(a_second_interrupt_ends_it_at_once),
        cmocka_unit_test(an_interrupt_while_a_run_awaits_its_start_or_rests_ends_it_too),
        cmocka_unit_test(each_thread_makes_its_worker_at_the_same_time_as_the_others),
        cmocka_unit_test(an_interrupt_while_workers_are_made_is_a_result_of_nothing),
        cmocka_unit_test(a_worker_that_is_called_off_is_not_made),
    };
    block_signals();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
