/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The only file that uses nghttp2. A stream's user data is the index of its slot plus one, since
 * the array of slots may move as it grows. A stream ends with exactly one event, when nghttp2
 * closes it: RESPONSE if the server ended it properly; DECLINED if the server says that it has not
 * processed it (REFUSED_STREAM, or an ID above GOAWAY's last stream); FAILED otherwise.
 */
#include "http/http2.h"

#include "base/memory.h"
#include "http/event_queue.h"
#include "http/exchange.h"
#include "http/refusal.h"
#include "http/request.h"

#include <assert.h>
#include <nghttp2/nghttp2.h>
#include <stdlib.h>
#include <string.h>

/* Bodies are discarded, so there is no reason to limit the server. */
#define WINDOW ((1 << 30) - 1)
#define NO_SLOT UINT32_MAX

/* nghttp2 produces one frame at a time, of at most 16,384 bytes plus a header of nine, and is not
 * asked for more if that may not fit. */
#define LAST_FRAME_BEGINS (EXCHANGE_PIECE - 16384 - 9)

struct stream {
    uint32_t tag;
    uint32_t next_free; /* the next free slot, while this one is free */
    unsigned status;
    bool has_begun;
    bool has_ended; /* the server has sent the complete response */
    struct refusal refusal;
    uint64_t body_bytes;
    const struct request *request;
    size_t body_sent;
};

struct http2 {
    struct event_queue *events;
    nghttp2_session *session; /* NULL between connections */
    nghttp2_session_callbacks *callbacks;
    nghttp2_option *option;
    struct stream *streams;
    uint32_t num_streams;
    uint32_t first_free;
    uint32_t in_flight;
    bool is_held;
    bool has_kept_back; /* frames were left unsent, for lack of room or because the exchange is
                         * held */
    bool is_broken;     /* protocol error: a GOAWAY was sent for one, or received that claims one */
};

static void free_all_slots(struct http2 *http2)
{
    http2->in_flight = 0;
    http2->first_free = http2->num_streams > 0 ? 0 : NO_SLOT;
    for (uint32_t i = 0; i < http2->num_streams; i++)
        http2->streams[i].next_free = i + 1 < http2->num_streams ? i + 1 : NO_SLOT;
}

static void add_slots(struct http2 *http2)
{
    uint32_t first = http2->num_streams;
    uint32_t num_streams = first > 0 ? first * 2 : 1;
    http2->streams = memory_resize(http2->streams, num_streams * sizeof *http2->streams);
    http2->num_streams = num_streams;
    http2->first_free = first;
    for (uint32_t i = first; i < num_streams; i++)
        http2->streams[i].next_free = i + 1 < num_streams ? i + 1 : NO_SLOT;
}

static uint32_t take_slot(struct http2 *http2, const struct request *request, uint32_t tag)
{
    if (http2->first_free == NO_SLOT)
        add_slots(http2);
    uint32_t slot = http2->first_free;
    http2->first_free = http2->streams[slot].next_free;
    http2->streams[slot] = (struct stream){.tag = tag, .request = request, .next_free = NO_SLOT};
    http2->in_flight++;
    return slot;
}

static void release_slot(struct http2 *http2, struct stream *stream)
{
    stream->next_free = http2->first_free;
    http2->first_free = (uint32_t)(stream - http2->streams);
    http2->in_flight--;
}

static void *user_data_of(uint32_t slot)
{
    return (void *)((uintptr_t)slot + 1); /* NULL means none */
}

static struct stream *stream_of(struct http2 *http2, const void *user_data)
{
    return user_data != NULL ? &http2->streams[(uintptr_t)user_data - 1] : NULL;
}

static struct stream *find_stream(struct http2 *http2, int32_t stream_id)
{
    return stream_of(http2, nghttp2_session_get_stream_user_data(http2->session, stream_id));
}

static void push_event(struct http2 *http2, const struct stream *stream,
                       enum exchange_event_kind kind)
{
    struct exchange_event event = {.kind = kind, .tag = stream->tag};
    if (kind == EXCHANGE_RESPONSE) {
        event.status = stream->status;
        event.client_cert_refused = stream->refusal.found;
        event.has_refusal_text = stream->refusal.text_found;
        event.body_bytes = stream->body_bytes;
    }
    event_queue_push(http2->events, &event);
}

static int on_begin_headers(nghttp2_session *session, const nghttp2_frame *frame, void *user_data)
{
    (void)session;
    struct http2 *http2 = user_data;
    struct stream *stream = find_stream(http2, frame->hd.stream_id);
    if (stream != NULL && !stream->has_begun) {
        stream->has_begun = true;
        push_event(http2, stream, EXCHANGE_FIRST_BYTE);
    }
    return 0;
}

/* nghttp2 has checked that :status is three digits, comes first, and is not in a trailer; that of
 * an interim response is overwritten by the final one. */
static int on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name,
                     size_t name_len, const uint8_t *value, size_t value_len, uint8_t flags,
                     void *user_data)
{
    (void)session;
    (void)flags;
    static const char status_name[] = ":status";
    if (name_len != strlen(status_name) || memcmp(name, status_name, name_len) != 0)
        return 0;
    struct stream *stream = find_stream(user_data, frame->hd.stream_id);
    if (stream == NULL)
        return 0;
    stream->status = 0;
    for (size_t i = 0; i < value_len; i++)
        stream->status = stream->status * 10 + (unsigned)(value[i] - '0');
    return 0;
}

