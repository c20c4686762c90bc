/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run of 24 hours in virtual time: the schedule of an open loop, shared by the tallies of two
 * threads, which are merged, made a result, and written in every format. Nothing in it may grow
 * with the length of the run except what has a row per second.
 */
#include "base/clock.h"
#include "measure/tally.h"
#include "plan/pacer.h"
#include "plan/plan.h"
#include "report/formats/report_csv.h"
#include "report/formats/report_hlog.h"
#include "report/formats/report_junit.h"
#include "report/formats/report_prometheus.h"
#include "report/html/report_html.h"
#include "report/json/read_json.h"
#include "report/json/report_json.h"
#include "report/text/report_text.h"
#include "result/result.h"
#include "result/tally_result.h"
#include "tls/identity.h"
#include "tls/pinset.h"
#include "unit.h"

#include <malloc.h>
#include <math.h>
#include <unistd.h>

#define DAY_S 86400
#define DAY_NS (DAY_S * NS_PER_S)
#define START_NS (1000 * NS_PER_S)
#define NUM_THREADS 2
#define RATE 200.0
#define OUTAGE_S 50000 /* a second in which every session fails */
#define SLOW_S 60000   /* a second in which every handshake takes 100 times as long */

struct day {
    struct plan plan;
    struct tally *threads[NUM_THREADS];
    struct result *result;
    size_t bytes_a_thread;
};

static size_t bytes_in_use(void)
{
    struct mallinfo2 info = mallinfo2(); /* all 0 under AddressSanitizer */
    return info.uordblks + info.hblkhd;
}

/* A realistic session: a handshake of 1.5 to 6 ms, a response 2 ms later. Its facts are in
 * FACTS. */
static struct sample session_at(struct tls_facts *facts, uint64_t intended_ns,
                                struct random *random)
{
    uint64_t second = (intended_ns - START_NS) / NS_PER_S;
    double spread = pow(2, 2 * random_unit(random));
    uint64_t handshake_ns = (uint64_t)(1.5e6 * spread) * (second == SLOW_S ? 100 : 1);
    uint64_t connected = intended_ns + 100000;
    uint64_t handshaken = connected + handshake_ns;
    bool fails = second == OUTAGE_S;
    *facts = (struct tls_facts){.handshaken = !fails,
                                .version = 0x0304,
                                .cipher = 0x1301,
                                .group = 0x001d,
                                .alert_received = TLS_NO_ALERT,
                                .alert_sent = TLS_NO_ALERT,
                                .verify = {.num_calls = 1, .elapsed_ns = 312}};
    return (struct sample){.outcome = fails ? OUTCOME_RESET : OUTCOME_SUCCEEDED,
                           .status = 200,
                           .at = {.intended = intended_ns,
                                  .started = intended_ns,
                                  .connecting = intended_ns,
                                  .connected = connected,
                                  .handshaken = fails ? 0 : handshaken,
                                  .first_byte = handshaken + 2 * NS_PER_MS,
                                  .complete = handshaken + 2 * NS_PER_MS,
                                  .ended = handshaken + 3 * NS_PER_MS},
                           .tls = facts,
                           .requests_started = 1,
                           .requests_succeeded = !fails};
}

static void run_thread(struct tally *tally, unsigned thread)
{
    struct pacer pacer;
    struct random random;
    uint64_t intended_ns;
    pacer_init(&pacer, ARRIVAL_CONSTANT, RATE, 0, START_NS, thread, NUM_THREADS, 1);
    random_init(&random, thread + 1);
    tally_begin(tally, START_NS);
    while ((intended_ns = pacer_next(&pacer)) < START_NS + DAY_NS) {
        struct tls_facts facts;
        struct sample sample = session_at(&facts, intended_ns, &random);
        tally_started(tally, intended_ns, intended_ns, 0);
        tally_connected(tally, &sample);
        if (sample.at.handshaken != 0)
            tally_handshake(tally, &sample, &facts);
        tally_first_byte(tally, sample.at.first_byte, 2 * NS_PER_MS);
        tally_request(tally, 0, sample.at.complete, 2 * NS_PER_MS, 200);
        tally_session(tally, &sample);
        pacer_advance(&pacer);
    }
}

