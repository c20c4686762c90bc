/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The part of a plan for addresses: where connections go to, and come from.
 */
#include "base/memory.h"
#include "cli/plan_builder.h"
#include "net/sources.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

/* --tickets counts each pair of them. */
#define MOST_ADDRESSES 32

/* Returns the address in TEXT, without brackets, in canonical form; to be freed. NULL if it is not
 * one. */
static char *read_address(const char *text)
{
    uint8_t bytes[sizeof(struct in6_addr)];
    char usual[INET6_ADDRSTRLEN];
    size_t len = strlen(text);
    bool in_brackets = len > 2 && text[0] == '[' && text[len - 1] == ']';
    char *literal = in_brackets ? memory_text_n(text + 1, len - 2) : memory_text(text);
    int family = inet_pton(AF_INET6, literal, bytes) == 1                  ? AF_INET6
                 : !in_brackets && inet_pton(AF_INET, literal, bytes) == 1 ? AF_INET
                                                                           : AF_UNSPEC;
    free(literal);
    if (family == AF_UNSPEC)
        return NULL;
    inet_ntop(family, bytes, usual, sizeof usual);
    return memory_text(usual);
}

/* Returns the addresses of a list with commas, in canonical form; to be freed. NULL if one of them is
 * none. */
static char *read_addresses(const char *text)
{
    struct buffer list = {0};
    char *copy = memory_text(text), *rest = copy;
    bool ok = true;
    for (char *part; ok && (part = strsep(&rest, ",")) != NULL;) {
        char *address = read_address(part);
        ok = address != NULL;
        if (ok)
            buffer_format(&list, "%s%s", list.len > 0 ? "," : "", address);
        free(address);
    }
    char *usual = ok ? memory_text(buffer_text(&list)) : NULL;
    buffer_cleanup(&list);
    free(copy);
    return usual;
}

/* A --resolve: HOST (without the root's dot), PORT, and the addresses to use for them. */
struct resolve {
    const char *text; /* as given */
    char *host, *addresses;
    uint16_t port;
};

static void resolve_cleanup(struct resolve *resolve)
{
    free(resolve->host);
    free(resolve->addresses);
}

/* Reads HOST:PORT:ADDR[,ADDR...], where HOST may be in brackets. */
static bool read_resolve(struct resolve *resolve, const char *text, struct error *err)
{
    const char *host_end = text[0] == '[' ? strchr(text, ']') : text;
    const char *colon = host_end != NULL ? strchr(host_end, ':') : NULL;
    const char *second = colon != NULL ? strchr(colon + 1, ':') : NULL;
    *resolve = (struct resolve){.text = text};
    resolve->addresses = second != NULL ? read_addresses(second + 1) : NULL;
    if (resolve->addresses != NULL) {
        char *head = memory_text_n(text, (size_t)(second - text)), *host;
        struct error ignored;
        bool ok = target_parse_host_port(head, &host, &resolve->port, &ignored);
        free(head);
        if (ok) {
            resolve->host = target_name_without_root(host);
            free(host);
            return true;
        }
        free(resolve->addresses);
    }
    return error_set(err,
                     "--resolve '%s' is not HOST:PORT:ADDR[,ADDR...]; expected, for example, "
                     "example.com:443:127.0.0.1",
                     text);
}

static bool is_for(const struct resolve *resolve, const char *host, uint16_t port)
{
    return resolve->port == port && strcasecmp(resolve->host, host) == 0;
}

/* Two that differ for the same host and port are an error. */
static bool check_pairs(const struct resolve *resolves, size_t count, struct error *err)
{
    for (size_t i = 1; i < count; i++) {
        for (size_t k = 0; k < i; k++) {
            if (is_for(&resolves[i], resolves[k].host, resolves[k].port) &&
                strcmp(resolves[i].addresses, resolves[k].addresses) != 0)
                return error_set(
                    err,
                    "--resolve '%s' and --resolve '%s' differ for one HOST:PORT; expected one "
                    "--resolve, which may have several addresses",
                    resolves[k].text, resolves[i].text);
        }
    }
    return true;
}

/* The addresses that RESOLVES have for the URL's host, or NULL. Warns about those that have no
 * effect. */
