/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For bad input there is one sentence that quotes it and says what was expected, before anything is
 * sent: from the functions that read the command line, and from the binary with exit status 2.
 */
#include "cli/options.h"
#include "cli/outputs.h"
#include "cli/plan_builder.h"
#include "tls/fixtures.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

#define MAX_ARGS 12
#define URL "https://127.0.0.1:1/"
#define PIN "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
#define LABEL_64 "a234567890123456789012345678901234567890123456789012345678901234"

/* WHOLE: the arguments are all; otherwise a URL and --verify none follow them. LATE: it is found
 * when the run is set up, after the plan is built. */
enum { WHOLE = 1, LATE = 2 };

struct row {
    const char *args[MAX_ARGS];
    const char *quoted; /* the text that the sentence quotes */
    const char *hint;   /* another part of the sentence */
    int flags;
};

static const struct row rows[] = {
    /* options */
    {{"--frobnicate"}, "'--frobnicate'", "'pinload help run' lists all"},
    {{"--conections", "5"}, "'--conections'", "did you mean --connections?"},
    {{"--identites", "x"}, "'--identites'", "did you mean --identities?"},
    {{"--requets=3"}, "'--requets'", "did you mean --requests?"},
    {{"--expect-refuse", "a"}, "'--expect-refuse'", "did you mean --expect-refused?"},
    {{"--arms", "none"}, "'--arms'", "pinload run has no option"},
    {{"-z"}, "'-z'", "'pinload help run' lists all"},
    {{"-qz"}, "'-z'", "'pinload help run' lists all"},
    {{URL, "--json"}, "--json", "needs a value: FILE", WHOLE},
    {{URL, "-c"}, "-c, --connections", "needs a value: N", WHOLE},
    {{"--quiet=yes"}, "'yes'", "--quiet takes no value"},
    {{"--cert", "a.crt", "--cert", "b.crt"}, "'b.crt'", "use --identity NAME=CERT,KEY"},
    /* options of other tools */
    {{"-k"}, "'-k'", "use --verify none"},
    {{"--insecure"}, "'--insecure'", "use --verify none"},
    {{"-qk"}, "'-k'", "use --verify none"},
    {{"--concurrency", "5"}, "'--concurrency'", "use -c N"},
    {{"--vus=5"}, "'--vus'", "use -c N"},
    {{"-u", "5"}, "'-u'", "use -c N"},
    {{"--http2"}, "'--http2'", "use --http 2"},
    {{"--rps", "5"}, "'--rps'", "use -R N"},
    {{"--rotate", "circle"}, "'circle'", "expected round-robin, random, sticky"},
    {{"--http", "3"}, "'3'", "expected 1.1, 2, auto"},
    {{"--tls-min", "1.1"}, "'1.1'", "expected 1.2, 1.3"},
    {{"--tls-max", "ssl3"}, "'ssl3'", "expected 1.2, 1.3"},
    {{"--close", "abruptly"}, "'abruptly'", "expected fin, rst"},
    {{"-r", "endless"},
     "'endless'",
     "expected a whole number from 0 to 4294967295, such as 64 or 10k, or inf"},
    {{"-r", "inf", "-n", "5", URL}, "-r inf", "expected -d with it", WHOLE},
    {{"-r", "inf", "--hold", "1s", URL}, "-r inf", "expected -r 1 or more with it", WHOLE},
    {{"--split-hello", "-T", "10ms"},
     "--timeout of 10 ms",
     "leaves no time for the second half of the ClientHello"},
    {{"--split-hello=5ms"}, "'5ms'", "--split-hello takes no value"},
    {{"--stages", "200"}, "'200'", "expected RATExTIME such as 200x30s"},
    {{"--stages", "200x30s,"}, "''", "is not a stage"},
    {{"--stages", "200x0s"}, "'200x0s'", "is not a stage"},
    {{"--stages", "x5s"}, "'x5s'", "is not a stage"},
    {{"--stages", "1:2:3x5s"}, "'1:2:3x5s'", "is not a stage"},
    {{"--stages", "1.5cx5s"}, "'1.5cx5s'", "is not a stage"},
    {{"--stages", "0x5s"}, "'0x5s'", "expected a stage above 0"},
    {{"--stages", "5x5s,5cx5s"}, "'5cx5s'", "expected all of one kind"},
    {{"--stages", "5x5s", "-d", "1s"}, "'5x5s'", "each stage has its own time"},
    {{"--stages", "5x5s", "-n", "1"}, "'5x5s'", "stages take a time"},
    {{"--stages", "5x5s", "-R", "1"}, "'5x5s'", "each stage has its own load"},
    {{"--stages", "5cx5s", "-c", "1"}, "'5cx5s'", "each stage has its own number of them"},
    {{"--stages", "5x5s", "--ramp-up", "1s"}, "'5x5s'", "a ramp is a stage"},
    {{"--stages", "5x5s", "--warm-up", "5s"}, "--warm-up", "leaves nothing"},
    {{"--stages", "9:5cx5s", "-r", "inf"}, "-r inf", "connections cannot become fewer"},
    {{"--stages", "9cx5s", "--arrival", "poisson"}, "--arrival", "expected -R, --rate"},
    {{"-R", "1:"}, "'1:'", "expected a ramp A:B of two numbers"},
    {{"-R", "0:0"}, "'0:0'", "expected a ramp A:B"},
    {{"-R", "1:5", "-n", "3"}, "'1:5'", "stages take a time"},
    {{"-c", "0:5"}, "'0:5'", "expected a ramp A:B of two whole numbers"},
    {{"-c", "1:5", "-R", "3"}, "'1:5'", "either the connections change or the rate"},
    {{"-R", "1", "--arrival", "regular"}, "'regular'", "expected constant, poisson"},
    {{"-R", "1", "--overload", "panic"}, "'panic'", "expected wait, skip"},
    {{"--progress", "sometimes"}, "'sometimes'", "expected auto, always, never"},
    {{"--session-mode", "sometimes"}, "'sometimes'", "expected full, resume, mixed:PERCENT"},
    {{"--session-mode", "mixed:101"},
     "'mixed:101'",
     "expected mixed: and a percentage from 0 to 100"},
    {{"--session-mode", "mixed:"}, "'mixed:'", "expected mixed: and a percentage from 0 to 100"},
    {{"--session-mode", "mixed:x%"},
     "'mixed:x%'",
     "expected mixed: and a percentage from 0 to 100"},
    {{"--ech", "/nowhere/ech.pem"}, "'/nowhere/ech.pem'", "neither a file nor base64"},
    {{"--ech", "AAAA"}, "'AAAA'", "is no ECHConfigList"},
    {{"--ech", "AAT+CgAA"}, "'AAT+CgAA'", "has no configuration that BoringSSL can use"},
    {{"--ech", "grease", "--tls-max", "1.2"}, "1.2", "expected --tls-max 1.3"},
    {{"--ech", FIXTURE("ca.crt")}, "ca.crt'", "has no PEM block ECHCONFIG"},
    {{"--cert-compression", "gzip"}, "'gzip'", "is not known; expected brotli, zlib or both"},
    {{"--cert-compression", ""}, "''", "is not known; expected brotli, zlib or both"},
    {{"--cert-compression", "zlib,"}, "'zlib,'", "is not known; expected brotli, zlib or both"},
    {{"--cert-compression", "zlib,zlib"}, "'zlib,zlib'", "names one twice; expected brotli"},
    /* numbers */
    {{"-c", "0"}, "'0'", "expected a whole number from 1 to 10000000"},
    {{"-c", "-1"}, "'-1'", "expected "},
    {{"-c", "1.5"}, "'1.5'", "a whole number"},
    {{"-c", "ten"}, "'ten'", "a whole number"},
    {{"-c", ""}, "''", "a whole number"},
    {{"-c", " 5"}, "' 5'", "a whole number"},
    {{"-c", "0x10"}, "'0x10'", "a whole number"},
    {{"-c", "5kk"}, "'5kk'", "as 64 or 10k"},
    {{"-c99999999999"}, "'99999999999'", "from 1 to 10000000"},
    {{"-n", "0"}, "'0'", "from 1 to"},
    {{"-r", "-1"}, "'-1'", "from 0 to"},
    {{"--sni", "10.0.0.1"}, "'10.0.0.1'", "expected a host name"},
    {{"--sni", "::1"}, "'::1'", "expected a host name"},
    {{"--sni", "localhost.."}, "'localhost..'", "it has an empty label; expected a host name"},
    {{"--sni", "."}, "'.'", "it has an empty label; expected a host name"},
    {{"--sni", ".localhost"}, "'.localhost'", "it has an empty label"},
    {{"--sni", ""}, "''", "it is missing; expected a host name"},
    {{"--sni", "local host"}, "'local host'", "it has a character other than letters"},
    {{"--sni", "localhost:443"}, "'localhost:443'", "it has a character other than letters"},
    {{"--sni", "10.0.0.1."}, "'10.0.0.1.'", "expected a host name"},
    {{"--sni", LABEL_64}, "'" LABEL_64 "'", "more than 63 characters"},
    {{"-E", "/dev/zero"}, "'/dev/zero'", "is a device"},
    {{"-r", "5G"}, "'5G'", "expected a whole number from 0 to 4294967295"},
    {{"-m", "0"}, "'0'", "from 1 to 10000, "},
    {{"--seed", "random"}, "'random'", "a whole number"},
    {{"-R", "0"}, "'0'", "expected a number above 0"},
    {{"-R", "nan"}, "'nan'", "expected a number above 0"},
    {{"-R", "1e3"}, "'1e3'", "as 200, 0.5 or 1.5k"},
    {{"-R", "-5"}, "'-5'", "expected a number above 0"},
    {{"-t", "0"}, "'0'", "expected a whole number from 1 to 256, or auto"},
    {{"-t", "300"}, "'300'", "expected a whole number from 1 to 256, or auto"},
    {{"-t", "many"}, "'many'", "expected a whole number from 1 to 256, or auto"},
    {{"--max-failures", "-1"}, "'-1'", "a percentage up to 100%, such as"},
    {{"--max-failures", "1.5"}, "'1.5'", "a whole number or a percentage"},
    {{"--max-failures", "101%"}, "'101%'", "a percentage up to 100%"},
    {{"--max-failures", "%"}, "'%'", "a percentage up to 100%"},
    {{"--expect-status", "99"}, "'99'", "codes from 200 to 599"},
    {{"--expect-status", "600"}, "'600'", "codes from 200 to 599"},
    {{"--expect-status", "200,,204"}, "'200,,204'", "joined by commas, such as"},
    {{"--expect-status", "OK"}, "'OK'", "codes from 200 to 599"},
    {{"--expect-status", "200", "--expect-status", "204"},
     "'204'",
     "another one for all identities; expected one"},
    {{"--expect-status", "bob=200"}, "'bob=200' names 'bob'", "not an identity of this run"},
    {{"--expect-status", "=200"}, "names ''", "not an identity of this run"},
    {{"-E", FIXTURE("client-p256.pem"), "--expect-status", "client="},
     "'client='",
     "codes from 200 to 599"},
    {{"-E", FIXTURE("client-p256.pem"), "--expect-status", "client=200", "--expect-status",
      "client=204"},
     "'client=204'",
     "another one for that identity; expected one"},
    {{"--refusal-status", "302,"}, "'302,'", "codes from 200 to 599"},
    {{"--refusal-text", ""}, "''", "expected 1 to 1000 bytes"},
    {{"--refusal-status", "600"}, "'600'", "codes from 200 to 599"},
    {{"--refusal-status", "a=403"}, "'a=403'", "codes from 200 to 599"},
    {{"--refusal-status", "302,403", "--expect-status", "200,403"},
     "'302,403'",
     "both have 403; expected it in one of them, or --expect-status NAME=403"},
    /* times */
    {{"-d", "0"}, "'0'", "expected a time above 0"},
    {{"-d", "5x"}, "'5x'", "as 500ms, 30s or 5m"},
    {{"-d", "-1s"}, "'-1s'", "as 500ms, 30s or 5m"},
    {{"-d", ""}, "''", "as 500ms, 30s or 5m"},
    {{"-d", "99999999999h"}, "'99999999999h'", "expected "},
    {{"-T", "0"}, "'0'", "expected a time of at least 1ms"},
    {{"-T", "0.5ms"}, "'0.5ms'", "expected a time of at least 1ms"},
    {{"--connect-timeout", "500us"}, "'500us'", "expected a time of at least 1ms"},
    {{"--hold", "forever"}, "'forever'", "expected a time"},
    {{"--think", "30m1h"}, "'30m1h'", "expected a time"},
    {{"-d", "1m30"}, "'1m30'", "expected a time above 0"},
    {{"--ramp-up", "soon"}, "'soon'", "expected a time"},
    {{"-d", "10s", "--warm-up", "10s"}, "--warm-up", "expected a shorter one"},
    {{"--start-at", "tomorrow"}, "'tomorrow'", "YYYY-MM-DDTHH:MM:SSZ or @SECONDS"},
    {{"--start-at", "2001-01-01T00:00:00Z"},
     "'2001-01-01T00:00:00Z'",
     "expected a time in the future"},
    {{"--start-at", "2099-01-01T00:00:00"}, "'2099-01-01T00:00:00'", "YYYY-MM-DDTHH:MM:SSZ"},
    {{"--start-at", "@1"}, "'@1'", "is in the past"},
    {{"--start-at", "1960-01-01T00:00:00Z"}, "'1960-01-01T00:00:00Z'", "since 1970, up to"},
    {{"--start-at", "@"}, "'@'", "@SECONDS since 1970, up to"},
    {{"--start-at", "@99999999999999"}, "'@99999999999999'", "expected "},
    {{"--start-at", "9999-12-31T23:59:59Z"}, "'9999-12-31T23:59:59Z'", "expected "},
    /* shards */
    {{"--shard", "1"}, "'1'", "expected I/N with I from 0 to N-1"},
    {{"--shard", "4/4"}, "'4/4'", "expected I/N with I from 0 to N-1"},
    {{"--shard", "-1/4"}, "'-1/4'", "expected I/N with I from 0 to N-1"},
    {{"--shard", "0/0"}, "'0/0'", "expected I/N with I from 0 to N-1"},
    {{"--shard", "0/4x"}, "'0/4x'", "as 0/4"},
    {{"--shard", "+0/4"}, "'+0/4'", "as 0/4"},
    {{"--shard", " 0/4"}, "' 0/4'", "as 0/4"},
    {{"--shard", "0/ 4"}, "'0/ 4'", "as 0/4"},
    {{"--shard", "0/+4"}, "'0/+4'", "as 0/4"},
    {{"-c", "1", "--shard", "1/2"}, "'1/2'", "expected -c 2 or more"},
    /* URLs */
    {{"--verify", "none"}, "no URL", "expected https://HOST[:PORT]/PATH", WHOLE},
    {{"https://a/", "extra"}, "'extra'", "expected one URL"},
    {{"--verify", "none", "http://127.0.0.1/"}, "http://127.0.0.1/", "https://HOST", WHOLE},
    {{"--verify", "none", "127.0.0.1:8443"}, "127.0.0.1:8443", "https://HOST", WHOLE},
    {{"--verify", "none", "https://"}, "https://", "expected ", WHOLE},
    {{"--verify", "none", "https://[::1/"}, "https://[::1/", "expected ", WHOLE},
    {{"--verify", "none", "https://[::1]:99999/"}, "https://[::1]:99999/", "65535", WHOLE},
    {{"--verify", "none", "https://[zz]/"}, "https://[zz]/", "not an IPv6 address", WHOLE},
    {{"--verify", "none", "https://::1/"}, "https://::1/", "expected ", WHOLE},
    {{"--verify", "none", "https://me@h/"}, "https://me@h/", "user information", WHOLE},
    {{"--verify", "none", "https://h:0/"}, "https://h:0/", "65535", WHOLE},
    {{"--verify", "none", "--", "-d"}, "-d", "expected https://HOST[:PORT]/PATH", WHOLE},
    /* target addresses */
    {{"--connect-to", LABEL_64 ":1"}, LABEL_64 ":1", "more than 63 characters"},
    {{"--connect-to", "localhost"}, "localhost", "expected HOST:PORT or [IPV6]:PORT"},
    {{"--connect-to", "localhost:0"}, "localhost:0", "expected HOST:PORT or [IPV6]:PORT"},
    {{"--connect-to", "::1:443"}, "::1:443", "--connect-to"},
    {{"--resolve", "localhost:443"}, "'localhost:443'", "HOST:PORT:ADDR"},
    {{"--resolve", "localhost:443:"}, "'localhost:443:'", "for example, example.com:443:127.0.0.1"},
    {{"--resolve", ":443:127.0.0.1"}, "':443:127.0.0.1'", "HOST:PORT:ADDR"},
    {{"--resolve", "localhost:x:127.0.0.1"}, "'localhost:x:127.0.0.1'", "HOST:PORT:ADDR"},
    {{"--resolve", "127.0.0.1:1:somewhere"}, "'127.0.0.1:1:somewhere'", "HOST:PORT:ADDR"},
    {{"--resolve", "127.0.0.1:1:[]"}, "'127.0.0.1:1:[]'", "HOST:PORT:ADDR"},
    {{"--resolve", "127.0.0.1:1:127.0.0.1", "--resolve", "127.0.0.1:1:127.0.0.2"},
     "'127.0.0.1:1:127.0.0.1' and --resolve '127.0.0.1:1:127.0.0.2'",
     "expected one"},
    {{"--resolve", "a.test.:1:127.0.0.1", "--resolve", "b:1:::1", "--resolve", "A.test:1:::1"},
     "'a.test.:1:127.0.0.1' and --resolve 'A.test:1:::1'",
     "expected one"},
    {{"--connect-to", "127.0.0.1:1", "--resolve", "a:1:::1", "--resolve", "a:1:::2"},
     "'a:1:::1' and --resolve 'a:1:::2'",
     "expected one"},
    {{"--connect-to", "127.0.0.1:1", "--resolve", "a:b:c"}, "'a:b:c'", "HOST:PORT:ADDR"},
    {{"--source", "localhost"}, "'localhost'", "ADDR[,ADDR...], or ADDR-ADDR"},
    {{"--source", "192.0.2.1"}, "'192.0.2.1'", "expected an address of this machine"},
    {{"--source", "::1"}, "--source:", "expected an IPv4 source"},
    {{"--source", "127.0.0.9-127.0.0.1"}, "'127.0.0.9-127.0.0.1'", "as 127.0.0.1-127.0.0.8"},
    {{"--tls-min", "1.3", "--tls-max", "1.2"}, "--tls-min 1.3", "expected the opposite"},
    {{"--groups", "P-999"}, "'P-999'", "as X25519:P-256:P-384"},
    {{"--ciphers", "RC5"}, "'RC5'", "names of TLS 1.2 joined by ':'"},
    {{"--sigalgs", "rot13"}, "'rot13'", "names joined by ':'"},
    {{"--keylog", "/nonexistent/log"}, "'/nonexistent/log'", "cannot be opened"},
    /* server verification */
    {{URL}, "choose how to verify", "--pin PIN, or --verify none (checks nothing)", WHOLE},
    {{"--verify", "maybe", URL}, "'maybe'", "expected none, chain, pin, chain+pin", WHOLE},
    {{"--verify", "chain", URL}, "--verify chain", "or --cacert system", WHOLE},
    {{"--verify", "pin", URL}, "--verify pin", "--pin-file or --pinnedpubkey", WHOLE},
    {{"--verify", "chain+pin", "--pin", PIN, URL}, "--verify chain+pin", "--cacert", WHOLE},
    {{"--verify", "chain+pin", "--cacert", FIXTURE("ca.crt"), URL}, "chain+pin", "--pin", WHOLE},
    {{"--raw-public-key", "--cacert", FIXTURE("ca.crt"), URL},
     "--raw-public-key and --verify chain",
     "a raw public key has no chain; expected --pin spki-sha256:... without --cacert",
     WHOLE},
    {{"--raw-public-key", "--cacert", "system", "--pin", "spki-sha256:" PIN, URL},
     "--raw-public-key and --verify chain+pin",
     "or --verify none",
     WHOLE},
    {{"--raw-public-key", "--pin", PIN, URL},
     "--raw-public-key",
     "expected --pin spki-sha256:..., as 'pinload pin --raw-public-key' prints it",
     WHOLE},
    {{"--raw-public-key", URL}, "choose how to verify", "--pin PIN", WHOLE},
    {{"--pin", "ca-sha256:" PIN, URL}, "ca-sha256:", "anybody can append", WHOLE},
    {{"--cacert", FIXTURE("no-such.crt"), URL}, "no-such.crt'", "--cacert", WHOLE},
    {{"--cacert", FIXTURE("hello.txt"), URL}, "hello.txt'", "expected ", WHOLE | LATE},
    {{"--pin", "hello"}, "'hello'", "base64 (44 characters) or hex (64 digits)"},
    {{"--pin", ""}, "''", "expected "},
    {{"--pin", "cert-sha256:" PIN "AAAA"}, PIN "AAAA'", "expected "},
    {{"--pin", "sha1:2jmj7l5rSw0yVb/vlWAYkK/YBwk="}, "'sha1:", "unknown kind"},
    {{"--pin", "sha256//" PIN}, "'sha256//", "unknown kind"},
    {{"--pinnedpubkey", PIN}, "'" PIN "'", "expected curl's format"},
    {{"--pin-file", FIXTURE("no-such.pins")}, "no-such.pins'", "cannot be opened"},
    {{"--pin-file", FIXTURE("hello.txt")}, "hello.txt, line 1: the pin 'hello'", "expected "},
    {{"--pin-file", FIXTURE("empty.pem")}, "empty.pem'", "expected one pin per line"},
    /* client identity */
    {{"--identity", "alice"}, "'alice'", "NAME=CERT[,KEY]"},
    {{"--identity", "=a.crt"}, "'=a.crt'", "NAME=CERT[,KEY]"},
    {{"--identity", "alice="}, "'alice='", "for example, alice=alice.crt,alice.key"},
    {{"--identity", "alice=,a.key"}, "'alice=,a.key'", "NAME=CERT[,KEY]"},
    {{"--identity", "alice=/nonexistent.crt"}, "'/nonexistent.crt'", "cannot be opened"},
    {{"--identity", "alice=" FIXTURE("client-p256.crt,")}, "alice=", "NAME=CERT[,KEY]"},
    {{"--identity", "a=" FIXTURE("client-p256.pem"), "--identity", "a=" FIXTURE("client-rsa.pem")},
     "'a'",
     "expected each name once"},
    {{"-E", FIXTURE("client-p256.crt")}, "client-p256.crt'", "--key FILE is missing"},
    {{"--identity", "a=" FIXTURE("client-p256.crt")}, "client-p256.crt'", "NAME=CERT,KEY"},
    {{"-E", FIXTURE("client-p256.enc.pem:geheim")},
     "client-p256.enc.pem:***'",
     "--cert " FIXTURE("client-p256.enc.pem") " --pass pass:..."},
    {{"-E", FIXTURE("client-p256.pem:a:geheim")}, "client-p256.pem:***'", "--pass pass:..."},
    {{"--cert=/nonexistent.pem:geheim"}, "'/nonexistent.pem:***'", "--pass pass:..."},
    {{"--cert", "a.pem", "--cert", "b.pem:geheim"}, "'b.pem:***'", "use --identity NAME=CERT,KEY"},
    {{"--cert-type", "P12"}, "'--cert-type'", "PEM or PKCS#12"},
    {{"-E", FIXTURE("client-p256.crt"), "--key", FIXTURE("client-rsa.key")},
     "client-rsa.key'",
     "expected a matching pair"},
    {{"-E", FIXTURE("empty.pem")}, "empty.pem'", "expected a PEM or PKCS#12 file"},
    {{"-E", FIXTURE("truncated.crt"), "--key", FIXTURE("client-p256.key")},
     "truncated.crt'",
     "is damaged PEM"},
    {{"--key", FIXTURE("client-p256.key")}, "client-p256.key'", "without --cert"},
    {{"-E", FIXTURE("client-p256.enc.pem")}, "client-p256.enc.pem'", "--pass env:VAR"},
    {{"-E", FIXTURE("client-p256.enc.pem"), "--pass", "pass:geheim"},
     "client-p256.enc.pem'",
     "the password of --pass is wrong"},
    {{"--identities", "/nonexistent"}, "'/nonexistent'", "cannot be opened"},
    {{"--identities", "/proc/self/fd"}, "'/proc/self/fd'", "NAME.crt with NAME.key"},
    {{"--identity", "a=" FIXTURE("client-p256.pem"), "--expect-refused", "a,b"},
     "'b'",
     "not an identity of this run"},
    {{"-E", FIXTURE("client-p256.pem"), "--expect-refused", "(none)"},
     "'(none)'",
     "not an identity of"},
    {{"--expect-refused", ""}, "''", "not an identity of this run"},
    {{"--pass", "geheim"}, "--pass", "env:VAR, file:PATH or pass:TEXT"},
    {{"--verify", "no\n\tne"}, "'no??ne'", "chain+pin"},
    {{"--json", FIXTURE("no\ndirectory/x.json")}, "no?directory", "cannot be used"},
    {{"--pass", "env:PINLOAD_TEST_UNSET"}, "'PINLOAD_TEST_UNSET'", "is not set"},
    {{"--pass", "file:/nonexistent"}, "'/nonexistent'", "cannot be opened"},
    {{"--pass", "pass:geheim", "--pass", "pass:geheim2"}, "--pass", "expected it once"},
    {{"--pass", "env:PATH", "--pass=pass:geheim"}, "--pass", "expected it once"},
    /* the request */
    {{"-X", "GE T"}, "GE T", "expected "},
    {{"-H", "no colon"}, "no colon", "expected "},
    {{"-H", "Transfer-Encoding: chunked"}, "Transfer-Encoding", "is"},
    {{"--data", "@/nonexistent"}, "'/nonexistent'", "cannot be opened"},
    {{"--data", "@/dev/zero"}, "'/dev/zero'", "is larger than 256 MB"},
    {{"--data", "@-", "--pin-file", "-"}, "--data and --pin-file '-'", "one option that reads it"},
    {{"--data", "@/dev/stdin", "--cacert", "-"}, "--data and --cacert '-'", "one option"},
    {{"--pin-file", "-", "--pin-file", "/dev/stdin"}, "--pin-file '/dev/stdin'", "one option"},
    {{"-E", "-", "--key", "-"}, "--cert and --key '-'", "one option"},
    {{"--pin-file", "/dev/zero"}, "'/dev/zero'", "is a device"},
    {{"--pass", "file:/dev/null"}, "'/dev/null'", "is a device"},
    {{"-r", "0", "--hold", "1s"}, "--hold", "expected -r 1 or more with"},
    {{"--arrival", "poisson"}, "--arrival", "expected -R, --rate with them"},
    {{"--overload", "skip"}, "--overload", "expected -R, --rate with them"},
    /* output */
    {{"--json", "/nonexistent/r.json"}, "\"/nonexistent/r.json\"", "expected "},
    {{"--json", "/proc/r.json"}, "\"/proc/r.json\"", "expected "},
    {{"--json", "."}, "\".\"", "expected a file's path"},
    {{"--json", ""}, "\"\"", "expected a file's path"},
    {{"--csv", FIXTURE("hello.txt/r.csv")}, "hello.txt/r.csv\"", "expected "},
    {{"--json", "-", "--csv", "-"}, "--json and --csv", "expected only one"},
    {{"--json", FIXTURE("r"), "--html", FIXTURE("r")},
     "--json and --html",
     "expected a file for each"},
    {{"--csv", FIXTURE("../fixtures/r"), "--hlog", FIXTURE("./r")},
     "--csv",
     "expected a file for each"},
    {{"--junit", FIXTURE("r"), "--keylog", FIXTURE("r")}, "--keylog and --junit", "expected "},
    {{"--fail-if", "latency is bad"}, "latency is bad", "expected ", LATE},
    {{"--fail-if", "tls_handshake.p98 > 1ms"}, "p98", "expected ", LATE},
    {{"--fail-if", "plan > 5"}, "plan", "expected ", LATE},
    {{"-c", "9000000"}, "-c 9000000", "expected ", LATE},
};

