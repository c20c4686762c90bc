/* SPDX-License-Identifier: Apache-2.0 */
#include "find/search.h"

#include "unit.h"

#include <math.h>

static const struct search_terms usual = {.start = 50,
                                          .least = 1,
                                          .most = 1e6,
                                          .within = 0.02,
                                          .stage_s = 5,
                                          .confirm_s = 30,
                                          .budget_s = 300};

/* A server with a sharp limit; it says its rate where a stage is beyond it by over 2%, if it may. */
struct server {
    double limit;
    bool tells;
    int accident;      /* the number of a stage that breaks whatever its rate; 0: none */
    int num_accidents; /* so many of them, one after the other; 0: one */
    double spent_s, highest, long_limit;
    int num_stages, num_confirmations;
};

static struct search_answer search_all(const struct search_terms *terms, struct server *server)
{
    struct search *search = search_new(terms);
    for (;;) {
        struct search_step step = search_next(search);
        if (step.phase == SEARCH_DONE)
            break;
        bool is_long = step.phase == SEARCH_CONFIRM;
        double limit = is_long && server->long_limit > 0 ? server->long_limit : server->limit;
        server->num_stages++;
        server->num_confirmations += is_long;
        server->spent_s += step.seconds;
        server->highest = fmax(server->highest, step.rate);
        assert_in_range(server->num_stages, 1, 150);
        assert_true(step.rate >= terms->least && step.rate <= terms->most);
        int last = server->accident + (server->num_accidents > 0 ? server->num_accidents - 1 : 0);
        bool breaks = server->num_stages >= server->accident && server->num_stages <= last;
        struct search_fact fact = {.held = step.rate <= limit && !(server->accident > 0 && breaks)};
        if (!fact.held && server->tells && step.rate > 1.02 * server->limit)
            fact.served = server->limit;
        search_learn(search, &fact, server->spent_s);
    }
    struct search_answer answer = search_answer(search);
    search_free(search);
    return answer;
}

static void assert_near(double value, double limit)
{
    if (fabs(value / limit - 1) > 0.03)
        fail_msg("%g is not within 3%% of %g", value, limit);
}

static void the_limit_is_found_and_confirmed(void **state)
{
    (void)state;
    static const double limits[] = {57, 100, 333.3, 512, 2047, 30000};
    for (size_t i = 0; i < 2 * COUNT_OF(limits); i++) {
        struct server server = {.limit = limits[i / 2], .tells = i % 2 == 1};
        struct search_answer answer = search_all(&usual, &server);
        assert_int_equal(answer.end, SEARCH_FOUND);
        assert_near(answer.rate, server.limit);
        assert_true(answer.rate <= server.limit);
        assert_true(answer.low <= server.limit * 1.001 && answer.high >= server.limit * 0.999);
        assert_true(answer.high / answer.low < 1.06);
        assert_true(server.spent_s <= usual.budget_s);
    }
}

static void no_rate_above_the_highest_is_tried(void **state)
{
    (void)state;
    struct search_terms terms = usual;
    terms.most = 300;
    struct server server = {.limit = 1000};
    struct search_answer answer = search_all(&terms, &server);
    assert_int_equal(answer.end, SEARCH_AT_LEAST);
    assert_true(answer.rate == 300 && server.highest == 300);
    assert_int_equal(server.num_confirmations, 1);
    terms.start = 300;
    server = (struct server){.limit = 299.5};
    answer = search_all(&terms, &server);
    assert_near(answer.rate, 299.5);
}

static void an_accident_on_the_way_up_is_repeated(void **state)
{
    (void)state;
    for (int i = 2; i <= 4; i++) {
        struct server server = {.limit = 3000, .accident = i};
        struct search_answer answer = search_all(&usual, &server);
        assert_int_equal(answer.end, SEARCH_FOUND);
        assert_near(answer.rate, 3000);
    }
}

/* Far below the limit two stages break, one after the other: what holds there shows that it was not
 * the limit. */
static void accidents_do_not_confine_the_search(void **state)
{
    (void)state;
    for (int i = 1; i <= 4; i++) {
        struct search_terms terms = usual;
        terms.budget_s = 900;
        struct server server = {.limit = 3000, .accident = i, .num_accidents = 2};
        struct search_answer answer = search_all(&terms, &server);
        assert_int_equal(answer.end, SEARCH_FOUND);
        assert_near(answer.rate, 3000);
    }
}

