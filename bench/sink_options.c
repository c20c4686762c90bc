/* SPDX-License-Identifier: Apache-2.0 */
#include "sink_options.h"

#include "base/clock.h"
#include "base/text.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: sink --cert FILE [--key FILE] [options]\n"
    "\n"
    "A TLS server that costs as little as BoringSSL allows: it answers every HTTP/1.1 request\n"
    "(headers only, no body) with the same small 200, and counts.\n"
    "\n"
    "  --port N            where it listens (default 9443)\n"
    "  --address ADDR      an IPv4 address (default 127.0.0.1)\n"
    "  --cert FILE         PEM: leaf, then issuers; or PKCS#12\n"
    "  --key FILE          PEM; default: --cert's own file\n"
    "  --pass SOURCE       env:VAR, file:PATH or pass:TEXT\n"
    "  --client-ca FILE    a client certificate of these CAs is required; default: none is asked\n"
    "  --check once|every  verify the chain of a client certificate once (then its leaf is known)\n"
    "                      or in every handshake (default once); that the client has the key is\n"
    "                      verified every time\n"
    "  --groups LIST       key exchange groups (default BoringSSL's, X25519:P-256:P-384)\n"
    "  --ech-key FILE      decrypt ClientHellos: PEM with an X25519 key and an ECHCONFIG, as ech_key\n"
    "                      writes it (default: no ECH)\n"
    "  --cert-compression LIST  compress the certificate for clients that ask for it: brotli, zlib\n"
    "                      or both, joined by a comma, the preferred one first (default: never)\n"
    "  --tickets on|off    TLS session tickets (default off)\n"
    "  --stall AFTER,FOR   do nothing at all for FOR, once, AFTER the first connection\n"
    "  --busy TIME         use the processor for TIME when the first bytes of a connection come\n"
    "  --delay TIME        wait before anything is read from a connection\n"
    "  --slow N,TIME       with one connection of N wait for TIME instead\n"
    "  --sessions-per-second N  serve no more; those that come faster wait in a queue\n"
    "  --for TIME          end by itself after TIME (default 10m)\n"
    "\n"
    "SIGTERM, SIGINT or the end of --for: one line of JSON says what was served.\n";

static void __attribute__((noreturn, format(printf, 1, 2))) refuse(const char *format, ...)
{
    va_list args;
    fputs("sink: ", stderr);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputs("; see --help\n", stderr);
    exit(2);
}

static bool one_of(const char *option, const char *text, const char *no, const char *yes)
{
    if (strcmp(text, yes) != 0 && strcmp(text, no) != 0)
        refuse("%s '%s' is neither %s nor %s", option, text, yes, no);
    return strcmp(text, yes) == 0;
}

static uint16_t read_port(const char *text)
{
    uint64_t port;
    if (!text_parse_count(text, &port) || port == 0 || port > UINT16_MAX)
        refuse("--port '%s' is not a port, 1 to 65535", text);
    return (uint16_t)port;
}

static uint64_t read_time(const char *option, const char *text)
{
    uint64_t ns;
    if (!text_parse_duration(text, &ns))
        refuse("%s '%s' is not a time such as 500ms or 30s", option, text);
    return ns;
}

static void read_stall(struct sink_options *options, char *text)
{
    char *comma = strchr(text, ',');
    if (comma == NULL)
        refuse("--stall '%s' is not AFTER,FOR, as in 2s,500ms", text);
    *comma = '\0';
    options->stall_after_ns = read_time("--stall", text);
    options->stall_for_ns = read_time("--stall", comma + 1);
}

static void read_slow(struct sink_options *options, char *text)
{
    char *comma = strchr(text, ',');
    if (comma != NULL)
        *comma = '\0';
    if (comma == NULL || !text_parse_count(text, &options->slow_every) || options->slow_every == 0)
        refuse("--slow '%s' is not N,TIME, as in 50,20ms", text);
    options->slow_ns = read_time("--slow", comma + 1);
}

static double read_limit(const char *text)
{
    double limit;
    if (!text_parse_decimal(text, &limit) || limit < 0.01 || limit > 1e6)
        refuse("--sessions-per-second '%s' is not a number from 0.01 to 1M", text);
    return limit;
}

