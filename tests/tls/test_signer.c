/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/signer.h"

#include "unit.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

/* A token that signs when it is allowed to; a signature is the digest with its key's letter first. */
struct gate {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool is_open;
    unsigned num_within, most_within, num_signed;
    unsigned seen_threads;
};

static unsigned long pass_gate(void *arg, unsigned thread, const void *key, uint16_t sigalg,
                               const uint8_t *digest, size_t digest_len, uint8_t *out,
                               size_t *inout_len)
{
    struct gate *gate = arg;
    pthread_mutex_lock(&gate->lock);
    gate->seen_threads |= 1u << thread;
    gate->num_within++;
    if (gate->num_within > gate->most_within)
        gate->most_within = gate->num_within;
    pthread_cond_broadcast(&gate->changed);
    while (!gate->is_open)
        pthread_cond_wait(&gate->changed, &gate->lock);
    gate->num_within--;
    gate->num_signed++;
    pthread_mutex_unlock(&gate->lock);
    if (sigalg == 0)
        return 0x32;
    assert_true(*inout_len >= digest_len + 1);
    out[0] = *(const uint8_t *)key;
    memcpy(out + 1, digest, digest_len);
    *inout_len = digest_len + 1;
    return 0;
}

static void gate_init(struct gate *gate, bool is_open)
{
    *gate = (struct gate){.is_open = is_open};
    pthread_mutex_init(&gate->lock, NULL);
    pthread_cond_init(&gate->changed, NULL);
}

static void gate_open(struct gate *gate)
{
    pthread_mutex_lock(&gate->lock);
    gate->is_open = true;
    pthread_cond_broadcast(&gate->changed);
    pthread_mutex_unlock(&gate->lock);
}

static void gate_await(struct gate *gate, unsigned num_within)
{
    pthread_mutex_lock(&gate->lock);
    while (gate->num_within < num_within)
        pthread_cond_wait(&gate->changed, &gate->lock);
    pthread_mutex_unlock(&gate->lock);
}

static void gate_cleanup(struct gate *gate)
{
    pthread_cond_destroy(&gate->changed);
    pthread_mutex_destroy(&gate->lock);
}

static struct signer *signer_behind(struct gate *gate, unsigned num_threads)
{
    struct signer_backend backend = {.sign = pass_gate, .arg = gate};
    return signer_new(&backend, num_threads);
}

static void count(void *arg)
{
    atomic_fetch_add((_Atomic unsigned *)arg, 1);
}

static void *take(struct signer_inbox *inbox)
{
    void *owner;
    while ((owner = signer_take(inbox)) == NULL)
        usleep(100);
    return owner;
}

static void a_signature_comes_to_who_asked_for_it(void **state)
{
    (void)state;
    struct gate gate;
    gate_init(&gate, true);
    struct signer *signer = signer_behind(&gate, 2);
    _Atomic unsigned num_notified = 0;
    struct signer_inbox *inbox = signer_open(signer, count, &num_notified);
    int owner = 0;
    struct signing *signing = signer_ask(inbox, &owner, "k", 1, (const uint8_t *)"digest", 6);
    assert_ptr_equal(take(inbox), &owner);
    assert_null(signer_take(inbox));
    struct signing_end end;
    assert_true(signing_has_ended(signing, &end));
    assert_int_equal(end.error, 0);
    assert_int_equal(end.len, 7);
    assert_memory_equal(end.bytes, "kdigest", 7);
    assert_int_equal(atomic_load(&num_notified), 1);
    signing_drop(signing);
    signer_close(inbox);
    assert_true(signer_free(signer));
    gate_cleanup(&gate);
}

static void an_error_comes_instead_of_a_signature(void **state)
{
    (void)state;
    struct gate gate;
    gate_init(&gate, true);
    struct signer *signer = signer_behind(&gate, 1);
    _Atomic unsigned num_notified = 0;
    struct signer_inbox *inbox = signer_open(signer, count, &num_notified);
    int owner = 0;
    struct signing *signing = signer_ask(inbox, &owner, "k", 0, (const uint8_t *)"d", 1);
    assert_ptr_equal(take(inbox), &owner);
    struct signing_end end;
    assert_true(signing_has_ended(signing, &end));
    assert_int_equal(end.error, 0x32);
    assert_int_equal(end.len, 0);
    signing_drop(signing);
    signer_close(inbox);
    assert_true(signer_free(signer));
    gate_cleanup(&gate);
}

static void no_more_are_made_at_once_than_there_are_threads(void **state)
{
    (void)state;
    struct gate gate;
    gate_init(&gate, false);
    struct signer *signer = signer_behind(&gate, 3);
    _Atomic unsigned num_notified = 0;
    struct signer_inbox *inbox = signer_open(signer, count, &num_notified);
    struct signing *signings[20];
    for (size_t i = 0; i < COUNT_OF(signings); i++)
        signings[i] = signer_ask(inbox, &signings[i], "k", 1, (const uint8_t *)"d", 1);
    gate_await(&gate, 3);
    struct signing_end end;
    assert_false(signing_has_ended(signings[0], &end));
    gate_open(&gate);
    for (size_t i = 0; i < COUNT_OF(signings); i++) {
        struct signing **taken = take(inbox);
        assert_true(signing_has_ended(*taken, &end));
        signing_drop(*taken);
    }
    assert_int_equal(gate.most_within, 3);
    assert_int_equal(gate.seen_threads, 7);
    signer_close(inbox);
    assert_true(signer_free(signer));
    gate_cleanup(&gate);
}

