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

/* A client and its server. */
struct pair {
    bool resume;
    struct identity_set *identities;
    struct trust *trust;
    struct tls_context *client_context, *server_context;
    struct tls_conn *client, *server;
};

struct in_process {
    struct arms *arms;
    struct pair pairs[MAX_ARMS]; /* one for all arms, or where they are apart, one for each */
    unsigned num_pairs;
    const struct pair *last; /* whose session was the last */
    struct buffer to_client, to_server;
};

static struct pair *pair_of(struct in_process *self, unsigned arm)
{
    return &self->pairs[self->num_pairs > 1 ? arm : 0];
}

/* Half a handshake, after which the client has the server's certificate; NULL: it does not work. */
static const uint8_t *see_leaf(struct pair *pair, size_t *out_len)
{
    static const struct verify_policy see_only = {.mode = VERIFY_NONE};
    struct tls_conn *client = pair->client;
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
    return tls_conn_peer(client, 0, out_len);
}

static void stop(struct pair *pair)
{
    buffer_clear(tls_context_output(pair->client_context));
    buffer_clear(tls_context_output(pair->server_context));
    tls_conn_stop(pair->client);
    tls_conn_stop(pair->server);
}

/* The arms of a pair, all of them or ONLY, verify its throw-away certificates. */
static bool equip_arms(struct arms *arms, struct pair *pair, unsigned only, struct error *err)
{
    size_t len;
    for (unsigned i = 0; i < arms->count; i++) {
        if (arms->is_apart && i != only)
            continue;
        arms->policies[i].trust = pair->trust;
        arms->policies[i].host = "localhost";
    }
    const uint8_t *leaf = see_leaf(pair, &len);
    bool ok = leaf != NULL || error_set(err, "the handshake in this process does not work with "
                                             "these --tls-max, --ciphers, --groups, --sigalgs");
    if (ok && arms->is_apart)
        arms_pin_one(arms, only, leaf, len);
    else if (ok)
        ok = arms_pin(arms, leaf, len, err);
    stop(pair);
    return ok;
}

