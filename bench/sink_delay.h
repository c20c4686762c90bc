/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Connections that wait before anything is read from them: each for the same time, and one of so
 * many for another; and, if so many a second are served, for their turn. They come back in the order in which they are due. Knows nothing of sockets and
 * TLS.
 */
#ifndef PINLOAD_BENCH_SINK_DELAY_H
#define PINLOAD_BENCH_SINK_DELAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sink_options;

struct sink_delay; /* NULL: nothing waits */

/* sink_delay_new makes room for MOST descriptors; NULL where no delay is asked for. */
struct sink_delay *sink_delay_new(const struct sink_options *options, size_t most);
void sink_delay_free(struct sink_delay *delay);

/* sink_delay_add makes FD wait from NOW_NS on. */
void sink_delay_add(struct sink_delay *delay, int fd, uint64_t now_ns);

/* sink_delay_next takes one that is due at NOW_NS; false: there is none. */
bool sink_delay_next(struct sink_delay *delay, uint64_t now_ns, int *out_fd);

/* sink_delay_until returns how long it is from NOW_NS until one is due, MOST_NS at most. */
uint64_t sink_delay_until(const struct sink_delay *delay, uint64_t now_ns, uint64_t most_ns);

#endif
