/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/other_tools.h"

#include "base/memory.h"
#include "tls/token_uri.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CONNECTIONS "use -c N for N concurrent sessions"
#define INSECURE "use --verify none"
#define HTTP_2 "use --http 2, or --http auto"
#define ONE_REQUEST "one request per session is the default; -r N sends N"
#define MANY_REQUESTS "use -r N for N requests per session"
#define RATE "use -R N for N sessions per second"
#define PASSWORD "use -H 'Authorization: Basic BASE64'"
#define CLIENT_KEY "use --key FILE, and --pass SOURCE for its password"
#define ALWAYS "latencies are always in the summary"

static const struct spelling {
    const char *name;
    const char *answer;
} spellings[] = {
    {"k", INSECURE},
    {"insecure", INSECURE},
    {"insecure-skip-tls-verify", INSECURE},
    {"no-verify", INSECURE},
    {"skip-verify", INSECURE},
    {"concurrency", CONNECTIONS},
    {"concurrent", CONNECTIONS},
    {"clients", CONNECTIONS},
    {"vus", CONNECTIONS},
    {"workers", CONNECTIONS},
    {"u", CONNECTIONS ", or -H 'Authorization: Basic BASE64' for a user"},
    {"http2", HTTP_2},
    {"http2-prior-knowledge", HTTP_2},
    {"h2", HTTP_2},
    {"http1.1", "HTTP/1.1 is the default; --http chooses another"},
    {"h1", "HTTP/1.1 is the default; --http chooses another"},
    {"disable-keepalive", ONE_REQUEST},
    {"no-keepalive", ONE_REQUEST},
    {"keepalive", MANY_REQUESTS},
    {"keep-alive", MANY_REQUESTS},
    {"max-requests", "use -n N for N sessions"},
    {"iterations", "use -n N for N sessions"},
    {"rps", RATE},
    {"qps", RATE},
    {"rate-limit", RATE},
    {"user", PASSWORD},
    {"cert-key", CLIENT_KEY},
    {"client-key", CLIENT_KEY},
    {"client-cert", "use --cert FILE and --key FILE"},
    {"cert-type", "the type of a file, PEM or PKCS#12, is detected from its content"},
    {"key-pass", "use --pass env:VAR, file:PATH or pass:TEXT"},
    {"ca", "use --cacert FILE"},
    {"ca-cert", "use --cacert FILE"},
    {"root-certs", "use --cacert FILE"},
    {"capath", "use --cacert FILE; a directory is not read"},
    {"max-time", "use --timeout T"},
    {"request", "use --method METHOD"},
    {"body", "use --data TEXT or --data @FILE"},
    {"data-binary", "use --data TEXT or --data @FILE"},
    {"data-raw", "use --data TEXT"},
    {"max-concurrent-streams", "use -m N, with --http 2"},
    {"servername", "use --sni NAME"},
    {"connect-timeout-ms", "use --connect-timeout T"},
    {"latency", ALWAYS},
    {"print-latency", ALWAYS},
    {"curves", "use --groups LIST"},
    {"tlsv1.2", "use --tls-min 1.2, and --tls-max 1.2 for that version alone"},
    {"tlsv1.3", "use --tls-min 1.3"},
    {"tls1.2", "use --tls-min 1.2, and --tls-max 1.2 for that version alone"},
    {"tls1.3", "use --tls-min 1.3"},
    {"output", "use --json FILE, --html FILE or another report"},
    {"out", "use --json FILE, --html FILE or another report"},
};

const char *other_tools_option(const char *word, size_t word_len)
{
    for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++) {
        const struct spelling *spelling = &spellings[i];
        if (strlen(spelling->name) == word_len && memcmp(spelling->name, word, word_len) == 0)
            return spelling->answer;
    }
    return NULL;
}

static bool exists(const char *text, size_t len)
{
    char *path = memory_text_n(text, len);
    bool there = access(path, F_OK) == 0;
    free(path);
    return there;
}

/* A password may contain colons, too: the shortest prefix that is a file is taken, so that no part
 * of the password is shown. */
size_t other_tools_cert_len(const char *text)
{
    const char *first = strchr(text, ':');
    size_t len = strlen(text);
    if (token_uri_is(text))
        return token_uri_pin(text) != NULL ? (size_t)(token_uri_pin(text) - text) : len;
    if (first == NULL || exists(text, len))
        return len;
    for (const char *colon = first; colon != NULL; colon = strchr(colon + 1, ':')) {
        if (colon > text && exists(text, (size_t)(colon - text)))
            return (size_t)(colon - text);
    }
    return (size_t)(first - text);
}
