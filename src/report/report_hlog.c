/* SPDX-License-Identifier: Apache-2.0 */
#include "report/report_hlog.h"

#include "load/result.h"

bool report_hlog(FILE *out, const struct result *result)
{
    double length_s = result->duration_s - result->warm_up_s;
    if (!(length_s > 0))
        length_s = 0;
    latency_log_begin(out, result->started_wall_ns);
    for (int kind = 0; kind < NUM_LATENCIES; kind++) {
        const struct latency *latency = result->latencies[kind];
        if (latency_count(latency) > 0 &&
            !latency_log_entry(out, latency, latency_kind_name(kind), result->warm_up_s, length_s))
            return false;
    }
    return !ferror(out);
}
