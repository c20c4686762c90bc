/* SPDX-License-Identifier: Apache-2.0 */
#include "report/text/report_text.h"

#include "report/figures.h"
#include "report/text/layout.h"
#include "report/text/report_text_authentication.h"
#include "report/text/report_text_extensions.h"
#include "report/text/report_text_identities.h"
#include "report/text/report_text_latency.h"
#include "report/text/report_text_stages.h"
#include "report/text/report_text_steady.h"
#include "report/text/report_text_tickets.h"
#include "report/text/report_text_wire.h"
#include "result/result.h"

#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <string.h>

#define LABEL_COLUMNS 12
#define GAP "   "
#define MAX_THREADS_SHOWN 8

#define RED "\033[1;31m"
#define GREEN "\033[1;32m"
#define YELLOW "\033[1;33m"
#define PLAIN "\033[0m"

struct pen {
    FILE *out;
    bool colour;
};

static void pen_set(const struct pen *pen, const char *colour)
{
    if (pen->colour)
        fputs(colour, pen->out);
}

static const char *plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

static const char *or_unknown(const char *text)
{
    return text != NULL ? text : "?";
}

static void count_item(struct flow *flow, uint64_t count, const char *words)
{
    char figure[FIGURE_LEN];
    figure_count(figure, count);
    flow_item(flow, "%s %s", figure, words);
}

/* The same, but omitted if it is 0. */
static void some_item(struct flow *flow, uint64_t count, const char *words)
{
    if (count > 0)
        count_item(flow, count, words);
}

/* --- the run and its settings ---------------------------------------------------------------- */

static void write_plan(FILE *out, const struct result *r)
{
    char figure[FIGURE_LEN];
    struct flow flow;
    flow_begin(&flow, out, "", 0, ", ");
    flow_item(&flow, "%s loop", r->open_loop ? "open" : "closed");
    if (r->open_loop) {
        figure_rate(figure, r->rate);
        flow_item(&flow, "%s%s requested", r->stages.count > 0 ? "up to " : "", figure);
    }
    figure_count(figure, r->connections);
    flow_item(&flow, "%s%s connection%s",
              r->open_loop || r->stages.of_connections ? "at most " : "", figure,
              plural(r->connections));
    if (r->stages.count > 0)
        flow_item(&flow, "%zu stage%s", r->stages.count, plural(r->stages.count));
    flow_item(&flow, "%u thread%s", r->threads, plural(r->threads));
    figure_seconds(figure, r->duration_s);
    flow_item(&flow, "%s", figure);
    flow_end(&flow);
    if (r->warm_up_s > 0) {
        figure_seconds(figure, r->warm_up_s);
        fprintf(out, "warm-up: the first %s are excluded from latencies and rates\n", figure);
    }
}

static void write_verify(const struct pen *pen, const struct result *r)
{
    const char *verify = or_unknown(r->verify);
    struct flow flow;
    if (strcmp(verify, "none") == 0) {
        pen_set(pen, YELLOW);
        flow_begin(&flow, pen->out, "", 0, " · ");
        flow_item(&flow, "verify none: THE SERVER WAS NOT VERIFIED");
    } else {
        flow_begin(&flow, pen->out, "", 0, " · ");
        if (r->num_pins > 0)
            flow_item(&flow, "verify %s, %zu pin%s", verify, r->num_pins, plural(r->num_pins));
        else
            flow_item(&flow, "verify %s", verify);
    }
    char figure[FIGURE_LEN];
    figure_count(figure, r->num_identities);
    if (result_is_anonymous(r))
        flow_item(&flow, "no client certificate");
    else if (r->num_identities == 1)
        flow_item(&flow, "1 identity");
    else if (r->num_identities == 0)
        flow_item(&flow, "no identity");
    else
        flow_item(&flow, "%s identities, %s", figure, or_unknown(r->rotation));
    flow_end(&flow);
    if (strcmp(verify, "none") == 0)
        pen_set(pen, PLAIN);
}

/* A single name needs no count. */
static void add_names(struct flow *flow, const struct name_counts *names)
{
    size_t used = 0;
    for (size_t i = 0; i < names->count; i++)
        used += names->items[i].count > 0 ? 1 : 0;
    for (size_t i = 0; i < names->count; i++) {
        char figure[FIGURE_LEN];
        figure_count(figure, names->items[i].count);
        if (names->items[i].count > 0 && used == 1)
            flow_item(flow, "%s", names->items[i].name);
        else if (names->items[i].count > 0)
            flow_item(flow, "%s %s", names->items[i].name, figure);
    }
}

