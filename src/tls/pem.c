/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/pem.h"

#include "base/memory.h"
#include "base/text.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/mem.h>
#include <openssl/pem.h>

#include <string.h>

/* The number of PEM blocks that the bytes seem to have, wherever in a line they begin. */
static unsigned count_begins(const uint8_t *bytes, size_t len)
{
    static const char begin[] = "-----BEGIN ";
    unsigned count = 0;
    const uint8_t *at;
    while (len > 0 && (at = memmem(bytes, len, begin, strlen(begin))) != NULL) {
        len -= (size_t)(at - bytes) + 1;
        bytes = at + 1;
        count++;
    }
    return count;
}

/* Certificates in a format that is not supported would be skipped silently. */
static bool hides_certificates(const struct pem_block *block)
{
    static const char *const names[] = {PEM_STRING_X509_TRUSTED, PEM_STRING_PKCS7,
                                        PEM_STRING_PKCS7_SIGNED, PEM_STRING_CMS};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(block->name, names[i]) == 0)
            return true;
    }
    return false;
}

/* Why the reader stopped; NULL if it is the end of the text. */
static const char *reason_to_stop(void)
{
    uint32_t last = ERR_peek_last_error();
    ERR_clear_error();
    if (last == 0 ||
        (ERR_GET_LIB(last) == ERR_LIB_PEM && ERR_GET_REASON(last) == PEM_R_NO_START_LINE))
        return NULL;
    return "is damaged PEM: a block in it is cut short or is not base64";
}

static const char *visit_all(BIO *bio, bool (*visit)(void *owner, const struct pem_block *block),
                             void *owner, unsigned *out_count, bool *out_stopped)
{
    struct pem_block block;
    char *name, *header;
    long len;
    while (!*out_stopped && PEM_read_bio(bio, &name, &header, &block.der, &len)) {
        block.name = name;
        block.header = header;
        block.len = (size_t)len;
        bool is_hidden = hides_certificates(&block);
        *out_stopped = !is_hidden && !visit(owner, &block);
        ++*out_count;
        OPENSSL_free(name); /* which wipes */
        OPENSSL_free(header);
        OPENSSL_free(block.der);
        if (is_hidden)
            return "has certificates in a PEM block of PKCS#7 or TRUSTED CERTIFICATE, which is not "
                   "supported; expected 'BEGIN CERTIFICATE', as openssl x509 or openssl pkcs7 "
                   "-print_certs writes it";
    }
    return *out_stopped ? NULL : reason_to_stop();
}

const char *pem_visit(const uint8_t *bytes, size_t len,
                      bool (*visit)(void *owner, const struct pem_block *block), void *owner)
{
    size_t mark_len = text_mark_len(bytes, len);
    bytes += mark_len;
    len -= mark_len;
    BIO *bio = memory_must(BIO_new_mem_buf(bytes, (int)len));
    unsigned count = 0;
    bool stopped = false;
    const char *problem = visit_all(bio, visit, owner, &count, &stopped);
    BIO_free(bio);
    if (problem != NULL || stopped || count >= count_begins(bytes, len))
        return problem;
    return "has a PEM block that does not start at the start of a line and cannot be read; "
           "expected '-----BEGIN' there";
}

bool pem_is_certificate(const struct pem_block *block)
{
    return strcmp(block->name, PEM_STRING_X509) == 0 ||
           strcmp(block->name, PEM_STRING_X509_OLD) == 0;
}

bool pem_is_key(const struct pem_block *block)
{
    return text_ends_with(block->name, "PRIVATE KEY");
}