static bool make_contexts(struct pair *pair, const struct in_process_config *config,
                          const struct throwaway_pki *pki, struct error *err)
{
    static const struct password none;
    struct notices notices = {0};
    struct tls_config client = config->limits;
    struct tls_server_config server = {
        .cert = pki->server, .client_ca = pki->ca, .tickets = true, .limits = config->limits};
    client.sni = "localhost";
    client.keep_tickets = config->resume;
    pair->resume = config->resume;
    pair->identities = identity_set_new();
    bool ok = identity_set_add(pair->identities, "client", pki->client, NULL, &none, &notices, err);
    notices_cleanup(&notices);
    pair->trust = ok ? trust_load(pki->ca, err) : NULL;
    if (pair->trust == NULL)
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

/* Keys of each type are made once, since some certificates take longer to check than others. */
static bool make_pairs(struct in_process *self, const struct in_process_config *configs,
                       struct throwaway_pki pkis[static NUM_KEY_TYPES], struct error *err)
{
    struct arms *arms = self->arms;
    for (unsigned i = 0; i < self->num_pairs; i++) {
        const struct in_process_config *config = &configs[i];
        struct throwaway_pki *pki = &pkis[config->key_type];
        bool ok = (pki->directory[0] != '\0' || throwaway_pki_make(pki, config->key_type, err)) &&
                  make_contexts(&self->pairs[i], config, pki, err) &&
                  equip_arms(arms, &self->pairs[i], i, err);
        if (!ok && arms->is_apart)
            arms_prefix(arms, i, err);
        if (!ok)
            return false;
    }
    return true;
}

struct in_process *in_process_new(const struct in_process_config *configs, struct arms *arms,
                                  struct error *err)
{
    struct throwaway_pki pkis[NUM_KEY_TYPES] = {0};
    struct in_process *self = memory_new(1, sizeof *self);
    self->arms = arms;
    self->num_pairs = arms->is_apart ? arms->count : 1;
    self->last = &self->pairs[0];
    bool ok = make_pairs(self, configs, pkis, err);
    for (int i = 0; i < NUM_KEY_TYPES; i++) {
        if (pkis[i].directory[0] != '\0')
            throwaway_pki_remove(&pkis[i]);
    }
    if (ok)
        return self;
    in_process_free(self);
    return NULL;
}

static void free_pair(struct pair *pair)
{
    tls_conn_free(pair->client);
    tls_conn_free(pair->server);
    tls_context_free(pair->client_context);
    tls_context_free(pair->server_context);
    identity_set_free(pair->identities);
    trust_free(pair->trust);
}

void in_process_free(struct in_process *self)
{
    if (self == NULL)
        return;
    for (unsigned i = 0; i < self->num_pairs; i++)
        free_pair(&self->pairs[i]);
    buffer_cleanup(&self->to_client);
    buffer_cleanup(&self->to_server);
    free(self);
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

static enum tls_status step_client(struct in_process *self, struct pair *pair, struct cost *cost,
                                   struct instructions *counter)
{
    if (self->to_client.len > 0)
        tls_conn_feed(pair->client, self->to_client.data, self->to_client.len);
    uint64_t instructions = instructions_read(counter);
    uint64_t cpu_ns = clock_thread_cpu_ns();
    enum tls_status status = tls_conn_handshake(pair->client);
    cost->cpu_ns += clock_thread_cpu_ns() - cpu_ns;
    cost->instructions += instructions_read(counter) - instructions;
    collect(pair->client_context, &self->to_server);
    return status;
}

/* The server's turn; it continues after its handshake, so that it sees the client's last flight. */
static bool step_server(struct in_process *self, struct pair *pair)
{
    const uint8_t *bytes;
    size_t len;
    if (self->to_server.len > 0)
        tls_conn_feed(pair->server, self->to_server.data, self->to_server.len);
    enum tls_status status = tls_conn_handshake(pair->server);
    if (status == TLS_OK)
        status = tls_conn_read(pair->server, &bytes, &len);
    collect(pair->server_context, &self->to_client);
    return status == TLS_WANT_READ;
}

/* Reads the tickets that follow a TLS 1.3 handshake: with the server's first byte of data, since
 * BoringSSL delays them until then. */
static void take_tickets(struct in_process *self, struct pair *pair)
{
    static const uint8_t byte;
    const uint8_t *bytes;
    size_t len;
    if (!step_server(self, pair) || tls_conn_write(pair->server, &byte, 1, &len) != TLS_OK)
        return;
    collect(pair->server_context, &self->to_client);
    tls_conn_feed(pair->client, self->to_client.data, self->to_client.len);
    while (tls_conn_read(pair->client, &bytes, &len) == TLS_OK)
        ;
}

static bool shake_hands(struct in_process *self, struct pair *pair, struct cost *cost,
                        struct instructions *counter)
{
    buffer_clear(&self->to_client);
    for (int flights = 0; flights < 10; flights++) {
        enum tls_status status = step_client(self, pair, cost, counter);
        if (status == TLS_OK)
            return true;
        if (status != TLS_WANT_READ || !step_server(self, pair) || self->to_client.len == 0)
            return false;
    }
    return false;
}

/* Books a session that is done. */
static void book(struct comparison *comparison, size_t block, unsigned arm, const struct pair *pair,
                 const struct cost *cost, uint64_t wall_ns)
{
    const struct tls_facts *facts = tls_conn_facts(pair->client);
    bool counts = facts->resumed == pair->resume;
    double values[NUM_MEASURES] = {
        [MEASURE_VERIFY_CALLBACK] = counts ? facts->verify.elapsed_ns : NAN,
        [MEASURE_HANDSHAKE_CPU] = counts ? (double)cost->cpu_ns : NAN,
        [MEASURE_TLS_HANDSHAKE] = counts ? (double)wall_ns : NAN,
        [MEASURE_INSTRUCTIONS] =
            counts && comparison->has_instructions ? (double)cost->instructions : NAN};
    comparison_add(comparison, block, arm, values);
    if (counts)
        comparison_add_wire(comparison, arm, facts->wire);
}

static void run_session(struct in_process *self, struct comparison *comparison, size_t block,
                        unsigned arm, struct instructions *counter)
{
    struct pair *pair = pair_of(self, arm);
    struct cost cost = {0};
    self->last = pair;
    tls_conn_start(pair->client, 0, &self->arms->policies[self->arms->policy_of[arm]],
                   pair->resume);
    tls_conn_start(pair->server, TLS_NO_IDENTITY, NULL, false);
    uint64_t start_ns = clock_now_ns();
    bool ok = shake_hands(self, pair, &cost, counter);
    uint64_t wall_ns = clock_now_ns() - start_ns;
    if (ok)
        book(comparison, block, arm, pair, &cost, wall_ns);
    else
        comparison_add_failure(comparison, arm);
    if (ok && pair->resume)
        take_tickets(self, pair);
    stop(pair);
}

void in_process_run(struct in_process *self, struct comparison *comparison, size_t block,
                    struct instructions *counter)
{
    unsigned count = self->arms->count;
    for (unsigned place = 0; place < count; place++) {
        unsigned arm = arms_pick(self->arms, (uint64_t)block * count + place);
        run_session(self, comparison, block, arm, counter);
    }
}

const struct tls_facts *in_process_facts(const struct in_process *self)
{
    return tls_conn_facts(self->last->client);
}

const struct tls_facts *in_process_arm_facts(const struct in_process *self, unsigned arm)
{
    return tls_conn_facts(self->pairs[self->num_pairs > 1 ? arm : 0].client);
}
