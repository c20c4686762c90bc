/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where BoringSSL's memory comes from. Most of what a session allocates is gone once its handshake
 * is complete, and with many handshakes at once glibc's allocator leaves as much memory in holes
 * between open sessions as these take. jemalloc, which stands in for malloc in the whole program,
 * keeps sizes apart and gives back pages that are empty. A build without it, as one with
 * sanitizers, gives BoringSSL malloc's. Where memory runs out, the program ends in either.
 */
#ifndef PINLOAD_TLS_ALLOCATION_H
#define PINLOAD_TLS_ALLOCATION_H

/* allocation_keep_next says that what BoringSSL allocates next on this thread outlives a handshake.
 * It is then put beside what lives as long. */
void allocation_keep_next(void);

#endif
