/* SPDX-License-Identifier: Apache-2.0 */
#include "report/formats/find_csv.h"

#include "find/find_result.h"

#include <inttypes.h>
#include <math.h>

/* An empty field where nothing was measured. */
static void put(FILE *out, double value)
{
    if (isfinite(value))
        fprintf(out, ",%.9g", value);
    else
        fputc(',', out);
}

bool find_csv(FILE *out, const struct find_result *result)
{
    fputs("load,duration_s,began_s,confirms,held,broken_by,scheduled,started,succeeded,refused,"
          "failed,kept,per_second,growth_per_second,p50_us,p99_us\n",
          out);
    for (size_t i = 0; i < result->num_stages; i++) {
        const struct find_stage *stage = &result->stages[i];
        bool held = stage->cause == STAGE_HELD;
        fprintf(out, "%.9g,%.9g,%.3f,%d,%d,%s", stage->load, stage->seconds, stage->began_s,
                stage->confirms, held, held ? "" : stage_cause_name(stage->cause));
        fprintf(out, ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64, stage->scheduled,
                stage->started, stage->succeeded, stage->refused, stage->failed);
        put(out, stage->kept);
        put(out, stage->per_second);
        put(out, stage->growth);
        put(out, stage->p50_ns / 1000);
        put(out, stage->p99_ns / 1000);
        fputc('\n', out);
    }
    return !ferror(out);
}
