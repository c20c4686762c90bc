/* SPDX-License-Identifier: Apache-2.0 */
#include "find/search.h"

#include "base/memory.h"
#include "find/edge.h"

#include <math.h>
#include <stdlib.h>

#define MOST_STAGES 200
#define MOST_CONFIRMATIONS 3
#define FEWEST_NEAR 4 /* stages near the edge */
#define DOWN 4

struct stage {
    double rate, seconds;
    bool held;
};

struct search {
    struct search_terms terms;
    struct stage stages[MOST_STAGES];
    size_t num_stages;
    struct search_step next;
    struct edge *edge; /* from SEARCH_EDGE on */
    double low, high;  /* between which it is sought */
    double aims[2];    /* rates to try before the edge says one */
    size_t num_aims;
    double spent_s;
    unsigned num_confirmations;
    double confirmed; /* 0: none */
    double served;    /* the server's own rate, as the first stages showed it; 0: they did not */
};

/* Rates that are written are those that were run. */
static double four_digits(double rate)
{
    double unit = pow(10, floor(log10(rate)) - 3);
    return rate > 0 ? round(rate / unit) * unit : rate;
}

static double rounded(const struct search *search, double rate)
{
    const struct search_terms *terms = &search->terms;
    rate = terms->is_whole ? floor(rate + 0.5) : four_digits(rate);
    return fmin(fmax(rate, terms->least), terms->most);
}

struct search *search_new(const struct search_terms *terms)
{
    struct search *search = memory_new(1, sizeof *search);
    search->terms = *terms;
    search->next = (struct search_step){
        .phase = SEARCH_UP, .rate = rounded(search, terms->start), .seconds = terms->stage_s};
    return search;
}

void search_free(struct search *search)
{
    if (search == NULL)
        return;
    edge_free(search->edge);
    free(search);
}

struct search_step search_next(const struct search *search)
{
    return search->next;
}

static double highest_held(const struct search *search)
{
    double highest = 0;
    for (size_t i = 0; i < search->num_stages; i++) {
        if (search->stages[i].held)
            highest = fmax(highest, search->stages[i].rate);
    }
    return highest;
}

/* The lowest rate above all that held at which a stage broke; INFINITY: none. */
static double lowest_broken(const struct search *search)
{
    double held = highest_held(search), lowest = INFINITY;
    for (size_t i = 0; i < search->num_stages; i++) {
        const struct stage *stage = &search->stages[i];
        if (!stage->held && stage->rate > held)
            lowest = fmin(lowest, stage->rate);
    }
    return lowest;
}

static void end(struct search *search)
{
    search->next.phase = SEARCH_DONE;
}

/* The next stage, if the budget has room for it. */
static void go_on(struct search *search, enum search_phase phase, double rate, double seconds)
{
    bool fits =
        search->spent_s + seconds <= search->terms.budget_s && search->num_stages < MOST_STAGES;
    search->next = (struct search_step){
        .phase = fits ? phase : SEARCH_DONE, .rate = rounded(search, rate), .seconds = seconds};
}

/* --- confirm -------------------------------------------------------------------------------- */

/* A rate that is rather likely to hold for long, too: a little below the edge, and the last one. */
static double below_edge(const struct search *search)
{
    double rate = fmin(edge_quantile(search->edge, 0.1),
                       edge_quantile(search->edge, 0.5) * (1 - search->terms.within / 2));
    return search->terms.is_whole ? floor(rate) : rate;
}

static void confirm(struct search *search)
{
    const struct search_terms *terms = &search->terms;
    if (terms->confirm_s <= 0 || search->num_confirmations == MOST_CONFIRMATIONS) {
        end(search);
        return;
    }
    go_on(search, SEARCH_CONFIRM, search->edge == NULL ? terms->most : below_edge(search),
          terms->confirm_s);
}

/* --- edge ----------------------------------------------------------------------------------- */

static size_t num_near(const struct search *search, double rate)
{
    size_t count = 0;
    for (size_t i = 0; i < search->num_stages; i++)
        count += fabs(search->stages[i].rate / rate - 1) <= 2 * search->terms.within;
    return count;
}

static bool is_narrow(const struct search *search)
{
    double low = edge_quantile(search->edge, 0.025), high = edge_quantile(search->edge, 0.975);
    double least = search->terms.is_whole ? 1 : 0; /* a connection more or less is no difference */
    return high - low <= fmax(2 * search->terms.within * low, least);
}

/* Whether what is allowed holds, as far as may be asked. */
static bool is_at_most(const struct search *search)
{
    double low = edge_quantile(search->edge, 0.025);
    return low >= search->terms.most * (1 - search->terms.within);
}

/* Whether a stage more would leave no time to confirm. */
static bool is_late(const struct search *search)
{
    const struct search_terms *terms = &search->terms;
    return search->spent_s + terms->stage_s + terms->confirm_s > terms->budget_s;
}

static double length_of(const struct search *search, const struct stage *stage)
{
    return stage->seconds / search->terms.stage_s;
}

/* Seeks the edge between LOW and HIGH, by all that the stages told. */
static void seek_between(struct search *search, double low, double high)
{
    const struct search_terms *terms = &search->terms;
    search->low = fmax(low, terms->least / 2);
    search->high = fmax(fmin(high, terms->most * 1.1), search->low * 1.5);
    edge_free(search->edge);
    search->edge = edge_new(search->low, search->high, terms->within / 8);
    for (size_t i = 0; i < search->num_stages; i++) {
        const struct stage *stage = &search->stages[i];
        edge_learn(search->edge, stage->rate, stage->held, length_of(search, stage));
    }
    if (search->served > 0)
        edge_hint(search->edge, search->served);
}

