/* SPDX-License-Identifier: Apache-2.0 */
#include "report/json/read_json.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "report/golden.h"
#include "report/json/report_json.h"
#include "report/samples.h"
#include "unit.h"

#include <math.h>
#include <unistd.h>

/* read_text returns the result read from a file with TEXT in it. */
static struct result *read_text(const char *text, struct error *err)
{
    char path[] = "/tmp/pinload-test-XXXXXX";
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    FILE *file = fdopen(descriptor, "w");
    fputs(text, file);
    fclose(file);
    struct result *result = result_read_json(path, err);
    unlink(path);
    return result;
}

static void what_was_written_is_read_as_it_was(void **state)
{
    (void)state;
    struct result *(*const samples[])(void) = {
        sample_typical, sample_empty, sample_interrupted, sample_failing, sample_crowded,
    };
    for (size_t i = 0; i < COUNT_OF(samples); i++) {
        struct result *written = samples[i]();
        written->parts = memory_new(2, sizeof *written->parts);
        written->num_parts = 2;
        written->parts[0].failure = memory_text("3 sessions failed: 3 reset");
        written->parts[1].command = memory_new(1, sizeof(char *));
        written->parts[1].command_len = 1;
        written->parts[1].command[0] = memory_text("pinload");
        char *before = golden_capture(report_json, written);
        struct error err = {""};
        struct result *read = read_text(before, &err);
        assert_string_equal(err.text, "");
        assert_non_null(read);
        char *after = golden_capture(report_json, read);
        assert_string_equal(before, after);
        free(before);
        free(after);
        result_free(written);
        result_free(read);
    }
}

static void a_byte_order_mark_is_passed_over(void **state)
{
    (void)state;
    struct result *written = sample_typical();
    char *text = golden_capture(report_json, written);
    struct buffer marked = {0};
    struct error err = {""};
    buffer_format(&marked, "\xef\xbb\xbf%s", text);
    struct result *read = read_text(buffer_text(&marked), &err);
    assert_string_equal(err.text, "");
    assert_non_null(read);
    result_free(read);
    result_free(written);
    buffer_cleanup(&marked);
    free(text);
}

static void what_has_no_end_is_not_read(void **state)
{
    (void)state;
    struct error err;
    assert_null(result_read_json("/dev/zero", &err));
    assert_non_null(
        strstr(err.text, "the result '/dev/zero' is a device; expected a file or a pipe"));
    char path[] = "/tmp/pinload-test-XXXXXX";
    int descriptor = mkstemp(path);
    assert_int_equal(ftruncate(descriptor, ((off_t)256 << 20) + 1), 0);
    assert_null(result_read_json(path, &err));
    assert_non_null(strstr(err.text, "is larger than 256 MB; expected a result of schema"));
    close(descriptor);
    unlink(path);
}

static void a_file_that_is_not_there_is_told(void **state)
{
    (void)state;
    struct error err;
    assert_null(result_read_json("/nonexistent.json", &err));
    assert_non_null(strstr(err.text, "the result '/nonexistent.json' cannot be opened: No such"));
}

/* replaced returns TEXT with the first FROM replaced by TO. */
static char *replaced(const char *text, const char *from, const char *to)
{
    const char *at = strstr(text, from);
    assert_non_null(at);
    char *out = NULL;
    assert_true(asprintf(&out, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from)) > 0);
    return out;
}

