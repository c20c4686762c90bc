/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/reloader.h"

#include "base/clock.h"
#include "base/memory.h"
#include "engine/reload_trigger.h"
#include "plan/plan.h"
#include "result/result.h"
#include "tls/certificate.h"
#include "tls/identity.h"
#include "tls/trust.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A certificate that an identity has had. */
struct issue {
    char serial[CERTIFICATE_SERIAL_LEN];
    int64_t not_after_s;
    uint64_t since_ns;
};

struct history {
    struct issue *issues;
    uint32_t count;
};

struct reloader {
    const struct plan *plan;
    struct reload_source source;
    struct reload_trigger trigger;
    pthread_t thread;
    bool is_started;
    int stop_fd;
    uint64_t start_ns;
    _Atomic unsigned number;
    struct revision_desk *desks;
    struct identity_set *latest; /* in force, in the plan's order; NULL: that of the plan */
    struct buffer anchors;       /* in force, once they have changed */
    struct history *histories;   /* of each identity */
    uint64_t num_applied, num_failed;
    struct error last_failure;
};

static const struct identity_set *in_force(const struct reloader *reloader)
{
    return reloader->latest != NULL ? reloader->latest : reloader->plan->identities;
}

/* Notes that identity INDEX of SET has a certificate that it did not have before. */
static void note_issue(struct reloader *reloader, const struct identity_set *set, size_t index,
                       uint64_t now_ns)
{
    struct history *history = &reloader->histories[index];
    struct certificate_fields fields = {0};
    struct issue issue = {.since_ns = now_ns};
    size_t len;
    const unsigned char *der = identity_set_leaf(set, index, &len);
    if (der == NULL)
        return;
    certificate_serial(issue.serial, der, len);
    if (certificate_read(&fields, der, len))
        issue.not_after_s = fields.not_after_s;
    history->issues =
        memory_resize(history->issues, (history->count + 1) * sizeof *history->issues);
    history->issues[history->count++] = issue;
}

struct reloader *reloader_new(const struct plan *plan, const struct reload_source *source,
                              struct error *err)
{
    struct reloader *reloader = memory_new(1, sizeof *reloader);
    reloader->plan = plan;
    reloader->source = *source;
    reloader->desks = memory_new(plan->threads, sizeof *reloader->desks);
    for (unsigned i = 0; i < plan->threads; i++)
        reloader->desks[i].number = &reloader->number;
    reloader->histories = memory_new(plan_num_identities(plan), sizeof *reloader->histories);
    for (size_t i = 0; i < identity_set_count(plan->identities); i++)
        note_issue(reloader, plan->identities, i, 0);
    reloader->stop_fd = eventfd(0, EFD_CLOEXEC);
    if (reload_trigger_init(&reloader->trigger, &plan->reload, err))
        return reloader;
    reloader_free(reloader);
    return NULL;
}

struct revision_desk *reloader_desk(struct reloader *reloader, unsigned thread)
{
    return &reloader->desks[thread];
}

/* Copies the plan's identities from FRESH, in the plan's order. A new one has no part in the run, but
 * one that is no longer there is an error. */
static struct identity_set *put_in_order(const struct plan *plan, const struct identity_set *fresh,
                                         struct error *err)
{
    struct identity_set *ordered = identity_set_new();
    for (size_t i = 0; i < identity_set_count(plan->identities); i++) {
        const char *name = identity_set_name(plan->identities, i);
        long at = identity_set_find(fresh, name);
        if (at < 0) {
            error_set(err, "the identity '%s' is no longer there", name);
            identity_set_free(ordered);
            return NULL;
        }
        identity_set_copy(ordered, fresh, (size_t)at, 1);
    }
    return ordered;
}

static bool *find_changes(const struct identity_set *before, const struct identity_set *after,
                          bool *out_any)
{
    size_t count = identity_set_count(after);
    bool *changed = memory_new(count, sizeof *changed);
    for (size_t i = 0; i < count; i++) {
        changed[i] = !identity_set_same_chain(before, after, i);
        *out_any = *out_any || changed[i];
    }
    return changed;
}

