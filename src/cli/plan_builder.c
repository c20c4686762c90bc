/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/plan_builder.h"

#include "base/buffer.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/text.h"
#include "cli/plan_stages.h"
#include "http/refusal.h"
#include "http/request.h"

#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAX_THREADS 256
#define MOST_BODY_BYTES ((size_t)256 << 20)
#define LATEST_START_S 7.258e9 /* up to the year 2200, it fits in nanoseconds */

/* The processors that this process may run on, which taskset or a container may limit. */
static unsigned count_processors(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0)
        return MAX_THREADS; /* more of them than a set holds */
    return (unsigned)number_min((uint64_t)CPU_COUNT(&set), MAX_THREADS);
}

static bool set_threads(struct plan *plan, const char *text, struct error *err)
{
    uint64_t count = 1;
    if (text == NULL)
        count = 1;
    else if (strcmp(text, "auto") == 0)
        count = count_processors();
    else if (!text_parse_count(text, &count) || count < 1 || count > MAX_THREADS)
        return error_set(
            err,
            "'%s' is not a value for -t, --threads; expected a whole number from 1 to %d, or auto",
            text, MAX_THREADS);
    uint64_t most = plan->connections / plan->num_shards; /* each thread needs a connection */
    plan->threads = (unsigned)number_min(count, most);
    return true;
}

static bool set_shard(struct plan *plan, const char *text, struct error *err)
{
    plan->num_shards = 1;
    if (text == NULL)
        return true;
    unsigned shard, count;
    char end;
    if (strspn(text, "0123456789/") != strlen(text) ||
        sscanf(text, "%9u/%9u%c", &shard, &count, &end) != 2 || count < 1 || count > 100000 ||
        shard >= count)
        return error_set(
            err, "'%s' is not a value for --shard; expected I/N with I from 0 to N-1, such as 0/4",
            text);
    if (plan->connections < count)
        return error_set(err,
                         "--shard '%s' of -c %" PRIu64
                         " has no connection; expected -c %u or more, one for each shard",
                         text, plan->connections, count);
    plan->shard = shard;
    plan->num_shards = count;
    return true;
}

/* Reads YYYY-MM-DDTHH:MM:SSZ or @SECONDS into seconds since 1970. */
static bool read_wall_time(const char *text, double *out_seconds)
{
    struct tm tm = {0};
    const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm);
    if (rest != NULL && *rest == '\0')
        *out_seconds = (double)timegm(&tm);
    else if (text[0] != '@' || !text_parse_decimal(text + 1, out_seconds))
        return false;
    return *out_seconds >= 0 && *out_seconds < LATEST_START_S;
}

static bool set_start_at(struct plan *plan, const char *text, struct error *err)
{
    double seconds;
    if (text == NULL)
        return true;
    if (!read_wall_time(text, &seconds))
        return error_set(
            err,
            "'%s' is not a value for --start-at; expected YYYY-MM-DDTHH:MM:SSZ or @SECONDS since "
            "1970, up to the year 2200",
            text);
    plan->start_at_wall_ns = (uint64_t)(seconds * NS_PER_S);
    if (plan->start_at_wall_ns <= clock_wall_ns())
        return error_set(err, "--start-at '%s' is in the past; expected a time in the future",
                         text);
    return true;
}

static bool set_max_failures(struct plan *plan, const char *text, struct error *err)
{
    if (text == NULL)
        return true;
    size_t len = strlen(text);
    plan->max_failures_is_percent = len > 0 && text[len - 1] == '%';
    char *number = memory_text_n(text, plan->max_failures_is_percent ? len - 1 : len);
    uint64_t count;
    bool ok = plan->max_failures_is_percent
                  ? text_parse_decimal(number, &plan->max_failures) && plan->max_failures <= 100
                  : text_parse_count(number, &count);
    if (ok && !plan->max_failures_is_percent)
        plan->max_failures = (double)count;
    free(number);
    if (ok)
        return true;
    return error_set(
        err,
        "'%s' is not a value for --max-failures; expected a whole number or a percentage up to "
        "100%%, such as 10 or 0.5%%",
        text);
}

static void set_window(struct plan *plan, const struct options *options)
{
    plan->sessions = options->sessions;
    plan->duration_ns = options->duration_ns;
    if (plan->sessions == 0 && plan->duration_ns == 0)
        plan->duration_ns = 10 * NS_PER_S;
}

