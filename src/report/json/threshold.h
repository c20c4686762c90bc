/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A condition on a figure of the result: 'METRIC.STAT OP VALUE'. Under one of --fail-if a run fails;
 * one of --slo must be fulfilled.
 */
#ifndef PINLOAD_REPORT_JSON_THRESHOLD_H
#define PINLOAD_REPORT_JSON_THRESHOLD_H

#include "base/error.h"
#include "report/figures.h"

#include <stdbool.h>

struct json_figures;
struct result;

enum threshold_op { OP_ABOVE, OP_AT_LEAST, OP_BELOW, OP_AT_MOST, OP_EQUAL, OP_NOT_EQUAL };

struct threshold {
    const char *option; /* its name, without dashes */
    const char *text;   /* as given, borrowed */
    char path[512];     /* in the result's JSON */
    enum threshold_op op;
    double value; /* in nanoseconds if it is a time */
    bool is_time;
};

/* threshold_parse parses TEXT, a value of the OPTION. The last operator in it counts: names may contain such characters,
 * as the base64 of a pin ends with '='. False sets ERR, which quotes TEXT. */
bool threshold_parse(struct threshold *threshold, const char *option, const char *text,
                     struct error *err);

/* threshold_check says whether FIGURES, which may be those of an empty result, have the figure, and
 * whether its value is of the right kind. False sets ERR. */
bool threshold_check(const struct threshold *threshold, const struct json_figures *figures,
                     struct error *err);

/* threshold_is_true says whether the condition is fulfilled, and writes the figure's value: in
 * nanoseconds if it is a time, NAN if there is none, which fulfils no condition. */
bool threshold_is_true(const struct threshold *threshold, const struct json_figures *figures,
                       double *out_value);

/* threshold_show writes VALUE for a person; in full, if it would otherwise look equal to the limit. */
void threshold_show(char out[static FIGURE_LEN], const struct threshold *threshold, double value);

/* threshold_judge adds the threshold to RESULT's checks; if FIGURES cross it, with a violation that
 * gives value and limit, and RESULT has not passed. A figure without a value (a percentile of
 * nothing, a path that is not in FIGURES) is also a violation, unless ALLOW_EMPTY. */
void threshold_judge(const struct threshold *threshold, const struct json_figures *figures,
                     bool allow_empty, struct result *result);

#endif
