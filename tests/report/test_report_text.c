/* SPDX-License-Identifier: Apache-2.0 */
#include "report/text/report_text.h"

#include "base/memory.h"
#include "report/golden.h"
#include "report/samples.h"
#include "unit.h"

#include <math.h>

static bool write_plain(FILE *out, const struct result *result)
{
    report_text(out, result, false);
    return !ferror(out);
}

static bool write_coloured(FILE *out, const struct result *result)
{
    report_text(out, result, true);
    return !ferror(out);
}

static void a_typical_run_reads_as_it_should(void **state)
{
    (void)state;
    golden_check("typical.txt", write_plain, sample_typical());
}

static void an_empty_run_shows_no_misleading_figures(void **state)
{
    (void)state;
    golden_check("empty.txt", write_plain, sample_empty());
}

static void an_interrupted_run_says_so_in_its_last_line(void **state)
{
    (void)state;
    golden_check("interrupted.txt", write_plain, sample_interrupted());
}

static bool write_failure(FILE *out, const struct result *result)
{
    report_text_failure(out, result, false);
    return !ferror(out);
}

static void only_what_is_not_as_it_should_be_is_said_without_a_summary(void **state)
{
    (void)state;
    struct result *well = sample_typical(), *stopped = sample_interrupted(),
                  *late = sample_typical();
    char *text = golden_capture(write_failure, well);
    assert_string_equal(text, "");
    free(text);
    stopped->saturated = false;
    text = golden_capture(write_failure, stopped);
    assert_non_null(strstr(text, "INTERRUPTED by SIGINT\n"));
    free(text);
    late->saturated = true;
    text = golden_capture(write_failure, late);
    assert_non_null(strstr(text, "saturated   the generator did not hold the requested rate"));
    assert_null(strstr(text, "PASS"));
    free(text);
    result_free(well);
    result_free(stopped);
    result_free(late);
}

static void a_failing_run_names_what_failed(void **state)
{
    (void)state;
    golden_check("failing.txt", write_plain, sample_failing());
}

static char *text_with_steady(double from_s, double duration_s)
{
    struct result *result = sample_interrupted();
    result->steady =
        (struct result_steady){from_s, duration_s, 1999.6, duration_s > 0 ? 3999 : NAN};
    char *text = golden_capture(write_plain, result);
    result_free(result);
    return text;
}

static void the_steady_part_and_the_whole_are_told_apart(void **state)
{
    (void)state;
    char *text = text_with_steady(1.5, 1.7);
    assert_non_null(strstr(text, "\nsessions    6,012   2,733/s   "));
    assert_non_null(strstr(
        text, "\nsteady      sessions 2,000/s   requests 3,999/s   after a ramp-up of 1.5 s\n"));
    free(text);
    text = text_with_steady(5, 0);
    assert_non_null(
        strstr(text, "\nsteady      no part: the run ended within its ramp-up of 5.0 s\n"));
    free(text);
    text = text_with_steady(1, 2.2); /* the warm-up */
    assert_null(strstr(text, "steady"));
    free(text);
}

static void of_kept_alive_sessions_requests_come_first(void **state)
{
    (void)state;
    golden_check("kept.txt", write_plain, sample_kept());
    struct result *result = sample_kept();
    result->steady = (struct result_steady){1, 3, 0, 47900};
    char *text = golden_capture(write_plain, result);
    assert_non_null(strstr(text, "\nsteady      requests 47,900/s   after a ramp-up of 1.0 s\n"));
    free(text);
    result_free(result);
}

static void of_many_identities_those_that_deserve_a_look_are_shown(void **state)
{
    (void)state;
    golden_check("crowded.txt", write_plain, sample_crowded());
}

static void no_escape_sequence_is_written_without_colour(void **state)
{
    (void)state;
    struct result *result = sample_failing();
    char *plain = golden_capture(write_plain, result);
    char *coloured = golden_capture(write_coloured, result);
    assert_null(strchr(plain, '\033'));
    assert_non_null(strstr(coloured, "\033[1;31mFAIL\033[0m\n"));
    assert_null(strstr(coloured, "<more>\033"));
    free(plain);
    free(coloured);
    result_free(result);
}

