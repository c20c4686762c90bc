/* SPDX-License-Identifier: Apache-2.0 */
#include "net/tcp.h"

#include "base/memory.h"
#include "net/net_internal.h"
#include "net/resolve.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#ifndef IP_LOCAL_PORT_RANGE /* Linux 6.3; not yet in every libc's headers */
#define IP_LOCAL_PORT_RANGE 51
#endif

/* At most one write is in flight; what is written meanwhile is queued behind it. */
struct tcp {
    uv_tcp_t handle;
    struct net_loop *loop;
    const struct tcp_events *events;
    void *owner;
    struct net_request *writing; /* NULL: no write is in flight */
    bool is_open;                /* the handle is initialised and not closing */
    bool is_closing;             /* on_closed will follow */
    bool shutdown_wanted;
    bool is_broken; /* a write failed */
    bool is_last;   /* the next writes go out together with the close */
};

static enum tcp_end end_of(int uv_error)
{
    switch (uv_error) {
    case 0:
        return TCP_OK;
    case UV_EOF:
        return TCP_EOF;
    case UV_ECONNREFUSED:
        return TCP_REFUSED;
    case UV_ENETUNREACH:
    case UV_EHOSTUNREACH:
    case UV_ENETDOWN:
    case UV_EACCES:
    case UV_EPERM:
        return TCP_UNREACHABLE;
    case UV_ETIMEDOUT:
        return TCP_TIMED_OUT;
    case UV_ECONNRESET:
    case UV_EPIPE:
    case UV_ECONNABORTED:
        return TCP_RESET;
    case UV_EMFILE:
    case UV_ENFILE:
        return TCP_NO_DESCRIPTORS;
    case UV_EADDRNOTAVAIL:
    case UV_EADDRINUSE:
        return TCP_NO_PORTS;
    case UV_ENOMEM:
    case UV_ENOBUFS:
        return TCP_NO_MEMORY;
    default:
        return TCP_OTHER;
    }
}

const char *tcp_end_name(enum tcp_end end)
{
    static const char *const names[] = {
        [TCP_OK] = "ok",
        [TCP_EOF] = "end of stream",
        [TCP_REFUSED] = "connection refused",
        [TCP_UNREACHABLE] = "unreachable",
        [TCP_TIMED_OUT] = "timed out",
        [TCP_RESET] = "connection reset",
        [TCP_NO_DESCRIPTORS] = "no file descriptors left",
        [TCP_NO_PORTS] = "no local port or address left",
        [TCP_NO_MEMORY] = "no memory left for sockets",
        [TCP_OTHER] = "failed",
    };
    return names[end];
}

struct tcp *tcp_new(struct net_loop *loop, const struct tcp_events *events, void *owner)
{
    struct tcp *tcp = memory_new(1, sizeof *tcp);
    tcp->loop = loop;
    tcp->events = events;
    tcp->owner = owner;
    tcp->handle.data = tcp;
    return tcp;
}

void tcp_free(struct tcp *tcp)
{
    if (tcp == NULL)
        return;
    assert(!tcp->is_open && !tcp->is_closing);
    free(tcp);
}

static void give_buffer(uv_handle_t *handle, size_t suggested, uv_buf_t *out)
{
    (void)suggested;
    struct tcp *tcp = handle->data;
    *out = uv_buf_init(tcp->loop->read_buffer, READ_BUFFER_LEN);
}

/* libuv takes a hang-up after a short read for the end of the stream without checking again; after
 * a reset, the socket still has an error to report. */
static bool has_been_reset(const struct tcp *tcp)
{
    uv_os_fd_t fd;
    int error = 0;
    socklen_t len = sizeof error;
    return tcp->is_broken ||
           (uv_fileno((const uv_handle_t *)&tcp->handle, &fd) == 0 &&
            getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) == 0 && error == ECONNRESET);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buffer)
{
    struct tcp *tcp = stream->data;
    net_loop_woken(tcp->loop);
    if (n > 0) {
        tcp->events->on_bytes(tcp->owner, (const uint8_t *)buffer->base, (size_t)n);
    } else if (n < 0) {
        uv_read_stop(stream);
        bool is_reset = n == UV_EOF && has_been_reset(tcp);
        tcp->events->on_end(tcp->owner, is_reset ? TCP_RESET : end_of((int)n));
    }
}