static struct revision *make_revision(const struct reloader *reloader,
                                      const struct identity_set *set, struct trust *trust,
                                      const bool *changed)
{
    size_t count = identity_set_count(set);
    struct revision *revision =
        revision_new(atomic_load(&reloader->number) + 1, identity_set_clone(set), trust);
    revision->generations = memory_new(count, sizeof *revision->generations);
    revision->changed = memory_new(count, sizeof *revision->changed);
    for (size_t i = 0; i < count; i++) {
        revision->generations[i] =
            reloader->histories[i].count > 0 ? reloader->histories[i].count - 1 : 0;
        revision->changed[i] = changed[i];
    }
    return revision;
}

/* The trust anchors of each thread, parsed; NULL sets ERR. */
static struct trust **parse_anchors(const struct reloader *reloader, const struct buffer *anchors,
                                    struct error *err)
{
    const struct plan *plan = reloader->plan;
    struct trust **trusts = memory_new(plan->threads, sizeof *trusts);
    bool ok = true;
    for (unsigned i = 0; plan->cacert != NULL && ok && i < plan->threads; i++) {
        trusts[i] = trust_parse(anchors, plan->cacert, err);
        ok = trusts[i] != NULL;
    }
    for (unsigned i = 0; !ok && i < plan->threads; i++)
        trust_free(trusts[i]);
    if (ok)
        return trusts;
    free(trusts);
    return NULL;
}

/* Puts SET, which is taken over, in force for all workers at one moment. */
static void put_in_force(struct reloader *reloader, struct identity_set *set, struct trust **trusts,
                         const bool *changed)
{
    uint64_t now_ns = clock_now_ns();
    const struct identity_set *before = in_force(reloader);
    for (size_t i = 0; i < identity_set_count(set); i++) {
        if (!identity_set_same_leaf(before, set, i))
            note_issue(reloader, set, i, now_ns);
    }
    for (unsigned i = 0; i < reloader->plan->threads; i++)
        revision_put(&reloader->desks[i], make_revision(reloader, set, trusts[i], changed));
    atomic_fetch_add_explicit(&reloader->number, 1, memory_order_release);
    identity_set_free(reloader->latest);
    reloader->latest = set;
    reloader->num_applied++;
}

static double seconds_since(const struct reloader *reloader, uint64_t ns)
{
    return ns > reloader->start_ns ? (double)(ns - reloader->start_ns) / NS_PER_S : 0;
}

/* Who follows the run learns of each change. */
static void tell_success(const struct reloader *reloader, const bool *changed)
{
    size_t count = identity_set_count(reloader->plan->identities), num_changed = 0;
    for (size_t i = 0; i < count; i++)
        num_changed += changed[i];
    fprintf(stderr, "pinload: --reload: %zu of %zu identities changed, after %.1f s\n", num_changed,
            count, seconds_since(reloader, clock_now_ns()));
}

