/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the sessions of one plan share within a worker: keys, trust anchors, TLS context with its
 * tickets, tally, environment. A run has one in each worker; a comparison of plans has one for each
 * arm, so that no arm finds the caches warmer than another.
 */
#ifndef PINLOAD_ENGINE_OUTFIT_H
#define PINLOAD_ENGINE_OUTFIT_H

#include "base/error.h"
#include "engine/session_env.h"

#include <stdatomic.h>
#include <stdbool.h>

struct identity_set;
struct net_loop;
struct revision;
struct revision_desk;
struct random;
struct session_start;
struct trust;
struct verify_policy;

struct outfit {
    const struct plan *plan;
    struct identity_set *identities; /* its own copies of the keys */
    struct trust *trust;
    struct revision_desk *desk; /* where they are replaced; NULL: they are not */
    struct revision *revision;  /* the owner of identities and trust; NULL without a desk */
    struct revision *retired;   /* older ones that sessions in flight began with */
    struct tls_context *tls;
    struct tally *tally;
    uint32_t *address_turns; /* of each identity; NULL: the first address that works is used */
    struct session_env env;  /* set by the worker */
};

/* outfit_init makes OUTFIT for PLAN, to be cleaned up even after a failure. False: ERR is set, or
 * *CALLED_OFF has become true. */
bool outfit_init(struct outfit *outfit, const struct plan *plan, const _Atomic bool *called_off,
                 struct error *err);
void outfit_cleanup(struct outfit *outfit);

/* outfits_attach lets signatures of keys in tokens wake LOOP. False sets ERR. */
bool outfits_attach(struct outfit *outfits, unsigned num_outfits, struct net_loop *loop,
                    struct error *err);

/* outfit_wants_ticket says whether the next session is to be resumed, if there is a ticket. */
bool outfit_wants_ticket(const struct outfit *outfit, struct random *random);

/* outfit_choose_address sets which address START's session tries first, and whose ticket it offers.
 * Where addresses take turns, each identity has turns of its own, begun at another one than its
 * neighbours', and than those of other TAKERs, so that all addresses are loaded alike however few
 * sessions an identity has. */
void outfit_choose_address(struct outfit *outfit, unsigned taker, struct session_start *start);

/* outfits_take_signed steps the sessions of OUTFITS whose signatures have come. */
void outfits_take_signed(struct outfit *outfits, unsigned num_outfits);

/* outfit_await_revisions lets identities and trust anchors be replaced by those on DESK. */
void outfit_await_revisions(struct outfit *outfit, struct revision_desk *desk);

/* outfit_renew takes a new revision if one is in force, also into POLICY. */
void outfit_renew(struct outfit *outfit, struct verify_policy *policy);

/* outfit_enter notes that a session begins with the revision, and which generation of its identity
 * that is; outfit_leave, that it has ended. */
void outfit_enter(struct outfit *outfit, struct session_start *start);
void outfit_leave(struct outfit *outfit, unsigned number);

/* outfit_policy returns FROM with the trust anchors and the host name of OUTFIT. */
struct verify_policy outfit_policy(const struct outfit *outfit, const struct verify_policy *from);

#endif