static int set_up(void **state)
{
    static struct day day;
    day.plan = (struct plan){.identities = identity_set_new(), .pins = pinset_new(), .rate = RATE};
    struct tally *total = tally_new(&day.plan);
    for (unsigned i = 0; i < NUM_THREADS; i++)
        day.threads[i] = tally_new(&day.plan);
    size_t before = bytes_in_use();
    for (unsigned i = 0; i < NUM_THREADS; i++)
        run_thread(day.threads[i], i);
    day.bytes_a_thread = (bytes_in_use() - before) / NUM_THREADS;
    tally_begin(total, START_NS);
    for (unsigned i = 0; i < NUM_THREADS; i++) {
        tally_merge(total, day.threads[i]);
        tally_free(day.threads[i]);
    }
    day.result = result_new();
    day.result->duration_s = DAY_S;
    day.result->open_loop = true;
    day.result->rate = RATE;
    day.result->verify = strdup("none");
    day.result->rotation = strdup("round-robin");
    day.result->url = strdup("https://localhost:8443/");
    day.result->passed = true;
    tally_fill(total, day.result, DAY_S);
    tally_free(total);
    *state = &day;
    return 0;
}

static int tear_down(void **state)
{
    struct day *day = *state;
    result_free(day->result);
    plan_cleanup(&day->plan);
    return 0;
}

static char *written(bool (*write)(FILE *, const struct result *), const struct result *result,
                     size_t *out_len)
{
    char *text = NULL;
    FILE *file = open_memstream(&text, out_len);
    assert_true(write(file, result));
    assert_int_equal(fclose(file), 0);
    return text;
}

static size_t count_lines(const char *text)
{
    size_t count = 0;
    for (const char *p = text; (p = strchr(p, '\n')) != NULL; p++)
        count++;
    return count;
}

static void expect_near(double value, double expected, double share)
{
    if (!(fabs(value / expected - 1) <= share))
        fail_msg("%g is not within %g of %g", value, share, expected);
}

static void its_books_balance_and_no_session_is_lost(void **state)
{
    const struct result *r = ((struct day *)*state)->result;
    assert_true(result_balances(r));
    assert_int_equal(r->started, (uint64_t)RATE * DAY_S);
    assert_int_equal(r->by_class[CLASS_FAILED], (uint64_t)RATE);
    expect_near(r->sessions_per_second, RATE, 1e-6);
    assert_int_equal(latency_count(r->latencies[LATENCY_TLS_HANDSHAKE]), RATE * (DAY_S - 1));
}

static void it_has_a_row_a_second_with_the_percentiles_of_both_threads(void **state)
{
    const struct result *r = ((struct day *)*state)->result;
    uint64_t sessions = 0;
    assert_true(r->num_series >= DAY_S && r->num_series <= DAY_S + 1);
    for (size_t i = 0; i < r->num_series; i++) {
        const struct series_row *row = &r->series[i];
        sessions += row->sessions;
        if (i >= DAY_S || i == OUTAGE_S || (i >= SLOW_S && i <= SLOW_S + 1))
            continue;
        expect_near(row->tls_handshake_p50_ns, 3e6, 0.25);
        expect_near(row->tls_handshake_p99_ns, 5.92e6, 0.1);
    }
    assert_int_equal(sessions, r->started);
    assert_true(r->series[OUTAGE_S].failed > RATE * 0.9);
    assert_true(r->series[SLOW_S].tls_handshake_p99_ns > 300e6);
}

