/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each parser returns NULL on success, otherwise a complaint: half a sentence, which the public
 * functions complete with the text that was read and the form that was expected.
 */
#include "http/target.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "http/visible.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SCHEME "https://"
#define DEFAULT_PORT 443
#define LONGEST_HOST 253 /* RFC 1035, section 2.3.4, without the dot of the root */
#define LONGEST_LABEL 63

/* A part of the text that is parsed. */
struct span {
    const char *start;
    size_t len;
};

struct host_port {
    char *host; /* lower case, without brackets */
    bool in_brackets;
    bool is_ip;
    bool has_port;
    uint16_t port;
};

static bool is_ascii(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)text[i] > 0x7f)
            return false;
    }
    return true;
}

static bool has_space_or_control(const char *text)
{
    for (const unsigned char *p = (const unsigned char *)text; *p != '\0'; p++) {
        if (*p <= ' ' || *p == 0x7f)
            return true;
    }
    return false;
}

static char *lower_case_copy(const struct span *span)
{
    char *copy = memory_text_n(span->start, span->len);
    for (char *p = copy; *p != '\0'; p++)
        *p = (char)tolower((unsigned char)*p);
    return copy;
}

/* The dot of the root may follow the last label: RFC 3986, section 3.2.2. */
static const char *check_labels(const char *host)
{
    for (const char *label = host;; label++) {
        size_t len = strcspn(label, ".");
        if (len == 0 && *label == '\0' && label != host)
            return NULL;
        if (len == 0)
            return "its host has an empty label";
        if (len > LONGEST_LABEL)
            return "its host has a label of more than 63 characters";
        label += len;
        if (*label == '\0')
            return NULL;
    }
}

/* A name whose last label is a number is an address or a typo, never a name: RFC 3696, section
 * 2. */
static bool ends_in_number(const char *host)
{
    size_t end = strlen(host), begin, digits;
    if (end > 0 && host[end - 1] == '.')
        end--;
    for (begin = end; begin > 0 && host[begin - 1] != '.'; begin--)
        ;
    digits = strspn(host + begin, "0123456789");
    return (end > begin && digits == end - begin) || strncmp(host + begin, "0x", 2) == 0;
}

static const char *check_name(struct host_port *out)
{
    struct in_addr address;
    if (out->host[0] == '\0')
        return "its host is missing";
    if (!is_ascii(out->host, strlen(out->host)))
        return "its host is not ASCII (write such a name in punycode, as xn--...)";
    if (out->host[strspn(out->host, "abcdefghijklmnopqrstuvwxyz0123456789-._")] != '\0')
        return "its host has a character other than letters, digits, '-', '.' and '_'";
    if (strlen(out->host) > LONGEST_HOST)
        return "its host is longer than 253 characters";
    out->is_ip = inet_pton(AF_INET, out->host, &address) == 1;
    if (!out->is_ip && ends_in_number(out->host))
        return "its host is not a valid IPv4 address";
    return check_labels(out->host);
}

static const char *check_ipv6(struct host_port *out)
{
    struct in6_addr address;
    if (inet_pton(AF_INET6, out->host, &address) != 1)
        return "what it has in brackets is not an IPv6 address";
    out->is_ip = true;
    return NULL;
}

static const char *read_port(struct host_port *out, const struct span *text)
{
    uint32_t port = 0;
    for (size_t i = 0; i < text->len && port <= UINT16_MAX; i++) {
        if (!isdigit((unsigned char)text->start[i]))
            return "its port is not a number from 1 to 65535";
        port = port * 10 + (uint32_t)(text->start[i] - '0');
    }
    if (port == 0 || port > UINT16_MAX)
        return "its port is not a number from 1 to 65535";
    out->has_port = true;
    out->port = (uint16_t)port;
    return NULL;
}

/* Finds the end of the host: the bracket, or the only colon. */
static const char *split_host(const struct span *text, struct host_port *out, struct span *out_rest)
{
    struct span host = *text;
    const char *end = text->start + text->len;
    out->in_brackets = text->len > 0 && text->start[0] == '[';
    if (out->in_brackets) {
        const char *bracket = memchr(text->start, ']', text->len);
        if (bracket == NULL)
            return "its '[' has no ']'";
        host = (struct span){text->start + 1, (size_t)(bracket - text->start) - 1};
        *out_rest = (struct span){bracket + 1, (size_t)(end - bracket) - 1};
    } else {
        const char *colon = memchr(text->start, ':', text->len);
        if (colon != NULL)
            host.len = (size_t)(colon - text->start);
        *out_rest = (struct span){text->start + host.len, text->len - host.len};
        if (colon != NULL && memchr(colon + 1, ':', (size_t)(end - colon) - 1) != NULL)
            return "it has more than one colon (write an IPv6 address in brackets, as [::1])";
    }
    out->host = lower_case_copy(&host);
    return NULL;
}

