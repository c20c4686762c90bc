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
    const char *text; /* as it was typed, borrowed */
    char path[512];   /* into the result's JSON */
    enum threshold_op op;
    double value; /* in nanoseconds where it is a time */
    bool is_time;
};

/* threshold_parse reads TEXT. The last operator in it counts: names may have such characters, as
 * the base64 of a pin ends with '='. False sets ERR, which quotes TEXT. */
bool threshold_parse(struct threshold *threshold, const char *text, struct error *err);

/* threshold_check says whether the figure is one of FIGURES, those of an empty result will do, and
 * its value one that fits it. False sets ERR. */
bool threshold_check(const struct threshold *threshold, const struct json_figures *figures,
                     struct error *err);

/* threshold_judge adds the threshold to RESULT's checks, as a violation that shows value and limit
 * where FIGURES cross it, and then RESULT has not passed. A figure that there is none of (a
 * percentile of nothing, a path that is not in FIGURES) is a violation too, unless ALLOW_EMPTY. */
void threshold_judge(const struct threshold *threshold, const struct json_figures *figures,
                     bool allow_empty, struct result *result);

#endif
