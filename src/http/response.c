/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The only file that uses the HTTP parser library. The parser pauses at the end of each message, so
 * that a byte after it is never taken for the start of another one.
 */
#include "http/response.h"

#include "base/memory.h"
#include "http/refusal.h"

#include <http_parser.h>
#include <stdlib.h>

struct response {
    http_parser parser;
    struct refusal refusal;
    const struct refusal_text *text; /* NULL: not searched for */
    uint64_t body_bytes;
    bool is_head;
    bool is_complete;
    bool persists;
};

/* The values that on_headers_complete may return. */
enum { BODY_AS_HEADERS_SAY = 0, BODY_IS_ABSENT = 1, RESPONSE_IS_REFUSED = -1 };

static bool is_interim(unsigned status)
{
    return status / 100 == 1;
}

static int on_headers_complete(http_parser *parser)
{
    const struct response *response = parser->data;
    unsigned status = parser->status_code;
    if (parser->http_major != 1 || status < 100 || status == 101)
        return RESPONSE_IS_REFUSED;
    if (response->is_head || is_interim(status) || status == 204 || status == 304)
        return BODY_IS_ABSENT;
    return BODY_AS_HEADERS_SAY;
}

static int on_body(http_parser *parser, const char *bytes, size_t len)
{
    struct response *response = parser->data;
    response->body_bytes += len;
    if (refusal_possible(parser->status_code))
        refusal_scan(&response->refusal, (const uint8_t *)bytes, len);
    if (response->text != NULL)
        refusal_scan_text(&response->refusal, response->text, (const uint8_t *)bytes, len);
    return 0;
}

static int on_message_complete(http_parser *parser)
{
    struct response *response = parser->data;
    response->is_complete = !is_interim(parser->status_code);
    response->persists = http_should_keep_alive(parser);
    http_parser_pause(parser, 1);
    return 0;
}

static const http_parser_settings settings = {
    .on_headers_complete = on_headers_complete,
    .on_body = on_body,
    .on_message_complete = on_message_complete,
};

static void await_status_line(struct response *response)
{
    http_parser_init(&response->parser, HTTP_RESPONSE);
    response->parser.data = response;
}

struct response *response_new(void)
{
    struct response *response = memory_new(1, sizeof *response);
    await_status_line(response);
    return response;
}

void response_free(struct response *response)
{
    free(response);
}

void response_expect(struct response *response, bool is_head, const struct refusal_text *text)
{
    *response = (struct response){.is_head = is_head, .text = text};
    await_status_line(response);
}

enum response_progress response_feed(struct response *response, const uint8_t *bytes, size_t len,
                                     size_t *out_used)
{
    size_t used = 0;
    *out_used = len;
    while (used < len) {
        used += http_parser_execute(&response->parser, &settings, (const char *)bytes + used,
                                    len - used);
        enum http_errno error = HTTP_PARSER_ERRNO(&response->parser);
        if (error == HPE_OK && used == len)
            return RESPONSE_PARTIAL;
        if (error != HPE_PAUSED)
            return RESPONSE_INVALID;
        if (response->is_complete) {
            *out_used = used;
            return RESPONSE_COMPLETE;
        }
        await_status_line(response);
    }
    return RESPONSE_PARTIAL;
}

enum response_progress response_end(struct response *response)
{
    http_parser_execute(&response->parser, &settings, "", 0);
    return response->is_complete ? RESPONSE_COMPLETE : RESPONSE_INVALID;
}

struct response_summary response_summary_of(const struct response *response)
{
    return (struct response_summary){
        .status = response->parser.status_code,
        .persists = response->persists,
        .client_cert_refused = response->refusal.found,
        .has_refusal_text = response->refusal.text_found,
        .body_bytes = response->body_bytes,
    };
}
