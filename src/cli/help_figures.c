/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/help_figures.h"

#include "base/buffer.h"
#include "measure/latency_kind.h"
#include "measure/outcome.h"
#include "result/figure_table.h"

#include <ctype.h>
#include <string.h>

static void row(FILE *out, const char *name, const char *unit, const char *kind,
                const char *meaning)
{
    fprintf(out, "  %-40s %-12s %s\n      %s\n", name, unit, kind, meaning);
}

static void heading(FILE *out, const char *text)
{
    fprintf(out, "\n%s\n", text);
}

/* The placeholder for names is the label of their metric. */
static const char *label_of(const struct figure *figure)
{
    for (size_t i = 0; i < metric_table_len; i++) {
        if (strcmp(metric_table[i].name, figure->metric) == 0)
            return metric_table[i].label;
    }
    return "name";
}

static void print_by_name(FILE *out, const struct figure *figure)
{
    struct buffer name = {0};
    buffer_format(&name, "%s.", figure->path);
    for (const char *p = label_of(figure); *p != '\0'; p++)
        buffer_format(&name, "%c", toupper((unsigned char)*p));
    row(out, buffer_text(&name), figure->unit, figure_kind_name(figure), figure->meaning);
    buffer_cleanup(&name);
}

static void print_distribution(FILE *out, const char *path, const char *unit, const char *meaning)
{
    struct buffer name = {0};
    buffer_format(&name, "%s.STAT", path);
    row(out, buffer_text(&name), unit, "distribution", meaning);
    buffer_cleanup(&name);
}

static void print_figure(FILE *out, const struct figure *figure)
{
    switch (figure->kind) {
    case FIGURE_FLAG:
    case FIGURE_TEXT:
        return; /* cannot be compared with a number */
    case FIGURE_NAMES:
    case FIGURE_ALL_NAMES:
    case FIGURE_OUTCOMES:
        print_by_name(out, figure);
        return;
    case FIGURE_DISTRIBUTION:
    case FIGURE_VALUES:
        print_distribution(out, figure->path, figure->unit, figure->meaning);
        return;
    default:
        row(out, figure->path, figure->unit, figure_kind_name(figure), figure->meaning);
    }
}

static void print_latencies(FILE *out)
{
    heading(out, "Latencies; STAT is one of the statistics below");
    for (int kind = 0; kind < NUM_LATENCIES; kind++)
        print_distribution(out, latency_kind_name((enum latency_kind)kind), "us",
                           latency_kind_meaning((enum latency_kind)kind));
}

static void print_identities(FILE *out)
{
    struct buffer name = {0};
    heading(out, "Each identity, by its NAME");
    for (size_t i = 0; i < num_identity_counters; i++) {
        buffer_clear(&name);
        buffer_format(&name, "identities.NAME.%s", identity_counters[i].name);
        row(out, buffer_text(&name), "sessions", "counter", identity_counters[i].meaning);
    }
    for (int class = 0; class < NUM_STATUS_CLASSES; class ++) {
        buffer_clear(&name);
        buffer_format(&name, "identities.NAME.responses.%s", status_class_name(class));
        row(out, buffer_text(&name), "requests", "counter", "its complete responses by status");
    }
    buffer_cleanup(&name);
    row(out, "identities.NAME.sigalgs.SIGALG", "handshakes", "counters",
        "its full handshakes by the algorithm that it signed with");
    print_distribution(out, "identities.NAME.tls_handshake", "us", "its completed handshakes");
}

static void print_statistics(FILE *out)
{
    heading(out, "Statistics, each a STAT of a distribution");
    for (size_t i = 0; i < statistic_table_len; i++)
        row(out, statistic_table[i].name, "", "statistic", statistic_table[i].meaning);
    row(out, "count", "", "counter", "number of values");
    row(out, "clamped", "", "counter", "of times, those out of range: over an hour");
    row(out, "total", "", "counter", "of bytes and round trips, their sum");
    row(out, "values.VALUE", "", "counters", "of bytes and round trips, how many were VALUE");
    row(out, "rounded", "", "counter", "of those, counted as the nearest of 1,024 different ones");
}

static void print_run(FILE *out)
{
    heading(out, "The run");
    row(out, "duration_s", "s", "time", "from the first scheduled start to the end of the window");
    row(out, "config.SETTING", "", "setting", "a setting of the run, if it is a number");
    row(out, "verdict.interrupted_by", "", "number", "the signal that ended the run");
}

void help_figures(FILE *out)
{
    fputs("The figures of a result, each by its path in the JSON result. --fail-if takes\n"
          "all of them, as in --fail-if 'tls_handshake.p99 > 20ms'. Figures in us or s are\n"
          "compared with a time, all others with a number. Of counters by name, a name\n"
          "that did not occur is 0.\n",
          out);
    heading(out, "Counters, rates, and the generator's resources");
    for (size_t i = 0; i < figure_table_len; i++)
        print_figure(out, &figure_table[i]);
    print_latencies(out);
    print_identities(out);
    print_statistics(out);
    print_run(out);
}
