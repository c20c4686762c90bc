/* SPDX-License-Identifier: Apache-2.0 */
#include "net/net_loop.h"

#include "base/clock.h"
#include "net/net_internal.h"
#include "unit.h"

#include <pthread.h>

struct watch {
    struct net_loop *loop;
    unsigned num_wakes, num_turns;
    unsigned wakes_wanted; /* finish after so many */
    uint64_t last_wake_ns;
    uint64_t wait_ns; /* to be asked for once, at the turn after the first wake; 0: nothing */
    uint64_t busy_ns;
    uint64_t work_ns;       /* to be busy for in each wake */
    uint64_t quiet_work_ns; /* to be busy for once in a pause; 0: nothing */
    unsigned num_pauses;
};

static void work_for(uint64_t work_ns)
{
    uint64_t until_ns = clock_now_ns() + work_ns;
    while (clock_now_ns() < until_ns)
        ;
}

static void on_wake(void *owner)
{
    struct watch *watch = owner;
    watch->num_wakes++;
    watch->last_wake_ns = clock_now_ns();
    work_for(watch->work_ns);
    if (watch->num_wakes >= watch->wakes_wanted)
        net_loop_finish(watch->loop);
}

static bool on_turn(void *owner, uint64_t busy_ns)
{
    struct watch *watch = owner;
    watch->num_turns++;
    watch->busy_ns += busy_ns;
    if (watch->wait_ns != 0 && watch->num_wakes > 0) {
        net_loop_wake_at(watch->loop, clock_now_ns() + watch->wait_ns);
        watch->wait_ns = 0;
    }
    return watch->quiet_work_ns != 0;
}

static void on_quiet(void *owner)
{
    struct watch *watch = owner;
    watch->num_pauses++;
    work_for(watch->quiet_work_ns);
    watch->quiet_work_ns = 0;
}

static const struct net_loop_events events = {on_wake, on_turn, on_quiet};

static void open_loop(struct watch *watch)
{
    *watch = (struct watch){.wakes_wanted = 1};
    watch->loop = net_loop_new(&events, watch);
}

/* Runs the loop to its end, which must leave nothing open. */
static void run_and_free(struct watch *watch)
{
    net_loop_run(watch->loop);
    assert_true(net_loop_free(watch->loop));
}

static void a_loop_that_is_finished_before_it_runs_returns_at_once(void **state)
{
    (void)state;
    struct watch watch;
    open_loop(&watch);
    net_loop_finish(watch.loop);
    net_loop_finish(watch.loop);
    run_and_free(&watch);
    assert_int_equal(watch.num_wakes, 0);
    assert_true(net_loop_free(NULL));
}

static void it_wakes_not_before_the_time_and_soon_after_it(void **state)
{
    (void)state;
    static const uint64_t waits_ns[] = {0, 100 * NS_PER_US, NS_PER_MS, 20 * NS_PER_MS};
    for (size_t i = 0; i < COUNT_OF(waits_ns); i++) {
        struct watch watch;
        open_loop(&watch);
        uint64_t due_ns = clock_now_ns() + waits_ns[i];
        net_loop_wake_at(watch.loop, due_ns);
        run_and_free(&watch);
        assert_true(watch.last_wake_ns >= due_ns);
        assert_true(watch.last_wake_ns < due_ns + 500 * NS_PER_MS);
    }
}

static void a_wake_that_is_asked_for_again_replaces_the_last(void **state)
{
    (void)state;
    struct watch watch;
    open_loop(&watch);
    uint64_t due_ns = clock_now_ns() + 10 * NS_PER_MS;
    net_loop_wake_at(watch.loop, clock_now_ns() + 3600 * NS_PER_S);
    net_loop_wake_at(watch.loop, 1);
    net_loop_wake_at(watch.loop, UINT64_MAX);
    net_loop_wake_at(watch.loop, due_ns);
    net_loop_wake_at(watch.loop, due_ns);
    run_and_free(&watch);
    assert_int_equal(watch.num_wakes, 1);
    assert_true(watch.last_wake_ns >= due_ns);
}

