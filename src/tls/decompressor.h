/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decompresses what a server compressed, which may be anybody: into room that is there, of a known
 * length, and with memory that is made once and never grows. One belongs to one thread.
 */
#ifndef PINLOAD_TLS_DECOMPRESSOR_H
#define PINLOAD_TLS_DECOMPRESSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct decompressor;

struct decompressor *decompressor_new(void);
void decompressor_free(struct decompressor *decompressor);

/* decompressor_run fills OUT from IN, by one of cert_compression.h's algorithms. False where IN is
 * damaged, or stands for more or fewer than OUT_LEN bytes, or has anything behind them. */
bool decompressor_run(struct decompressor *decompressor, uint16_t algorithm, uint8_t *out,
                      size_t out_len, const uint8_t *in, size_t in_len);

#endif
