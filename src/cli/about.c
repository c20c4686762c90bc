/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/about.h"

const struct ending_row ending_table[NUM_ENDINGS] = {
    [ENDING_AS_EXPECTED] = {0, "All was as expected."},
    [ENDING_UNEXPECTED] = {1, "Not as expected: sessions failed beyond --max-failures, an identity "
                              "was refused or accepted against expectation, an offered ticket was "
                              "declined, a threshold was crossed, a report could not be "
                              "written, or memory ran out."},
    [ENDING_USAGE] = {2, "Usage or set-up: an option, a file, a password, a host name that does "
                         "not resolve. Nothing was sent."},
    [ENDING_RATE_MISSED] = {3, "All was as expected, but the rate of --rate was not held."},
    [ENDING_INTERRUPTED] = {130, "Interrupted by SIGINT; the reports were written all the same."},
    [ENDING_TERMINATED] = {143, "The same by SIGTERM."},
};

/* clang-format off */
const struct example_row example_table[] = {
    {COMMAND_PIN, "The pins of the certificate that a server shows",
     "pinload pin https://localhost:8443"},
    {COMMAND_PIN, "The pins of a certificate in a file",
     "pinload pin server.crt"},
    {COMMAND_RUN, "One client certificate, the server's chain checked, for 10 seconds",
     "pinload run -E me.crt --key me.key --cacert ca.crt https://localhost:8443/"},
    {COMMAND_RUN, "A directory's clients in turn, a pin, 64 sessions at once for a minute",
     "pinload run -c 64 -d 1m --identities clients --pin PIN https://localhost:8443/"},
    {COMMAND_RUN, "200 new sessions a second on a schedule, and a gate for CI",
     "pinload run -R 200 -E me.pem --cacert ca.crt --junit junit.xml \\\n"
     "    --fail-if 'tls_handshake.p99 > 20ms' https://localhost:8443/"},
    {COMMAND_COMPARE, "What verifying and pinning cost with one client certificate",
     "pinload compare -E me.pem --cacert ca.crt --pin PIN https://localhost:8443/"},
    {COMMAND_MERGE, "One result from those of two generators",
     "pinload merge one.json two.json --json both.json"},
};

const struct source_row variable_table[] = {
    {"SSLKEYLOGFILE", "A file to which TLS secrets are appended, as by --keylog. A warning says so."},
    {"SSL_CERT_FILE", "The bundle that --cacert system reads in place of the system's own."},
    {"NO_COLOR", "Set and not empty: no colours, on a terminal neither."},
};

const struct source_row file_table[] = {
    {"/etc/ssl/certs/ca-certificates.crt", "The system's bundle of trust anchors, for --cacert system."},
};
/* clang-format on */

const size_t example_table_len = sizeof example_table / sizeof *example_table;
const size_t variable_table_len = sizeof variable_table / sizeof *variable_table;
const size_t file_table_len = sizeof file_table / sizeof *file_table;
