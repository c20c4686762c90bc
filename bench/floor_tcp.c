/* SPDX-License-Identifier: Apache-2.0 */
#include "floor_tcp.h"

#include "base/clock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_DESCRIPTORS 4096
#define NUM_EVENTS 256
#define BUFFER_LEN 65536

/* The state of a connection's dialogue, by its descriptor, on either side. */
struct place {
    unsigned turn;
    unsigned got; /* bytes of this turn */
};

struct side {
    const struct tcp_dialogue *dialogue;
    int epoll;
    struct sockaddr_in address;
    struct place places[MAX_DESCRIPTORS];
    uint64_t num_done;
    char buffer[BUFFER_LEN];
};

static void stay_on(int cpu)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    (void)sched_setaffinity(0, sizeof set, &set); /* without it the measurement works, but is less
                                                   * exact */
}

static void watch(const struct side *side, int fd, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.fd = fd};
    (void)epoll_ctl(side->epoll, EPOLL_CTL_ADD, fd, &event);
}

/* Counts LEN bytes towards a turn of WHOLE bytes; true when the turn is complete. */
static bool take(struct place *place, unsigned whole, size_t len)
{
    place->got += (unsigned)len;
    if (place->got < whole)
        return false;
    place->got = 0;
    return true;
}

/* The server */

static void serve(struct side *side, int fd)
{
    struct place *place = &side->places[fd];
    ssize_t n = recv(fd, side->buffer, BUFFER_LEN, 0);
    if (n <= 0) {
        if (n == 0 || errno != EAGAIN)
            close(fd);
        return;
    }
    const struct tcp_dialogue *dialogue = side->dialogue;
    if (place->turn < dialogue->num_turns &&
        take(place, dialogue->turns[place->turn].there, (size_t)n))
        (void)send(fd, side->buffer, dialogue->turns[place->turn++].back, MSG_NOSIGNAL);
}

static void accept_all(struct side *side, int listener)
{
    int fd;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        if (fd >= MAX_DESCRIPTORS) {
            close(fd);
            continue;
        }
        side->places[fd] = (struct place){0};
        watch(side, fd, EPOLLIN);
        serve(side, fd);
    }
}

static void __attribute__((noreturn)) be_server(struct side *side, int listener, int cpu)
{
    struct epoll_event events[NUM_EVENTS];
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    alarm(60);
    stay_on(cpu);
    side->epoll = epoll_create1(EPOLL_CLOEXEC);
    watch(side, listener, EPOLLIN);
    for (;;) {
        int count = epoll_wait(side->epoll, events, NUM_EVENTS, -1);
        for (int i = 0; i < count; i++) {
            if (events[i].data.fd == listener)
                accept_all(side, listener);
            else
                serve(side, events[i].data.fd);
        }
    }
}

/* The client */

static void begin(struct side *side)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int on = 1;
    if (fd < 0 || fd >= MAX_DESCRIPTORS) {
        close(fd);
        return;
    }
    side->places[fd] = (struct place){0};
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    (void)connect(fd, (struct sockaddr *)&side->address, sizeof side->address);
    watch(side, fd, EPOLLIN | EPOLLOUT | EPOLLET);
}

static void say(const struct side *side, int fd)
{
    (void)send(fd, side->buffer, side->dialogue->turns[side->places[fd].turn].there, MSG_NOSIGNAL);
}

/* Reads; false if the connection is over. */
static bool hear(struct side *side, int fd)
{
    struct place *place = &side->places[fd];
    ssize_t n = recv(fd, side->buffer, BUFFER_LEN, 0);
    if (n <= 0)
        return n < 0 && errno == EAGAIN;
    if (!take(place, side->dialogue->turns[place->turn].back, (size_t)n))
        return true;
    if (++place->turn == side->dialogue->num_turns) {
        side->num_done++;
        return false;
    }
    say(side, fd);
    return true;
}

/* Runs connections until UNTIL_NS; each one that ends is followed by the next. */
static void be_client(struct side *side, unsigned in_flight, uint64_t until_ns)
{
    struct epoll_event events[NUM_EVENTS];
    for (unsigned i = 0; i < in_flight; i++)
        begin(side);
    while (clock_now_ns() < until_ns) {
        int count = epoll_wait(side->epoll, events, NUM_EVENTS, 100);
        for (int i = 0; i < count; i++) {
            int fd = events[i].data.fd;
            bool open = true;
            if (events[i].events & EPOLLIN)
                open = hear(side, fd);
            else if (events[i].events & EPOLLOUT)
                say(side, fd);
            if (open && !(events[i].events & (EPOLLERR | EPOLLHUP)))
                continue;
            close(fd);
            begin(side);
        }
    }
}

static int make_listener(struct sockaddr_in *address)
{
    socklen_t len = sizeof *address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int on = 1;
    *address =
        (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on); /* inherited */
    if (fd >= 0 && bind(fd, (struct sockaddr *)address, len) == 0 && listen(fd, 4096) == 0 &&
        getsockname(fd, (struct sockaddr *)address, &len) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

static double us_of(struct timeval after, struct timeval before)
{
    return (double)(after.tv_sec - before.tv_sec) * 1e6 + (double)(after.tv_usec - before.tv_usec);
}

bool floor_tcp(struct tcp_cost *cost, const struct tcp_dialogue *dialogue, unsigned in_flight,
               uint64_t for_ns, int client_cpu, int server_cpu, struct error *err)
{
    static struct side side;
    struct rusage before, after;
    side = (struct side){.dialogue = dialogue};
    int listener = make_listener(&side.address);
    if (listener < 0)
        return error_set(err, "no port can be listened on: %s", strerror(errno));
    pid_t server = fork();
    if (server == 0)
        be_server(&side, listener, server_cpu);
    close(listener);
    if (server < 0)
        return error_set(err, "no server process can be made: %s", strerror(errno));
    stay_on(client_cpu);
    side.epoll = epoll_create1(EPOLL_CLOEXEC);
    uint64_t start_ns = clock_now_ns();
    getrusage(RUSAGE_SELF, &before);
    be_client(&side, in_flight, start_ns + for_ns);
    getrusage(RUSAGE_SELF, &after);
    uint64_t elapsed_ns = clock_now_ns() - start_ns;
    kill(server, SIGKILL);
    waitpid(server, NULL, 0);
    for (int fd = 3; fd < MAX_DESCRIPTORS; fd++) /* those still in flight */
        close(fd);
    if (side.num_done == 0)
        return error_set(err, "not one connection came about");
    double done = (double)side.num_done;
    cost->system_us = us_of(after.ru_stime, before.ru_stime) / done;
    cost->cpu_us = us_of(after.ru_utime, before.ru_utime) / done + cost->system_us;
    cost->per_second = done * 1e9 / (double)elapsed_ns;
    return true;
}