static const char *find_resolve(const struct resolve *resolves, size_t count,
                                const struct plan *plan, const struct options *options,
                                struct notices *notices)
{
    const char *addresses = NULL;
    char *host = target_name_without_root(plan->target.host);
    for (size_t i = 0; i < count; i++) {
        if (options->connect_to != NULL)
            notices_add(notices, "--resolve '%s' has no effect: --connect-to says where to connect",
                        resolves[i].text);
        else if (is_for(&resolves[i], host, plan->target.port))
            addresses = resolves[i].addresses;
        else
            notices_add(notices, "--resolve '%s' has no effect: it is not for %s:%u",
                        resolves[i].text, plan->target.host, plan->target.port);
    }
    free(host);
    return addresses;
}

static bool connect_to(struct plan *plan, const char *text, struct error *err)
{
    char *host;
    uint16_t port;
    if (!target_parse_host_port(text, &host, &port, err))
        return error_prefix(err, "--connect-to");
    bool ok = resolve_host(&plan->addresses, host, port, err);
    free(host);
    return ok;
}

/* Resolves each of the comma-separated HOSTS. */
static bool resolve_all(struct plan *plan, const char *hosts, struct error *err)
{
    char *copy = memory_text(hosts), *rest = copy;
    bool ok = true;
    for (char *host; ok && (host = strsep(&rest, ",")) != NULL;)
        ok = resolve_host(&plan->addresses, host, plan->target.port, err);
    free(copy);
    return ok;
}

/* Every --resolve is parsed, even if it has no effect: a mistake in it is still an error. */
static bool resolve_target(struct plan *plan, const struct options *options,
                           struct notices *notices, struct error *err)
{
    size_t num_read = 0, count = options->resolves.count;
    struct resolve *resolves = memory_new(count, sizeof *resolves);
    bool ok = true;
    for (size_t i = 0; ok && i < count; i++) {
        ok = read_resolve(&resolves[i], options->resolves.items[i], err);
        num_read += ok;
    }
    ok = ok && check_pairs(resolves, count, err);
    if (ok) {
        const char *addresses = find_resolve(resolves, count, plan, options, notices);
        ok = options->connect_to != NULL
                 ? connect_to(plan, options->connect_to, err)
                 : resolve_all(plan, addresses != NULL ? addresses : plan->target.host, err);
    }
    for (size_t i = 0; i < num_read; i++)
        resolve_cleanup(&resolves[i]);
    free(resolves);
    return ok;
}

/* Sources must be addresses of this machine, and at least one must reach an address of the host. */
static bool check_sources(struct plan *plan, struct error *err)
{
    if (plan->sources.count == 0)
        return true;
    return (sources_drop_unreachable(&plan->sources, &plan->addresses, err) &&
            sources_check(&plan->sources, err)) ||
           error_prefix(err, "--source");
}

/* Addresses that take turns, and whose tickets they are offered. */
static bool set_turns(struct plan *plan, const struct options *options, struct error *err)
{
    size_t count = plan->addresses.count;
    plan->each_address = options->each_address;
    plan->shared_tickets = options->tickets == NULL || strcmp(options->tickets, "shared") == 0;
    plan->tls.num_addresses = options->each_address ? count : 0;
    if (options->tickets != NULL && !options->each_address)
        return error_set(err,
                         "--tickets '%s' says what becomes of several addresses' tickets; expected "
                         "--each-address with it",
                         options->tickets);
    if (options->tickets != NULL && plan->session_mode == SESSION_FULL)
        return error_set(err,
                         "--tickets '%s' has none to offer with --session-mode full; expected "
                         "resume, mixed:PERCENT or early",
                         options->tickets);
    if (!options->each_address)
        return true;
    return (count > 1 && count <= MOST_ADDRESSES) ||
           error_set(err,
                     "--each-address needs a host of 2 to %d addresses, and '%s' has %zu; "
                     "--resolve HOST:PORT:ADDR,ADDR gives others",
                     MOST_ADDRESSES, plan->target.host, count);
}

bool plan_build_addresses(struct plan *plan, const struct options *options, struct notices *notices,
                          struct error *err)
{
    if (options->source != NULL && !resolve_sources(&plan->sources, options->source, err))
        return false;
    return resolve_target(plan, options, notices, err) && set_turns(plan, options, err) &&
           check_sources(plan, err);
}
