/* SPDX-License-Identifier: Apache-2.0 */
#include "floor_tls.h"

#include "base/clock.h"
#include "base/memory.h"
#include "tls/identity.h"
#include "tls/tls_conn.h"
#include "tls/tls_context.h"
#include "tls/tls_server.h"
#include "tls/trust.h"

#ifdef PINLOAD_JEMALLOC
#include <jemalloc/jemalloc.h>
#else
#include <malloc.h>
#endif
#include <stdio.h>
#include <stdlib.h>

#define PATH_LEN 1024

struct floor_bench {
    struct identity_set *identities;
    struct pinset *pins;
    struct trust *trust;
    struct verify_policy policy;
    struct tls_context *client_context, *server_context;
    struct tls_conn *client, *server;
};

static bool load_client(struct floor_bench *bench, const char *dir, const struct password *password,
                        struct error *err)
{
    char cert[PATH_LEN], key[PATH_LEN], pin[PATH_LEN], anchors[PATH_LEN];
    snprintf(cert, sizeof cert, "%s/clients/client1.crt", dir);
    snprintf(key, sizeof key, "%s/clients/client1.key", dir);
    snprintf(pin, sizeof pin, "%s/server.pin", dir);
    snprintf(anchors, sizeof anchors, "%s/server-ca.crt", dir);
    struct notices notices = {0};
    bool ok = identity_set_add(bench->identities, "client1", cert, key, password, &notices, err) &&
              pinset_add_file(bench->pins, pin, err) &&
              (bench->trust = trust_load(anchors, err)) != NULL;
    notices_cleanup(&notices);
    return ok;
}

static struct tls_context *make_server(const char *dir, const struct password *password,
                                       bool tickets, struct error *err)
{
    char cert[PATH_LEN], key[PATH_LEN], client_ca[PATH_LEN];
    snprintf(cert, sizeof cert, "%s/server.crt", dir);
    snprintf(key, sizeof key, "%s/server.key", dir);
    snprintf(client_ca, sizeof client_ca, "%s/both-client-cas.crt", dir);
    struct tls_server_config config = {.cert = cert,
                                       .key = key,
                                       .password = password,
                                       .client_ca = client_ca,
                                       .tickets = tickets,
                                       .limits = {.version_min = TLS_VERSION_1_3}};
    return tls_server_context_new(&config, err);
}

bool floor_case_open(struct floor_case *floor_case, const char *dir, size_t num_samples,
                     struct error *err)
{
    struct floor_bench *bench = memory_new(1, sizeof *bench);
    struct password password;
    char source[PATH_LEN];
    floor_case->bench = bench;
    floor_case->samples_ns = memory_new(num_samples, sizeof *floor_case->samples_ns);
    bench->identities = identity_set_new();
    bench->pins = pinset_new();
    snprintf(source, sizeof source, "file:%s/password.txt", dir);
    bool ok = password_read(&password, source, err) && load_client(bench, dir, &password, err) &&
              (bench->server_context = make_server(dir, &password, floor_case->resumed, err));
    password_wipe(&password);
    struct tls_config config = {.version_min = TLS_VERSION_1_3,
                                .groups = "X25519",
                                .sni = "localhost",
                                .keep_tickets = floor_case->resumed};
    if (!ok || !(bench->client_context = tls_context_new(&config, bench->identities, err)))
        return false;
    bench->policy = (struct verify_policy){
        .mode = floor_case->mode, .pins = bench->pins, .trust = bench->trust, .host = "localhost"};
    bench->client = tls_conn_new(bench->client_context);
    bench->server = tls_conn_new(bench->server_context);
    return true;
}

void floor_case_close(struct floor_case *floor_case)
{
    struct floor_bench *bench = floor_case->bench;
    if (bench == NULL)
        return;
    tls_conn_free(bench->client);
    tls_conn_free(bench->server);
    tls_context_free(bench->client_context);
    tls_context_free(bench->server_context);
    trust_free(bench->trust);
    pinset_free(bench->pins);
    identity_set_free(bench->identities);
    free(bench);
    free(floor_case->samples_ns);
}

/* Moves FROM's output to TO. */
static bool carry(struct tls_context *from, struct tls_conn *to)
{
    const struct buffer *out = tls_context_output(from);
    tls_conn_feed(to, out->data, out->len);
    return out->len > 0;
}

static enum tls_status step_server(struct floor_bench *bench)
{
    carry(bench->client_context, bench->server);
    enum tls_status status = tls_conn_handshake(bench->server);
    buffer_clear(tls_context_output(bench->client_context));
    return status;
}

