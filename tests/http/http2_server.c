/* SPDX-License-Identifier: Apache-2.0 */
#include "http2_server.h"

#include "unit.h"

#include <limits.h>
#include <nghttp2/nghttp2.h>

#define REFUSAL "<html><title>400 No required SSL certificate was sent</title></html>"

struct server_stream {
    char path[32];
    const char *body; /* NULL: zeros */
    size_t body_left;
    bool then_trailer;
    bool then_reset;
    bool then_goaway;
};

struct http2_server {
    nghttp2_session *session;
    unsigned max_requests; /* before GOAWAY */
    struct http2_server_seen seen;
};

static void require(bool condition)
{
    if (!condition)
        fail_msg("the HTTP/2 server of the test has failed");
}

static ssize_t read_body(nghttp2_session *session, int32_t stream_id, uint8_t *out, size_t len,
                         uint32_t *out_flags, nghttp2_data_source *source, void *user_data)
{
    (void)user_data;
    struct server_stream *stream = source->ptr;
    if (stream->body_left == 0 && stream->then_reset) {
        require(nghttp2_submit_rst_stream(session, 0, stream_id, NGHTTP2_INTERNAL_ERROR) == 0);
        return NGHTTP2_ERR_DEFERRED;
    }
    if (len > stream->body_left)
        len = stream->body_left;
    if (stream->body != NULL) {
        memcpy(out, stream->body, len);
        stream->body += len;
    } else {
        memset(out, 0, len);
    }
    stream->body_left -= len;
    if (stream->body_left > 0 || stream->then_reset)
        return (ssize_t)len;
    *out_flags |= NGHTTP2_DATA_FLAG_EOF;
    if (stream->then_trailer) {
        nghttp2_nv trailer = {(uint8_t *)"x-sum", (uint8_t *)"1", 5, 1, NGHTTP2_NV_FLAG_NONE};
        *out_flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
        require(nghttp2_submit_trailer(session, stream_id, &trailer, 1) == 0);
    }
    return (ssize_t)len;
}

static size_t make_fields(nghttp2_nv out[static 2], const char *status, const char *length)
{
    out[0] = (nghttp2_nv){(uint8_t *)":status", (uint8_t *)status, 7, 3, NGHTTP2_NV_FLAG_NONE};
    if (length == NULL)
        return 1;
    out[1] = (nghttp2_nv){(uint8_t *)"content-length", (uint8_t *)length, 14, strlen(length),
                          NGHTTP2_NV_FLAG_NONE};
    return 2;
}

static void respond(nghttp2_session *session, int32_t stream_id, struct server_stream *stream,
                    const char *status, const char *length)
{
    nghttp2_nv fields[2];
    size_t num_fields = make_fields(fields, status, length);
    nghttp2_data_provider provider = {.source.ptr = stream, .read_callback = read_body};
    bool has_body = stream->body_left > 0;
    require(nghttp2_submit_response(session, stream_id, fields, num_fields,
                                    has_body ? &provider : NULL) == 0);
}

static void respond_with(nghttp2_session *session, int32_t stream_id, struct server_stream *stream,
                         const char *status, const char *body)
{
    stream->body = body;
    stream->body_left = strlen(body);
    respond(session, stream_id, stream, status, NULL);
}

static void send_interim(nghttp2_session *session, int32_t stream_id, const char *status)
{
    nghttp2_nv fields[2];
    size_t num_fields = make_fields(fields, status, NULL);
    require(nghttp2_submit_headers(session, 0, stream_id, NULL, fields, num_fields, NULL) == 0);
}

static void answer_ok(nghttp2_session *session, int32_t id, struct server_stream *stream)
{
    respond_with(session, id, stream, "200", "ok");
}

static void answer_empty(nghttp2_session *session, int32_t id, struct server_stream *stream)
{
    respond(session, id, stream, "204", NULL);
}

static void answer_head(nghttp2_session *session, int32_t id, struct server_stream *stream)
{
    respond(session, id, stream, "200", "5");
}

static void answer_low_status(nghttp2_session *session, int32_t id, struct server_stream *stream)
{
    respond(session, id, stream, "099", NULL);
}

static void answer_big(nghttp2_session *session, int32_t id, struct server_stream *stream)
{
    stream->body_left = BIG_BODY_LEN;
    respond(session, id, stream, "200", NULL);
}

static void answer_early(nghttp2_session *session, int32_t id, struct server_stream *stream)
{
    respond_with(session, id, stream, "413", "too much");
}

