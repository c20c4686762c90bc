/* SPDX-License-Identifier: Apache-2.0 */
#include "find/stage.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "result/result.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SETTLED (1.0 / 3)    /* of a stage, after which it is looked at */
#define PILES_UP 0.005       /* of the rate */
#define SIGMAS 2             /* by which sessions in flight must have become more */
#define ENOUGH_CONNECTIONS 2 /* times those that sessions take that do not wait */

/* --- sessions in flight --------------------------------------------------------------------- */

static bool is_within(const struct series_row *row, double duration_s)
{
    return row->length_s > 0.99 && row->t_s + 1 <= duration_s + 0.01;
}

/* Writes what happened from a third of the stage to its end; false if it is too short for that. */
static bool look_at(struct find_stage *stage, const struct result *result, double *out_before)
{
    double served = 0, from_s = 0, to_s = 0, before = 0, after = 0;
    for (size_t i = 0; i < result->num_series; i++) {
        const struct series_row *row = &result->series[i];
        if (!is_within(row, stage->seconds) || !isfinite(row->open))
            continue;
        if (from_s == 0 && row->t_s + 1 >= stage->seconds * SETTLED) {
            from_s = to_s = row->t_s + 1;
            before = row->open;
        } else if (from_s > 0) {
            served += (double)row->sessions;
            to_s = row->t_s + 1;
            after = row->open;
        }
    }
    stage->per_second = to_s > from_s ? served / (to_s - from_s) : NAN;
    stage->growth = to_s > from_s ? (after - before) / (to_s - from_s) : NAN;
    *out_before = before;
    return to_s > from_s;
}

/* Whether sessions pile up: more of them in flight by more than chance, and than is too little to
 * matter. What waits for a free connection counts, too. */
static bool piles_up(struct find_stage *stage, const struct result *result)
{
    double before, waiting = 0;
    if (!look_at(stage, result, &before))
        return false;
    if (stage->scheduled > stage->started)
        waiting = (double)(stage->scheduled - stage->started) / stage->seconds;
    stage->growth += waiting;
    double grown = stage->growth * stage->seconds * (1 - SETTLED);
    return stage->growth > PILES_UP * stage->load && grown > SIGMAS * sqrt(2 * before + 1);
}

/* --- failures ------------------------------------------------------------------------------- */

static bool failed_too_often(const struct find_stage *stage, const struct stage_rules *rules)
{
    double allowed = rules->max_is_percent ? (double)stage->started * rules->max_failures / 100
                                           : rules->max_failures;
    return (double)stage->failed > allowed;
}

static bool is_unexpected(const struct result_identity *row)
{
    return row->expect_refused ? row->by_class[CLASS_SUCCEEDED] > 0 || row->cut_off_served > 0 ||
                                     row->by_class[CLASS_UNCONFIRMED] > 0
                               : row->by_class[CLASS_REFUSED] > 0;
}

/* Endless sessions succeed by their requests; those without requests end unconfirmed. */
static bool has_measured(const struct find_stage *stage, const struct result *result)
{
    return stage->succeeded > 0 || stage->refused > 0 || result->requests_succeeded > 0 ||
           result->by_class[CLASS_UNCONFIRMED] > 0;
}

/* Writes how sessions failed, or which identity was not treated as expected; nothing: neither. */
static void write_failures(struct buffer *out, const struct find_stage *stage,
                           const struct result *result, const struct stage_rules *rules)
{
    if (failed_too_often(stage, rules)) {
        buffer_format(out, "%" PRIu64 " of %" PRIu64 " sessions failed", stage->failed,
                      stage->started);
        result_write_causes(out, result, rules->refusal_by_close);
        return;
    }
    for (size_t i = 0; i < result->num_identities; i++) {
        const struct result_identity *row = &result->identities[i];
        if (!is_unexpected(row))
            continue;
        buffer_format(out, "%s was %s unexpectedly", row->name,
                      row->expect_refused ? "accepted" : "refused");
        return;
    }
    if (!has_measured(stage, result))
        buffer_append_text(out, "no session succeeded");
}

/* --- the cause ------------------------------------------------------------------------------ */

/* What the run itself says was its limit. If all connections were in use since the server took
 * longer and longer, that is the server's rate. */
