/* SPDX-License-Identifier: Apache-2.0 */
/*
 * File descriptors: as many as the system allows, and a clear word before the run where that is
 * not enough.
 */
#ifndef PINLOAD_CLI_DESCRIPTORS_H
#define PINLOAD_CLI_DESCRIPTORS_H

#include "base/error.h"

#include <stdbool.h>

struct plan;

/* descriptors_suffice raises the soft limit to the hard one where that is needed, and says whether
 * this shard of PLAN fits; if not, ERR says what would. */
bool descriptors_suffice(const struct plan *plan, struct error *err);

#endif
