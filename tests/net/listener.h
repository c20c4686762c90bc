/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A listening socket on loopback and a thread that serves it: each accepted connection is passed to
 * a function, which uses blocking calls, one after the other.
 */
#ifndef PINLOAD_TESTS_NET_LISTENER_H
#define PINLOAD_TESTS_NET_LISTENER_H

#include "net/resolve.h"

#include <pthread.h>
#include <stdbool.h>

#define LISTENER_FILLERS 8

struct listener {
    int fd;
    struct address address;
    pthread_t thread;
    void (*serve)(int fd, void *arg); /* closes FD */
    void *arg;
    int num_connections; /* to accept before the thread ends */
    int fillers[LISTENER_FILLERS];
    bool is_silent;
};

/* listener_open listens on 127.0.0.1, on a port of the kernel's choice, with a thread that SERVEs
 * NUM_CONNECTIONS connections; 0: no thread. */
void listener_open(struct listener *listener, int num_connections, void (*serve)(int fd, void *arg),
                   void *arg);

/* listener_open_silent listens on 127.0.0.1 with a full queue, so that the kernel drops each SYN:
 * nobody answers. */
void listener_open_silent(struct listener *listener);

/* listener_join waits for the thread and closes the socket. */
void listener_join(struct listener *listener);

/* listener_dead_address returns an address of loopback at which nothing listens. */
struct address listener_dead_address(void);

#endif
