/* SPDX-License-Identifier: Apache-2.0 */
#include "virtual_run.h"

#include "base/memory.h"

#include <math.h>

static double normal(struct random *random)
{
    return sqrt(2 * random_exponential(random)) * cos(2 * M_PI * random_unit(random));
}

/* A handshake of a millisecond, with a tail. */
static double draw_value(struct random *random, double tail, bool stalls)
{
    double value = 1e6 * exp(0.15 * normal(random));
    if (random_unit(random) < 0.05)
        value = 1.3e6 * exp(0.3 * random_exponential(random) * (stalls ? 3 : 1)) * tail;
    return value;
}

static void close_row(struct result *r, struct latency *const *open, size_t second)
{
    struct interval_row *row = &r->intervals[second];
    *row = (struct interval_row){.t_s = (double)second, .length_s = 1};
    for (int kind = 0; kind < NUM_LATENCIES; kind++) {
        if (open[kind] == NULL)
            continue;
        row->hdr[kind] = latency_encode(open[kind]);
        latency_reset(open[kind]);
    }
}

static void fill_second(struct random *random, struct result *r, struct latency *const *open,
                        size_t second, const struct virtual_noise *noise, double level, double tail)
{
    unsigned count =
        (unsigned)(noise->per_second / level + 0.05 * noise->per_second * normal(random));
    bool stalls = random_unit(random) < noise->stalls;
    for (unsigned i = 0; i < count; i++) {
        uint64_t handshake = (uint64_t)(level * draw_value(random, tail, stalls));
        uint64_t session = handshake + (uint64_t)(level * 3e5 * random_exponential(random));
        latency_record(open[LATENCY_TLS_HANDSHAKE], handshake);
        latency_record(open[LATENCY_SESSION], session);
        latency_record(r->latencies[LATENCY_TLS_HANDSHAKE], handshake);
        latency_record(r->latencies[LATENCY_SESSION], session);
    }
    r->series[second] = (struct series_row){
        .t_s = (double)second, .length_s = 1, .sessions = count, .handshakes = count};
    r->started += count;
    close_row(r, open, second);
}

static void set_plan(struct result *r, const struct virtual_noise *noise)
{
    r->url = memory_text("https://localhost/");
    r->verify = memory_text("none");
    r->rotation = memory_text("round-robin");
    r->version = memory_text("0.1.0");
    r->connections = 10;
    r->threads = 1;
    r->duration_s = noise->seconds;
    r->sessions_per_second = r->handshakes_per_second = (double)r->started / noise->seconds;
    r->requests_per_second = 0;
    r->scheduled = r->by_class[CLASS_SUCCEEDED] = r->started;
    r->cpu_per_session_us = NAN;
}

struct result *virtual_run(struct random *random, const struct virtual_noise *noise, double whole,
                           double tail)
{
    struct result *r = result_new();
    struct latency *open[NUM_LATENCIES] = {NULL};
    open[LATENCY_TLS_HANDSHAKE] = latency_new(2);
    open[LATENCY_SESSION] = latency_new(2);
    r->intervals = memory_new(noise->seconds, sizeof *r->intervals);
    r->series = memory_new(noise->seconds, sizeof *r->series);
    r->num_intervals = r->num_series = noise->seconds;
    double correlation = noise->correlation, own = sqrt(1 - correlation * correlation);
    double state = normal(random), run = exp(noise->between * normal(random)) * whole;
    for (size_t second = 0; second < noise->seconds; second++) {
        state = correlation * state + own * normal(random);
        fill_second(random, r, open, second, noise, run * exp(noise->common * state), tail);
    }
    for (int kind = 0; kind < NUM_LATENCIES; kind++)
        latency_free(open[kind]);
    set_plan(r, noise);
    return r;
}
