/* SPDX-License-Identifier: Apache-2.0 */
#include "report/text/progress.h"

#include "report/figures.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>

#define RED "\033[31m"
#define PLAIN "\033[0m"
#define WIPE "\r\033[K"
#define LINE_LEN 512
#define USUAL_COLUMNS 80

/* The parts of the line. The least important ones are dropped first if there is not enough room. */
struct detail {
    unsigned num_names; /* of failures; 0: only their number */
    bool in_flight, left, latency, rate, refused;
};

/* Appends to the text in OUT, as much as there is room for. */
static void add(char out[static LINE_LEN], const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void add(char out[static LINE_LEN], const char *format, ...)
{
    va_list args;
    size_t len = strlen(out);
    va_start(args, format);
    vsnprintf(out + len, LINE_LEN - len, format, args);
    va_end(args);
}

/* --- failures --------------------------------------------------------------------------------- */

static uint64_t count_failures(const struct progress_moment *moment, unsigned *out_num_names)
{
    uint64_t failed = 0;
    *out_num_names = 0;
    for (int i = 0; i < NUM_OUTCOMES; i++) {
        failed += moment->failures[i];
        *out_num_names += moment->failures[i] > 0;
    }
    return failed;
}

/* The most frequent of those that are not in TOLD yet. */
static int most_frequent(const struct progress_moment *moment, const bool told[NUM_OUTCOMES])
{
    int most = -1;
    for (int i = 0; i < NUM_OUTCOMES; i++) {
        bool counts = moment->failures[i] > 0 && !told[i];
        if (counts && (most < 0 || moment->failures[i] > moment->failures[most]))
            most = i;
    }
    return most;
}

/* "12 connect_refused, 3 reset, 2 more": the most frequent first, NUM_NAMES of them by name. */
static void tell_failures(const struct progress_moment *moment, unsigned num_names,
                          char out[static LINE_LEN])
{
    char count[FIGURE_LEN];
    bool told[NUM_OUTCOMES] = {false};
    unsigned num_failures;
    uint64_t rest = count_failures(moment, &num_failures);
    out[0] = '\0';
    for (unsigned i = 0; i < num_names && i < num_failures; i++) {
        int next = most_frequent(moment, told);
        told[next] = true;
        rest -= moment->failures[next];
        figure_count(count, moment->failures[next]);
        add(out, "%s%s %s", i == 0 ? "  " : ", ", count, outcome_name((enum outcome)next));
    }
    figure_count(count, rest);
    if (rest > 0 && num_names > 0)
        add(out, ", %s more", count);
    else if (rest > 0)
        add(out, "  %s failed", count);
}

/* --- the line --------------------------------------------------------------------------------- */

/* What is left of the run, by the limit that is nearer. */
static double seconds_left(const struct progress *progress, const struct progress_moment *moment)
{
    double left = INFINITY;
    if (progress->duration_s > 0)
        left = progress->duration_s - moment->elapsed_s;
    if (progress->total_sessions > 0 && moment->ended > 0)
        left = fmin(left, ((double)progress->total_sessions - (double)moment->ended) /
                              ((double)moment->ended / moment->elapsed_s));
    return fmax(left, 0);
}

static void tell_rate(const struct progress *progress, const struct progress_moment *moment,
                      char out[static FIGURE_LEN])
{
    double since_s = moment->elapsed_s - progress->last_elapsed_s;
    uint64_t ended = moment->ended - progress->last_ended;
    uint64_t responses = moment->responses - progress->last_responses;
    bool is_of_requests = figures_count_requests(ended, responses);
    double count = (double)(is_of_requests ? responses : ended);
    char number[FIGURE_LEN];
    figure_count(number, since_s > 0 ? (uint64_t)llround(count / since_s) : 0);
    snprintf(out, FIGURE_LEN, "%.24s%s/s", number, is_of_requests ? " requests" : "");
}

static void tell_figures(const struct progress *progress, const struct progress_moment *moment,
                         struct detail detail, char out[static LINE_LEN])
{
    char one[FIGURE_LEN], other[FIGURE_LEN];
    double left = seconds_left(progress, moment);
    snprintf(out, LINE_LEN, "%.0f s", moment->elapsed_s);
    if (detail.left && isfinite(left))
        add(out, " %.0f s left", left);
    if (detail.rate) {
        tell_rate(progress, moment, one);
        add(out, "  %s", one);
    }
    if (detail.in_flight) {
        figure_count(one, moment->in_flight);
        add(out, "  %s open", one);
    }
    if (detail.refused && moment->refused > 0) {
        figure_count(one, moment->refused);
        add(out, "  %s refused", one);
    }
    if (detail.latency && isfinite(moment->p50_ns)) {
        figure_time(one, moment->p50_ns);
        figure_time(other, moment->p99_ns);
        add(out, "  p50 %s p99 %s", one, other);
    }
}

/* leave_out drops the least important part of DETAIL; false if only the time is left. */
static bool leave_out(struct detail *detail)
{
    bool *const parts[] = {&detail->in_flight, &detail->left, &detail->latency, &detail->rate,
                           &detail->refused};
    if (detail->num_names > 1) {
        detail->num_names--;
        return true;
    }
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (i == 2 && detail->num_names > 0) {
            detail->num_names = 0;
            return true;
        }
        if (*parts[i]) {
            *parts[i] = false;
            return true;
        }
    }
    return false;
}

void progress_line(const struct progress *progress, const struct progress_moment *moment, char *out,
                   size_t out_len)
{
    char figures[LINE_LEN], failures[LINE_LEN];
    struct detail detail = {
        .in_flight = true, .left = true, .latency = true, .rate = true, .refused = true};
    if (moment->elapsed_s < 0) {
        snprintf(out, out_len, "starts in %.0f s", -moment->elapsed_s);
        return;
    }
    count_failures(moment, &detail.num_names);
    do {
        tell_figures(progress, moment, detail, figures);
        tell_failures(moment, detail.num_names, failures);
    } while (progress->columns > 0 &&
             figure_columns(figures) + figure_columns(failures) > progress->columns &&
             leave_out(&detail));
    bool is_red = progress->colour && failures[0] != '\0';
    snprintf(out, out_len, "%s%s%s%s", figures, is_red ? RED : "", failures, is_red ? PLAIN : "");
}

/* --- printing it ------------------------------------------------------------------------------ */

/* A terminal can be resized during the run. Its last column stays free: some wrap after it. */
static unsigned columns_of(FILE *terminal)
{
    struct winsize size;
    bool is_known = ioctl(fileno(terminal), TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
    return (is_known ? size.ws_col : USUAL_COLUMNS) - 1;
}

void progress_tell(struct progress *progress, const struct progress_moment *moment, bool is_last)
{
    char line[2 * LINE_LEN];
    if (is_last) {
        if (progress->is_drawn)
            fputs(WIPE, progress->out);
        fflush(progress->out);
        return;
    }
    progress->columns = progress->redraws ? columns_of(progress->out) : 0;
    progress_line(progress, moment, line, sizeof line);
    fprintf(progress->out, progress->redraws ? WIPE "%s" : "%s\n", line);
    fflush(progress->out);
    progress->is_drawn = progress->redraws;
    progress->last_ended = moment->ended;
    progress->last_responses = moment->responses;
    progress->last_elapsed_s = moment->elapsed_s;
}
