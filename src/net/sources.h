/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The addresses that connections come from: whether they are this machine's, which addresses can be
 * reached from them, and whose turn it is. A connection's two ends are of one family.
 */
#ifndef PINLOAD_NET_SOURCES_H
#define PINLOAD_NET_SOURCES_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

struct address;
struct address_list;

/* sources_check binds each of SOURCES once. False sets ERR: one cannot be used on this machine. */
bool sources_check(const struct address_list *sources, struct error *err);

/* sources_drop_unreachable drops from ADDRESSES, a host's, those of a family of which none of
 * SOURCES is. False sets ERR: none is left; then they stay as they are. */
bool sources_drop_unreachable(const struct address_list *sources, struct address_list *addresses,
                              struct error *err);

/* sources_take returns the next of SOURCES that can reach TO, in turn: *NEXT counts. NULL: none can.
 */
const struct address *sources_take(const struct address_list *sources, const struct address *to,
                                   size_t *next);

#endif
