/* SPDX-License-Identifier: Apache-2.0 */
#include "report/formats/report_prometheus.h"

#include "base/clock.h"
#include "base/text.h"
#include "report/utf8.h"
#include "result/result.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

/* --- lines ---------------------------------------------------------------------------------- */

static void head(FILE *out, const char *name, const char *type, const char *help)
{
    fprintf(out, "# HELP pinload_%s %s\n# TYPE pinload_%s %s\n", name, help, name, type);
}

/* A label's value escapes backslash, quote and line end; of all else, what a terminal would act on is
 * hidden. */
static void put_label(FILE *out, const char *name, const char *value)
{
    char *clean = text_hide_controls(utf8_clean(value != NULL ? value : ""));
    fprintf(out, "%s=\"", name);
    for (const char *p = clean; *p != '\0'; p++) {
        if (*p == '\n')
            fputs("\\n", out);
        else if (*p == '\\' || *p == '"')
            fprintf(out, "\\%c", *p);
        else
            putc(*p, out);
    }
    putc('"', out);
    free(clean);
}

static void put_number(FILE *out, double value)
{
    if (isnan(value))
        fputs("NaN", out);
    else if (isinf(value))
        fputs(value > 0 ? "+Inf" : "-Inf", out);
    else
        fprintf(out, "%.15g", value);
    putc('\n', out);
}

static void plain(FILE *out, const char *name, const char *type, const char *help, double value)
{
    head(out, name, type, help);
    fprintf(out, "pinload_%s ", name);
    put_number(out, value);
}

static void labelled(FILE *out, const char *name, const char *label, const char *label_value,
                     double value)
{
    fprintf(out, "pinload_%s{", name);
    put_label(out, label, label_value);
    fputs("} ", out);
    put_number(out, value);
}

static void names(FILE *out, const char *name, const char *label, const char *help,
                  const struct name_counts *counts)
{
    if (counts->count == 0)
        return;
    head(out, name, "counter", help);
    for (size_t i = 0; i < counts->count; i++)
        labelled(out, name, label, counts->items[i].name, (double)counts->items[i].count);
}

/* A summary's samples, with LABEL beside the quantile where it is not NULL. */
static void summary(FILE *out, const char *name, const char *label, const char *label_value,
                    const struct latency_summary *s)
{
    const struct {
        const char *quantile;
        double value_ns;
    } rows[] = {{"0.5", s->p50},  {"0.75", s->p75}, {"0.9", s->p90},
                {"0.95", s->p95}, {"0.99", s->p99}, {"0.999", s->p999}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        fprintf(out, "pinload_%s{", name);
        if (label != NULL) {
            put_label(out, label, label_value);
            putc(',', out);
        }
        put_label(out, "quantile", rows[i].quantile);
        fputs("} ", out);
        put_number(out, s->count > 0 ? rows[i].value_ns / 1e9 : NAN);
    }
    for (int is_count = 0; is_count < 2; is_count++) {
        fprintf(out, "pinload_%s_%s", name, is_count ? "count" : "sum");
        if (label != NULL) {
            putc('{', out);
            put_label(out, label, label_value);
            putc('}', out);
        }
        putc(' ', out);
        put_number(out, is_count ? (double)s->count : s->mean * (double)s->count / 1e9);
    }
}

/* --- metrics -------------------------------------------------------------------------------- */

static void write_run(FILE *out, const struct result *r)
{
    const struct {
        const char *name, *value;
    } labels[] = {
        {"version", r->version}, {"url", r->url}, {"address", r->address}, {"verify", r->verify}};
    head(out, "run_info", "gauge", "What ran; always 1.");
    fputs("pinload_run_info{", out);
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++) {
        if (i > 0)
            putc(',', out);
        put_label(out, labels[i].name, labels[i].value);
    }
    fputs("} 1\n", out);
    plain(out, "start_time_seconds", "gauge", "When the run began, since the epoch.",
          (double)(r->started_wall_ns / NS_PER_MS) / 1000);
    plain(out, "duration_seconds", "gauge", "How long the run's window was.", r->duration_s);
    plain(out, "passed", "gauge", "1 where the run came out as expected.", r->passed);
    plain(out, "violations", "gauge", "Expectations and thresholds that did not hold.",
          (double)r->num_violations);
    plain(out, "interrupted", "gauge", "1 where a signal ended the run early.",
          r->interrupted_by != 0);
}

