/* SPDX-License-Identifier: Apache-2.0 */
#include "net/tcp.h"

#include "net/listener.h"
#include "net/net_loop.h"
#include "unit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <unistd.h>

enum call { CONNECTED, BYTES, END, CLOSED, NUM_CALLS };

/* A connection's owner, which counts its events and closes when told to. */
struct owner {
    struct net_loop *loop;
    struct tcp *tcp;
    enum call close_at; /* CLOSED: not by itself */
    bool close_by_reset;
    void (*when_connected)(struct owner *);
    const struct address *again; /* connect there once more from on_closed */
    unsigned num_calls[NUM_CALLS];
    enum tcp_end connect_end, end;
    bool is_closing;
    size_t num_bytes;
    char text[64];
};

static void note(struct owner *owner, enum call call)
{
    assert_true(!owner->is_closing || call == CLOSED); /* nothing but on_closed after a close */
    owner->num_calls[call]++;
    if (owner->close_at == call && call != CLOSED) {
        owner->is_closing = true;
        tcp_close(owner->tcp, owner->close_by_reset);
    }
}

static void on_connected(void *arg, enum tcp_end end)
{
    struct owner *owner = arg;
    owner->connect_end = end;
    if (end != TCP_OK)
        owner->close_at = CONNECTED;
    note(owner, CONNECTED);
    if (end == TCP_OK && owner->when_connected != NULL)
        owner->when_connected(owner);
}

static void on_bytes(void *arg, const uint8_t *bytes, size_t len)
{
    struct owner *owner = arg;
    for (size_t i = 0; i < len && owner->num_bytes + i < sizeof owner->text - 1; i++)
        owner->text[owner->num_bytes + i] = (char)bytes[i];
    owner->num_bytes += len;
    note(owner, BYTES);
}

static void on_end(void *arg, enum tcp_end end)
{
    struct owner *owner = arg;
    owner->end = end;
    note(owner, END);
}

static void on_closed(void *arg)
{
    struct owner *owner = arg;
    note(owner, CLOSED);
    owner->is_closing = false;
    if (owner->again != NULL) {
        const struct address *address = owner->again;
        owner->again = NULL;
        tcp_connect(owner->tcp, address, NULL);
    } else {
        net_loop_finish(owner->loop);
    }
}

static const struct tcp_events events = {on_connected, on_bytes, on_end, on_closed};

static void on_wake(void *arg)
{
    (void)arg;
}

static bool on_turn(void *arg, uint64_t busy_ns)
{
    (void)arg, (void)busy_ns;
    return false;
}

static const struct net_loop_events loop_events = {on_wake, on_turn, NULL};

static void open_owner(struct owner *owner, enum call close_at)
{
    *owner = (struct owner){.close_at = close_at};
    owner->loop = net_loop_new(&loop_events, owner);
    owner->tcp = tcp_new(owner->loop, &events, owner);
}

/* Runs the loop to its end; no handle may be left. */
static void run_and_free(struct owner *owner)
{
    net_loop_run(owner->loop);
    tcp_free(owner->tcp);
    assert_true(net_loop_free(owner->loop));
}

static void send_all(int fd, const void *bytes, size_t len)
{
    const char *p = bytes;
    while (len > 0) {
        ssize_t n = send(fd, p, len, MSG_NOSIGNAL);
        if (n <= 0)
            return;
        p += n;
        len -= (size_t)n;
    }
}

/* Reads until the client's end; returns the number of bytes, or -errno. */
static long drain(int fd)
{
    char bytes[65536];
    long total = 0;
    ssize_t n;
    while ((n = recv(fd, bytes, sizeof bytes, 0)) > 0)
        total += n;
    return n < 0 ? -errno : total;
}

static void say_hello(int fd, void *arg)
{
    (void)arg;
    send_all(fd, "hello", 5);
    shutdown(fd, SHUT_WR);
    drain(fd);
    close(fd);
}

static void bytes_come_and_then_the_end(void **state)
{
    (void)state;
    struct listener listener;
    struct owner owner;
    listener_open(&listener, 1, say_hello, NULL);
    open_owner(&owner, END);
    tcp_connect(owner.tcp, &listener.address, NULL);
    run_and_free(&owner);
    listener_join(&listener);
    assert_int_equal(owner.connect_end, TCP_OK);
    assert_string_equal(owner.text, "hello");
    assert_int_equal(owner.end, TCP_EOF);
    assert_int_equal(owner.num_calls[END], 1);
    assert_int_equal(owner.num_calls[CLOSED], 1);
}

static void where_nobody_listens_the_connection_is_refused(void **state)
{
    (void)state;
    struct owner owner;
    struct address address = listener_dead_address();
    open_owner(&owner, END);
    tcp_connect(owner.tcp, &address, NULL);
    run_and_free(&owner);
    assert_int_equal(owner.connect_end, TCP_REFUSED);
    assert_int_equal(owner.num_calls[CONNECTED], 1);
    assert_int_equal(owner.num_calls[END], 0);
    assert_int_equal(owner.num_calls[CLOSED], 1);
}

