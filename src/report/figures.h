/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers formatted for people: thousands separators, three significant digits, the unit that keeps
 * a number short. Every function writes a short C string, UTF-8, into the caller's memory.
 */
#ifndef PINLOAD_REPORT_FIGURES_H
#define PINLOAD_REPORT_FIGURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FIGURE_LEN 40

/* figure_count writes "18,412". */
void figure_count(char out[static FIGURE_LEN], uint64_t count);

/* figure_rate writes "1,841/s", "12.5/s", "0.25/s". */
void figure_rate(char out[static FIGURE_LEN], double per_second);

/* figure_load writes the load of a stage: "200/s", "100/s to 290/s", "10 to 59". */
void figure_load(char out[static 2 * FIGURE_LEN], double from, double to, bool of_connections);

/* figure_time writes nanoseconds as "0.30 µs", "33.1 ms", "1.20 s". */
void figure_time(char out[static FIGURE_LEN], double time_ns);

/* figure_time_exact writes the same with all its digits: "20.00041 ms". */
void figure_time_exact(char out[static FIGURE_LEN], double time_ns);

/* figure_seconds writes a length of time in seconds, "10.0 s" or "86,400 s". */
void figure_seconds(char out[static FIGURE_LEN], double seconds);

/* figure_bytes writes "12.3 MB", in powers of 1000. */
void figure_bytes(char out[static FIGURE_LEN], uint64_t bytes);

/* figure_utc writes ISO 8601 in UTC with milliseconds: "2026-01-31T09:30:00.250Z". */
void figure_utc(char out[static FIGURE_LEN], uint64_t wall_ns);

/* figures_count_requests says whether reports show requests first for SESSIONS that made so many
 * REQUESTS: kept-alive ones. All reports decide it here. */
bool figures_count_requests(uint64_t sessions, uint64_t requests);

/* figure_columns returns how many columns TEXT takes: one per character, not per byte. */
size_t figure_columns(const char *text);

#endif
