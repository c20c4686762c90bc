/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The limit of file descriptors: raised as far as the system allows, and an error before the run if
 * that is not enough.
 */
#ifndef PINLOAD_CLI_DESCRIPTORS_H
#define PINLOAD_CLI_DESCRIPTORS_H

#include "base/error.h"

#include <stdbool.h>

struct plan;

/* descriptors_suffice raises the soft limit to the hard one if needed, and says whether this shard
 * of PLAN fits; if not, ERR says what would. */
bool descriptors_suffice(const struct plan *plan, struct error *err);

#endif
