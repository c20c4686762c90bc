/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/descriptors.h"

#include "plan/plan.h"
#include "unit.h"

#include <sys/resource.h>

#define SOFT 128
#define HARD 512

static struct plan plan_of(uint64_t connections, unsigned num_shards)
{
    return (struct plan){.connections = connections, .threads = 2, .num_shards = num_shards};
}

static uint64_t soft_limit(void)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    return limit.rlim_cur;
}

static void the_soft_limit_is_raised_where_that_is_needed(void **state)
{
    (void)state;
    struct error err;
    struct plan few = plan_of(10, 1), many = plan_of(400, 1);
    assert_true(descriptors_suffice(&few, &err));
    assert_int_equal(soft_limit(), SOFT);
    assert_true(descriptors_suffice(&many, &err));
    assert_int_equal(soft_limit(), HARD);
}

static void a_shard_needs_descriptors_for_its_share_alone(void **state)
{
    (void)state;
    static const struct {
        uint64_t connections;
        unsigned num_shards;
        const char *message; /* NULL: it is enough */
    } cases[] = {
        {464, 1, NULL},
        {465, 1,
         "-c 465 needs 513 file descriptors, and this process may have 512 (ulimit -Hn); expected "
         "up to -c "
         "464, or several generators with --shard"},
        {928, 2, NULL},
        {929, 2,
         "-c 929 with --shard 0/2 needs 513 file descriptors, and this process may have 512 "
         "(ulimit -Hn); expected up to -c 928, or more generators with --shard"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct error err;
        struct plan plan = plan_of(cases[i].connections, cases[i].num_shards);
        assert_int_equal(descriptors_suffice(&plan, &err), cases[i].message == NULL);
        if (cases[i].message != NULL)
            assert_string_equal(err.text, cases[i].message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_soft_limit_is_raised_where_that_is_needed),
        cmocka_unit_test(a_shard_needs_descriptors_for_its_share_alone),
    };
    struct rlimit limit = {SOFT, HARD};
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