bool plan_build_load(struct plan *plan, const struct options *options, struct error *err)
{
    plan->connections = options->connections;
    plan->rate = options->rate;
    plan->arrival = options->arrival != NULL && strcmp(options->arrival, "poisson") == 0
                        ? ARRIVAL_POISSON
                        : ARRIVAL_CONSTANT;
    plan->no_backoff = options->no_backoff;
    plan->skip_when_full = options->overload != NULL && strcmp(options->overload, "skip") == 0;
    plan->ramp_ns = options->ramp_ns;
    plan->warm_up_ns = options->warm_up_ns;
    plan->seed = options->seed;
    set_window(plan, options);
    if (!plan_build_stages(plan, options, err))
        return false;
    if (plan->rate == 0 &&
        (options_given(options, "arrival") || options_given(options, "overload")))
        return error_set(
            err, "--arrival and --overload are for an open loop; expected -R, --rate with them");
    if (plan->duration_ns > 0 && plan->warm_up_ns >= plan->duration_ns)
        return error_set(err, "--warm-up leaves nothing of --duration; expected a shorter one");
    return set_shard(plan, options->shard, err) && set_threads(plan, options->threads, err) &&
           set_start_at(plan, options->start_at, err) &&
           set_max_failures(plan, options->max_failures, err);
}

/* Reads --data TEXT, @FILE or @- (standard input). */
static bool read_body(struct buffer *body, const char *data, struct error *err)
{
    if (data[0] != '@') {
        buffer_append_text(body, data);
        return true;
    }
    bool is_standard = strcmp(data + 1, "-") == 0;
    FILE *file = is_standard ? stdin : fopen(data + 1, "rb");
    if (file == NULL)
        return error_set(err, "the body '%s' of --data cannot be opened: %s", data + 1,
                         strerror(errno));
    bool fits = buffer_read_file(body, file, MOST_BODY_BYTES);
    bool ok = ferror(file) == 0;
    if (!is_standard)
        fclose(file);
    if (!fits)
        return error_set(
            err, "the body '%s' of --data is larger than 256 MB; expected a smaller one", data + 1);
    return ok ||
           error_set(err, "the body '%s' of --data cannot be read: %s", data + 1, strerror(errno));
}

static bool set_session_mode(struct plan *plan, const char *text, struct error *err)
{
    if (text_starts_with(text, "mixed:")) {
        plan->session_mode = SESSION_MIXED;
        if (text_parse_decimal(text + 6, &plan->resume_percent) && plan->resume_percent <= 100)
            return true;
        return error_set(
            err,
            "'%s' is not a value for --session-mode; expected mixed: and a percentage from 0 to "
            "100, such as mixed:80",
            text);
    }
    plan->session_mode = strcmp(text, "resume") == 0  ? SESSION_RESUME
                         : strcmp(text, "early") == 0 ? SESSION_EARLY
                                                      : SESSION_FULL;
    return true;
}

static void set_http(struct plan *plan, const struct options *options)
{
    const char *http = options->http != NULL ? options->http : "1.1";
    plan->http = strcmp(http, "2") == 0      ? CHOOSE_HTTP_2
                 : strcmp(http, "auto") == 0 ? CHOOSE_HTTP_AUTO
                                             : CHOOSE_HTTP_1_1;
    plan->streams = options->streams > 0 ? (unsigned)options->streams : 1;
}

static bool set_refusal_text(struct plan *plan, const char *text, struct error *err)
{
    if (text == NULL)
        return true;
    size_t len = strlen(text);
    if (len == 0 || len > REFUSAL_TEXT_MOST)
        return error_set(err, "'%.40s%s' is not a value for --refusal-text; expected 1 to %d bytes",
                         text, len > 40 ? "…" : "", REFUSAL_TEXT_MOST);
    request_set_refusal_text(plan->request, text);
    return true;
}

/* Sessions that never send a last request end only with the run. */
static bool check_endless(const struct plan *plan, struct error *err)
{
    if (plan->requests != REQUESTS_ENDLESS)
        return true;
    if (plan->duration_ns == 0)
        return error_set(
            err, "-r inf never ends a session, so -n does not end the run; expected -d with it");
    if (plan->hold_ns > 0)
        return error_set(
            err,
            "--hold follows the last request, and -r inf has none; expected -r 1 or more with it");
    return true;
}

/* Notes that OPTION reads PATH, which may be NULL; false if *READER already reads standard
 * input. */
static bool claim_stdin(const char **reader, const char *option, const char *path,
                        struct error *err)
{
    if (path == NULL || !file_is_stdin(path))
        return true;
    if (*reader != NULL)
        return error_set(
            err, "%s and %s '%s' would both read standard input; expected one option that reads it",
            *reader, option, path);
    *reader = option;
    return true;
}

