/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/stages.h"

#include "base/clock.h"

#include <math.h>

static double seconds(uint64_t ns)
{
    return (double)ns / NS_PER_S;
}

/* The arrivals expected in the first T_S of a stage. */
static double expected_in(const struct load_stage *stage, double t_s)
{
    double slope = (stage->to - stage->from) / seconds(stage->length_ns);
    return stage->from * t_s + slope * t_s * t_s / 2;
}

/* Its inverse. This form of the root does not lose digits where the slope is small. */
static double time_of(const struct load_stage *stage, double count)
{
    double slope = (stage->to - stage->from) / seconds(stage->length_ns);
    double square = stage->from * stage->from + 2 * slope * count;
    return count > 0 ? 2 * count / (stage->from + sqrt(fmax(square, 0))) : 0;
}

/* A count that is whole but for rounding, such as that of 333.3/s in 10 s, becomes whole. */
static double settled(double count)
{
    double whole = round(count);
    return fabs(count - whole) < 1e-9 * fmax(1, whole) ? whole : count;
}

static double expected_by_end(const struct load_stage *stage)
{
    return settled(stage->before + expected_in(stage, seconds(stage->length_ns)));
}

bool stages_add(struct stages *stages, uint64_t length_ns, double from, double to)
{
    if (stages->count == STAGES_MOST)
        return false;
    struct load_stage *stage = &stages->items[stages->count];
    *stage = (struct load_stage){.length_ns = length_ns, .from = from, .to = to};
    if (stages->count > 0) {
        const struct load_stage *last = stage - 1;
        stage->start_ns = last->start_ns + last->length_ns;
        stage->before = expected_by_end(last);
    }
    stages->count++;
    return true;
}

uint64_t stages_end(const struct stages *stages, size_t index)
{
    return stages->items[index].start_ns + stages->items[index].length_ns;
}

uint64_t stages_length(const struct stages *stages)
{
    return stages->count > 0 ? stages_end(stages, stages->count - 1) : 0;
}

double stages_most(const struct stages *stages)
{
    double most = 0;
    for (size_t i = 0; i < stages->count; i++)
        most = fmax(most, fmax(stages->items[i].from, stages->items[i].to));
    return most;
}

bool stages_falls(const struct stages *stages)
{
    double last = 0;
    for (size_t i = 0; i < stages->count; i++) {
        const struct load_stage *stage = &stages->items[i];
        if (stage->from < last || stage->to < stage->from)
            return true;
        last = stage->to;
    }
    return false;
}

size_t stages_at(const struct stages *stages, uint64_t after_ns)
{
    size_t index = 0;
    while (index + 1 < stages->count && stages->items[index + 1].start_ns <= after_ns)
        index++;
    return index;
}

/* The first stage by whose end more than NUMBER arrivals are expected; NULL: there is none. */
static const struct load_stage *stage_of_arrival(const struct stages *stages, double number)
{
    size_t low = 0, high = stages->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        bool is_past = middle + 1 < stages->count
                           ? stages->items[middle + 1].before <= number
                           : expected_by_end(&stages->items[middle]) <= number;
        if (is_past)
            low = middle + 1;
        else
            high = middle;
    }
    return low < stages->count ? &stages->items[low] : NULL;
}

uint64_t stages_arrival(const struct stages *stages, double number)
{
    const struct load_stage *stage = stage_of_arrival(stages, number);
    if (stage == NULL)
        return UINT64_MAX;
    double within_ns = time_of(stage, number - stage->before) * NS_PER_S;
    double last_ns = (double)(stage->length_ns - 1); /* rounding does not leave the stage */
    return stage->start_ns + (uint64_t)fmin(fmax(within_ns, 0), last_ns);
}

double stages_expected(const struct stages *stages, uint64_t after_ns)
{
    const struct load_stage *stage = &stages->items[stages_at(stages, after_ns)];
    uint64_t within_ns = after_ns - stage->start_ns;
    if (within_ns >= stage->length_ns)
        return expected_by_end(stage);
    return stage->before + expected_in(stage, seconds(within_ns));
}

/* Rounded, so that a rising line reaches its last number before its end. */
uint64_t stages_connections(const struct stages *stages, uint64_t after_ns)
{
    const struct load_stage *stage = &stages->items[stages_at(stages, after_ns)];
    double part = fmin((double)(after_ns - stage->start_ns) / (double)stage->length_ns, 1);
    return (uint64_t)llround(stage->from + (stage->to - stage->from) * part);
}

uint64_t stages_next_change(const struct stages *stages, uint64_t after_ns)
{
    size_t index = stages_at(stages, after_ns);
    const struct load_stage *stage = &stages->items[index];
    uint64_t end_ns = index + 1 < stages->count ? stages_end(stages, index) : UINT64_MAX;
    if (stage->from == stage->to)
        return end_ns;
    double now = (double)stages_connections(stages, after_ns);
    double next = stage->to > stage->from ? now + 0.5 : now - 0.5;
    double part = (next - stage->from) / (stage->to - stage->from);
    if (part >= 1)
        return end_ns;
    uint64_t next_ns = stage->start_ns + (uint64_t)(part * (double)stage->length_ns);
    return next_ns > after_ns ? next_ns : after_ns + 1;
}
