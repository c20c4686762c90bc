/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Thousands of searches of virtual servers whose limit is known: what is promised of the answer, its
 * interval and the time that it takes. A stage at a rate over the limit breaks if what it is over by
 * shows within its length; noise blurs the limit, more of it in short stages; and in some stages the
 * server stalls, which breaks them at any rate.
 */
#include "base/random.h"
#include "find/search.h"
#include "unit.h"

#include <math.h>
#include <stdio.h>

#define SEARCHES 250
#define RECOVERY_S 0.6 /* after each stage */
#define SHOWS_S 0.02   /* how much later than others the last session of a stage may be */

static const struct search_terms terms = {.start = 50,
                                          .least = 1,
                                          .most = 1e6,
                                          .within = 0.02,
                                          .stage_s = 5,
                                          .confirm_s = 30,
                                          .budget_s = 300};

struct server {
    double limit, noise, stalls; /* noise and stalls of a stage of the usual length */
    bool tells;                  /* its rate shows where it is too low */
};

struct outcome {
    int near, covered, found;
    double spent_s, by_hand_s;
};

static double normal(struct random *random)
{
    return sqrt(-2 * log(random_unit(random))) * cos(2 * M_PI * random_unit(random));
}

static struct search_fact run_stage(struct random *random, const struct server *server,
                                    const struct search_step *step)
{
    double length = step->seconds / terms.stage_s;
    double over = step->rate / server->limit - 1 + normal(random) * server->noise / sqrt(length);
    bool stalls = random_unit(random) < 1 - pow(1 - server->stalls, length);
    struct search_fact fact = {.held = over * step->seconds <= SHOWS_S && !stalls};
    if (!fact.held && over > 0.02 && server->tells)
        fact.served = server->limit * (1 + normal(random) * 0.005);
    return fact;
}

static struct search_answer search_once(struct random *random, const struct server *server,
                                        double *out_spent_s)
{
    struct search *search = search_new(&terms);
    struct search_step step;
    *out_spent_s = 0;
    while ((step = search_next(search)).phase != SEARCH_DONE) {
        struct search_fact fact = run_stage(random, server, &step);
        *out_spent_s += step.seconds + RECOVERY_S;
        search_learn(search, &fact, *out_spent_s);
    }
    struct search_answer answer = search_answer(search);
    search_free(search);
    return answer;
}

/* Of somebody who believes every stage: doubles until one breaks, halves what is between until it is
 * 2%, confirms. */
static double by_hand(const struct server *server)
{
    double broken = terms.start, seconds = terms.stage_s + RECOVERY_S;
    int num_stages = 1;
    for (; broken <= server->limit; broken *= 2)
        num_stages++;
    for (double ratio = 2; ratio > 1 + terms.within; ratio = sqrt(ratio))
        num_stages++;
    return num_stages * seconds + terms.confirm_s + RECOVERY_S;
}

static struct outcome search_many(const struct server *like)
{
    struct random random;
    struct outcome outcome = {0};
    random_init(&random, 16);
    for (int i = 0; i < SEARCHES; i++) {
        struct server server = *like;
        double spent_s;
        server.limit = 60 * pow(100, random_unit(&random));
        struct search_answer answer = search_once(&random, &server, &spent_s);
        outcome.near += fabs(answer.rate / server.limit - 1) <= 0.03;
        outcome.covered += answer.low <= server.limit && server.limit <= answer.high;
        outcome.found += answer.end == SEARCH_FOUND;
        outcome.spent_s += spent_s;
        outcome.by_hand_s += by_hand(&server);
        assert_true(spent_s <= terms.budget_s + 2 * RECOVERY_S);
    }
    printf("noise %.3f stalls %.2f %-5s: within 3%% %.2f, covered %.2f, found %.2f, time %.2f\n",
           like->noise, like->stalls, like->tells ? "tells" : "", outcome.near / (double)SEARCHES,
           outcome.covered / (double)SEARCHES, outcome.found / (double)SEARCHES,
           outcome.spent_s / outcome.by_hand_s);
    return outcome;
}

static void
the_answer_is_near_its_interval_covers_and_it_takes_less_than_twice_the_time(void **state)
{
    (void)state;
    static const double noises[] = {0, 0.005, 0.015};
    static const double stalls[] = {0, 0.02};
    for (size_t i = 0; i < 2 * COUNT_OF(noises) * COUNT_OF(stalls); i++) {
        struct server like = {.noise = noises[i / 2 % COUNT_OF(noises)],
                              .stalls = stalls[i / 2 / COUNT_OF(noises)],
                              .tells = i % 2 == 1};
        struct outcome outcome = search_many(&like);
        assert_true(outcome.near >= 0.9 * SEARCHES);
        assert_true(outcome.covered >= 0.9 * SEARCHES);
        assert_true(outcome.found >= 0.9 * SEARCHES);
        assert_true(outcome.spent_s < 2 * outcome.by_hand_s);
    }
}

/* Where every third stage breaks by itself, hardly a long one holds, and it takes longer; but the search
 * ends, and where it ends is right. */
static void a_server_that_stalls_all_the_time_is_not_searched_forever(void **state)
{
    (void)state;
    static const double stalls[] = {0.1, 0.3};
    for (size_t i = 0; i < COUNT_OF(stalls); i++) {
        struct outcome outcome = search_many(&(struct server){.stalls = stalls[i], .tells = true});
        assert_true(outcome.near >= 0.9 * SEARCHES);
        assert_true(outcome.covered >= 0.9 * SEARCHES);
        assert_true(outcome.spent_s < 3 * outcome.by_hand_s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            the_answer_is_near_its_interval_covers_and_it_takes_less_than_twice_the_time),
        cmocka_unit_test(a_server_that_stalls_all_the_time_is_not_searched_forever),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
