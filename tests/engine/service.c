/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/service.h"

#include "base/buffer.h"
#include "http/http2_server.h"
#include "net/listener.h"
#include "tls/fixtures.h"
#include "tls/tls_conn.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_CONNECTIONS 1024
#define FLOOD_LEN (256 << 20)

struct connection {
    int fd; /* -1: free */
    struct tls_context *context;
    struct tls_conn *tls;
    bool is_handshaken, is_stalled;
    size_t num_matched;         /* of the end of a request's head */
    unsigned num_ends;          /* of heads and bodies */
    struct http2_server *http2; /* NULL: HTTP/1.1 */
};

struct service {
    enum manner manner;
    struct listener listener;
    struct tls_context *contexts[2]; /* a forgetful one's connections take turns: the keys of their
                                      * tickets differ */
    struct connection connections[MAX_CONNECTIONS];
    int stop_fd;
    pthread_t thread;
    struct service_seen seen;
    uint8_t bytes[65536];
};

#define OK_HEAD "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"

static const char *const responses[] = {
    [MANNER_SERVE] = OK_HEAD "\r\nok",
    [MANNER_AFTER_BODY] = OK_HEAD "\r\nok",
    [MANNER_BEFORE_BODY] = OK_HEAD "\r\nok",
    [MANNER_FORGETFUL] = OK_HEAD "\r\nok",
    [MANNER_EVERY_SECOND_FAILS] = OK_HEAD "\r\nok",
    [MANNER_LAST_RESPONSE] = OK_HEAD "Connection: close\r\n\r\nok",
    [MANNER_UNTIL_CLOSE] = "HTTP/1.1 200 OK\r\n\r\nok",
    [MANNER_UNTIL_FIN] = "HTTP/1.1 200 OK\r\n\r\nok",
    [MANNER_REFUSAL_UNTIL_FIN] = "HTTP/1.1 400 Bad Request\r\n\r\nThe SSL certificate error\n",
    [MANNER_STATUS_UNTIL_FIN] = "HTTP/1.1 500 Internal Server Error\r\n\r\nno",
    [MANNER_CHUNKS_UNTIL_FIN] = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n",
    [MANNER_CUT_SHORT] = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nok",
    [MANNER_STATUS_500] = "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 2\r\n\r\nno",
    [MANNER_REFUSAL_PAGE] = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 31"
                            "\r\n\r\nThe SSL certificate error     \n",
    [MANNER_BYTES_BEHIND] = OK_HEAD "\r\nok and more",
    [MANNER_NO_HTTP] = "220 mail.example ESMTP\r\n",
};

static bool ends_by_fin(enum manner manner)
{
    return manner >= MANNER_UNTIL_FIN && manner <= MANNER_CHUNKS_UNTIL_FIN;
}

static bool closes_after_response(enum manner manner)
{
    return manner == MANNER_LAST_RESPONSE || manner == MANNER_UNTIL_CLOSE ||
           manner == MANNER_CUT_SHORT || manner == MANNER_REFUSAL_PAGE;
}

static bool send_output(struct connection *connection)
{
    struct buffer *output = tls_context_output(connection->context);
    size_t done = 0;
    while (done < output->len) {
        ssize_t n = send(connection->fd, output->data + done, output->len - done, MSG_NOSIGNAL);
        if (n <= 0)
            break;
        done += (size_t)n;
    }
    bool is_sent = done == output->len;
    buffer_clear(output);
    return is_sent;
}

static void let_go(struct connection *connection)
{
    tls_conn_stop(connection->tls);
    if (connection->http2 != NULL)
        http2_server_free(connection->http2);
    connection->http2 = NULL;
    close(connection->fd);
    connection->fd = -1;
}

