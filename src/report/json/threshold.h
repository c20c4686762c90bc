/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A condition on a figure of the result under which the run fails: 'METRIC.STAT OP VALUE'.
 */
#ifndef PINLOAD_REPORT_JSON_THRESHOLD_H
#define PINLOAD_REPORT_JSON_THRESHOLD_H

#include "base/error.h"

#include <stdbool.h>

struct json_figures;
struct result;

enum threshold_op { OP_ABOVE, OP_AT_LEAST, OP_BELOW, OP_AT_MOST, OP_EQUAL, OP_NOT_EQUAL };

struct threshold {
    const char *text; /* as given, borrowed */
    char path[512];   /* in the result's JSON */
    enum threshold_op op;
    double value; /* in nanoseconds if it is a time */
    bool is_time;
};

/* threshold_parse parses TEXT. The last operator in it counts: names may contain such characters,
 * as the base64 of a pin ends with '='. False sets ERR, which quotes TEXT. */
bool threshold_parse(struct threshold *threshold, const char *text, struct error *err);

/* threshold_check says whether FIGURES, which may be those of an empty result, have the figure, and
 * whether its value is of the right kind. False sets ERR. */
bool threshold_check(const struct threshold *threshold, const struct json_figures *figures,
                     struct error *err);

/* threshold_judge adds the threshold to RESULT's checks; if FIGURES cross it, with a violation that
 * gives value and limit, and RESULT has not passed. A figure without a value (a percentile of
 * nothing, a path that is not in FIGURES) is also a violation, unless ALLOW_EMPTY. */
void threshold_judge(const struct threshold *threshold, const struct json_figures *figures,
                     bool allow_empty, struct result *result);

#endif