static void what_is_wrong_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to, *says;
    } table[] = {
        {"\"schema\"", "schema", "cannot be read"},
        {"pinload.result/1", "pinload.compare/1", "schema is not \"pinload.result/1\""},
        {"\"skipped\": 0", "\"skipped\": -1", "sessions.skipped is not a whole number"},
        {"\"skipped\": 0", "\"skipped\": 1", "sessions is not balanced"},
        {"\"skipped\": 0", "\"skipped\": 9223372036854775807",
         "sessions.skipped is not a whole number from 0 to 9007199254740992"},
        {"\"skipped\": 0,", "", "sessions.skipped is not a whole number"},
        {"\"skipped\": 0", "\"skipped\": 0, \"skipped\": 0", "duplicate object key"},
        {"09:30:00.250Z", "09:30", "started_at is not a time"},
        {"\"started_at\": \"2026", "\"started_at\": \"9026", "started_at is not a time"},
        {"\"duration_s\": 1", "\"duration_s\": 1e300, \"x\": 1",
         "duration_s is not a number of seconds from 0 to"},
        {"\"duration_s\": 1", "\"duration_s\": -1, \"x\": 1",
         "duration_s is not a number of seconds from 0 to"},
        {"\"open_loop\": false", "\"open_loop\": 0", "config.open_loop is not true or false"},
        {"\"pin_mismatch\"", "\"new_outcome\"", "outcomes.new_outcome is not an outcome"},
        {"\"hdr\": \"HISTF", "\"hdr\": \"HXSTF", "tls_handshake.hdr is not a distribution"},
        {"\"values\": {}", "\"values\": {\"10k\": 1}", "values.10k is not a whole number"},
        {"\"values\": {}", "\"values\": {\"-1\": 1}", "values.-1 is not a whole number"},
        {"\"values\": {}", "\"values\": {\"10\": -1}", "values.10 is not a whole number"},
        {"\"values\": {}", "\"values\": 7", "values is not an object"},
        {"\"rounded\": 0", "\"rounded\": null", "rounded is not a whole number"},
        {"\"wire\": {", "\"wire\": 1, \"x\": {", "wire is not an object"},
        {"\"versions\": {", "\"versions\": {\"x\": null,", "versions.x is not a whole number"},
        {"\"expected\": \"accept\"", "\"expected\": \"maybe\"", "expected is not \"accept\" or"},
        {"\"3xx\": 700", "\"3xx\": -1", "responses.3xx is not a whole number"},
        {"\"expected_status\": null", "\"expected_status\": 200",
         "expected_status is not a string"},
        {"\"violations\": [", "\"violations\": [1,",
         "verdict.violations is not an array of strings"},
        {"\"series\": [", "\"series\": [[],", "series is not an array of objects"},
        {"\"cut_off_served\": 0", "\"cut_off_served\": 1",
         "sessions.cut_off_served is not a part of cut_off"},
        {"\"length_s\": 1", "\"length_s\": 0", "series.length_s is not a length over 0"},
        {"\"length_s\": 1", "\"length_s\": 1.5", "series.length_s is not a length over 0"},
        {"\"length_s\": 1", "\"length_s\": null", "series.length_s is not a length over 0"},
        {"\"identities\": [", "\"identities\": [[],", "identities is not an array of objects"},
        {"\"intervals\": [", "\"intervals\": [{\"t_s\": 1e300, \"length_s\": 1e299}",
         "intervals.t_s is not a number of seconds from 0 to"},
        {"\"intervals\": [", "\"intervals\": [{\"t_s\": 0, \"length_s\": 1e299}",
         "intervals.length_s is not a number of seconds from 0 to"},
        {"\"threads\": ", "\"threads\": 4294967296, \"x\": ",
         "config.threads is not a number of threads"},
        {"\"interrupted_by\": null", "\"interrupted_by\": 4294967296",
         "verdict.interrupted_by is not a signal's number"},
        {"\"intervals\": [", "\"intervals\": [[]", "intervals is not an array of objects"},
        {"\"intervals\": [", "\"intervals\": [{\"t_s\": 600, \"length_s\": 1}",
         "intervals.t_s is not the start of one of at most 600"},
        {"\"intervals\": [",
         "\"intervals\": [{\"t_s\": 45968.21236721087, \"length_s\": 76.6136872786848}",
         "intervals.t_s is not the start of one of at most 600"},
        {"\"intervals\": [",
         "\"intervals\": [{\"t_s\": 30028.84417326129, \"length_s\": 50.04807362210215}",
         "intervals.t_s is not the start of one of at most 600"},
        {"\"intervals\": [",
         "\"intervals\": [{\"t_s\": 0, \"length_s\": 1, \"session\": \"HISTF\"}",
         "intervals.session is not a distribution"},
        {"\"target\": {", "\"target\": 1, \"x\": {", "target is not an object"},
    };
    struct result *result = sample_failing();
    char *good = golden_capture(report_json, result);
    result_free(result);
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct error err = {""};
        char *text = replaced(good, table[i].from, table[i].to);
        assert_null(read_text(text, &err));
        if (strstr(err.text, table[i].says) == NULL)
            fail_msg("\"%s\" does not say \"%s\"", err.text, table[i].says);
        free(text);
    }
    free(good);
}

static void what_was_open_may_be_untold(void **state)
{
    (void)state;
    static const char *const untold[] = {"", "\"open\": null,"};
    struct result *result = sample_typical();
    char *good = golden_capture(report_json, result);
    for (size_t i = 0; i < COUNT_OF(untold); i++) {
        char *text = replaced(good, "\"open\": 64,", untold[i]);
        struct error err = {""};
        struct result *read = read_text(text, &err);
        assert_string_equal(err.text, "");
        assert_true(isnan(read->series[0].open) && read->series[1].open == 64);
        char *again = golden_capture(report_json, read);
        assert_non_null(strstr(again, "\"open\": null,"));
        free(text);
        free(again);
        result_free(read);
    }
    free(good);
    result_free(result);
}

static void what_is_not_of_the_contract_may_be_missing_or_new(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to;
    } cases[] = {{"\"checked_resumed\": 0,", "\"another\": [1, {}],"},
                 {"\"length_s\": 1,", ""},
                 {"\"cut_off_served\": 0,", ""},
                 {"\"cut_off_responses\": 0,", ""},
                 {"\"wire\": {", "\"another\": {"},
                 {"\"client_hello\": {", "\"another\": {"},
                 {"\"sigalgs\": {},", ""},
                 {"\"handshake_from_schedule\": {", "\"another\": {"}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct result *result = sample_failing();
        char *good = golden_capture(report_json, result);
        char *without = replaced(good, cases[i].from, cases[i].to);
        struct error err = {""};
        struct result *read = read_text(without, &err);
        assert_string_equal(err.text, "");
        char *again = golden_capture(report_json, read);
        assert_string_equal(good, again);
        free(good);
        free(without);
        free(again);
        result_free(read);
        result_free(result);
    }
}

static void how_long_slots_paused_is_not_known_of_an_older_result(void **state)
{
    (void)state;
    struct result *result = sample_failing();
    char *good = golden_capture(report_json, result);
    char *older = replaced(good, "\"slots_paused_s\"", "\"another\"");
    struct error err = {""};
    struct result *read = read_text(older, &err);
    assert_string_equal(err.text, "");
    assert_true(isnan(read->slots_paused_s));
    free(good);
    free(older);
    result_free(read);
    result_free(result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_written_is_read_as_it_was),
        cmocka_unit_test(a_file_that_is_not_there_is_told),
        cmocka_unit_test(a_byte_order_mark_is_passed_over),
        cmocka_unit_test(what_has_no_end_is_not_read),
        cmocka_unit_test(what_is_wrong_is_named),
        cmocka_unit_test(what_is_not_of_the_contract_may_be_missing_or_new),
        cmocka_unit_test(what_was_open_may_be_untold),
        cmocka_unit_test(how_long_slots_paused_is_not_known_of_an_older_result),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
