/* SPDX-License-Identifier: Apache-2.0 */
#include "http/refusal.h"

#define WINDOW 4096
#define NUM_SENTENCES 2

/* The first letter of each occurs nowhere else in it, so a match that breaks can only begin anew
 * with the byte that broke it: no table of borders is needed. */
static const char *const sentences[NUM_SENTENCES] = {
    "The SSL certificate error",
    "No required SSL certificate was sent",
};

bool refusal_possible(unsigned status)
{
    return status == 400 || status == 495 || status == 496;
}

static bool advance(uint8_t *matched, const char *sentence, char byte)
{
    if (sentence[*matched] != byte)
        *matched = 0;
    if (sentence[*matched] == byte)
        (*matched)++;
    return sentence[*matched] == '\0';
}

void refusal_scan(struct refusal *refusal, const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len && !refusal->found && refusal->num_scanned < WINDOW; i++) {
        refusal->num_scanned++;
        for (int s = 0; s < NUM_SENTENCES && !refusal->found; s++)
            refusal->found = advance(&refusal->matched[s], sentences[s], (char)bytes[i]);
    }
}
