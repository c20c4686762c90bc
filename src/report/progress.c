/* SPDX-License-Identifier: Apache-2.0 */
#include "report/progress.h"

#include "report/figures.h"

#include <math.h>
#include <string.h>

#define RED "\033[31m"
#define PLAIN "\033[0m"
#define WIPE "\r\033[K"

/* The most frequent failure, by name, and how many of others there are. */
static void name_failures(const struct progress *progress, const struct progress_moment *moment,
                          char *out, size_t out_len)
{
    char count[FIGURE_LEN];
    int most = -1;
    for (int i = 0; i < NUM_OUTCOMES; i++) {
        if (outcome_class((enum outcome)i, false) == CLASS_FAILED && moment->outcomes[i] > 0 &&
            (most < 0 || moment->outcomes[i] > moment->outcomes[most]))
            most = i;
    }
    out[0] = '\0';
    if (most < 0)
        return;
    bool several = moment->outcomes[most] < moment->failed;
    figure_count(count, moment->failed);
    snprintf(out, out_len, "  %s%s failed: %s%s%s", progress->colour ? RED : "", count,
             outcome_name((enum outcome)most), several ? " …" : "", progress->colour ? PLAIN : "");
}

/* What is left of the run, by whichever bound is nearer. */
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

void progress_line(const struct progress *progress, const struct progress_moment *moment, char *out,
                   size_t out_len)
{
    char left_text[32] = "", rate[FIGURE_LEN], in_flight[FIGURE_LEN], failures[128];
    char latency[96] = "", p50[FIGURE_LEN], p99[FIGURE_LEN];
    double since_s = moment->elapsed_s - progress->last_elapsed_s;
    double left = seconds_left(progress, moment);
    if (moment->elapsed_s < 0) {
        snprintf(out, out_len, "begins in %.0f s", -moment->elapsed_s);
        return;
    }
    if (isfinite(left))
        snprintf(left_text, sizeof left_text, " %.0f s left", left);
    figure_count(rate, since_s > 0
                           ? (uint64_t)((double)(moment->ended - progress->last_ended) / since_s)
                           : 0);
    figure_count(in_flight, moment->in_flight);
    if (moment->p50_ns > 0) {
        figure_time(p50, moment->p50_ns);
        figure_time(p99, moment->p99_ns);
        snprintf(latency, sizeof latency, "  hs p50 %s p99 %s", p50, p99);
    }
    name_failures(progress, moment, failures, sizeof failures);
    snprintf(out, out_len, "%.0f s%s  %s/s  %s open%s%s", moment->elapsed_s, left_text, rate,
             in_flight, latency, failures);
}

void progress_tell(struct progress *progress, const struct progress_moment *moment, bool is_last)
{
    char line[512];
    if (is_last) {
        if (progress->is_drawn)
            fputs(WIPE, progress->out);
        fflush(progress->out);
        return;
    }
    progress_line(progress, moment, line, sizeof line);
    fprintf(progress->out, progress->redraws ? WIPE "%s" : "%s\n", line);
    fflush(progress->out);
    progress->is_drawn = progress->redraws;
    progress->last_ended = moment->ended;
    progress->last_elapsed_s = moment->elapsed_s;
}