static void write_sessions(FILE *out, const struct result *r)
{
    const struct {
        const char *name;
        uint64_t count;
    } classes[] = {{"succeeded", r->succeeded},
                   {"refused", r->refused},
                   {"failed", r->failed},
                   {"cut_off", r->cut_off},
                   {"unconfirmed", r->unconfirmed}};
    plain(out, "sessions_scheduled_total", "counter", "Sessions that were due.",
          (double)r->scheduled);
    plain(out, "sessions_skipped_total", "counter", "Sessions that were due and never started.",
          (double)r->skipped);
    head(out, "sessions_total", "counter", "Started sessions, by what they count as.");
    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++)
        labelled(out, "sessions_total", "class", classes[i].name, (double)classes[i].count);
    head(out, "session_outcomes_total", "counter", "Started sessions, by how they came out.");
    for (int i = 0; i < NUM_OUTCOMES; i++)
        labelled(out, "session_outcomes_total", "outcome", outcome_name(i), (double)r->outcomes[i]);
    plain(out, "sessions_per_second", "gauge", "Sessions a second, without the warm-up.",
          r->sessions_per_second);
    plain(out, "sessions_established_peak", "gauge", "Most sessions established at once.",
          (double)r->peak_established);
}

static void write_traffic(FILE *out, const struct result *r)
{
    head(out, "requests_total", "counter", "HTTP requests, by how they ended.");
    labelled(out, "requests_total", "result", "succeeded", (double)r->requests_succeeded);
    labelled(out, "requests_total", "result", "failed", (double)r->requests_failed);
    plain(out, "requests_without_close_notify_total", "counter",
          "Of the succeeded, those that ended with TCP, without TLS's close_notify.",
          (double)r->requests_unclosed);
    names(out, "responses_total", "status", "Complete HTTP responses, by status.", &r->statuses);
    plain(out, "requests_per_second", "gauge", "Requests a second, without the warm-up.",
          r->requests_per_second);
    plain(out, "read_bytes_total", "counter", "Bytes read from connections.",
          (double)r->bytes_read);
    plain(out, "written_bytes_total", "counter", "Bytes written to connections.",
          (double)r->bytes_written);
}

static void write_handshakes(FILE *out, const struct result *r)
{
    head(out, "handshakes_total", "counter", "Completed TLS handshakes, by kind.");
    labelled(out, "handshakes_total", "kind", "full", (double)r->handshakes_full);
    labelled(out, "handshakes_total", "kind", "resumed", (double)r->handshakes_resumed);
    plain(out, "handshakes_per_second", "gauge", "Handshakes a second, without the warm-up.",
          r->handshakes_per_second);
    names(out, "handshake_versions_total", "version", "Handshakes by protocol version.",
          &r->versions);
    names(out, "handshake_ciphers_total", "cipher", "Handshakes by cipher suite.", &r->ciphers);
    names(out, "handshake_groups_total", "group", "Handshakes by key agreement group.", &r->groups);
    plain(out, "tickets_offered_total", "counter", "Session tickets offered for resumption.",
          (double)r->tickets_offered);
    plain(out, "tickets_declined_total", "counter", "Offered tickets that the server declined.",
          (double)r->tickets_declined);
    head(out, "pins_total", "counter", "Sessions, by what became of the server's pin.");
    labelled(out, "pins_total", "result", "matched", (double)r->pins_matched);
    labelled(out, "pins_total", "result", "mismatched", (double)r->pins_mismatched);
    labelled(out, "pins_total", "result", "not_checked", (double)r->pins_not_checked);
    names(out, "pin_matches_total", "pin", "Sessions that matched a pin, by pin.", &r->pins_by_pin);
}

