/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/thresholds.h"

#include "report/json/json_figures.h"
#include "report/json/threshold.h"
#include "result/result.h"

static bool check_all(const struct options *options, const struct json_figures *figures,
                      struct error *err)
{
    for (size_t i = 0; i < options->fail_ifs.count; i++) {
        struct threshold threshold;
        if (!threshold_parse(&threshold, "fail-if", options->fail_ifs.items[i], err) ||
            !threshold_check(&threshold, figures, err))
            return false;
    }
    return true;
}

bool thresholds_check(const struct options *options, const struct result *result, struct error *err)
{
    if (options->fail_ifs.count == 0)
        return true;
    struct json_figures *figures = json_figures_new(result);
    bool ok = check_all(options, figures, err);
    json_figures_free(figures);
    return ok;
}

void thresholds_judge(const struct options *options, struct result *result)
{
    if (options->fail_ifs.count == 0)
        return;
    struct json_figures *figures = json_figures_new(result);
    for (size_t i = 0; i < options->fail_ifs.count; i++) {
        struct threshold threshold;
        struct error ignored; /* checked before the run */
        if (threshold_parse(&threshold, "fail-if", options->fail_ifs.items[i], &ignored))
            threshold_judge(&threshold, figures, options->allow_empty, result);
    }
    json_figures_free(figures);
}