static void on_connected(uv_connect_t *request, int status)
{
    struct tcp *tcp = request->data;
    net_loop_woken(tcp->loop);
    net_loop_return_connect(tcp->loop, request);
    if (status == UV_ECANCELED)
        return;
    tcp->events->on_connected(tcp->owner, end_of(status));
}

/* Allows this connection any port of the system's range. Without that, Linux tries every second
 * port first, each time from the start: if half of the range is in use, a connect costs a
 * millisecond. With it, the search continues where the last one ended (since 6.8). On older kernels
 * only time is lost. */
static void widen_ports(struct tcp *tcp)
{
    uv_os_fd_t fd;
    uint32_t all_ports = UINT32_C(65535) << 16 | 1; /* clamped to the system's range */
    if (uv_fileno((uv_handle_t *)&tcp->handle, &fd) == 0)
        (void)setsockopt(fd, IPPROTO_IP, IP_LOCAL_PORT_RANGE, &all_ports, sizeof all_ports);
}

static int bind_source(struct tcp *tcp, const struct address *source)
{
    uv_os_fd_t fd;
    int on = 1;
    if (uv_fileno((uv_handle_t *)&tcp->handle, &fd) ==
        0) /* without it, connections work with fewer ports */
        (void)setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    struct sockaddr_storage any_port = source->storage;
    if (any_port.ss_family == AF_INET)
        ((struct sockaddr_in *)&any_port)->sin_port = 0;
    else
        ((struct sockaddr_in6 *)&any_port)->sin6_port = 0;
    return uv_tcp_bind(&tcp->handle, (const struct sockaddr *)&any_port, 0);
}

/* Starts the connect; returns a libuv error if the call fails, which then calls no callback. */
static int start_connect(struct tcp *tcp, const struct address *address,
                         const struct address *source)
{
    int result = uv_tcp_init_ex(&tcp->loop->uv, &tcp->handle, address->storage.ss_family);
    if (result != 0)
        return result;
    tcp->is_open = true;
    uv_tcp_nodelay(&tcp->handle, 1);
    widen_ports(tcp);
    if (source != NULL && (result = bind_source(tcp, source)) != 0)
        return result;
    uv_connect_t *connect = net_loop_take_connect(tcp->loop, tcp);
    result = uv_tcp_connect(connect, &tcp->handle, (const struct sockaddr *)&address->storage,
                            on_connected);
    if (result != 0) {
        net_loop_return_connect(tcp->loop, connect);
        return result;
    }
    /* Requested now, reading is registered by the same epoll_ctl as the connect. */
    (void)uv_read_start((uv_stream_t *)&tcp->handle, give_buffer, on_read);
    return 0;
}

void tcp_connect(struct tcp *tcp, const struct address *address, const struct address *source)
{
    assert(!tcp->is_open && !tcp->is_closing);
    tcp->writing = NULL;
    tcp->shutdown_wanted = tcp->is_broken = tcp->is_last = false;
    int result = start_connect(tcp, address, source);
    if (result != 0)
        tcp->events->on_connected(tcp->owner, end_of(result));
}

static void start_write(struct tcp *tcp);

static void on_shutdown(uv_shutdown_t *request, int status)
{
    (void)status; /* a broken connection is noticed when reading */
    struct tcp *tcp = request->data;
    net_loop_woken(tcp->loop);
    net_loop_return_request(tcp->loop, (struct net_request *)request);
}

static void start_shutdown(struct tcp *tcp)
{
    struct net_request *request = net_loop_take_request(tcp->loop, tcp);
    if (uv_shutdown(&request->uv.shutdown, (uv_stream_t *)&tcp->handle, on_shutdown) != 0)
        net_loop_return_request(tcp->loop, request);
}

static void end_write(struct tcp *tcp)
{
    net_loop_return_request(tcp->loop, tcp->writing);
    tcp->writing = NULL;
}