/* If what is known points to one end, stages there broke or held by accident: it goes on beyond. */
static void widen(struct search *search)
{
    const struct search_terms *terms = &search->terms;
    double near = 1 + 2 * terms->within;
    bool is_above = edge_quantile(search->edge, 0.9) * near >= search->high;
    bool is_below = edge_quantile(search->edge, 0.1) <= search->low * near;
    bool may_be_above = search->high < terms->most * 1.1;
    bool may_be_below = search->low > terms->least / 2;
    if ((is_above && may_be_above) || (is_below && may_be_below))
        seek_between(search, is_below ? search->low / DOWN : search->low,
                     is_above ? search->high * 2 : search->high);
}

static void approach(struct search *search)
{
    widen(search);
    double middle = edge_quantile(search->edge, 0.5);
    bool is_known = is_narrow(search) || is_at_most(search);
    if ((is_known && num_near(search, middle) >= FEWEST_NEAR) || is_late(search)) {
        confirm(search);
        return;
    }
    double rate = search->num_aims > 0 ? search->aims[--search->num_aims]
                                       : edge_telling(search->edge, search->terms.most);
    go_on(search, SEARCH_EDGE, rate, search->terms.stage_s);
}

/* From here on the edge is known to be around what held and what broke. */
static void begin_edge(struct search *search, double held, double broken, double served)
{
    const struct search_terms *terms = &search->terms;
    if (served > 0)
        search->served = served;
    seek_between(search, held / 2, broken * 2);
    double around[] = {served * (1 + terms->within), served * (1 - terms->within)};
    if (around[1] > 0 && around[0] < broken) { /* the lower one first */
        search->aims[0] = around[0];
        search->aims[1] = around[1];
        search->num_aims = held >= around[1] * (1 - terms->within / 2) ? 1 : 2;
    }
    approach(search);
}

/* --- up, or down ---------------------------------------------------------------------------- */

static bool broke_before(const struct search *search, double rate)
{
    for (size_t i = 0; i + 1 < search->num_stages; i++) {
        if (!search->stages[i].held && search->stages[i].rate == rate)
            return true;
    }
    return false;
}

/* The first stage broke: if it showed what the server can do, the next one is there. */
static void descend(struct search *search, double rate, double served)
{
    bool is_shown = served > 0 && search->served == 0;
    if (is_shown)
        search->served = served;
    go_on(search, SEARCH_UP, is_shown ? served * (1 - search->terms.within) : rate / DOWN,
          search->terms.stage_s);
}

static void climb(struct search *search, const struct search_fact *fact)
{
    const struct search_terms *terms = &search->terms;
    const struct stage *last = &search->stages[search->num_stages - 1];
    double held = highest_held(search), broken = lowest_broken(search);
    if (last->held && isfinite(broken))
        begin_edge(search, held, broken, search->served);
    else if (last->held && last->rate >= terms->most)
        confirm(search);
    else if (last->held)
        go_on(search, SEARCH_UP, last->rate * 2, terms->stage_s);
    else if (held == 0 && last->rate <= terms->least)
        end(search);
    else if (held == 0)
        descend(search, last->rate, fact->served);
    else if (fact->served > 0 || broke_before(search, last->rate))
        begin_edge(search, held, last->rate, fact->served);
    else
        go_on(search, SEARCH_UP, last->rate, terms->stage_s); /* was it an accident? */
}

void search_learn(struct search *search, const struct search_fact *fact, double spent_s)
{
    struct search_step step = search->next;
    search->stages[search->num_stages++] = (struct stage){step.rate, step.seconds, fact->held};
    const struct stage *last = &search->stages[search->num_stages - 1];
    search->spent_s = spent_s;
    if (search->edge != NULL)
        edge_learn(search->edge, last->rate, last->held, length_of(search, last));
    if (step.phase == SEARCH_UP) {
        climb(search, fact);
    } else if (step.phase == SEARCH_EDGE) {
        if (search->num_aims == 1 && !fact->held)
            search->num_aims = 0; /* the higher one would break, too */
        approach(search);
    } else if (fact->held) {
        search->confirmed = last->rate;
        end(search);
    } else {
        search->num_confirmations++;
        if (search->edge == NULL)
            begin_edge(search, search->terms.start, last->rate, fact->served);
        else
            confirm(search);
    }
}

/* --- the answer ----------------------------------------------------------------------------- */

struct search_answer search_answer(const struct search *search)
{
    const struct search_terms *terms = &search->terms;
    double held = highest_held(search);
    struct search_answer answer = {.rate = held, .low = held, .high = lowest_broken(search)};
    bool confirms = terms->confirm_s > 0;
    if (search->num_stages == 0)
        answer.end = SEARCH_NOTHING;
    else if (held == 0)
        answer.end = search->next.rate <= terms->least ? SEARCH_NONE_HOLDS : SEARCH_UNFINISHED;
    else if (search->edge == NULL)
        answer.end = held >= terms->most && (!confirms || search->confirmed > 0)
                         ? SEARCH_AT_LEAST
                         : SEARCH_UNFINISHED;
    if (search->edge == NULL)
        return answer;
    answer.edge = edge_quantile(search->edge, 0.5);
    answer.low = edge_quantile(search->edge, 0.025);
    answer.high = edge_quantile(search->edge, 0.975);
    answer.rate = search->confirmed > 0 ? search->confirmed : below_edge(search);
    if (search->confirmed > 0 || (!confirms && is_narrow(search)))
        answer.end = SEARCH_FOUND;
    else if (search->num_confirmations > 0)
        answer.end = SEARCH_UNCONFIRMED;
    else
        answer.end = SEARCH_UNFINISHED;
    return answer;
}
