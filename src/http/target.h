/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parsed URL: https://HOST[:PORT]/PATH (RFC 3986, RFC 9110), IPv6 literals in brackets. A
 * fragment is dropped; user information is refused.
 */
#ifndef PINLOAD_HTTP_TARGET_H
#define PINLOAD_HTTP_TARGET_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

struct target {
    char *url;       /* normalised, fragment dropped */
    char *host;      /* lower case, without brackets */
    char *authority; /* HOST or HOST:PORT as in a Host header, brackets kept, :443 omitted */
    char *path;      /* begins with '/', query included */
    uint16_t port;
    bool is_ip; /* HOST is an IPv4 or IPv6 literal */
};

/* target_parse reads URL; false sets ERR, which quotes URL and says what was expected. */
bool target_parse(struct target *target, const char *url, struct error *err);
void target_cleanup(struct target *target);

/* target_parse_host_port reads HOST:PORT or [IPV6]:PORT (for --connect-to) into a new host text. */
bool target_parse_host_port(const char *text, char **out_host, uint16_t *out_port,
                            struct error *err);

/* target_check_name says whether NAME is a host name, with or without the root's dot, and not an
 * address; false sets ERR to the reason, such as "it has an empty label". */
bool target_check_name(const char *name, struct error *err);

/* target_name_without_root returns a copy of HOST without the dot of the root, to be freed: with it
 * and without it, the name is the same. */
char *target_name_without_root(const char *host);

#endif
