/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/tickets.h"

#include "base/memory.h"

#include <openssl/ssl.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* The limit for single-use tickets: if more arrive than are used, the oldest are dropped. */
#define MOST_PER_PILE 256
#define LEAST_PER_PILE 4
#define MOST_IN_ALL 65536

/* A stack of sessions; the newest is offered first, since it expires last. */
struct pile {
    SSL_SESSION **sessions;
    uint16_t count;
    uint16_t capacity;
};

struct tickets {
    struct pile *piles; /* for each identity, one for each address */
    size_t num_piles;
    size_t num_addresses;
    size_t most_per_pile;
};

static size_t share_of(size_t num_piles)
{
    size_t share = MOST_IN_ALL / num_piles;
    if (share > MOST_PER_PILE)
        return MOST_PER_PILE;
    return share < LEAST_PER_PILE ? LEAST_PER_PILE : share;
}

struct tickets *tickets_new(size_t num_identities, size_t num_addresses)
{
    struct tickets *tickets = memory_new(1, sizeof *tickets);
    tickets->num_addresses = num_addresses ? num_addresses : 1;
    tickets->num_piles = (num_identities ? num_identities : 1) * tickets->num_addresses;
    tickets->most_per_pile = share_of(tickets->num_piles);
    tickets->piles = memory_new(tickets->num_piles, sizeof *tickets->piles);
    return tickets;
}

static struct pile *pile_of(const struct tickets *tickets, size_t identity, size_t address)
{
    return &tickets->piles[identity * tickets->num_addresses + address];
}

static void empty_pile(struct pile *pile)
{
    while (pile->count > 0)
        SSL_SESSION_free(pile->sessions[--pile->count]);
}

void tickets_drop(struct tickets *tickets, size_t identity)
{
    for (size_t i = 0; i < tickets->num_addresses; i++)
        empty_pile(pile_of(tickets, identity, i));
}

void tickets_drop_all(struct tickets *tickets)
{
    for (size_t i = 0; i < tickets->num_piles; i++)
        empty_pile(&tickets->piles[i]);
}

void tickets_free(struct tickets *tickets)
{
    if (tickets == NULL)
        return;
    tickets_drop_all(tickets);
    for (size_t i = 0; i < tickets->num_piles; i++)
        free(tickets->piles[i].sessions);
    free(tickets->piles);
    free(tickets);
}

static void drop_oldest(struct pile *pile)
{
    SSL_SESSION_free(pile->sessions[0]);
    memmove(pile->sessions, pile->sessions + 1, --pile->count * sizeof *pile->sessions);
}

void tickets_put(struct tickets *tickets, size_t identity, size_t address,
                 struct ssl_session_st *session)
{
    struct pile *pile = pile_of(tickets, identity, address);
    size_t most = SSL_SESSION_should_be_single_use(session) ? tickets->most_per_pile : 1;
    while (pile->count >= most)
        drop_oldest(pile);
    if (pile->count == pile->capacity) {
        pile->capacity = pile->capacity ? (uint16_t)(pile->capacity * 2) : 2;
        pile->sessions = memory_resize(pile->sessions, pile->capacity * sizeof *pile->sessions);
    }
    pile->sessions[pile->count++] = session;
}

bool tickets_has(const struct tickets *tickets, size_t identity, size_t address)
{
    return pile_of(tickets, identity, address)->count > 0;
}

static int is_alive(const SSL_SESSION *session)
{
    uint64_t now = (uint64_t)time(NULL);
    return now < SSL_SESSION_get_time(session) + SSL_SESSION_get_timeout(session);
}

struct ssl_session_st *tickets_take(struct tickets *tickets, size_t identity, size_t address)
{
    struct pile *pile = pile_of(tickets, identity, address);
    while (pile->count > 0) {
        SSL_SESSION *session = pile->sessions[pile->count - 1];
        if (is_alive(session) && !SSL_SESSION_should_be_single_use(session)) {
            SSL_SESSION_up_ref(session);
            return session;
        }
        pile->count--;
        if (is_alive(session))
            return session;
        SSL_SESSION_free(session);
    }
    return NULL;
}
