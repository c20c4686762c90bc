/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/headcount.h"

#include "unit.h"

#include <pthread.h>

#define NUM_THREADS 4

static void the_most_at_once_is_told_and_not_the_sum_of_peaks(void **state)
{
    (void)state;
    struct headcount headcount = {0};
    assert_int_equal(headcount_most(&headcount), 0);
    for (int round = 0; round < 3; round++) { /* like threads whose peaks are at different times */
        for (int i = 0; i < 5; i++)
            headcount_enter(&headcount);
        for (int i = 0; i < 5; i++)
            headcount_leave(&headcount);
    }
    assert_int_equal(headcount_most(&headcount), 5);
    assert_int_equal(headcount.now, 0);
}

static void *come_and_go(void *arg)
{
    struct headcount *headcount = arg;
    for (int i = 0; i < 20000; i++) {
        headcount_enter(headcount);
        headcount_leave(headcount);
    }
    headcount_enter(headcount);
    return NULL;
}

static void threads_count_together(void **state)
{
    (void)state;
    struct headcount headcount = {0};
    pthread_t threads[NUM_THREADS];
    for (int i = 0; i < NUM_THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, come_and_go, &headcount), 0);
    for (int i = 0; i < NUM_THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(headcount.now, NUM_THREADS);
    assert_int_equal(headcount_most(&headcount), NUM_THREADS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_most_at_once_is_told_and_not_the_sum_of_peaks),
        cmocka_unit_test(threads_count_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