static void a_first_rate_beyond_the_limit_is_lowered(void **state)
{
    (void)state;
    for (int tells = 0; tells < 2; tells++) {
        struct search_terms terms = usual;
        terms.start = 5000;
        struct server server = {.limit = 70, .tells = tells == 1};
        struct search_answer answer = search_all(&terms, &server);
        assert_int_equal(answer.end, SEARCH_FOUND);
        assert_near(answer.rate, 70);
    }
}

static void where_nothing_holds_it_ends(void **state)
{
    (void)state;
    struct server server = {.limit = 0.5};
    struct search_answer answer = search_all(&usual, &server);
    assert_int_equal(answer.end, SEARCH_NONE_HOLDS);
    assert_true(answer.rate == 0);
    assert_in_range(server.num_stages, 2, 6);
}

static void a_lower_rate_is_confirmed_where_long_stages_break(void **state)
{
    (void)state;
    struct server server = {.limit = 500, .long_limit = 490};
    struct search_answer answer = search_all(&usual, &server);
    assert_int_equal(answer.end, SEARCH_FOUND);
    assert_true(answer.rate <= 490);
    assert_near(answer.rate, 490);
    server = (struct server){.limit = 500, .long_limit = 100};
    answer = search_all(&usual, &server);
    assert_int_equal(answer.end, SEARCH_UNCONFIRMED);
    assert_int_equal(server.num_confirmations, 3);
}

static void the_budget_is_kept_and_leaves_time_to_confirm(void **state)
{
    (void)state;
    for (double budget_s = 35; budget_s < 150; budget_s += 5) {
        struct search_terms terms = usual;
        terms.budget_s = budget_s;
        struct server server = {.limit = 777};
        struct search_answer answer = search_all(&terms, &server);
        assert_true(server.spent_s <= budget_s);
        assert_true(answer.rate <= 777);
        if (answer.end == SEARCH_FOUND)
            assert_int_equal(server.num_confirmations > 0, 1);
        else
            assert_true(answer.end == SEARCH_UNFINISHED || answer.end == SEARCH_UNCONFIRMED);
    }
}

static void connections_are_whole_numbers(void **state)
{
    (void)state;
    static const double limits[] = {1, 2, 5, 9, 37, 640};
    for (size_t i = 0; i < COUNT_OF(limits); i++) {
        struct search_terms terms = usual;
        terms.is_whole = true;
        terms.start = 8;
        terms.most = 1000;
        struct server server = {.limit = limits[i]};
        struct search_answer answer = search_all(&terms, &server);
        assert_true(answer.rate == floor(answer.rate));
        assert_true(answer.rate <= limits[i] && answer.rate >= limits[i] * 0.97 - 1);
    }
}

static void without_a_confirmation_none_is_run(void **state)
{
    (void)state;
    struct search_terms terms = usual;
    terms.confirm_s = 0;
    struct server server = {.limit = 400};
    struct search_answer answer = search_all(&terms, &server);
    assert_int_equal(answer.end, SEARCH_FOUND);
    assert_int_equal(server.num_confirmations, 0);
    assert_near(answer.rate, 400);
}

static void before_a_stage_has_ended_nothing_is_known(void **state)
{
    (void)state;
    struct search *search = search_new(&usual);
    struct search_answer answer = search_answer(search);
    assert_int_equal(answer.end, SEARCH_NOTHING);
    assert_true(answer.rate == 0 && answer.edge == 0);
    search_learn(search, &(struct search_fact){.held = true}, 5);
    answer = search_answer(search);
    assert_int_equal(answer.end, SEARCH_UNFINISHED);
    assert_true(answer.rate == 50);
    search_free(search);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_limit_is_found_and_confirmed),
        cmocka_unit_test(no_rate_above_the_highest_is_tried),
        cmocka_unit_test(an_accident_on_the_way_up_is_repeated),
        cmocka_unit_test(accidents_do_not_confine_the_search),
        cmocka_unit_test(a_first_rate_beyond_the_limit_is_lowered),
        cmocka_unit_test(where_nothing_holds_it_ends),
        cmocka_unit_test(a_lower_rate_is_confirmed_where_long_stages_break),
        cmocka_unit_test(the_budget_is_kept_and_leaves_time_to_confirm),
        cmocka_unit_test(connections_are_whole_numbers),
        cmocka_unit_test(without_a_confirmation_none_is_run),
        cmocka_unit_test(before_a_stage_has_ended_nothing_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
