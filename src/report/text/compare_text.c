/* SPDX-License-Identifier: Apache-2.0 */
#include "report/text/compare_text.h"

#include "base/number.h"
#include "compare/compare_result.h"
#include "measure/latency.h"
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

/* Three decimals below 0.1, two below 10, one below 100: as many as an interval of WIDTH
 * justifies. */
static int decimals(double width)
{
    return fabs(width) < 0.1 ? 3 : fabs(width) < 10 ? 2 : fabs(width) < 100 ? 1 : 0;
}

/* Rounds VALUE to DIGITS decimals, so that zero has no sign. */
static double rounded(double value, int digits)
{
    double by = pow(10, digits), whole = round(value * by);
    return whole == 0 ? 0 : whole / by;
}

static const char *sessions_words(enum arm_sessions sessions)
{
    static const char *const words[] = {"full", "resumed", "resumed, with early data,"};
    return words[sessions];
}

static void print_negotiated(FILE *out, const struct negotiated *negotiated)
{
    if (negotiated->version[0] == '\0')
        fputs("no handshake was completed", out);
    else
        fprintf(out, "%s, %s, %s, server signs with %s", negotiated->version, negotiated->cipher,
                negotiated->group, negotiated->server_key);
}

static void print_head(FILE *out, const struct compare_result *result)
{
    const struct arms *arms = result->comparison.arms;
    fprintf(out, "pinload compare  %s\n", result->where);
    if (!arms->is_apart) {
        print_negotiated(out, &result->negotiated[arms->baseline]);
        fprintf(out, ", %s sessions\n", sessions_words(arms_sessions(arms, 0)));
    }
    if (!result->in_process)
        fprintf(out, "%llu connection%s, 1 thread, ", (unsigned long long)result->connections,
                result->connections == 1 ? "" : "s");
    fprintf(out, "%.1f s; arms interleaved at random in blocks, seed %llu\n\n", result->duration_s,
            (unsigned long long)result->comparison.arms->seed);
}

/* Of the arms' names in tables. */
static int name_width(const struct comparison *c)
{
    size_t width = 10;
    for (unsigned i = 0; i < c->arms->count; i++)
        width = number_max(width, strlen(c->arms->names[i]));
    return (int)width;
}

/* Writes the median of each time of an arm, "-" if there is none, and its instructions. */
static void format_arm(const struct comparison *c, unsigned arm,
                       char cells[static NUM_MEASURES][FIGURE_LEN])
{
    const struct arm_samples *samples = &c->samples[arm];
    for (int m = 0; m < MEASURE_INSTRUCTIONS; m++) {
        if (latency_count(samples->latencies[m]) > 0)
            figure_time(cells[m], latency_percentile(samples->latencies[m], 50));
        else
            snprintf(cells[m], FIGURE_LEN, "-");
    }
    double count = comparison_instructions(c, arm);
    if (isfinite(count))
        figure_count(cells[MEASURE_INSTRUCTIONS], (uint64_t)count);
    else
        snprintf(cells[MEASURE_INSTRUCTIONS], FIGURE_LEN, "-");
}

static void print_arms(FILE *out, const struct compare_result *result)
{
    static const int widths[NUM_MEASURES] = {12, 13, 13, 12};
    const struct comparison *c = &result->comparison;
    int width = name_width(c);
    fprintf(out, "%-*s  %9s  %12s  %13s  %13s%s\n", width, "arm", "sessions", "callback p50",
            "CPU p50", "handshake p50", c->has_instructions ? "  instructions" : "");
    for (unsigned i = 0; i < c->arms->count; i++) {
        char sessions[FIGURE_LEN], cells[NUM_MEASURES][FIGURE_LEN];
        figure_count(sessions, c->samples[i].sessions);
        format_arm(c, i, cells);
        fprintf(out, "%-*s  %9s", width, c->arms->names[i], sessions);
        for (int m = 0; m < comparison_num_measures(c); m++) {
            int pad = widths[m] - (int)figure_columns(cells[m]);
            fprintf(out, "  %*s%s", pad > 0 ? pad : 0, "", cells[m]);
        }
        fputc('\n', out);
    }
    fputc('\n', out);
}

/* An arm's medians. */
static void print_wire(FILE *out, const struct comparison *c, unsigned arm)
{
    const struct value_counts *wire = c->samples[arm].wire;
    char cells[NUM_WIRE][FIGURE_LEN];
    uint64_t round_trips = value_counts_percentile(&wire[WIRE_ROUND_TRIPS], 50);
    for (int i = 0; i < NUM_WIRE; i++)
        figure_count(cells[i], value_counts_percentile(&wire[i], 50));
    fprintf(out, "ClientHello %s bytes; sent %s, received %s; %s round trip%s\n",
            cells[WIRE_CLIENT_HELLO], cells[WIRE_SENT], cells[WIRE_RECEIVED],
            cells[WIRE_ROUND_TRIPS], round_trips == 1 ? "" : "s");
}

