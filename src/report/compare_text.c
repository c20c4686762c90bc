/* SPDX-License-Identifier: Apache-2.0 */
#include "report/compare_text.h"

#include "compare/compare_result.h"
#include "load/latency.h"
#include "report/figures.h"

#include <math.h>
#include <signal.h>
#include <string.h>

static const char *measure_words(enum measure measure)
{
    static const char *const words[NUM_MEASURES] = {
        [MEASURE_VERIFY_CALLBACK] = "in the callback",
        [MEASURE_HANDSHAKE_CPU] = "of handshake CPU",
        [MEASURE_TLS_HANDSHAKE] = "of wall clock",
        [MEASURE_INSTRUCTIONS] = "instructions",
    };
    return words[measure];
}

static double scale(enum measure measure)
{
    return measure == MEASURE_INSTRUCTIONS ? 1 : 1000; /* ns to us */
}

static const char *unit(enum measure measure)
{
    return measure == MEASURE_INSTRUCTIONS ? "" : " µs";
}

/* Two decimals below 10, one below 100: as many as the interval bears. */
static int decimals(double value)
{
    return fabs(value) < 10 ? 2 : fabs(value) < 100 ? 1 : 0;
}

static void print_head(FILE *out, const struct compare_result *result)
{
    fprintf(out, "pinload compare  %s\n%s, %s, %s, server signs with %s, %s sessions\n",
            result->where, result->version, result->cipher, result->group, result->server_key,
            strcmp(result->session_mode, "resume") == 0 ? "resumed" : "full");
    if (!result->in_process)
        fprintf(out, "%llu connections, 1 thread, ", (unsigned long long)result->connections);
    fprintf(out, "%.1f s; arms interleaved at random in blocks, seed %llu\n\n", result->duration_s,
            (unsigned long long)result->comparison.arms->seed);
}

static void print_arms(FILE *out, const struct compare_result *result)
{
    const struct comparison *c = &result->comparison;
    fprintf(out, "%-10s  %9s  %12s  %13s  %13s\n", "arm", "sessions", "callback p50", "CPU p50",
            "handshake p50");
    for (unsigned i = 0; i < c->arms->count; i++) {
        char sessions[FIGURE_LEN], cells[3][FIGURE_LEN];
        figure_count(sessions, c->samples[i].sessions);
        for (int m = 0; m < 3; m++) {
            const struct latency *latency = c->samples[i].latencies[m];
            if (latency_count(latency) > 0)
                figure_time(cells[m], latency_percentile(latency, 50));
            else
                snprintf(cells[m], sizeof cells[m], "-");
        }
        fprintf(out, "%-10s  %9s", c->arms->names[i], sessions);
        for (int m = 0; m < 3; m++) {
            int width = m == 0 ? 12 : 13;
            int pad = width - (int)figure_columns(cells[m]);
            fprintf(out, "  %*s%s", pad > 0 ? pad : 0, "", cells[m]);
        }
        fputc('\n', out);
    }
    fputc('\n', out);
}

/* "pin: +0.31 µs [0.29, 0.33] in the callback, 0.3% of the client's handshake CPU" */
static void print_difference(FILE *out, const struct comparison *c, const struct difference *d)
{
    const struct difference_estimate *e = &d->estimate;
    double by = scale(d->measure);
    int digits =
        d->measure == MEASURE_INSTRUCTIONS ? 0 : decimals((e->ci95.high - e->ci95.low) / by);
    fprintf(out, "  %-10s ", c->arms->names[d->arm]);
    if (!d->is_known) {
        fprintf(out, "%s: not known, under %d pairs\n", measure_words(d->measure),
                STATISTICS_MIN_PAIRS);
        return;
    }
    if (!d->distinguishable) {
        double half = fmax(fabs(e->ci95.low), fabs(e->ci95.high)) / by;
        fprintf(out, "%s: not distinguishable from zero (±%.*f%s)\n", measure_words(d->measure),
                digits, half, unit(d->measure));
        return;
    }
    fprintf(out, "%+.*f%s [%.*f, %.*f] %s, %.*f%% of the client's %s\n", digits, e->estimate / by,
            unit(d->measure), digits, e->ci95.low / by, digits, e->ci95.high / by,
            measure_words(d->measure), decimals(d->percent), d->percent,
            d->measure == MEASURE_TLS_HANDSHAKE  ? "handshake latency"
            : d->measure == MEASURE_INSTRUCTIONS ? "handshake"
                                                 : "handshake CPU");
}

static void print_differences(FILE *out, const struct compare_result *result)
{
    const struct comparison *c = &result->comparison;
    fprintf(out, "difference from %s, with 95%% interval\n", c->arms->names[c->arms->baseline]);
    for (size_t i = 0; i < c->num_differences; i++)
        print_difference(out, c, &c->differences[i]);
    fprintf(out, "control (%s again; must be zero)\n", c->arms->names[c->arms->baseline]);
    for (int m = 0; m < (c->has_instructions ? NUM_MEASURES : MEASURE_INSTRUCTIONS); m++)
        print_difference(out, c, &c->control[m]);
}

/* The sessions that were not of the kind asked for. */
static uint64_t num_of_other_kind(const struct comparison *c)
{
    uint64_t count = 0;
    for (unsigned i = 0; i < c->arms->count; i++) {
        const struct arm_samples *samples = &c->samples[i];
        count += samples->sessions - samples->failed -
                 latency_count(samples->latencies[MEASURE_HANDSHAKE_CPU]);
    }
    return count;
}

static void print_left_out(FILE *out, const struct compare_result *result)
{
    uint64_t other = num_of_other_kind(&result->comparison);
    if (result->failed > 0)
        fprintf(out, "sessions that failed and are in no figure: %llu\n",
                (unsigned long long)result->failed);
    if (other > 0)
        fprintf(out, "sessions that were %s and are in no figure: %llu\n",
                strcmp(result->session_mode, "resume") == 0 ? "not resumed" : "resumed",
                (unsigned long long)other);
}

static void print_trust(FILE *out, const struct comparison *c)
{
    bool is_known = c->control[MEASURE_HANDSHAKE_CPU].is_known;
    fputs(c->trusted ? "TRUSTED: the control arm came out as zero\n"
          : is_known ? "NOT TO BE TRUSTED: the control arm did not come out as zero\n"
                     : "NOT TO BE TRUSTED: there are too few sessions to know the control arm\n",
          out);
}

void compare_text(FILE *out, const struct compare_result *result)
{
    const struct comparison *c = &result->comparison;
    print_head(out, result);
    print_arms(out, result);
    print_differences(out, result);
    fprintf(out,
            "\nreading the CPU clock costs %.2f µs, twice a step, in all arms alike\n"
            "the clock advances by %.3g ns at a time; half of that is in each interval, on either "
            "side\n",
            result->clock_cost_ns / 1000, c->steps[MEASURE_VERIFY_CALLBACK]);
    if (result->no_instructions[0] != '\0')
        fprintf(out, "instructions are not counted: %s\n", result->no_instructions);
    if (result->resolve_ns > 0)
        fprintf(out,
                result->resolved ? "resolved: every interval of handshake CPU is within ±%g µs\n"
                                 : "not resolved to ±%g µs: ",
                result->resolve_ns / 1000);
    if (result->resolve_ns > 0 && !result->resolved)
        fprintf(out, "%s\n", result->why_not_resolved);
    if (result->interrupted_by != 0)
        fprintf(out, "interrupted by %s before its end\n",
                result->interrupted_by == SIGINT ? "SIGINT" : "SIGTERM");
    print_left_out(out, result);
    print_trust(out, c);
}
