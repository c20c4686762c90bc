/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What pinload find is to find, from its options: the terms of the search, and the conditions that
 * each stage must fulfil.
 */
#ifndef PINLOAD_CLI_FIND_TERMS_H
#define PINLOAD_CLI_FIND_TERMS_H

#include "base/error.h"
#include "cli/options.h"
#include "find/find_result.h"

#include <stdbool.h>

struct plan;
struct threshold;

/* The shortest stage that shows whether sessions pile up. */
#define FIND_STAGE_LEAST_NS (2 * NS_PER_S)

/* find_terms_plan returns OPTIONS as those of a run, an open loop unless it is --by connections. */
struct options find_terms_plan(const struct options *options);

/* find_terms_read fills the terms of RESULT, without those that only a session by itself tells
 * (find_terms_start). False sets ERR. */
bool find_terms_read(struct find_result *result, const struct options *options,
                     const struct plan *plan, struct error *err);

/* find_terms_start sets which loads there may be and the first one, where ALONE_S is what a session
 * takes by itself. */
void find_terms_start(struct find_result *result, const struct options *options,
                      const struct plan *plan, double alone_s);

/* find_terms_slos returns the conditions of --slo, to be freed, and describes them in RESULT. NULL
 * sets ERR. */
struct threshold *find_terms_slos(struct find_result *result, const struct options *options,
                                  const struct plan *plan, struct error *err);

#endif
