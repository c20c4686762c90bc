/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The request, built once per run and sent many times: method, target, headers and body, in the
 * forms that HTTP/1.1 (bytes) and HTTP/2 (fields) need. Immutable once built, shared by all
 * threads.
 */
#ifndef PINLOAD_HTTP_REQUEST_H
#define PINLOAD_HTTP_REQUEST_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

struct target;
struct request;
struct refusal_text;

#define REQUEST_MAX_HEADERS 100 /* given by the user */
#define REQUEST_MAX_FIELDS (REQUEST_MAX_HEADERS + 8)

/* One header, or one of HTTP/2's pseudo-header fields. */
struct http_field {
    char *name;
    char *value;
    size_t name_len;
    size_t value_len;
};

/* request_new builds a request for TARGET. METHOD NULL: GET, or POST if BODY is not NULL. HEADERS
 * are NUM_HEADERS strings "Name: value", which replace our defaults (Host, User-Agent, Accept,
 * Content-Length). A wrong method or header (bad token, control character, a header that would
 * break the framing, such as Transfer-Encoding or a false Content-Length) sets ERR and returns
 * NULL. BODY is copied. */
struct request *request_new(const struct target *target, const char *method,
                            const char *const *headers, size_t num_headers, const uint8_t *body,
                            size_t body_len, struct error *err);
void request_free(struct request *request);

/* request_set_refusal_text sets TEXT, of 1 to REFUSAL_TEXT_MOST bytes (http/refusal.h), to search
 * responses for; request_refusal_text returns it, or NULL. */
void request_set_refusal_text(struct request *request, const char *text);
const struct refusal_text *request_refusal_text(const struct request *request);

/* request_is_head says whether its responses have no body, whatever their headers say. */
bool request_is_head(const struct request *request);

/* request_is_safe says whether it may be sent as early data (RFC 8470: a safe method). */
bool request_is_safe(const struct request *request);

/* request_bytes returns the whole HTTP/1.1 request, head and body. */
const uint8_t *request_bytes(const struct request *request, size_t *out_len);

/* request_fields returns the header block of the HTTP/2 request (RFC 9113, section 8.3), at most
 * REQUEST_MAX_FIELDS: pseudo-header fields first, names in lower case, without the fields that
 * HTTP/2 does not allow. */
const struct http_field *request_fields(const struct request *request, size_t *out_count);

/* request_body returns the body alone. */
const uint8_t *request_body(const struct request *request, size_t *out_len);

#endif
