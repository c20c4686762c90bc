/* SPDX-License-Identifier: Apache-2.0 */
#include "report/json/json_distribution.h"

#include "measure/latency.h"
#include "measure/value_counts.h"
#include "result/figure_table.h"

#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define LARGEST_WHOLE 9007199254740992.0

/* Microseconds, to a thousandth of a nanosecond. */
static json_t *time_us(double time_ns)
{
    return json_real(round(time_ns * 1000) / 1e6);
}

static json_t *whole_or_real(double value)
{
    if (value <= LARGEST_WHOLE && value == floor(value))
        return json_integer((json_int_t)value);
    return json_real(value);
}

static void put_statistics(json_t *object, const struct latency_summary *summary,
                           json_t *(*make)(double value))
{
    for (size_t i = 0; i < statistic_table_len; i++) {
        const struct statistic *statistic = &statistic_table[i];
        double value = *(const double *)((const char *)summary + statistic->offset);
        json_object_set_new(object, statistic->name,
                            summary->count > 0 ? make(value) : json_null());
    }
}

json_t *json_summary(const struct latency_summary *summary, const struct latency *latency)
{
    json_t *object = json_object();
    json_object_set_new(object, "unit", json_string("us"));
    json_object_set_new(object, "count", json_integer((json_int_t)summary->count));
    put_statistics(object, summary, time_us);
    json_object_set_new(object, "clamped", json_integer((json_int_t)summary->clamped));
    char *hdr = latency != NULL ? latency_encode(latency) : NULL;
    json_object_set_new(object, "hdr", hdr != NULL ? json_string(hdr) : json_null());
    free(hdr);
    return object;
}

json_t *json_latency(const struct latency *latency)
{
    struct latency_summary summary;
    latency_summarize(latency, &summary);
    return json_summary(&summary, latency);
}

static json_t *counts_by_value(const struct value_counts *values)
{
    json_t *object = json_object();
    for (size_t i = 0; i < values->num; i++) {
        char value[24];
        snprintf(value, sizeof value, "%" PRIu64, values->items[i].value);
        json_object_set_new(object, value, json_integer((json_int_t)values->items[i].count));
    }
    return object;
}

json_t *json_values(const struct value_counts *values, const char *unit)
{
    struct latency_summary summary;
    json_t *object = json_object();
    value_counts_summarize(values, &summary);
    json_object_set_new(object, "unit", json_string(unit));
    json_object_set_new(object, "count", json_integer((json_int_t)summary.count));
    json_object_set_new(object, "total", whole_or_real(value_counts_sum(values)));
    put_statistics(object, &summary, whole_or_real);
    json_object_set_new(object, "rounded", json_integer((json_int_t)values->rounded));
    json_object_set_new(object, "values", counts_by_value(values));
    return object;
}
