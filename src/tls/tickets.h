/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The client's session cache: for each identity, the tickets (TLS 1.3 and 1.2) or session IDs (1.2)
 * that each address of one endpoint issued for it. It belongs to one thread and one endpoint, so that
 * a ticket is never offered for another identity or to another server.
 */
#ifndef PINLOAD_TLS_TICKETS_H
#define PINLOAD_TLS_TICKETS_H

#include <stdbool.h>
#include <stddef.h>

struct ssl_session_st;
struct tickets;

/* tickets_new makes a cache for identities below NUM_IDENTITIES and addresses below NUM_ADDRESSES, or
 * for one address if it is 0. */
struct tickets *tickets_new(size_t num_identities, size_t num_addresses);
void tickets_free(struct tickets *tickets);

/* tickets_put stores SESSION, which ADDRESS issued, and takes ownership; if there are too many, the
 * oldest is dropped. */
void tickets_put(struct tickets *tickets, size_t identity, size_t address,
                 struct ssl_session_st *session);

/* tickets_take returns a session that ADDRESS issued, or NULL; the caller frees it. A TLS 1.3 ticket
 * is returned once (RFC 8446, C.4), a TLS 1.2 session again and again until it expires. */
struct ssl_session_st *tickets_take(struct tickets *tickets, size_t identity, size_t address);

/* tickets_has says whether there is one of ADDRESS for IDENTITY. */
bool tickets_has(const struct tickets *tickets, size_t identity, size_t address);

/* tickets_drop drops those of IDENTITY. */
void tickets_drop(struct tickets *tickets, size_t identity);

/* tickets_drop_all drops all tickets. */
void tickets_drop_all(struct tickets *tickets);

#endif
