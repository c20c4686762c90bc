/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The headers are built once, in the order in which they are sent; HTTP/1.1's bytes and HTTP/2's
 * fields are two renderings of that list.
 */
#include "http/request.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/version.h"
#include "http/refusal.h"
#include "http/target.h"
#include "http/visible.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define USER_AGENT "pinload/" PINLOAD_VERSION
#define LARGEST_HEAD 60000 /* an HTTP/2 header block has to stay under 64 KiB */

struct field_list {
    struct http_field items[REQUEST_MAX_FIELDS];
    size_t count;
};

struct request {
    struct buffer bytes; /* head and body as HTTP/1.1 sends them */
    size_t head_len;
    bool is_head;
    bool is_safe;
    struct refusal_text *refusal_text; /* NULL: none */
    struct field_list fields;          /* as HTTP/2 sends them */
};

/* What these are built from. */
struct draft {
    const struct target *target;
    const char *method;
    const char *const *headers;
    size_t num_headers;
    const uint8_t *body;
    size_t body_len;
};

static void list_add_n(struct field_list *list, const char *name, size_t name_len,
                       const char *value, size_t value_len)
{
    assert(list->count < REQUEST_MAX_FIELDS);
    list->items[list->count++] = (struct http_field){
        .name = memory_text_n(name, name_len),
        .value = memory_text_n(value, value_len),
        .name_len = name_len,
        .value_len = value_len,
    };
}

static void list_add(struct field_list *list, const char *name, const char *value)
{
    list_add_n(list, name, strlen(name), value, strlen(value));
}

static const struct http_field *list_find(const struct field_list *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcasecmp(list->items[i].name, name) == 0)
            return &list->items[i];
    }
    return NULL;
}

static void list_cleanup(struct field_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->items[i].name);
        free(list->items[i].value);
    }
    list->count = 0;
}

/* RFC 9110, section 5.6.2. */
static bool is_token(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '\0' || c > 0x7f || (!isalnum(c) && strchr("!#$%&'*+-.^_`|~", c) == NULL))
            return false;
    }
    return len > 0;
}

static bool has_control(const char *text)
{
    for (const unsigned char *p = (const unsigned char *)text; *p != '\0'; p++) {
        if ((*p < ' ' && *p != '\t') || *p == 0x7f)
            return true;
    }
    return false;
}

static bool check_method(const char *method, struct error *err)
{
    if (!is_token(method, strlen(method)))
        return error_set(err, "the method \"%s\" is not a token; expected a word such as GET",
                         visible_text(method).text);
    if (strcasecmp(method, "CONNECT") == 0)
        return error_set(
            err,
            "the method \"%s\" asks for a tunnel, not for a response; expected any other method",
            method);
    return true;
}

/* What is wrong with the value of a header that has a meaning to us; NULL if nothing is. */

static const char *check_host(const char *value, const struct draft *draft)
{
    (void)draft;
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789-._~!$&'()*+,;=:[]%";
    bool valid = value[0] != '\0' && value[strspn(value, allowed)] == '\0';
    return valid ? NULL : "its value is not valid; expected HOST or HOST:PORT";
}

static const char *check_content_length(const char *value, const struct draft *draft)
{
    char actual[24];
    snprintf(actual, sizeof actual, "%zu", draft->body_len);
    return strcmp(value, actual) == 0
               ? NULL
               : "it is not the length of the body; expected that length, which is also sent "
                 "without this header";
}

static const char *check_connection(const char *value, const struct draft *draft)
{
    (void)draft;
    bool valid = strcasecmp(value, "close") == 0 || strcasecmp(value, "keep-alive") == 0;
    return valid ? NULL : "expected close or keep-alive as its value";
}

static const char *refuse_framing(const char *value, const struct draft *draft)
{
    (void)value;
    (void)draft;
    return "the body is always sent with a Content-Length; expected a header that does not change "
           "the framing";
}

static const char *refuse_upgrade(const char *value, const struct draft *draft)
{
    (void)value;
    (void)draft;
    return "a connection's protocol is never changed; expected any other header, or --http 2 for "
           "HTTP/2";
}

