/* SPDX-License-Identifier: Apache-2.0 */
#include "result/saturation.h"

#include <stddef.h>

#define HELD 0.99 /* of the rate */
#define BUSY 0.9  /* of a loop's time */
#define NO_DELAY_S 0.02

static bool is_short(const struct load_figures *f)
{
    return (double)(f->started - f->local_limits) < HELD * (double)f->scheduled;
}

static bool ended_late(const struct load_figures *f)
{
    return f->is_counted && f->last_began_s > f->last_intended_s / HELD + NO_DELAY_S;
}

static bool runs_behind(const struct load_figures *f)
{
    return f->busiest > BUSY && f->slip_p50_s > (1 - HELD) * f->window_s &&
           f->slip_p50_s > NO_DELAY_S;
}

/* What failed shows the limit; otherwise what was full, if the loops had the time to fill it. */
static const char *name_limit(const struct load_figures *f)
{
    if (f->no_descriptors > 0)
        return "descriptors";
    if (f->no_ports > 0)
        return "ports";
    if (f->local_limits > 0)
        return NULL; /* memory for sockets */
    return f->was_full && f->busiest <= BUSY ? "slots" : "cpu";
}

bool saturation_judge(const struct load_figures *f, const char **out_limit)
{
    bool is_open = f->rate > 0 && f->scheduled > 0;
    bool is_saturated =
        is_open && (is_short(f) || ended_late(f) || runs_behind(f) || f->missed_stage);
    *out_limit = is_saturated ? name_limit(f) : NULL;
    return is_saturated;
}
