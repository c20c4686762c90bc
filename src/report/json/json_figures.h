/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The figures of a result, each by its path in the result's JSON: names joined by dots, such as
 * "sessions.per_second". "latency." may be omitted, and an identity is addressed by its name:
 * "identities.client1.refused". Names may contain dots. The JSON is created once.
 */
#ifndef PINLOAD_REPORT_JSON_JSON_FIGURES_H
#define PINLOAD_REPORT_JSON_JSON_FIGURES_H

#include <stdbool.h>

struct result;
struct json_figures;

/* The unit of a figure. */
enum json_unit { JSON_PLAIN, JSON_MICROSECONDS, JSON_SECONDS };

/* json_figures_new returns the figures of RESULT, which may then change; to be freed. */
struct json_figures *json_figures_new(const struct result *result);
void json_figures_free(struct json_figures *figures);

/* json_figures_find looks up a number. A number that is null gives NAN. A name that did not occur
 * among counts by name, such as a status, gives 0; but all pins of a run are known. False: there is
 * no such number. */
bool json_figures_find(const struct json_figures *figures, const char *path, double *out_value,
                       enum json_unit *out_unit);

#endif
