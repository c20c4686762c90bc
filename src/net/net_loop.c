/* SPDX-License-Identifier: Apache-2.0 */
#include "net/net_loop.h"

#include "base/clock.h"
#include "base/memory.h"
#include "net/net_internal.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define LOOK_NS (3 * NS_PER_US)
#define SHORT_WAIT_NS (20 * NS_PER_US)

static void on_timer(uv_poll_t *timer, int status, int events)
{
    (void)status, (void)events;
    struct net_loop *loop = timer->data;
    uint64_t num_expired;
    net_loop_woken(loop);
    if (read(loop->timer_fd, &num_expired, sizeof num_expired) < 0)
        return; /* it was set again since */
    loop->wake_at_ns = UINT64_MAX;
    loop->events->on_wake(loop->owner);
}

static void on_async(uv_async_t *async)
{
    struct net_loop *loop = async->data;
    net_loop_woken(loop);
    loop->events->on_wake(loop->owner);
}

/* Polls for a moment before the loop goes to sleep, and says whether there are events. If events
 * follow one another within microseconds, sleeping and waking cost hardly less, and the sender pays
 * for the wake-up: on one machine a server served up to a tenth less for it. If the last wait was
 * long, this one may be, too. */
static bool has_events_soon(const struct net_loop *loop)
{
    struct pollfd events = {.fd = uv_backend_fd(&loop->uv), .events = POLLIN};
    if (loop->wait_ns > SHORT_WAIT_NS)
        return false;
    do {
        if (poll(&events, 1, 0) != 0)
            return true;
    } while (clock_now_ns() < loop->wait_began_ns + LOOK_NS);
    return false;
}

/* No event has arrived: the owner does what it postponed. That is work, not waiting. */
static void be_quiet(struct net_loop *loop)
{
    uint64_t now_ns = clock_now_ns();
    loop->events->on_quiet(loop->owner);
    loop->wait_began_ns = clock_now_ns();
    loop->owner_ns += loop->wait_began_ns - now_ns;
    (void)has_events_soon(loop);
}

/* A turn is what the owner does before the wait, the wait, and the events that end it. libuv could
 * measure the wait, but then it polls once more before each. */
static void on_prepare(uv_prepare_t *prepare)
{
    struct net_loop *loop = prepare->data;
    uint64_t now_ns = clock_now_ns();
    uint64_t events_ns = loop->woken_ns != 0 ? now_ns - loop->woken_ns : 0;
    loop->wait_ns = loop->woken_ns != 0 ? loop->woken_ns - loop->wait_began_ns : UINT64_MAX;
    bool wants_quiet = loop->events->on_turn(loop->owner, loop->owner_ns + events_ns);
    loop->wait_began_ns = clock_now_ns();
    loop->owner_ns = loop->wait_began_ns - now_ns;
    loop->woken_ns = 0;
    if (!has_events_soon(loop) && wants_quiet)
        be_quiet(loop);
}

/* These fail only if the process has no descriptors left for the loop itself. */
static void check(int result, const char *what)
{
    if (result >= 0)
        return;
    fprintf(stderr, "pinload: %s failed: %s\n", what, uv_strerror(result));
    _exit(EXIT_FAILURE);
}

static void set_allocator(void)
{
    uv_replace_allocator(memory_get, memory_resize, memory_new, free);
}

struct net_loop *net_loop_new(const struct net_loop_events *events, void *owner)
{
    static pthread_once_t is_set = PTHREAD_ONCE_INIT;
    pthread_once(&is_set, set_allocator);
    struct net_loop *loop = memory_new(1, sizeof *loop);
    loop->events = events;
    loop->owner = owner;
    loop->wake_at_ns = UINT64_MAX;
    check(uv_loop_init(&loop->uv), "uv_loop_init");
    loop->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    check(loop->timer_fd < 0 ? uv_translate_sys_error(errno) : 0, "timerfd_create");
    check(uv_poll_init(&loop->uv, &loop->timer, loop->timer_fd), "uv_poll_init");
    check(uv_poll_start(&loop->timer, UV_READABLE, on_timer), "uv_poll_start");
    check(uv_async_init(&loop->uv, &loop->async, on_async), "uv_async_init");
    check(uv_prepare_init(&loop->uv, &loop->prepare), "uv_prepare_init");
    loop->timer.data = loop->async.data = loop->prepare.data = loop;
    uv_prepare_start(&loop->prepare, on_prepare);
    uv_unref((uv_handle_t *)&loop->prepare);
    return loop;
}

