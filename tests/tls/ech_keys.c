/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/ech_keys.h"

#include "base/error.h"
#include "sink_ech.h"
#include "tls/ech.h"
#include "unit.h"

#include <unistd.h>

void ech_key_make(struct ech_key *key, const char *public_name, uint8_t id)
{
    struct error err = {{0}};
    *key = (struct ech_key){.path = "/tmp/pinload-ech-XXXXXX"};
    int descriptor = mkstemp(key->path);
    assert_true(descriptor >= 0);
    FILE *file = fdopen(descriptor, "w");
    if (!sink_ech_make(file, public_name, id, &err))
        fail_msg("%s", err.text);
    assert_int_equal(fclose(file), 0);
    if (!ech_read(&key->list, key->path, &err))
        fail_msg("%s", err.text);
}

void ech_key_remove(struct ech_key *key)
{
    unlink(key->path);
    buffer_cleanup(&key->list);
}

bool ech_key_prepare(struct ssl_ctx_st *ctx, const void *key, struct error *err)
{
    return sink_ech_use(ctx, ((const struct ech_key *)key)->path, err);
}

bool ech_is_missing(void)
{
    struct error err;
    if (ech_is_supported(&err))
        return false;
    print_message("skipped: this BoringSSL is too old for ECH\n");
    skip();
    return true;
}