static void on_written(uv_write_t *uv_request, int status)
{
    struct tcp *tcp = uv_request->data;
    net_loop_woken(tcp->loop);
    if (status == 0 && tcp->writing->queued.len > 0) {
        start_write(tcp);
        return;
    }
    end_write(tcp);
    if (status != 0)
        tcp->is_broken = true;
    else if (tcp->shutdown_wanted)
        start_shutdown(tcp);
    else if (tcp->events->on_drained != NULL)
        tcp->events->on_drained(tcp->owner);
}

/* uv_buf_init() would cut the length to 32 bits. */
static uv_buf_t buf_of(const uint8_t *bytes, size_t len)
{
    return (uv_buf_t){.base = (char *)bytes, .len = len};
}

static void start_write(struct tcp *tcp)
{
    struct net_request *request = tcp->writing;
    struct buffer swap = request->in_flight;
    request->in_flight = request->queued;
    request->queued = swap;
    buffer_clear(&request->queued);
    uv_buf_t buf = buf_of(request->in_flight.data, request->in_flight.len);
    if (uv_write(&request->uv.write, (uv_stream_t *)&tcp->handle, &buf, 1, on_written) != 0) {
        end_write(tcp);
        tcp->is_broken = true;
    }
}

/* Like uv_try_write, but the kernel keeps the last segment until more data or the close follows. */
static int try_write_last(struct tcp *tcp, const uint8_t *bytes, size_t len)
{
    uv_os_fd_t fd;
    int result = uv_fileno((uv_handle_t *)&tcp->handle, &fd);
    if (result != 0)
        return result;
    ssize_t n = send(fd, bytes, len, MSG_MORE | MSG_NOSIGNAL | MSG_DONTWAIT);
    return n >= 0 ? (int)n : uv_translate_sys_error(errno);
}

/* Sends what the kernel accepts at once; returns the number of bytes, an int, or a libuv error. */
static int try_write(struct tcp *tcp, const uint8_t *bytes, size_t len)
{
    if (len > INT_MAX)
        len = INT_MAX;
    uv_buf_t buf = buf_of(bytes, len);
    int n = tcp->is_last ? try_write_last(tcp, bytes, len)
                         : uv_try_write((uv_stream_t *)&tcp->handle, &buf, 1);
    return n == UV_EAGAIN ? 0 : n;
}

bool tcp_write(struct tcp *tcp, const uint8_t *bytes, size_t len)
{
    int n = 0;
    if (tcp->is_broken)
        return false;
    if (tcp->writing == NULL && (n = try_write(tcp, bytes, len)) < 0) {
        tcp->is_broken = true;
        return false;
    }
    if ((size_t)n == len)
        return true;
    bool is_first = tcp->writing == NULL;
    if (is_first)
        tcp->writing = net_loop_take_request(tcp->loop, tcp);
    buffer_append(&tcp->writing->queued, bytes + n, len - (size_t)n);
    if (is_first)
        start_write(tcp);
    return !tcp->is_broken;
}

bool tcp_is_full(const struct tcp *tcp)
{
    return tcp->writing != NULL || tcp->is_broken;
}

void tcp_shutdown(struct tcp *tcp)
{
    if (tcp->writing != NULL)
        tcp->shutdown_wanted = true;
    else
        start_shutdown(tcp);
}

void tcp_hold_last(struct tcp *tcp)
{
    tcp->is_last = true;
}

static void on_closed(uv_handle_t *handle)
{
    struct tcp *tcp = handle->data;
    net_loop_woken(tcp->loop);
    tcp->is_closing = false;
    tcp->events->on_closed(tcp->owner);
}

void tcp_close(struct tcp *tcp, bool reset)
{
    if (tcp->is_closing)
        return;
    if (!tcp->is_open) {
        tcp->events->on_closed(tcp->owner);
        return;
    }
    tcp->is_open = false;
    tcp->is_closing = true;
    if (!reset || uv_tcp_close_reset(&tcp->handle, on_closed) != 0)
        uv_close((uv_handle_t *)&tcp->handle, on_closed);
}
