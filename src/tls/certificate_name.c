/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/certificate_name.h"

#include "base/memory.h"
#include "base/text.h"

#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/mem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *word, *wanted;
} table[NUM_NAMES_BY] = {
    [NAME_FILE] = {"file", "a file name"},
    [NAME_CN] = {"cn", "a common name in its subject"},
    [NAME_SAN] = {"san", "a subjectAltName with a DNS name, e-mail address or URI"},
    [NAME_SPIFFE] = {"spiffe", "one URI that begins with spiffe:// in its subjectAltName"},
};

/* A name is printed and compared as it is, so it has neither NUL nor other control characters. */
static char *copy_name(const unsigned char *bytes, int len)
{
    for (int i = 0; i < len; i++) {
        if (bytes[i] < 0x20 || bytes[i] == 0x7f)
            return NULL;
    }
    return len > 0 ? memory_text_n((const char *)bytes, (size_t)len) : NULL;
}

/* The last one, which is the most specific. */
static char *common_name(const X509 *x509)
{
    const X509_NAME *subject = X509_get_subject_name(x509);
    int at = -1;
    for (int next; (next = X509_NAME_get_index_by_NID(subject, NID_commonName, at)) >= 0;)
        at = next;
    if (at < 0)
        return NULL;
    unsigned char *utf8 = NULL;
    const ASN1_STRING *data = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at));
    int len = ASN1_STRING_to_UTF8(&utf8, data);
    char *name = len > 0 ? copy_name(utf8, len) : NULL;
    if (len >= 0)
        OPENSSL_free(utf8);
    return name;
}

/* The first name of TYPE that begins with PREFIX; NULL: there is none. */
static char *find_name(const GENERAL_NAMES *names, int type, const char *prefix)
{
    for (size_t i = 0; i < sk_GENERAL_NAME_num(names); i++) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
        if (name->type != type)
            continue;
        const ASN1_STRING *text = name->d.ia5;
        char *copy = copy_name(ASN1_STRING_get0_data(text), ASN1_STRING_length(text));
        if (copy != NULL && text_starts_with(copy, prefix))
            return copy;
        free(copy);
    }
    return NULL;
}

static char *alternative_name(const X509 *x509, enum name_by by)
{
    static const int types[] = {GEN_DNS, GEN_EMAIL, GEN_URI};
    GENERAL_NAMES *names = X509_get_ext_d2i(x509, NID_subject_alt_name, NULL, NULL);
    char *name = NULL;
    if (names != NULL && by == NAME_SPIFFE)
        name = find_name(names, GEN_URI, "spiffe://");
    for (size_t i = 0; names != NULL && by == NAME_SAN && name == NULL && i < 3; i++)
        name = find_name(names, types[i], "");
    GENERAL_NAMES_free(names);
    return name;
}

char *certificate_name(enum name_by by, const uint8_t *der, size_t der_len)
{
    X509 *x509 = d2i_X509(NULL, &der, (long)der_len);
    char *name = NULL;
    if (x509 != NULL)
        name = by == NAME_CN ? common_name(x509) : alternative_name(x509, by);
    X509_free(x509);
    ERR_clear_error();
    return name;
}

const char *name_by_word(enum name_by by)
{
    return table[by].word;
}

const char *name_by_wanted(enum name_by by)
{
    return table[by].wanted;
}

bool name_by_parse(const char *text, enum name_by *out_by)
{
    for (int by = 0; by < NUM_NAMES_BY; by++) {
        if (strcmp(table[by].word, text) == 0) {
            *out_by = (enum name_by)by;
            return true;
        }
    }
    return false;
}
