/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A condition of --fail-if-worse: 'FIGURE > P%'. It is crossed where the verdict on the figure is
 * that it is worse, and the estimate is worse by more than P: the first keeps noise from failing a
 * build, the second what is too small to matter.
 */
#ifndef PINLOAD_DIFF_WORSE_LIMIT_H
#define PINLOAD_DIFF_WORSE_LIMIT_H

#include "base/error.h"

#include <stdbool.h>

struct diff_result;

struct worse_limit {
    const char *text; /* as it was typed, borrowed */
    char name[64];    /* of the figure */
    double limit;     /* 0.05 for 5 % */
};

/* worse_limit_parse reads TEXT, whose figure must be one that a diff can have. */
bool worse_limit_parse(struct worse_limit *limit, const char *text, struct error *err);

/* worse_limit_judge adds a check to DIFF, which holds or not. A figure of which nothing is known does
 * not hold, unless ALLOW_EMPTY. */
void worse_limit_judge(const struct worse_limit *limit, bool allow_empty, struct diff_result *diff);

#endif