void net_loop_run(struct net_loop *loop)
{
    uv_run(&loop->uv, UV_RUN_DEFAULT);
}

/* libuv's own timers count whole milliseconds, which would show in an open loop's latencies. */
void net_loop_wake_at(struct net_loop *loop, uint64_t when_ns)
{
    if (when_ns == loop->wake_at_ns)
        return;
    loop->wake_at_ns = when_ns;
    struct itimerspec spec = {{0}}; /* disarmed */
    if (when_ns != UINT64_MAX) {
        spec.it_value.tv_sec = (time_t)(when_ns / NS_PER_S);
        spec.it_value.tv_nsec = (long)(when_ns % NS_PER_S);
    }
    if (when_ns == 0)
        spec.it_value.tv_nsec = 1; /* in the past, but armed */
    int result = timerfd_settime(loop->timer_fd, TFD_TIMER_ABSTIME, &spec, NULL);
    assert(result == 0);
    (void)result;
}

void net_loop_notify(struct net_loop *loop)
{
    uv_async_send(&loop->async);
}

void net_loop_finish(struct net_loop *loop)
{
    if (uv_is_closing((uv_handle_t *)&loop->timer))
        return;
    uv_close((uv_handle_t *)&loop->timer, NULL);
    uv_close((uv_handle_t *)&loop->async, NULL);
    uv_close((uv_handle_t *)&loop->prepare, NULL);
}

struct net_free {
    struct net_free *next;
};

static void *pool_take(struct net_pool *pool, size_t size)
{
    struct net_free *item = pool->first;
    if (item == NULL)
        return memory_new(1, size);
    pool->first = item->next;
    pool->count--;
    return item;
}

/* False if the pool is full. */
static bool pool_put(struct net_pool *pool, void *request)
{
    struct net_free *item = request;
    if (pool->count == KEPT_REQUESTS)
        return false;
    item->next = pool->first;
    pool->first = item;
    pool->count++;
    return true;
}

uv_connect_t *net_loop_take_connect(struct net_loop *loop, void *owner)
{
    uv_connect_t *connect = pool_take(&loop->connects, sizeof *connect);
    uv_req_set_data((uv_req_t *)connect, owner);
    return connect;
}

void net_loop_return_connect(struct net_loop *loop, uv_connect_t *connect)
{
    if (!pool_put(&loop->connects, connect))
        free(connect);
}

struct net_request *net_loop_take_request(struct net_loop *loop, void *owner)
{
    struct net_request *request = pool_take(&loop->requests, sizeof *request);
    buffer_clear(&request->in_flight);
    buffer_clear(&request->queued);
    uv_req_set_data((uv_req_t *)&request->uv, owner);
    return request;
}

static void free_request(struct net_request *request)
{
    buffer_cleanup(&request->in_flight);
    buffer_cleanup(&request->queued);
    free(request);
}

static void give_back_large(struct buffer *buffer)
{
    if (buffer->capacity > KEPT_BYTES)
        buffer_cleanup(buffer);
}

void net_loop_return_request(struct net_loop *loop, struct net_request *request)
{
    give_back_large(&request->in_flight);
    give_back_large(&request->queued);
    if (!pool_put(&loop->requests, request))
        free_request(request);
}

static void free_pools(struct net_loop *loop)
{
    while (loop->connects.count > 0)
        free(pool_take(&loop->connects, 0));
    while (loop->requests.count > 0)
        free_request(pool_take(&loop->requests, 0));
}

bool net_loop_free(struct net_loop *loop)
{
    if (loop == NULL)
        return true;
    bool clean = uv_loop_close(&loop->uv) == 0;
    close(loop->timer_fd);
    free_pools(loop);
    free(loop);
    return clean;
}

const char *net_library_version(void)
{
    return uv_version_string();
}
