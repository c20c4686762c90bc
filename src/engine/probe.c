/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/probe.h"

#include "base/clock.h"
#include "base/memory.h"
#include "net/net_loop.h"
#include "net/tcp.h"
#include "tls/identity.h"
#include "tls/tls_conn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One probe in progress. */
struct visit {
    struct probe *probe;
    const struct plan *plan;
    struct net_loop *loop;
    struct tcp *tcp;
    struct tls_context *context;
    struct tls_conn *tls;
    struct verify_policy policy; /* checks nothing: an untrusted certificate can still be shown */
    size_t addresses_tried;
    uint64_t due_ns;
    enum tcp_end end;
    bool is_connected, is_over;
    char public_name[256]; /* whose certificate it was, after a rejection of ECH; or "" */
};

static void leave(struct visit *visit, enum tcp_end end)
{
    if (visit->is_over)
        return;
    visit->is_over = true;
    visit->end = end;
    tcp_close(visit->tcp, false);
}

static void connect_next(struct visit *visit)
{
    visit->due_ns = clock_now_ns() + visit->plan->connect_timeout_ns;
    tcp_connect(visit->tcp, &visit->plan->addresses.items[visit->addresses_tried++], NULL);
}

/* A server that rejects ECH shows a certificate that is not the one which was asked for. */
static void note_rejection(struct visit *visit)
{
    size_t len;
    const char *name = tls_conn_public_name(visit->tls, &len);
    if (name != NULL)
        snprintf(visit->public_name, sizeof visit->public_name, "%.*s", (int)len, name);
}

static void look(struct visit *visit)
{
    const uint8_t *der;
    uint8_t key[RAW_KEY_MOST];
    size_t len;
    enum tls_status status = tls_conn_handshake(visit->tls);
    struct buffer *out = tls_context_output(visit->context);
    tcp_write(visit->tcp, out->data, out->len);
    buffer_clear(out);
    for (size_t i = 0; (der = tls_conn_peer(visit->tls, i, &len)) != NULL; i++)
        probe_add(visit->probe, der, len);
    if ((len = tls_conn_peer_key(visit->tls, key)) > 0)
        probe_set_key(visit->probe, key, len);
    note_rejection(visit);
    if (!probe_is_empty(visit->probe) || status != TLS_WANT_READ)
        leave(visit, TCP_OK);
}

static void on_connected(void *owner, enum tcp_end end)
{
    struct visit *visit = owner;
    if (end != TCP_OK) {
        visit->due_ns = UINT64_MAX;
        if (visit->addresses_tried < visit->plan->addresses.count)
            tcp_close(visit->tcp, false);
        else
            leave(visit, end);
        return;
    }
    visit->is_connected = true;
    visit->due_ns = clock_now_ns() + visit->plan->timeout_ns;
    size_t identity = identity_set_count(visit->plan->identities) > 0 ? 0 : TLS_NO_IDENTITY;
    tls_conn_start(visit->tls, identity, &visit->policy, false);
    look(visit);
}

static void on_bytes(void *owner, const uint8_t *bytes, size_t len)
{
    struct visit *visit = owner;
    if (visit->is_over)
        return;
    tls_conn_feed(visit->tls, bytes, len);
    look(visit);
}

static void on_end(void *owner, enum tcp_end end)
{
    leave(owner, end);
}

static void on_closed(void *owner)
{
    struct visit *visit = owner;
    if (visit->is_over)
        net_loop_finish(visit->loop);
    else
        connect_next(visit);
}

static void on_wake(void *owner)
{
    struct visit *visit = owner;
    if (clock_now_ns() < visit->due_ns)
        return;
    if (visit->is_connected)
        leave(visit, TCP_TIMED_OUT);
    else
        on_connected(visit, TCP_TIMED_OUT);
}

static bool on_turn(void *owner, uint64_t busy_ns)
{
    (void)busy_ns;
    struct visit *visit = owner;
    net_loop_wake_at(visit->loop, visit->is_over ? UINT64_MAX : visit->due_ns);
    return false;
}

static bool conclude(const struct visit *visit, struct error *err)
{
    char address[ADDRESS_TEXT_LEN], alert[64];
    address_text(&visit->plan->addresses.items[visit->addresses_tried - 1], address);
    if (visit->public_name[0] != '\0')
        return error_set(err,
                         "%s (%s) rejected the --ech given, and its certificate is for the public "
                         "name '%s'; without --ech, --sni %s shows its pins",
                         visit->plan->target.url, address, visit->public_name, visit->public_name);
    if (!probe_is_empty(visit->probe))
        return true;
    const struct tls_facts *facts = tls_conn_facts(visit->tls);
    if (!visit->is_connected)
        return error_set(err, "cannot connect to %s (%s): %s", visit->plan->target.url, address,
                         tcp_end_name(visit->end));
    if (facts->alert_received != TLS_NO_ALERT)
        return error_set(err, "%s (%s) sent the TLS alert %s instead of a certificate",
                         visit->plan->target.url, address,
                         tls_alert_name(facts->alert_received, alert));
    return error_set(err, "%s (%s) sent no certificate: %s", visit->plan->target.url, address,
                     visit->end == TCP_OK ? "its answer is not TLS" : tcp_end_name(visit->end));
}

bool probe_server(struct probe *probe, const struct plan *plan, struct error *err)
{
    static const struct tcp_events tcp_events = {on_connected, on_bytes, on_end, on_closed};
    static const struct net_loop_events loop_events = {on_wake, on_turn, NULL};
    struct visit visit = {.probe = probe, .plan = plan};
    visit.context = tls_context_new(&plan->tls, plan->identities, err);
    if (visit.context == NULL)
        return false;
    visit.loop = net_loop_new(&loop_events, &visit);
    visit.tcp = tcp_new(visit.loop, &tcp_events, &visit);
    visit.tls = tls_conn_new(visit.context);
    connect_next(&visit);
    net_loop_run(visit.loop);
    bool ok = conclude(&visit, err);
    tls_conn_free(visit.tls);
    tcp_free(visit.tcp);
    net_loop_free(visit.loop);
    tls_context_free(visit.context);
    return ok;
}

void probe_add(struct probe *probe, const uint8_t *der, size_t len)
{
    if (probe->num_certs == PROBE_MAX_CERTS)
        return;
    probe->certs[probe->num_certs] = (uint8_t *)memory_text_n((const char *)der, len);
    probe->lens[probe->num_certs++] = len;
}

void probe_set_key(struct probe *probe, const uint8_t *der, size_t len)
{
    free(probe->key);
    probe->key = (uint8_t *)memory_text_n((const char *)der, len);
    probe->key_len = len;
}

bool probe_is_empty(const struct probe *probe)
{
    return probe->num_certs == 0 && probe->key == NULL;
}

void probe_cleanup(struct probe *probe)
{
    for (size_t i = 0; i < probe->num_certs; i++)
        free(probe->certs[i]);
    free(probe->key);
    *probe = (struct probe){0};
}
