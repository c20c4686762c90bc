/* SPDX-License-Identifier: Apache-2.0 */
/* Any text: it is rejected with a sentence, or is pins whose texts are the same pins again. */
#include "base/memory.h"
#include "tls/pinset.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void require(bool condition)
{
    if (!condition)
        abort();
}

static void try_again(const struct pinset *pins)
{
    struct pinset *again = pinset_new();
    struct error err = {{0}};
    char text[PIN_TEXT_LEN], other[PIN_TEXT_LEN];
    for (size_t i = 0; i < pinset_count(pins); i++) {
        pinset_text(pins, i, text);
        require(pinset_add(again, text, &err) && pinset_count(again) == i + 1);
        pinset_text(again, i, other);
        require(strcmp(text, other) == 0);
    }
    pinset_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    char *text = memory_text_n((const char *)bytes, len);
    struct pinset *pins = pinset_new();
    struct error err = {{0}};
    if (pinset_add(pins, text, &err)) {
        require(pinset_count(pins) > 0);
        try_again(pins);
    } else {
        require(err.text[0] != '\0');
    }
    pinset_free(pins);
    free(text);
    return 0;
}
