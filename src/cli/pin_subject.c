/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/pin_subject.h"

#include "engine/probe.h"
#include "tls/key_file.h"
#include "tls/public_key.h"

/* Takes the public key of a file that has no certificate. */
static bool take_public_key(struct probe *probe, const struct key_file *file, const char *path,
                            struct error *err)
{
    char kind[PUBLIC_KEY_KIND_LEN];
    if (file->num_public_keys == 0)
        return error_set(err,
                         "the file '%s' has no certificate and no public key; expected PEM, DER or "
                         "PKCS#12, or a URL https://HOST[:PORT]",
                         path);
    if (file->num_public_keys > 1)
        return error_set(err, "the file '%s' has %zu public keys; expected one, or a certificate",
                         path, file->num_public_keys);
    if (!public_key_kind(kind, file->public_key, file->public_key_len))
        return error_set(err,
                         "the file '%s' has a public key that cannot be parsed; expected 'BEGIN "
                         "PUBLIC KEY', as openssl pkey -pubout writes it",
                         path);
    probe_set_key(probe, file->public_key, file->public_key_len);
    return true;
}

bool pin_subject_read(struct probe *probe, const char *path, const char *pass, struct error *err)
{
    struct password password = {0};
    struct key_file file = {0};
    bool read = (pass == NULL || password_read(&password, pass, err)) &&
                key_file_read(&file, path, "the certificate file", false, &password, err);
    password_wipe(&password);
    password_wipe_source(pass);
    if (!read)
        return false;
    for (size_t i = 0; i < file.num_certs; i++) {
        size_t len;
        const uint8_t *der = key_file_cert(&file, i, &len);
        probe_add(probe, der, len);
    }
    bool ok = file.num_certs > 0 || take_public_key(probe, &file, path, err);
    key_file_cleanup(&file);
    return ok;
}
