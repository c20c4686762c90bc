/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/rotation.h"

#include <string.h>

static const char *const names[NUM_ROTATIONS] = {
    [ROTATE_ROUND_ROBIN] = "round-robin", [ROTATE_RANDOM] = "random", [ROTATE_STICKY] = "sticky"};

size_t rotation_pick(enum rotation rotation, size_t count, size_t offset, uint64_t serial,
                     size_t slot, struct random *random)
{
    switch (rotation) {
    case ROTATE_RANDOM:
        return (size_t)random_below(random, count);
    case ROTATE_STICKY:
        return (offset + slot) % count;
    default:
        return (size_t)((offset + serial) % count);
    }
}

const char *rotation_name(enum rotation rotation)
{
    return names[rotation];
}

bool rotation_parse(const char *text, enum rotation *out_rotation)
{
    for (int i = 0; i < NUM_ROTATIONS; i++) {
        if (strcmp(text, names[i]) == 0) {
            *out_rotation = (enum rotation)i;
            return true;
        }
    }
    return false;
}
