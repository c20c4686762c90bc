/* SPDX-License-Identifier: Apache-2.0 */
#include "diff/diff.h"

#include "diff/diff_result.h"
#include "diff/figures.h"
#include "diff/plans.h"
#include "diff/remarks.h"

bool diff_make(struct diff_result *diff, bool force, struct error *err)
{
    if (!diff_plans_check(diff, force, err))
        return false;
    diff_remarks_fill(diff);
    diff_figures_fill(diff);
    diff->passed = true;
    return true;
}