static void a_thread_keeps_less_than_sixty_megabytes_of_it(void **state)
{
    const struct day *day = *state;
    if (day->bytes_a_thread > 60000000)
        fail_msg("a day takes %zu bytes a thread", day->bytes_a_thread);
}

static void its_intervals_are_few_and_have_every_latency(void **state)
{
    const struct result *r = ((struct day *)*state)->result;
    uint64_t counts[NUM_LATENCIES] = {0};
    assert_true(r->num_intervals <= INTERVALS_MOST);
    for (size_t i = 0; i < r->num_intervals; i++) {
        assert_true(r->intervals[i].length_s == 256);
        for (int kind = 0; kind < NUM_LATENCIES; kind++) {
            struct latency *latency = r->intervals[i].hdr[kind] != NULL
                                          ? latency_decode(r->intervals[i].hdr[kind], 0)
                                          : NULL;
            counts[kind] += latency != NULL ? latency_count(latency) : 0;
            latency_free(latency);
        }
    }
    for (int kind = 0; kind < NUM_LATENCIES; kind++)
        assert_int_equal(counts[kind], latency_count(r->latencies[kind]));
}

static void its_page_is_smaller_than_a_megabyte(void **state)
{
    size_t len;
    char *page = written(report_html, ((struct day *)*state)->result, &len);
    if (len >= 1000000)
        fail_msg("the page has %zu bytes", len);
    assert_non_null(strstr(page, "\"seconds_per_point\":145"));
    free(page);
}

static void what_has_no_row_a_second_stays_small(void **state)
{
    const struct result *r = ((struct day *)*state)->result;
    static const struct {
        bool (*write)(FILE *, const struct result *);
        size_t most;
    } formats[] = {{report_hlog, 4000000}, {report_prometheus, 50000}, {report_junit, 50000}};
    for (size_t i = 0; i < COUNT_OF(formats); i++) {
        size_t len;
        char *text = written(formats[i].write, r, &len);
        if (len > formats[i].most)
            fail_msg("format %zu has %zu bytes", i, len);
        free(text);
    }
    char *text = NULL;
    size_t len = 0;
    FILE *file = open_memstream(&text, &len);
    report_text(file, r, false);
    fclose(file);
    assert_true(len < 5000);
    free(text);
}

static void its_csv_has_a_row_a_second(void **state)
{
    const struct result *r = ((struct day *)*state)->result;
    size_t len;
    char *text = written(report_csv, r, &len);
    assert_int_equal(count_lines(text), r->num_series + 1);
    assert_true(len < 60 * r->num_series);
    free(text);
}

static void its_json_can_be_read_and_says_the_same(void **state)
{
    const struct result *r = ((struct day *)*state)->result;
    char path[] = "/tmp/pinload-day-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    FILE *file = fdopen(fd, "w");
    assert_true(report_json(file, r));
    assert_int_equal(fclose(file), 0);
    struct error err = {""};
    struct result *again = result_read_json(path, &err);
    unlink(path);
    if (again == NULL)
        fail_msg("%s", err.text);
    assert_int_equal(again->started, r->started);
    assert_int_equal(again->num_series, r->num_series);
    assert_int_equal(again->num_intervals, r->num_intervals);
    assert_string_equal(again->intervals[7].hdr[LATENCY_SESSION],
                        r->intervals[7].hdr[LATENCY_SESSION]);
    result_free(again);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(its_books_balance_and_no_session_is_lost),
        cmocka_unit_test(it_has_a_row_a_second_with_the_percentiles_of_both_threads),
        cmocka_unit_test(a_thread_keeps_less_than_sixty_megabytes_of_it),
        cmocka_unit_test(its_intervals_are_few_and_have_every_latency),
        cmocka_unit_test(its_page_is_smaller_than_a_megabyte),
        cmocka_unit_test(what_has_no_row_a_second_stays_small),
        cmocka_unit_test(its_csv_has_a_row_a_second),
        cmocka_unit_test(its_json_can_be_read_and_says_the_same),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
