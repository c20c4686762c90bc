/* SPDX-License-Identifier: Apache-2.0 */
#include "http/event_queue.h"

#include "unit.h"

static void push_tag(struct event_queue *queue, uint32_t tag)
{
    event_queue_push(queue, &(struct exchange_event){.kind = EXCHANGE_RESPONSE, .tag = tag});
}

static void an_empty_queue_has_no_event(void **state)
{
    (void)state;
    struct event_queue queue = {0};
    struct exchange_event event;
    assert_false(event_queue_pop(&queue, &event));
    event_queue_cleanup(&queue);
}

static void events_come_out_in_the_order_in_which_they_went_in(void **state)
{
    (void)state;
    struct event_queue queue = {0};
    struct exchange_event event;
    uint32_t next_in = 0, next_out = 0;
    for (uint32_t round = 0; round < 200; round++) {
        for (uint32_t i = 0; i < round % 7; i++)
            push_tag(&queue, next_in++);
        for (uint32_t i = 0; i < round % 5 && event_queue_pop(&queue, &event); i++)
            assert_int_equal(event.tag, next_out++);
    }
    while (event_queue_pop(&queue, &event))
        assert_int_equal(event.tag, next_out++);
    assert_int_equal(next_out, next_in);
    event_queue_cleanup(&queue);
}

static void a_queue_that_is_emptied_in_between_does_not_grow(void **state)
{
    (void)state;
    struct event_queue queue = {0};
    struct exchange_event event;
    push_tag(&queue, 0);
    size_t capacity = queue.capacity;
    for (uint32_t i = 1; i < 1000; i++) {
        push_tag(&queue, i);
        assert_true(event_queue_pop(&queue, &event));
        assert_int_equal(event.tag, i - 1);
    }
    assert_int_equal(queue.capacity, capacity);
    event_queue_cleanup(&queue);
}

static void clearing_forgets_the_events(void **state)
{
    (void)state;
    struct event_queue queue = {0};
    struct exchange_event event;
    push_tag(&queue, 1);
    event_queue_clear(&queue);
    assert_false(event_queue_pop(&queue, &event));
    event_queue_cleanup(&queue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_queue_has_no_event),
        cmocka_unit_test(events_come_out_in_the_order_in_which_they_went_in),
        cmocka_unit_test(a_queue_that_is_emptied_in_between_does_not_grow),
        cmocka_unit_test(clearing_forgets_the_events),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