/* The client's turn, timed. */
static enum tls_status step_client(struct floor_bench *bench, uint64_t *elapsed_ns)
{
    uint64_t start_ns = clock_now_ns();
    carry(bench->server_context, bench->client);
    enum tls_status status = tls_conn_handshake(bench->client);
    *elapsed_ns += clock_now_ns() - start_ns;
    buffer_clear(tls_context_output(bench->server_context));
    return status;
}

/* Runs the handshake of CLIENT and the server; the time is the client's. */
static bool shake_hands(struct floor_bench *bench, bool offer_ticket, uint64_t *elapsed_ns)
{
    tls_conn_start(bench->server, TLS_NO_IDENTITY, NULL, false);
    uint64_t start_ns = clock_now_ns();
    tls_conn_start(bench->client, 0, &bench->policy, offer_ticket);
    *elapsed_ns += clock_now_ns() - start_ns;
    enum tls_status client;
    while ((client = step_client(bench, elapsed_ns)) == TLS_WANT_READ) {
        if (step_server(bench) == TLS_FAILED)
            return false;
    }
    return client == TLS_OK && step_server(bench) == TLS_OK;
}

/* BoringSSL's server sends tickets with its first write; the client receives them while reading. */
static void take_tickets(struct floor_bench *bench)
{
    const uint8_t *bytes;
    size_t len;
    tls_conn_write(bench->server, (const uint8_t *)"!", 1, &len);
    carry(bench->server_context, bench->client);
    tls_conn_read(bench->client, &bytes, &len);
    buffer_clear(tls_context_output(bench->server_context));
}

static bool run_one(struct floor_case *floor_case, uint64_t *elapsed_ns)
{
    struct floor_bench *bench = floor_case->bench;
    bool offer = floor_case->resumed;
    bool ok = shake_hands(bench, offer, elapsed_ns);
    ok = ok && tls_conn_facts(bench->client)->verify.result == VERIFY_OK;
    if (ok)
        take_tickets(bench);
    uint64_t start_ns = clock_now_ns();
    tls_conn_stop(bench->client);
    *elapsed_ns += clock_now_ns() - start_ns;
    tls_conn_stop(bench->server);
    return ok;
}

bool floor_case_run(struct floor_case *floor_case, size_t count)
{
    bool first = floor_case->num_samples == 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t elapsed_ns = 0;
        if (first && i == 0) { /* the first one gets the ticket that the others use */
            if (!run_one(floor_case, &elapsed_ns))
                return false;
            elapsed_ns = 0;
        }
        if (!run_one(floor_case, &elapsed_ns) ||
            tls_conn_facts(floor_case->bench->client)->resumed != floor_case->resumed)
            return false;
        floor_case->samples_ns[floor_case->num_samples++] = (uint32_t)elapsed_ns;
    }
    return true;
}

/* The bytes allocated now, including the allocator's rounding. */
#ifdef PINLOAD_JEMALLOC
static double heap_bytes(void)
{
    uint64_t epoch = 1; /* the statistics are those of the last epoch */
    size_t bytes = 0, len = sizeof bytes;
    mallctl("thread.tcache.flush", NULL, NULL, NULL, 0);
    mallctl("epoch", NULL, NULL, &epoch, sizeof epoch);
    mallctl("stats.allocated", &bytes, &len, NULL, 0);
    return (double)bytes;
}
#else
static double heap_bytes(void)
{
    struct mallinfo2 info = mallinfo2();
    return (double)(info.uordblks + info.hblkhd);
}
#endif

bool floor_case_heap(struct floor_case *floor_case, size_t count, double *out_ssl_bytes,
                     double *out_conn_bytes)
{
    struct floor_bench *bench = floor_case->bench;
    struct tls_conn *own = bench->client;
    struct tls_conn **conns = memory_new(count, sizeof(struct tls_conn *));
    bool ok = true;
    double empty_bytes = heap_bytes();
    for (size_t i = 0; i < count; i++)
        conns[i] = tls_conn_new(bench->client_context);
    double made_bytes = heap_bytes();
    for (size_t i = 0; i < count && ok; i++) {
        uint64_t elapsed_ns = 0;
        bench->client = conns[i];
        ok = shake_hands(bench, false, &elapsed_ns);
        tls_conn_stop(bench->server);
        buffer_clear(tls_context_output(bench->server_context));
    }
    double held_bytes = heap_bytes();
    for (size_t i = 0; i < count; i++)
        tls_conn_free(conns[i]);
    free(conns);
    bench->client = own;
    *out_ssl_bytes = (held_bytes - made_bytes) / (double)count;
    *out_conn_bytes = (held_bytes - empty_bytes) / (double)count;
    return ok;
}