static int on_data(nghttp2_session *session, uint8_t flags, int32_t stream_id, const uint8_t *bytes,
                   size_t len, void *user_data)
{
    (void)session;
    (void)flags;
    struct stream *stream = find_stream(user_data, stream_id);
    if (stream == NULL)
        return 0;
    stream->body_bytes += len;
    if (refusal_possible(stream->status))
        refusal_scan(&stream->refusal, bytes, len);
    const struct refusal_text *text = request_refusal_text(stream->request);
    if (text != NULL)
        refusal_scan_text(&stream->refusal, text, bytes, len);
    return 0;
}

/* A server may respond before it has read the request's body; the rest is then not sent. */
static int stop_upload(struct http2 *http2, const struct stream *stream, int32_t stream_id)
{
    size_t body_len;
    request_body(stream->request, &body_len);
    if (stream->body_sent == body_len)
        return 0;
    return nghttp2_submit_rst_stream(http2->session, NGHTTP2_FLAG_NONE, stream_id, NGHTTP2_CANCEL);
}

static int on_frame_received(nghttp2_session *session, const nghttp2_frame *frame, void *user_data)
{
    (void)session;
    struct http2 *http2 = user_data;
    if (frame->hd.type == NGHTTP2_GOAWAY && frame->goaway.error_code != NGHTTP2_NO_ERROR)
        http2->is_broken = true;
    bool can_end = frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA;
    if (!can_end || !(frame->hd.flags & NGHTTP2_FLAG_END_STREAM))
        return 0;
    struct stream *stream = find_stream(http2, frame->hd.stream_id);
    if (stream == NULL)
        return 0;
    stream->has_ended = stream->status >= 200; /* nghttp2 accepts 099 */
    return stop_upload(http2, stream, frame->hd.stream_id);
}

/* We never send GOAWAY ourselves; nghttp2 does when the server has broken the protocol. */
static int on_frame_sent(nghttp2_session *session, const nghttp2_frame *frame, void *user_data)
{
    (void)session;
    struct http2 *http2 = user_data;
    if (frame->hd.type == NGHTTP2_GOAWAY)
        http2->is_broken = true;
    return 0;
}

static enum exchange_event_kind fate_of(const struct stream *stream, uint32_t error_code)
{
    if (stream->has_ended)
        return EXCHANGE_RESPONSE;
    bool is_declined = error_code == NGHTTP2_REFUSED_STREAM && !stream->has_begun;
    return is_declined ? EXCHANGE_DECLINED : EXCHANGE_FAILED;
}

/* nghttp2 closes a stream that GOAWAY does not cover as if by REFUSED_STREAM. */
static int on_stream_closed(nghttp2_session *session, int32_t stream_id, uint32_t error_code,
                            void *user_data)
{
    (void)session;
    struct http2 *http2 = user_data;
    struct stream *stream = find_stream(http2, stream_id);
    if (stream == NULL)
        return 0;
    push_event(http2, stream, fate_of(stream, error_code));
    release_slot(http2, stream);
    return 0;
}

static ssize_t read_body(nghttp2_session *session, int32_t stream_id, uint8_t *out, size_t len,
                         uint32_t *out_flags, nghttp2_data_source *source, void *user_data)
{
    (void)session;
    (void)stream_id;
    struct stream *stream = stream_of(user_data, source->ptr);
    size_t body_len;
    const uint8_t *body = request_body(stream->request, &body_len);
    size_t left = body_len - stream->body_sent;
    if (len > left)
        len = left;
    memcpy(out, body + stream->body_sent, len);
    stream->body_sent += len;
    if (stream->body_sent == body_len)
        *out_flags |= NGHTTP2_DATA_FLAG_EOF;
    return (ssize_t)len;
}

static void make_callbacks(struct http2 *http2)
{
    nghttp2_session_callbacks_new(&http2->callbacks); /* fails only for lack of memory */
    memory_must(http2->callbacks);
    nghttp2_session_callbacks *callbacks = http2->callbacks;
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, on_begin_headers);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame_received);
    nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, on_frame_sent);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_stream_closed);
}

/* Closed streams are needed only for a priority tree, which is not used. */
static void make_option(struct http2 *http2)
{
    nghttp2_option_new(&http2->option); /* likewise */
    memory_must(http2->option);
    nghttp2_option_set_no_closed_streams(http2->option, 1);
}

static void *get(size_t len, void *user_data)
{
    (void)user_data;
    return memory_get(len);
}

static void *get_zeroed(size_t count, size_t size, void *user_data)
{
    (void)user_data;
    return memory_new(count, size);
}

static void *resize(void *memory, size_t len, void *user_data)
{
    (void)user_data;
    return memory_resize(memory, len);
}

