/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A PKI for use within one process: a CA, a server certificate for localhost and a client
 * certificate, created in memory and kept in a private directory only until they are loaded.
 */
#ifndef PINLOAD_TLS_THROWAWAY_PKI_H
#define PINLOAD_TLS_THROWAWAY_PKI_H

#include "base/error.h"
#include "tls/issuing.h"

#include <stdbool.h>

struct throwaway_pki {
    char directory[64];
    char ca[96], server[96], client[96]; /* paths of PEM files; the last two contain the key */
};

/* throwaway_pki_make creates and writes it; false sets ERR. */
bool throwaway_pki_make(struct throwaway_pki *pki, enum key_type type, struct error *err);

/* throwaway_pki_remove deletes the files; a zeroed struct has none. */
void throwaway_pki_remove(struct throwaway_pki *pki);

#endif
