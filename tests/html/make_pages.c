/* SPDX-License-Identifier: Apache-2.0 */
/*
 * make_pages DIRECTORY writes a page, NAME.html, and its JSON, NAME.json, for each of several
 * results: those of the tests of all reports, and those with which only a page can have
 * difficulties.
 */
#include "base/memory.h"
#include "report/html/report_html.h"
#include "report/json/report_json.h"
#include "report/samples.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NUM_CROWD 10000
#define NUM_SECONDS 86400
#define HOSTILE "</script><script>document.title='broken'</script><!--<img src=x onerror=alert(1)>"

/* --- what looks like a real run --------------------------------------------------------------- */

/* A number between 0 and 1, the same in every run (Knuth's linear congruences). */
static double next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return ((double)(*state >> 11) + 0.5) / 9007199254740992.0;
}

/* A latency around MEDIAN_US with the long tail that latencies have. */
static double next_latency(uint64_t *state, double median_us, double spread)
{
    double normal = sqrt(-2 * log(next_random(state))) * cos(6.283185307 * next_random(state));
    double tail = next_random(state) < 0.004 ? 1 + 4 * next_random(state) : 1;
    return 1000 * median_us * exp(spread * normal) * tail;
}

static void scatter(struct latency *latency, uint64_t count, double median_us, double spread)
{
    uint64_t state = count ^ (uint64_t)median_us;
    for (uint64_t i = 0; i < count; i++)
        latency_record(latency, (uint64_t)next_latency(&state, median_us, spread));
}

static void set_series(struct result *r, size_t seconds, double sessions, double swing)
{
    uint64_t state = 42;
    free(r->series);
    r->series = memory_new(seconds, sizeof *r->series);
    r->num_series = seconds;
    for (size_t i = 0; i < seconds; i++) {
        double wave = 1 + swing * sin((double)i * 9.5 / (double)seconds);
        uint64_t ended = (uint64_t)(sessions * wave * (0.97 + 0.06 * next_random(&state)));
        r->series[i] = (struct series_row){
            .t_s = (double)i,
            .length_s = 1,
            .sessions = ended,
            .handshakes = ended,
            .open = i + 1 < seconds ? floor(64 * wave) : 0,
            .failed = next_random(&state) < 0.0005 ? 3 : 0,
            .tls_handshake_p50_ns = 1e6 * (2.35 + 0.1 * next_random(&state)) / wave,
            .tls_handshake_p99_ns = next_latency(&state, 4800 / wave, 0.08),
        };
    }
}

static void free_intervals(struct result *r)
{
    for (size_t i = 0; i < r->num_intervals; i++)
        free(r->intervals[i].hdr[LATENCY_TLS_HANDSHAKE]);
    free(r->intervals);
}

/* Intervals of LENGTH_S over SECONDS, each with a different number of handshakes. */
static void set_intervals(struct result *r, double seconds, double length_s)
{
    struct latency *latency = latency_new(2);
    size_t count = (size_t)ceil(seconds / length_s);
    free_intervals(r);
    r->intervals = memory_new(count, sizeof *r->intervals);
    r->num_intervals = count;
    for (size_t i = 0; i < count; i++) {
        r->intervals[i].t_s = (double)i * length_s;
        r->intervals[i].length_s = length_s;
        scatter(latency, 1000, 2400 + 400 * sin((double)i * 9.5 / (double)count), 0.2);
        r->intervals[i].hdr[LATENCY_TLS_HANDSHAKE] = latency_encode(latency);
        latency_reset(latency);
    }
    latency_free(latency);
}

static void add_identity(struct result_identity *identity, const char *name, uint64_t sessions,
                         bool expect_refused)
{
    identity->name = memory_text(name);
    identity->expect_refused = expect_refused;
    identity->as_expected = true;
    identity->sessions = sessions;
    *(expect_refused ? &identity->by_class[CLASS_REFUSED] : &identity->by_class[CLASS_SUCCEEDED]) =
        sessions;
    identity->tls_handshake_hdr = latency_new(2);
    scatter(identity->tls_handshake_hdr, sessions, 2300 + 10 * (double)strlen(name), 0.25);
    latency_summarize(identity->tls_handshake_hdr, &identity->tls_handshake);
}

static void free_identities(struct result *r)
{
    for (size_t i = 0; i < r->num_identities; i++) {
        free(r->identities[i].name);
        free(r->identities[i].expected_status);
        latency_free(r->identities[i].tls_handshake_hdr);
    }
    free(r->identities);
    r->identities = NULL;
    r->num_identities = 0;
}

