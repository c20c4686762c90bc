/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTTP/1.1 responses, one after another, parsed from bytes that arrive in pieces (RFC 9112).
 * Interim responses (1xx) are skipped; 101 is invalid, since no upgrade is ever requested. The
 * parser library limits the header block (80 KiB). All that it knows of the request is whether it
 * was HEAD.
 */
#ifndef PINLOAD_HTTP_RESPONSE_H
#define PINLOAD_HTTP_RESPONSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct response;

enum response_progress { RESPONSE_PARTIAL, RESPONSE_COMPLETE, RESPONSE_INVALID };

/* A complete response. */
struct response_summary {
    unsigned status;
    bool persists; /* the connection can carry another request */
    bool client_cert_refused;
    bool has_refusal_text;
    uint64_t body_bytes;
};

struct refusal_text;

struct response *response_new(void);
void response_free(struct response *response);

/* response_expect forgets the last response and waits for one to a request that IS_HEAD or not;
 * TEXT, if not NULL, is searched for in its body. */
void response_expect(struct response *response, bool is_head, const struct refusal_text *text);

/* response_feed consumes bytes, up to the end of the response, and sets OUT_USED to their number.
 * After RESPONSE_COMPLETE or RESPONSE_INVALID, call response_expect before the next bytes. */
enum response_progress response_feed(struct response *response, const uint8_t *bytes, size_t len,
                                     size_t *out_used);

/* response_end says that the stream has ended: a response that lasts until the end is complete; any
 * other, and one that has not begun, is invalid. */
enum response_progress response_end(struct response *response);

/* response_summary_of returns the response's summary, once it is complete. */
struct response_summary response_summary_of(const struct response *response);

#endif
