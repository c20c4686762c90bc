/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The search for the highest load that holds: after each stage it says which is next, or that the
 * answer is there. The load is a rate or a number of connections, "rate" here. Pure: it runs nothing,
 * and has no clock but the seconds that it is told.
 *
 * Three phases. UP doubles the rate until a stage breaks, twice if it may have been an accident; or, if
 * the first one breaks, divides it by four until one holds. EDGE learns from each stage where the edge
 * is (find/edge.h), and puts the next one where that is as likely below as above, until the interval is
 * as narrow as asked: so stages are repeated near the edge, and no single one decides. CONFIRM runs a
 * long stage just below the edge; if it breaks, that is learned from, and a lower one follows.
 */
#ifndef PINLOAD_FIND_SEARCH_H
#define PINLOAD_FIND_SEARCH_H

#include <stdbool.h>
#include <stddef.h>

struct search_terms {
    double start, least, most; /* rates, least <= start <= most */
    bool is_whole;             /* whole numbers only */
    double within;             /* how wide the interval may be on either side, 0.02 is 2% */
    double stage_s, confirm_s; /* confirm_s 0: no confirmation */
    double budget_s;           /* for everything */
};

/* What a stage told. */
struct search_fact {
    bool held;
    double served; /* the server's own rate, if it was too low for the stage's; else 0 */
};

enum search_phase { SEARCH_UP, SEARCH_EDGE, SEARCH_CONFIRM, SEARCH_DONE };

struct search_step {
    enum search_phase phase; /* SEARCH_DONE: there is no next stage */
    double rate, seconds;
};

/* How a search ended, or would if it ended now. */
enum search_end {
    SEARCH_NOTHING,     /* no stage has ended */
    SEARCH_NONE_HOLDS,  /* every rate tried broke */
    SEARCH_AT_LEAST,    /* the highest rate allowed holds */
    SEARCH_FOUND,       /* the edge was found; confirmed, if that was asked for */
    SEARCH_UNCONFIRMED, /* the edge was found, but no long stage held */
    SEARCH_UNFINISHED,  /* the budget was too small, or it was interrupted */
};

struct search_answer {
    enum search_end end;
    double rate;      /* that holds; 0: none */
    double edge;      /* where stages begin to break; 0: not known */
    double low, high; /* the edge's 95% interval; high INFINITY: not known */
};

struct search;

struct search *search_new(const struct search_terms *terms);
void search_free(struct search *search);

/* search_next returns the stage to run next. */
struct search_step search_next(const struct search *search);

/* search_learn takes in what the stage of search_next told. SPENT_S is the time of the whole search so
 * far. */
void search_learn(struct search *search, const struct search_fact *fact, double spent_s);

/* search_answer returns what is known now. */
struct search_answer search_answer(const struct search *search);

#endif
