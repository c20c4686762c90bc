/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A TLS server that costs as little as BoringSSL allows, so that the client is the limit: one
 * thread, epoll, one read buffer and one write buffer for all connections, the same small response
 * to every request. Memory is bounded by the descriptors: a client that does not read its
 * responses, or sends a request header beyond 8 KB, is closed.
 */
#include "base/clock.h"
#include "base/memory.h"
#include "sink_delay.h"
#include "sink_options.h"
#include "sink_tls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define READ_LEN 65536
#define PLAIN_LEN 16384
#define HEAD_LEN 8192 /* the longest request header */
#define NUM_EVENTS 256

/* One per descriptor, indexed by it. */
struct connection {
    struct ssl_st *ssl; /* NULL: not in use */
    char *part;         /* the start of an incomplete request, or NULL */
    size_t part_len;
    bool is_begun; /* something of it was read */
};

struct sink {
    const struct sink_options *options;
    struct sink_tls *tls;
    struct sink_delay *delay; /* NULL: none */
    int epoll, listener, signals;
    struct connection *connections;
    size_t num_descriptors;
    uint64_t first_ns; /* the first connection, or 0 */
    uint64_t accepted, open, most_open, requests;
    bool has_stalled;
    uint8_t read_buffer[READ_LEN];
    char plain[HEAD_LEN + PLAIN_LEN];
};

static void __attribute__((noreturn)) die(const char *what)
{
    fprintf(stderr, "sink: %s: %s\n", what, strerror(errno));
    exit(1);
}

/* Connections */

static void end(struct sink *sink, int fd)
{
    struct connection *connection = &sink->connections[fd];
    sink_tls_end(connection->ssl);
    free(connection->part);
    *connection = (struct connection){0};
    sink->open--;
    close(fd);
}

/* Sends the output of TLS; false if the client does not accept it. */
static bool flush(struct sink *sink, int fd)
{
    struct buffer *out = sink_tls_output(sink->tls);
    bool ok = out->len == 0 || send(fd, out->data, out->len, MSG_NOSIGNAL) == (ssize_t)out->len;
    buffer_clear(out);
    return ok;
}

static const char go_on[] = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n";
static const char go_on_1_0[] =
    "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 3\r\n\r\nok\n";
static const char last[] = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 3\r\n\r\nok\n";

/* Responds to the request header, LEN bytes that end with a NUL. */
static const char *answer_to(const char *head, size_t len)
{
    const char *line_end = memchr(head, '\r', len);
    bool is_1_0 = line_end - head >= 8 && memcmp(line_end - 8, "HTTP/1.0", 8) == 0;
    const char *option = strcasestr(line_end, "\r\nconnection:");
    if (option != NULL)
        option += strlen("\r\nconnection:") + strspn(option + strlen("\r\nconnection:"), " \t");
    if (is_1_0)
        return option != NULL && strncasecmp(option, "keep-alive", 10) == 0 ? go_on_1_0 : last;
    return option != NULL && strncasecmp(option, "close", 5) == 0 ? last : go_on;
}

/* Responds to all complete requests in LEN bytes at TEXT and keeps the rest; false ends the
 * connection. */
static bool answer(struct sink *sink, struct connection *connection, char *text, size_t len)
{
    char *blank;
    while ((blank = memmem(text, len, "\r\n\r\n", 4)) != NULL) {
        size_t head_len = (size_t)(blank - text) + 4;
        blank[3] = '\0';
        const char *response = answer_to(text, head_len);
        sink->requests++;
        if (!sink_tls_write(connection->ssl, response, strlen(response)))
            return false;
        if (response == last) {
            sink_tls_close_notify(connection->ssl);
            return false;
        }
        text += head_len;
        len -= head_len;
    }
    if (len >= HEAD_LEN)
        return false;
    if (len > 0) {
        connection->part = memory_new(1, len);
        connection->part_len = len;
        memcpy(connection->part, text, len);
    }
    return true;
}

