/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/thresholds.h"

#include "load/result.h"
#include "report/threshold.h"

bool thresholds_check(const struct options *options, const struct result *result, struct error *err)
{
    for (size_t i = 0; i < options->fail_ifs.count; i++) {
        struct threshold threshold;
        if (!threshold_parse(&threshold, options->fail_ifs.items[i], err) ||
            !threshold_check(&threshold, result, err))
            return false;
    }
    return true;
}

void thresholds_judge(const struct options *options, struct result *result)
{
    for (size_t i = 0; i < options->fail_ifs.count; i++) {
        struct threshold threshold;
        struct error ignored; /* checked before the run */
        if (threshold_parse(&threshold, options->fail_ifs.items[i], &ignored) &&
            threshold_judge(&threshold, result))
            result->passed = false;
    }
}
