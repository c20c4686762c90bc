/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An HTTP/2 server in memory, on nghttp2, for the tests of our client side. The requested path
 * decides the response:
 *
 *   /ok           200, "ok"                     /reset         RST_STREAM and no response
 *   /empty        204, no body                  /reset-midway  half a response, then RST_STREAM
 *   /big          200, BIG_BODY_LEN bytes       /reset-gently  RST_STREAM with NO_ERROR, no response
 *   /upload       200 after the whole body      /interim       100 and 103 before the 200
 *   /early        413 without awaiting the body /trailers      200, "ok" and a trailer
 *   /refused      nginx's 400                   /bad-length    a wrong content-length
 *   /hold         nothing                       /head          200, a length and no body
 *   /low-status   099                           /last          200, "ok", then GOAWAY
 *   /declined     REFUSED_STREAM                /first-held    all but the connection's first: 200
 */
#ifndef PINLOAD_TESTS_HTTP_HTTP2_SERVER_H
#define PINLOAD_TESTS_HTTP_HTTP2_SERVER_H

#include "base/buffer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BIG_BODY_LEN 1500000u

/* What it has seen. */
struct http2_server_seen {
    unsigned num_requests;
    unsigned num_open;
    unsigned most_open;
    unsigned num_cancelled; /* streams that the client has reset */
    uint64_t upload_bytes;
    uint64_t upload_sum;  /* of the bytes' values */
    struct buffer fields; /* of the last request, "name=value;" each */
};

struct http2_server;

/* http2_server_new allows MAX_STREAMS at a time and uploads in windows of WINDOW bytes, for the
 * connection too if that is more than 65,535. */
struct http2_server *http2_server_new(uint32_t max_streams, uint32_t window);
void http2_server_free(struct http2_server *server);

const struct http2_server_seen *http2_server_seen(struct http2_server *server);

/* http2_server_feed consumes the client's bytes; false if they violate the protocol. */
bool http2_server_feed(struct http2_server *server, const uint8_t *bytes, size_t len);

/* http2_server_drain appends the server's output to OUT. */
void http2_server_drain(struct http2_server *server, struct buffer *out);

/* http2_server_drain_frame appends one frame; false: there is none. */
bool http2_server_drain_frame(struct http2_server *server, struct buffer *out);

/* http2_server_end_after lets MAX_REQUESTS be served; at the next one it sends GOAWAY. */
void http2_server_end_after(struct http2_server *server, unsigned max_requests);

/* http2_server_goaway says that no stream after LAST_STREAM_ID is or will be served. */
void http2_server_goaway(struct http2_server *server, int32_t last_stream_id);

void http2_server_ping(struct http2_server *server);

#endif