static void answer_refused(nghttp2_session *session, int32_t id, struct server_stream *stream)
{
    respond_with(session, id, stream, "400", REFUSAL);
}

static void answer_interim(nghttp2_session *session, int32_t id, struct server_stream *stream)
{
    send_interim(session, id, "100");
    send_interim(session, id, "103");
    answer_ok(session, id, stream);
}

static void answer_trailers(nghttp2_session *session, int32_t id, struct server_stream *stream)
{
    stream->then_trailer = true;
    answer_ok(session, id, stream);
}

static void answer_bad_length(nghttp2_session *session, int32_t id, struct server_stream *stream)
{
    stream->body = "ok";
    stream->body_left = 2;
    respond(session, id, stream, "200", "5");
}

static void answer_reset(nghttp2_session *session, int32_t id, struct server_stream *stream)
{
    (void)stream;
    require(nghttp2_submit_rst_stream(session, 0, id, NGHTTP2_INTERNAL_ERROR) == 0);
}

static void answer_reset_midway(nghttp2_session *session, int32_t id, struct server_stream *stream)
{
    stream->then_reset = true;
    answer_ok(session, id, stream);
}

static void answer_reset_gently(nghttp2_session *session, int32_t id, struct server_stream *stream)
{
    (void)stream;
    require(nghttp2_submit_rst_stream(session, 0, id, NGHTTP2_NO_ERROR) == 0);
}

static void answer_nothing(nghttp2_session *session, int32_t id, struct server_stream *stream)
{
    (void)session;
    (void)id;
    (void)stream;
}

static void answer_last(nghttp2_session *session, int32_t id, struct server_stream *stream)
{
    stream->then_goaway = true;
    answer_ok(session, id, stream);
}

static void answer_all_but_first(nghttp2_session *session, int32_t id, struct server_stream *stream)
{
    if (id > 1)
        answer_ok(session, id, stream);
}

static void answer_declined(nghttp2_session *session, int32_t id, struct server_stream *stream)
{
    (void)stream;
    require(nghttp2_submit_rst_stream(session, 0, id, NGHTTP2_REFUSED_STREAM) == 0);
}

static const struct answer {
    const char *path;
    void (*give)(nghttp2_session *session, int32_t stream_id, struct server_stream *stream);
    bool is_early;
} answers[] = {
    {"/ok", answer_ok, false},
    {"/empty", answer_empty, false},
    {"/head", answer_head, false},
    {"/low-status", answer_low_status, false},
    {"/big", answer_big, false},
    {"/upload", answer_ok, false},
    {"/early", answer_early, true},
    {"/refused", answer_refused, false},
    {"/interim", answer_interim, false},
    {"/trailers", answer_trailers, false},
    {"/bad-length", answer_bad_length, false},
    {"/reset", answer_reset, false},
    {"/reset-midway", answer_reset_midway, false},
    {"/reset-gently", answer_reset_gently, false},
    {"/hold", answer_nothing, false},
    {"/last", answer_last, false},
    {"/first-held", answer_all_but_first, false},
    {"/declined", answer_declined, false},
};

static const struct answer *find_answer(const char *path)
{
    for (size_t i = 0; i < COUNT_OF(answers); i++) {
        if (strcmp(answers[i].path, path) == 0)
            return &answers[i];
    }
    require(false);
    return NULL;
}

static bool is_beyond_the_end(const struct http2_server *server, int32_t stream_id)
{
    return (uint32_t)stream_id / 2 >= server->max_requests;
}

static int on_begin_headers(nghttp2_session *session, const nghttp2_frame *frame, void *user_data)
{
    struct http2_server *server = user_data;
    struct server_stream *stream = calloc(1, sizeof *stream);
    server->seen.num_requests++;
    server->seen.num_open++;
    if (server->seen.num_requests == server->max_requests + 1)
        http2_server_goaway(server,
                            server->max_requests > 0 ? 2 * (int32_t)server->max_requests - 1 : 0);
    if (server->seen.num_open > server->seen.most_open)
        server->seen.most_open = server->seen.num_open;
    buffer_clear(&server->seen.fields);
    return nghttp2_session_set_stream_user_data(session, frame->hd.stream_id, stream);
}

static int on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name,
                     size_t name_len, const uint8_t *value, size_t value_len, uint8_t flags,
                     void *user_data)
{
    (void)name_len;
    (void)flags;
    struct http2_server *server = user_data;
    struct server_stream *stream =
        nghttp2_session_get_stream_user_data(session, frame->hd.stream_id);
    buffer_format(&server->seen.fields, "%s=%s;", (const char *)name, (const char *)value);
    if (strcmp((const char *)name, ":path") == 0 && value_len < sizeof stream->path)
        memcpy(stream->path, value, value_len);
    return 0;
}

