/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/about.h"

const struct ending_row ending_table[NUM_ENDINGS] = {
    [ENDING_AS_EXPECTED] = {0, "As expected: all checks passed."},
    [ENDING_UNEXPECTED] = {1, "Not as expected: sessions failed beyond --max-failures, an identity "
                              "was refused or accepted unexpectedly, an offered ticket was "
                              "declined, a threshold was crossed, no rate held or was "
                              "confirmed, a report could not be written, or memory ran out."},
    [ENDING_USAGE] = {2, "Usage or setup error: an option, a file, a password, a host name that "
                         "does not resolve. Nothing was sent."},
    [ENDING_RATE_MISSED] = {3,
                            "As expected, but the rate of --rate was not held; find: this machine "
                            "was the limit, and the answer is at least that."},
    [ENDING_INTERRUPTED] = {130, "Interrupted by SIGINT; the reports were still written."},
    [ENDING_TERMINATED] = {143, "Terminated by SIGTERM; the reports were still written."},
};

/* clang-format off */
const struct example_row example_table[] = {
    {COMMAND_PIN, "Print the pins of the certificate that a server presents",
     "pinload pin https://localhost:8443"},
    {COMMAND_PIN, "Print the pins of a certificate in a file",
     "pinload pin server.crt"},
    {COMMAND_RUN, "One client certificate, chain verification, for 10 seconds",
     "pinload run -E me.crt --key me.key --cacert ca.crt https://localhost:8443/"},
    {COMMAND_RUN, "Client certificates in turn, a pin, 64 concurrent sessions for a minute",
     "pinload run -c 64 -d 1m --identities clients --pin PIN https://localhost:8443/"},
    {COMMAND_RUN, "200 new sessions per second on a schedule, with a threshold for CI",
     "pinload run -R 200 -E me.pem --cacert ca.crt --junit junit.xml \\\n"
     "    --fail-if 'tls_handshake.p99 > 20ms' https://localhost:8443/"},
    {COMMAND_COMPARE, "Measure what verification and pinning cost, with one client certificate",
     "pinload compare -E me.pem --cacert ca.crt --pin PIN https://localhost:8443/"},
    {COMMAND_MERGE, "Merge the results of two generators",
     "pinload merge one.json two.json --json both.json"},
    {COMMAND_DIFF, "Did it get worse since the release? Status 1 if p99 did by over 5%",
     "pinload diff old.json new.json --fail-if-worse 'tls_handshake.p99 > 5%'"},
    {COMMAND_DIFF, "Several results of each, in two directories",
     "pinload diff old/ new/ --html diff.html"},
    {COMMAND_FIND, "The highest rate at which a p99 stays below 20 ms",
     "pinload find -E me.pem --cacert ca.crt \\\n"
     "    --slo 'handshake_from_schedule.p99 < 20ms' https://localhost:8443/"},
    {COMMAND_FIND, "How many kept-alive connections, each with requests all the time",
     "pinload find -E me.pem --cacert ca.crt --by connections -r inf \\\n"
     "    --slo 'request.p99 < 50ms' https://localhost:8443/"},
};

const struct source_row variable_table[] = {
    {"SSLKEYLOGFILE", "A file to append TLS secrets to, as with --keylog. A warning says so."},
    {"SSL_CERT_FILE", "The bundle that --cacert system reads instead of the system's own."},
    {"NO_COLOR", "If set and not empty, no colours are used, even on a terminal."},
};

const struct source_row file_table[] = {
    {"/etc/ssl/certs/ca-certificates.crt", "The system's trust anchor bundle, for --cacert system."},
};
/* clang-format on */

const size_t example_table_len = sizeof example_table / sizeof *example_table;
const size_t variable_table_len = sizeof variable_table / sizeof *variable_table;
const size_t file_table_len = sizeof file_table / sizeof *file_table;
