/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/ech.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "tls/ech_internal.h"
#include "tls/pem.h"

#include <openssl/base64.h>
#include <openssl/bio.h>
#include <openssl/err.h>

#include <ctype.h>
#include <string.h>
#include <unistd.h>

#define MOST_BYTES ((size_t)1 << 20)
#define WHAT "the ECH configuration"
#define ACCEPTED                                                                                   \
    "expected an ECHConfigList: its bytes, base64 of them, or PEM with a block ECHCONFIG"

bool ech_is_supported(struct error *err)
{
#ifdef TLS_HAS_ECH
    (void)err;
    return true;
#else
    return error_set(err,
                     "--ech: this BoringSSL is too old for ECH; expected one that has it, which "
                     "./scripts/fetch-boringssl --force looks for");
#endif
}

/* What it is good for */

enum worth { WORTH_MALFORMED, WORTH_NOTHING, WORTH_USING };

#ifdef TLS_HAS_ECH
static void note_inner_hello(int is_write, int version, int type, const void *bytes, size_t len,
                             SSL *ssl, void *arg)
{
    (void)is_write, (void)version, (void)bytes, (void)len, (void)ssl;
    bool *is_encrypted = arg;
    *is_encrypted |= type == SSL3_RT_CLIENT_HELLO_INNER;
}

/* Lets a client write its first flight, to nobody: BoringSSL alone knows what it can use, and goes on
 * without ECH where that is nothing. */
static enum worth worth_of(const uint8_t *list, size_t len)
{
    bool is_encrypted = false;
    SSL_CTX *ctx = memory_must(SSL_CTX_new(TLS_with_buffers_method()));
    SSL *ssl = memory_must(SSL_new(ctx));
    SSL_set0_rbio(ssl, memory_must(BIO_new(BIO_s_mem())));
    SSL_set0_wbio(ssl, memory_must(BIO_new(BIO_s_mem())));
    SSL_set_msg_callback(ssl, note_inner_hello);
    SSL_set_msg_callback_arg(ssl, &is_encrypted);
    SSL_set_connect_state(ssl);
    bool is_well_formed = SSL_set_max_proto_version(ssl, TLS1_3_VERSION) == 1 &&
                          SSL_set1_ech_config_list(ssl, list, len) == 1;
    if (is_well_formed)
        SSL_do_handshake(ssl);
    SSL_free(ssl);
    SSL_CTX_free(ctx);
    ERR_clear_error();
    return is_encrypted ? WORTH_USING : is_well_formed ? WORTH_NOTHING : WORTH_MALFORMED;
}
#else
static enum worth worth_of(const uint8_t *list, size_t len)
{
    (void)list, (void)len;
    return WORTH_NOTHING;
}
#endif

bool ech_is_usable(const uint8_t *list, size_t len)
{
    return worth_of(list, len) == WORTH_USING;
}

/* The forms of a file */

/* Appends what LEN characters of base64, spaces and line ends passed over, stand for. */
static bool append_base64(struct buffer *out, const uint8_t *text, size_t len)
{
    struct buffer packed = {0};
    size_t decoded_len = 0;
    for (size_t i = 0; i < len; i++) {
        if (!isspace(text[i]))
            buffer_append(&packed, &text[i], 1);
    }
    uint8_t *room = buffer_reserve(out, packed.len);
    bool ok = packed.len > 0 &&
              EVP_DecodeBase64(room, &decoded_len, packed.len, packed.data, packed.len) == 1;
    out->len += ok ? decoded_len : 0;
    buffer_cleanup(&packed);
    return ok;
}

/* What a PEM text has of it. */
struct pem_lists {
    struct buffer *out;
    unsigned count;
};

static bool take_block(void *owner, const struct pem_block *block)
{
    struct pem_lists *lists = owner;
    if (strcmp(block->name, "ECHCONFIG") != 0)
        return true;
    if (lists->count++ == 0)
        buffer_append(lists->out, block->der, block->len);
    return true;
}

/* Returns NULL, or what is wrong as the end of a sentence that begins with the file. */
static const char *append_pem(struct buffer *out, const struct buffer *text)
{
    struct pem_lists lists = {.out = out};
    const char *problem = pem_visit(text->data, text->len, take_block, &lists);
    if (problem != NULL)
        return problem;
    if (lists.count == 1)
        return NULL;
    return lists.count == 0 ? "has no PEM block ECHCONFIG; " ACCEPTED
                            : "has several PEM blocks ECHCONFIG; expected one";
}

/* An ECHConfigList begins with the length of the rest. */
static bool has_own_length(const struct buffer *bytes)
{
    return bytes->len > 2 && (size_t)(bytes->data[0] << 8 | bytes->data[1]) == bytes->len - 2;
}

/* The same, of a file in any form. */
static const char *append_any(struct buffer *out, const struct buffer *file)
{
    static const char begin[] = "-----BEGIN ";
    if (file->len > 0 && memmem(file->data, file->len, begin, strlen(begin)) != NULL)
        return append_pem(out, file);
    if (has_own_length(file))
        buffer_append(out, file->data, file->len);
    else if (!append_base64(out, file->data, file->len))
        return "is no ECHConfigList; " ACCEPTED;
    return NULL;
}

static bool read_file(struct buffer *out, const char *path, struct error *err)
{
    const struct file_role role = {WHAT, path, MOST_BYTES, ACCEPTED};
    struct buffer file = {0};
    const char *problem = NULL;
    bool ok = file_read(&file, &role, err);
    if (ok)
        problem = append_any(out, &file);
    buffer_cleanup(&file);
    if (problem != NULL)
        return error_set(err, "--ech: " WHAT " '%.300s' %s", path, problem);
    return ok || error_prefix(err, "--ech");
}

static bool is_file(const char *text)
{
    return file_is_stdin(text) || access(text, F_OK) == 0;
}

/* The begin of TEXT, which may be long. */
struct quote {
    char text[48];
};

static struct quote quote(const char *text)
{
    struct quote quote;
    snprintf(quote.text, sizeof quote.text, "%.40s%s", text, strlen(text) > 40 ? "…" : "");
    return quote;
}

bool ech_read(struct buffer *out, const char *text, struct error *err)
{
    if (!ech_is_supported(err))
        return false;
    if (is_file(text)) {
        if (!read_file(out, text, err))
            return false;
    } else if (!append_base64(out, (const uint8_t *)text, strlen(text))) {
        return error_set(
            err,
            "--ech '%s' is neither a file nor base64; expected a file of an "
            "ECHConfigList, base64 of one as ech= of an HTTPS record has it, or grease",
            quote(text).text);
    }
    switch (worth_of(out->data, out->len)) {
    case WORTH_USING:
        return true;
    case WORTH_NOTHING:
        return error_set(err,
                         "--ech '%s' has no configuration that BoringSSL can use; expected one of "
                         "version 0xfe0d with X25519, HKDF-SHA256, and AES-GCM or "
                         "ChaCha20-Poly1305",
                         quote(text).text);
    default:
        return error_set(err, "--ech '%s' is no ECHConfigList (RFC 9849, section 4); " ACCEPTED,
                         quote(text).text);
    }
}
