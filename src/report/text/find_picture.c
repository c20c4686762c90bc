/* SPDX-License-Identifier: Apache-2.0 */
#include "report/text/find_picture.h"

#include "find/find_result.h"
#include "report/find_words.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#define WIDTH 62
#define HEIGHT 12
#define LABEL 10

struct scale {
    double low, high; /* logarithms */
};

struct picture {
    struct scale x, y;
    char cells[HEIGHT][WIDTH + 1];
};

static void widen(struct scale *scale, double value)
{
    scale->low = fmin(scale->low, log(value));
    scale->high = fmax(scale->high, log(value));
}

static int place(const struct scale *scale, double value, int count)
{
    double range = scale->high - scale->low;
    double share = range > 0 ? (log(value) - scale->low) / range : 0.5;
    return (int)lround(share * (count - 1));
}

static bool is_drawn(const struct find_stage *stage)
{
    return isfinite(stage->p50_ns) && stage->p50_ns > 0 && stage->p99_ns > 0;
}

static void set(struct picture *picture, double load, double time_ns, char mark)
{
    int row = HEIGHT - 1 - place(&picture->y, time_ns, HEIGHT);
    picture->cells[row][place(&picture->x, load, WIDTH)] = mark;
}

static size_t set_scales(struct picture *picture, const struct find_result *result)
{
    size_t count = 0;
    picture->x = picture->y = (struct scale){INFINITY, -INFINITY};
    for (size_t i = 0; i < result->num_stages; i++) {
        const struct find_stage *stage = &result->stages[i];
        if (!is_drawn(stage))
            continue;
        widen(&picture->x, stage->load);
        widen(&picture->y, stage->p50_ns);
        widen(&picture->y, stage->p99_ns);
        count++;
    }
    if (count > 0 && isfinite(result->latency_limit_ns))
        widen(&picture->y, result->latency_limit_ns);
    return count;
}

/* The marks of stages that broke are set last, and those of p99 over those of p50. */
static void draw(struct picture *picture, const struct find_result *result)
{
    memset(picture->cells, ' ', sizeof picture->cells);
    if (isfinite(result->latency_limit_ns))
        memset(picture->cells[HEIGHT - 1 - place(&picture->y, result->latency_limit_ns, HEIGHT)],
               '-', WIDTH);
    for (int pass = 0; pass < 3; pass++) {
        for (size_t i = 0; i < result->num_stages; i++) {
            const struct find_stage *stage = &result->stages[i];
            bool held = stage->cause == STAGE_HELD;
            if (!is_drawn(stage))
                continue;
            if (pass == 0)
                set(picture, stage->load, stage->p50_ns, '.');
            else if (held == (pass == 1))
                set(picture, stage->load, stage->p99_ns, held ? 'o' : 'x');
        }
    }
}

static void print_row(FILE *out, const struct picture *picture, const struct find_result *result,
                      int row)
{
    char label[FIGURE_LEN] = "";
    if (row == 0)
        figure_time(label, exp(picture->y.high));
    else if (row == HEIGHT - 1)
        figure_time(label, exp(picture->y.low));
    else if (isfinite(result->latency_limit_ns) &&
             row == HEIGHT - 1 - place(&picture->y, result->latency_limit_ns, HEIGHT))
        figure_time(label, result->latency_limit_ns);
    int last = WIDTH - 1;
    while (last >= 0 && picture->cells[row][last] == ' ')
        last--;
    int pad = LABEL - (int)figure_columns(label);
    fprintf(out, "%*s%s |%.*s\n", pad > 0 ? pad : 0, "", label, last + 1, picture->cells[row]);
}

void find_picture(FILE *out, const struct find_result *result)
{
    struct picture picture;
    char low[FIGURE_LEN], high[FIGURE_LEN];
    if (set_scales(&picture, result) < 2)
        return;
    draw(&picture, result);
    fprintf(out, "\n%s by %s: . p50, o p99 where it held, x p99 where it broke%s\n",
            result->latency, result->by_connections ? "connections" : "rate",
            isfinite(result->latency_limit_ns) ? ", --- the SLO" : "");
    for (int row = 0; row < HEIGHT; row++)
        print_row(out, &picture, result, row);
    find_words_load(low, result, exp(picture.x.low));
    find_words_load(high, result, exp(picture.x.high));
    fprintf(out, "%*s +%.*s\n", LABEL, "", WIDTH,
            "--------------------------------------------------------------------------------");
    fprintf(out, "%*s  %s%*s\n\n", LABEL, "", low, WIDTH - (int)figure_columns(low), high);
}