static void where_the_network_says_no_it_is_unreachable(void **state)
{
    (void)state;
    struct owner owner;
    struct address address = listener_dead_address();
    ((struct sockaddr_in *)&address.storage)->sin_addr.s_addr = INADDR_BROADCAST;
    open_owner(&owner, END);
    tcp_connect(owner.tcp, &address, NULL);
    run_and_free(&owner);
    assert_int_equal(owner.connect_end, TCP_UNREACHABLE);
    assert_int_equal(owner.num_calls[CLOSED], 1);
}

static void a_close_is_possible_inside_every_callback(void **state)
{
    (void)state;
    static const enum call calls[] = {CONNECTED, BYTES, END};
    for (size_t i = 0; i < COUNT_OF(calls); i++) {
        struct listener listener;
        struct owner owner;
        listener_open(&listener, 1, say_hello, NULL);
        open_owner(&owner, calls[i]);
        tcp_connect(owner.tcp, &listener.address, NULL);
        run_and_free(&owner);
        listener_join(&listener);
        assert_int_equal(owner.num_calls[calls[i]], 1);
        assert_int_equal(owner.num_calls[CLOSED], 1);
    }
}

static void a_close_while_connecting_is_told_by_on_closed_alone(void **state)
{
    (void)state;
    struct listener listener;
    struct owner owner;
    listener_open(&listener, 0, NULL, NULL);
    open_owner(&owner, END);
    tcp_connect(owner.tcp, &listener.address, NULL);
    owner.is_closing = true;
    tcp_close(owner.tcp, false);
    tcp_close(owner.tcp, false);
    run_and_free(&owner);
    listener_join(&listener);
    assert_int_equal(owner.num_calls[CONNECTED], 0);
    assert_int_equal(owner.num_calls[CLOSED], 1);
}

static void a_closed_connection_connects_again(void **state)
{
    (void)state;
    struct listener listener;
    struct owner owner;
    struct address dead = listener_dead_address();
    listener_open(&listener, 1, say_hello, NULL);
    open_owner(&owner, END);
    owner.again = &listener.address;
    tcp_connect(owner.tcp, &dead, NULL);
    owner.close_at = END;
    run_and_free(&owner);
    listener_join(&listener);
    assert_int_equal(owner.connect_end, TCP_OK);
    assert_int_equal(owner.num_calls[CONNECTED], 2);
    assert_int_equal(owner.num_calls[CLOSED], 2);
}

#define MUCH (8u << 20) /* more than socket buffers hold */

static void write_much_and_shut_down(struct owner *owner)
{
    uint8_t *bytes = calloc(MUCH, 1);
    assert_true(tcp_write(owner->tcp, bytes, MUCH / 2));
    assert_true(tcp_write(owner->tcp, bytes, MUCH / 2)); /* queued behind the first */
    tcp_shutdown(owner->tcp);
    memset(bytes, 0xff, MUCH); /* the caller's buffer can be reused */
    free(bytes);
}

static void count_and_answer(int fd, void *arg)
{
    char text[64];
    (void)arg;
    usleep(20000); /* let the buffers fill */
    snprintf(text, sizeof text, "got %ld", drain(fd));
    send_all(fd, text, strlen(text));
    close(fd);
}

static void all_that_is_written_arrives_before_the_half_close_and_the_answer_after_it(void **state)
{
    (void)state;
    struct listener listener;
    struct owner owner;
    char expected[64];
    listener_open(&listener, 1, count_and_answer, NULL);
    open_owner(&owner, END);
    owner.when_connected = write_much_and_shut_down;
    tcp_connect(owner.tcp, &listener.address, NULL);
    run_and_free(&owner);
    listener_join(&listener);
    snprintf(expected, sizeof expected, "got %u", MUCH);
    assert_string_equal(owner.text, expected);
    assert_int_equal(owner.end, TCP_EOF);
}

static void write_little_and_shut_down(struct owner *owner)
{
    assert_true(tcp_write(owner->tcp, (const uint8_t *)"abc", 3));
    tcp_shutdown(owner->tcp);
}

static void a_half_close_with_nothing_queued_is_sent_at_once(void **state)
{
    (void)state;
    struct listener listener;
    struct owner owner;
    listener_open(&listener, 1, count_and_answer, NULL);
    open_owner(&owner, END);
    owner.when_connected = write_little_and_shut_down;
    tcp_connect(owner.tcp, &listener.address, NULL);
    run_and_free(&owner);
    listener_join(&listener);
    assert_string_equal(owner.text, "got 3");
}