static const char *read_host_port(struct host_port *out, const struct span *text)
{
    struct span rest;
    const char *complaint = split_host(text, out, &rest);
    if (complaint != NULL)
        return complaint;
    complaint = out->in_brackets ? check_ipv6(out) : check_name(out);
    if (complaint != NULL || rest.len == 0)
        return complaint;
    if (rest.start[0] != ':')
        return "only a port can follow the ']'";
    return read_port(out, &(struct span){rest.start + 1, rest.len - 1});
}

static char *format_authority(const struct host_port *from, uint16_t port)
{
    struct buffer text = {0};
    buffer_format(&text, from->in_brackets ? "[%s]" : "%s", from->host);
    if (port != DEFAULT_PORT)
        buffer_format(&text, ":%u", port);
    char *authority = memory_text(buffer_text(&text));
    buffer_cleanup(&text);
    return authority;
}

static char *format_path(const struct span *path)
{
    struct buffer text = {0};
    if (path->len == 0 || path->start[0] != '/')
        buffer_append_text(&text, "/");
    buffer_append(&text, path->start, path->len);
    char *copy = memory_text(buffer_text(&text));
    buffer_cleanup(&text);
    return copy;
}

static char *format_url(const struct target *target)
{
    struct buffer text = {0};
    buffer_format(&text, SCHEME "%s%s", target->authority, target->path);
    char *url = memory_text(buffer_text(&text));
    buffer_cleanup(&text);
    return url;
}

static const char *check_scheme(const char *url)
{
    if (strncasecmp(url, SCHEME, strlen(SCHEME)) == 0)
        return NULL;
    return strstr(url, "://") != NULL ? "its scheme is not https" : "it has no scheme";
}

static const char *read_url(struct target *target, struct host_port *at, const char *url)
{
    if (has_space_or_control(url))
        return "it has a space or a control character (percent-encode it)";
    const char *complaint = check_scheme(url);
    if (complaint != NULL)
        return complaint;
    const char *start = url + strlen(SCHEME);
    struct span authority = {start, strcspn(start, "/?#")};
    struct span path = {start + authority.len, strcspn(start + authority.len, "#")};
    if (memchr(authority.start, '@', authority.len) != NULL)
        return "it has user information (send it with --header instead)";
    complaint = read_host_port(at, &authority);
    if (complaint != NULL)
        return complaint;
    if (!is_ascii(path.start, path.len))
        return "its path is not ASCII (percent-encode it)";
    target->port = at->has_port ? at->port : DEFAULT_PORT;
    target->authority = format_authority(at, target->port);
    target->path = format_path(&path);
    target->url = format_url(target);
    target->is_ip = at->is_ip;
    return NULL;
}

bool target_parse(struct target *target, const char *url, struct error *err)
{
    struct host_port at = {0};
    *target = (struct target){0};
    const char *complaint = read_url(target, &at, url);
    if (complaint != NULL) {
        free(at.host);
        return error_set(err,
                         "the URL \"%s\" cannot be used: %s; expected " SCHEME "HOST[:PORT]/PATH",
                         visible_text(url).text, complaint);
    }
    target->host = at.host;
    return true;
}

void target_cleanup(struct target *target)
{
    free(target->url);
    free(target->host);
    free(target->authority);
    free(target->path);
    *target = (struct target){0};
}

bool target_parse_host_port(const char *text, char **out_host, uint16_t *out_port,
                            struct error *err)
{
    struct host_port at = {0};
    const char *complaint = read_host_port(&at, &(struct span){text, strlen(text)});
    if (complaint == NULL && !at.has_port)
        complaint = "its port is missing";
    if (complaint != NULL) {
        free(at.host);
        return error_set(err,
                         "the address \"%s\" cannot be used: %s; expected HOST:PORT or [IPV6]:PORT",
                         visible_text(text).text, complaint);
    }
    *out_host = at.host;
    *out_port = at.port;
    return true;
}

bool target_check_name(const char *name, struct error *err)
{
    static const char subject[] = "its host"; /* the start of each complaint about a name */
    struct host_port at = {.host = lower_case_copy(&(struct span){name, strlen(name)})};
    const char *complaint = check_name(&at);
    free(at.host);
    if (complaint != NULL)
        return error_set(err, "it%s", complaint + strlen(subject));
    return !at.is_ip || error_set(err, "it is an IP address");
}

char *target_name_without_root(const char *host)
{
    size_t len = strlen(host);
    return memory_text_n(host, len > 1 && host[len - 1] == '.' ? len - 1 : len);
}
