/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/clock_facts.h"

#include "base/clock.h"

#include <stdlib.h>

#define LONGEST_STEP_NS 1000
#define LONGEST_WAIT_NS (100 * NS_PER_MS) /* for a clock that counts in ticks */
/* With shorter steps, most deltas are within a nanosecond of some multiple. */
#define SHORTEST_STEP_NS 4

static int compare_doubles(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

double clock_cost_ns(uint64_t (*read)(void))
{
    enum { READINGS = 501, BATCH = 16 };
    double costs[READINGS];
    for (int i = 0; i < READINGS; i++) {
        uint64_t start_ns = clock_now_ns();
        for (int j = 0; j < BATCH; j++)
            (void)read();
        costs[i] = (double)(clock_now_ns() - start_ns) / BATCH;
    }
    qsort(costs, READINGS, sizeof *costs, compare_doubles);
    return costs[READINGS / 2];
}

double clock_step_of(const uint64_t *deltas, size_t n)
{
    for (uint64_t step = LONGEST_STEP_NS; step >= SHORTEST_STEP_NS; step--) {
        size_t num_multiples = 0, num_others = 0;
        for (size_t i = 0; i < n; i++) {
            uint64_t off = (deltas[i] + 1) % step; /* 0 to 2: within one of a multiple */
            *(off <= 2 ? &num_multiples : &num_others) += deltas[i] > 1;
        }
        if (num_multiples > 0 && num_multiples >= 99 * num_others)
            return (double)step;
    }
    return 1;
}

/* Returns by how much READ advances the next time it does; 0 if it does not for a tenth of a
 * second. */
static uint64_t next_advance(uint64_t (*read)(void))
{
    uint64_t deadline_ns = clock_now_ns() + LONGEST_WAIT_NS, before = read(), advance = 0;
    while (advance == 0 && clock_now_ns() < deadline_ns)
        advance = read() - before;
    return advance;
}

double clock_step_ns(uint64_t (*read)(void))
{
    enum { READINGS = 2000 };
    uint64_t deltas[READINGS];
    size_t num_still = 0;
    for (int i = 0; i < READINGS; i++) {
        uint64_t start_ns = read();
        for (volatile int spin = 0; spin < i % 97; spin++)
            ; /* so that not all deltas are the same multiple */
        deltas[i] = read() - start_ns;
        num_still += deltas[i] == 0;
    }
    if (num_still >= READINGS * 9 / 10) { /* a clock that counts in ticks */
        uint64_t step = next_advance(read);
        return step > 0 ? (double)step : (double)LONGEST_WAIT_NS;
    }
    return clock_step_of(deltas, READINGS);
}
