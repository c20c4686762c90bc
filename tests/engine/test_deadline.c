/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/deadline.h"

#include "base/random.h"
#include "unit.h"

#define NUM_SLOTS 100

/* The heap compared with a plain array that is searched linearly. */
struct model {
    struct deadline_heap heap;
    struct deadline slots[NUM_SLOTS];
    uint64_t due_ns[NUM_SLOTS];
};

static void model_init(struct model *model)
{
    memset(model, 0, sizeof *model);
    for (size_t i = 0; i < NUM_SLOTS; i++)
        model->due_ns[i] = NEVER_NS;
}

static void model_set(struct model *model, size_t slot, uint64_t due_ns)
{
    deadline_set(&model->heap, &model->slots[slot], due_ns);
    model->due_ns[slot] = due_ns;
}

static uint64_t model_earliest(const struct model *model)
{
    uint64_t earliest_ns = NEVER_NS;
    for (size_t i = 0; i < NUM_SLOTS; i++) {
        if (model->due_ns[i] < earliest_ns)
            earliest_ns = model->due_ns[i];
    }
    return earliest_ns;
}

/* Pops everything due at NOW_NS: exactly the deadlines in the array, each once. */
static void model_pop_all(struct model *model, uint64_t now_ns)
{
    struct deadline *popped;
    while ((popped = deadline_pop(&model->heap, now_ns)) != NULL) {
        size_t slot = (size_t)(popped - model->slots);
        assert_true(slot < NUM_SLOTS);
        assert_true(model->due_ns[slot] <= now_ns);
        model->due_ns[slot] = NEVER_NS;
    }
    assert_true(model_earliest(model) > now_ns);
}

/* The next time may be earlier than anything due, since postponed deadlines keep their place. */
static void check_next(const struct model *model)
{
    uint64_t next_ns = deadline_next(&model->heap);
    assert_true(next_ns <= model_earliest(model));
}

static void random_operations_agree_with_a_plain_array(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct model model;
        struct random random;
        uint64_t now_ns = 0;
        random_init(&random, seed);
        model_init(&model);
        for (int i = 0; i < 5000; i++) {
            size_t slot = (size_t)random_below(&random, NUM_SLOTS);
            switch (random_below(&random, 8)) {
            case 0:
                model_set(&model, slot, NEVER_NS);
                break;
            case 1:
                deadline_remove(&model.heap, &model.slots[slot]);
                model.due_ns[slot] = NEVER_NS;
                break;
            case 2:
                now_ns += random_below(&random, 300);
                model_pop_all(&model, now_ns);
                break;
            default:
                model_set(&model, slot, now_ns + random_below(&random, 1000));
            }
            check_next(&model);
        }
        model_pop_all(&model, NEVER_NS - 1);
        assert_int_equal(deadline_next(&model.heap), NEVER_NS);
        deadline_heap_cleanup(&model.heap);
    }
}

static void deadlines_come_in_the_order_of_their_times(void **state)
{
    (void)state;
    struct model model;
    struct random random;
    uint64_t last_ns = 0;
    random_init(&random, 7);
    model_init(&model);
    for (size_t i = 0; i < NUM_SLOTS; i++)
        model_set(&model, i, 1000 + random_below(&random, 1000000));
    for (size_t i = 0; i < NUM_SLOTS; i++) {
        uint64_t next_ns = deadline_next(&model.heap);
        assert_null(deadline_pop(&model.heap, next_ns - 1));
        assert_non_null(deadline_pop(&model.heap, next_ns));
        assert_true(next_ns >= last_ns);
        last_ns = next_ns;
    }
    assert_null(deadline_pop(&model.heap, NEVER_NS - 1));
    deadline_heap_cleanup(&model.heap);
}

static void a_deadline_that_is_put_off_again_and_again_stays_in_its_place(void **state)
{
    (void)state;
    struct deadline_heap heap = {0};
    struct deadline first = {0}, second = {0};
    deadline_set(&heap, &first, 10);
    deadline_set(&heap, &second, 20);
    for (uint64_t due_ns = 11; due_ns < 1000; due_ns++)
        deadline_set(&heap, &first, due_ns);
    assert_int_equal(deadline_next(&heap), 10); /* nothing was moved */
    assert_null(deadline_pop(&heap, 19));
    assert_ptr_equal(deadline_pop(&heap, 20), &second);
    assert_null(deadline_pop(&heap, 998));
    assert_ptr_equal(deadline_pop(&heap, 999), &first);
    deadline_heap_cleanup(&heap);
}

static void a_deadline_that_is_brought_forward_comes_first(void **state)
{
    (void)state;
    struct deadline_heap heap = {0};
    struct deadline slots[10] = {{0}};
    for (uint64_t i = 0; i < 10; i++)
        deadline_set(&heap, &slots[i], 100 + i);
    deadline_set(&heap, &slots[9], 5);
    assert_int_equal(deadline_next(&heap), 5);
    assert_ptr_equal(deadline_pop(&heap, 5), &slots[9]);
    deadline_heap_cleanup(&heap);
}

static void what_is_taken_back_never_comes(void **state)
{
    (void)state;
    struct deadline_heap heap = {0};
    struct deadline kept = {0}, taken = {0}, removed = {0}, never = {0};
    deadline_set(&heap, &taken, 1);
    deadline_set(&heap, &removed, 2);
    deadline_set(&heap, &kept, 3);
    deadline_set(&heap, &never, NEVER_NS);
    deadline_set(&heap, &taken, NEVER_NS);
    deadline_remove(&heap, &removed);
    deadline_remove(&heap, &removed);
    deadline_remove(&heap, &never);
    assert_ptr_equal(deadline_pop(&heap, NEVER_NS - 1), &kept);
    assert_null(deadline_pop(&heap, NEVER_NS - 1));
    deadline_set(&heap, &kept, 4);
    assert_ptr_equal(deadline_pop(&heap, 4), &kept);
    deadline_heap_cleanup(&heap);
    deadline_heap_cleanup(&heap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_operations_agree_with_a_plain_array),
        cmocka_unit_test(deadlines_come_in_the_order_of_their_times),
        cmocka_unit_test(a_deadline_that_is_put_off_again_and_again_stays_in_its_place),
        cmocka_unit_test(a_deadline_that_is_brought_forward_comes_first),
        cmocka_unit_test(what_is_taken_back_never_comes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