static void read_password(struct sink_options *options, const char *source)
{
    struct error err;
    if (!password_read(&options->password, source, &err))
        refuse("%s", err.text);
}

enum {
    OPT_HELP = 'h',
    OPT_PORT = 256,
    OPT_ADDRESS,
    OPT_CERT,
    OPT_KEY,
    OPT_PASS,
    OPT_CLIENT_CA,
    OPT_CHECK,
    OPT_GROUPS,
    OPT_ECH_KEY,
    OPT_CERT_COMPRESSION,
    OPT_TICKETS,
    OPT_STALL,
    OPT_BUSY,
    OPT_DELAY,
    OPT_SLOW,
    OPT_SESSIONS_PER_SECOND,
    OPT_FOR,
};

static const struct option table[] = {
    {"port", required_argument, NULL, OPT_PORT},
    {"address", required_argument, NULL, OPT_ADDRESS},
    {"cert", required_argument, NULL, OPT_CERT},
    {"key", required_argument, NULL, OPT_KEY},
    {"pass", required_argument, NULL, OPT_PASS},
    {"client-ca", required_argument, NULL, OPT_CLIENT_CA},
    {"check", required_argument, NULL, OPT_CHECK},
    {"groups", required_argument, NULL, OPT_GROUPS},
    {"ech-key", required_argument, NULL, OPT_ECH_KEY},
    {"cert-compression", required_argument, NULL, OPT_CERT_COMPRESSION},
    {"tickets", required_argument, NULL, OPT_TICKETS},
    {"stall", required_argument, NULL, OPT_STALL},
    {"busy", required_argument, NULL, OPT_BUSY},
    {"delay", required_argument, NULL, OPT_DELAY},
    {"slow", required_argument, NULL, OPT_SLOW},
    {"sessions-per-second", required_argument, NULL, OPT_SESSIONS_PER_SECOND},
    {"for", required_argument, NULL, OPT_FOR},
    {"help", no_argument, NULL, OPT_HELP},
    {NULL, 0, NULL, 0},
};

static void take(struct sink_options *options, int option)
{
    switch (option) {
    case OPT_PORT:
        options->port = read_port(optarg);
        break;
    case OPT_ADDRESS:
        options->address = optarg;
        break;
    case OPT_CERT:
        options->cert = optarg;
        break;
    case OPT_KEY:
        options->key = optarg;
        break;
    case OPT_PASS:
        read_password(options, optarg);
        break;
    case OPT_CLIENT_CA:
        options->client_ca = optarg;
        break;
    case OPT_CHECK:
        options->check_every = one_of("--check", optarg, "once", "every");
        break;
    case OPT_GROUPS:
        options->groups = optarg;
        break;
    case OPT_ECH_KEY:
        options->ech_key = optarg;
        break;
    case OPT_CERT_COMPRESSION:
        options->cert_compression = optarg;
        break;
    case OPT_TICKETS:
        options->tickets = one_of("--tickets", optarg, "off", "on");
        break;
    case OPT_STALL:
        read_stall(options, optarg);
        break;
    case OPT_BUSY:
        options->busy_ns = read_time("--busy", optarg);
        break;
    case OPT_DELAY:
        options->delay_ns = read_time("--delay", optarg);
        break;
    case OPT_SLOW:
        read_slow(options, optarg);
        break;
    case OPT_SESSIONS_PER_SECOND:
        options->sessions_per_second = read_limit(optarg);
        break;
    case OPT_FOR:
        options->end_after_ns = read_time("--for", optarg);
        break;
    case OPT_HELP:
        fputs(help, stdout);
        exit(0);
    default:
        exit(2); /* getopt has printed the reason */
    }
}

void sink_options_read(struct sink_options *options, int argc, char **argv)
{
    *options =
        (struct sink_options){.address = "127.0.0.1", .port = 9443, .end_after_ns = 600 * NS_PER_S};
    int option;
    while ((option = getopt_long(argc, argv, "h", table, NULL)) != -1)
        take(options, option);
    if (optind < argc)
        refuse("'%s' is not an option", argv[optind]);
    if (options->cert == NULL)
        refuse("--cert is missing");
}
