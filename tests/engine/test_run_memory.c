/* SPDX-License-Identifier: Apache-2.0 */
/* The memory of a run is bounded, whatever the server does and however large bodies are. */
#include "base/clock.h"
#include "base/memory.h"
#include "engine/trial.h"
#include "http/request.h"
#include "tls/fixtures.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BODY_LEN (8u << 20)
#define NUM_CONNECTIONS 8

static const struct tls_server_config http1;
static const struct tls_server_config http2 = {.limits = {.alpn = TLS_ALPN_H2}};

/* The peak resident memory of the process since reset_peak(), in bytes. */
static size_t peak_bytes(void)
{
    char line[128];
    unsigned long kb = 0;
    FILE *file = fopen("/proc/self/status", "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL)
        sscanf(line, "VmHWM: %lu kB", &kb);
    fclose(file);
    assert_true(kb > 0);
    return kb * 1024;
}

static void reset_peak(void)
{
    FILE *file = fopen("/proc/self/clear_refs", "w");
    if (file == NULL)
        return; /* the peak is then that of the whole process, which is more */
    fputs("5", file);
    fclose(file);
}

/* The sanitizers delay freeing memory, so they are excluded. The kernel counts pages per processor,
 * so a peak may be below the previous value. */
static void expect_growth_below(size_t most, size_t before)
{
#if !defined __SANITIZE_ADDRESS__ && !defined __SANITIZE_THREAD__
    size_t now = peak_bytes();
    assert_in_range(now > before ? now - before : 0, 0, most);
#else
    (void)most, (void)before;
#endif
}

static void a_flood_of_pings_ends_the_session_before_it_fills_the_memory(void **state)
{
    (void)state;
    struct trial trial;
    trial_start(&trial, MANNER_PING_FLOOD, &http2);
    trial_http2(&trial, "/hold", 1);
    trial.plan.sessions = 1;
    trial.plan.connections = 1;
    reset_peak();
    size_t before = peak_bytes();
    trial_run(&trial);
    trial_expect(&trial, OUTCOME_BAD_RESPONSE);
    expect_growth_below(48u << 20, before);
    trial_cleanup(&trial);
}

/* Zeros, and an empty line at the end. */
static void set_body(struct trial *trial)
{
    struct error err = {{0}};
    uint8_t *body = memory_new(BODY_LEN, 1);
    memcpy(body + BODY_LEN - 4, "\r\n\r\n", 4);
    request_free(trial->plan.request);
    trial->plan.request = request_new(&trial->plan.target, NULL, NULL, 0, body, BODY_LEN, &err);
    assert_non_null(trial->plan.request);
    free(body);
}

/* 64 MB in copies; a few are allowed for each side's own. */
static void large_bodies_are_sent(enum manner manner, const struct tls_server_config *config)
{
    struct trial trial;
    trial_start(&trial, manner, config);
    if (config == &http2)
        trial_http2(&trial, "/upload", 2);
    set_body(&trial);
    trial.plan.sessions = trial.plan.connections = NUM_CONNECTIONS;
    trial.plan.requests = 2;
    reset_peak();
    size_t before = peak_bytes();
    trial_run(&trial);
    trial_expect(&trial, OUTCOME_SUCCEEDED);
    assert_int_equal(trial.result->requests_succeeded, 2 * NUM_CONNECTIONS);
    assert_int_equal(service_seen(trial.service)->requests, 2 * NUM_CONNECTIONS);
    expect_growth_below(2 * BODY_LEN, before);
    trial_cleanup(&trial);
}

static void bodies_are_not_copied_for_each_connection(void **state)
{
    (void)state;
    large_bodies_are_sent(MANNER_AFTER_BODY, &http1);
}

static void bodies_are_not_copied_for_each_stream(void **state)
{
    (void)state;
    large_bodies_are_sent(MANNER_AFTER_BODY, &http2);
}

/* The second request follows the first one's body. */
static void an_answer_before_the_bodys_end_leaves_no_copy_either(void **state)
{
    (void)state;
    large_bodies_are_sent(MANNER_BEFORE_BODY, &http1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flood_of_pings_ends_the_session_before_it_fills_the_memory),
        cmocka_unit_test(bodies_are_not_copied_for_each_connection),
        cmocka_unit_test(bodies_are_not_copied_for_each_stream),
        cmocka_unit_test(an_answer_before_the_bodys_end_leaves_no_copy_either),
    };
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
