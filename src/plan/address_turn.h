/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which of a host's addresses a session goes to, where they take turns.
 */
#ifndef PINLOAD_PLAN_ADDRESS_TURN_H
#define PINLOAD_PLAN_ADDRESS_TURN_H

#include <stddef.h>
#include <stdint.h>

/* address_turn returns an index below COUNT, which is not 0, for turn TURN. In COUNT squared
 * successive turns each address comes COUNT times, and each is once followed by each, also by itself:
 * a de Bruijn sequence of order 2, so that a ticket of each is offered to each. */
size_t address_turn(size_t count, uint64_t turn);

#endif