static bool same_bytes(const struct buffer *a, const struct buffer *b)
{
    return a->len == b->len && (a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
}

static const struct buffer *anchors_in_force(const struct reloader *reloader)
{
    return reloader->anchors.len > 0 ? &reloader->anchors : &reloader->plan->anchors;
}

/* False sets ERR, and all is as it was. */
static bool apply(struct reloader *reloader, struct reloaded *fresh, struct error *err)
{
    struct identity_set *set = put_in_order(reloader->plan, fresh->identities, err);
    if (set == NULL)
        return false;
    bool any = !same_bytes(&fresh->anchors, anchors_in_force(reloader));
    bool *changed = find_changes(in_force(reloader), set, &any);
    struct trust **trusts = any ? parse_anchors(reloader, &fresh->anchors, err) : NULL;
    if (trusts != NULL) {
        put_in_force(reloader, set, trusts, changed);
        buffer_clear(&reloader->anchors);
        buffer_append(&reloader->anchors, fresh->anchors.data, fresh->anchors.len);
        tell_success(reloader, changed);
    } else {
        identity_set_free(set);
    }
    free(trusts);
    free(changed);
    return trusts != NULL || !any;
}

static void tell_failure(struct reloader *reloader, const struct error *err)
{
    bool is_new = strcmp(reloader->last_failure.text, err->text) != 0;
    reloader->num_failed++;
    reloader->last_failure = *err;
    if (is_new)
        fprintf(stderr, "pinload: warning: --reload: %s; the identities stay as they were\n",
                err->text);
}

static void reload(struct reloader *reloader)
{
    struct reloaded fresh = {0};
    struct error err = {{0}};
    bool ok =
        reloader->source.read(reloader->source.arg, &fresh, &err) && apply(reloader, &fresh, &err);
    if (!ok)
        tell_failure(reloader, &err);
    identity_set_free(fresh.identities);
    buffer_cleanup(&fresh.anchors);
}

static void collect(struct reloader *reloader)
{
    for (unsigned i = 0; i < reloader->plan->threads; i++)
        revision_collect(&reloader->desks[i]);
}

/* The sessions come first: this thread has the lowest priority. */
static void *run_thread(void *arg)
{
    struct reloader *reloader = arg;
    setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), 19);
    for (;;) {
        struct pollfd fds[] = {{reloader->stop_fd, POLLIN, 0}, {reloader->trigger.fd, POLLIN, 0}};
        poll(fds, 2, 1000);
        if (fds[0].revents != 0)
            return NULL;
        if (fds[1].revents != 0 && reload_trigger_read(&reloader->trigger, reloader->stop_fd))
            reload(reloader);
        collect(reloader);
    }
}

bool reloader_start(struct reloader *reloader, uint64_t start_ns, struct error *err)
{
    reloader->start_ns = start_ns;
    int failure = pthread_create(&reloader->thread, NULL, run_thread, reloader);
    reloader->is_started = failure == 0;
    return failure == 0 ||
           error_set(err, "the thread of --reload cannot be started: %s", strerror(failure));
}

void reloader_stop(struct reloader *reloader)
{
    uint64_t one = 1;
    if (!reloader->is_started)
        return;
    while (write(reloader->stop_fd, &one, sizeof one) < 0 && errno == EINTR)
        ;
    pthread_join(reloader->thread, NULL);
    reloader->is_started = false;
}

void reloader_fill(const struct reloader *reloader, struct result *result)
{
    for (size_t i = 0; i < result->num_identities; i++) {
        struct result_identity *row = &result->identities[i];
        const struct history *history = &reloader->histories[i];
        for (size_t k = 0; k < row->num_generations && k < history->count; k++) {
            row->generations[k].serial = memory_text(history->issues[k].serial);
            row->generations[k].not_after_s = (double)history->issues[k].not_after_s;
            row->generations[k].from_s = seconds_since(reloader, history->issues[k].since_ns);
        }
    }
    result->reloads = (struct result_reloads){
        .is_known = true, .applied = reloader->num_applied, .failed = reloader->num_failed};
    if (reloader->num_failed > 0)
        result->reloads.last_failure = memory_text(reloader->last_failure.text);
}

void reloader_free(struct reloader *reloader)
{
    if (reloader == NULL)
        return;
    collect(reloader);
    for (unsigned i = 0; i < reloader->plan->threads; i++)
        revision_free(revision_take(&reloader->desks[i]));
    for (size_t i = 0; i < plan_num_identities(reloader->plan); i++)
        free(reloader->histories[i].issues);
    free(reloader->histories);
    free(reloader->desks);
    identity_set_free(reloader->latest);
    buffer_cleanup(&reloader->anchors);
    reload_trigger_cleanup(&reloader->trigger);
    if (reloader->stop_fd >= 0)
        close(reloader->stop_fd);
    free(reloader);
}
