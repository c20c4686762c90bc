/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/oid.h"

#include <openssl/bytestring.h>
#include <openssl/mem.h>
#include <openssl/obj.h>

#include <stdio.h>
#include <string.h>

/* Names that BoringSSL does not have, or that differ from those in OpenSSL's manual pages. */
static const struct {
    const char *text, *name;
} names[] = {
    {"1.2.840.113549.1.1.1", "RSA"},
    {"1.2.840.113549.1.1.10", "RSA-PSS"},
    {"1.2.840.10040.4.1", "DSA"},
    {"1.2.840.10046.2.1", "DHX"},
    {"1.2.840.113549.1.3.1", "DH"},
    {"1.3.101.110", "X25519"},
    {"1.3.101.111", "X448"},
    {"1.3.101.112", "Ed25519"},
    {"1.3.101.113", "Ed448"},
    {"2.16.840.1.101.3.4.3.17", "ML-DSA-44"},
    {"2.16.840.1.101.3.4.3.18", "ML-DSA-65"},
    {"2.16.840.1.101.3.4.3.19", "ML-DSA-87"},
    {"1.3.132.0.33", "P-224"},
    {"1.2.840.10045.3.1.7", "P-256"},
    {"1.3.132.0.34", "P-384"},
    {"1.3.132.0.35", "P-521"},
    {"1.2.840.10045.3.1.1", "P-192"},
    {"1.3.36.3.3.2.8.1.1.7", "brainpoolP256r1"},
    {"1.3.36.3.3.2.8.1.1.11", "brainpoolP384r1"},
    {"1.3.36.3.3.2.8.1.1.13", "brainpoolP512r1"},
    {"1.2.156.10197.1.301", "SM2"},
    {"1.2.156.10197.1.104.2", "SM4-CBC"},
    {"1.2.156.10197.1.104.3", "SM4-OFB"},
    {"1.2.156.10197.1.104.4", "SM4-CFB"},
    {"1.2.410.200046.1.1.2", "ARIA-128-CBC"},
    {"1.2.410.200046.1.1.7", "ARIA-192-CBC"},
    {"1.2.410.200046.1.1.12", "ARIA-256-CBC"},
    {"1.2.840.113549.2.12", "hmacWithSHA512-224"},
    {"1.2.840.113549.2.13", "hmacWithSHA512-256"},
    {"1.2.840.113549.1.5.14", "PBMAC1"},
    {"1.2.840.113549.2.7", "HMAC-SHA1"},
    {"2.16.840.1.101.3.4.2.7", "SHA3-224"},
    {"2.16.840.1.101.3.4.2.8", "SHA3-256"},
    {"2.16.840.1.101.3.4.2.9", "SHA3-384"},
    {"2.16.840.1.101.3.4.2.10", "SHA3-512"},
    {"2.16.840.1.101.3.4.2.13", "HMAC-SHA3-224"},
    {"2.16.840.1.101.3.4.2.14", "HMAC-SHA3-256"},
    {"2.16.840.1.101.3.4.2.15", "HMAC-SHA3-384"},
    {"2.16.840.1.101.3.4.2.16", "HMAC-SHA3-512"},
};

void oid_text(char out[static OID_TEXT_LEN], const CBS *oid)
{
    char *text = CBS_asn1_oid_to_text(oid);
    snprintf(out, OID_TEXT_LEN, "%s", text != NULL ? text : "");
    OPENSSL_free(text);
}

void oid_name(char out[static OID_TEXT_LEN], const CBS *oid)
{
    oid_text(out, oid);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(names[i].text, out) == 0) {
            snprintf(out, OID_TEXT_LEN, "%s", names[i].name);
            return;
        }
    }
    int nid = OBJ_cbs2nid(oid);
    if (nid != NID_undef)
        snprintf(out, OID_TEXT_LEN, "%s", OBJ_nid2sn(nid));
}
