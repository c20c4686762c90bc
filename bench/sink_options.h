/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sink's command line.
 */
#ifndef PINLOAD_BENCH_SINK_OPTIONS_H
#define PINLOAD_BENCH_SINK_OPTIONS_H

#include "tls/password.h"

#include <stdbool.h>
#include <stdint.h>

struct sink_options {
    const char *address;
    uint16_t port;
    const char *cert;
    const char *key;       /* NULL: in the file of cert */
    const char *client_ca; /* NULL: no client certificate is requested */
    struct password password;
    const char *groups;           /* NULL: BoringSSL's default */
    const char *ech_key;          /* NULL: no ECH */
    const char *cert_compression; /* NULL: none */
    bool tickets;
    bool check_every;
    uint64_t stall_after_ns;
    uint64_t stall_for_ns; /* 0: no stall */
    uint64_t busy_ns;      /* of the processor, once the first bytes of a connection have come */
    uint64_t delay_ns;     /* before anything is read from a connection */
    uint64_t slow_every;   /* one of so many waits for slow_ns instead; 0: none */
    uint64_t slow_ns;
    double sessions_per_second; /* 0: no limit */
    uint64_t end_after_ns;
};

/* sink_options_read fills OPTIONS from the command line; after an error, and for --help, it prints
 * a message and exits. */
void sink_options_read(struct sink_options *options, int argc, char **argv);

#endif
