/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The texts by which nginx refuses a client certificate in a response. With ssl_verify_client on,
 * nginx completes the handshake and responds with HTTP 400 (internally 495 or 496, which error_page
 * can expose) and one of two sentences in the body. Only the first bytes of the body are searched,
 * which may arrive in pieces of any size.
 */
#ifndef PINLOAD_HTTP_REFUSAL_H
#define PINLOAD_HTTP_REFUSAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct refusal {
    uint16_t num_scanned; /* bytes of the body searched, at most 4,096 */
    uint8_t matched[2];   /* length of the prefix of each text that the last bytes match */
    bool found;
    uint16_t num_text_scanned, text_matched; /* the same for a refusal_text */
    bool text_found;
};

/* refusal_possible says whether a response with STATUS has to be searched. */
bool refusal_possible(unsigned status);

/* refusal_scan consumes the body's next bytes. A zeroed struct is ready for the start of a body. */
void refusal_scan(struct refusal *refusal, const uint8_t *bytes, size_t len);

/* A text given by the user, which makes a response of any status a refusal. */
struct refusal_text;
#define REFUSAL_TEXT_MOST 1000 /* bytes */

/* refusal_text_new takes a TEXT of 1 to REFUSAL_TEXT_MOST bytes, and copies it. */
struct refusal_text *refusal_text_new(const char *text);
void refusal_text_free(struct refusal_text *text);

/* refusal_scan_text consumes the body's next bytes, and searches for TEXT in the first 4,096. */
void refusal_scan_text(struct refusal *refusal, const struct refusal_text *text,
                       const uint8_t *bytes, size_t len);

#endif