/* Puts a row's whole command line into ARGV, in writable memory. */
static int make_argv(char **argv, const struct row *row)
{
    static const char *const base[] = {"--verify", "none", URL};
    int argc = 0;
    for (size_t i = 0; i < MAX_ARGS && row->args[i] != NULL; i++)
        argv[argc++] = strdup(row->args[i]);
    for (size_t i = 0; i < COUNT_OF(base) && (row->flags & WHOLE) == 0; i++)
        argv[argc++] = strdup(base[i]);
    argv[argc] = NULL;
    return argc;
}

static void free_argv(char **argv)
{
    for (size_t i = 0; argv[i] != NULL; i++)
        free(argv[i]);
}

static bool read_command_line(int argc, char **argv, struct error *err)
{
    struct options options;
    struct plan plan = {0};
    struct notices notices = {0};
    bool ok = options_parse(&options, COMMAND_RUN, argc, argv, err) &&
              plan_build(&plan, &options, &notices, err) && outputs_check(&options, err);
    plan_cleanup(&plan);
    notices_cleanup(&notices);
    options_cleanup(&options);
    return ok;
}

/* Reports what is wrong with a row; the test continues, and fails at its end. */
#define OFFENCE(...) (print_error(__VA_ARGS__), num_offences++)
static unsigned num_offences;

