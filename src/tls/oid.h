/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of the object identifiers of keys and of their encryption.
 */
#ifndef PINLOAD_TLS_OID_H
#define PINLOAD_TLS_OID_H

#include <stdbool.h>
#include <stddef.h>

struct cbs_st;

#define OID_TEXT_LEN 80

/* oid_text writes the dotted form, "1.2.840.113549.1.5.13"; "" if it is not an identifier. */
void oid_text(char out[static OID_TEXT_LEN], const struct cbs_st *oid);

/* oid_name writes the common name, or the dotted form if there is none. */
void oid_name(char out[static OID_TEXT_LEN], const struct cbs_st *oid);

#endif
