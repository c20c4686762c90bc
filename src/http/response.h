/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One HTTP/1.1 response after another, parsed from bytes that come in pieces (RFC 9112). Interim
 * responses (1xx) are skipped; 101 is invalid, since no upgrade is ever asked for. The parser's
 * library bounds the header block (80 KiB). Knows of no request but whether it was HEAD.
 */
#ifndef PINLOAD_HTTP_RESPONSE_H
#define PINLOAD_HTTP_RESPONSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct response;

enum response_progress { RESPONSE_PARTIAL, RESPONSE_COMPLETE, RESPONSE_INVALID };

/* What a complete response was. */
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

/* response_expect forgets the last response and waits for one to a request that IS_HEAD or not, in whose
 * body TEXT is looked for, unless it is NULL. */
void response_expect(struct response *response, bool is_head, const struct refusal_text *text);

/* response_feed takes bytes, up to the end of the response, and says in OUT_USED how many. After
 * RESPONSE_COMPLETE or RESPONSE_INVALID, response_expect comes before the next bytes. */
enum response_progress response_feed(struct response *response, const uint8_t *bytes, size_t len,
                                     size_t *out_used);

/* response_end says that the bytes have ended: a response that lasts until then is complete, any
 * other, and one that has not begun, is invalid. */
enum response_progress response_end(struct response *response);

/* response_summary_of returns what the response was, once it is complete. */
struct response_summary response_summary_of(const struct response *response);

#endif
