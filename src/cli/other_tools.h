/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pinload's equivalents of options of curl, wrk, h2load, k6, oha and vegeta. They only go into
 * error messages: no such option is accepted in place of another.
 */
#ifndef PINLOAD_CLI_OTHER_TOOLS_H
#define PINLOAD_CLI_OTHER_TOOLS_H

#include <stddef.h>

/* other_tools_option returns the end of a sentence that names pinload's equivalent of the option
 * WORD (WORD_LEN bytes, without dashes; one letter for a short option); NULL: unknown. */
const char *other_tools_option(const char *word, size_t word_len);

/* other_tools_cert_len returns how much of TEXT, curl's FILE[:PASSWORD] of --cert, may be shown:
 * all of it if it is a file or has no colon, otherwise what precedes the password's colon. */
size_t other_tools_cert_len(const char *text);

#endif