static void what_a_terminal_would_act_on_is_hidden(void **state)
{
    (void)state;
    struct result *result = sample_typical();
    free(result->url);
    result->url = memory_text("https://a\x1b[2J\xc2\x9b\xe2\x80\xae\xe2\x81\xa6z/");
    char *text = golden_capture(write_plain, result);
    assert_non_null(strstr(text, "https://a?[2J???z/"));
    free(text);
    result_free(result);
}

static void books_that_do_not_balance_are_called_a_bug(void **state)
{
    (void)state;
    struct result *result = sample_typical();
    result->by_class[CLASS_SUCCEEDED]--;
    char *text = golden_capture(write_plain, result);
    assert_non_null(strstr(text, "counts do not add up"));
    free(text);
    result_free(result);
}

static void what_never_happened_has_no_rate(void **state)
{
    (void)state;
    struct result *result = sample_typical();
    result->handshakes_completed = result->handshakes_full = 0;
    result->handshakes_per_second = 0;
    char *text = golden_capture(write_plain, result);
    assert_null(strstr(text, "0.00/s"));
    assert_non_null(strstr(text, "\nhandshakes       0             0 full   0 resumed\n"));
    free(text);
    result_free(result);
}

static void several_threads_are_shown_and_what_is_near_its_limit(void **state)
{
    (void)state;
    struct result *result = sample_typical();
    char *text = golden_capture(write_plain, result);
    assert_null(strstr(text, "threads  "));
    assert_null(strstr(text, " descriptors"));
    assert_null(strstr(text, " ports"));
    free(text);
    free(result->thread_uses);
    result->num_thread_uses = 11;
    result->thread_uses = memory_new(11, sizeof *result->thread_uses);
    result->thread_uses[1] =
        (struct thread_use){.cpu_user_s = 3.5, .cpu_system_s = 1, .busy = 0.46};
    result->descriptors_used = 103;
    result->ports_used = 2824;
    text = golden_capture(write_plain, result);
    assert_non_null(strstr(text, "103 of 1,024 descriptors · 2,824 of 28,232 ports"));
    assert_non_null(strstr(text, "\nthreads     0.0 s of CPU, busy 0% · 4.5 s of CPU, busy 46%\n"));
    assert_non_null(strstr(text, "and 3 more\n"));
    free(text);
    result_free(result);
}

static void a_run_without_a_client_certificate_says_so(void **state)
{
    (void)state;
    struct result *result = sample_typical();
    size_t count = result->num_identities;
    result->num_identities = 1;
    free(result->identities[0].name);
    result->identities[0].name = memory_text("(none)");
    char *text = golden_capture(write_plain, result);
    assert_non_null(strstr(text, " · no client certificate\n"));
    assert_null(strstr(text, "1 identity"));
    free(text);
    result->num_identities = count;
    result_free(result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_typical_run_reads_as_it_should),
        cmocka_unit_test(an_empty_run_shows_no_misleading_figures),
        cmocka_unit_test(an_interrupted_run_says_so_in_its_last_line),
        cmocka_unit_test(what_a_terminal_would_act_on_is_hidden),
        cmocka_unit_test(only_what_is_not_as_it_should_be_is_said_without_a_summary),
        cmocka_unit_test(a_failing_run_names_what_failed),
        cmocka_unit_test(the_steady_part_and_the_whole_are_told_apart),
        cmocka_unit_test(of_kept_alive_sessions_requests_come_first),
        cmocka_unit_test(of_many_identities_those_that_deserve_a_look_are_shown),
        cmocka_unit_test(no_escape_sequence_is_written_without_colour),
        cmocka_unit_test(books_that_do_not_balance_are_called_a_bug),
        cmocka_unit_test(what_never_happened_has_no_rate),
        cmocka_unit_test(a_run_without_a_client_certificate_says_so),
        cmocka_unit_test(several_threads_are_shown_and_what_is_near_its_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