static void a_wake_may_be_asked_for_at_each_turn(void **state)
{
    (void)state;
    struct watch watch;
    open_loop(&watch);
    watch.wakes_wanted = 1;
    watch.wait_ns = 5 * NS_PER_MS;
    net_loop_notify(watch.loop);
    watch.wakes_wanted = 2;
    run_and_free(&watch);
    assert_int_equal(watch.num_wakes, 2);
}

static void *notify_thrice(void *arg)
{
    struct watch *watch = arg;
    for (int i = 0; i < 3; i++)
        net_loop_notify(watch->loop);
    return NULL;
}

static void another_thread_wakes_it(void **state)
{
    (void)state;
    struct watch watch;
    pthread_t thread;
    open_loop(&watch);
    net_loop_wake_at(watch.loop, UINT64_MAX);
    assert_int_equal(pthread_create(&thread, NULL, notify_thrice, &watch), 0);
    net_loop_run(watch.loop);
    pthread_join(thread, NULL); /* several notifications may be one wake-up */
    assert_true(net_loop_free(watch.loop));
    assert_int_equal(watch.num_wakes, 1);
}

static void the_time_of_a_turn_is_its_work_and_not_its_wait(void **state)
{
    (void)state;
    struct watch watch;
    open_loop(&watch);
    watch.work_ns = 5 * NS_PER_MS;
    watch.wakes_wanted = 2;
    watch.wait_ns = 60 * NS_PER_MS;
    net_loop_notify(watch.loop);
    uint64_t began_ns = clock_now_ns();
    net_loop_run(watch.loop);
    uint64_t took_ns = clock_now_ns() - began_ns;
    assert_true(net_loop_free(watch.loop));
    assert_true(took_ns >= 60 * NS_PER_MS);
    /* About the first wake's work; the second turn is the last and is not reported. */
    assert_true(watch.busy_ns >= 5 * NS_PER_MS);
    assert_true(watch.busy_ns <= took_ns - 30 * NS_PER_MS);
}

static void what_is_done_in_a_pause_is_work_and_not_its_wait(void **state)
{
    (void)state;
    struct watch watch;
    open_loop(&watch);
    watch.quiet_work_ns = 5 * NS_PER_MS;
    watch.wakes_wanted = 2;
    watch.wait_ns = NS_PER_MS;
    net_loop_notify(watch.loop);
    uint64_t began_ns = clock_now_ns();
    run_and_free(&watch);
    assert_int_equal(watch.num_pauses, 1);
    assert_true(watch.busy_ns >= 5 * NS_PER_MS);
    assert_true(watch.busy_ns <= clock_now_ns() - began_ns);
}

/* A body that was queued once does not stay for the rest of the run. */
static void a_request_that_is_given_back_keeps_no_large_buffer(void **state)
{
    (void)state;
    struct watch watch = {0};
    open_loop(&watch);
    struct net_request *request = net_loop_take_request(watch.loop, NULL);
    buffer_reserve(&request->in_flight, 32 << 20);
    buffer_reserve(&request->queued, 1000);
    net_loop_return_request(watch.loop, request);
    assert_ptr_equal(net_loop_take_request(watch.loop, NULL), request);
    assert_in_range(request->in_flight.capacity, 0, KEPT_BYTES);
    assert_in_range(request->queued.capacity, 1000, KEPT_BYTES);
    net_loop_return_request(watch.loop, request);
    net_loop_finish(watch.loop);
    net_loop_run(watch.loop);
    assert_true(net_loop_free(watch.loop));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_that_is_given_back_keeps_no_large_buffer),
        cmocka_unit_test(a_loop_that_is_finished_before_it_runs_returns_at_once),
        cmocka_unit_test(it_wakes_not_before_the_time_and_soon_after_it),
        cmocka_unit_test(a_wake_that_is_asked_for_again_replaces_the_last),
        cmocka_unit_test(a_wake_may_be_asked_for_at_each_turn),
        cmocka_unit_test(another_thread_wakes_it),
        cmocka_unit_test(the_time_of_a_turn_is_its_work_and_not_its_wait),
        cmocka_unit_test(what_is_done_in_a_pause_is_work_and_not_its_wait),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
