/* SPDX-License-Identifier: Apache-2.0 */
#include "report/identity_order.h"

#include "base/memory.h"
#include "result/result.h"

#include <stdlib.h>

static int compare_by_interest(const void *left, const void *right)
{
    const struct result_identity *a = *(const struct result_identity *const *)left;
    const struct result_identity *b = *(const struct result_identity *const *)right;
    if (a->as_expected != b->as_expected)
        return a->as_expected ? 1 : -1;
    if (a->tls_handshake.p99 != b->tls_handshake.p99)
        return a->tls_handshake.p99 < b->tls_handshake.p99 ? 1 : -1;
    return (a > b) - (a < b);
}

const struct result_identity **identities_by_interest(const struct result *result)
{
    size_t count = result->num_identities;
    const struct result_identity **order = memory_new(count, sizeof *order);
    for (size_t i = 0; i < count; i++)
        order[i] = &result->identities[i];
    if (count > 0)
        qsort(order, count, sizeof *order, compare_by_interest);
    return order;
}
