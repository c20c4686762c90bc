/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The order in which identities of unequal weight take turns: a cycle in which each occurs in
 * proportion to its weight, and as evenly as whole numbers allow. After any number of turns from
 * the start of the cycle, each identity has had its exact share, give or take less than one.
 */
#ifndef PINLOAD_PLAN_TURNS_H
#define PINLOAD_PLAN_TURNS_H

#include <stddef.h>
#include <stdint.h>

struct turns;

/* The longest cycle: the sum of all weights without their common divisor. */
#define TURNS_MOST 1000000

/* turns_new creates the cycle of COUNT identities by their WEIGHTS, each at least 1. NULL: it would
 * be longer than TURNS_MOST. */
struct turns *turns_new(const uint32_t *weights, size_t count);
void turns_free(struct turns *turns);

/* turns_count returns the length of the cycle. */
size_t turns_count(const struct turns *turns);

/* turns_at returns the identity whose turn INDEX is, below turns_count. */
size_t turns_at(const struct turns *turns, size_t index);

#endif
