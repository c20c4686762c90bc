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
};

/* refusal_possible says whether a response with STATUS is worth the search. */
bool refusal_possible(unsigned status);

/* refusal_scan takes the body's next bytes. A zeroed struct is ready for a body's first. */
void refusal_scan(struct refusal *refusal, const uint8_t *bytes, size_t len);

#endif
