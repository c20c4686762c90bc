/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/in_process.h"

#include "base/clock.h"
#include "base/memory.h"
#include "tls/identity.h"
#include "tls/tls_conn.h"
#include "tls/tls_server.h"
#include "tls/trust.h"

#include <math.h>
#include <stdlib.h>

struct in_process {
    struct arms *arms;
    bool resume;
    struct identity_set *identities;
    struct trust *trust;
    struct tls_context *client_context, *server_context;
    struct tls_conn *client, *server;
    struct buffer to_client, to_server;
};

/* The arms verify the throw-away certificates. */
static bool equip_arms(struct in_process *pair, const struct throwaway_pki *pki, struct error *err)
{
    struct tls_conn *client = pair->client;
    static const struct verify_policy see_only = {.mode = VERIFY_NONE};
    size_t len;
    pair->trust = trust_load(pki->ca, err);
    if (pair->trust == NULL)
        return false;
    for (unsigned i = 0; i < pair->arms->count; i++) {
        pair->arms->policies[i].trust = pair->trust;
        pair->arms->policies[i].host = "localhost";
    }
    tls_conn_start(client, 0, &see_only, false);
    tls_conn_start(pair->server, TLS_NO_IDENTITY, NULL, false);
    struct buffer *out = tls_context_output(pair->client_context);
    tls_conn_handshake(client);
    tls_conn_feed(pair->server, out->data, out->len);
    tls_conn_handshake(pair->server);
    buffer_clear(out);
    out = tls_context_output(pair->server_context);
    tls_conn_feed(client, out->data, out->len);
    tls_conn_handshake(client);
    const uint8_t *leaf = tls_conn_peer(client, 0, &len);
    bool ok = leaf != NULL || error_set(err, "the handshake in this process does not work with "
                                             "these --tls-max, --ciphers, --groups, --sigalgs");
    ok = ok && arms_pin(pair->arms, leaf, len, err);
    buffer_clear(out);
    buffer_clear(tls_context_output(pair->client_context));
    tls_conn_stop(client);
    tls_conn_stop(pair->server);
    return ok;
}

static bool make_contexts(struct in_process *pair, const struct in_process_config *config,
                          const struct throwaway_pki *pki, struct error *err)
{
    static const struct password none;
    struct notices notices = {0};
    struct tls_config client = config->limits;
    struct tls_server_config server = {
        .cert = pki->server, .client_ca = pki->ca, .tickets = true, .limits = config->limits};
    client.sni = "localhost";
    client.keep_tickets = config->resume;
    pair->identities = identity_set_new();
    bool ok = identity_set_add(pair->identities, "client", pki->client, NULL, &none, &notices, err);
    notices_cleanup(&notices);
    if (!ok)
        return false;
    pair->client_context = tls_context_new(&client, pair->identities, err);
    pair->server_context =
        pair->client_context != NULL ? tls_server_context_new(&server, err) : NULL;
    if (pair->server_context == NULL)
        return false;
    pair->client = tls_conn_new(pair->client_context);
    pair->server = tls_conn_new(pair->server_context);
    return true;
}

struct in_process *in_process_new(const struct in_process_config *config, struct arms *arms,
                                  struct error *err)
{
    struct throwaway_pki pki;
    struct in_process *pair = memory_new(1, sizeof *pair);
    pair->arms = arms;
    pair->resume = config->resume;
    bool ok = throwaway_pki_make(&pki, config->key_type, err) &&
              make_contexts(pair, config, &pki, err) && equip_arms(pair, &pki, err);
    throwaway_pki_remove(&pki);
    if (ok)
        return pair;
    in_process_free(pair);
    return NULL;
}

void in_process_free(struct in_process *pair)
{
    if (pair == NULL)
        return;
    tls_conn_free(pair->client);
    tls_conn_free(pair->server);
    tls_context_free(pair->client_context);
    tls_context_free(pair->server_context);
    identity_set_free(pair->identities);
    trust_free(pair->trust);
    buffer_cleanup(&pair->to_client);
    buffer_cleanup(&pair->to_server);
    free(pair);
}

/* The cost of one side's steps. */
struct cost {
    uint64_t cpu_ns, instructions;
};

/* Moves the output of SIDE's last step into TO. */
static void collect(struct tls_context *context, struct buffer *to)
{
    struct buffer *out = tls_context_output(context);
    buffer_clear(to);
    buffer_append(to, out->data, out->len);
    buffer_clear(out);
}

