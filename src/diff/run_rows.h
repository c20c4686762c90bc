/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One run row by row, as it is drawn from again and again: of a latency the counts of each interval,
 * of a rate or a share what each second had. It knows nothing of what is compared.
 */
#ifndef PINLOAD_DIFF_RUN_ROWS_H
#define PINLOAD_DIFF_RUN_ROWS_H

#include "measure/latency_kind.h"

#include <stddef.h>

struct latency;
struct result;

/* A latency: NUM_ROWS intervals, one after the other, each with a count for each of NUM_BUCKETS. */
struct row_values {
    size_t num_rows, num_buckets;
    double *lows, *highs; /* of each bucket, rising; ns */
    double *sums;         /* [row * num_buckets + bucket]: of all rows before ROW, which is up to
                             num_rows */
};

/* row_values_make makes it of NUM_ROWS distributions; NULL is an empty one. */
void row_values_make(struct row_values *values, const struct latency *const *rows, size_t num_rows);

/* row_values_of makes it of what RESULT has of KIND: from the first interval with values to the
 * last. What was complete after the end of the window is of the last interval in it. */
void row_values_of(struct row_values *values, const struct result *result, enum latency_kind kind);
void row_values_cleanup(struct row_values *values);

/* A rate or a share: a sum over another. */
struct row_ratio {
    size_t num_rows;
    double *parts, *wholes;
};

enum ratio { RATIO_SESSIONS, RATIO_REQUESTS, RATIO_HANDSHAKES, RATIO_FAILED, RATIO_REFUSED };

/* row_ratio_of makes it of the whole seconds in the window behind the warm-up: sessions, requests
 * and handshakes over time; the failed and refused over the sessions. */
void row_ratio_of(struct row_ratio *ratio, const struct result *result, enum ratio which);
void row_ratio_cleanup(struct row_ratio *ratio);

#endif
