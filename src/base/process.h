/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The resources of this process, as the kernel reports them, and its signals.
 */
#ifndef PINLOAD_BASE_PROCESS_H
#define PINLOAD_BASE_PROCESS_H

#include <stdint.h>
#include <sys/time.h>

/* process_rss returns the resident set in bytes, 0 if /proc is not available. */
uint64_t process_rss(void);

/* process_descriptors returns how many file descriptors are open. */
uint64_t process_descriptors(void);

/* process_local_ports returns how many ports the kernel assigns per source address, 0 if /proc is
 * not available. */
uint64_t process_local_ports(void);

/* process_spare_once ignores one SIGINT and one SIGTERM from now on, so that a report that is being
 * written is not lost; the next one ends the process as usual. Handlers that someone else has
 * installed are kept. */
void process_spare_once(void);

/* process_seconds_between returns the time from one reading of CPU time to another. */
double process_seconds_between(struct timeval from, struct timeval to);

#endif
