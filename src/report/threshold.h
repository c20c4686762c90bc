/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A condition on a figure of the result under which the run fails: 'METRIC.STAT OP VALUE'.
 */
#ifndef PINLOAD_REPORT_THRESHOLD_H
#define PINLOAD_REPORT_THRESHOLD_H

#include "base/error.h"

#include <stdbool.h>

struct result;

enum threshold_op { OP_ABOVE, OP_AT_LEAST, OP_BELOW, OP_AT_MOST, OP_EQUAL, OP_NOT_EQUAL };

struct threshold {
    const char *text; /* as it was typed, borrowed */
    char path[128];   /* into the result's JSON */
    enum threshold_op op;
    double value; /* in nanoseconds where it is a time */
    bool is_time;
};

/* threshold_parse reads TEXT. False sets ERR, which quotes it. */
bool threshold_parse(struct threshold *threshold, const char *text, struct error *err);

/* threshold_check says whether the figure is one that RESULT has, and its value one that fits it;
 * an empty result will do. False sets ERR. */
bool threshold_check(const struct threshold *threshold, const struct result *result,
                     struct error *err);

/* threshold_judge says whether RESULT crosses it, and if so adds a violation that shows value and
 * limit. A figure that there is none of (a percentile of nothing) crosses no limit. */
bool threshold_judge(const struct threshold *threshold, struct result *result);

#endif
