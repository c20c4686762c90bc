/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/ending.h"

#include "result/result.h"

#include <signal.h>

enum ending ending_of(const struct result *result, bool written)
{
    if (result->interrupted_by == SIGINT)
        return ENDING_INTERRUPTED;
    if (result->interrupted_by != 0)
        return ENDING_TERMINATED;
    if (!result->passed || !written)
        return ENDING_UNEXPECTED;
    return result->saturated ? ENDING_RATE_MISSED : ENDING_AS_EXPECTED;
}
