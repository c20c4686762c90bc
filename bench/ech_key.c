/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes a key for Encrypted Client Hello, with its configuration: what the sink takes as --ech-key,
 * and pinload as --ech.
 */
#include "base/text.h"
#include "sink_ech.h"

#include <string.h>

static const char usage[] =
    "usage: ech_key PUBLIC-NAME [CONFIG-ID] > FILE.pem\n"
    "\n"
    "Writes a new X25519 key and its ECHConfigList (RFC 9849) as PEM, for clients that connect as\n"
    "PUBLIC-NAME; CONFIG-ID is 0 to 255 (default 1).\n";

int main(int argc, char **argv)
{
    struct error err;
    uint64_t id = 1;
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        fputs(usage, stdout);
        return 0;
    }
    if (argc < 2 || argc > 3 || argv[1][0] == '-' ||
        (argc == 3 && (!text_parse_count(argv[2], &id) || id > 255))) {
        fputs(usage, stderr);
        return 2;
    }
    if (sink_ech_make(stdout, argv[1], (uint8_t)id, &err) && fflush(stdout) == 0)
        return 0;
    fprintf(stderr, "ech_key: %s\n", err.text);
    return 2;
}
