/* SPDX-License-Identifier: Apache-2.0 */
#include "report/formats/report_hlog.h"

#include "result/result.h"

static bool write_interval(FILE *out, const struct interval_row *interval)
{
    for (int kind = 0; kind < NUM_LATENCIES; kind++) {
        if (interval->hdr[kind] == NULL)
            continue;
        struct latency *latency = latency_decode(interval->hdr[kind], 0);
        bool written = latency != NULL && latency_log_entry(out, latency, latency_kind_name(kind),
                                                            interval->t_s, interval->length_s);
        latency_free(latency);
        if (!written)
            return false;
    }
    return true;
}

/* The run as one interval, if nothing finer is known. */
static bool write_whole(FILE *out, const struct result *result)
{
    double length_s = result->duration_s - result->warm_up_s;
    if (!(length_s > 0))
        length_s = 0;
    for (int kind = 0; kind < NUM_LATENCIES; kind++) {
        const struct latency *latency = result->latencies[kind];
        if (latency_count(latency) > 0 &&
            !latency_log_entry(out, latency, latency_kind_name(kind), result->warm_up_s, length_s))
            return false;
    }
    return true;
}

bool report_hlog(FILE *out, const struct result *result)
{
    latency_log_begin(out, result->started_wall_ns);
    for (size_t i = 0; i < result->num_intervals; i++) {
        if (!write_interval(out, &result->intervals[i]))
            return false;
    }
    return (result->num_intervals > 0 || write_whole(out, result)) && !ferror(out);
}