static void set_command(struct result *r, const char *const *words, size_t count)
{
    for (size_t i = 0; i < r->command_len; i++)
        free(r->command[i]);
    free(r->command);
    r->command = memory_new(count, sizeof *r->command);
    r->command_len = count;
    for (size_t i = 0; i < count; i++)
        r->command[i] = memory_text(words[i]);
}

static void scatter_all(struct result *r)
{
    for (int kind = 0; kind < NUM_LATENCIES; kind++)
        latency_reset(r->latencies[kind]);
    scatter(r->latencies[LATENCY_CONNECT], 55236, 62, 0.3);
    scatter(r->latencies[LATENCY_TLS_HANDSHAKE_FULL], 18412, 2600, 0.22);
    scatter(r->latencies[LATENCY_TLS_HANDSHAKE_RESUMED], 36824, 620, 0.25);
    latency_merge(r->latencies[LATENCY_TLS_HANDSHAKE], r->latencies[LATENCY_TLS_HANDSHAKE_FULL]);
    latency_merge(r->latencies[LATENCY_TLS_HANDSHAKE], r->latencies[LATENCY_TLS_HANDSHAKE_RESUMED]);
    scatter(r->latencies[LATENCY_VERIFY_CALLBACK], 55236, 41, 0.12);
    scatter(r->latencies[LATENCY_FIRST_BYTE], 55236, 640, 0.3);
    scatter(r->latencies[LATENCY_REQUEST], 55236, 655, 0.3);
    scatter(r->latencies[LATENCY_SESSION], 55236, 2100, 0.4);
}

/* An open loop with resumption, an identity that must be refused, and two pins. */
static struct result *page_mixed(void)
{
    static const char *const words[] = {
        "pinload",
        "run",
        "-c",
        "64",
        "-R",
        "1850",
        "-d",
        "30s",
        "--warm-up",
        "2s",
        "--identities",
        "certs/clients",
        "--pass",
        "***",
        "--expect-refused",
        "revoked",
        "--cacert",
        "certs/ca.crt",
        "--pin",
        "cert-sha256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
        "-H",
        "X-Request-Id: a b",
        "--session-mode",
        "mixed:66",
        "--html",
        "report.html",
        "https://api.example.com:8443/v1/health",
    };
    struct result *r = sample_typical();
    set_command(r, words, sizeof words / sizeof words[0]);
    free(r->url);
    r->url = memory_text("https://api.example.com:8443/v1/health");
    r->duration_s = 30;
    r->warm_up_s = 2;
    r->open_loop = true;
    r->rate = 1850;
    r->sessions_per_second = 1841.2;
    r->scheduled = r->started = 55236;
    r->by_class[CLASS_SUCCEEDED] = r->outcomes[OUTCOME_SUCCEEDED] = 52236;
    r->by_class[CLASS_REFUSED] = r->outcomes[OUTCOME_CLIENT_CERT_REFUSED] = 3000;
    r->handshakes_completed = 55236;
    r->handshakes_resumed = 36824;
    r->tickets_offered = 36824;
    name_counts_add(&r->versions, "TLSv1.3", 55236 - 18412);
    name_counts_add(&r->alerts_received, "certificate_required", 3000);
    r->pins_checked = r->pins_matched = 55236;
    name_counts_add(&r->pins_by_pin, r->pins_by_pin.items[0].name, 55236 - 18412);
    name_counts_add(&r->pins_by_pin, "spki-sha256:LCa0a2j/xo/5m0U8HTBBNBNCLXBkg7+g+YpeiGJm564=", 0);
    scatter_all(r);
    latency_merge(r->latencies[LATENCY_FROM_SCHEDULE], r->latencies[LATENCY_SESSION]);
    scatter(r->latencies[LATENCY_FROM_SCHEDULE], 4000, 4200, 0.6);
    scatter(r->latencies[LATENCY_HANDSHAKE_FROM_SCHEDULE], 55236, 3900, 0.6);
    scatter(r->schedule_slip, 55236, 20, 0.5);
    free_identities(r);
    r->identities = memory_new(4, sizeof *r->identities);
    r->num_identities = 4;
    add_identity(&r->identities[0], "client1", 17412, false);
    add_identity(&r->identities[1], "client2", 17412, false);
    add_identity(&r->identities[2], "client3-ecdsa-p384", 17412, false);
    add_identity(&r->identities[3], "revoked", 3000, true);
    set_series(r, 30, 1841, 0.02);
    set_intervals(r, 30, 1);
    return r;
}

/* --- too little for a line
 * --------------------------------------------------------------------- */