static void check_sentence(size_t index, const struct row *row, const char *sentence)
{
    size_t len = strlen(sentence);
    bool is_one_line = len > 20 && len < 1000 && strchr(sentence, '\n') == NULL;
    if (strstr(sentence, row->quoted) == NULL || strstr(sentence, row->hint) == NULL ||
        !is_one_line || sentence[len - 1] == '.')
        OFFENCE("row %zu (%s %s): %s\n", index, row->args[0], row->args[1], sentence);
    if (strstr(sentence, "geheim") != NULL)
        OFFENCE("row %zu shows a password: %s\n", index, sentence);
}

static void every_bad_input_is_quoted_with_what_is_accepted(void **state)
{
    (void)state;
    assert_true(COUNT_OF(rows) >= 60);
    num_offences = 0;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char *argv[MAX_ARGS + 4];
        struct error err = {{0}};
        if (rows[i].flags & LATE)
            continue;
        int argc = make_argv(argv, &rows[i]);
        if (read_command_line(argc, argv, &err))
            OFFENCE("row %zu (%s %s) was accepted\n", i, argv[0], argv[1]);
        else
            check_sentence(i, &rows[i], err.text);
        free_argv(argv);
    }
    assert_int_equal(num_offences, 0);
}

/* The reaction of the binary to a command line. */
struct ending {
    int status;
    char out[4096], err[4096];
};