static void write_negotiated(FILE *out, const struct result *r)
{
    if (r->handshakes_completed == 0)
        return;
    struct flow flow;
    flow_begin(&flow, out, "", 0, " · ");
    add_names(&flow, &r->versions);
    add_names(&flow, &r->groups);
    add_names(&flow, &r->sigalgs);
    add_names(&flow, &r->ciphers);
    add_names(&flow, &r->protocols);
    flow_end(&flow);
}

static void write_head(const struct pen *pen, const struct result *r)
{
    struct flow flow;
    flow_begin(&flow, pen->out, "", 0, "  ");
    flow_item(&flow, "pinload %s", or_unknown(r->version));
    flow_item(&flow, "%s", or_unknown(r->url));
    if (r->address != NULL)
        flow_item(&flow, "%s", r->address);
    flow_end(&flow);
    write_plan(pen->out, r);
    write_verify(pen, r);
    write_negotiated(pen->out, r);
}

/* --- counts ---------------------------------------------------------------------------------- */

/* The counts and the rates of several lines are in two columns, the second only if there was any
 * rate. */
struct columns {
    int count_width, rate_width;
};

static struct columns measure_columns(const struct result *r)
{
    const uint64_t counts[] = {r->started, r->handshakes_completed, r->requests_started,
                               r->pins_checked};
    const double rates[] = {r->sessions_per_second, r->handshakes_per_second,
                            r->requests_per_second};
    struct columns columns = {0};
    char figure[FIGURE_LEN];
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        figure_count(figure, counts[i]);
        if ((int)strlen(figure) > columns.count_width)
            columns.count_width = (int)strlen(figure);
    }
    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++) {
        figure_rate(figure, rates[i]);
        if (rates[i] > 0 && (int)strlen(figure) > columns.rate_width)
            columns.rate_width = (int)strlen(figure);
    }
    return columns;
}

static void begin_row(struct flow *flow, FILE *out, const char *label, uint64_t count, double rate,
                      const struct columns *columns)
{
    char count_text[FIGURE_LEN], rate_text[FIGURE_LEN];
    figure_count(count_text, count);
    figure_rate(rate_text, rate);
    flow_begin(flow, out, label, LABEL_COLUMNS, GAP);
    flow_item(flow, "%*s", columns->count_width, count_text);
    if (columns->rate_width > 0)
        flow_item(flow, "%*s", columns->rate_width, count > 0 ? rate_text : "");
}

static void add_served(struct flow *flow, const struct result *r)
{
    char open[FIGURE_LEN], responses[FIGURE_LEN];
    figure_count(open, r->cut_off_served);
    figure_count(responses, r->cut_off_responses);
    if (r->cut_off_served > 0)
        flow_item(flow, "%s open at the end, after %s responses", open, responses);
}

static void write_sessions(FILE *out, const struct result *r, const struct columns *columns)
{
    struct flow flow;
    begin_row(&flow, out, "sessions", r->started, r->sessions_per_second, columns);
    add_served(&flow, r);
    if (r->by_class[CLASS_SUCCEEDED] > 0 || r->cut_off_served == 0)
        count_item(&flow, r->by_class[CLASS_SUCCEEDED], "succeeded");
    count_item(&flow, r->by_class[CLASS_REFUSED], "refused");
    count_item(&flow, r->by_class[CLASS_FAILED], "failed");
    some_item(&flow, r->by_class[CLASS_UNCONFIRMED], "unconfirmed");
    some_item(&flow, r->by_class[CLASS_CUT_OFF] - r->cut_off_served, "cut off at the end");
    flow_end(&flow);
}

static void write_schedule(FILE *out, const struct result *r)
{
    if (!r->open_loop && r->skipped == 0)
        return;
    struct flow flow;
    flow_begin(&flow, out, "schedule", LABEL_COLUMNS, GAP);
    count_item(&flow, r->scheduled, "scheduled");
    count_item(&flow, r->started, "started");
    count_item(&flow, r->skipped, "skipped");
    flow_end(&flow);
}