static void drop(struct connection *connection, bool reset)
{
    struct linger hard = {1, 0};
    if (!reset)
        tls_conn_close_notify(connection->tls);
    send_output(connection);
    if (reset)
        setsockopt(connection->fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    let_go(connection);
}

/* Closes without close_notify. What the client sent is read first, so that FIN goes and not RST. */
static void drop_without_alert(struct connection *connection)
{
    buffer_clear(tls_context_output(connection->context));
    let_go(connection);
}

static void answer_request(struct service *service, struct connection *connection)
{
    size_t written;
    service->seen.requests++;
    if (service->manner == MANNER_RESET_AT_REQUEST) {
        drop(connection, true);
        return;
    }
    const char *response = responses[service->manner];
    if (response == NULL) {
        connection->is_stalled = true;
        return;
    }
    tls_conn_write(connection->tls, (const uint8_t *)response, strlen(response), &written);
    if (ends_by_fin(service->manner)) {
        send_output(connection);
        drop_without_alert(connection);
    } else if (closes_after_response(service->manner)) {
        drop(connection, false);
    }
}

static void begin_http2(struct service *service, struct connection *connection)
{
    connection->http2 = http2_server_new(service->manner == MANNER_FEW_STREAMS ? 4 : 100,
                                         service->manner == MANNER_AFTER_BODY ? 1 << 30 : 65535);
    if (service->manner == MANNER_FEW_REQUESTS || service->manner == MANNER_NO_REQUESTS)
        http2_server_end_after(connection->http2, service->manner == MANNER_FEW_REQUESTS ? 15 : 0);
}

/* Until the client closes. */
static void flood_with_pings(struct connection *connection)
{
    static const uint8_t ping[17] = {0, 0, 8, 6};
    struct buffer pings = {0};
    size_t written;
    for (int i = 0; i < 900; i++)
        buffer_append(&pings, ping, sizeof ping);
    for (int i = 0; i < FLOOD_LEN / 16384; i++) {
        tls_conn_write(connection->tls, pings.data, pings.len, &written);
        if (!send_output(connection))
            break;
    }
    buffer_cleanup(&pings);
    connection->is_stalled = true;
}

static void take_http2(struct service *service, struct connection *connection, const uint8_t *bytes,
                       size_t len)
{
    struct buffer frame = {0};
    size_t written;
    unsigned before = http2_server_seen(connection->http2)->num_requests;
    http2_server_feed(connection->http2, bytes, len);
    unsigned num_new = http2_server_seen(connection->http2)->num_requests - before;
    service->seen.requests += num_new;
    while (http2_server_drain_frame(connection->http2, &frame)) {
        tls_conn_write(connection->tls, frame.data, frame.len, &written);
        buffer_clear(&frame);
    }
    buffer_cleanup(&frame);
    if (service->manner == MANNER_PING_FLOOD)
        flood_with_pings(connection);
    if (num_new > 0 && closes_after_response(service->manner))
        drop(connection, false);
}

/* The end of a header or, if bodies have an end mark, of a body. */
static void take_end(struct service *service, struct connection *connection)
{
    bool is_head = connection->num_ends++ % 2 == 0;
    bool has_bodies = service->manner == MANNER_AFTER_BODY || service->manner == MANNER_BEFORE_BODY;
    if (!has_bodies || is_head == (service->manner == MANNER_BEFORE_BODY))
        answer_request(service, connection);
}

static void take_http1(struct service *service, struct connection *connection, const uint8_t *bytes,
                       size_t len)
{
    static const char end[] = "\r\n\r\n";
    for (size_t i = 0; i < len && connection->fd >= 0; i++) {
        connection->num_matched =
            bytes[i] == (uint8_t)end[connection->num_matched] ? connection->num_matched + 1 : 0;
        if (connection->num_matched == 4) {
            connection->num_matched = 0;
            take_end(service, connection);
        }
    }
}

static bool shake_hands(struct service *service, struct connection *connection)
{
    size_t len;
    switch (tls_conn_handshake(connection->tls)) {
    case TLS_WANT_READ:
        return false;
    case TLS_OK:
        break;
    default:
        send_output(connection);
        drop_without_alert(connection);
        return false;
    }
    connection->is_handshaken = true;
    if (tls_conn_facts(connection->tls)->h2)
        begin_http2(service, connection);
    service->seen.handshakes++;
    service->seen.resumed += tls_conn_facts(connection->tls)->resumed;
    service->seen.with_client_cert += tls_conn_peer(connection->tls, 0, &len) != NULL ||
                                      tls_conn_facts(connection->tls)->peer_raw_key;
    if (service->manner == MANNER_CLOSE_WORDLESSLY) {
        send_output(connection);
        drop_without_alert(connection);
        return false;
    }
    return true;
}

static void read_plaintext(struct service *service, struct connection *connection)
{
    const uint8_t *bytes;
    size_t len;
    while (connection->fd >= 0) {
        enum tls_status status = tls_conn_read(connection->tls, &bytes, &len);
        if (status == TLS_WANT_READ)
            return;
        if (status != TLS_OK) {
            drop(connection, false);
            return;
        }
        service->seen.records++;
        if (connection->http2 != NULL)
            take_http2(service, connection, bytes, len);
        else
            take_http1(service, connection, bytes, len);
    }
}

static bool fails_at_once(const struct service *service)
{
    return service->manner == MANNER_CLOSE_AT_ONCE ||
           (service->manner == MANNER_EVERY_SECOND_FAILS && service->seen.connections % 2 == 1);
}

static void take_bytes(struct service *service, struct connection *connection)
{
    static const char plain[] = "HTTP/1.1 400 Bad Request\r\n\r\n";
    ssize_t n = recv(connection->fd, service->bytes, sizeof service->bytes, 0);
    if (n <= 0 || (!connection->is_handshaken && fails_at_once(service))) {
        drop_without_alert(connection);
        return;
    }
    if (service->manner == MANNER_STALL_AT_ONCE || connection->is_stalled)
        return;
    if (service->manner == MANNER_NO_TLS) {
        send(connection->fd, plain, sizeof plain - 1, MSG_NOSIGNAL);
        drop_without_alert(connection);
        return;
    }
    tls_conn_feed(connection->tls, service->bytes, (size_t)n);
    if (connection->is_handshaken || shake_hands(service, connection))
        read_plaintext(service, connection);
    if (connection->fd >= 0)
        send_output(connection);
}

static void take_connection(struct service *service)
{
    int fd = accept(service->listener.fd, NULL, NULL);
    if (fd < 0)
        return;
    bool is_second = service->manner == MANNER_FORGETFUL && service->seen.connections % 2 == 1;
    service->seen.connections++;
    for (size_t i = 0; i < MAX_CONNECTIONS; i++) {
        struct connection *connection = &service->connections[i];
        if (connection->fd >= 0 || connection->context != service->contexts[is_second])
            continue;
        connection->fd = fd;
        connection->is_handshaken = connection->is_stalled = false;
        connection->num_matched = connection->num_ends = 0;
        tls_conn_start(connection->tls, TLS_NO_IDENTITY, NULL, false);
        return;
    }
    close(fd);
}

static void *serve(void *arg)
{
    struct service *service = arg;
    struct pollfd fds[MAX_CONNECTIONS + 2];
    for (;;) {
        fds[0] = (struct pollfd){service->stop_fd, POLLIN, 0};
        fds[1] = (struct pollfd){service->listener.fd, POLLIN, 0};
        for (size_t i = 0; i < MAX_CONNECTIONS; i++)
            fds[i + 2] = (struct pollfd){service->connections[i].fd, POLLIN, 0};
        if (poll(fds, MAX_CONNECTIONS + 2, -1) < 0)
            continue;
        if (fds[0].revents != 0)
            return NULL;
        for (size_t i = 0; i < MAX_CONNECTIONS; i++) {
            if (fds[i + 2].revents != 0)
                take_bytes(service, &service->connections[i]);
        }
        if (fds[1].revents != 0)
            take_connection(service);
    }
}

struct service *service_start(enum manner manner, const struct tls_server_config *config)
{
    struct service *service = calloc(1, sizeof *service);
    struct tls_server_config own = *config;
    struct error err = {{0}};
    if (own.cert == NULL && own.key == NULL) {
        own.cert = FIXTURE("server.crt");
        own.key = FIXTURE("server.key");
    }
    service->manner = manner;
    for (size_t i = 0; i < COUNT_OF(service->contexts); i++) {
        service->contexts[i] = tls_server_context_new(&own, &err);
        if (service->contexts[i] == NULL)
            fail_msg("%s", err.text);
    }
    for (size_t i = 0; i < MAX_CONNECTIONS; i++) {
        struct connection *connection = &service->connections[i];
        connection->fd = -1;
        connection->context = service->contexts[manner == MANNER_FORGETFUL ? i % 2 : 0];
        connection->tls = tls_conn_new(connection->context);
    }
    listener_open(&service->listener, 0, NULL, NULL);
    fcntl(service->listener.fd, F_SETFL, O_NONBLOCK);
    service->stop_fd = eventfd(0, EFD_CLOEXEC);
    assert_int_equal(pthread_create(&service->thread, NULL, serve, service), 0);
    return service;
}

void service_stop(struct service *service)
{
    uint64_t one = 1;
    assert_int_equal(write(service->stop_fd, &one, sizeof one), sizeof one);
    pthread_join(service->thread, NULL);
    for (size_t i = 0; i < MAX_CONNECTIONS; i++) {
        if (service->connections[i].fd >= 0)
            let_go(&service->connections[i]);
        tls_conn_free(service->connections[i].tls);
    }
    for (size_t i = 0; i < COUNT_OF(service->contexts); i++)
        tls_context_free(service->contexts[i]);
    listener_join(&service->listener);
    close(service->stop_fd);
    free(service);
}

struct address service_address(const struct service *service)
{
    return service->listener.address;
}

const struct service_seen *service_seen(const struct service *service)
{
    return &service->seen;
}