static enum tls_status step_client(struct in_process *pair, struct cost *cost,
                                   struct instructions *counter)
{
    if (pair->to_client.len > 0)
        tls_conn_feed(pair->client, pair->to_client.data, pair->to_client.len);
    uint64_t instructions = instructions_read(counter);
    uint64_t cpu_ns = clock_thread_cpu_ns();
    enum tls_status status = tls_conn_handshake(pair->client);
    cost->cpu_ns += clock_thread_cpu_ns() - cpu_ns;
    cost->instructions += instructions_read(counter) - instructions;
    collect(pair->client_context, &pair->to_server);
    return status;
}

/* The server's turn; it continues after its handshake, so that it sees the client's last flight. */
static bool step_server(struct in_process *pair)
{
    const uint8_t *bytes;
    size_t len;
    if (pair->to_server.len > 0)
        tls_conn_feed(pair->server, pair->to_server.data, pair->to_server.len);
    enum tls_status status = tls_conn_handshake(pair->server);
    if (status == TLS_OK)
        status = tls_conn_read(pair->server, &bytes, &len);
    collect(pair->server_context, &pair->to_client);
    return status == TLS_WANT_READ;
}

/* Reads the tickets that follow a TLS 1.3 handshake: with the server's first byte of data, since
 * BoringSSL delays them until then. */
static void take_tickets(struct in_process *pair)
{
    static const uint8_t byte;
    const uint8_t *bytes;
    size_t len;
    if (!step_server(pair) || tls_conn_write(pair->server, &byte, 1, &len) != TLS_OK)
        return;
    collect(pair->server_context, &pair->to_client);
    tls_conn_feed(pair->client, pair->to_client.data, pair->to_client.len);
    while (tls_conn_read(pair->client, &bytes, &len) == TLS_OK)
        ;
}

static bool shake_hands(struct in_process *pair, struct cost *cost, struct instructions *counter)
{
    buffer_clear(&pair->to_client);
    for (int flights = 0; flights < 10; flights++) {
        enum tls_status status = step_client(pair, cost, counter);
        if (status == TLS_OK)
            return true;
        if (status != TLS_WANT_READ || !step_server(pair) || pair->to_client.len == 0)
            return false;
    }
    return false;
}

static void run_session(struct in_process *pair, struct comparison *comparison, size_t block,
                        unsigned arm, struct instructions *counter)
{
    struct cost cost = {0};
    tls_conn_start(pair->client, 0, &pair->arms->policies[pair->arms->policy_of[arm]],
                   pair->resume);
    tls_conn_start(pair->server, TLS_NO_IDENTITY, NULL, false);
    uint64_t start_ns = clock_now_ns();
    bool ok = shake_hands(pair, &cost, counter);
    uint64_t wall_ns = clock_now_ns() - start_ns;
    const struct tls_facts *facts = tls_conn_facts(pair->client);
    bool counts = facts->resumed == pair->resume;
    if (!ok) {
        comparison_add_failure(comparison, arm);
    } else {
        double values[NUM_MEASURES] = {
            [MEASURE_VERIFY_CALLBACK] = counts ? facts->verify.elapsed_ns : NAN,
            [MEASURE_HANDSHAKE_CPU] = counts ? (double)cost.cpu_ns : NAN,
            [MEASURE_TLS_HANDSHAKE] = counts ? (double)wall_ns : NAN,
            [MEASURE_INSTRUCTIONS] =
                counts && instructions_are_counted(counter) ? (double)cost.instructions : NAN};
        comparison_add(comparison, block, arm, values);
        if (counts)
            comparison_add_wire(comparison, arm, facts->wire);
        if (pair->resume)
            take_tickets(pair);
    }
    buffer_clear(tls_context_output(pair->client_context));
    buffer_clear(tls_context_output(pair->server_context));
    tls_conn_stop(pair->client);
    tls_conn_stop(pair->server);
}

void in_process_run(struct in_process *pair, struct comparison *comparison, size_t block,
                    struct instructions *counter)
{
    unsigned count = pair->arms->count;
    for (unsigned place = 0; place < count; place++) {
        unsigned arm = arms_pick(pair->arms, (uint64_t)block * count + place);
        run_session(pair, comparison, block, arm, counter);
    }
}

const struct tls_facts *in_process_facts(const struct in_process *pair)
{
    return tls_conn_facts(pair->client);
}