static void write_handshakes(FILE *out, const struct result *r, const struct columns *columns)
{
    struct flow flow;
    begin_row(&flow, out, "handshakes", r->handshakes_completed, r->handshakes_per_second, columns);
    count_item(&flow, r->handshakes_full, "full");
    count_item(&flow, r->handshakes_resumed, "resumed");
    some_item(&flow, r->handshakes_completed > 0 ? r->peak_established : 0,
              r->num_parts > 0 ? "open at once, sum of peaks" : "open at once");
    flow_end(&flow);
    if (r->tickets_offered > 0) {
        flow_begin(&flow, out, "resumption", LABEL_COLUMNS, GAP);
        count_item(&flow, r->tickets_offered, "tickets offered");
        count_item(&flow, r->tickets_declined, "declined");
        flow_end(&flow);
    }
    if (r->early_offered > 0) {
        flow_begin(&flow, out, "early data", LABEL_COLUMNS, GAP);
        count_item(&flow, r->early_offered, "offered");
        count_item(&flow, r->early_accepted, "accepted");
        count_item(&flow, r->early_rejected, "rejected");
        flow_end(&flow);
    }
    report_text_extensions(out, r, LABEL_COLUMNS);
}

static void write_requests(FILE *out, const struct result *r, const struct columns *columns)
{
    if (r->requests_started == 0)
        return;
    struct flow flow;
    begin_row(&flow, out, "requests", r->requests_started, r->requests_per_second, columns);
    count_item(&flow, r->requests_succeeded, "succeeded");
    count_item(&flow, r->requests_failed, "failed");
    some_item(&flow, r->requests_unclosed, "ended without close_notify");
    flow_end(&flow);
}

static void write_pins(FILE *out, const struct result *r, const struct columns *columns)
{
    if (r->num_pins == 0 && r->pins_checked == 0)
        return;
    char figure[FIGURE_LEN];
    struct flow flow;
    figure_count(figure, r->pins_checked);
    flow_begin(&flow, out, "pins", LABEL_COLUMNS, GAP);
    flow_item(&flow, "%*s checked", columns->count_width, figure);
    count_item(&flow, r->pins_matched, "matched");
    count_item(&flow, r->pins_mismatched, "mismatched");
    some_item(&flow, r->pins_mismatch_reported, "of them went on (--pins report)");
    some_item(&flow, r->pins_rejected, "rejected (--reject-pin)");
    some_item(&flow, r->pins_not_checked, "not checked");
    some_item(&flow, r->pins_checked_resumed, "of them resumed");
    flow_end(&flow);
    if (r->pins_by_pin.count < 2)
        return;
    struct table table = {.align = "lrl", .first_columns = LABEL_COLUMNS - 1};
    for (size_t i = 0; i < r->pins_by_pin.count; i++) {
        figure_count(figure, r->pins_by_pin.items[i].count);
        table_cell(&table, "  by pin");
        table_cell(&table, "%*s", columns->count_width, figure);
        table_cell(&table, "%s", r->pins_by_pin.items[i].name);
    }
    table_print(&table, out, 1);
}

static void write_bytes(FILE *out, const struct result *r)
{
    if (r->bytes_read == 0 && r->bytes_written == 0)
        return;
    char read_text[FIGURE_LEN], written_text[FIGURE_LEN];
    figure_bytes(read_text, r->bytes_read);
    figure_bytes(written_text, r->bytes_written);
    struct flow flow;
    flow_begin(&flow, out, "bytes", LABEL_COLUMNS, GAP);
    flow_item(&flow, "%s read", read_text);
    flow_item(&flow, "%s written", written_text);
    flow_end(&flow);
}

static void write_counts(FILE *out, const struct result *r)
{
    struct columns columns = measure_columns(r);
    bool requests_first = figures_count_requests(r->started, r->requests_started);
    putc('\n', out);
    write_schedule(out, r);
    if (requests_first)
        write_requests(out, r, &columns);
    write_sessions(out, r, &columns);
    write_handshakes(out, r, &columns);
    if (!requests_first)
        write_requests(out, r, &columns);
    report_text_steady(out, r, LABEL_COLUMNS);
    report_text_raw_keys(out, r, LABEL_COLUMNS);
    write_pins(out, r, &columns);
    write_bytes(out, r);
}

static void write_names(FILE *out, const char *label, const struct name_counts *names)
{
    if (names->count == 0)
        return;
    struct flow flow;
    flow_begin(&flow, out, label, LABEL_COLUMNS, GAP);
    for (size_t i = 0; i < names->count; i++) {
        char figure[FIGURE_LEN];
        figure_count(figure, names->items[i].count);
        flow_item(&flow, "%s %s", figure, names->items[i].name);
    }
    flow_end(&flow);
}

