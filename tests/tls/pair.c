/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/pair.h"

#include "base/buffer.h"
#include "tls/fixtures.h"

static void load_identity(struct pair *pair, const struct pair_config *config)
{
    const char *name = config->client;
    static const struct password no_password;
    struct notices notices = {0};
    struct error err = {{0}};
    char cert[512], key[512];
    pair->identities = identity_set_new();
    if (config->client_raw_key)
        identity_set_use_raw_keys(pair->identities);
    if (name == NULL)
        return;
    snprintf(cert, sizeof cert, FIXTURES "/%s.crt", name);
    snprintf(key, sizeof key, FIXTURES "/%s.key", name);
    if (!identity_set_add(pair->identities, name, config->client_key_alone ? NULL : cert, key,
                          &no_password, &notices, &err))
        fail_msg("%s", err.text);
    notices_cleanup(&notices);
}

void pair_open(struct pair *pair, const struct pair_config *config)
{
    struct error err = {{0}};
    char cert[512], key[512];
    const char *server = config->server != NULL ? config->server : "server";
    snprintf(cert, sizeof cert, FIXTURES "/%s.crt", server);
    snprintf(key, sizeof key, FIXTURES "/%s.key", server);
    struct tls_server_config server_config = {.cert = config->server_key_alone ? NULL : cert,
                                              .key = key,
                                              .client_ca = config->client_ca,
                                              .client_cert_optional = config->client_cert_optional,
                                              .raw_key = config->server_raw_key,
                                              .client_keys = config->client_keys,
                                              .tickets = config->tickets,
                                              .limits = config->server_tls,
                                              .prepare = config->prepare,
                                              .prepare_arg = config->prepare_arg};
    struct tls_config client_config = config->client_tls;
    client_config.keep_tickets = config->tickets;
    client_config.raw_keys = config->client_raw_key;
    load_identity(pair, config);
    pair->server_context = tls_server_context_new(&server_config, &err);
    if (pair->server_context == NULL)
        fail_msg("%s", err.text);
    pair->client_context = tls_context_new(&client_config, pair->identities, &err);
    if (pair->client_context == NULL)
        fail_msg("%s", err.text);
    pair->client = tls_conn_new(pair->client_context);
    pair->server = tls_conn_new(pair->server_context);
}

void pair_close(struct pair *pair)
{
    tls_conn_free(pair->client);
    tls_conn_free(pair->server);
    tls_context_free(pair->client_context);
    tls_context_free(pair->server_context);
    identity_set_free(pair->identities);
}

/* One side's turn: it is fed the other's output, and continues until it waits or ends. */
struct side {
    struct tls_conn *conn;
    struct tls_context *context;
    struct tls_context *other;
    enum tls_status handshake, read;
    const char *greeting; /* to say after the handshake */
    char *heard;
    size_t heard_capacity;
};

static void read_all(struct side *side)
{
    const uint8_t *bytes;
    size_t len;
    while ((side->read = tls_conn_read(side->conn, &bytes, &len)) == TLS_OK) {
        if (side->heard != NULL && len < side->heard_capacity) {
            memcpy(side->heard, bytes, len);
            side->heard[len] = '\0';
        }
    }
}

/* Returns whether the turn changed anything. */
static bool take_turn(struct side *side)
{
    struct buffer *in = tls_context_output(side->other);
    struct buffer incoming = *in;
    *in = (struct buffer){0};
    bool is_first = side->handshake == TLS_WANT_READ;
    if (incoming.len > 0)
        tls_conn_feed(side->conn, incoming.data, incoming.len);
    if (side->handshake == TLS_WANT_READ)
        side->handshake = tls_conn_handshake(side->conn);
    if (side->handshake == TLS_OK) {
        if (is_first && side->greeting != NULL) {
            size_t written;
            tls_conn_write(side->conn, (const uint8_t *)side->greeting, strlen(side->greeting),
                           &written);
        }
        if (side->read == TLS_WANT_READ)
            read_all(side);
    }
    bool moved = incoming.len > 0 || tls_context_output(side->context)->len > 0;
    buffer_cleanup(&incoming);
    return moved;
}

struct meeting pair_meet(struct pair *pair, const struct verify_policy *policy, bool offer_ticket)
{
    struct meeting meeting = {.text = ""};
    struct side client = {.conn = pair->client,
                          .context = pair->client_context,
                          .other = pair->server_context,
                          .handshake = TLS_WANT_READ,
                          .read = TLS_WANT_READ,
                          .heard = meeting.text,
                          .heard_capacity = sizeof meeting.text};
    struct side server = {.conn = pair->server,
                          .context = pair->server_context,
                          .other = pair->client_context,
                          .handshake = TLS_WANT_READ,
                          .read = TLS_WANT_READ,
                          .greeting = "hello"};
    bool has_identity = identity_set_count(pair->identities) > 0;
    tls_conn_stop(pair->client);
    tls_conn_stop(pair->server);
    buffer_clear(tls_context_output(pair->client_context));
    buffer_clear(tls_context_output(pair->server_context));
    tls_conn_start(pair->client, has_identity ? 0 : TLS_NO_IDENTITY, policy, offer_ticket);
    tls_conn_start(pair->server, TLS_NO_IDENTITY, NULL, false);
    for (int turns = 0; take_turn(&client) | take_turn(&server); turns++)
        assert_true(turns < 100);
    meeting.client = client.handshake;
    meeting.server = server.handshake;
    meeting.client_read = client.read;
    tls_conn_close_notify(pair->client);
    take_turn(&server);
    meeting.server_read = server.read;
    return meeting;
}

const struct tls_facts *pair_client(const struct pair *pair)
{
    return tls_conn_facts(pair->client);
}

const struct tls_facts *pair_server(const struct pair *pair)
{
    return tls_conn_facts(pair->server);
}
