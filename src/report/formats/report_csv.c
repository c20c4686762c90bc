/* SPDX-License-Identifier: Apache-2.0 */
#include "report/formats/report_csv.h"

#include "result/result.h"

#include <inttypes.h>
#include <math.h>

static void write_time(FILE *out, double time_ns)
{
    putc(',', out);
    if (isfinite(time_ns))
        fprintf(out, "%.3f", time_ns / 1000);
}

/* The number of the stage that the second begins in, from 1. */
static size_t stage_of(const struct result_stages *stages, double t_s)
{
    size_t number = 1;
    while (number < stages->count && stages->items[number].start_s <= t_s)
        number++;
    return number;
}

bool report_csv(FILE *out, const struct result *result)
{
    fputs("t_s,sessions,handshakes,failed,tls_handshake_p50_us,tls_handshake_p99_us,"
          "requests,refused,length_s,open",
          out);
    fputs(result->stages.count > 0 ? ",stage\n" : "\n", out);
    for (size_t i = 0; i < result->num_series; i++) {
        const struct series_row *row = &result->series[i];
        fprintf(out, "%.15g,%" PRIu64 ",%" PRIu64 ",%" PRIu64, row->t_s, row->sessions,
                row->handshakes, row->failed);
        write_time(out, row->tls_handshake_p50_ns);
        write_time(out, row->tls_handshake_p99_ns);
        fprintf(out, ",%" PRIu64 ",%" PRIu64 ",%.9g,", row->requests, row->refused, row->length_s);
        if (isfinite(row->open))
            fprintf(out, "%.0f", row->open);
        if (result->stages.count > 0)
            fprintf(out, ",%zu", stage_of(&result->stages, row->t_s));
        putc('\n', out);
    }
    return !ferror(out);
}