static int on_data(nghttp2_session *session, uint8_t flags, int32_t stream_id, const uint8_t *bytes,
                   size_t len, void *user_data)
{
    (void)session;
    (void)flags;
    (void)stream_id;
    struct http2_server *server = user_data;
    server->seen.upload_bytes += len;
    for (size_t i = 0; i < len; i++)
        server->seen.upload_sum += bytes[i];
    return 0;
}

static int on_frame_received(nghttp2_session *session, const nghttp2_frame *frame, void *user_data)
{
    struct http2_server *server = user_data;
    int32_t id = frame->hd.stream_id;
    struct server_stream *stream = nghttp2_session_get_stream_user_data(session, id);
    if (frame->hd.type == NGHTTP2_RST_STREAM)
        server->seen.num_cancelled++;
    if (stream == NULL)
        return 0;
    bool is_message = frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA;
    if (!is_message || is_beyond_the_end(server, id))
        return 0;
    const struct answer *answer = find_answer(stream->path);
    bool has_ended = frame->hd.flags & NGHTTP2_FLAG_END_STREAM;
    bool is_due = answer->is_early ? frame->hd.type == NGHTTP2_HEADERS : has_ended;
    if (is_due)
        answer->give(session, id, stream);
    return 0;
}

static int on_stream_closed(nghttp2_session *session, int32_t stream_id, uint32_t error_code,
                            void *user_data)
{
    (void)error_code;
    struct http2_server *server = user_data;
    struct server_stream *stream = nghttp2_session_get_stream_user_data(session, stream_id);
    if (stream != NULL && stream->then_goaway)
        http2_server_goaway(server, stream_id);
    free(stream);
    nghttp2_session_set_stream_user_data(session, stream_id, NULL);
    server->seen.num_open--;
    return 0;
}

struct http2_server *http2_server_new(uint32_t max_streams, uint32_t window)
{
    struct http2_server *server = calloc(1, sizeof *server);
    nghttp2_session_callbacks *callbacks;
    server->max_requests = UINT_MAX - 1;
    require(nghttp2_session_callbacks_new(&callbacks) == 0);
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, on_begin_headers);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame_received);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_stream_closed);
    require(nghttp2_session_server_new(&server->session, callbacks, server) == 0);
    nghttp2_session_callbacks_del(callbacks);
    const nghttp2_settings_entry settings[] = {
        {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, max_streams},
        {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, window},
    };
    require(nghttp2_submit_settings(server->session, 0, settings, COUNT_OF(settings)) == 0);
    if (window > 65535)
        require(nghttp2_session_set_local_window_size(server->session, 0, 0, (int32_t)window) == 0);
    return server;
}

void http2_server_free(struct http2_server *server)
{
    for (int32_t id = 1; id < 2 * (int32_t)server->seen.num_requests; id += 2)
        free(nghttp2_session_get_stream_user_data(server->session, id));
    nghttp2_session_del(server->session);
    buffer_cleanup(&server->seen.fields);
    free(server);
}

const struct http2_server_seen *http2_server_seen(struct http2_server *server)
{
    return &server->seen;
}

bool http2_server_feed(struct http2_server *server, const uint8_t *bytes, size_t len)
{
    return nghttp2_session_mem_recv(server->session, bytes, len) == (ssize_t)len;
}

bool http2_server_drain_frame(struct http2_server *server, struct buffer *out)
{
    const uint8_t *bytes;
    ssize_t len = nghttp2_session_mem_send(server->session, &bytes);
    require(len >= 0);
    buffer_append(out, bytes, (size_t)len);
    return len > 0;
}

void http2_server_drain(struct http2_server *server, struct buffer *out)
{
    while (http2_server_drain_frame(server, out))
        ;
}

void http2_server_end_after(struct http2_server *server, unsigned max_requests)
{
    server->max_requests = max_requests;
}

void http2_server_goaway(struct http2_server *server, int32_t last_stream_id)
{
    require(nghttp2_submit_goaway(server->session, 0, last_stream_id, NGHTTP2_NO_ERROR, NULL, 0) ==
            0);
}

void http2_server_ping(struct http2_server *server)
{
    require(nghttp2_submit_ping(server->session, 0, NULL) == 0);
}
