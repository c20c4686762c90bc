/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The signature of one connection whose key is not here but in a token: BoringSSL asks for it, a
 * signer makes it (tls/signer.h), and BoringSSL goes on when it is called again. It knows no socket
 * and no loop.
 */
#ifndef PINLOAD_TLS_SIGNATURE_H
#define PINLOAD_TLS_SIGNATURE_H

#include <stdbool.h>
#include <stdint.h>

struct signer_inbox;
struct signing;
struct ssl_private_key_method_st;

/* What became of it. */
struct signature_facts {
    bool is_pending; /* asked for, and not there yet; perhaps when the connection ended */
    bool is_made;
    unsigned long error;        /* why there is none (CKR_…), or 0 */
    uint64_t queue_ns, sign_ns; /* waiting for a thread, and in the token */
};

/* The first member of what SSL_get_app_data returns. Zeroed, it is that of a connection with a key
 * of its own. */
struct signature {
    struct signer_inbox *inbox; /* borrowed, as is the key */
    const void *key;
    struct signing *signing; /* NULL: none is asked for */
    struct signature_facts *facts;
};

/* signature_method is for SSL_set_chain_and_key, in the place of a key. */
extern const struct ssl_private_key_method_st signature_method;

/* signature_is_pending says whether it was asked for and is not there. */
bool signature_is_pending(const struct signature *signature);

/* signature_drop ends the interest in it. */
void signature_drop(struct signature *signature);

#endif
