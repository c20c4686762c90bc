/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/find_terms.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "cli/plan_settings.h"
#include "measure/latency_kind.h"
#include "plan/plan.h"
#include "report/json/json_figures.h"
#include "report/json/threshold.h"
#include "result/result.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CONNECTIONS 8
#define HIGHEST_RATE 1e6
#define LOWEST_RATE 1

static bool by_connections(const struct options *options)
{
    return strcmp(options->by, "connections") == 0;
}

struct options find_terms_plan(const struct options *options)
{
    struct options run = *options;
    if (!by_connections(options))
        run.rate = LOWEST_RATE; /* an open loop; each stage has its own */
    return run;
}

static bool parse_within(double *out, const char *text, struct error *err)
{
    char number[32];
    size_t len = strlen(text);
    double percent;
    if (len >= 2 && len <= sizeof number && text[len - 1] == '%') {
        snprintf(number, sizeof number, "%.*s", (int)len - 1, text);
        if (text_parse_decimal(number, &percent) && percent >= 0.5 && percent <= 50) {
            *out = percent / 100;
            return true;
        }
    }
    return error_set(err,
                     "--within '%.100s' is no percentage from 0.5%% to 50%%; expected one such as "
                     "2%%",
                     text);
}

static bool check_rates(const struct options *options, struct error *err)
{
    static const char *const rates[] = {"start-rate", "max-rate"};
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        if (by_connections(options) && options_given(options, rates[i]))
            return error_set(err,
                             "--%s is for --by rate; expected -c for the highest number of "
                             "connections",
                             rates[i]);
    }
    if (options->start_rate > 0 && options->max_rate > 0 && options->start_rate > options->max_rate)
        return error_set(err, "--start-rate %g is above --max-rate %g; expected less",
                         options->start_rate, options->max_rate);
    if (options->start_rate > HIGHEST_RATE || options->max_rate > HIGHEST_RATE)
        return error_set(err, "--start-rate and --max-rate can be 1M at most, but %g was given",
                         fmax(options->start_rate, options->max_rate));
    return true;
}

static bool check_times(const struct search_terms *terms, const struct plan *plan,
                        struct error *err)
{
    if (plan->duration_ns < FIND_STAGE_LEAST_NS)
        return error_set(err, "-d %g s is too short for a stage; expected 2s or more",
                         terms->stage_s);
    if (terms->confirm_s > 0 && terms->confirm_s < terms->stage_s)
        return error_set(err, "--confirm %g s is shorter than a stage of %g s; expected more, or 0",
                         terms->confirm_s, terms->stage_s);
    if (terms->budget_s < terms->stage_s + terms->confirm_s)
        return error_set(err,
                         "--budget %g s has no room for a stage of %g s and --confirm %g s; "
                         "expected more",
                         terms->budget_s, terms->stage_s, terms->confirm_s);
    return true;
}

bool find_terms_read(struct find_result *result, const struct options *options,
                     const struct plan *plan, struct error *err)
{
    struct search_terms *terms = &result->terms;
    result->by_connections = by_connections(options);
    terms->is_whole = result->by_connections;
    terms->stage_s = (double)plan->duration_ns / NS_PER_S;
    terms->confirm_s = (double)options->confirm_ns / NS_PER_S;
    terms->budget_s = (double)options->budget_ns / NS_PER_S;
    return parse_within(&terms->within, options->within, err) && check_rates(options, err) &&
           check_times(terms, plan, err);
}

void find_terms_start(struct find_result *result, const struct options *options,
                      const struct plan *plan, double alone_s)
{
    struct search_terms *terms = &result->terms;
    if (result->by_connections) {
        terms->most = (double)plan->connections;
        terms->least = 1;
        terms->start = fmin(FIRST_CONNECTIONS, terms->most);
        return;
    }
    terms->most = options->max_rate > 0 ? options->max_rate : HIGHEST_RATE;
    terms->start = options->start_rate > 0 ? options->start_rate
                                           : fmin(fmax(1 / alone_s, LOWEST_RATE), terms->most);
    terms->least = fmin(LOWEST_RATE, terms->start);
}

/* --- conditions ----------------------------------------------------------------------------- */

static bool parse_slo(struct threshold *slo, const char *text, const struct json_figures *figures,
                      struct error *err)
{
    if (!threshold_parse(slo, "slo", text, err) || !threshold_check(slo, figures, err))
        return false;
    if (slo->is_time && (slo->op == OP_ABOVE || slo->op == OP_AT_LEAST))
        return error_set(err,
                         "--slo '%.200s' asks for a time above a limit, and says what must hold; "
                         "expected '<'",
                         text);
    return true;
}

/* The latency that FIGURE is of; NUM_LATENCIES: none. */
static enum latency_kind kind_of(const char *figure)
{
    const char *name = text_starts_with(figure, "latency.") ? figure + strlen("latency.") : figure;
    for (int i = 0; i < NUM_LATENCIES; i++) {
        const char *kind = latency_kind_name((enum latency_kind)i);
        if (text_starts_with(name, kind) && name[strlen(kind)] == '.')
            return (enum latency_kind)i;
    }
    return NUM_LATENCIES;
}

/* The latency that reports show is that of the first condition on one. */
static void choose_latency(struct find_result *result)
{
    result->latency = latency_kind_name(result->by_connections ? LATENCY_TLS_HANDSHAKE
                                                               : LATENCY_HANDSHAKE_FROM_SCHEDULE);
    result->latency_limit_ns = NAN;
    for (size_t i = 0; i < result->num_slos; i++) {
        const struct find_slo *slo = &result->slos[i];
        enum latency_kind kind = kind_of(slo->figure);
        if (!slo->is_time || kind == NUM_LATENCIES)
            continue;
        result->latency = latency_kind_name(kind);
        result->latency_limit_ns = slo->limit;
        return;
    }
}

static bool read_slos(struct find_result *result, struct threshold *slos,
                      const struct options *options, const struct plan *plan, struct error *err)
{
    struct result *empty = plan_settings_empty(plan, options);
    struct json_figures *figures = json_figures_new(empty);
    bool ok = true;
    for (size_t i = 0; i < options->slos.count && ok; i++) {
        ok = parse_slo(&slos[i], options->slos.items[i], figures, err);
        result->slos[i] = (struct find_slo){.text = slos[i].text,
                                            .figure = slos[i].path,
                                            .is_time = slos[i].is_time,
                                            .limit = slos[i].value};
    }
    json_figures_free(figures);
    result_free(empty);
    return ok;
}

struct threshold *find_terms_slos(struct find_result *result, const struct options *options,
                                  const struct plan *plan, struct error *err)
{
    size_t count = options->slos.count;
    struct threshold *slos = memory_new(count + 1, sizeof *slos);
    result->slos = memory_new(count + 1, sizeof *result->slos);
    result->num_slos = count;
    if (!read_slos(result, slos, options, plan, err)) {
        free(slos);
        return NULL;
    }
    choose_latency(result);
    return slos;
}
