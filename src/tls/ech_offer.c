/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/ech.h"
#include "tls/ech_internal.h"

#include <openssl/err.h>

#include <string.h>

#ifdef TLS_HAS_ECH

bool ech_offer_make(const struct ech_offer *offer, SSL *ssl, struct tls_facts *facts)
{
    if (offer->is_grease) {
        SSL_set_enable_ech_grease(ssl, 1);
        facts->ech = TLS_ECH_GREASE;
    }
    if (offer->list.len == 0)
        return true;
    facts->ech_retried = offer->is_retry;
    return SSL_set1_ech_config_list(ssl, offer->list.data, offer->list.len) == 1;
}

void ech_note_message(struct tls_facts *facts, bool is_write, int content_type)
{
    if (is_write && content_type == SSL3_RT_CLIENT_HELLO_INNER)
        facts->ech = TLS_ECH_OFFERED;
}

void ech_note_handshake(const SSL *ssl, struct tls_facts *facts)
{
    if (facts->ech == TLS_ECH_OFFERED && SSL_ech_accepted(ssl) == 1)
        facts->ech = TLS_ECH_ACCEPTED;
}

static bool is_offered(const struct ech_offer *offer, const uint8_t *list, size_t len)
{
    return len == offer->list.len && memcmp(list, offer->list.data, len) == 0;
}

/* Without another configuration, or where it is of no use, the next connections offer the same as
 * before: nobody asked for the server's name in the clear. */
void ech_offer_note_failure(struct ech_offer *offer, const SSL *ssl, struct tls_facts *facts)
{
    const uint8_t *list;
    size_t len;
    if (facts->ech != TLS_ECH_OFFERED || ERR_GET_LIB(facts->error) != ERR_LIB_SSL ||
        ERR_GET_REASON(facts->error) != SSL_R_ECH_REJECTED)
        return;
    facts->ech = TLS_ECH_REJECTED;
    SSL_get0_ech_retry_configs(ssl, &list, &len);
    if (len == 0)
        return;
    facts->ech_retry_given = is_offered(offer, list, len) || ech_is_usable(list, len);
    if (!facts->ech_retry_given)
        return;
    buffer_clear(&offer->list);
    buffer_append(&offer->list, list, len);
    offer->is_retry = true;
}

const char *ech_public_name(const SSL *ssl, size_t *out_len)
{
    const char *name;
    SSL_get0_ech_name_override(ssl, &name, out_len);
    return *out_len > 0 ? name : NULL;
}

#else

/* None is offered: nobody is given a configuration. */

bool ech_offer_make(const struct ech_offer *offer, SSL *ssl, struct tls_facts *facts)
{
    (void)ssl, (void)facts;
    return offer->list.len == 0 && !offer->is_grease;
}

void ech_note_message(struct tls_facts *facts, bool is_write, int content_type)
{
    (void)facts, (void)is_write, (void)content_type;
}

void ech_note_handshake(const SSL *ssl, struct tls_facts *facts)
{
    (void)ssl, (void)facts;
}

void ech_offer_note_failure(struct ech_offer *offer, const SSL *ssl, struct tls_facts *facts)
{
    (void)offer, (void)ssl, (void)facts;
}

const char *ech_public_name(const SSL *ssl, size_t *out_len)
{
    (void)ssl;
    *out_len = 0;
    return NULL;
}

#endif