static void slurp(int fd, char *out, size_t capacity)
{
    size_t len = 0;
    ssize_t n;
    while (len < capacity - 1 && (n = read(fd, out + len, capacity - 1 - len)) > 0)
        len += (size_t)n;
    out[len] = '\0';
    close(fd);
}

static void run_binary(struct ending *ending, const char *command, char **args, int argc)
{
    char *argv[MAX_ARGS + 8] = {PINLOAD_BINARY, (char *)(uintptr_t)command};
    int out[2], err[2];
    posix_spawn_file_actions_t actions;
    pid_t pid;
    for (int i = 0; i < argc; i++)
        argv[2 + i] = args[i];
    assert_int_equal(pipe(out), 0);
    assert_int_equal(pipe(err), 0);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, err[1], STDERR_FILENO);
    for (int i = 0; i < 2; i++) {
        posix_spawn_file_actions_addclose(&actions, out[i]);
        posix_spawn_file_actions_addclose(&actions, err[i]);
    }
    assert_int_equal(posix_spawn(&pid, argv[0], &actions, NULL, argv, environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    close(out[1]);
    close(err[1]);
    slurp(out[0], ending->out, sizeof ending->out);
    slurp(err[0], ending->err, sizeof ending->err);
    assert_int_equal(waitpid(pid, &ending->status, 0), pid);
}

/* The only sentence in the output, after warnings; without its newline. */
static const char *sentence_of(struct ending *ending)
{
    char *line = ending->err;
    while (strncmp(line, "pinload: warning: ", 18) == 0 && strchr(line, '\n') != NULL)
        line = strchr(line, '\n') + 1;
    size_t len = strlen(line);
    if (len == 0 || line[len - 1] != '\n' || strncmp(line, "pinload: ", 9) != 0)
        fail_msg("no sentence: %s", ending->err);
    line[len - 1] = '\0';
    return line + 9;
}

static void the_binary_says_so_on_stderr_alone_and_exits_with_2(void **state)
{
    (void)state;
    num_offences = 0;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char *args[MAX_ARGS + 4];
        struct ending ending;
        int argc = make_argv(args, &rows[i]);
        run_binary(&ending, "run", args, argc);
        free_argv(args);
        if (!WIFEXITED(ending.status) || WEXITSTATUS(ending.status) != 2)
            OFFENCE("row %zu (%s): status %x, %s\n", i, rows[i].args[0], (unsigned)ending.status,
                    ending.err);
        else if (ending.out[0] != '\0')
            OFFENCE("row %zu (%s) says on stdout: %s\n", i, rows[i].args[0], ending.out);
        else
            check_sentence(i, &rows[i], sentence_of(&ending));
    }
    assert_int_equal(num_offences, 0);
}

static void a_command_that_is_none_is_shown_on_one_line_without_its_controls(void **state)
{
    (void)state;
    static const struct {
        const char *command, *said;
    } cases[] = {
        {"ru\x1b[2J\nn", "pinload: 'ru?[2J?n' is not a command; 'pinload help' lists all\n"},
        {"--x\n\xc2\x9by",
         "pinload: a command comes before '--x??y', as in 'pinload run --x??y'\n"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct ending ending;
        run_binary(&ending, cases[i].command, NULL, 0);
        assert_int_equal(WEXITSTATUS(ending.status), 2);
        assert_string_equal(ending.err, cases[i].said);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_bad_input_is_quoted_with_what_is_accepted),
        cmocka_unit_test(the_binary_says_so_on_stderr_alone_and_exits_with_2),
        cmocka_unit_test(a_command_that_is_none_is_shown_on_one_line_without_its_controls),
    };
    unsetenv("SSLKEYLOGFILE");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