/* Each outcome's name in a column, its meaning after it, wrapped. */
static void write_outcomes(FILE *out, const struct result *r)
{
    if (r->outcomes[OUTCOME_SUCCEEDED] + r->cut_off_served == r->started)
        return;
    putc('\n', out);
    const char *label = "outcomes";
    for (int i = 0; i < NUM_OUTCOMES; i++) {
        if (r->outcomes[i] == 0)
            continue;
        char figure[FIGURE_LEN], head[FIGURE_LEN + 64];
        figure_count(figure, r->outcomes[i]);
        snprintf(head, sizeof head, "%-*s%9s %s", LABEL_COLUMNS, label, figure, outcome_name(i));
        struct flow flow;
        flow_begin(&flow, out, head, LABEL_COLUMNS + 32, " ");
        flow_words(&flow, outcome_meaning(i));
        flow_end(&flow);
        label = "";
    }
    write_names(out, "statuses", &r->statuses);
    write_names(out, "alerts in", &r->alerts_received);
    write_names(out, "alerts out", &r->alerts_sent);
}

/* --- the generator -------------------------------------------------------------------------- */

static void add_cpu(struct flow *flow, const struct result *r)
{
    char figure[FIGURE_LEN];
    double cpu_s = r->cpu_user_s + r->cpu_system_s;
    char share[FIGURE_LEN] = "";
    if (r->duration_s > 0 && isfinite(cpu_s / r->duration_s))
        snprintf(share, sizeof share, ", %.0f%% of a core", 100 * cpu_s / r->duration_s);
    bool by_request =
        r->requests_succeeded > 0 && figures_count_requests(r->started, r->requests_started);
    figure_time(figure, by_request ? cpu_s * 1e9 / (double)r->requests_succeeded
                                   : r->cpu_per_session_us * 1e3);
    if (r->started > 0 && isfinite(r->cpu_per_session_us))
        flow_item(flow, "%s of CPU a %s%s", figure, by_request ? "request" : "session", share);
}

static void add_p99(struct flow *flow, const char *name, const struct latency *latency)
{
    char figure[FIGURE_LEN];
    figure_time(figure, latency_percentile(latency, 99));
    if (latency_count(latency) > 0)
        flow_item(flow, "%s p99 %s", name, figure);
}

static void add_memory(struct flow *flow, const struct result *r)
{
    char figure[FIGURE_LEN];
    figure_bytes(figure, r->peak_rss_bytes);
    if (r->peak_rss_bytes > 0)
        flow_item(flow, "%s of memory", figure);
    figure_bytes(figure, r->rss_per_session_bytes);
    if (r->rss_per_session_bytes > 0)
        flow_item(flow, "%s an open session", figure);
}

/* Of the resources with a limit, those of which a tenth or more is in use. */
static void add_use(struct flow *flow, uint64_t used, uint64_t limit, const char *what)
{
    char used_text[FIGURE_LEN], limit_text[FIGURE_LEN];
    if (limit == 0 || (double)used < (double)limit / 10)
        return;
    figure_count(used_text, used);
    figure_count(limit_text, limit);
    flow_item(flow, "%s of %s %s", used_text, limit_text, what);
}

/* With one thread, the CPU of the process is that of the thread. */
static void write_threads(FILE *out, const struct result *r)
{
    if (r->num_thread_uses < 2)
        return;
    struct flow flow;
    flow_begin(&flow, out, "threads", LABEL_COLUMNS, " · ");
    for (size_t i = 0; i < r->num_thread_uses && i < MAX_THREADS_SHOWN; i++) {
        const struct thread_use *use = &r->thread_uses[i];
        char figure[FIGURE_LEN];
        figure_seconds(figure, use->cpu_user_s + use->cpu_system_s);
        flow_item(&flow, "%s of CPU, busy %.0f%%", figure, 100 * use->busy);
    }
    if (r->num_thread_uses > MAX_THREADS_SHOWN)
        flow_item(&flow, "and %zu more", r->num_thread_uses - MAX_THREADS_SHOWN);
    flow_end(&flow);
}

static void write_saturated(const struct pen *pen, const struct result *r)
{
    if (!r->saturated)
        return;
    struct flow flow;
    pen_set(pen, YELLOW);
    flow_begin(&flow, pen->out, "saturated", LABEL_COLUMNS, " ");
    flow_words(&flow, "the generator did not hold the requested rate; limit:");
    flow_words(&flow, or_unknown(r->limit));
    flow_end(&flow);
    pen_set(pen, PLAIN);
}