static const struct special_header {
    const char *name;
    const char *(*check)(const char *value, const struct draft *draft);
    bool is_single;
    bool is_hop_by_hop; /* not allowed in HTTP/2: RFC 9113, section 8.2.2 */
} special_headers[] = {
    {"Host", check_host, true, true}, /* HTTP/2 uses :authority */
    {"Content-Length", check_content_length, true, false},
    {"Connection", check_connection, true, true},
    {"Keep-Alive", NULL, false, true},
    {"Proxy-Connection", NULL, false, true},
    {"Transfer-Encoding", refuse_framing, false, true},
    {"Upgrade", refuse_upgrade, false, true},
    {"HTTP2-Settings", refuse_upgrade, false, true},
    {NULL, NULL, false, false},
};

static const struct special_header *find_special(const char *name)
{
    for (const struct special_header *special = special_headers; special->name != NULL; special++) {
        if (strcasecmp(special->name, name) == 0)
            return special;
    }
    return NULL;
}

/* Splits "Name: value" and adds it to LIST. */
static const char *split_header(struct field_list *list, const char *text)
{
    const char *colon = strchr(text, ':');
    if (colon == NULL)
        return "it has no colon; expected \"Name: value\"";
    size_t name_len = (size_t)(colon - text);
    if (!is_token(text, name_len))
        return "its name is not a token; expected \"Name: value\" with a name of letters, digits "
               "and '-'";
    const char *value = colon + 1 + strspn(colon + 1, " \t");
    size_t value_len = strlen(value);
    while (value_len > 0 && strchr(" \t", value[value_len - 1]) != NULL)
        value_len--;
    if (has_control(value))
        return "its value has a control character; expected \"Name: value\" on one line";
    list_add_n(list, text, name_len, value, value_len);
    return NULL;
}

static const char *read_header(struct field_list *list, const char *text, const struct draft *draft)
{
    const char *complaint = split_header(list, text);
    if (complaint != NULL)
        return complaint;
    const struct http_field *field = &list->items[list->count - 1];
    const struct special_header *special = find_special(field->name);
    if (special == NULL)
        return NULL;
    if (special->is_single && list_find(list, field->name) != field)
        return "it was already given; expected it once";
    return special->check != NULL ? special->check(field->value, draft) : NULL;
}

/* Parses the user's headers into LIST. */
static bool read_headers(struct field_list *list, const struct draft *draft, struct error *err)
{
    if (draft->num_headers > REQUEST_MAX_HEADERS)
        return error_set(err, "%zu headers were given; expected at most %d", draft->num_headers,
                         REQUEST_MAX_HEADERS);
    for (size_t i = 0; i < draft->num_headers; i++) {
        const char *complaint = read_header(list, draft->headers[i], draft);
        if (complaint != NULL)
            return error_set(err, "the header \"%s\" cannot be sent: %s",
                             visible_text(draft->headers[i]).text, complaint);
    }
    return true;
}

/* RFC 9110, section 8.6: a method that defines a meaning for content announces even empty
 * content. */
static bool wants_content_length(const struct draft *draft)
{
    return draft->body != NULL || strcmp(draft->method, "POST") == 0 ||
           strcmp(draft->method, "PUT") == 0 || strcmp(draft->method, "PATCH") == 0;
}

/* Builds the whole list of headers, from those GIVEN and our own. */
static void settle_headers(struct field_list *all, const struct field_list *given,
                           const struct draft *draft)
{
    const struct http_field *host = list_find(given, "Host");
    list_add(all, "Host", host != NULL ? host->value : draft->target->authority);
    if (list_find(given, "User-Agent") == NULL)
        list_add(all, "User-Agent", USER_AGENT);
    if (list_find(given, "Accept") == NULL)
        list_add(all, "Accept", "*/*");
    for (size_t i = 0; i < given->count; i++) {
        const struct http_field *field = &given->items[i];
        if (field != host)
            list_add_n(all, field->name, field->name_len, field->value, field->value_len);
    }
    if (wants_content_length(draft) && list_find(given, "Content-Length") == NULL) {
        char length[24];
        snprintf(length, sizeof length, "%zu", draft->body_len);
        list_add(all, "Content-Length", length);
    }
}