static void what_is_dropped_while_it_waits_is_not_made_and_nobody_is_told(void **state)
{
    (void)state;
    struct gate gate;
    gate_init(&gate, false);
    struct signer *signer = signer_behind(&gate, 1);
    _Atomic unsigned num_notified = 0;
    struct signer_inbox *inbox = signer_open(signer, count, &num_notified);
    struct signing *in_work = signer_ask(inbox, &gate, "k", 1, (const uint8_t *)"d", 1);
    struct signing *waiting = signer_ask(inbox, &gate, "k", 1, (const uint8_t *)"d", 1);
    gate_await(&gate, 1);
    signing_drop(waiting);
    signing_drop(in_work);
    signer_close(inbox); /* while its signature is still being made */
    gate_open(&gate);
    assert_true(signer_free(signer));
    assert_int_equal(gate.num_signed, 1);
    assert_int_equal(atomic_load(&num_notified), 0);
    gate_cleanup(&gate);
}

static void what_is_dropped_when_it_has_come_is_not_taken(void **state)
{
    (void)state;
    struct gate gate;
    gate_init(&gate, true);
    struct signer *signer = signer_behind(&gate, 1);
    _Atomic unsigned num_notified = 0;
    struct signer_inbox *inbox = signer_open(signer, count, &num_notified);
    struct signing *signing = signer_ask(inbox, &gate, "k", 1, (const uint8_t *)"d", 1);
    struct signing_end end;
    while (!signing_has_ended(signing, &end))
        usleep(100);
    signing_drop(signing);
    assert_null(signer_take(inbox));
    signing_drop(NULL);
    signer_close(inbox);
    assert_true(signer_free(signer));
    gate_cleanup(&gate);
}

/* One loop: asks, drops some at any moment, takes the rest. */
struct loop {
    struct signer *signer;
    unsigned seed, num_made;
};

static void *ask_and_drop(void *arg)
{
    struct loop *loop = arg;
    _Atomic unsigned num_notified = 0;
    struct signer_inbox *inbox = signer_open(loop->signer, count, &num_notified);
    for (int round = 0; round < 200; round++) {
        struct signing *signings[8];
        size_t num_kept = 0;
        for (size_t i = 0; i < COUNT_OF(signings); i++)
            signings[i] = signer_ask(inbox, &signings[i], "k", 1, (const uint8_t *)"d", 1);
        for (size_t i = 0; i < COUNT_OF(signings); i++) {
            if (rand_r(&loop->seed) % 2 == 0) {
                signing_drop(signings[i]);
                signings[i] = NULL;
            } else {
                num_kept++;
            }
        }
        for (; num_kept > 0; num_kept--) {
            struct signing **taken = take(inbox);
            struct signing_end end;
            assert_true(signing_has_ended(*taken, &end));
            loop->num_made += end.len == 2;
            signing_drop(*taken);
        }
    }
    signer_close(inbox);
    return NULL;
}

static void many_loops_ask_and_drop_at_once(void **state)
{
    (void)state;
    struct gate gate;
    gate_init(&gate, true);
    struct signer *signer = signer_behind(&gate, 4);
    struct loop loops[4];
    pthread_t threads[COUNT_OF(loops)];
    for (unsigned i = 0; i < COUNT_OF(loops); i++) {
        loops[i] = (struct loop){.signer = signer, .seed = i + 1};
        assert_int_equal(pthread_create(&threads[i], NULL, ask_and_drop, &loops[i]), 0);
    }
    for (unsigned i = 0; i < COUNT_OF(loops); i++) {
        pthread_join(threads[i], NULL);
        assert_true(loops[i].num_made > 100);
    }
    assert_true(signer_free(signer));
    gate_cleanup(&gate);
}

static void a_signer_that_nobody_used_is_freed(void **state)
{
    (void)state;
    struct gate gate;
    gate_init(&gate, true);
    assert_true(signer_free(signer_behind(&gate, 2)));
    assert_true(signer_free(NULL));
    gate_cleanup(&gate);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_signature_comes_to_who_asked_for_it),
        cmocka_unit_test(an_error_comes_instead_of_a_signature),
        cmocka_unit_test(no_more_are_made_at_once_than_there_are_threads),
        cmocka_unit_test(what_is_dropped_while_it_waits_is_not_made_and_nobody_is_told),
        cmocka_unit_test(what_is_dropped_when_it_has_come_is_not_taken),
        cmocka_unit_test(many_loops_ask_and_drop_at_once),
        cmocka_unit_test(a_signer_that_nobody_used_is_freed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
