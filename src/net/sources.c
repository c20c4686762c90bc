/* SPDX-License-Identifier: Apache-2.0 */
#include "net/sources.h"

#include "net/resolve.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static bool can_bind(const struct address *source)
{
    int family = source->storage.ss_family;
    socklen_t len = family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return false;
    int result = bind(fd, (const struct sockaddr *)&source->storage, len);
    int reason = errno;
    close(fd);
    errno = reason;
    return result == 0;
}

bool sources_check(const struct address_list *sources, struct error *err)
{
    for (size_t i = 0; i < sources->count; i++) {
        char text[ADDRESS_TEXT_LEN];
        if (can_bind(&sources->items[i]))
            continue;
        address_text(&sources->items[i], text);
        return error_set(
            err,
            "cannot send from the source address '%s': %s; expected an address of this machine",
            text, strerror(errno));
    }
    return true;
}

static bool have_family(const struct address_list *sources, sa_family_t family)
{
    for (size_t i = 0; i < sources->count; i++) {
        if (sources->items[i].storage.ss_family == family)
            return true;
    }
    return false;
}

bool sources_drop_unreachable(const struct address_list *sources, struct address_list *addresses,
                              struct error *err)
{
    size_t count = 0;
    for (size_t i = 0; i < addresses->count; i++) {
        if (have_family(sources, addresses->items[i].storage.ss_family))
            addresses->items[count++] = addresses->items[i];
    }
    if (count > 0) {
        addresses->count = count;
        return true;
    }
    bool is_v4 = addresses->items[0].storage.ss_family == AF_INET;
    return error_set(
        err,
        "the host has only IPv%c addresses and the sources are IPv%c; expected an IPv%c source",
        is_v4 ? '4' : '6', is_v4 ? '6' : '4', is_v4 ? '4' : '6');
}

const struct address *sources_take(const struct address_list *sources, const struct address *to,
                                   size_t *next)
{
    for (size_t i = 0; i < sources->count; i++) {
        const struct address *source = &sources->items[(*next)++ % sources->count];
        if (source->storage.ss_family == to->storage.ss_family)
            return source;
    }
    return NULL;
}