static void write_http1(struct request *request, const struct field_list *headers,
                        const struct draft *draft)
{
    struct buffer *bytes = &request->bytes;
    buffer_format(bytes, "%s %s HTTP/1.1\r\n", draft->method, draft->target->path);
    for (size_t i = 0; i < headers->count; i++)
        buffer_format(bytes, "%s: %s\r\n", headers->items[i].name, headers->items[i].value);
    buffer_append_text(bytes, "\r\n");
    request->head_len = bytes->len;
    buffer_append(bytes, draft->body, draft->body_len);
}

static bool is_allowed_in_http2(const struct http_field *field)
{
    const struct special_header *special = find_special(field->name);
    if (strcasecmp(field->name, "TE") == 0)
        return strcasecmp(field->value, "trailers") == 0;
    return special == NULL || !special->is_hop_by_hop;
}

static void write_http2(struct request *request, const struct field_list *headers,
                        const struct draft *draft)
{
    struct field_list *fields = &request->fields;
    list_add(fields, ":method", draft->method);
    list_add(fields, ":scheme", "https");
    list_add(fields, ":authority", list_find(headers, "Host")->value);
    list_add(fields, ":path", draft->target->path);
    for (size_t i = 0; i < headers->count; i++) {
        const struct http_field *field = &headers->items[i];
        if (!is_allowed_in_http2(field))
            continue;
        list_add_n(fields, field->name, field->name_len, field->value, field->value_len);
        for (char *p = fields->items[fields->count - 1].name; *p != '\0'; p++)
            *p = (char)tolower((unsigned char)*p);
    }
}

static bool is_safe_method(const char *method)
{
    static const char *const safe[] = {"GET", "HEAD", "OPTIONS", "TRACE"};
    for (size_t i = 0; i < sizeof safe / sizeof safe[0]; i++) {
        if (strcmp(method, safe[i]) == 0)
            return true;
    }
    return false;
}

static bool build(struct request *request, const struct draft *draft, struct error *err)
{
    struct field_list given = {.count = 0}, all = {.count = 0};
    bool built = check_method(draft->method, err) && read_headers(&given, draft, err);
    if (!built)
        goto out;
    settle_headers(&all, &given, draft);
    write_http1(request, &all, draft);
    write_http2(request, &all, draft);
    request->is_head = strcmp(draft->method, "HEAD") == 0;
    request->is_safe = is_safe_method(draft->method);
    if (request->head_len > LARGEST_HEAD)
        built = error_set(err, "the URL \"%s\" and the headers take %zu bytes; expected at most %d",
                          visible_text(draft->target->url).text, request->head_len, LARGEST_HEAD);
out:
    list_cleanup(&given);
    list_cleanup(&all);
    return built;
}

struct request *request_new(const struct target *target, const char *method,
                            const char *const *headers, size_t num_headers, const uint8_t *body,
                            size_t body_len, struct error *err)
{
    struct draft draft = {
        .target = target,
        .method = method != NULL ? method : (body != NULL ? "POST" : "GET"),
        .headers = headers,
        .num_headers = num_headers,
        .body = body,
        .body_len = body_len,
    };
    struct request *request = memory_new(1, sizeof *request);
    if (!build(request, &draft, err)) {
        request_free(request);
        return NULL;
    }
    return request;
}

void request_free(struct request *request)
{
    if (request == NULL)
        return;
    buffer_cleanup(&request->bytes);
    list_cleanup(&request->fields);
    refusal_text_free(request->refusal_text);
    free(request);
}

void request_set_refusal_text(struct request *request, const char *text)
{
    refusal_text_free(request->refusal_text);
    request->refusal_text = refusal_text_new(text);
}

const struct refusal_text *request_refusal_text(const struct request *request)
{
    return request->refusal_text;
}

bool request_is_head(const struct request *request)
{
    return request->is_head;
}

bool request_is_safe(const struct request *request)
{
    return request->is_safe;
}

const uint8_t *request_bytes(const struct request *request, size_t *out_len)
{
    *out_len = request->bytes.len;
    return request->bytes.data;
}

const struct http_field *request_fields(const struct request *request, size_t *out_count)
{
    *out_count = request->fields.count;
    return request->fields.items;
}

const uint8_t *request_body(const struct request *request, size_t *out_len)
{
    *out_len = request->bytes.len - request->head_len;
    return request->bytes.data + request->head_len;
}
