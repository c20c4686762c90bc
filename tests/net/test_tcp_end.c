/* SPDX-License-Identifier: Apache-2.0 */
#include "net/tcp.h"
#include "unit.h"

static void every_end_has_a_name(void **state)
{
    (void)state;
    for (int end = TCP_OK; end <= TCP_OTHER; end++)
        assert_true(strlen(tcp_end_name((enum tcp_end)end)) > 1);
    tcp_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_end_has_a_name)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
