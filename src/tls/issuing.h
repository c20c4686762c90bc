/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys and certificates that are made here: for the throw-away PKI of a comparison, and for bench/issue.
 * Made in memory; knows no files. It does not know whose they are, nor how long they are kept.
 */
#ifndef PINLOAD_TLS_ISSUING_H
#define PINLOAD_TLS_ISSUING_H

#include <stdbool.h>

struct evp_pkey_st;
struct x509_st;

enum key_type {
    KEY_P256,
    KEY_RSA_2048,
    KEY_ML_DSA_44,
    KEY_ML_DSA_65,
    KEY_ML_DSA_87,
    NUM_KEY_TYPES
};

bool key_type_parse(const char *text, enum key_type *out_type);
const char *key_type_name(enum key_type type);

/* key_type_is_supported says whether BoringSSL has keys of TYPE: an old one has no ML-DSA. */
bool key_type_is_supported(enum key_type type);

/* issuing_key makes a key, whose owner the caller is; NULL where BoringSSL cannot. */
struct evp_pkey_st *issuing_key(enum key_type type);

/* An extension (RFC 5280, 4.2), its value as openssl's configuration has it. */
struct certificate_extension {
    int nid;
    const char *value;
};

/* What a certificate is to say. Its version is 3, its serial number random, its begin an hour ago. */
struct certificate_order {
    const char *common_name;
    const char *organization; /* NULL: none */
    long valid_s;             /* from now */
    const struct certificate_extension *extensions;
    unsigned num_extensions;
};

/* issuing_certificate makes a certificate of KEY, signed with ISSUER_KEY by ISSUER (NULL: itself). The
 * caller owns it; NULL where BoringSSL cannot. */
struct x509_st *issuing_certificate(const struct certificate_order *order, struct evp_pkey_st *key,
                                    struct x509_st *issuer, struct evp_pkey_st *issuer_key);

#endif