/* Sends its last bytes and closes with the client's bytes unread, which makes the kernel send
 * RST. */
static void refuse_unread(int fd, void *arg)
{
    char byte;
    (void)arg;
    recv(fd, &byte, 1, 0);
    send_all(fd, "last words", 10);
    close(fd);
}

static void write_much(struct owner *owner)
{
    uint8_t *bytes = calloc(MUCH, 1);
    tcp_write(owner->tcp, bytes, MUCH);
    free(bytes);
}

static void last_words_are_heard_before_the_reset_that_broke_our_write(void **state)
{
    (void)state;
    for (int i = 0; i < 10; i++) {
        struct listener listener;
        struct owner owner;
        listener_open(&listener, 1, refuse_unread, NULL);
        open_owner(&owner, END);
        owner.when_connected = write_much;
        tcp_connect(owner.tcp, &listener.address, NULL);
        run_and_free(&owner);
        listener_join(&listener);
        assert_string_equal(owner.text, "last words");
        assert_int_equal(owner.end, TCP_RESET);
    }
}

static sem_t is_connected, has_reset;

static void say_last_words_and_reset(int fd, void *arg)
{
    struct linger hard = {1, 0};
    (void)arg;
    sem_wait(&is_connected);
    send_all(fd, "last words", 10);
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    close(fd);
    sem_post(&has_reset);
}

static void write_after_the_reset(struct owner *owner)
{
    sem_post(&is_connected);
    sem_wait(&has_reset);
    assert_false(tcp_write(owner->tcp, (const uint8_t *)"hello", 5));
    assert_false(tcp_write(owner->tcp, (const uint8_t *)"hello", 5));
    tcp_shutdown(owner->tcp);
}

static void a_write_that_fails_does_not_keep_what_was_said_from_being_read(void **state)
{
    (void)state;
    struct listener listener;
    struct owner owner;
    sem_init(&is_connected, 0, 0);
    sem_init(&has_reset, 0, 0);
    listener_open(&listener, 1, say_last_words_and_reset, NULL);
    open_owner(&owner, END);
    owner.when_connected = write_after_the_reset;
    tcp_connect(owner.tcp, &listener.address, NULL);
    run_and_free(&owner);
    listener_join(&listener);
    sem_destroy(&is_connected);
    sem_destroy(&has_reset);
    assert_int_equal(owner.end, TCP_RESET);
    assert_string_equal(owner.text, "last words");
}

static void note_end(int fd, void *arg)
{
    *(long *)arg = drain(fd);
    close(fd);
}

static void a_close_is_fin_or_on_demand_rst(void **state)
{
    (void)state;
    for (int by_reset = 0; by_reset < 2; by_reset++) {
        struct listener listener;
        struct owner owner;
        long seen = 1;
        listener_open(&listener, 1, note_end, &seen);
        open_owner(&owner, CONNECTED);
        owner.close_by_reset = by_reset;
        tcp_connect(owner.tcp, &listener.address, NULL);
        run_and_free(&owner);
        listener_join(&listener);
        assert_int_equal(seen, by_reset ? -ECONNRESET : 0);
    }
}

/* Reads to the end and counts the segments received. */
static void count_segments(int fd, void *arg)
{
    struct tcp_info info;
    socklen_t len = sizeof info;
    long *num_segments = arg;
    *num_segments = -1;
    if (drain(fd) == 5 && getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) == 0)
        *num_segments = (long)info.tcpi_segs_in;
    close(fd);
}

static void write_and_close(struct owner *owner)
{
    assert_true(tcp_write(owner->tcp, (const uint8_t *)"hello", 5));
    owner->is_closing = true;
    tcp_close(owner->tcp, false);
}

static void hold_write_and_close(struct owner *owner)
{
    tcp_hold_last(owner->tcp);
    write_and_close(owner);
}

static long segments_of(void (*when_connected)(struct owner *))
{
    struct listener listener;
    struct owner owner;
    long num_segments = 0;
    listener_open(&listener, 1, count_segments, &num_segments);
    open_owner(&owner, CLOSED);
    owner.when_connected = when_connected;
    tcp_connect(owner.tcp, &listener.address, NULL);
    run_and_free(&owner);
    listener_join(&listener);
    return num_segments;
}

static void what_is_held_goes_out_in_one_segment_with_the_fin(void **state)
{
    (void)state;
    assert_int_equal(segments_of(hold_write_and_close), segments_of(write_and_close) - 1);
}

static void note_peer(int fd, void *arg)
{
    struct sockaddr_in peer;
    socklen_t len = sizeof peer;
    getpeername(fd, (struct sockaddr *)&peer, &len);
    *(uint32_t *)arg = ntohl(peer.sin_addr.s_addr);
    close(fd);
}

