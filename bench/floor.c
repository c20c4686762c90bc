/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lower bound for any client: BoringSSL's client calls for one mTLS handshake (floor_tls.h) and
 * the kernel's work for one TCP connection (floor_tcp.h).
 */
#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "floor_tcp.h"
#include "floor_tls.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_PKIS 4
#define MAX_CASES 32
#define BATCH 50 /* handshakes of one case before the next case takes its turn */
#define MAX_ROUNDS 31

static const char help[] =
    "usage: floor --pki NAME=DIR [--pki NAME=DIR] [options]\n"
    "\n"
    "Times the client's calls of TLS 1.3 handshakes (X25519, AES-128-GCM), client and server in one\n"
    "process, memory to memory; and plain TCP connections on loopback.\n"
    "\n"
    "  --pki NAME=DIR      certificates as scripts/make-certs makes them; repeatable\n"
    "  --samples N         handshakes of each case (default 2000)\n"
    "  --sessions N        idle sessions for the heap's figure (default 2000)\n"
    "  --modes all|pin     verify modes (default all)\n"
    "  --tcp-rounds N      rounds of 0.5 s for TCP (default 5; 0: none)\n"
    "  --cpus CLIENT,SERVER  where both run (default 1,0)\n"
    "  --json              as JSON\n"
    "\n"
    "Not measured: sockets and system calls beside TLS (but see TCP), HTTP, reading tickets,\n"
    "the server's calls.\n";

struct pki {
    const char *name;
    const char *dir;
};

struct options {
    struct pki pkis[MAX_PKIS];
    size_t num_pkis;
    size_t samples, sessions;
    bool pin_only;
    unsigned tcp_rounds;
    int client_cpu, server_cpu;
    bool json;
};

struct floor {
    struct options options;
    struct floor_case cases[MAX_CASES];
    size_t num_cases;
    double clock_ns;
};

struct spread {
    double median, low, high;
};

static const struct tcp_dialogue dialogues[] = {
    {"connect, one request, close", 1, {{60, 100}}},
    {"connect, the flights of an mTLS session, close", 2, {{300, 1100}, {1000, 100}}},
};
#define NUM_DIALOGUES (sizeof dialogues / sizeof *dialogues)

static void __attribute__((noreturn)) die(const char *text)
{
    fprintf(stderr, "floor: %s\n", text);
    exit(2);
}

static size_t read_count(const char *text)
{
    uint64_t count;
    if (!text_parse_count(text, &count) || count > 1000000)
        die("a count is a whole number up to a million");
    return (size_t)count;
}

static void add_pki(struct options *options, char *text)
{
    char *equals = strchr(text, '=');
    if (equals == NULL || options->num_pkis == MAX_PKIS)
        die("--pki is NAME=DIR, at most four times");
    *equals = '\0';
    options->pkis[options->num_pkis++] = (struct pki){text, equals + 1};
}