static void release(void *memory, void *user_data)
{
    (void)user_data;
    free(memory);
}

struct http2 *http2_new(struct event_queue *events)
{
    struct http2 *http2 = memory_new(1, sizeof *http2);
    http2->events = events;
    http2->first_free = NO_SLOT;
    return http2;
}

void http2_free(struct http2 *http2)
{
    if (http2 == NULL)
        return;
    http2_abandon(http2);
    nghttp2_session_callbacks_del(http2->callbacks);
    nghttp2_option_del(http2->option);
    free(http2->streams);
    free(http2);
}

/* Appends to OUT what may be sent now; false if nghttp2 fails. The rest stays in nghttp2, which
 * reports a protocol error when more than 1,000 acknowledgements are queued. */
static bool drain(struct http2 *http2, struct buffer *out)
{
    const uint8_t *bytes;
    ssize_t len = 1;
    while (!http2->is_held && out->len <= LAST_FRAME_BEGINS &&
           (len = nghttp2_session_mem_send(http2->session, &bytes)) > 0)
        buffer_append(out, bytes, (size_t)len);
    http2->has_kept_back = len > 0;
    return len >= 0;
}

static bool open_session(struct http2 *http2)
{
    static const nghttp2_settings_entry settings[] = {
        {NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
        {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, WINDOW},
    };
    static nghttp2_mem allocator = {
        .malloc = get, .free = release, .calloc = get_zeroed, .realloc = resize};
    if (http2->callbacks == NULL)
        make_callbacks(http2);
    if (http2->option == NULL)
        make_option(http2);
    if (nghttp2_session_client_new3(&http2->session, http2->callbacks, http2, http2->option,
                                    &allocator) != 0)
        return false;
    return nghttp2_submit_settings(http2->session, NGHTTP2_FLAG_NONE, settings,
                                   sizeof settings / sizeof settings[0]) == 0 &&
           nghttp2_session_set_local_window_size(http2->session, NGHTTP2_FLAG_NONE, 0, WINDOW) == 0;
}

void http2_begin(struct http2 *http2, struct buffer *out)
{
    http2_abandon(http2);
    if (!open_session(http2) || !drain(http2, out))
        http2_abandon(http2);
}

bool http2_is_over(const struct http2 *http2)
{
    return http2->session == NULL || http2->is_broken ||
           !nghttp2_session_check_request_allowed(http2->session);
}

bool http2_can_send(const struct http2 *http2)
{
    return !http2_is_over(http2) &&
           http2->in_flight < nghttp2_session_get_remote_settings(
                                  http2->session, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS);
}

/* The strings live as long as the request, so nghttp2 need not copy them. */
static size_t list_fields(const struct request *request, nghttp2_nv *out)
{
    size_t count;
    const struct http_field *fields = request_fields(request, &count);
    for (size_t i = 0; i < count; i++) {
        out[i] = (nghttp2_nv){
            .name = (uint8_t *)fields[i].name,
            .value = (uint8_t *)fields[i].value,
            .namelen = fields[i].name_len,
            .valuelen = fields[i].value_len,
            .flags = NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE,
        };
    }
    return count;
}

static bool submit(struct http2 *http2, const struct request *request, uint32_t slot)
{
    nghttp2_nv fields[REQUEST_MAX_FIELDS];
    size_t num_fields = list_fields(request, fields);
    nghttp2_data_provider provider = {.source.ptr = user_data_of(slot), .read_callback = read_body};
    size_t body_len;
    request_body(request, &body_len);
    return nghttp2_submit_request(http2->session, NULL, fields, num_fields,
                                  body_len > 0 ? &provider : NULL, user_data_of(slot)) > 0;
}

void http2_send(struct http2 *http2, const struct request *request, uint32_t tag,
                struct buffer *out)
{
    uint32_t slot = take_slot(http2, request, tag);
    if (!submit(http2, request, slot)) {
        push_event(http2, &http2->streams[slot], EXCHANGE_FAILED);
        release_slot(http2, &http2->streams[slot]);
        return;
    }
    if (!drain(http2, out))
        http2->is_broken = true;
}

void http2_send_on(struct http2 *http2, struct buffer *out)
{
    if (http2->has_kept_back && !drain(http2, out))
        http2->is_broken = true;
}

void http2_hold(struct http2 *http2, bool is_held)
{
    http2->is_held = is_held;
}

bool http2_feed(struct http2 *http2, const uint8_t *bytes, size_t len, struct buffer *out)
{
    if (http2->session == NULL || http2->is_broken)
        return false;
    ssize_t used = nghttp2_session_mem_recv(http2->session, bytes, len);
    if (!drain(http2, out) || used < 0)
        http2->is_broken = true;
    return !http2->is_broken;
}

bool http2_end(struct http2 *http2)
{
    return http2->in_flight == 0;
}

void http2_abandon(struct http2 *http2)
{
    nghttp2_session_del(http2->session);
    http2->session = NULL;
    http2->is_broken = http2->is_held = http2->has_kept_back = false;
    free_all_slots(http2);
}
