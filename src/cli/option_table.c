/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/option_table.h"

#include <string.h>

#define RUN (1u << COMMAND_RUN)
#define COMPARE (1u << COMMAND_COMPARE)
#define PIN (1u << COMMAND_PIN)
#define MERGE (1u << COMMAND_MERGE)
#define DIFF (1u << COMMAND_DIFF)
#define FIND (1u << COMMAND_FIND)
#define LOAD (RUN | COMPARE | FIND)
#define ARM (1u << COMMAND_ARM)
#define ALL (RUN | COMPARE | PIN | MERGE | DIFF | FIND)

#define AT(field) offsetof(struct options, field)

#define WE "Client identity"
#define THEY "Server verification"
#define LOADS "Load"
#define EACH "Session"
#define WIRE "TLS and network"
#define ARMS "Comparison"
#define DIFFS "Difference"
#define SEARCH "Search"
#define PLANS "Plan file"
#define OUT "Output"

const struct command_row command_table[NUM_COMMANDS] = {
    [COMMAND_RUN] = {"run", "https://HOST[:PORT]/PATH", "load one endpoint"},
    [COMMAND_COMPARE] = {"compare", "https://HOST[:PORT]/PATH",
                         "measure what a choice of the client costs: verification, TLS, endpoint"},
    [COMMAND_PIN] = {"pin", "FILE.crt | https://HOST[:PORT]",
                     "print the pins of a certificate or public key in every form of --pin"},
    [COMMAND_MERGE] = {"merge", "RESULT.json...",
                       "merge the results of several generators into one"},
    [COMMAND_DIFF] = {"diff", "OLD.json NEW.json...",
                      "compare results of one plan: did it get worse?"},
    [COMMAND_FIND] = {"find", "https://HOST[:PORT]/PATH",
                      "find the highest rate that an endpoint holds"},
};