static void it_connects_from_the_source_that_is_given(void **state)
{
    (void)state;
    struct listener listener;
    struct owner owner;
    struct address source = listener_dead_address();
    uint32_t seen = 0;
    ((struct sockaddr_in *)&source.storage)->sin_addr.s_addr = htonl(0x7f000009);
    listener_open(&listener, 1, note_peer, &seen);
    open_owner(&owner, END);
    tcp_connect(owner.tcp, &listener.address, &source);
    run_and_free(&owner);
    listener_join(&listener);
    assert_int_equal(seen, 0x7f000009);
}

static void note_parity(int fd, void *arg)
{
    struct sockaddr_in peer;
    socklen_t len = sizeof peer;
    getpeername(fd, (struct sockaddr *)&peer, &len);
    ((bool *)arg)[ntohs(peer.sin_port) % 2] = true;
    close(fd);
}

/* Linux knows it since 6.8. */
static bool has_one_step_search(void)
{
    struct utsname system;
    unsigned major = 0, minor = 0;
    return uname(&system) == 0 && sscanf(system.release, "%u.%u", &major, &minor) == 2 &&
           (major > 6 || (major == 6 && minor >= 8));
}

/* Otherwise the ports of one parity come first, and if they are used up each connect walks past all
 * of them. */
static void local_ports_of_both_parities_come_in_turn(void **state)
{
    (void)state;
    if (!has_one_step_search())
        skip();
    for (int has_source = 0; has_source < 2; has_source++) {
        struct listener listener;
        bool seen[2] = {false, false};
        struct address source = listener_dead_address();
        listener_open(&listener, 32, note_parity, seen);
        for (int i = 0; i < 32; i++) {
            struct owner owner;
            open_owner(&owner, END);
            tcp_connect(owner.tcp, &listener.address, has_source ? &source : NULL);
            run_and_free(&owner);
        }
        listener_join(&listener);
        assert_true(seen[0] && seen[1]);
    }
}

static void a_source_that_is_not_ours_is_a_limit_of_ours(void **state)
{
    (void)state;
    struct listener listener;
    struct owner owner;
    struct address source = listener_dead_address();
    ((struct sockaddr_in *)&source.storage)->sin_addr.s_addr = htonl(0xc0000201); /* 192.0.2.1 */
    listener_open(&listener, 0, NULL, NULL);
    open_owner(&owner, END);
    tcp_connect(owner.tcp, &listener.address, &source);
    run_and_free(&owner);
    listener_join(&listener);
    assert_int_equal(owner.connect_end, TCP_NO_PORTS);
}

static void without_descriptors_it_is_a_limit_of_ours_and_passes(void **state)
{
    (void)state;
    struct listener listener;
    struct owner owner;
    struct rlimit limit, none;
    struct address address = listener_dead_address();
    open_owner(&owner, END);
    getrlimit(RLIMIT_NOFILE, &limit);
    none = limit;
    none.rlim_cur = 3; /* all that is free is above it */
    setrlimit(RLIMIT_NOFILE, &none);
    tcp_connect(owner.tcp, &address, NULL);
    setrlimit(RLIMIT_NOFILE, &limit);
    run_and_free(&owner);
    assert_int_equal(owner.connect_end, TCP_NO_DESCRIPTORS);
    assert_int_equal(owner.num_calls[CLOSED], 1);

    listener_open(&listener, 1, say_hello, NULL);
    open_owner(&owner, END);
    tcp_connect(owner.tcp, &listener.address, NULL);
    run_and_free(&owner);
    listener_join(&listener);
    assert_string_equal(owner.text, "hello");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_come_and_then_the_end),
        cmocka_unit_test(where_nobody_listens_the_connection_is_refused),
        cmocka_unit_test(where_the_network_says_no_it_is_unreachable),
        cmocka_unit_test(a_close_is_possible_inside_every_callback),
        cmocka_unit_test(a_close_while_connecting_is_told_by_on_closed_alone),
        cmocka_unit_test(a_closed_connection_connects_again),
        cmocka_unit_test(all_that_is_written_arrives_before_the_half_close_and_the_answer_after_it),
        cmocka_unit_test(a_half_close_with_nothing_queued_is_sent_at_once),
        cmocka_unit_test(last_words_are_heard_before_the_reset_that_broke_our_write),
        cmocka_unit_test(a_write_that_fails_does_not_keep_what_was_said_from_being_read),
        cmocka_unit_test(a_close_is_fin_or_on_demand_rst),
        cmocka_unit_test(what_is_held_goes_out_in_one_segment_with_the_fin),
        cmocka_unit_test(it_connects_from_the_source_that_is_given),
        cmocka_unit_test(local_ports_of_both_parities_come_in_turn),
        cmocka_unit_test(a_source_that_is_not_ours_is_a_limit_of_ours),
        cmocka_unit_test(without_descriptors_it_is_a_limit_of_ours_and_passes),
    };
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
