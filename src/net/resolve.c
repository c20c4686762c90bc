/* SPDX-License-Identifier: Apache-2.0 */
#include "net/resolve.h"

#include "base/memory.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void append(struct address_list *list, const struct sockaddr *address, size_t len)
{
    list->items = memory_resize(list->items, (list->count + 1) * sizeof *list->items);
    memset(&list->items[list->count], 0, sizeof *list->items);
    memcpy(&list->items[list->count++].storage, address, len);
}

bool resolve_host(struct address_list *list, const char *host, uint16_t port, struct error *err)
{
    char service[8];
    snprintf(service, sizeof service, "%u", port);
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    int failure = getaddrinfo(host, service, &hints, &found);
    if (failure != 0)
        return error_set(err, "the host '%s' cannot be resolved: %s", host, gai_strerror(failure));
    for (const struct addrinfo *info = found; info != NULL; info = info->ai_next)
        append(list, info->ai_addr, info->ai_addrlen);
    freeaddrinfo(found);
    return true;
}

static bool parse_literal(struct sockaddr_storage *out, const char *text)
{
    memset(out, 0, sizeof *out);
    struct sockaddr_in *v4 = (struct sockaddr_in *)out;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)out;
    if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
        out->ss_family = AF_INET;
        return true;
    }
    if (inet_pton(AF_INET6, text, &v6->sin6_addr) == 1) {
        out->ss_family = AF_INET6;
        return true;
    }
    return false;
}

/* The bytes of an address, in network order. */
static uint8_t *address_bytes(struct sockaddr_storage *storage, size_t *out_len)
{
    if (storage->ss_family == AF_INET) {
        *out_len = 4;
        return (uint8_t *)&((struct sockaddr_in *)storage)->sin_addr;
    }
    *out_len = 16;
    return (uint8_t *)&((struct sockaddr_in6 *)storage)->sin6_addr;
}

static bool add_range(struct address_list *list, const char *from, const char *to)
{
    struct sockaddr_storage first, last;
    if (!parse_literal(&first, from) || !parse_literal(&last, to) ||
        first.ss_family != last.ss_family)
        return false;
    size_t len;
    uint8_t *first_bytes = address_bytes(&first, &len);
    const uint8_t *last_bytes = address_bytes(&last, &len);
    if (memcmp(first_bytes, last_bytes, len - 1) != 0 || first_bytes[len - 1] > last_bytes[len - 1])
        return false;
    for (unsigned byte = first_bytes[len - 1]; byte <= last_bytes[len - 1]; byte++) {
        first_bytes[len - 1] = (uint8_t)byte;
        append(list, (const struct sockaddr *)&first, sizeof first);
    }
    return true;
}

bool resolve_sources(struct address_list *list, const char *text, struct error *err)
{
    char *copy = memory_text(text), *rest = copy;
    bool ok = text[0] != '\0';
    for (char *part; ok && (part = strsep(&rest, ",")) != NULL;) {
        char *to = strchr(part, '-');
        if (to != NULL)
            *to++ = '\0';
        ok = add_range(list, part, to != NULL ? to : part);
    }
    free(copy);
    if (ok)
        return true;
    address_list_cleanup(list);
    return error_set(
        err,
        "--source '%s' is not a list of addresses; expected ADDR[,ADDR...], or ADDR-ADDR that "
        "differ in the last byte only, such as 127.0.0.1-127.0.0.8",
        text);
}

void address_list_cleanup(struct address_list *list)
{
    free(list->items);
    *list = (struct address_list){0};
}

void address_text(const struct address *address, char out[static ADDRESS_TEXT_LEN])
{
    char literal[INET6_ADDRSTRLEN] = "?";
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)&address->storage;
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)&address->storage;
    bool is_v4 = address->storage.ss_family == AF_INET;
    inet_ntop(address->storage.ss_family,
              is_v4 ? (const void *)&v4->sin_addr : (const void *)&v6->sin6_addr, literal,
              sizeof literal);
    unsigned port = ntohs(is_v4 ? v4->sin_port : v6->sin6_port);
    if (port == 0)
        snprintf(out, ADDRESS_TEXT_LEN, "%s", literal);
    else
        snprintf(out, ADDRESS_TEXT_LEN, is_v4 ? "%s:%u" : "[%s]:%u", literal, port);
}