static void read_options(struct options *options, int argc, char **argv)
{
    static const struct option table[] = {{"pki", required_argument, NULL, 'p'},
                                          {"samples", required_argument, NULL, 'n'},
                                          {"sessions", required_argument, NULL, 's'},
                                          {"modes", required_argument, NULL, 'm'},
                                          {"tcp-rounds", required_argument, NULL, 't'},
                                          {"cpus", required_argument, NULL, 'c'},
                                          {"json", no_argument, NULL, 'j'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    *options = (struct options){
        .samples = 2000, .sessions = 2000, .tcp_rounds = 5, .client_cpu = 1, .server_cpu = 0};
    int option;
    while ((option = getopt_long(argc, argv, "h", table, NULL)) != -1) {
        switch (option) {
        case 'p':
            add_pki(options, optarg);
            break;
        case 'n':
            options->samples = read_count(optarg);
            break;
        case 's':
            options->sessions = read_count(optarg);
            break;
        case 'm':
            options->pin_only = strcmp(optarg, "pin") == 0;
            break;
        case 't':
            options->tcp_rounds = (unsigned)read_count(optarg);
            break;
        case 'c':
            if (sscanf(optarg, "%d,%d", &options->client_cpu, &options->server_cpu) != 2)
                die("--cpus is CLIENT,SERVER, as in 1,0");
            break;
        case 'j':
            options->json = true;
            break;
        case 'h':
            fputs(help, stdout);
            exit(0);
        default:
            exit(2); /* getopt has printed the reason */
        }
    }
    if (optind < argc || options->samples == 0 || options->tcp_rounds > MAX_ROUNDS)
        die("see --help");
}

/* Statistics */

static int compare_ns(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static int compare_double(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The median and the 5th and 95th percentile, in microseconds. */
static struct spread spread_of(const struct floor_case *floor_case)
{
    size_t count = floor_case->num_samples;
    uint32_t *ns = floor_case->samples_ns;
    qsort(ns, count, sizeof *ns, compare_ns);
    return (struct spread){.median = ns[count / 2] / 1e3,
                           .low = ns[count / 20] / 1e3,
                           .high = ns[count - 1 - count / 20] / 1e3};
}

static double measure_clock(void)
{
    enum { COUNT = 100000 };
    uint64_t start_ns = clock_now_ns();
    for (int i = 0; i < COUNT - 1; i++)
        (void)clock_now_ns();
    return (double)(clock_now_ns() - start_ns) / COUNT;
}

/* The measurements */

static void add_cases(struct floor *floor, const struct pki *pki)
{
    struct error err;
    for (int mode = 0; mode < NUM_VERIFY_MODES; mode++) {
        if (floor->options.pin_only && mode != VERIFY_PIN)
            continue;
        for (int resumed = 0; resumed <= 1; resumed++) {
            struct floor_case *floor_case = &floor->cases[floor->num_cases++];
            *floor_case = (struct floor_case){
                .pki = pki->name, .mode = (enum verify_mode)mode, .resumed = resumed == 1};
            if (!floor_case_open(floor_case, pki->dir, floor->options.samples, &err))
                die(err.text);
        }
    }
}

/* All cases in turn, so that other load on the machine affects all alike. */
static void run_cases(struct floor *floor)
{
    size_t left = floor->options.samples;
    while (left > 0) {
        size_t count = left < BATCH ? left : BATCH;
        for (size_t i = 0; i < floor->num_cases; i++) {
            if (!floor_case_run(&floor->cases[i], count))
                die("a handshake failed, or was not resumed as it should be");
        }
        left -= count;
    }
}

static void report_cases(const struct floor *floor)
{
    bool json = floor->options.json;
    if (!json)
        printf("client's calls of a TLS 1.3 handshake, µs of %zu each (a clock read: %.0f ns)\n"
               "%-10s %-10s %-8s %8s   %s\n",
               floor->options.samples, floor->clock_ns, "keys", "verify", "", "median", "p5..p95");
    for (size_t i = 0; i < floor->num_cases; i++) {
        const struct floor_case *floor_case = &floor->cases[i];
        struct spread spread = spread_of(floor_case);
        const char *mode = verify_mode_name(floor_case->mode);
        const char *kind = floor_case->resumed ? "resumed" : "full";
        printf(json ? "%s{\"keys\":\"%s\",\"verify\":\"%s\",\"handshake\":\"%s\","
                      "\"median_us\":%.2f,\"p5_us\":%.2f,\"p95_us\":%.2f}"
                    : "%s%-10s %-10s %-8s %8.1f   %.1f..%.1f\n",
               json && i > 0 ? "," : "", floor_case->pki, mode, kind, spread.median, spread.low,
               spread.high);
    }
}

static void report_heap(struct floor *floor)
{
    bool json = floor->options.json;
    const char *separator = "";
    if (!json)
        printf("\nheap of an established idle client session, bytes, mean of %zu\n",
               floor->options.sessions);
    for (size_t i = 0; i < floor->num_cases; i++) {
        struct floor_case *floor_case = &floor->cases[i];
        double ssl_bytes, conn_bytes;
        if (floor_case->mode != VERIFY_PIN || floor_case->resumed)
            continue;
        if (!floor_case_heap(floor_case, floor->options.sessions, &ssl_bytes, &conn_bytes))
            die("a handshake failed");
        printf(json ? "%s{\"keys\":\"%s\",\"boringssl\":%.0f,\"with_tls_conn\":%.0f}"
                    : "%s%-10s BoringSSL's own %.0f, with tls_conn %.0f\n",
               separator, floor_case->pki, ssl_bytes, conn_bytes);
        separator = json ? "," : "";
    }
}

/* The median and the range of all rounds. */
static struct spread measure_tcp(const struct options *options, const struct tcp_dialogue *dialogue,
                                 double *out_system_us, double *out_per_second)
{
    double cpu_us[MAX_ROUNDS], system_us[MAX_ROUNDS], per_second[MAX_ROUNDS];
    unsigned rounds = options->tcp_rounds;
    struct error err;
    for (unsigned i = 0; i < rounds; i++) {
        struct tcp_cost cost;
        if (!floor_tcp(&cost, dialogue, 64, NS_PER_S / 2, options->client_cpu, options->server_cpu,
                       &err))
            die(err.text);
        cpu_us[i] = cost.cpu_us;
        system_us[i] = cost.system_us;
        per_second[i] = cost.per_second;
    }
    qsort(cpu_us, rounds, sizeof *cpu_us, compare_double);
    qsort(system_us, rounds, sizeof *system_us, compare_double);
    qsort(per_second, rounds, sizeof *per_second, compare_double);
    *out_system_us = system_us[rounds / 2];
    *out_per_second = per_second[rounds / 2];
    return (struct spread){cpu_us[rounds / 2], cpu_us[0], cpu_us[rounds - 1]};
}

static void report_tcp(const struct floor *floor)
{
    const struct options *options = &floor->options;
    if (!options->json)
        printf("\nplain TCP on loopback, 64 in flight, the client's CPU, median of %u rounds\n",
               options->tcp_rounds);
    for (size_t i = 0; i < NUM_DIALOGUES; i++) {
        double system_us, per_second;
        struct spread spread = measure_tcp(options, &dialogues[i], &system_us, &per_second);
        printf(options->json
                   ? "%s{\"dialogue\":\"%s\",\"median_us\":%.2f,\"low_us\":%.2f,\"high_us\":%.2f,"
                     "\"system_us\":%.2f,\"per_second\":%.0f}"
                   : "%s%-48s %6.1f µs  (%.1f..%.1f, %.1f of it system)  %.0f/s\n",
               options->json && i > 0 ? "," : "", dialogues[i].name, spread.median, spread.low,
               spread.high, system_us, per_second);
    }
}

int main(int argc, char **argv)
{
    static struct floor floor;
    read_options(&floor.options, argc, argv);
    floor.clock_ns = measure_clock();
    for (size_t i = 0; i < floor.options.num_pkis; i++)
        add_cases(&floor, &floor.options.pkis[i]);
    run_cases(&floor);
    bool json = floor.options.json;
    if (json)
        printf("{\"samples\":%zu,\"clock_ns\":%.1f,\"handshakes\":[", floor.options.samples,
               floor.clock_ns);
    report_cases(&floor);
    fputs(json ? "],\"heap_bytes\":[" : "", stdout);
    report_heap(&floor);
    for (size_t i = 0; i < floor.num_cases; i++)
        floor_case_close(&floor.cases[i]);
    fputs(json ? "],\"tcp\":[" : "", stdout);
    fflush(stdout); /* before the fork, so that it is not printed twice */
    if (floor.options.tcp_rounds > 0)
        report_tcp(&floor);
    fputs(json ? "]}\n" : "", stdout);
    return 0;
}