/* Reads all available plaintext; false ends the connection. */
static bool serve(struct sink *sink, struct connection *connection)
{
    for (;;) {
        size_t kept = connection->part_len;
        size_t len = PLAIN_LEN;
        enum sink_step step = sink_tls_read(sink->tls, connection->ssl, sink->plain + kept, &len);
        if (step != SINK_DATA)
            return step == SINK_WAIT;
        if (kept > 0)
            memcpy(sink->plain, connection->part, kept);
        free(connection->part);
        connection->part = NULL;
        connection->part_len = 0;
        if (!answer(sink, connection, sink->plain, kept + len))
            return false;
    }
}

/* Uses the processor for as long as each connection is to cost more: exactly that, as no sleep is. */
static void be_busy(const struct sink *sink, struct connection *connection)
{
    uint64_t until_ns = clock_now_ns() + sink->options->busy_ns;
    while (!connection->is_begun && clock_now_ns() < until_ns)
        ;
    connection->is_begun = true;
}

static void on_readable(struct sink *sink, int fd)
{
    struct connection *connection = &sink->connections[fd];
    ssize_t n = recv(fd, sink->read_buffer, READ_LEN, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    bool goes_on = false;
    if (n > 0) {
        be_busy(sink, connection);
        sink_tls_feed(sink->tls, sink->read_buffer, (size_t)n);
        goes_on = serve(sink, connection);
    }
    if (!flush(sink, fd) || !goes_on)
        end(sink, fd);
}

/* From now on FD is read. Mostly the ClientHello is already there, and reading at once saves a
 * wait. */
static void listen_to(struct sink *sink, int fd)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    if (epoll_ctl(sink->epoll, EPOLL_CTL_ADD, fd, &event) != 0)
        end(sink, fd);
    else
        on_readable(sink, fd);
}

static void on_listener(struct sink *sink)
{
    for (int i = 0; i < NUM_EVENTS; i++) {
        int fd = accept4(sink->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0)
            return;
        if ((size_t)fd >= sink->num_descriptors) {
            close(fd);
            continue;
        }
        sink->connections[fd].ssl = sink_tls_accept(sink->tls);
        sink->accepted++;
        if (++sink->open > sink->most_open)
            sink->most_open = sink->open;
        if (sink->first_ns == 0)
            sink->first_ns = clock_now_ns();
        if (sink->delay != NULL)
            sink_delay_add(sink->delay, fd, clock_now_ns());
        else
            listen_to(sink, fd);
    }
}

/* The loop */

static void stall_when_due(struct sink *sink)
{
    const struct sink_options *options = sink->options;
    if (sink->has_stalled || options->stall_for_ns == 0 || sink->first_ns == 0 ||
        clock_now_ns() < sink->first_ns + options->stall_after_ns)
        return;
    sink->has_stalled = true;
    struct timespec pause = {.tv_sec = (time_t)(options->stall_for_ns / NS_PER_S),
                             .tv_nsec = (long)(options->stall_for_ns % NS_PER_S)};
    nanosleep(&pause, NULL);
}

/* Waits for events until a connection's delay is over, to the nanosecond. */
static int wait_for_events(const struct sink *sink, struct epoll_event *events)
{
    uint64_t patience_ns = (sink->options->stall_for_ns > 0 ? 1 : 100) * NS_PER_MS;
    if (sink->delay == NULL)
        return epoll_wait(sink->epoll, events, NUM_EVENTS, (int)(patience_ns / NS_PER_MS));
    uint64_t ns = sink_delay_until(sink->delay, clock_now_ns(), patience_ns);
    struct timespec patience = {.tv_sec = 0, .tv_nsec = (long)ns};
    return epoll_pwait2(sink->epoll, events, NUM_EVENTS, &patience, NULL);
}

static void serve_the_delayed(struct sink *sink)
{
    int fd;
    while (sink->delay != NULL && sink_delay_next(sink->delay, clock_now_ns(), &fd))
        listen_to(sink, fd);
}

