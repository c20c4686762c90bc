/* SPDX-License-Identifier: Apache-2.0 */
#include "net/listener.h"

#include "unit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

static void *serve_all(void *arg)
{
    struct listener *listener = arg;
    for (int i = 0; i < listener->num_connections; i++) {
        int fd = accept(listener->fd, NULL, NULL);
        if (fd < 0)
            break;
        listener->serve(fd, listener->arg);
    }
    return NULL;
}

static int open_socket(struct address *address)
{
    struct sockaddr_in *name = (struct sockaddr_in *)&address->storage;
    socklen_t len = sizeof *name;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    memset(address, 0, sizeof *address);
    name->sin_family = AF_INET;
    name->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(fd, (struct sockaddr *)name, len), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)name, &len), 0);
    return fd;
}

void listener_open(struct listener *listener, int num_connections, void (*serve)(int fd, void *arg),
                   void *arg)
{
    *listener = (struct listener){.serve = serve, .arg = arg, .num_connections = num_connections};
    listener->fd = open_socket(&listener->address);
    assert_int_equal(listen(listener->fd, 1024), 0);
    if (num_connections > 0)
        assert_int_equal(pthread_create(&listener->thread, NULL, serve_all, listener), 0);
}

void listener_open_silent(struct listener *listener)
{
    const struct sockaddr *name = (const struct sockaddr *)&listener->address.storage;
    listener_open(listener, 0, NULL, NULL);
    listen(listener->fd, 0);
    listener->is_silent = true;
    for (int i = 0; i < LISTENER_FILLERS; i++) {
        listener->fillers[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        (void)connect(listener->fillers[i], name, sizeof(struct sockaddr_in));
    }
}

void listener_join(struct listener *listener)
{
    for (int i = 0; listener->is_silent && i < LISTENER_FILLERS; i++)
        close(listener->fillers[i]);
    if (listener->num_connections > 0)
        pthread_join(listener->thread, NULL);
    close(listener->fd);
}

struct address listener_dead_address(void)
{
    struct address address;
    close(open_socket(&address)); /* nothing listens on it any more */
    return address;
}