/* What is on the wire is that of all where the arms differ only in what they check. */
static void print_common_wire(FILE *out, const struct comparison *c)
{
    if (c->samples[c->arms->baseline].wire[WIRE_SENT].num == 0)
        return;
    fputs("on the wire: ", out);
    print_wire(out, c, c->arms->baseline);
    fputc('\n', out);
}

/* What each arm was: its options, what it negotiated, its medians on the wire. */
static void print_each(FILE *out, const struct compare_result *result)
{
    const struct comparison *c = &result->comparison;
    int width = name_width(c);
    for (unsigned i = 0; i < c->arms->control; i++) {
        const char *options = c->arms->options[i];
        fprintf(out, "%-*s  %s\n%*s  ", width, c->arms->names[i],
                options[0] != '\0' ? options : "(the options common to all)", width, "");
        print_negotiated(out, &result->negotiated[i]);
        fprintf(out, "; %s sessions\n", sessions_words(arms_sessions(c->arms, i)));
        if (c->samples[i].wire[WIRE_SENT].num == 0)
            continue;
        fprintf(out, "%*s  ", width, "");
        print_wire(out, c, i);
    }
    fputc('\n', out);
}

static void print_unknown(FILE *out, const struct difference *d)
{
    fprintf(out, "%s: not known, under %d pairs\n", measure_words(d->measure),
            STATISTICS_MIN_PAIRS);
}

/* "+0.31 µs [0.29, 0.33] in the callback" */
static void print_estimate(FILE *out, const struct difference *d, const struct interval *interval)
{
    double by = scale(d->measure), low = interval->low / by, high = interval->high / by;
    int digits = d->measure == MEASURE_INSTRUCTIONS ? 0 : decimals(high - low);
    fprintf(out, "%+.*f%s [%.*f, %.*f] %s", digits, rounded(d->estimate.estimate / by, digits),
            unit(d->measure), digits, rounded(low, digits), digits, rounded(high, digits),
            measure_words(d->measure));
}

/* "pin: +0.31 µs [0.29, 0.33] in the callback, 0.3% of the client's handshake CPU" */
static void print_difference(FILE *out, const struct comparison *c, const struct difference *d)
{
    const struct interval *ci = &d->estimate.ci95;
    double by = scale(d->measure);
    fprintf(out, "  %-*s ", name_width(c), c->arms->names[d->arm]);
    if (!d->is_known) {
        print_unknown(out, d);
        return;
    }
    if (!d->distinguishable) {
        int digits = d->measure == MEASURE_INSTRUCTIONS ? 0 : decimals((ci->high - ci->low) / by);
        fprintf(out, "%s: not distinguishable from zero (±%.*f%s)\n", measure_words(d->measure),
                digits, fmax(fabs(ci->low), fabs(ci->high)) / by, unit(d->measure));
        return;
    }
    print_estimate(out, d, ci);
    if (isfinite(d->percent))
        fprintf(out, ", %.*f%% of the client's %s", decimals(d->percent), d->percent,
                d->measure == MEASURE_TLS_HANDSHAKE  ? "handshake latency"
                : d->measure == MEASURE_INSTRUCTIONS ? "handshake"
                                                     : "handshake CPU");
    fputc('\n', out);
}

/* The control, with the interval that decides trust. */
static void print_control(FILE *out, const struct comparison *c, enum measure measure)
{
    const struct difference *d = &c->control[measure];
    fprintf(out, "  %-*s ", name_width(c), c->arms->names[d->arm]);
    if (!d->is_known) {
        print_unknown(out, d);
        return;
    }
    print_estimate(out, d, &d->estimate.wide);
    fputs(comparison_is_off(c, measure) ? ": not zero\n" : "\n", out);
}

static void print_differences(FILE *out, const struct compare_result *result)
{
    const struct comparison *c = &result->comparison;
    fprintf(out, "difference from %s, with 95%% interval\n", c->arms->names[c->arms->baseline]);
    if (c->num_differences > 1)
        fprintf(out,
                "(where there is none at all, one of these %zu is claimed in under 5%% of runs: "
                "Holm)\n",
                c->num_differences);
    for (size_t i = 0; i < c->num_differences; i++)
        print_difference(out, c, &c->differences[i]);
    fprintf(out, "control (%s again), with the %.2f%% interval, which must include zero\n",
            c->arms->names[c->arms->baseline], c->trust_level * 100);
    for (int m = 0; m < comparison_num_measures(c); m++)
        print_control(out, c, (enum measure)m);
}