/* COUNT sessions that went well, with a handshake of 3 ms each. */
static struct result *page_of_few(uint64_t count)
{
    struct result *r = sample_empty();
    r->interrupted_by = 0;
    r->passed = true;
    r->scheduled = r->started = r->by_class[CLASS_SUCCEEDED] = r->outcomes[OUTCOME_SUCCEEDED] =
        count;
    r->handshakes_completed = r->handshakes_full = count;
    for (uint64_t i = 0; i < count; i++) {
        latency_record(r->latencies[LATENCY_TLS_HANDSHAKE], 3000000);
        latency_record(r->latencies[LATENCY_TLS_HANDSHAKE_FULL], 3000000);
        latency_record(r->latencies[LATENCY_SESSION], 4000000);
    }
    return r;
}

static void set_seconds_between(struct result *r, size_t seconds, size_t step)
{
    free(r->series);
    r->series = memory_new(seconds, sizeof *r->series);
    r->num_series = seconds;
    for (size_t i = 0; i < seconds; i++) {
        uint64_t count = i % step == 0;
        r->series[i] = (struct series_row){.t_s = (double)i,
                                           .length_s = 1,
                                           .sessions = count,
                                           .handshakes = count,
                                           .tls_handshake_p50_ns = count ? 3e6 : NAN,
                                           .tls_handshake_p99_ns = count ? 3e6 : NAN};
    }
    r->duration_s = (double)seconds;
}

static struct result *page_one(void)
{
    struct result *r = page_of_few(1);
    set_seconds_between(r, 1, 1);
    return r;
}

/* A session every seven seconds. */
static struct result *page_slow(void)
{
    struct result *r = page_of_few(9);
    set_seconds_between(r, 60, 7);
    return r;
}

/* --- how a run ends ---------------------------------------------------------------------------- */

/* A closed loop of ten seconds whose last sessions end within 10 ms more; some were refused. */
static struct result *page_closed(void)
{
    struct result *r = sample_typical();
    set_series(r, 11, 1841, 0);
    r->series[10].length_s = 0.01;
    r->series[10].sessions = r->series[10].handshakes = 18;
    for (size_t i = 0; i < r->num_series; i++)
        r->series[i].failed = 0;
    r->series[4].refused = 300;
    r->steady = (struct result_steady){2, 8, 1900, 1900}; /* after a ramp-up */
    return r;
}

/* Kept-alive sessions, which continue until the end of the run. */
static struct result *page_kept(void)
{
    struct result *r = sample_kept();
    r->duration_s = 3.6;
    r->series[3].length_s = 0.6;
    r->series[3].requests = 28760;
    latency_reset(r->latencies[LATENCY_REQUEST]);
    scatter(r->latencies[LATENCY_REQUEST], 191731, 640, 0.3);
    return r;
}

/* --- too much for a page
 * ----------------------------------------------------------------------- */

static void make_crowd(struct result *r)
{
    free_identities(r);
    r->identities = memory_new(NUM_CROWD, sizeof *r->identities);
    r->num_identities = NUM_CROWD;
    for (size_t i = 0; i < NUM_CROWD; i++) {
        char name[32];
        snprintf(name, sizeof name, "client%05zu", i);
        add_identity(&r->identities[i], name, 2, false);
    }
    for (size_t i = 0; i < 250; i++) {
        struct result_identity *odd = &r->identities[37 * i + 5];
        odd->as_expected = false;
        odd->by_class[CLASS_REFUSED] = 1;
        odd->by_class[CLASS_SUCCEEDED] = 1;
        result_add_violation(r, "%s must be accepted, but was refused in 1 of 2 sessions",
                             odd->name);
    }
    for (int i = 0; i < 5000; i++) {
        char name[64];
        snprintf(name, sizeof name, "spki-sha256:%044d", i);
        name_counts_add(&r->pins_by_pin, name, i == 4000 ? 7 : 0);
    }
    r->passed = false;
}

static struct result *page_crowd(void)
{
    struct result *r = sample_typical();
    make_crowd(r);
    return r;
}

/* Identities that differ in everything they can be sorted by: a few handshakes, none, refusals,
 * other statuses. Each response arrived in one piece. */
static struct result *page_sorted(void)
{
    struct result *r = page_mixed();
    free_identities(r);
    r->identities = memory_new(40, sizeof *r->identities);
    r->num_identities = 40;
    for (size_t i = 0; i < 40; i++) {
        struct result_identity *row = &r->identities[i];
        char name[32];
        snprintf(name, sizeof name, i < 30 ? "client%zu" : "tenant%zu", i);
        add_identity(row, name, i == 7 ? 0 : i * 37 % 40 * 5 + 1, i == 3);
        row->responses[0] = row->by_class[CLASS_SUCCEEDED];
    }
    r->identities[9].responses[2] = 2;
    r->identities[9].by_class[CLASS_FAILED] = 2;
    r->identities[9].as_expected = false;
    r->identities[12].expected_status = memory_text("200,204");
    latency_reset(r->latencies[LATENCY_REQUEST]);
    latency_merge(r->latencies[LATENCY_REQUEST], r->latencies[LATENCY_FIRST_BYTE]);
    return r;
}

