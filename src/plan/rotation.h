/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which identity a session uses: a pure function of the number of identities and of the session's
 * serial number in its thread, its slot, or a seed.
 */
#ifndef PINLOAD_PLAN_ROTATION_H
#define PINLOAD_PLAN_ROTATION_H

#include "base/random.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum rotation { ROTATE_ROUND_ROBIN, ROTATE_RANDOM, ROTATE_STICKY, NUM_ROTATIONS };

/* rotation_pick returns an index below COUNT, which is not 0. OFFSET shifts threads and shards
 * against one another. Round-robin: counts differ by at most one. Sticky: the slot decides. */
size_t rotation_pick(enum rotation rotation, size_t count, size_t offset, uint64_t serial,
                     size_t slot, struct random *random);

const char *rotation_name(enum rotation rotation);
bool rotation_parse(const char *text, enum rotation *out_rotation);

#endif
