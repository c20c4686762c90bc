/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/certificate.h"

#include <openssl/asn1.h>
#include <openssl/bytestring.h>
#include <openssl/err.h>
#include <openssl/mem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <stdio.h>
#include <string.h>
#include <time.h>

/* Parses TBSCertificate up to the SubjectPublicKeyInfo, which is then next in OUT_TBS. */
static bool walk_to_spki(const uint8_t *der, size_t der_len, CBS *out_validity, CBS *out_tbs)
{
    CBS cbs, certificate;
    CBS_init(&cbs, der, der_len);
    return CBS_get_asn1(&cbs, &certificate, CBS_ASN1_SEQUENCE) && CBS_len(&cbs) == 0 &&
           CBS_get_asn1(&certificate, out_tbs, CBS_ASN1_SEQUENCE) &&
           CBS_get_optional_asn1(out_tbs, NULL, NULL,
                                 CBS_ASN1_CONSTRUCTED | CBS_ASN1_CONTEXT_SPECIFIC | 0) &&
           CBS_get_asn1(out_tbs, NULL, CBS_ASN1_INTEGER) &&  /* serialNumber */
           CBS_get_asn1(out_tbs, NULL, CBS_ASN1_SEQUENCE) && /* signature */
           CBS_get_asn1(out_tbs, NULL, CBS_ASN1_SEQUENCE) && /* issuer */
           CBS_get_asn1(out_tbs, out_validity, CBS_ASN1_SEQUENCE) &&
           CBS_get_asn1(out_tbs, NULL, CBS_ASN1_SEQUENCE); /* subject */
}

bool certificate_spki(const uint8_t *der, size_t der_len, const uint8_t **out_spki,
                      size_t *out_spki_len)
{
    CBS validity, tbs, spki;
    if (!walk_to_spki(der, der_len, &validity, &tbs) ||
        !CBS_get_asn1_element(&tbs, &spki, CBS_ASN1_SEQUENCE))
        return false;
    *out_spki = CBS_data(&spki);
    *out_spki_len = CBS_len(&spki);
    return true;
}

static bool read_two_digits(CBS *cbs, int *out)
{
    uint8_t tens, ones;
    if (!CBS_get_u8(cbs, &tens) || !CBS_get_u8(cbs, &ones) || tens < '0' || tens > '9' ||
        ones < '0' || ones > '9')
        return false;
    *out = (tens - '0') * 10 + (ones - '0');
    return true;
}

/* Reads a UTCTime or GeneralizedTime in the forms that RFC 5280, 4.1.2.5 allows: UTC, with
 * seconds. */
static bool read_time(CBS *validity, int64_t *out_s)
{
    CBS text;
    unsigned tag;
    int century = 0, year, month, day, hour, minute, second;
    if (!CBS_get_any_asn1(validity, &text, &tag) ||
        (tag != CBS_ASN1_UTCTIME && tag != CBS_ASN1_GENERALIZEDTIME))
        return false;
    if (tag == CBS_ASN1_GENERALIZEDTIME && !read_two_digits(&text, &century))
        return false;
    if (!read_two_digits(&text, &year) || !read_two_digits(&text, &month) ||
        !read_two_digits(&text, &day) || !read_two_digits(&text, &hour) ||
        !read_two_digits(&text, &minute) || !read_two_digits(&text, &second))
        return false;
    if (tag == CBS_ASN1_UTCTIME)
        century = year >= 50 ? 19 : 20;
    struct tm tm = {.tm_year = century * 100 + year - 1900,
                    .tm_mon = month - 1,
                    .tm_mday = day,
                    .tm_hour = hour,
                    .tm_min = minute,
                    .tm_sec = second};
    *out_s = timegm(&tm);
    return true;
}

bool certificate_read(struct certificate_fields *fields, const uint8_t *der, size_t der_len)
{
    CBS validity, tbs, spki;
    if (!walk_to_spki(der, der_len, &validity, &tbs) ||
        !CBS_get_asn1_element(&tbs, &spki, CBS_ASN1_SEQUENCE) ||
        !read_time(&validity, &fields->not_before_s) || !read_time(&validity, &fields->not_after_s))
        return false;
    fields->spki = CBS_data(&spki);
    fields->spki_len = CBS_len(&spki);
    return true;
}

bool certificate_is_ca(const uint8_t *der, size_t der_len)
{
    const uint8_t *p = der;
    X509 *x509 = d2i_X509(NULL, &p, (long)der_len);
    bool is_ca = x509 != NULL && X509_check_ca(x509) != 0;
    X509_free(x509);
    ERR_clear_error();
    return is_ca;
}

void certificate_serial(char out[static CERTIFICATE_SERIAL_LEN], const uint8_t *der, size_t der_len)
{
    CBS cbs, certificate, tbs, serial;
    size_t at = 0;
    CBS_init(&cbs, der, der_len);
    out[0] = '\0';
    if (!CBS_get_asn1(&cbs, &certificate, CBS_ASN1_SEQUENCE) ||
        !CBS_get_asn1(&certificate, &tbs, CBS_ASN1_SEQUENCE) ||
        !CBS_get_optional_asn1(&tbs, NULL, NULL,
                               CBS_ASN1_CONSTRUCTED | CBS_ASN1_CONTEXT_SPECIFIC | 0) ||
        !CBS_get_asn1(&tbs, &serial, CBS_ASN1_INTEGER))
        return;
    if (CBS_len(&serial) > 1 && CBS_data(&serial)[0] == 0) /* there for the sign */
        CBS_skip(&serial, 1);
    for (size_t i = 0; i < CBS_len(&serial) && at + 3 <= CERTIFICATE_SERIAL_LEN; i++, at += 2)
        snprintf(out + at, 3, "%02X", CBS_data(&serial)[i]);
}

/* Writes NAME as in RFC 2253, or nothing if it cannot be printed. */
static void print_name(char *out, size_t out_len, X509_NAME *name)
{
    out[0] = '\0';
    BIO *bio = BIO_new(BIO_s_mem());
    const uint8_t *text;
    size_t len;
    if (bio != NULL && X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253) >= 0 &&
        BIO_mem_contents(bio, &text, &len))
        snprintf(out, out_len, "%.*s", (int)len, (const char *)text);
    BIO_free(bio);
}

static void print_date(char out[static 32], int64_t seconds)
{
    struct tm tm;
    time_t time = (time_t)seconds;
    gmtime_r(&time, &tm);
    strftime(out, 32, "%Y-%m-%d %H:%M:%SZ", &tm);
}

void certificate_describe(char *out, size_t out_len, const uint8_t *der, size_t der_len)
{
    struct certificate_fields fields;
    const uint8_t *p = der;
    X509 *x509 = d2i_X509(NULL, &p, (long)der_len);
    if (x509 == NULL || !certificate_read(&fields, der, der_len)) {
        snprintf(out, out_len, "not an X.509 certificate (%zu bytes)", der_len);
        X509_free(x509);
        return;
    }
    char subject[256], issuer[256], from[32], to[32];
    print_name(subject, sizeof subject, X509_get_subject_name(x509));
    print_name(issuer, sizeof issuer, X509_get_issuer_name(x509));
    print_date(from, fields.not_before_s);
    print_date(to, fields.not_after_s);
    snprintf(out, out_len, "subject %s, issuer %s, valid %s to %s", subject, issuer, from, to);
    X509_free(x509);
}
