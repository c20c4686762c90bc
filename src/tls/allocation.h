/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory allocation for BoringSSL. Most of what a session allocates is freed once its handshake is
 * complete, and with many handshakes at once glibc's allocator leaves as much memory in holes
 * between open sessions as these take. jemalloc, which replaces malloc in the whole program,
 * separates sizes and returns empty pages. A build without it, as with sanitizers, uses malloc. In
 * either case the program ends if memory runs out.
 */
#ifndef PINLOAD_TLS_ALLOCATION_H
#define PINLOAD_TLS_ALLOCATION_H

/* allocation_keep_next says that BoringSSL's next allocation on this thread outlives the handshake.
 * It is then placed together with others that do. */
void allocation_keep_next(void);

#endif
