/* SPDX-License-Identifier: Apache-2.0 */
#include "report/diff_words.h"

#include "diff/diff_result.h"

#include <math.h>
#include <stdio.h>

/* Below a tenth of a per cent two decimals, below ten one. */
static int decimals(double percent)
{
    double size = fabs(percent);
    return size < 0.095 ? 2 : size < 9.95 ? 1 : 0;
}

void diff_words_value(char out[static FIGURE_LEN], const struct diff_figure *figure, int side)
{
    double value = figure->values[side];
    if (!isfinite(value))
        snprintf(out, FIGURE_LEN, "-");
    else if (figure->scale == DIFF_TIME)
        figure_time(out, value);
    else if (figure->scale == DIFF_RATE)
        figure_rate(out, value);
    else
        snprintf(out, FIGURE_LEN, "%.*f%%", value == 0 ? 0 : decimals(value * 100), value * 100);
}

void diff_words_change(char out[static FIGURE_LEN], double change)
{
    double percent = change * 100, digits = decimals(percent), by = pow(10, digits);
    double rounded = round(percent * by) / by;
    if (rounded > 999)
        snprintf(out, FIGURE_LEN, ">999%%");
    else if (rounded == 0)
        snprintf(out, FIGURE_LEN, "0%%");
    else
        snprintf(out, FIGURE_LEN, "%+.*f%%", (int)digits, rounded);
}

void diff_words_interval(char out[static 2 * FIGURE_LEN], const struct diff_figure *figure)
{
    char low[FIGURE_LEN], high[FIGURE_LEN];
    diff_words_change(low, figure->ci95.low);
    diff_words_change(high, figure->ci95.high);
    snprintf(out, (size_t)2 * FIGURE_LEN, "[%.30s, %.30s]", low, high);
}

const char *diff_words_verdict(const struct diff_figure *figure)
{
    static const char *const words[] = {
        [DIFF_UNKNOWN] = "not known", [DIFF_NONE_SEEN] = "none seen", [DIFF_WORSE] = "worse",
        [DIFF_BETTER] = "better",     [DIFF_CHANGED] = "changed",
    };
    return words[figure->verdict];
}
