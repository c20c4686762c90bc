/* SPDX-License-Identifier: Apache-2.0 */
#include "net/net_loop.h"

#include "base/clock.h"
#include "base/memory.h"
#include "net/net_internal.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

static void on_timer(uv_timer_t *timer)
{
    struct net_loop *loop = timer->data;
    loop->wake_at_ns = UINT64_MAX;
    loop->events->on_wake(loop->owner);
}

static void on_async(uv_async_t *async)
{
    struct net_loop *loop = async->data;
    loop->events->on_wake(loop->owner);
}

/* A turn is a wait and the work that follows it; libuv accounts the wait. */
static void on_prepare(uv_prepare_t *prepare)
{
    struct net_loop *loop = prepare->data;
    uint64_t now_ns = clock_now_ns();
    uint64_t idle_ns = uv_metrics_idle_time(&loop->uv);
    uint64_t waited_ns = idle_ns - loop->idle_before_ns;
    uint64_t turn_ns = now_ns - loop->turn_began_ns;
    loop->turn_began_ns = now_ns;
    loop->idle_before_ns = idle_ns;
    loop->events->on_turn(loop->owner, turn_ns > waited_ns ? turn_ns - waited_ns : 0);
}

/* These fail only where the process has no descriptors left for the loop itself. */
static void check(int result, const char *what)
{
    if (result == 0)
        return;
    fprintf(stderr, "pinload: %s failed: %s\n", what, uv_strerror(result));
    abort();
}

struct net_loop *net_loop_new(const struct net_loop_events *events, void *owner)
{
    struct net_loop *loop = memory_new(1, sizeof *loop);
    loop->events = events;
    loop->owner = owner;
    loop->wake_at_ns = UINT64_MAX;
    check(uv_loop_init(&loop->uv), "uv_loop_init");
    uv_loop_configure(&loop->uv, UV_METRICS_IDLE_TIME);
    check(uv_timer_init(&loop->uv, &loop->timer), "uv_timer_init");
    check(uv_async_init(&loop->uv, &loop->async, on_async), "uv_async_init");
    check(uv_prepare_init(&loop->uv, &loop->prepare), "uv_prepare_init");
    loop->timer.data = loop->async.data = loop->prepare.data = loop;
    uv_prepare_start(&loop->prepare, on_prepare);
    uv_unref((uv_handle_t *)&loop->prepare);
    loop->turn_began_ns = clock_now_ns();
    return loop;
}

void net_loop_run(struct net_loop *loop)
{
    loop->turn_began_ns = clock_now_ns();
    uv_run(&loop->uv, UV_RUN_DEFAULT);
}

void net_loop_wake_at(struct net_loop *loop, uint64_t when_ns)
{
    if (when_ns == loop->wake_at_ns)
        return;
    loop->wake_at_ns = when_ns;
    if (when_ns == UINT64_MAX) {
        uv_timer_stop(&loop->timer);
        return;
    }
    uint64_t now_ns = clock_now_ns();
    uint64_t wait_ns = when_ns > now_ns ? when_ns - now_ns : 0;
    uv_update_time(&loop->uv);
    uv_timer_start(&loop->timer, on_timer, (wait_ns + NS_PER_MS - 1) / NS_PER_MS, 0);
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

struct net_request *net_loop_take_request(struct net_loop *loop, void *owner)
{
    struct net_request *request = loop->free_requests;
    if (request != NULL)
        loop->free_requests = request->next_free;
    else
        request = memory_new(1, sizeof *request);
    buffer_clear(&request->in_flight);
    buffer_clear(&request->queued);
    uv_req_set_data((uv_req_t *)&request->uv, owner);
    return request;
}

void net_loop_return_request(struct net_loop *loop, struct net_request *request)
{
    request->next_free = loop->free_requests;
    loop->free_requests = request;
}

static void free_requests(struct net_loop *loop)
{
    while (loop->free_requests != NULL) {
        struct net_request *request = loop->free_requests;
        loop->free_requests = request->next_free;
        buffer_cleanup(&request->in_flight);
        buffer_cleanup(&request->queued);
        free(request);
    }
}

bool net_loop_free(struct net_loop *loop)
{
    if (loop == NULL)
        return true;
    bool clean = uv_loop_close(&loop->uv) == 0;
    free_requests(loop);
    free(loop);
    return clean;
}

const char *net_library_version(void)
{
    return uv_version_string();
}
