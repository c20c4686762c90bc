/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The source addresses of connections: whether this machine has them, which targets they reach, and
 * whose turn it is. Both ends of a connection are of the same family.
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

/* sources_drop_unreachable removes from ADDRESSES, those of a host, the ones whose family none of
 * SOURCES has. False sets ERR: none is left; ADDRESSES is then unchanged. */
bool sources_drop_unreachable(const struct address_list *sources, struct address_list *addresses,
                              struct error *err);

/* sources_take returns the next of SOURCES that can reach TO, in turn; *NEXT counts. NULL: none
 * can. */
const struct address *sources_take(const struct address_list *sources, const struct address *to,
                                   size_t *next);

#endif
