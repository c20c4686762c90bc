/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Did it get worse? Results of one plan, old ones and new ones, are compared figure by figure.
 */
#ifndef PINLOAD_DIFF_DIFF_H
#define PINLOAD_DIFF_DIFF_H

#include "base/error.h"

#include <stdbool.h>

struct diff_result;

/* diff_make fills DIFF, whose sides and terms are set, so that a report can be written of it. Plans
 * that differ are an error, unless FORCE. False sets ERR. */
bool diff_make(struct diff_result *diff, bool force, struct error *err);

#endif