static void run(struct sink *sink)
{
    struct epoll_event events[NUM_EVENTS];
    uint64_t end_ns = clock_now_ns() + sink->options->end_after_ns;
    for (;;) {
        int count = wait_for_events(sink, events);
        stall_when_due(sink);
        serve_the_delayed(sink);
        for (int i = 0; i < count; i++) {
            int fd = events[i].data.fd;
            if (fd == sink->signals)
                return;
            if (fd == sink->listener)
                on_listener(sink);
            else
                on_readable(sink, fd);
        }
        if (count < NUM_EVENTS / 2 && clock_now_ns() >= end_ns)
            return;
    }
}

/* Set-up */

static void listen_on(struct sink *sink)
{
    const struct sink_options *options = sink->options;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(options->port)};
    int on = 1;
    if (inet_pton(AF_INET, options->address, &address.sin_addr) != 1) {
        errno = EINVAL;
        die(options->address);
    }
    sink->listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    setsockopt(sink->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    setsockopt(sink->listener, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on); /* inherited */
    if (bind(sink->listener, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(sink->listener, 4096) != 0)
        die("the port cannot be listened on");
}

static void watch(struct sink *sink, int fd)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    if (epoll_ctl(sink->epoll, EPOLL_CTL_ADD, fd, &event) != 0)
        die("epoll_ctl");
}

static void catch_signals(struct sink *sink)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    sink->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

static size_t raise_descriptors(void)
{
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max < 1048576 ? limit.rlim_max : 1048576;
    setrlimit(RLIMIT_NOFILE, &limit);
    return (size_t)limit.rlim_cur;
}

static double seconds_of(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

static void report_codes(const char *what, const struct sink_codes *codes,
                         const char *(*name)(uint16_t))
{
    printf(",\"%s\":{", what);
    for (size_t i = 0; i < codes->num_seen; i++)
        printf("%s\"%s\":%" PRIu64, i > 0 ? "," : "", name(codes->seen[i].code),
               codes->seen[i].count);
    putchar('}');
}

static void report(const struct sink *sink)
{
    const struct sink_handshakes *handshakes = sink_tls_handshakes(sink->tls);
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("{\"connections\":%" PRIu64 ",\"most_open\":%" PRIu64 ",\"full\":%" PRIu64
           ",\"resumed\":%" PRIu64 ",\"ech\":%" PRIu64 ",\"failed\":%" PRIu64
           ",\"requests\":%" PRIu64 ",\"chains_checked\":%" PRIu64
           ",\"cpu_user_s\":%.6f,\"cpu_system_s\":%.6f",
           sink->accepted, sink->most_open, handshakes->full, handshakes->resumed, handshakes->ech,
           handshakes->failed, sink->requests, handshakes->chains_checked,
           seconds_of(usage.ru_utime), seconds_of(usage.ru_stime));
    report_codes("groups", &handshakes->groups, sink_tls_group);
    report_codes("sigalgs", &handshakes->sigalgs, sink_tls_sigalg);
    puts("}");
}

int main(int argc, char **argv)
{
    struct sink_options options;
    struct error err;
    sink_options_read(&options, argc, argv);
    struct sink *sink = memory_new(1, sizeof *sink);
    sink->options = &options;
    sink->tls = sink_tls_new(&options, &err);
    password_wipe(&options.password);
    if (sink->tls == NULL) {
        fprintf(stderr, "sink: %s\n", err.text);
        return 2;
    }
    sink->num_descriptors = raise_descriptors();
    sink->connections = memory_new(sink->num_descriptors, sizeof *sink->connections);
    sink->delay = sink_delay_new(&options, sink->num_descriptors);
    sink->epoll = epoll_create1(EPOLL_CLOEXEC);
    catch_signals(sink);
    listen_on(sink);
    watch(sink, sink->listener);
    watch(sink, sink->signals);
    fprintf(stderr, "sink: listens on %s:%u\n", options.address, options.port);
    run(sink);
    report(sink);
    for (size_t fd = 0; fd < sink->num_descriptors; fd++) {
        if (sink->connections[fd].ssl != NULL)
            end(sink, (int)fd);
    }
    sink_tls_free(sink->tls);
    sink_delay_free(sink->delay);
    free(sink->connections);
    free(sink);
    return 0;
}
