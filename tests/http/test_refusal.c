/* SPDX-License-Identifier: Apache-2.0 */
#include "http/refusal.h"

#include "unit.h"

static bool found_in(const char *body, size_t split)
{
    struct refusal refusal = {0};
    refusal_scan(&refusal, (const uint8_t *)body, split);
    refusal_scan(&refusal, (const uint8_t *)body + split, strlen(body) - split);
    return refusal.found;
}

static void both_sentences_are_found_across_every_boundary(void **state)
{
    (void)state;
    static const char *const bodies[] = {
        "<html>\r\n<head><title>400 The SSL certificate error</title></head>",
        "<center>No required SSL certificate was sent</center>",
        "The SSL certificate error",
        "The SSL The SSL certificate error",
        "NNo required SSL certificate was sent",
        "No required No required SSL certificate was sent",
        "The SSL certificate erroThe SSL certificate error",
    };
    for (size_t i = 0; i < COUNT_OF(bodies); i++) {
        for (size_t split = 0; split <= strlen(bodies[i]); split++)
            assert_true(found_in(bodies[i], split));
    }
}

static void other_words_are_not_found(void **state)
{
    (void)state;
    static const char *const bodies[] = {
        "",
        "<title>400 Bad Request</title>",
        "The plain HTTP request was sent to HTTPS port",
        "the ssl certificate error",
        "The SSL certificate erro",
        "The  SSL certificate error",
        "No required certificate was sent",
    };
    for (size_t i = 0; i < COUNT_OF(bodies); i++) {
        for (size_t split = 0; split <= strlen(bodies[i]); split++)
            assert_false(found_in(bodies[i], split));
    }
}

/* The shortcut in refusal.c requires this of both sentences. */
static void the_first_letter_of_a_sentence_occurs_once_in_it(void **state)
{
    (void)state;
    assert_null(strchr("he SSL certificate error", 'T'));
    assert_null(strchr("o required SSL certificate was sent", 'N'));
}

static void only_the_beginning_of_a_body_is_searched(void **state)
{
    (void)state;
    static const char sentence[] = "The SSL certificate error";
    char body[8192];
    for (int late = 0; late < 2; late++) {
        size_t offset = late ? 4097 - strlen(sentence) : 4096 - strlen(sentence);
        memset(body, 'x', sizeof body - 1);
        body[sizeof body - 1] = '\0';
        memcpy(body + offset, sentence, strlen(sentence));
        assert_int_equal(found_in(body, 4000), !late);
    }
}

static void only_three_statuses_are_worth_the_search(void **state)
{
    (void)state;
    for (unsigned status = 100; status < 1000; status++)
        assert_int_equal(refusal_possible(status), status == 400 || status == 495 || status == 496);
}

static bool text_is_found_in(const char *text, const char *body, size_t split)
{
    struct refusal_text *made = refusal_text_new(text);
    struct refusal refusal = {0};
    refusal_scan_text(&refusal, made, (const uint8_t *)body, split);
    refusal_scan_text(&refusal, made, (const uint8_t *)body + split, strlen(body) - split);
    refusal_text_free(made);
    return refusal.text_found;
}

static void any_text_is_found_across_every_boundary(void **state)
{
    (void)state;
    static const struct {
        const char *text, *body;
    } cases[] = {
        {"a", "a"},
        {"a", "xa"},
        {"aab", "aaab"},
        {"abab", "abaabab"},
        {"aaa", "aabaaaa"},
        {"log in", "<p>Please log log in</p>"},
        {"abcabd", "abcabcabd"},
        {"\xc3\xa9", "caf\xc3\xa9"},
        {"abac", "ababac"},
        {"aabaaa", "aabaabaaa"},
        {"bb", "abb"},
        {"login", "login"},
        {"login", "loglogin"},
        {"log in", "login"},
        {"aab", "aba"},
        {"Login", "login"},
        {"abc", "ab"},
        {"aa", "aba"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        bool is_there = strstr(cases[i].body, cases[i].text) != NULL;
        for (size_t split = 0; split <= strlen(cases[i].body); split++)
            assert_int_equal(text_is_found_in(cases[i].text, cases[i].body, split), is_there);
    }
}

static void a_text_is_looked_for_at_the_beginning_of_a_body_alone(void **state)
{
    (void)state;
    char body[8192], text[REFUSAL_TEXT_MOST + 1];
    memset(text, 'y', REFUSAL_TEXT_MOST);
    text[REFUSAL_TEXT_MOST] = '\0';
    for (size_t late = 0; late < 2; late++) {
        memset(body, 'x', sizeof body - 1);
        body[sizeof body - 1] = '\0';
        memcpy(body + 4096 - REFUSAL_TEXT_MOST + late, text, REFUSAL_TEXT_MOST);
        assert_int_equal(text_is_found_in(text, body, 4000), !late);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_sentences_are_found_across_every_boundary),
        cmocka_unit_test(other_words_are_not_found),
        cmocka_unit_test(the_first_letter_of_a_sentence_occurs_once_in_it),
        cmocka_unit_test(only_the_beginning_of_a_body_is_searched),
        cmocka_unit_test(any_text_is_found_across_every_boundary),
        cmocka_unit_test(a_text_is_looked_for_at_the_beginning_of_a_body_alone),
        cmocka_unit_test(only_three_statuses_are_worth_the_search),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
