/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/tickets.h"

#include "base/memory.h"

#include <openssl/ssl.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* The limit for single-use tickets: if more arrive than are used, the oldest are dropped. */
#define MOST_PER_IDENTITY 256
#define LEAST_PER_IDENTITY 4
#define MOST_IN_ALL 65536

/* A stack of sessions; the newest is offered first, since it expires last. */
struct pile {
    SSL_SESSION **sessions;
    uint16_t count;
    uint16_t capacity;
};

struct tickets {
    struct pile *piles;
    size_t num_identities;
    size_t most_per_identity;
};

static size_t share_of(size_t num_identities)
{
    size_t share = MOST_IN_ALL / num_identities;
    if (share > MOST_PER_IDENTITY)
        return MOST_PER_IDENTITY;
    return share < LEAST_PER_IDENTITY ? LEAST_PER_IDENTITY : share;
}

struct tickets *tickets_new(size_t num_identities)
{
    struct tickets *tickets = memory_new(1, sizeof *tickets);
    tickets->num_identities = num_identities ? num_identities : 1;
    tickets->most_per_identity = share_of(tickets->num_identities);
    tickets->piles = memory_new(tickets->num_identities, sizeof *tickets->piles);
    return tickets;
}

void tickets_drop_all(struct tickets *tickets)
{
    for (size_t i = 0; i < tickets->num_identities; i++) {
        struct pile *pile = &tickets->piles[i];
        while (pile->count > 0)
            SSL_SESSION_free(pile->sessions[--pile->count]);
    }
}

void tickets_free(struct tickets *tickets)
{
    if (tickets == NULL)
        return;
    tickets_drop_all(tickets);
    for (size_t i = 0; i < tickets->num_identities; i++)
        free(tickets->piles[i].sessions);
    free(tickets->piles);
    free(tickets);
}

static void drop_oldest(struct pile *pile)
{
    SSL_SESSION_free(pile->sessions[0]);
    memmove(pile->sessions, pile->sessions + 1, --pile->count * sizeof *pile->sessions);
}

void tickets_put(struct tickets *tickets, size_t identity, struct ssl_session_st *session)
{
    struct pile *pile = &tickets->piles[identity];
    size_t most = SSL_SESSION_should_be_single_use(session) ? tickets->most_per_identity : 1;
    while (pile->count >= most)
        drop_oldest(pile);
    if (pile->count == pile->capacity) {
        pile->capacity = pile->capacity ? (uint16_t)(pile->capacity * 2) : 2;
        pile->sessions = memory_resize(pile->sessions, pile->capacity * sizeof *pile->sessions);
    }
    pile->sessions[pile->count++] = session;
}

static int is_alive(const SSL_SESSION *session)
{
    uint64_t now = (uint64_t)time(NULL);
    return now < SSL_SESSION_get_time(session) + SSL_SESSION_get_timeout(session);
}

struct ssl_session_st *tickets_take(struct tickets *tickets, size_t identity)
{
    struct pile *pile = &tickets->piles[identity];
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
