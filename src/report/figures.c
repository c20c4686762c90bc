/* SPDX-License-Identifier: Apache-2.0 */
#include "report/figures.h"

#include "base/clock.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

void figure_count(char out[static FIGURE_LEN], uint64_t count)
{
    char digits[24];
    int len = snprintf(digits, sizeof digits, "%" PRIu64, count);
    for (int i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0)
            *out++ = ',';
        *out++ = digits[i];
    }
    *out = '\0';
}

/* Three significant digits, at most two of them decimals. */
static int decimals_of(double value)
{
    if (value < 9.995)
        return 2;
    return value < 99.95 ? 1 : 0;
}

static void append_number(char out[static FIGURE_LEN], double value, const char *unit)
{
    if (value >= 999.5 && value < 1e18)
        figure_count(out, (uint64_t)llround(value));
    else
        snprintf(out, FIGURE_LEN, "%.*f", decimals_of(value), value);
    size_t len = strlen(out);
    snprintf(out + len, FIGURE_LEN - len, "%s", unit);
}

void figure_rate(char out[static FIGURE_LEN], double per_second)
{
    append_number(out, per_second, "/s");
}

void figure_time(char out[static FIGURE_LEN], double time_ns)
{
    double us = time_ns / 1e3;
    if (us < 999.5)
        append_number(out, us, " µs");
    else if (us < 999.5e3)
        append_number(out, us / 1e3, " ms");
    else
        append_number(out, us / 1e6, " s");
}

void figure_time_exact(char out[static FIGURE_LEN], double time_ns)
{
    double us = time_ns / 1e3;
    if (us < 999.5)
        snprintf(out, FIGURE_LEN, "%.10g µs", us);
    else if (us < 999.5e3)
        snprintf(out, FIGURE_LEN, "%.10g ms", us / 1e3);
    else
        snprintf(out, FIGURE_LEN, "%.10g s", us / 1e6);
}

void figure_seconds(char out[static FIGURE_LEN], double seconds)
{
    if (seconds > 0 && seconds < 0.95)
        figure_time(out, seconds * (double)NS_PER_S);
    else if (seconds < 999.5)
        snprintf(out, FIGURE_LEN, "%.1f s", seconds);
    else
        append_number(out, seconds, " s");
}

void figure_bytes(char out[static FIGURE_LEN], uint64_t bytes)
{
    static const char *const units[] = {" B", " kB", " MB", " GB", " TB"};
    double value = (double)bytes;
    size_t unit = 0;
    while (value >= 999.5 && unit + 1 < sizeof units / sizeof units[0]) {
        value /= 1000;
        unit++;
    }
    if (unit == 0)
        snprintf(out, FIGURE_LEN, "%" PRIu64 " B", bytes);
    else
        append_number(out, value, units[unit]);
}

void figure_utc(char out[static FIGURE_LEN], uint64_t wall_ns)
{
    time_t seconds = (time_t)(wall_ns / NS_PER_S);
    struct tm parts = {0};
    gmtime_r(&seconds, &parts);
    size_t len = strftime(out, FIGURE_LEN, "%Y-%m-%dT%H:%M:%S", &parts);
    snprintf(out + len, FIGURE_LEN - len, ".%03uZ", (unsigned)(wall_ns % NS_PER_S / NS_PER_MS));
}

bool figures_count_requests(uint64_t sessions, uint64_t requests)
{
    return requests / 2 > sessions || (requests / 2 == sessions && requests % 2 == 1);
}

size_t figure_columns(const char *text)
{
    size_t columns = 0;
    for (; *text != '\0'; text++) {
        if (((unsigned char)*text & 0xc0) != 0x80)
            columns++;
    }
    return columns;
}

void figure_load(char out[static 2 * FIGURE_LEN], double from, double to, bool of_connections)
{
    char first[FIGURE_LEN], second[FIGURE_LEN];
    if (of_connections) {
        figure_count(first, (uint64_t)(from + 0.5));
        figure_count(second, (uint64_t)(to + 0.5));
    } else {
        figure_rate(first, from);
        figure_rate(second, to);
    }
    if (from == to)
        snprintf(out, 2 * FIGURE_LEN, "%s%s", first, of_connections ? " open" : "");
    else
        snprintf(out, 2 * FIGURE_LEN, "%.37s to %.37s", first, second);
}