/* Our own limit: without this line the server's rate of failures would look like all it can do. */
static void write_pauses(const struct pen *pen, const struct result *r)
{
    char figure[FIGURE_LEN], share[FIGURE_LEN] = "", text[3 * FIGURE_LEN];
    struct flow flow;
    double slots_s = (double)r->connections * r->duration_s;
    if (!(r->slots_paused_s > 0))
        return;
    figure_seconds(figure, r->slots_paused_s);
    if (r->slots_paused_s <= slots_s)
        snprintf(share, sizeof share, ", %.0f%% of their time", 100 * r->slots_paused_s / slots_s);
    snprintf(text, sizeof text, "Slots paused for %s after failures%s (--no-backoff: no pauses)",
             figure, share);
    pen_set(pen, YELLOW);
    flow_begin(&flow, pen->out, "paused", LABEL_COLUMNS, " ");
    flow_words(&flow, text);
    flow_end(&flow);
    pen_set(pen, PLAIN);
}

static void write_generator(const struct pen *pen, const struct result *r)
{
    struct flow flow;
    putc('\n', pen->out);
    flow_begin(&flow, pen->out, "generator", LABEL_COLUMNS, " · ");
    add_cpu(&flow, r);
    add_p99(&flow, "loop lag", r->loop_lag);
    if (r->open_loop)
        add_p99(&flow, "schedule slip", r->schedule_slip);
    add_memory(&flow, r);
    add_use(&flow, r->descriptors_used, r->descriptors_limit, "descriptors");
    add_use(&flow, r->ports_used, r->ports_limit, "ports");
    if (r->started == 0)
        flow_item(&flow, "no session was started");
    else if (!r->saturated)
        flow_item(&flow, "not saturated");
    flow_end(&flow);
    write_threads(pen->out, r);
    write_pauses(pen, r);
    write_saturated(pen, r);
}

/* --- the verdict ---------------------------------------------------------------------------- */

static void write_violations(const struct pen *pen, const struct result *r)
{
    struct flow flow;
    for (size_t i = 0; i < r->num_violations; i++) {
        pen_set(pen, RED);
        flow_begin(&flow, pen->out, "violation", LABEL_COLUMNS, " ");
        flow_words(&flow, r->violations[i]);
        pen_set(pen, PLAIN);
        flow_end(&flow);
    }
    if (!result_balances(r))
        fputs("the counts do not add up: this is a bug in pinload, please report it\n", pen->out);
    if (r->first_failure != NULL && r->by_class[CLASS_FAILED] > 0) {
        flow_begin(&flow, pen->out, "first", LABEL_COLUMNS, " ");
        flow_words(&flow, r->first_failure);
        flow_end(&flow);
    }
}

static void write_verdict(const struct pen *pen, const struct result *r)
{
    if (r->interrupted_by != 0) {
        pen_set(pen, YELLOW);
        fprintf(pen->out, "INTERRUPTED by %s",
                r->interrupted_by == SIGINT    ? "SIGINT"
                : r->interrupted_by == SIGTERM ? "SIGTERM"
                                               : "a signal");
    } else {
        pen_set(pen, r->passed ? GREEN : RED);
        fputs(r->passed ? "PASS" : "FAIL", pen->out);
    }
    pen_set(pen, PLAIN);
    putc('\n', pen->out);
}

/* A missed rate is not reported as PASS: the exit status is not 0. */
void report_text_failure(FILE *out, const struct result *result, bool colour)
{
    struct pen pen = {.out = out, .colour = colour};
    write_saturated(&pen, result);
    if (result->passed && result->interrupted_by == 0)
        return;
    write_violations(&pen, result);
    write_verdict(&pen, result);
}

void report_text(FILE *out, const struct result *result, bool colour)
{
    struct pen pen = {.out = out, .colour = colour};
    write_head(&pen, result);
    write_counts(out, result);
    write_outcomes(out, result);
    report_text_redirects(out, result);
    report_text_stages(out, result);
    report_text_latency(out, result);
    report_text_wire(out, result);
    report_text_tickets(out, result);
    report_text_identities(out, result);
    report_text_signatures(out, result, LABEL_COLUMNS);
    report_text_reloads(out, result, LABEL_COLUMNS);
    write_generator(&pen, result);
    write_violations(&pen, result);
    write_verdict(&pen, result);
}