static enum stage_cause cause_of_saturation(const struct find_stage *stage,
                                            const struct result *result,
                                            const struct stage_rules *rules)
{
    if (result->limit != NULL && strcmp(result->limit, "ports") == 0)
        return STAGE_PORTS;
    if (result->limit != NULL && strcmp(result->limit, "descriptors") == 0)
        return STAGE_DESCRIPTORS;
    if (!rules->is_open || !result->saturated)
        return result->outcomes[OUTCOME_LOCAL_LIMIT] > 0 ? STAGE_GENERATOR : STAGE_HELD;
    if (result->limit == NULL || strcmp(result->limit, "slots") != 0)
        return STAGE_GENERATOR;
    return rules->connections < ENOUGH_CONNECTIONS * stage->load * rules->alone_s
               ? STAGE_CONNECTIONS
               : STAGE_SERVER_RATE;
}

static void say(struct find_stage *stage, enum stage_cause cause, const char *why)
{
    stage->cause = cause;
    stage->why = memory_text(why);
}

static void judge(struct find_stage *stage, const struct result *result,
                  const struct stage_rules *rules)
{
    struct buffer why = {0};
    bool is_piling = piles_up(stage, result) && rules->is_open;
    enum stage_cause cause = cause_of_saturation(stage, result, rules);
    if (cause == STAGE_HELD && is_piling)
        cause = STAGE_SERVER_RATE;
    if (cause == STAGE_GENERATOR)
        buffer_append_text(&why, "the generator did not keep the schedule");
    else if (cause == STAGE_CONNECTIONS)
        buffer_format(&why, "all %.0f connections of -c were in use", rules->connections);
    else if (cause == STAGE_PORTS || cause == STAGE_DESCRIPTORS)
        buffer_format(&why, "this machine has no more %s", stage_cause_name(cause));
    else if (cause == STAGE_SERVER_RATE)
        buffer_format(&why, "the server served %.4g a second; %.3g more are in flight each second",
                      stage->per_second, stage->growth);
    if (cause == STAGE_HELD) {
        write_failures(&why, stage, result, rules);
        cause = why.len > 0 ? STAGE_FAILURES : STAGE_HELD;
    }
    if (cause == STAGE_HELD && rules->slo_broken != NULL) {
        buffer_append_text(&why, rules->slo_broken);
        cause = STAGE_SLO;
    }
    if (cause != STAGE_HELD)
        say(stage, cause, buffer_text(&why));
    buffer_cleanup(&why);
}

void stage_judge(struct find_stage *stage, const struct result *result,
                 const struct stage_rules *rules)
{
    stage->scheduled = result->scheduled;
    stage->started = result->started;
    stage->succeeded = result->by_class[CLASS_SUCCEEDED];
    stage->refused = result->by_class[CLASS_REFUSED];
    stage->failed = result->by_class[CLASS_FAILED];
    stage->kept = rules->is_open && stage->scheduled > 0
                      ? (double)stage->started / (double)stage->scheduled
                      : NAN;
    judge(stage, result, rules);
}

double stage_served(const struct find_stage *stage)
{
    bool is_served = stage->cause == STAGE_SERVER_RATE && isfinite(stage->per_second);
    return is_served ? stage->per_second : 0;
}

bool stage_is_generators(enum stage_cause cause)
{
    return cause == STAGE_GENERATOR || cause == STAGE_CONNECTIONS || cause == STAGE_PORTS ||
           cause == STAGE_DESCRIPTORS;
}

const char *stage_cause_name(enum stage_cause cause)
{
    static const char *const names[NUM_STAGE_CAUSES] = {
        [STAGE_HELD] = "held",           [STAGE_SLO] = "slo",
        [STAGE_FAILURES] = "failures",   [STAGE_SERVER_RATE] = "server_rate",
        [STAGE_GENERATOR] = "generator", [STAGE_CONNECTIONS] = "connections",
        [STAGE_PORTS] = "ports",         [STAGE_DESCRIPTORS] = "descriptors",
    };
    return names[cause];
}

void stage_cleanup(struct find_stage *stage)
{
    free(stage->slo_values);
    free(stage->why);
    *stage = (struct find_stage){0};
}
