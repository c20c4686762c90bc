/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The figures of a result, each by its path through the result's JSON: names joined by dots, as
 * "sessions.per_second". "latency." may be left out, and an identity stands by its name:
 * "identities.client1.refused". Names may have dots in them. The JSON is made once.
 */
#ifndef PINLOAD_REPORT_JSON_JSON_FIGURES_H
#define PINLOAD_REPORT_JSON_JSON_FIGURES_H

#include <stdbool.h>

struct result;
struct json_figures;

/* What a figure counts in. */
enum json_unit { JSON_PLAIN, JSON_MICROSECONDS, JSON_SECONDS };

/* json_figures_new returns the figures of RESULT, which may then change; to be freed. */
struct json_figures *json_figures_new(const struct result *result);
void json_figures_free(struct json_figures *figures);

/* json_figures_find looks a number up. Not a number now (null) gives NAN. A name that did not come
 * up among counts by name, as a status, gives 0; but all pins of a run are known. False: there is no
 * such number. */
bool json_figures_find(const struct json_figures *figures, const char *path, double *out_value,
                       enum json_unit *out_unit);

#endif