/* The effect of the clocks on the figures. */
static void print_clocks(FILE *out, const struct compare_result *result)
{
    const struct comparison *c = &result->comparison;
    fprintf(out,
            "\na reading of the CPU clock costs %.2f µs, one of the callback's %.3f µs; of the "
            "two around\n"
            "each step, and around the callback, one is within the figure, in all arms alike\n",
            result->cpu_clock_cost_ns / 1000, result->now_clock_cost_ns / 1000);
    fprintf(out,
            "the clock of callback and wall clock advances by %.3g ns at a time, the CPU clock by "
            "%.3g;\n"
            "half of that is in each interval, on either side, in the callback %.3g ns\n",
            c->steps[MEASURE_VERIFY_CALLBACK], c->steps[MEASURE_HANDSHAKE_CPU],
            comparison_margin(c, MEASURE_VERIFY_CALLBACK));
    if (!result->in_process && result->connections > 1)
        fputs("with several sessions in flight one arm's work delays the others' sessions, so "
              "that\ndifferences in wall-clock time come out too small: use -c 1 to measure them\n",
              out);
    if (result->no_instructions[0] != '\0')
        fprintf(out, "instructions are not counted: %s\n", result->no_instructions);
}

static void print_resolution(FILE *out, const struct compare_result *result)
{
    if (result->resolve_ns == 0)
        return;
    if (result->resolved) {
        char sessions[FIGURE_LEN];
        figure_count(sessions, result->comparison.num_blocks);
        fprintf(out,
                "resolved: after %s sessions of each arm %.3g µs of handshake CPU is distinguished "
                "from zero in four runs of five\n",
                sessions, result->least_seen_ns / 1000);
    } else {
        fprintf(out, "not resolved to %g µs: %s\n", result->resolve_ns / 1000,
                result->why_not_resolved);
    }
}

/* The sessions that were not of the requested kind. */
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

/* "  by arm: pin 3, chain 2" and "  by outcome: reset 5" */
static void print_failures(FILE *out, const struct compare_result *result)
{
    const struct comparison *c = &result->comparison;
    const char *separator = "  by arm: ";
    fprintf(out, "failed sessions, not in any figure: %llu\n", (unsigned long long)result->failed);
    for (unsigned i = 0; i < c->arms->count; i++) {
        if (c->samples[i].failed == 0)
            continue;
        fprintf(out, "%s%s %llu", separator, c->arms->names[i],
                (unsigned long long)c->samples[i].failed);
        separator = ", ";
    }
    separator = "\n  by outcome: ";
    for (size_t i = 0; i < result->num_failure_kinds; i++) {
        fprintf(out, "%s%s %llu", separator, result->failures[i].outcome,
                (unsigned long long)result->failures[i].count);
        separator = ", ";
    }
    fputc('\n', out);
}

static void print_left_out(FILE *out, const struct compare_result *result)
{
    uint64_t other = num_of_other_kind(&result->comparison);
    if (result->failed > 0)
        print_failures(out, result);
    if (other > 0)
        fprintf(out, "sessions that were %s and are not in any figure: %llu\n",
                result->comparison.arms->is_apart             ? "not of their arm's kind"
                : strcmp(result->session_mode, "resume") == 0 ? "not resumed"
                                                              : "resumed",
                (unsigned long long)other);
}

static void print_trust(FILE *out, const struct comparison *c)
{
    const char *separator = ": ";
    if (c->trusted) {
        fputs("TRUSTED: the control arm shows no difference\n", out);
        return;
    }
    if (!c->control[MEASURE_HANDSHAKE_CPU].is_known) {
        fputs("NOT TO BE TRUSTED: too few sessions to judge the control arm\n", out);
        return;
    }
    fputs("NOT TO BE TRUSTED: the control arm shows a difference", out);
    for (int m = 0; m < comparison_num_measures(c); m++) {
        if (!comparison_is_off(c, (enum measure)m))
            continue;
        fputs(separator, out);
        fputs(measure_words((enum measure)m), out);
        separator = ", ";
    }
    fputc('\n', out);
}

static void print_interruption(FILE *out, const struct compare_result *result)
{
    if (result->interrupted_by != 0)
        fprintf(out, "interrupted by %s\n",
                result->interrupted_by == SIGINT ? "SIGINT" : "SIGTERM");
}

void compare_text_failure(FILE *out, const struct compare_result *result)
{
    print_interruption(out, result);
    if (result->failed > 0)
        print_failures(out, result);
}

void compare_text(FILE *out, const struct compare_result *result)
{
    const struct comparison *c = &result->comparison;
    print_head(out, result);
    print_arms(out, result);
    if (c->arms->is_apart)
        print_each(out, result);
    else
        print_common_wire(out, c);
    print_differences(out, result);
    print_clocks(out, result);
    print_resolution(out, result);
    print_interruption(out, result);
    print_left_out(out, result);
    print_trust(out, c);
}
