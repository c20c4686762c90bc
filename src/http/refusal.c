/* SPDX-License-Identifier: Apache-2.0 */
#include "http/refusal.h"

#include "base/memory.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define WINDOW 4096
#define NUM_SENTENCES 2

/* In each text the first letter occurs only once, so after a mismatch a match can only restart at
 * the mismatching byte: no failure table is needed. */
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

struct refusal_text {
    char *text;
    uint16_t len;
    uint16_t *borders; /* of the first i + 1 bytes: the length of the longest prefix that is also a
                        * suffix */
};

struct refusal_text *refusal_text_new(const char *text)
{
    size_t len = strlen(text);
    assert(len > 0 && len <= REFUSAL_TEXT_MOST);
    struct refusal_text *made = memory_new(1, sizeof *made);
    made->text = memory_text(text);
    made->len = (uint16_t)len;
    made->borders = memory_new(len, sizeof *made->borders);
    for (uint16_t i = 1, border = 0; i < made->len; i++) {
        while (border > 0 && text[i] != text[border])
            border = made->borders[border - 1];
        border += text[i] == text[border];
        made->borders[i] = border;
    }
    return made;
}

void refusal_text_free(struct refusal_text *text)
{
    if (text == NULL)
        return;
    free(text->text);
    free(text->borders);
    free(text);
}

void refusal_scan_text(struct refusal *refusal, const struct refusal_text *text,
                       const uint8_t *bytes, size_t len)
{
    uint16_t matched = refusal->text_matched;
    for (size_t i = 0; i < len && !refusal->text_found && refusal->num_text_scanned < WINDOW; i++) {
        refusal->num_text_scanned++;
        while (matched > 0 && text->text[matched] != (char)bytes[i])
            matched = text->borders[matched - 1];
        matched += text->text[matched] == (char)bytes[i];
        refusal->text_found = matched == text->len;
    }
    refusal->text_matched = matched;
}