/* clang-format off */
const struct option_row option_table[] = {
    {0, "identity", "NAME=CERT[,KEY]", OPTION_LIST, AT(identities), LOAD | ARM, WE, NULL, NULL, 0, 0,
     "Add a client identity; repeatable. PEM or PKCS#12 (.p12, .pfx), with the chain in the same file. Without KEY, the key is read from CERT."},
    {0, "identities", "DIR", OPTION_TEXT, AT(identities_directory), LOAD | ARM, WE, NULL, NULL, 0, 0,
     "Load an identity for each NAME in DIR, in natural order: NAME.crt with NAME.key, else NAME.pem, else NAME.p12 or NAME.pfx."},
    {0, "identity-list", "FILE", OPTION_TEXT, AT(identity_list), LOAD | ARM, WE, NULL, NULL, 0, 0,
     "Load the identities of a list, in CSV with a header line or in JSON: the columns are cert, key, name, pass, expect (served or refused), weight and status. - is standard input."},
    {0, "name-by", "WHAT", OPTION_CHOICE, AT(name_by), LOAD | ARM, WE, "file|cn|san|spiffe", "file", 0, 0,
     "Name identities of a directory, and those of a list without a name, by their file, common name, first subjectAltName or SPIFFE ID."},
    {0, "reload", "watch|SIGHUP|INTERVAL", OPTION_TEXT, AT(reload), RUN, WE, NULL, NULL, 0, 0,
     "Read identities and trust anchors again while the run goes on: when a file changes, at each SIGHUP, or every INTERVAL. Sessions in flight go on, and are counted by the certificate that they began with."},
    {'E', "cert", "FILE", OPTION_TEXT, AT(cert), LOAD | PIN | ARM, WE, NULL, NULL, 0, 0,
     "Certificate of a single identity, named client: a file, or the pkcs11: URI of one in a token."},
    {0, "key", "FILE", OPTION_TEXT, AT(key), LOAD | PIN | ARM, WE, NULL, NULL, 0, 0,
     "Private key of the certificate: a file, or the pkcs11: URI (RFC 7512) of one in a token, which signs; alone, a raw public key."},
    {0, "raw-public-key", NULL, OPTION_FLAG, AT(raw_public_key), RUN | FIND | PIN | ARM, WE, NULL, NULL, 0, 0,
     "Offer raw public keys (RFC 7250) before certificates, of both sides. An identity may then be a key without a certificate; the server is verified by an spki-sha256: pin alone, or not at all."},
    {0, "pass", "SOURCE", OPTION_TEXT, AT(pass), LOAD | PIN | ARM, WE, NULL, NULL, 0, 0,
     "Password for encrypted keys, or PIN of a token: env:VAR, file:PATH or pass:TEXT. Never printed; wiped after use."},
    {0, "sign-threads", "N", OPTION_COUNT, AT(sign_threads), RUN | FIND, WE, NULL, "4", 1, 256,
     "Threads that sign with keys in PKCS#11 tokens, and so the most signatures that a token is asked for at once."},
    {0, "rotate", "ORDER", OPTION_CHOICE, AT(rotate), LOAD, WE, "round-robin|random|sticky", "round-robin", 0, 0,
     "How the next session's identity is chosen; sticky: each connection slot keeps its identity."},
    {0, "expect-refused", "NAME[,NAME...]", OPTION_TEXT, AT(expect_refused), RUN | FIND, WE, NULL, NULL, 0, 0,
     "Identities that the server must refuse; all others it must accept."},
    {0, "refusal-status", "CODE[,CODE...]", OPTION_TEXT, AT(refusal_status), RUN | FIND, WE, NULL, NULL, 0, 0,
     "Treat these statuses, from a server that asked for a certificate, as a refusal; for example 302,401,403."},
    {0, "refusal-text", "TEXT", OPTION_TEXT, AT(refusal_text), RUN | FIND, WE, NULL, NULL, 0, 0,
     "Treat a response with TEXT in the first 4,096 bytes of its body, from a server that asked for a certificate, as a refusal."},
    {0, "refusal-by-close", NULL, OPTION_FLAG, AT(refusal_by_close), RUN | FIND, WE, NULL, NULL, 0, 0,
     "Treat a close without an alert, after the client certificate, as a refusal."},
    {0, "require-all-identities", NULL, OPTION_FLAG, AT(require_all_identities), RUN, WE, NULL, NULL, 0, 0,
     "Fail the run if an identity that must be accepted never had a session."},

    {0, "cacert", "FILE", OPTION_TEXT, AT(cacert), LOAD | ARM, THEY, NULL, NULL, 0, 0,
     "Trust anchors for chain verification, which also checks the host name or IP address; 'system' reads the system's bundle."},
    {0, "pin", "PIN", OPTION_LIST, AT(pins), LOAD | PIN | ARM, THEY, NULL, NULL, 0, 0,
     "Add a pin; repeatable, any match passes. cert-sha256: hashes the leaf certificate's DER, spki-sha256: its public key, ca-sha256: an issuer in the verified chain; in base64 or hex. A value without a prefix is cert-sha256:. Also sha256/ of OkHttp, pin-sha256= of RFC 7469, and TLSA records."},
    {0, "pinnedpubkey", "'sha256//B64;...'", OPTION_TEXT, AT(pinnedpubkey), LOAD | ARM, THEY, NULL, NULL, 0, 0,
     "Public key pins in curl's format."},
    {0, "pin-file", "FILE", OPTION_LIST, AT(pin_files), LOAD | PIN | ARM, THEY, NULL, NULL, 0, 0,
     "Read pins from a file, one per line; # starts a comment; - is standard input. Repeatable."},
    {0, "pins", "ACTION", OPTION_CHOICE, AT(pins_action), RUN | FIND | ARM, THEY, "enforce|report", "enforce", 0, 0,
     "What a session does if no pin matches: fail as pin_mismatch, or go on and be counted."},
    {0, "reject-pin", "PIN", OPTION_LIST, AT(rejected_pins), RUN | FIND | ARM, THEY, NULL, NULL, 0, 0,
     "A pin that no certificate or key of the server's may have, issuers included; repeatable. It wins over a match, and is enforced with --pins report, too."},
    {0, "format", "FORM", OPTION_CHOICE, AT(format), PIN, THEY, "all|okhttp|rfc7469|tlsa|envoy|android|ios", "all", 0, 0,
     "The form in which the pins are printed: each of pinload's own, or that of another program."},
    {0, "check", NULL, OPTION_FLAG, AT(check_pins), PIN, THEY, NULL, NULL, 0, 0,
     "Hold --pin and --pin-file against what the operand presents, instead of printing pins; exit with status 1 if no pin matches, none is of a backup, one is of neither, or a certificate ends soon."},
    {0, "backup", "FILE|PIN", OPTION_LIST, AT(backups), PIN, THEY, NULL, NULL, 0, 0,
     "A certificate, public key or pin that --check knows to be in reserve; repeatable."},
    {0, "min-days", "N", OPTION_COUNT, AT(min_days), PIN, THEY, NULL, "30", 0, 36500,
     "Days for which each certificate must still be valid with --check."},
    {0, "verify", "MODE", OPTION_CHOICE, AT(verify), LOAD | ARM, THEY, "none|chain|pin|chain+pin", NULL, 0, 0,
     "What to verify; default: what --cacert and --pin imply. With neither, 'none' must be given explicitly."},

    {'c', "connections", "N|A:B", OPTION_COUNT_RAMP, AT(connections), RUN, LOADS, NULL, "10", 1, 10000000,
     "Concurrent sessions; in an open loop, the maximum. A:B: from A to B in a straight line over --duration, with a row for each tenth in the reports."},
    {'c', "connections", "N", OPTION_COUNT, AT(connections), COMPARE, LOADS, NULL, "10", 1, 10000000,
     "Concurrent sessions."},
    {'c', "connections", "N", OPTION_COUNT, AT(connections), FIND, LOADS, NULL, "1000", 1, 10000000,
     "Concurrent sessions: the maximum; with --by connections the most to try."},
    {'t', "threads", "N|auto", OPTION_TEXT, AT(threads), RUN | FIND, LOADS, NULL, "1", 0, 0,
     "Number of event loops, one thread each; auto: one for each processor that pinload may run on."},
    {'d', "duration", "T", OPTION_DURATION, AT(duration_ns), RUN | COMPARE, LOADS, NULL, NULL, 1, 0,
     "Run for T; default 10s unless -n is given."},
    {'d', "duration", "T", OPTION_DURATION, AT(duration_ns), FIND, LOADS, NULL, "5s", 1, 0,
     "Length of a stage, at least 2s."},
    {'n', "sessions", "N", OPTION_COUNT, AT(sessions), RUN | COMPARE, LOADS, NULL, NULL, 1, 9000000000000000,
     "Run until N sessions have ended, including failed ones (compare: N for each arm)."},
    {'R', "rate", "N|A:B", OPTION_DECIMAL_RAMP, AT(rate), RUN, LOADS, NULL, NULL, 0, 0,
     "Open loop: start N sessions per second on a fixed schedule; latency is also measured from the intended start. A:B: from A to B in a straight line over --duration, with a row for each tenth in the reports."},
    {0, "stages", "LOADxT[,LOADxT...]", OPTION_TEXT, AT(stages), RUN, LOADS, NULL, NULL, 0, 0,
     "One load after the other, each with a row in the reports: rates, such as 200x30s,400x30s, or connections, such as 10cx30s,50cx30s. A:BxT is a ramp."},
    {0, "arrival", "KIND", OPTION_CHOICE, AT(arrival), RUN | FIND, LOADS, "constant|poisson", "constant", 0, 0,
     "Spacing of the arrivals of --rate."},
    {0, "overload", "WHAT", OPTION_CHOICE, AT(overload), RUN | FIND, LOADS, "wait|skip", "wait", 0, 0,
     "What to do with an arrival of --rate when no slot is free."},
    {0, "no-backoff", NULL, OPTION_FLAG, AT(no_backoff), RUN | FIND, LOADS, NULL, NULL, 0, 0,
     "Closed loop: do not pause after a failed session."},
    {0, "ramp-up", "T", OPTION_DURATION, AT(ramp_ns), RUN | FIND, LOADS, NULL, NULL, 0, 0,
     "Increase to full load over T."},
    {0, "warm-up", "T", OPTION_DURATION, AT(warm_up_ns), RUN | FIND, LOADS, NULL, NULL, 0, 0,
     "Exclude what starts in the first T from latencies and per-second figures."},
    {0, "shard", "I/N", OPTION_TEXT, AT(shard), RUN, LOADS, NULL, NULL, 0, 0,
     "Act as generator I of N (I from 0): take its share of rate, connections, sessions and identities."},
    {0, "start-at", "TIME", OPTION_TEXT, AT(start_at), RUN, LOADS, NULL, NULL, 0, 0,
     "When to start: YYYY-MM-DDTHH:MM:SSZ or @SECONDS since 1970."},
    {0, "seed", "N", OPTION_COUNT, AT(seed), LOAD, LOADS, NULL, "1", 0, 9000000000000000,
     "Seed for reproducible randomness."},
    {0, "max-failures", "N|P%", OPTION_TEXT, AT(max_failures), RUN | FIND, LOADS, NULL, "0", 0, 0,
     "Number or share of failed sessions to tolerate."},

    {'r', "requests", "N|inf", OPTION_ENDLESS, AT(requests), LOAD, EACH, NULL, "1", 0, UINT32_MAX,
     "HTTP requests per session. 0: handshake only, then read the session to its end; inf: until --duration is over."},
    {0, "hold", "T", OPTION_DURATION, AT(hold_ns), RUN | FIND, EACH, NULL, NULL, 0, 0,
     "Keep the session open and idle after its requests."},
    {0, "think", "T", OPTION_DURATION, AT(think_ns), RUN | FIND, EACH, NULL, NULL, 0, 0,
     "Wait between requests."},
    {0, "http", "VERSION", OPTION_CHOICE, AT(http), RUN | FIND | ARM, EACH, "1.1|2|auto", "1.1", 0, 0,
     "HTTP/1.1, HTTP/2, or whichever the server selects with ALPN."},
    {'m', "streams", "N", OPTION_COUNT, AT(streams), RUN | FIND | ARM, EACH, NULL, "1", 1, 10000,
     "Concurrent HTTP/2 streams per session."},
    {'T', "timeout", "T", OPTION_DURATION, AT(timeout_ns), LOAD | PIN, EACH, NULL, "10s", 1000000, 0,
     "Timeout for the handshake and for each response, and for what is in flight when the run ends."},
    {0, "connect-timeout", "T", OPTION_DURATION, AT(connect_timeout_ns), LOAD | PIN, EACH, NULL, NULL, 1000000, 0,
     "Timeout for connecting; default: that of --timeout."},
    {'X', "method", "METHOD", OPTION_TEXT, AT(method), LOAD, EACH, NULL, NULL, 0, 0,
     "Request method; default GET, or POST with --data."},
    {'H', "header", "'NAME: VALUE'", OPTION_LIST, AT(headers), LOAD, EACH, NULL, NULL, 0, 0,
     "Add a request header; repeatable."},
    {0, "data", "TEXT|@FILE", OPTION_TEXT, AT(data), LOAD, EACH, NULL, NULL, 0, 0,
     "Request body; @- is standard input."},
    {0, "expect-status", "[NAME=]CODE[,CODE...]", OPTION_LIST, AT(expect_statuses), LOAD, EACH, NULL, NULL, 0, 0,
     "Statuses that count as success; default: any 2xx or 3xx. With NAME=, those for that identity; repeatable."},
    {0, "session-mode", "MODE", OPTION_CHOICE, AT(session_mode), LOAD | ARM, EACH, "full|resume|mixed:PERCENT|early", "full", 0, 0,
     "Resumption: never, whenever there is a ticket, for PERCENT of the sessions, or with the first request as early data."},
    {0, "tickets", "WHOSE", OPTION_CHOICE, AT(tickets), RUN, EACH, "shared|per-address", NULL, 0, 0,
     "Where addresses take turns, offer a ticket to any of them (the default), or to the one that issued it."},
    {0, "close", "HOW", OPTION_CHOICE, AT(close), LOAD, EACH, "fin|rst", "fin", 0, 0,
     "How to end a successful session: close_notify and FIN, or RST, which saves local ports."},
    {0, "allow-missing-close-notify", NULL, OPTION_FLAG, AT(allow_missing_close_notify), LOAD, EACH, NULL, NULL, 0, 0,
     "Accept a response without a length as complete when the server closes TCP without a TLS close_notify."},

    {0, "tls-min", "VERSION", OPTION_CHOICE, AT(tls_min), LOAD | PIN | ARM, WIRE, "1.2|1.3", "1.2", 0, 0,
     "Lowest TLS version to offer."},
    {0, "tls-max", "VERSION", OPTION_CHOICE, AT(tls_max), LOAD | PIN | ARM, WIRE, "1.2|1.3", "1.3", 0, 0,
     "Highest TLS version to offer."},
    {0, "ciphers", "LIST", OPTION_TEXT, AT(ciphers), LOAD | PIN | ARM, WIRE, NULL, NULL, 0, 0,
     "TLS 1.2 cipher suites, by BoringSSL's names (those of TLS 1.3 cannot be chosen)."},
    {0, "groups", "LIST", OPTION_TEXT, AT(groups), LOAD | PIN | ARM, WIRE, NULL, NULL, 0, 0,
     "Key exchange groups, for example X25519:P-256:P-384."},
    {0, "sigalgs", "LIST", OPTION_TEXT, AT(sigalgs), LOAD | PIN | ARM, WIRE, NULL, NULL, 0, 0,
     "Signature algorithms, for example ecdsa_secp256r1_sha256:rsa_pss_rsae_sha256."},
    {0, "split-hello", NULL, OPTION_FLAG, AT(split_hello), RUN | FIND | ARM, WIRE, NULL, NULL, 0, 0,
     "Send the ClientHello in two TCP segments, its second half 10 ms after the first."},
    {0, "sni", "NAME", OPTION_TEXT, AT(sni), LOAD | PIN | ARM, WIRE, NULL, NULL, 0, 0,
     "Server name to send and to verify; default: the URL's host, unless it is an address."},
    {0, "ech", "FILE|BASE64|grease", OPTION_TEXT, AT(ech), LOAD | PIN | ARM, WIRE, NULL, NULL, 0, 0,
     "Encrypt the ClientHello by an ECHConfigList (RFC 9849): a file, or base64 as ech= of an HTTPS record has it; grease: send an extension that only looks like it."},
    {0, "cert-compression", "LIST", OPTION_TEXT, AT(cert_compression), LOAD | ARM, WIRE, NULL, NULL, 0, 0,
     "Accept the server's certificate compressed (RFC 8879): brotli, zlib or both, joined by a comma."},
    {0, "connect-to", "HOST:PORT", OPTION_TEXT, AT(connect_to), LOAD | PIN | ARM, WIRE, NULL, NULL, 0, 0,
     "Connect to HOST:PORT instead; the URL's host is then not resolved."},
    {0, "resolve", "HOST:PORT:ADDR[,ADDR...]", OPTION_LIST, AT(resolves), LOAD | PIN | ARM, WIRE, NULL, NULL, 0, 0,
     "Use these addresses for HOST:PORT; repeatable."},
    {0, "each-address", NULL, OPTION_FLAG, AT(each_address), RUN, WIRE, NULL, NULL, 0, 0,
     "Load all addresses of the host in turn, instead of the first that works."},
    {0, "source", "ADDR[,ADDR...]", OPTION_TEXT, AT(source), LOAD | ARM, WIRE, NULL, NULL, 0, 0,
     "Local addresses to connect from, in turn; ADDR-ADDR is a range over the last byte."},
    {0, "keylog", "FILE", OPTION_TEXT, AT(keylog), LOAD, WIRE, NULL, NULL, 0, 0,
     "Append TLS secrets for Wireshark; so does the environment variable SSLKEYLOGFILE."},

    {0, "arm", "'NAME: OPTIONS'", OPTION_LIST, AT(arm_texts), COMPARE, ARMS, NULL, NULL, 0, 0,
     "Add an arm with OPTIONS, which come over those common to all; repeatable. They are those of verification, identities, TLS, --http, --session-mode and addresses, and a URL."},
    {0, "arms", "LIST", OPTION_TEXT, AT(arms), COMPARE, ARMS, NULL, NULL, 0, 0,
     "Arms to compare: groups, versions, resumption, keys (in process) or verify; or ways to verify out of none, pin, spki, pins100, chain, chain+pin; default none,pin,chain,chain+pin, without --cacert none,pin,spki. A control arm is added."},
    {0, "baseline", "ARM", OPTION_TEXT, AT(baseline), COMPARE, ARMS, NULL, NULL, 0, 0,
     "Arm to compare the others with; default: the first arm."},
    {0, "in-process", NULL, OPTION_FLAG, AT(in_process), COMPARE, ARMS, NULL, NULL, 0, 0,
     "Measure against a BoringSSL server in this process, through memory; takes no URL and no identity."},
    {0, "key-type", "TYPE", OPTION_CHOICE, AT(key_type), COMPARE | ARM, ARMS,
     "p256|rsa2048|mldsa44|mldsa65|mldsa87", "p256", 0, 0,
     "Key type for --in-process."},
    {0, "resolve-difference", "T", OPTION_DURATION, AT(resolve_difference_ns), COMPARE, ARMS, NULL, NULL, 1, 0,
     "Run until a difference of T in handshake CPU would be distinguished from zero in four runs of five, or say why it cannot be; at most -d (default 60s) or -n."},

    {0, "margin", "P%", OPTION_TEXT, AT(margin), DIFF, DIFFS, NULL, "2%", 0, 0,
     "Treat a change of a latency or a rate by less than P% as none; it widens each interval on either side."},
    {0, "detect", "P%", OPTION_TEXT, AT(detect), DIFF, DIFFS, NULL, "10%", 0, 0,
     "Say how long runs must be, or how many, for a change by P% to be found in 19 of 20."},

    {0, "slo", "'METRIC.STAT OP VALUE'", OPTION_LIST, AT(slos), FIND, SEARCH, NULL, NULL, 0, 0,
     "Require this of each stage; repeatable, all must hold. For example 'handshake_from_schedule.p99 < 20ms'; 'pinload help figures' lists all. Without it, a stage holds if no session fails and the server keeps up."},
    {0, "by", "WHAT", OPTION_CHOICE, AT(by), FIND, SEARCH, "rate|connections", "rate", 0, 0,
     "What to find the highest of: sessions started per second, or concurrent sessions of a closed loop."},
    {0, "within", "P%", OPTION_TEXT, AT(within), FIND, SEARCH, NULL, "2%", 0, 0,
     "Repeat stages near the edge until its 95% interval is no wider than P% to either side."},
    {0, "confirm", "T", OPTION_DURATION, AT(confirm_ns), FIND, SEARCH, NULL, "30s", 0, 0,
     "Then try what was found in a stage of T, and less if it does not hold; 0: do not."},
    {0, "budget", "T", OPTION_DURATION, AT(budget_ns), FIND, SEARCH, NULL, "5m", 1, 0,
     "End the search after T with the answer so far; no stage begins that would end later."},
    {0, "start-rate", "N", OPTION_DECIMAL, AT(start_rate), FIND, SEARCH, NULL, NULL, 0, 0,
     "Sessions per second of the first stage; default: what one connection does by itself."},
    {0, "max-rate", "N", OPTION_DECIMAL, AT(max_rate), FIND, SEARCH, NULL, NULL, 0, 0,
     "Never start more than N sessions per second."},

    {0, "plan", "FILE", OPTION_TEXT, AT(plan), ALL, PLANS, NULL, NULL, 0, 0,
     "Read options that are not given from FILE, in TOML or JSON: keys are long option names and url; - is standard input. Relative file names in it are relative to its directory."},
    {0, "print-plan", NULL, OPTION_FLAG, AT(print_plan), ALL, PLANS, NULL, NULL, 0, 0,
     "Print the options in force as a plan file in TOML, and end; nothing is sent."},

    {0, "json", "FILE", OPTION_TEXT, AT(json), LOAD | PIN | MERGE | DIFF, OUT, NULL, NULL, 0, 0,
     "Write the result as JSON; - is standard output, as for all output files."},
    {0, "csv", "FILE", OPTION_TEXT, AT(csv), RUN | MERGE | FIND, OUT, NULL, NULL, 0, 0,
     "Write a CSV row for each second; the last one may be partial. find: a row for each stage."},
    {0, "hlog", "FILE", OPTION_TEXT, AT(hlog), RUN | MERGE, OUT, NULL, NULL, 0, 0,
     "Write the histograms as an HdrHistogram log, one tag per phase."},
    {0, "html", "FILE", OPTION_TEXT, AT(html), LOAD | MERGE | DIFF, OUT, NULL, NULL, 0, 0,
     "Write the result as an HTML page: one file, no network needed."},
    {0, "prometheus", "FILE", OPTION_TEXT, AT(prometheus), RUN | MERGE, OUT, NULL, NULL, 0, 0,
     "Write the result in Prometheus' text format."},
    {0, "junit", "FILE", OPTION_TEXT, AT(junit), RUN | PIN | MERGE | DIFF | FIND, OUT, NULL, NULL, 0, 0,
     "Write expectations and thresholds as JUnit XML."},
    {0, "fail-if", "'METRIC.STAT OP VALUE'", OPTION_LIST, AT(fail_ifs), RUN | MERGE, OUT, NULL, NULL, 0, 0,
     "Fail the run if the condition is true; repeatable. For example 'tls_handshake.p99 > 20ms' or 'sessions.failed >= 10'; 'pinload help figures' lists all."},
    {0, "fail-if-worse", "'FIGURE > P%'", OPTION_LIST, AT(worse_limits), DIFF, OUT, NULL, NULL, 0, 0,
     "Exit with status 1 if FIGURE is found to be worse, and by more than P%; repeatable. For example 'tls_handshake.p99 > 5%'."},
    {0, "allow-empty", NULL, OPTION_FLAG, AT(allow_empty), RUN | MERGE | DIFF, OUT, NULL, NULL, 0, 0,
     "Pass even if nothing was measured: a --fail-if on a figure without values, a run without a success."},
    {0, "show-secrets", NULL, OPTION_FLAG, AT(show_secrets), LOAD, OUT, NULL, NULL, 0, 0,
     "Show the values of --header and --data in the command line in the reports."},
    {'q', "quiet", NULL, OPTION_FLAG, AT(quiet), LOAD | MERGE | DIFF, OUT, NULL, NULL, 0, 0,
     "Do not print the summary; why a run fails still goes to standard error."},
    {'v', "verbose", NULL, OPTION_FLAG, AT(verbose), RUN, OUT, NULL, NULL, 0, 0,
     "Print a detailed trace of the first session, and of the first one with each other outcome."},
    {0, "progress", "WHEN", OPTION_CHOICE, AT(progress), LOAD, OUT, "auto|always|never", "auto", 0, 0,
     "Print a progress line every second on stderr; auto: only on a terminal, and not with -q."},
    {0, "force", NULL, OPTION_FLAG, AT(force), MERGE | DIFF, OUT, NULL, NULL, 0, 0,
     "Merge or compare results even if their plans differ."},
    {'h', "help", NULL, OPTION_FLAG, AT(help), ALL, OUT, NULL, NULL, 0, 0,
     "Print this help."},
};
/* clang-format on */

const size_t option_table_len = sizeof option_table / sizeof *option_table;

const struct option_row *option_find(enum command command, const char *name, size_t name_len)
{
    for (size_t i = 0; i < option_table_len; i++) {
        const struct option_row *row = &option_table[i];
        if ((row->commands & 1u << command) != 0 && strlen(row->name) == name_len &&
            memcmp(row->name, name, name_len) == 0)
            return row;
    }
    return NULL;
}

const struct option_row *option_find_letter(enum command command, char letter)
{
    for (size_t i = 0; i < option_table_len; i++) {
        const struct option_row *row = &option_table[i];
        if ((row->commands & 1u << command) != 0 && row->letter == letter)
            return row;
    }
    return NULL;
}