/* Finds the option that reads standard input; false if there are two. */
static bool find_reader(const char **out_reader, const struct options *options, struct error *err)
{
    const char *data = options->data;
    if (!claim_stdin(out_reader, "--data", data != NULL && data[0] == '@' ? data + 1 : NULL, err) ||
        !claim_stdin(out_reader, "--cacert", options->cacert, err) ||
        !claim_stdin(out_reader, "--identity-list", options->identity_list, err) ||
        !claim_stdin(out_reader, "--cert", options->cert, err) ||
        !claim_stdin(out_reader, "--key", options->key, err) ||
        !claim_stdin(out_reader, "--ech", options->ech, err))
        return false;
    for (size_t i = 0; i < options->pin_files.count; i++) {
        if (!claim_stdin(out_reader, "--pin-file", options->pin_files.items[i], err))
            return false;
    }
    return true;
}

bool plan_check_stdin(const struct options *options, struct error *err)
{
    const char *reader = NULL;
    return claim_stdin(&reader, "--plan", options->plan, err) && find_reader(&reader, options, err);
}

const char *plan_stdin_reader(const struct options *options)
{
    const char *reader = NULL;
    struct error ignored;
    find_reader(&reader, options, &ignored);
    return reader;
}

bool plan_build_request(struct plan *plan, const struct options *options, struct error *err)
{
    struct buffer body = {0};
    plan->requests = options->requests;
    plan->hold_ns = options->hold_ns;
    plan->think_ns = options->think_ns;
    set_http(plan, options);
    if (plan->requests == 0 && (plan->hold_ns > 0 || plan->think_ns > 0))
        return error_set(
            err,
            "--hold and --think follow requests, and -r 0 sends none; expected -r 1 or more with "
            "them");
    if (!check_endless(plan, err) || !set_session_mode(plan, options->session_mode, err))
        return false;
    bool ok = options->data == NULL || read_body(&body, options->data, err);
    if (ok)
        plan->request = request_new(&plan->target, options->method, options->headers.items,
                                    options->headers.count,
                                    options->data != NULL ? body.data : NULL, body.len, err);
    buffer_cleanup(&body);
    return ok && plan->request != NULL && set_refusal_text(plan, options->refusal_text, err);
}

static void note_early_data(const struct plan *plan, const struct options *options,
                            struct notices *notices)
{
    const char *reason = NULL;
    if (plan->session_mode != SESSION_EARLY)
        return;
    if (plan->requests == 0)
        reason = "-r 0 sends no request";
    else if (!request_is_safe(plan->request))
        reason = "only requests with a safe method, such as GET, are sent as early data";
    else if (strcmp(options->tls_max, "1.2") == 0)
        reason = "TLS 1.2 (--tls-max) has none";
    if (reason != NULL)
        notices_add(notices, "--session-mode early only resumes, without early data: %s", reason);
}

/* Warnings about options that have no effect. */
static void note_idle(const struct plan *plan, const struct options *options,
                      struct notices *notices)
{
    uint64_t threads;
    if (plan->streams > 1 && plan->http == CHOOSE_HTTP_1_1)
        notices_add(
            notices,
            "-m %u has no effect: HTTP/1.1 sends one request at a time; streams need --http 2 or "
            "auto",
            plan->streams);
    if (options->threads != NULL && text_parse_count(options->threads, &threads) &&
        threads > plan->threads)
        notices_add(notices, "-t %s becomes -t %u: each thread needs a connection of its own",
                    options->threads, plan->threads);
    if (plan->requests == 0 &&
        (plan->refusal_statuses.count > 0 || options->expect_statuses.count > 0 ||
         options->refusal_text != NULL))
        notices_add(
            notices,
            "--refusal-status, --refusal-text and --expect-status have no effect: -r 0 sends no "
            "request");
    note_early_data(plan, options, notices);
}

bool plan_build(struct plan *plan, const struct options *options, struct notices *notices,
                struct error *err)
{
    *plan = (struct plan){0};
    bool ok = plan_check_stdin(options, err) && plan_build_target(plan, options, err) &&
              plan_build_load(plan, options, err) && plan_build_request(plan, options, err) &&
              plan_build_verification(plan, options, notices, err) &&
              plan_build_identities(plan, options, notices, err) &&
              plan_build_tls(plan, options, notices, err) &&
              plan_build_network(plan, options, notices, err) &&
              plan_build_reload(plan, options, err);
    if (ok) {
        note_idle(plan, options, notices);
        plan_note_ends(plan, notices);
    }
    return ok;
}
