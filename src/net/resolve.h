/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Name resolution, once, before the run: a load test of an endpoint is not one of a resolver.
 */
#ifndef PINLOAD_NET_RESOLVE_H
#define PINLOAD_NET_RESOLVE_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#define ADDRESS_TEXT_LEN 64

struct address {
    struct sockaddr_storage storage;
};

/* A zeroed list is empty. */
struct address_list {
    struct address *items;
    size_t count;
};

/* resolve_host returns the addresses of HOST (a name or a literal), in the order of the system's
 * resolver (RFC 6724). False sets ERR. */
bool resolve_host(struct address_list *list, const char *host, uint16_t port, struct error *err);

/* resolve_sources parses source addresses: ADDR[,ADDR…] or ADDR-ADDR (the last byte counts up, at
 * most 256). False sets ERR. */
bool resolve_sources(struct address_list *list, const char *text, struct error *err);

void address_list_cleanup(struct address_list *list);

/* address_text writes ADDR:PORT or [ADDR]:PORT, without the port if it is 0. */
void address_text(const struct address *address, char out[static ADDRESS_TEXT_LEN]);

#endif
