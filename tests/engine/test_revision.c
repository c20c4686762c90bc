/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/revision.h"

#include "base/memory.h"
#include "base/notices.h"
#include "tls/identity.h"
#include "tls/password.h"
#include "unit.h"

#define PATHS(name) FIXTURES "/" name ".crt", FIXTURES "/" name ".key"

/* A revision of two identities, of which those with a bit in CHANGED have changed. */
static struct revision *make(unsigned number, unsigned changed)
{
    struct identity_set *set = identity_set_new();
    struct password no_password = {0};
    struct notices notices = {0};
    struct error err;
    for (int i = 0; i < 2; i++) {
        if (!identity_set_add(set, i == 0 ? "one" : "two", PATHS("client-p256"), &no_password,
                              &notices, &err))
            fail_msg("%s", err.text);
    }
    notices_cleanup(&notices);
    struct revision *revision = revision_new(number, set, NULL);
    revision->changed = memory_new(2, sizeof *revision->changed);
    for (int i = 0; i < 2; i++)
        revision->changed[i] = changed >> i & 1;
    return revision;
}

static void what_a_worker_did_not_take_has_changed_for_it_too(void **state)
{
    (void)state;
    struct revision_desk desk = {.number = NULL};
    revision_put(&desk, make(1, 1));
    revision_put(&desk, make(2, 2));
    struct revision *taken = revision_take(&desk);
    assert_int_equal(taken->number, 2);
    assert_true(taken->changed[0] && taken->changed[1]);
    revision_put(&desk, make(3, 2));
    struct revision *next = revision_take(&desk);
    assert_true(!next->changed[0] && next->changed[1]);
    assert_null(revision_take(&desk));
    revision_return(&desk, taken);
    revision_return(&desk, next);
    revision_collect(&desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_worker_did_not_take_has_changed_for_it_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
