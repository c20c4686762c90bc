/* SPDX-License-Identifier: Apache-2.0 */
/* Any text: it is rejected with a sentence, or parsed into parts that parse to themselves again. */
#include "base/memory.h"
#include "http/target.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void require(bool condition)
{
    if (!condition)
        abort();
}

static void try_url(const char *text)
{
    struct target target, again;
    struct error err = {{0}};
    if (!target_parse(&target, text, &err)) {
        require(err.text[0] != '\0' && target.host == NULL);
        return;
    }
    require(target.port != 0 && target.path[0] == '/' && target.host[0] != '\0');
    require(target_parse(&again, target.url, &err));
    require(strcmp(target.url, again.url) == 0 && target.port == again.port);
    target_cleanup(&target);
    target_cleanup(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    char *text = memory_text_n((const char *)bytes, len);
    char *host;
    uint16_t port;
    struct error err;
    try_url(text);
    if (target_parse_host_port(text, &host, &port, &err))
        free(host);
    free(text);
    return 0;
}
