/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The part of a plan for reloads: when identities and trust anchors are read again, and how.
 */
#include "cli/plan_reload.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "cli/identity_list.h"
#include "cli/plan_builder.h"
#include "cli/plan_paths.h"
#include "tls/identity.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SHORTEST_NS (100 * NS_PER_MS)

static bool read_kind(struct reload *reload, const char *text, struct error *err)
{
    if (strcmp(text, "watch") == 0)
        reload->kind = RELOAD_WATCH;
    else if (strcasecmp(text, "SIGHUP") == 0)
        reload->kind = RELOAD_SIGHUP;
    else if (text_parse_duration(text, &reload->interval_ns) && reload->interval_ns >= SHORTEST_NS)
        reload->kind = RELOAD_INTERVAL;
    return reload->kind != RELOAD_NEVER ||
           error_set(err,
                     "'%s' is not a value for --reload; expected watch, SIGHUP, or an interval of "
                     "100ms or more, such as 10s",
                     text);
}

static void add_directory(struct reload *reload, const char *path, size_t len)
{
    char *directory = len > 0 ? memory_text_n(path, len) : memory_text(".");
    for (size_t i = 0; i < reload->num_directories; i++) {
        if (strcmp(reload->directories[i], directory) == 0) {
            free(directory);
            return;
        }
    }
    reload->directories = memory_resize(reload->directories, (reload->num_directories + 1) *
                                                                 sizeof *reload->directories);
    reload->directories[reload->num_directories++] = directory;
}

/* Notes the directory of the file PATH, which must be one that can be read more than once. */
static bool add_file(struct reload *reload, const char *path, struct error *err)
{
    const char *kind;
    const char *slash = path != NULL ? strrchr(path, '/') : NULL;
    if (path == NULL)
        return true;
    if (file_is_stdin(path) || (!file_is_regular(path, &kind) && kind != NULL))
        return error_set(err, "--reload: '%s' cannot be read again; expected a regular file", path);
    add_directory(reload, path, slash == NULL ? 0 : slash == path ? 1 : (size_t)(slash - path));
    return true;
}

/* NAME=CERT[,KEY] */
static bool add_identity(struct reload *reload, const char *text, struct error *err)
{
    const char *cert_at = strchr(text, '=') + 1; /* it has been read before */
    size_t cert_len = strcspn(cert_at, ",");
    char *cert = memory_text_n(cert_at, cert_len);
    bool ok = add_file(reload, cert, err) &&
              (cert_at[cert_len] == '\0' || add_file(reload, cert_at + cert_len + 1, err));
    free(cert);
    return ok;
}

static bool add_column(struct reload *reload, const struct identity_list *list, const char *value,
                       struct error *err)
{
    if (value == NULL)
        return true;
    char *path = plan_paths_place(NULL, value, list->directory);
    bool ok = add_file(reload, path, err);
    free(path);
    return ok;
}

static bool add_list(struct reload *reload, const char *path, struct error *err)
{
    struct identity_list list = {0};
    bool ok = add_file(reload, path, err) && identity_list_read(&list, path, err);
    for (size_t i = 0; ok && i < list.count; i++)
        ok = add_column(reload, &list, list.rows[i].values[LIST_CERT], err) &&
             add_column(reload, &list, list.rows[i].values[LIST_KEY], err);
    identity_list_cleanup(&list);
    return ok;
}

static bool find_directories(struct reload *reload, const struct options *options,
                             const char *cacert, struct error *err)
{
    const char *directory = options->identities_directory;
    for (size_t i = 0; i < options->identities.count; i++) {
        if (!add_identity(reload, options->identities.items[i], err))
            return false;
    }
    if (directory != NULL)
        add_directory(reload, directory, strlen(directory));
    return (options->identity_list == NULL || add_list(reload, options->identity_list, err)) &&
           add_file(reload, options->cert, err) && add_file(reload, options->key, err) &&
           (cacert == NULL || strcmp(cacert, "system") == 0 || add_file(reload, cacert, err));
}

/* The threads that sign for a token belong to the set that the run began with. */
static bool check_keys(const struct identity_set *set, struct error *err)
{
    return identity_set_signer(set) == NULL ||
           error_set(err, "--reload cannot replace keys in PKCS#11 tokens; expected keys in files");
}

bool plan_build_reload(struct plan *plan, const struct options *options, struct error *err)
{
    if (options->reload == NULL)
        return true;
    if (!read_kind(&plan->reload, options->reload, err))
        return false;
    if (options->raw_public_key)
        return error_set(err, "--reload replaces certificates, and --raw-public-key shows none; "
                              "expected one of them");
    if (!check_keys(plan->identities, err))
        return false;
    if (identity_set_count(plan->identities) == 0 && plan->cacert == NULL)
        return error_set(err,
                         "--reload has nothing to read again; expected identities or --cacert");
    return find_directories(&plan->reload, options, plan->cacert, err);
}

void plan_note_ends(const struct plan *plan, struct notices *notices)
{
    uint64_t now_ns = clock_wall_ns();
    uint64_t start_ns = plan->start_at_wall_ns > now_ns ? plan->start_at_wall_ns : now_ns;
    for (size_t i = 0; i < identity_set_count(plan->identities); i++) {
        double end_s = identity_set_end(plan->identities, i) - (double)start_ns / NS_PER_S;
        if (end_s > 0 && end_s < (double)plan->duration_ns / NS_PER_S)
            notices_add(notices,
                        "the certificate of identity '%s' ends %.0f s after the start, within the "
                        "run",
                        identity_set_name(plan->identities, i), end_s);
    }
}

bool plan_reload_read(void *arg, struct reloaded *out, struct error *err)
{
    const struct plan_reload *again = arg;
    struct plan plan = {.identities = identity_set_new()};
    struct notices ignored = {0};
    bool ok = plan_load_identities(&plan, again->options, &ignored, err) &&
              check_keys(plan.identities, err) &&
              (again->plan->cacert == NULL || plan_read_cacert(&plan, again->plan->cacert, err));
    for (size_t i = 0; plan.identity_statuses != NULL && i < plan_num_identities(&plan); i++)
        free(plan.identity_statuses[i].codes);
    free(plan.identity_statuses);
    plan.identity_statuses = NULL;
    if (ok) {
        *out = (struct reloaded){.identities = plan.identities, .anchors = plan.anchors};
        plan.identities = NULL;
        plan.anchors = (struct buffer){0};
    }
    notices_cleanup(&ignored);
    identity_set_free(plan.identities);
    plan.identities = NULL;
    plan_cleanup(&plan);
    return ok;
}
