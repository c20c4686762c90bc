/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What this process holds, as the kernel accounts it, and what signals do to it.
 */
#ifndef PINLOAD_BASE_PROCESS_H
#define PINLOAD_BASE_PROCESS_H

#include <stdint.h>

/* process_rss returns the resident set in bytes, 0 where /proc does not tell. */
uint64_t process_rss(void);

/* process_descriptors returns how many file descriptors are open. */
uint64_t process_descriptors(void);

/* process_local_ports returns how many ports the kernel gives out for one source address, 0 where
 * /proc does not tell. */
uint64_t process_local_ports(void);

/* process_spare_once lets one SIGINT and one SIGTERM pass from now on, so that a report that is being
 * written is not lost; the next of its kind ends the process as ever. What somebody else has set
 * for them stays. */
void process_spare_once(void);

#endif
