/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/reload_trigger.h"

#include "base/clock.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

/* How long files must have been quiet, and how often that is waited for at most. */
#define QUIET_MS 50
#define MOST_WAITS 20

static int open_signal(void)
{
    sigset_t mask;
    sigemptyset(&mask);
    sigaddset(&mask, SIGHUP);
    return signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int open_timer(uint64_t interval_ns)
{
    struct timespec interval = {.tv_sec = (time_t)(interval_ns / NS_PER_S),
                                .tv_nsec = (long)(interval_ns % NS_PER_S)};
    struct itimerspec spec = {.it_interval = interval, .it_value = interval};
    int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    if (fd >= 0)
        timerfd_settime(fd, 0, &spec, NULL);
    return fd;
}

/* Files are mostly replaced by a rename, of themselves or of a link above them. */
static bool open_watch(struct reload_trigger *trigger, const struct reload *reload,
                       struct error *err)
{
    trigger->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    for (size_t i = 0; trigger->fd >= 0 && i < reload->num_directories; i++) {
        if (inotify_add_watch(trigger->fd, reload->directories[i],
                              IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE | IN_ONLYDIR) < 0)
            return error_set(err, "--reload watch: the directory '%s' cannot be watched: %s",
                             reload->directories[i], strerror(errno));
    }
    return true;
}

bool reload_trigger_init(struct reload_trigger *trigger, const struct reload *reload,
                         struct error *err)
{
    bool ok = true;
    *trigger = (struct reload_trigger){.kind = reload->kind, .fd = -1};
    if (reload->kind == RELOAD_WATCH)
        ok = open_watch(trigger, reload, err);
    else if (reload->kind == RELOAD_SIGHUP)
        trigger->fd = open_signal();
    else
        trigger->fd = open_timer(reload->interval_ns);
    return ok && (trigger->fd >= 0 ||
                  error_set(err, "--reload cannot wait for changes: %s", strerror(errno)));
}

void reload_trigger_cleanup(struct reload_trigger *trigger)
{
    if (trigger->fd >= 0)
        close(trigger->fd);
    trigger->fd = -1;
}

/* Reads all that is there; false: there was nothing. */
static bool drain(int fd)
{
    char bytes[4096];
    bool any = false;
    while (read(fd, bytes, sizeof bytes) > 0)
        any = true;
    return any;
}

bool reload_trigger_read(struct reload_trigger *trigger, int stop_fd)
{
    bool any = drain(trigger->fd);
    if (trigger->kind != RELOAD_WATCH)
        return any;
    for (int i = 0; i < MOST_WAITS; i++) {
        struct pollfd fds[] = {{stop_fd, POLLIN, 0}, {trigger->fd, POLLIN, 0}};
        if (poll(fds, 2, QUIET_MS) == 0 || fds[0].revents != 0)
            break;
        drain(trigger->fd);
    }
    return any;
}
