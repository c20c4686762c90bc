/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What users of curl, wrk, h2load, k6, oha and vegeta type, and what it is called here. It only
 * answers: no such option is ever taken for another.
 */
#ifndef PINLOAD_CLI_OTHER_TOOLS_H
#define PINLOAD_CLI_OTHER_TOOLS_H

#include <stddef.h>

/* other_tools_option returns how to say here what the option WORD (WORD_LEN bytes, without dashes;
 * one letter for a short option) says elsewhere, as the end of a sentence; NULL: nothing is known. */
const char *other_tools_option(const char *word, size_t word_len);

/* other_tools_cert_len returns how much of TEXT, which curl's --cert takes as FILE[:PASSWORD], may be
 * shown: all of it where it is a file or has no colon, else what is before the password's colon. */
size_t other_tools_cert_len(const char *text);

#endif
