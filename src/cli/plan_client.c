/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The part of a plan for the client: identities, which of them must be refused, and the expected
 * statuses.
 */
#include "base/memory.h"
#include "base/text.h"
#include "cli/identity_list.h"
#include "cli/other_tools.h"
#include "cli/plan_builder.h"
#include "tls/identity.h"
#include "tls/password.h"
#include "tls/raw_key.h"
#include "tls/token_uri.h"

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
    if (token_uri_is(text))
        return error_set(err, "--identity 'pkcs11:…' has no name; expected NAME=CERT,KEY, of which "
                              "CERT and KEY may be URIs");
    if (name_len == 0 || cert_len == 0 || (comma != NULL && comma[1] == '\0'))
        return error_set(err,
                         "--identity '%s' is not NAME=CERT[,KEY]; expected, for example, "
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

/* In curl's FILE:PASSWORD anyone who can list processes sees the password: use --pass instead. */
static bool check_cert(const char *cert, struct error *err)
{
    size_t len = cert != NULL ? other_tools_cert_len(cert) : 0;
    if (cert == NULL || cert[len] == '\0' || token_uri_is(cert))
        return true;
    return error_set(
        err,
        "--cert '%.*s:***' is not a file; a password has its own option: expected --cert %.*s "
        "--pass pass:..., --pass env:VAR or --pass file:PATH",
        (int)len, cert, (int)len, cert);
}

/* Adds the identity of --cert and --key. */
static bool add_client(struct plan *plan, const struct options *options,
                       const struct password *password, struct notices *notices, struct error *err)
{
    char shown[TOKEN_URI_SHOWN_LEN];
    if (options->key != NULL && options->cert == NULL && !options->raw_public_key)
        return error_set(
            err,
            "--key '%s' is given without --cert; expected both, --cert alone with the key in its "
            "file, or --raw-public-key with the key alone",
            token_uri_shown(options->key, shown));
    if (options->key == NULL && options->cert == NULL)
        return true;
    if (!check_cert(options->cert, err) ||
        !identity_set_add(plan->identities, "client", options->cert, options->key, password,
                          notices, err))
        return false;
    size_t last = identity_set_count(plan->identities) - 1;
    return options->cert == NULL || identity_set_has_cert(plan->identities, last) ||
           error_set(err, "--cert '%s' has a key and no certificate; expected --key '%s'",
                     options->cert, options->cert);
}

/* *OUT_FIRST is the first identity of LIST. */
static bool add_all(struct plan *plan, const struct options *options,
                    const struct identity_list *list, size_t *out_first,
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
    *out_first = identity_set_count(plan->identities);
    if (!plan_add_list(plan->identities, list, password, notices, err))
        return false;
    return add_client(plan, options, password, notices, err);
}

/* The row of an identity; without identities, that of PLAN_ANONYMOUS. -1: not found. */
static long find_row(const struct plan *plan, const char *name)
{
    if (identity_set_count(plan->identities) == 0)
        return strcmp(name, plan_identity_name(plan, 0)) == 0 ? 0 : -1;
    return identity_set_find(plan->identities, name);
}

static bool mark_refused(struct plan *plan, const char *names, struct error *err)
{
    char *copy = memory_text(names), *rest = copy;
    bool ok = true;
    for (char *name; ok && (name = strsep(&rest, ",")) != NULL;) {
        long index = find_row(plan, name);
        if (index >= 0)
            plan_expect_refusal(plan, (size_t)index);
        else
            ok = error_set(
                err,
                "--expect-refused names '%s', which is not an identity of this run; expected names "
                "of --identity and --identities, joined by commas",
                name);
    }
    free(copy);
    return ok;
}

/* Reads CODES, joined by commas, for OPTION, whose whole value is TEXT. */
static bool read_statuses(struct status_list *list, const char *codes, const char *option,
                          const char *text, struct error *err)
{
    return status_list_parse(list, codes) ||
           error_set(err, "'%s' is not a value for %s; " STATUS_LIST_FORM, text, option);
}

/* The list that --expect-status TEXT is for: an identity's, NAME_LEN of TEXT, or that of all. */
static struct status_list *find_list(struct plan *plan, const char *text, size_t name_len,
                                     struct error *err)
{
    if (name_len == SIZE_MAX)
        return &plan->expect_statuses;
    char *name = memory_text_n(text, name_len);
    long index = find_row(plan, name);
    if (index < 0)
        error_set(
            err,
            "--expect-status '%s' names '%s', which is not an identity of this run; expected a "
            "name of --identity or --identities",
            text, name);
    free(name);
    return index >= 0 ? plan_own_statuses(plan, (size_t)index) : NULL;
}

/* Reads one --expect-status: codes, or NAME=codes. A name may contain '=', codes do not. */
static bool set_expected_statuses(struct plan *plan, const char *text, struct error *err)
{
    const char *equals = strrchr(text, '=');
    size_t name_len = equals != NULL ? (size_t)(equals - text) : SIZE_MAX;
    struct status_list *list = find_list(plan, text, name_len, err);
    if (list == NULL)
        return false;
    if (list->count > 0)
        return error_set(
            err,
            "--expect-status '%s' is given in addition to another one for %s; expected one, such "
            "as 200,204, and one for each identity, such as alice=302",
            text, equals != NULL ? "that identity" : "all identities");
    return read_statuses(list, equals != NULL ? equals + 1 : text, "--expect-status", text, err);
}

static bool set_statuses(struct plan *plan, const struct options *options, struct error *err)
{
    const char *refusals = options->refusal_status;
    for (size_t i = 0; i < options->expect_statuses.count; i++) {
        if (!set_expected_statuses(plan, options->expect_statuses.items[i], err))
            return false;
    }
    if (refusals != NULL &&
        !read_statuses(&plan->refusal_statuses, refusals, "--refusal-status", refusals, err))
        return false;
    for (size_t i = 0; i < plan->expect_statuses.count; i++) {
        if (status_list_has(&plan->refusal_statuses, plan->expect_statuses.codes[i]))
            return error_set(
                err,
                "--refusal-status '%s' and --expect-status both have %u; expected it in one of "
                "them, or --expect-status NAME=%u for an identity",
                refusals, plan->expect_statuses.codes[i], plan->expect_statuses.codes[i]);
    }
    return true;
}

static void slice_statuses(struct plan *plan, size_t first, size_t end, size_t count)
{
    struct status_list *lists = plan->identity_statuses;
    if (lists == NULL)
        return;
    for (size_t i = 0; i < count; i++) {
        if (i < first || i >= end)
            free(lists[i].codes);
    }
    memmove(lists, lists + first, (end - first) * sizeof *lists);
}

/* Each of N shards gets its part of the identities, or all of them if there are fewer than
 * shards, or if they take turns by their weights. */
static void take_shard(struct plan *plan)
{
    size_t count = identity_set_count(plan->identities);
    if (plan->num_shards < 2 || count < plan->num_shards || plan->turns != NULL)
        return;
    size_t first = count * plan->shard / plan->num_shards;
    size_t end = count * (plan->shard + 1) / plan->num_shards;
    if (plan->expect_refused != NULL)
        memmove(plan->expect_refused, plan->expect_refused + first,
                (end - first) * sizeof *plan->expect_refused);
    slice_statuses(plan, first, end, count);
    identity_set_slice(plan->identities, first, end - first);
}

static bool use_raw_keys(struct plan *plan, struct error *err)
{
    if (!raw_key_supported())
        return error_set(err,
                         "--raw-public-key: %s has no raw public keys; expected a pinload "
                         "built with BoringSSL of API version 41 or later",
                         tls_library_version());
    identity_set_use_raw_keys(plan->identities);
    return true;
}

/* Wipes the secrets among the values of options. */
static void wipe_sources(const struct options *options)
{
    password_wipe_source(options->pass);
    token_uri_wipe(options->cert);
    token_uri_wipe(options->key);
    for (size_t i = 0; i < options->identities.count; i++)
        token_uri_wipe(options->identities.items[i]);
}

static void name_identities(struct plan *plan, const struct options *options)
{
    enum name_by by = NAME_FILE;
    if (options->name_by != NULL)
        name_by_parse(options->name_by, &by);
    identity_set_name_by(plan->identities, by);
}

bool plan_load_identities(struct plan *plan, const struct options *options, struct notices *notices,
                          struct error *err)
{
    struct password password = {0};
    struct identity_list list = {0};
    size_t first = 0;
    name_identities(plan, options);
    bool ok = (options->pass == NULL || password_read(&password, options->pass, err)) &&
              (options->identity_list == NULL ||
               identity_list_read(&list, options->identity_list, err)) &&
              add_all(plan, options, &list, &first, &password, notices, err) &&
              plan_apply_list(plan, &list, first, err);
    identity_list_cleanup(&list);
    password_wipe(&password);
    if (options->reload == NULL)
        wipe_sources(options);
    return ok;
}

bool plan_build_identities(struct plan *plan, const struct options *options,
                           struct notices *notices, struct error *err)
{
    plan->identities = identity_set_new();
    identity_set_use_signers(plan->identities, (unsigned)options->sign_threads);
    if (options->raw_public_key && !use_raw_keys(plan, err))
        return false;
    if (options->rotate != NULL)
        rotation_parse(options->rotate, &plan->rotation);
    plan->refusal_by_close = options->refusal_by_close;
    plan->require_all_identities = options->require_all_identities;
    plan->allow_empty = options->allow_empty;
    bool ok = plan_load_identities(plan, options, notices, err);
    if (ok && options->expect_refused != NULL)
        ok = mark_refused(plan, options->expect_refused, err);
    ok = ok && set_statuses(plan, options, err);
    if (ok)
        take_shard(plan);
    return ok;
}
