/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nginx's words for a client certificate that it does not take. With ssl_verify_client on, nginx
 * completes the handshake and answers HTTP 400 (internally 495 or 496, which error_page can show)
 * with one of two sentences in the body. They are looked for in the first bytes of the body only,
 * which may come in pieces of any size.
 */
#ifndef PINLOAD_HTTP_REFUSAL_H
#define PINLOAD_HTTP_REFUSAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct refusal {
    uint16_t num_scanned; /* bytes of the body looked at, at most 4,096 */
    uint8_t matched[2];   /* how much of each sentence the last bytes are */
    bool found;
    uint16_t num_text_scanned, text_matched; /* the same of a refusal_text */
    bool text_found;
};

/* refusal_possible says whether a response with STATUS is worth the search. */
bool refusal_possible(unsigned status);

/* refusal_scan takes the body's next bytes. A zeroed struct is ready for a body's first. */
void refusal_scan(struct refusal *refusal, const uint8_t *bytes, size_t len);

/* A text of the user's, which makes a response of any status a refusal. */
struct refusal_text;
#define REFUSAL_TEXT_MOST 1000 /* bytes */

/* refusal_text_new takes a TEXT of 1 to REFUSAL_TEXT_MOST bytes, and copies it. */
struct refusal_text *refusal_text_new(const char *text);
void refusal_text_free(struct refusal_text *text);

/* refusal_scan_text takes the body's next bytes, and looks for TEXT in the first 4,096. */
void refusal_scan_text(struct refusal *refusal, const struct refusal_text *text,
                       const uint8_t *bytes, size_t len);

#endif