static void write_latencies(FILE *out, const struct result *r)
{
    struct latency_summary summaries[NUM_LATENCIES];
    head(out, "latency_seconds", "summary", "Latencies of the run's spans, without the warm-up.");
    for (int kind = 0; kind < NUM_LATENCIES; kind++) {
        latency_summarize(r->latencies[kind], &summaries[kind]);
        summary(out, "latency_seconds", "span", latency_kind_name(kind), &summaries[kind]);
    }
    head(out, "latency_max_seconds", "gauge", "The greatest latency of each span.");
    for (int kind = 0; kind < NUM_LATENCIES; kind++)
        labelled(out, "latency_max_seconds", "span", latency_kind_name(kind),
                 summaries[kind].count > 0 ? summaries[kind].max / 1e9 : NAN);
}

static void identity_sessions(FILE *out, const struct result_identity *identity, const char *class,
                              uint64_t count)
{
    fputs("pinload_identity_sessions_total{", out);
    put_label(out, "identity", identity->name);
    putc(',', out);
    put_label(out, "class", class);
    fputs("} ", out);
    put_number(out, (double)count);
}

static void write_identities(FILE *out, const struct result *r)
{
    if (r->num_identities == 0)
        return;
    head(out, "identity_as_expected", "gauge", "1 where the server did with it as expected.");
    for (size_t i = 0; i < r->num_identities; i++)
        labelled(out, "identity_as_expected", "identity", r->identities[i].name,
                 r->identities[i].as_expected);
    head(out, "identity_sessions_total", "counter", "Sessions of an identity, by class.");
    for (size_t i = 0; i < r->num_identities; i++) {
        const struct result_identity *identity = &r->identities[i];
        identity_sessions(out, identity, "succeeded", identity->succeeded);
        identity_sessions(out, identity, "refused", identity->refused);
        identity_sessions(out, identity, "failed", identity->failed);
        identity_sessions(out, identity, "cut_off", identity->cut_off);
        identity_sessions(out, identity, "unconfirmed", identity->unconfirmed);
    }
    head(out, "identity_tls_handshake_seconds", "summary", "TLS handshakes of an identity.");
    for (size_t i = 0; i < r->num_identities; i++)
        summary(out, "identity_tls_handshake_seconds", "identity", r->identities[i].name,
                &r->identities[i].tls_handshake);
}

static void write_generator(FILE *out, const struct result *r)
{
    struct latency_summary lag, slip;
    latency_summarize(r->loop_lag, &lag);
    latency_summarize(r->schedule_slip, &slip);
    head(out, "generator_cpu_seconds_total", "counter", "CPU time of the generator.");
    labelled(out, "generator_cpu_seconds_total", "mode", "user", r->cpu_user_s);
    labelled(out, "generator_cpu_seconds_total", "mode", "system", r->cpu_system_s);
    if (isfinite(r->slots_paused_s))
        plain(out, "generator_slots_paused_seconds", "gauge",
              "How long slots waited after failures, added up over the slots.", r->slots_paused_s);
    plain(out, "generator_saturated", "gauge", "1 where the rate asked for was not held.",
          r->saturated);
    if (r->limit != NULL) {
        head(out, "generator_limit", "gauge", "What kept the rate from being held; always 1.");
        labelled(out, "generator_limit", "limit", r->limit, 1);
    }
    plain(out, "generator_resident_memory_peak_bytes", "gauge", "Most resident memory at once.",
          (double)r->peak_rss_bytes);
    head(out, "generator_loop_lag_seconds", "summary", "How late the event loops were.");
    summary(out, "generator_loop_lag_seconds", NULL, NULL, &lag);
    head(out, "generator_schedule_slip_seconds", "summary", "From intended to real start.");
    summary(out, "generator_schedule_slip_seconds", NULL, NULL, &slip);
}

bool report_prometheus(FILE *out, const struct result *result)
{
    write_run(out, result);
    write_sessions(out, result);
    write_traffic(out, result);
    write_handshakes(out, result);
    write_latencies(out, result);
    write_identities(out, result);
    write_generator(out, result);
    return !ferror(out);
}
