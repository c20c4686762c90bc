/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A PKI for one process's own use: a CA, a server's certificate for localhost and a client's, made
 * in memory and put into a private directory only as long as it takes to load them.
 */
#ifndef PINLOAD_TLS_THROWAWAY_PKI_H
#define PINLOAD_TLS_THROWAWAY_PKI_H

#include "base/error.h"
#include "tls/issuing.h"

#include <stdbool.h>

struct throwaway_pki {
    char directory[64];
    char ca[96], server[96], client[96]; /* paths of PEM files; of the last two, key included */
};

/* throwaway_pki_make makes and writes it; false sets ERR. */
bool throwaway_pki_make(struct throwaway_pki *pki, enum key_type type, struct error *err);

/* throwaway_pki_remove deletes the files. A zeroed struct has none. */
void throwaway_pki_remove(struct throwaway_pki *pki);

#endif