static void make_day(struct result *r)
{
    r->duration_s = NUM_SECONDS;
    set_series(r, NUM_SECONDS, 1841, 0.2);
    r->series[50000].sessions = 0;
    r->series[50000].handshakes = 0;
    r->series[50000].failed = 700;
    r->series[50000].tls_handshake_p50_ns = r->series[50000].tls_handshake_p99_ns = NAN;
    r->series[50001].tls_handshake_p99_ns = 1.5e9;
    set_intervals(r, NUM_SECONDS, 256);
}

static struct result *page_day(void)
{
    struct result *r = sample_typical();
    make_day(r);
    return r;
}

/* A name of LEN bytes, each of which takes the most room that a byte can in JSON within HTML. */
static char *long_name(const char *begin, size_t number, size_t len)
{
    char *name = memory_new(len + 32, 1);
    snprintf(name, len + 32, "%s%zu", begin, number);
    for (size_t at = strlen(name); at < len; at++)
        name[at] = "<>&\""[at % 4];
    return name;
}

static char *renamed(char *name, size_t number)
{
    free(name);
    return long_name("client", number, 60);
}

/* Everything long at once: a day of 10,000 identities with long names, none as expected, 5,000
 * pins, long violations, a long command, and a long trace. */
static struct result *page_worst(void)
{
    struct result *r = page_mixed();
    char *words[2000];
    make_crowd(r);
    make_day(r);
    for (size_t i = 0; i < r->num_identities; i++)
        r->identities[i].name = renamed(r->identities[i].name, i);
    for (size_t i = 0; i < 300; i++) {
        char *violation = long_name("violation ", i, 300);
        result_add_violation(r, "%s", violation);
        free(violation);
    }
    for (size_t i = 0; i < 2000; i++)
        words[i] = long_name("--header=", i, 100);
    set_command(r, (const char *const *)words, 2000);
    for (size_t i = 0; i < 2000; i++)
        free(words[i]);
    for (size_t i = 0; i < 32; i++) {
        char *name = long_name("", i, 60);
        name_counts_add(&r->ciphers, name, 1);
        name_counts_add(&r->statuses, name, 1);
        free(name);
    }
    r->by_class[CLASS_FAILED] = r->outcomes[OUTCOME_RESET] = 1;
    r->scheduled++, r->started++;
    r->first_failure = long_name("session 17: ", 0, 4000);
    return r;
}

static struct result *page_hostile(void)
{
    static const char *const words[] = {"pinload", "run", "-H", HOSTILE, "it's"};
    struct result *r = sample_failing();
    set_command(r, words, sizeof words / sizeof words[0]);
    free(r->url);
    r->url = memory_text("https://localhost:8443/" HOSTILE);
    free(r->identities[0].name);
    r->identities[0].name = memory_text(HOSTILE);
    free(r->first_failure);
    r->first_failure = memory_text(HOSTILE "\nand a second line");
    name_counts_add(&r->ciphers, HOSTILE, 3);
    name_counts_add(&r->pins_by_pin, HOSTILE, 3);
    result_add_violation(r, "%s", HOSTILE);
    result_set_text(r, HOSTILE, HOSTILE);
    return r;
}

static void write_file(const char *directory, const char *name, const char *ending,
                       bool (*write)(FILE *, const struct result *), const struct result *result)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.%s", directory, name, ending);
    FILE *file = fopen(path, "wb");
    if (file == NULL || !write(file, result) || fclose(file) != 0) {
        fprintf(stderr, "make_pages: %s cannot be written\n", path);
        exit(1);
    }
}

int main(int argc, char **argv)
{
    const struct {
        const char *name;
        struct result *(*make)(void);
    } pages[] = {
        {"typical", sample_typical}, {"empty", sample_empty},   {"interrupted", sample_interrupted},
        {"failing", sample_failing}, {"mixed", page_mixed},     {"crowd", page_crowd},
        {"day", page_day},           {"hostile", page_hostile}, {"one", page_one},
        {"slow", page_slow},         {"worst", page_worst},     {"closed", page_closed},
        {"kept", page_kept},         {"sorted", page_sorted},
    };
    if (argc != 2) {
        fputs("usage: make_pages DIRECTORY\n", stderr);
        return 2;
    }
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        struct result *result = pages[i].make();
        write_file(argv[1], pages[i].name, "html", report_html, result);
        write_file(argv[1], pages[i].name, "json", report_json, result);
        result_free(result);
    }
    return 0;
}
