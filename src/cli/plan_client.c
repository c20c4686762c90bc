/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of a plan that say who we are: identities, and which of them must be refused.
 */
#include "base/memory.h"
#include "base/text.h"
#include "cli/plan_builder.h"
#include "tls/identity.h"
#include "tls/password.h"

#include <stdlib.h>
#include <string.h>

/* Adds NAME=CERT[,KEY]. */
static bool add_one(struct plan *plan, const char *text, const struct password *password,
                    struct notices *notices, struct error *err)
{
    const char *equals = strchr(text, '=');
    size_t name_len = equals != NULL ? (size_t)(equals - text) : 0;
    size_t cert_len = equals != NULL ? strcspn(equals + 1, ",") : 0;
    const char *comma = equals != NULL ? strchr(equals + 1, ',') : NULL;
    if (name_len == 0 || cert_len == 0 || (comma != NULL && comma[1] == '\0'))
        return error_set(err,
                         "--identity '%s' is not NAME=CERT[,KEY]; such a text is accepted, as "
                         "alice=alice.crt,alice.key",
                         text);
    char *name = memory_text_n(text, name_len);
    char *cert = memory_text_n(equals + 1, cert_len);
    const char *key = comma != NULL ? comma + 1 : NULL;
    bool ok = identity_set_add(plan->identities, name, cert, key, password, notices, err);
    free(name);
    free(cert);
    return ok;
}

static bool add_all(struct plan *plan, const struct options *options,
                    const struct password *password, struct notices *notices, struct error *err)
{
    for (size_t i = 0; i < options->identities.count; i++) {
        if (!add_one(plan, options->identities.items[i], password, notices, err))
            return false;
    }
    if (options->identities_directory != NULL &&
        !identity_set_add_directory(plan->identities, options->identities_directory, password,
                                    notices, err))
        return false;
    if (options->key != NULL && options->cert == NULL)
        return error_set(err,
                         "--key '%s' is given without --cert; both, or --cert alone with the "
                         "key in its file, are accepted",
                         options->key);
    return options->cert == NULL || identity_set_add(plan->identities, "client", options->cert,
                                                     options->key, password, notices, err);
}

static bool mark_refused(struct plan *plan, const char *names, struct error *err)
{
    char *copy = memory_text(names), *rest = copy;
    bool ok = true;
    plan->expect_refused = memory_new(plan_num_identities(plan), sizeof *plan->expect_refused);
    for (char *name; ok && (name = strsep(&rest, ",")) != NULL;) {
        long index = identity_set_find(plan->identities, name);
        if (index >= 0)
            plan->expect_refused[index] = true;
        else
            ok = error_set(err,
                           "--expect-refused names '%s', which is no identity of this run; names "
                           "as in --identity and --identities are accepted, joined by commas",
                           name);
    }
    free(copy);
    return ok;
}

/* Of N shards each takes its part of the identities, and all of them where there are fewer. */
static void take_shard(struct plan *plan)
{
    size_t count = identity_set_count(plan->identities);
    if (plan->num_shards < 2 || count < plan->num_shards)
        return;
    size_t first = count * plan->shard / plan->num_shards;
    size_t end = count * (plan->shard + 1) / plan->num_shards;
    if (plan->expect_refused != NULL)
        memmove(plan->expect_refused, plan->expect_refused + first,
                (end - first) * sizeof *plan->expect_refused);
    identity_set_slice(plan->identities, first, end - first);
}

bool plan_build_identities(struct plan *plan, const struct options *options,
                           struct notices *notices, struct error *err)
{
    struct password password = {0};
    plan->identities = identity_set_new();
    if (options->rotate != NULL)
        rotation_parse(options->rotate, &plan->rotation);
    plan->refusal_by_close = options->refusal_by_close;
    plan->require_all_identities = options->require_all_identities;
    plan->allow_empty = options->allow_empty;
    bool ok = (options->pass == NULL || password_read(&password, options->pass, err)) &&
              add_all(plan, options, &password, notices, err);
    password_wipe(&password);
    password_wipe_source(options->pass);
    if (ok && options->expect_refused != NULL)
        ok = mark_refused(plan, options->expect_refused, err);
    if (ok)
        take_shard(plan);
    return ok;
}
